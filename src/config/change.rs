//! What `config.*` does: reading for people, and changes to one file, each checked before anything is written.
//!
//! Nothing here touches the disk but to read; a change hands back the new text.
use super::{
    Draft, Fault, Session, Setting, Which, keys,
    view::{self, View},
};
use crate::fault::Kind;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// A cluster as a record: `name`, `default`, and the keys of its entry.
pub type Record = Map<String, Value>;

/// A file's new text, and what is made of it for the user once it is there.
pub struct Change<T> {
    pub path: PathBuf,
    pub old: String,
    pub new: String,
    pub done: T,
}

impl Session {
    /// Every value below `key`, or all; the session's own first.
    pub fn show(&self, key: Option<&str>, which: Which) -> Result<Vec<Setting>, Fault> {
        let all = self.settings(which)?;
        let Some(key) = key else { return Ok(all) };
        let plain = key.replace('_', "-");
        let below = |word: &str| {
            let inner = format!("{word}.");
            let mine = |s: &&Setting| s.key == word || s.key.starts_with(&inner);
            all.iter().filter(mine).cloned().collect::<Vec<_>>()
        };
        let found = [below(key), below(&plain)];
        if let Some(found) = found.into_iter().find(|found| !found.is_empty()) {
            return Ok(found);
        }
        let mut known: Vec<&str> = keys::global().collect();
        known.extend(["log", "clusters", "session"]);
        if known.contains(&plain.as_str()) {
            return Ok(Vec::new());
        }
        known.extend(all.iter().map(|setting| setting.key.as_str()));
        let fault = Fault::bad_argument(format!("unknown key \"{key}\""));
        Err(fault.did_you_mean(&plain, known))
    }

    /// The value of one key.
    pub fn get(&self, key: &str, which: Which) -> Result<Setting, Fault> {
        let found = self.show(Some(key), which)?;
        let plain = key.replace('_', "-");
        let exact = found.iter().find(|s| s.key == key || s.key == plain);
        if let Some(setting) = exact {
            return Ok(setting.clone());
        }
        if found.is_empty() {
            let fault = Fault::not_found(format!("{plain} is not set"));
            return Err(fault.hint(format!("config.set(\"{plain}\", …) sets it")));
        }
        let what = format!("\"{key}\" holds several values");
        Err(Fault::bad_argument(what).hint(format!("config.show \"{key}\" lists them")))
    }

    fn settings(&self, which: Which) -> Result<Vec<Setting>, Fault> {
        if which.is_one() {
            return Ok(View::plain(&self.files.reading(which)?)?.settings());
        }
        let view = View::merged(&self.files.reading(which)?)?;
        Ok(self.taken.iter().cloned().chain(view.settings()).collect())
    }

    /// What `which` says, as far as clusters go.
    fn view(&self, which: Which) -> Result<View, Fault> {
        View::merged(&self.files.reading(which)?)
    }

    pub fn clusters(&self, which: Which) -> Result<Vec<Record>, Fault> {
        let view = self.view(which)?;
        let names = view.clusters();
        Ok(names.iter().filter_map(|name| view.record(name)).collect())
    }

    pub fn cluster(&self, name: &str, which: Which) -> Result<Record, Fault> {
        let view = self.view(which)?;
        let found = view.record(name);
        found.ok_or_else(|| no_cluster(name, &view.clusters(), None))
    }

    /// The values of a cluster, or the one of `key`.
    pub fn cluster_show(
        &self,
        name: &str,
        key: Option<&str>,
        which: Which,
    ) -> Result<Vec<Setting>, Fault> {
        let view = self.view(which)?;
        if view.record(name).is_none() {
            return Err(no_cluster(name, &view.clusters(), None));
        }
        let mut found = view.of(name);
        if let Some(key) = key {
            let unknown = match keys::cluster_key(key, name) {
                Ok(known) => {
                    found.retain(|setting| setting.key == known);
                    None
                }
                Err(unknown) => {
                    found.retain(|setting| setting.key == key);
                    Some(unknown)
                }
            };
            if let (true, Some(unknown)) = (found.is_empty(), unknown) {
                return Err(unknown);
            }
        }
        Ok(found)
    }

    /// Sets one key of the whole file.
    pub fn set(&self, key: &str, value: &Value, which: Which) -> Result<Change<Setting>, Fault> {
        let key = keys::global_key(key)?;
        let value = keys::value(key, value, None)?;
        let path = self.files.writing(which)?;
        changed(path, |draft| {
            if key == "default-cluster" {
                let mut known = View::merged(&self.files.with(path))?.clusters();
                known.extend(draft.clusters().into_iter().map(str::to_owned));
                let name = value.as_str().unwrap_or_default();
                if !known.iter().any(|known| known == name) {
                    return Err(no_cluster(name, &known, None));
                }
            }
            let was = draft.get(None, key).cloned().filter(|was| !was.is_null());
            if was.as_ref() != Some(&value) {
                draft.set(None, key, value.clone())?;
            }
            Ok(Setting {
                was,
                ..Setting::new(key, value, path.display().to_string())
            })
        })
    }

    /// Takes a key of the whole file out of it.
    pub fn unset(&self, key: &str, which: Which) -> Result<Change<Setting>, Fault> {
        let key = keys::global_key(key)?;
        let path = self.files.writing(which)?;
        changed(path, |draft| {
            let was = draft.get(None, key).cloned();
            if was.is_none() {
                let what = format!("{key} is not set in {}", path.display());
                return Err(
                    Fault::not_found(what).hint(format!("config.show \"{key}\" says where it is"))
                );
            }
            draft.unset(None, key)?;
            Ok(Setting {
                key: key.to_owned(),
                was,
                ..Setting::default()
            })
        })
    }

    /// What is to be said of a changed key now that the file is written.
    pub fn told(&self, path: &Path, mut setting: Setting, changed: bool) -> Result<Setting, Fault> {
        let view = View::merged(&self.files.with(path))?;
        let holds = view.get(None, &setting.key);
        let mut notes = Vec::new();
        match (holds, &setting.value) {
            (Some((value, from)), None) => {
                setting.value = Some(value.clone());
                setting.from = Some(from.clone());
            }
            (Some((value, from)), Some(_)) if Some(from) != setting.from.as_ref() => {
                notes.push(format!("{from} says {value}, and goes before this file"));
            }
            _ => {}
        }
        if !changed {
            notes.push("it was so already; nothing is written".to_owned());
        } else if keys::is_ours(&setting.key) {
            notes.push(self.later());
        } else {
            notes.push("for ochami; chami does not go by it".to_owned());
        }
        setting.note = Some(notes.join("; "));
        Ok(setting)
    }

    /// The running session stays as it is.
    pub(super) fn later(&self) -> String {
        format!(
            "takes effect when chami starts next; this session stays on {}",
            self.target
        )
    }
}

/// A file's text with `work` done to it.
pub(super) fn changed<T>(
    path: &Path,
    work: impl FnOnce(&mut Draft) -> Result<T, Fault>,
) -> Result<Change<T>, Fault> {
    let old = view::text(path)?;
    let mut draft = Draft::of(path, &old)?;
    let done = work(&mut draft)?;
    let new = draft.finish()?;
    Ok(Change {
        path: path.to_owned(),
        old,
        new,
        done,
    })
}

/// No such cluster: in `path`, or anywhere.
pub(super) fn no_cluster(name: &str, known: &[String], path: Option<&Path>) -> Fault {
    let place = path.map_or_else(String::new, |path| format!(" in {}", path.display()));
    let fault = Fault::new(Kind::NotFound, format!("no cluster \"{name}\"{place}"));
    match known {
        [] => fault.hint(format!(
            "config.cluster.set(\"{name}\", {{ uri = \"https://…:8443\" }}) adds it"
        )),
        known => fault.did_you_mean(name, known.iter().map(String::as_str)),
    }
}
