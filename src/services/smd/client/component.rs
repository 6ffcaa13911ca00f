//! State/Components: reading and deleting. Writing is next door.
use super::super::types::{Component, ComponentList};
use super::{Client, Filter, NAMES_IN_URL, arrange};
use crate::fault::{Fault, Kind};

/// What `GET /State/Components` selects by.
const FILTERS: &[&str] = &[
    "id",
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
    "nid",
    "nid_start",
    "nid_end",
    "group",
    "partition",
];

const PATH: &[&str] = &["State", "Components"];

impl Client {
    /// The components that match, of all or of `ids` (then in their order; unknown ones are left out).
    pub async fn components(
        &self,
        ids: Option<&[String]>,
        filter: &Filter,
    ) -> Result<Vec<Component>, Fault> {
        let mut query = filter.pairs(FILTERS)?;
        if ids.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        if let Some(ids) = ids.filter(|ids| ids.len() <= NAMES_IN_URL) {
            query.extend(ids.iter().map(|id| ("id".to_owned(), id.clone())));
        }
        let request = self.api.get(PATH).query(&query);
        let list: ComponentList = request.send().await?;
        Ok(arrange(list.components, ids, |component| &component.id))
    }

    pub async fn component(&self, id: &str) -> Result<Component, Fault> {
        let request = self.api.get(&[PATH[0], PATH[1], id]);
        request.send().await.map_err(|f| unknown(id, f))
    }

    /// Removes these components; what went. Groups lose them too.
    pub async fn delete_components(&self, ids: Vec<String>) -> Result<Vec<Component>, Fault> {
        let filter = Filter::default();
        let list = || self.components(Some(&ids), &filter);
        self.delete_each(PATH, &ids, list, |c| &c.id, unknown).await
    }

    /// Removes every component; what went.
    pub async fn delete_all_components(&self) -> Result<Vec<Component>, Fault> {
        let before = self.components(None, &Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(PATH).nothing().await?;
        }
        Ok(before)
    }
}

/// SMD's 404 says "no such xname."; better to say which.
pub(super) fn unknown(id: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    Fault {
        message: format!("no component {id}"),
        ..f
    }
    .hint("smd.component.list() shows what SMD knows")
}
