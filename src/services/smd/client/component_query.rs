//! State/Components/Query and ByNID: components by place and by number, asked for in one call however many they are.
use super::super::types::{Component, ComponentList};
use super::{Client, Filter, arrange};
use crate::fault::Fault;
use serde_json::{Map, Value};

const FILTERS: &[&str] = &[
    "type",
    "state",
    "flag",
    "enabled",
    "softwarestatus",
    "role",
    "subrole",
    "subtype",
    "arch",
    "class",
    "group",
    "partition",
];

impl Client {
    /// The named components, or with a `type` those of that type under them; `s0` and `all` are the whole system.
    pub async fn component_query(
        &self,
        places: Vec<String>,
        filter: &Filter,
    ) -> Result<Vec<Component>, Fault> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        self.asked(
            &["State", "Components", "Query"],
            "ComponentIDs",
            places,
            filter,
        )
        .await
    }

    /// The components with these numbers: `1-3`, `7`.
    pub async fn component_by_nid(
        &self,
        ranges: Vec<String>,
        filter: &Filter,
    ) -> Result<Vec<Component>, Fault> {
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        self.asked(
            &["State", "Components", "ByNID", "Query"],
            "NIDRanges",
            ranges,
            filter,
        )
        .await
    }

    async fn asked(
        &self,
        path: &[&str],
        name: &str,
        wanted: Vec<String>,
        filter: &Filter,
    ) -> Result<Vec<Component>, Fault> {
        let mut body = Map::new();
        for (key, word) in filter.pairs(FILTERS)? {
            let words = body.entry(key).or_insert_with(|| Value::Array(Vec::new()));
            if let Some(words) = words.as_array_mut() {
                words.push(word.into());
            }
        }
        body.insert(name.into(), wanted.into());
        let list: ComponentList = self.api.post(path).reads().json(&body).send().await?;
        Ok(arrange(list.components, None, |component| &component.id))
    }
}
