//! Defaults/NodeMaps and sysinfo/powermaps: what is said of places before anything stands there.
//!
//! Both are written the same way: a POST of a list creates and replaces, so what must not be replaced is looked up first.
use super::super::{
    types::{NodeMap, NodeMapList, PowerMap},
    xname::normalize,
};
use super::{Client, arrange, fault, many::Fates, once};
use crate::fault::{Fault, Kind};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::HashMap;

/// What may be said of a node map.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NodeMapFields {
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "NID")]
    pub nid: Option<i64>,
    #[serde(rename = "Role")]
    pub role: Option<String>,
    #[serde(rename = "SubRole")]
    pub sub_role: Option<String>,
    #[serde(rename = "NodeInfo")]
    pub node_info: Option<Value>,
}

/// What may be said of a power map.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PowerMapFields {
    #[serde(rename = "ID", alias = "id")]
    pub id: String,
    #[serde(rename = "poweredBy")]
    pub powered_by: Vec<String>,
}

/// A map of either sort.
pub trait Mapped: Clone + PartialEq + Send + Sync + DeserializeOwned + 'static {
    const PATH: &'static [&'static str];
    /// What it is called, and where it stands in Lua.
    const NAME: (&'static str, &'static str);
    fn id(&self) -> &str;
    /// The body of the list call.
    fn listed(answer: Value) -> Result<Vec<Self>, serde_json::Error>;
    fn body(maps: &[Self]) -> Value;
    /// Whether SMD, which normalises the case of words, holds this of that.
    fn holds(&self, wanted: &Self) -> bool;
    /// What is not said of a map stays as it is.
    fn over(self, now: &Self) -> Self;
}

impl Mapped for NodeMap {
    const PATH: &'static [&'static str] = &["Defaults", "NodeMaps"];
    const NAME: (&'static str, &'static str) = ("node map", "smd.nodemap");

    fn id(&self) -> &str {
        &self.id
    }

    fn listed(answer: Value) -> Result<Vec<Self>, serde_json::Error> {
        serde_json::from_value::<NodeMapList>(answer).map(|list| list.node_maps)
    }

    fn body(maps: &[Self]) -> Value {
        json!({ "NodeMaps": maps })
    }

    fn holds(&self, wanted: &Self) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| {
            let text = |word: &Option<String>| word.clone().unwrap_or_default();
            text(a).eq_ignore_ascii_case(&text(b))
        };
        self.nid == wanted.nid
            && same(&self.role, &wanted.role)
            && same(&self.sub_role, &wanted.sub_role)
            && self.node_info == wanted.node_info
    }

    fn over(self, now: &Self) -> Self {
        Self {
            role: self.role.or_else(|| now.role.clone()),
            sub_role: self.sub_role.or_else(|| now.sub_role.clone()),
            node_info: self.node_info.or_else(|| now.node_info.clone()),
            ..self
        }
    }
}

impl Mapped for PowerMap {
    const PATH: &'static [&'static str] = &["sysinfo", "powermaps"];
    const NAME: (&'static str, &'static str) = ("power map", "smd.powermap");

    fn id(&self) -> &str {
        &self.id
    }

    fn listed(answer: Value) -> Result<Vec<Self>, serde_json::Error> {
        serde_json::from_value(answer)
    }

    fn body(maps: &[Self]) -> Value {
        json!(maps)
    }

    fn holds(&self, wanted: &Self) -> bool {
        self == wanted
    }

    /// What supplies the component is all there is to say.
    fn over(self, _: &Self) -> Self {
        self
    }
}

/// A node map from what is said of it; without a NID SMD takes none.
pub fn node_map(fields: NodeMapFields) -> Result<NodeMap, Fault> {
    let id = named(&fields.id, "x1000c0s0b0n0")?;
    let nid = fields.nid.ok_or_else(|| {
        Fault::bad_argument(format!("the node map of {id} needs a NID")).hint("{ NID = 1 }")
    })?;
    Ok(NodeMap {
        id,
        nid,
        role: fields.role,
        sub_role: fields.sub_role,
        node_info: fields.node_info,
    })
}

/// A power map from what is said of it.
pub fn power_map(fields: &PowerMapFields) -> Result<PowerMap, Fault> {
    let id = named(&fields.id, "x1000c0s0b0n0")?;
    if fields.powered_by.is_empty() {
        return Err(
            Fault::bad_argument(format!("the power map of {id} needs what supplies it"))
                .hint(r#"{ poweredBy = { "x1000m0p0v1" } }"#),
        );
    }
    let powered_by = fields.powered_by.iter().map(|id| normalize(id)).collect();
    Ok(PowerMap { id, powered_by })
}

fn named(id: &str, example: &str) -> Result<String, Fault> {
    let id = normalize(id);
    if id.is_empty() {
        let f = Fault::bad_argument("a map without an ID");
        return Err(f.hint(format!("{{ ID = \"{example}\", … }}")));
    }
    Ok(id)
}

impl Client {
    /// Maps of all places, or of `ids` (then in their order; unknown ones are left out).
    pub async fn maps<T: Mapped>(&self, ids: Option<&[String]>) -> Result<Vec<T>, Fault> {
        let answer: Value = self.api.get(T::PATH).send().await?;
        let listed = T::listed(answer).map_err(|e| fault(Kind::Protocol, e.to_string()))?;
        Ok(arrange(listed, ids, T::id))
    }

    pub async fn map<T: Mapped>(&self, id: &str) -> Result<T, Fault> {
        let request = self.api.get(&[T::PATH[0], T::PATH[1], id]);
        request.send().await.map_err(|f| unknown::<T>(id, f))
    }

    async fn known_maps<T: Mapped>(&self, maps: &[T]) -> Result<HashMap<String, T>, Fault> {
        once(maps.iter().map(T::id))?;
        let all = self.maps::<T>(None).await?;
        Ok(all
            .into_iter()
            .map(|map| (map.id().to_owned(), map))
            .collect())
    }

    /// Adds maps of places that have none.
    pub async fn add_maps<T: Mapped>(&self, maps: Vec<T>) -> Result<Vec<T>, Fault> {
        let known = self.known_maps(&maps).await?;
        let mut fates = Fates::default();
        let (old, new): (Vec<T>, Vec<T>) =
            maps.into_iter().partition(|m| known.contains_key(m.id()));
        for map in old {
            let (name, module) = T::NAME;
            let message = format!("{} has a {name}", map.id());
            let hint = format!("{module}.set replaces it, {module}.ensure makes it so either way");
            fates.bad(map.id(), fault(Kind::Conflict, message).hint(hint));
        }
        self.post_maps(new, &mut fates).await?;
        fates.settle("added")
    }

    /// Creates or replaces maps.
    pub async fn set_maps<T: Mapped>(&self, maps: Vec<T>) -> Result<Vec<T>, Fault> {
        once(maps.iter().map(T::id))?;
        let mut fates = Fates::default();
        self.post_maps(maps, &mut fates).await?;
        fates.settle("set")
    }

    /// Makes maps be so; returns those that were not.
    pub async fn ensure_maps<T: Mapped>(&self, maps: Vec<T>) -> Result<Vec<T>, Fault> {
        let known = self.known_maps(&maps).await?;
        let wanted = maps
            .into_iter()
            .filter_map(|map| match known.get(map.id()) {
                None => Some(map),
                Some(now) => Some(map.over(now)).filter(|map| !now.holds(map)),
            });
        self.set_maps(wanted.collect()).await
    }

    /// Changes the given fields of node maps that exist.
    pub async fn update_node_maps(&self, given: Vec<NodeMapFields>) -> Result<Vec<NodeMap>, Fault> {
        let all = self.maps::<NodeMap>(None).await?;
        let all: HashMap<&str, &NodeMap> = all.iter().map(|map| (&*map.id, map)).collect();
        let mut maps = Vec::new();
        for fields in given {
            let id = named(&fields.id, "x1000c0s0b0n0")?;
            let gone = || unknown::<NodeMap>(&id, fault(Kind::NotFound, ""));
            let now = *all.get(&*id).ok_or_else(gone)?;
            maps.push(NodeMap {
                nid: fields.nid.unwrap_or(now.nid),
                role: fields.role.or_else(|| now.role.clone()),
                sub_role: fields.sub_role.or_else(|| now.sub_role.clone()),
                node_info: fields.node_info.or_else(|| now.node_info.clone()),
                id,
            });
        }
        self.set_maps(maps).await
    }

    async fn post_maps<T: Mapped>(&self, maps: Vec<T>, fates: &mut Fates<T>) -> Result<(), Fault> {
        if maps.is_empty() {
            return Ok(());
        }
        let post = self.api.post(T::PATH).json(&T::body(&maps));
        post.nothing().await?;
        let now = self.known_maps::<T>(&maps).await?;
        for map in maps {
            match now.get(map.id()) {
                Some(now) if now.holds(&map) => fates.good(now.clone()),
                _ => {
                    let message = format!(
                        "SMD accepted the {} of {} and holds another",
                        T::NAME.0,
                        map.id()
                    );
                    fates.bad(map.id(), fault(Kind::NoEffect, message));
                }
            }
        }
        Ok(())
    }

    pub async fn delete_maps<T: Mapped>(&self, ids: Vec<String>) -> Result<Vec<T>, Fault> {
        let list = || self.maps::<T>(Some(&ids));
        self.delete_each(T::PATH, &ids, list, T::id, unknown::<T>)
            .await
    }

    pub async fn delete_all_maps<T: Mapped>(&self) -> Result<Vec<T>, Fault> {
        let before = self.maps::<T>(None).await?;
        if !before.is_empty() {
            self.api.delete(T::PATH).nothing().await?;
        }
        Ok(before)
    }
}

fn unknown<T: Mapped>(id: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    let (name, module) = T::NAME;
    let message = format!("no {name} of {id}");
    Fault { message, ..f }.hint(format!("{module}.list() shows those there are"))
}
