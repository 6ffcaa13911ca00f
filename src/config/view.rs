//! What the files say together, value by value, each with the place it comes from.
use super::{Fault, draft, keys};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// One value, and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Setting {
    pub key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// A file, an option of the command line, a variable, or `built-in`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What a write replaced in its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<Value>,
    /// What a write does not do by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Setting {
    pub(super) fn new(key: &str, value: impl Into<Value>, from: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            value: Some(value.into()),
            from: Some(from.into()),
            ..Self::default()
        }
    }
}

/// The cluster a key belongs to, if any, and the key as the file spells it.
type At = (Option<String>, String);

/// All that is set, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct View(IndexMap<At, (Value, String)>);

impl View {
    /// What these files say, over what is built in.
    pub(super) fn merged(paths: &[PathBuf]) -> Result<Self, Fault> {
        let mut view = Self::default();
        for (key, value) in keys::BUILT_IN {
            view.put((None, (*key).to_owned()), &Value::from(*value), "built-in");
        }
        view.lay(paths)?;
        let auth = "cluster.enable-auth";
        for name in view.clusters() {
            let at = (Some(name), auth.to_owned());
            if !view.0.contains_key(&at) {
                view.put(at, &true.into(), "built-in");
            }
        }
        Ok(view)
    }

    /// What these files say and nothing else.
    pub(super) fn plain(paths: &[PathBuf]) -> Result<Self, Fault> {
        let mut view = Self::default();
        view.lay(paths)?;
        Ok(view)
    }

    fn lay(&mut self, paths: &[PathBuf]) -> Result<(), Fault> {
        for path in paths {
            let text = text(path)?;
            let values = draft::read(path, &text)?;
            self.file(&values, &path.display().to_string());
        }
        Ok(())
    }

    fn file(&mut self, values: &Value, from: &str) {
        for (key, value) in values.as_object().into_iter().flatten() {
            match value {
                Value::Array(entries) if key == "clusters" => {
                    for entry in entries {
                        self.entry(entry, from);
                    }
                }
                Value::Null => {}
                value => self.flat(None, key, value, from),
            }
        }
    }

    fn entry(&mut self, entry: &Value, from: &str) {
        let name = entry["name"].as_str().unwrap_or_default();
        let at = (Some(name.to_owned()), "name".to_owned());
        self.put(at, &name.into(), from);
        for (key, value) in entry.as_object().into_iter().flatten() {
            if key != "name" && !value.is_null() {
                self.flat(Some(name), key, value, from);
            }
        }
    }

    fn flat(&mut self, cluster: Option<&str>, key: &str, value: &Value, from: &str) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (inner, value) in map {
                    self.flat(cluster, &format!("{key}.{inner}"), value, from);
                }
            }
            value => self.put((cluster.map(str::to_owned), key.to_owned()), value, from),
        }
    }

    fn put(&mut self, at: At, value: &Value, from: &str) {
        let value = if keys::is_secret(&at.1) {
            "(hidden)".into()
        } else {
            value.clone()
        };
        self.0.insert(at, (value, from.to_owned()));
    }

    /// The clusters' names.
    pub(super) fn clusters(&self) -> Vec<String> {
        let named = self.0.keys().filter(|(_, key)| key == "name");
        named.filter_map(|(cluster, _)| cluster.clone()).collect()
    }

    pub(super) fn get(&self, cluster: Option<&str>, key: &str) -> Option<&(Value, String)> {
        self.0.get(&(cluster.map(str::to_owned), key.to_owned()))
    }

    /// Every value, those of clusters as `clusters.NAME.cluster.uri`.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let named = |((cluster, key), (value, from)): (&At, &(Value, String))| match cluster {
            None => Some(Setting::new(key, value.clone(), from)),
            Some(_) if key == "name" => None,
            Some(name) => Some(Setting::new(
                &format!("clusters.{name}.{key}"),
                value.clone(),
                from,
            )),
        };
        let (of_clusters, global): (Vec<_>, Vec<_>) =
            self.0.iter().partition(|(at, _)| at.0.is_some());
        global
            .into_iter()
            .chain(of_clusters)
            .filter_map(named)
            .collect()
    }

    /// The values of one cluster, by the keys that `config.cluster.set` takes.
    pub(super) fn of(&self, cluster: &str) -> Vec<Setting> {
        let mine = self
            .0
            .iter()
            .filter(|((name, _), _)| name.as_deref() == Some(cluster));
        mine.map(|((_, key), (value, from))| Setting::new(key, value.clone(), from))
            .collect()
    }

    /// A cluster as a record.
    pub(super) fn record(&self, cluster: &str) -> Option<Map<String, Value>> {
        self.get(Some(cluster), "name")?;
        let mut record = Map::new();
        record.insert("name".to_owned(), cluster.into());
        let default = self.get(None, "default-cluster");
        if default.and_then(|(name, _)| name.as_str()) == Some(cluster) {
            record.insert("default".to_owned(), true.into());
        }
        for setting in self.of(cluster) {
            let Some(key) = setting.key.strip_prefix("cluster.") else {
                continue;
            };
            let value = setting.value.unwrap_or_default();
            match key.split_once('.') {
                None => {
                    record.insert(key.to_owned(), value);
                }
                Some((service, key)) => {
                    let inner = record.entry(service).or_insert_with(|| Map::new().into());
                    inner[key] = value;
                }
            }
        }
        Some(record)
    }
}

/// A file's text; one that is not there says nothing.
pub(super) fn text(path: &Path) -> Result<String, Fault> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Fault::io(path, &error)),
    }
}
