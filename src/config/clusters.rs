//! Changes to one cluster's entry.
use super::{
    Change, Draft, Fault, Record, Session, Which,
    change::{changed, no_cluster},
    keys,
    view::View,
};
use serde_json::{Map, Value};
use std::path::Path;

/// What `config.cluster.set` was given, checked and in the order in which it is written.
#[derive(Default)]
struct Fields {
    keys: Vec<(&'static str, Value)>,
    name: Option<String>,
    default: bool,
}

impl Fields {
    fn read(cluster: &str, given: &Record) -> Result<Self, Fault> {
        let mut fields = Self::default();
        fields.take(cluster, "", given)?;
        fields.keys.sort_by_key(|(key, _)| keys::rank(key));
        Ok(fields)
    }

    /// Tables are paths: `{ smd = { uri = … } }` is `{ ["smd.uri"] = … }`.
    fn take(&mut self, cluster: &str, above: &str, given: &Record) -> Result<(), Fault> {
        for (key, value) in given {
            let key = format!("{above}{key}");
            match value {
                Value::Object(inner) => self.take(cluster, &format!("{key}."), inner)?,
                Value::Bool(default) if key == "default" => self.default = *default,
                value if key == "default" => {
                    let what = format!("default: {value} is not true or false");
                    return Err(Fault::bad_argument(what)
                        .hint("default = true makes this the cluster that chami starts on"));
                }
                value => {
                    let key = keys::cluster_key(&key, cluster)?;
                    let value = keys::value(key, value, Some(cluster))?;
                    match (key, value.as_str()) {
                        ("name", Some(name)) => self.name = Some(name.to_owned()),
                        _ => self.keys.push((key, value)),
                    }
                }
            }
        }
        Ok(())
    }
}

impl Session {
    /// Adds a cluster, or changes the given keys of one; the name it has afterwards.
    pub fn cluster_set(
        &self,
        name: &str,
        given: &Record,
        which: Which,
    ) -> Result<Change<String>, Fault> {
        keys::value("name", &name.into(), Some(name))?;
        let fields = Fields::read(name, given)?;
        if fields.keys.is_empty() && fields.name.is_none() && !fields.default {
            return Err(Fault::bad_argument("nothing is to be set").hint(format!(
                "config.cluster.set(\"{name}\", {{ uri = \"https://…:8443\" }})"
            )));
        }
        let path = self.files.writing(which)?;
        let view = View::merged(&self.files.with(path))?;
        changed(path, |draft| {
            let after = fields.name.as_deref().unwrap_or(name);
            let known = view.clusters();
            if after != name && known.iter().any(|known| known == after) {
                return Err(Fault::new(
                    crate::fault::Kind::Conflict,
                    format!("there is a cluster \"{after}\" already"),
                )
                .hint("config.cluster.list() shows all"));
            }
            if after != name && draft.cluster(name).is_none() {
                return Err(no_cluster(name, &known, Some(path)));
            }
            reachable(name, &fields, &view)?;
            put(draft, name, &fields)?;
            let was_default = draft.get(None, "default-cluster") == Some(&name.into());
            if fields.default || (was_default && after != name) {
                draft.set(None, "default-cluster", after.into())?;
            }
            Ok(after.to_owned())
        })
    }

    /// Takes a key out of a cluster's entry.
    pub fn cluster_unset(
        &self,
        name: &str,
        key: &str,
        which: Which,
    ) -> Result<Change<String>, Fault> {
        let key = keys::cluster_key(key, name)?;
        if key == "name" {
            let what = "a cluster cannot be without a name";
            return Err(Fault::bad_argument(what).hint(format!(
                "config.cluster.set(\"{name}\", {{ name = … }}) gives another, config.cluster.delete \"{name}\" takes it out"
            )));
        }
        let path = self.files.writing(which)?;
        changed(path, |draft| {
            let at = found(draft, name, path)?;
            if draft.get(Some(at), key).is_none() {
                let what = format!("{key} of {name} is not set in {}", path.display());
                return Err(Fault::not_found(what).hint(format!(
                    "config.cluster.show \"{name}\" says what is, and where"
                )));
            }
            draft.unset(Some(at), key)?;
            Ok(name.to_owned())
        })
    }

    /// Takes a cluster out of the file, and with it `default-cluster` if that named it.
    pub fn cluster_delete(&self, name: &str, which: Which) -> Result<Change<Record>, Fault> {
        let path = self.files.writing(which)?;
        let view = View::plain(&[path.to_owned()])?;
        changed(path, |draft| {
            let at = found(draft, name, path)?;
            draft.remove(at)?;
            if draft.get(None, "default-cluster") == Some(&name.into()) {
                draft.unset(None, "default-cluster")?;
            }
            Ok(view.record(name).unwrap_or_default())
        })
    }

    /// A cluster as it is now that the file is written.
    pub fn cluster_told(&self, path: &Path, name: &str) -> Result<Record, Fault> {
        let view = View::merged(&self.files.with(path))?;
        let record = view.record(name).unwrap_or_default();
        Ok(self.noted(record, path))
    }

    /// The same, with what its writer should know.
    pub fn noted(&self, mut record: Record, path: &Path) -> Record {
        record.insert("from".to_owned(), path.display().to_string().into());
        record.insert("note".to_owned(), self.later().into());
        record
    }
}

fn found(draft: &Draft, name: &str, path: &Path) -> Result<usize, Fault> {
    let known: Vec<String> = draft.clusters().into_iter().map(str::to_owned).collect();
    let at = draft.cluster(name);
    at.ok_or_else(|| no_cluster(name, &known, Some(path)))
}

/// Refuses what would leave the cluster, or one of its services, without an address.
fn reachable(name: &str, fields: &Fields, view: &View) -> Result<(), Fault> {
    let given = |key: &str| fields.keys.iter().any(|(known, _)| *known == key);
    if given("cluster.uri") || view.get(Some(name), "cluster.uri").is_some() {
        return Ok(());
    }
    let hint = format!("config.cluster.set(\"{name}\", {{ uri = \"https://…:8443\" }})");
    let addresses = fields
        .keys
        .iter()
        .filter(|(key, _)| key.rsplit('.').next() == Some("uri"));
    let mut whole = 0;
    for (key, value) in addresses {
        let text = value.as_str().unwrap_or_default();
        if !text.contains("://") {
            let what =
                format!("{key}: \"{text}\" is a path, and {name} has no uri for it to go below");
            return Err(Fault::bad_argument(what).hint(hint));
        }
        whole += 1;
    }
    if whole == 0 && view.get(Some(name), "name").is_none() {
        let what = format!("a new cluster \"{name}\" wants an address");
        return Err(Fault::bad_argument(what).hint(hint));
    }
    Ok(())
}

fn put(draft: &mut Draft, name: &str, fields: &Fields) -> Result<(), Fault> {
    let Some(at) = draft.cluster(name) else {
        if fields.keys.is_empty() {
            // Only default = true: the entry stands in another file.
            return Ok(());
        }
        return draft.push(entry(name, fields));
    };
    for (key, value) in &fields.keys {
        if draft.get(Some(at), key) != Some(value) {
            draft.set(Some(at), key, value.clone())?;
        }
    }
    match &fields.name {
        Some(after) => draft.set(Some(at), "name", after.as_str().into()),
        None => Ok(()),
    }
}

/// A new entry, in ochami's order.
fn entry(name: &str, fields: &Fields) -> Value {
    let mut entry = Value::from(Map::new());
    entry["name"] = name.into();
    for (key, value) in &fields.keys {
        let place = key
            .split('.')
            .fold(&mut entry, |place, key| &mut place[key]);
        *place = value.clone();
    }
    entry
}
