//! A configuration file while it is being changed: what is not named in a change stays as it was, comments and order
//! included.
//!
//! The text is edited in place, and beside it the values it holds. At the end the new text is read again: unless it says
//! exactly what it should, nothing is written. So a style of YAML that the editor gets wrong costs a message, not a file.
use super::{Config, File, malformed};
use crate::fault::{Fault, Kind};
use serde_json::{Map, Value};
use std::{path::Path, str::FromStr};
use yaml_edit::{Document, YamlFile, path::YamlPath};

pub(super) struct Draft<'a> {
    path: &'a Path,
    text: &'a str,
    /// None for a text that holds no more than comments.
    tree: Option<(YamlFile, Document)>,
    /// What the text is to say.
    values: Value,
}

impl<'a> Draft<'a> {
    /// Starts from the text of a file; one that ochami could not read is not touched.
    pub(super) fn of(path: &'a Path, text: &'a str) -> Result<Self, Fault> {
        let values = read(path, text)?;
        let tree = if values.is_null() {
            None
        } else {
            let file = YamlFile::from_str(text).map_err(|e| {
                Fault::bad_argument(format!("{}: {e}", path.display())).hint(BY_HAND)
            })?;
            file.documents().next().map(|document| (file, document))
        };
        let values = match values {
            Value::Null => Map::new().into(),
            values => values,
        };
        Ok(Self {
            path,
            text,
            tree,
            values,
        })
    }

    /// The clusters' names, in order.
    pub(super) fn clusters(&self) -> Vec<&str> {
        let list = self.values["clusters"].as_array();
        let named = list
            .into_iter()
            .flatten()
            .map(|entry| entry["name"].as_str());
        named.map(Option::unwrap_or_default).collect()
    }

    /// Where the cluster of that name stands.
    pub(super) fn cluster(&self, name: &str) -> Option<usize> {
        self.clusters().iter().position(|known| *known == name)
    }

    /// The whole entry of a cluster.
    pub(super) fn entry(&self, at: usize) -> &Value {
        &self.values["clusters"][at]
    }

    /// The value of a key: of the whole file, or of the cluster at a place.
    pub(super) fn get(&self, cluster: Option<usize>, key: &str) -> Option<&Value> {
        let base = match cluster {
            Some(at) => self.entry(at),
            None => &self.values,
        };
        key.split('.').try_fold(base, |value, key| value.get(key))
    }

    pub(super) fn set(
        &mut self,
        cluster: Option<usize>,
        key: &str,
        value: Value,
    ) -> Result<(), Fault> {
        if let Some((_, document)) = &self.tree {
            let at = spot(cluster, key);
            let set = match &value {
                Value::Bool(flag) => document.try_set_path(&at, *flag),
                other => document.try_set_path(&at, other.as_str().unwrap_or_default()),
            };
            set.map_err(|e| self.stuck(e))?;
        }
        let mut place = match cluster {
            Some(at) => &mut self.values["clusters"][at],
            None => &mut self.values,
        };
        for key in key.split('.') {
            if !place.is_object() {
                *place = Map::new().into();
            }
            place = &mut place[key];
        }
        *place = value;
        Ok(())
    }

    /// Takes a key out, and what held nothing but it.
    pub(super) fn unset(&mut self, cluster: Option<usize>, key: &str) -> Result<(), Fault> {
        let mut key = key;
        while let Some((above, _)) = key.rsplit_once('.') {
            let alone = self.get(cluster, above).and_then(Value::as_object);
            if alone.is_none_or(|map| map.len() > 1) {
                break;
            }
            key = above;
        }
        if let Some((_, document)) = &self.tree {
            let removed = document.try_remove_path(&spot(cluster, key));
            removed.map_err(|e| self.stuck(e))?;
        }
        let base = match cluster {
            Some(at) => &mut self.values["clusters"][at],
            None => &mut self.values,
        };
        let (above, last) = key.rsplit_once('.').unwrap_or(("", key));
        let above = above.split('.').filter(|key| !key.is_empty());
        let holder = above.fold(base, |value, key| &mut value[key]);
        if let Some(map) = holder.as_object_mut() {
            map.shift_remove(last);
        }
        Ok(())
    }

    /// Adds a cluster behind the others.
    pub(super) fn push(&mut self, entry: Value) -> Result<(), Fault> {
        if let Some((_, document)) = &self.tree {
            let text = serde_saphyr::to_string(&[&entry]).map_err(|e| self.stuck(e))?;
            let list = Document::from_str(&text).map_err(|e| self.stuck(e))?;
            let list = list.as_sequence().ok_or_else(|| self.stuck("no list"))?;
            let old = document.get_sequence("clusters");
            match (old.filter(|old| !old.is_empty()), list.first()) {
                (Some(old), Some(first)) => old.push(first),
                _ => document
                    .try_set_path("clusters", &list)
                    .map_err(|e| self.stuck(e))?,
            }
        }
        let list = &mut self.values["clusters"];
        match list.as_array_mut() {
            Some(list) => list.push(entry),
            None => *list = vec![entry].into(),
        }
        Ok(())
    }

    /// Takes a cluster out.
    pub(super) fn remove(&mut self, at: usize) -> Result<(), Fault> {
        if self.clusters().len() == 1 {
            return self.unset(None, "clusters");
        }
        if let Some((_, document)) = &self.tree {
            let list = document.get_sequence("clusters");
            let removed = list.and_then(|list| list.remove(at));
            removed.ok_or_else(|| self.stuck("the entry was not found"))?;
        }
        if let Some(list) = self.values["clusters"].as_array_mut() {
            list.remove(at);
        }
        Ok(())
    }

    /// The new text.
    pub(super) fn finish(self) -> Result<String, Fault> {
        let nothing = self.values.as_object().is_some_and(Map::is_empty);
        let text = match &self.tree {
            None if nothing => self.text.to_owned(),
            None => {
                let values = serde_saphyr::to_string(&self.values).map_err(|e| self.stuck(e))?;
                let gap = if self.text.is_empty() || self.text.ends_with('\n') {
                    ""
                } else {
                    "\n"
                };
                format!("{}{gap}{values}", self.text)
            }
            Some((file, _)) => file.to_string(),
        };
        let text = match text.strip_suffix("{}\n") {
            Some(comments) if nothing => comments.to_owned(),
            _ => text,
        };
        let says = match read(self.path, &text) {
            Ok(Value::Null) => Map::new().into(),
            Ok(says) => says,
            Err(e) => return Err(self.stuck(e.message)),
        };
        if says != self.values {
            return Err(self.stuck("more would change than was asked for"));
        }
        // A key that was broken before is still broken: said now rather than at the next start.
        Config::default().add(self.path, &text)?;
        Ok(text)
    }

    fn stuck(&self, why: impl std::fmt::Display) -> Fault {
        let path = self.path.display();
        let what = format!("{path} is written in a way that chami cannot change: nothing was done");
        Fault::new(Kind::Unsupported, what).cause(why).hint(BY_HAND)
    }
}

const BY_HAND: &str = "change the file by hand; config.show() then says how it is understood";

/// A place in the file, as the editor spells it.
fn spot(cluster: Option<usize>, key: &str) -> String {
    match cluster {
        Some(at) => format!("clusters[{at}].{key}"),
        None => key.to_owned(),
    }
}

/// What a text says; null when it says nothing.
pub(super) fn read(path: &Path, text: &str) -> Result<Value, Fault> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let wrong = |error| malformed(path, &error);
    serde_saphyr::from_str::<Option<File>>(text).map_err(wrong)?;
    serde_saphyr::from_str(text).map_err(wrong)
}
