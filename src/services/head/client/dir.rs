//! Directories, as Ansible's `file` makes them: they are there, whose they are, and who may do what.
use super::{Client, ancestors, path_of};
use crate::{
    call,
    fault::{Fault, Kind},
    services::{
        head::types::{Action, Call, Dir, Entry},
        many::Fates,
    },
};
use serde::Deserialize;
use serde_json::Value;

/// What a directory or a file is to be like; what is not said stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    pub owner: Option<String>,
    pub group: Option<String>,
    /// `0755`, as text.
    pub mode: Option<Value>,
    /// It is not to be there.
    pub absent: bool,
}

impl Wanted {
    /// The mode as it is kept: four digits.
    pub(super) fn digits(&self) -> Result<Option<String>, Fault> {
        let refuse = |what: String| {
            let hint = "a mode is text of octal digits: mode = \"0755\". As a number Lua reads it in decimal";
            Err(Fault::bad_argument(what).hint(hint))
        };
        match &self.mode {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => match u32::from_str_radix(text, 8) {
                Ok(mode) if mode <= 0o7777 && (3..=5).contains(&text.len()) => {
                    Ok(Some(format!("{mode:04o}")))
                }
                _ => refuse(format!("{text:?} is no mode")),
            },
            Some(other) => refuse(format!("{other} is no mode")),
        }
    }

    /// As a line of Lua has it: `{ owner = "rocky" }`.
    pub(super) fn spelled(&self) -> String {
        let mut words = Vec::new();
        let mode = self.mode.as_ref().and_then(Value::as_str);
        for (key, value) in [
            ("owner", self.owner.as_deref()),
            ("group", self.group.as_deref()),
            ("mode", mode),
        ] {
            words.extend(value.map(|value| format!("{key} = {value:?}")));
        }
        if self.absent {
            words.push("absent = true".to_owned());
        }
        words.join(", ")
    }
}

impl Client {
    /// Makes directories be as wanted, those above them included; one after the other, for one may stand in another.
    pub async fn dirs(&self, paths: Vec<String>, wanted: &Wanted) -> Result<Vec<Dir>, Fault> {
        let mode = wanted.digits()?;
        let paths: Vec<String> = paths
            .iter()
            .map(|it| path_of(it))
            .collect::<Result<_, _>>()?;
        let mut fates = Fates::default();
        for path in paths {
            let done = if wanted.absent {
                self.no_dir(&path).await
            } else {
                self.dir(&path, wanted, mode.as_deref()).await
            };
            let said = match wanted.spelled() {
                said if said.is_empty() => String::new(),
                said => format!(", {{ {said} }}"),
            };
            let line = format!("head.dir({path:?}{said})");
            fates.add(path, self.told(done, &line).await);
        }
        fates.settle("made")
    }

    async fn dir(&self, path: &str, wanted: &Wanted, mode: Option<&str>) -> Result<Dir, Fault> {
        let way = ancestors(path);
        let found = self.look(way.clone()).await?;
        let mut there = None;
        for (path, entry) in way.into_iter().zip(found) {
            match &entry {
                Some(entry) if entry.kind != "directory" => {
                    let message = format!("{path} is there, and no directory");
                    return Err(Fault::new(Kind::Conflict, message)
                        .hint("move it away, or choose another place"));
                }
                Some(_) => {}
                None => self.act(Call::Mkdir { path }).await?,
            }
            there = entry;
        }
        let was = there.is_some() || path == "/";
        // A new one is whose it is after it was made.
        let now = match there {
            None => self.look_at(path).await?,
            there => there,
        };
        let changed = self.dress(path, now.as_ref(), wanted, mode).await?;
        let action = match (was, changed) {
            (false, _) => Action::Created,
            (true, true) => Action::Changed,
            (true, false) => Action::Unchanged,
        };
        Ok(record(path, action, self.look_at(path).await?))
    }

    /// Gives it owner, group and mode where they differ; says whether one did.
    pub(super) async fn dress(
        &self,
        path: &str,
        now: Option<&Entry>,
        wanted: &Wanted,
        mode: Option<&str>,
    ) -> Result<bool, Fault> {
        let differs = |want: Option<&String>, have: Option<(&String, u32)>| {
            let same = |want: &String| {
                have.is_some_and(|(name, id)| want == name || *want == id.to_string())
            };
            want.filter(|want| !same(want)).cloned()
        };
        let owner = differs(wanted.owner.as_ref(), now.map(|it| (&it.owner, it.uid)));
        let group = differs(wanted.group.as_ref(), now.map(|it| (&it.group, it.gid)));
        let mut changed = false;
        if owner.is_some() || group.is_some() {
            let path = path.to_owned();
            self.act(Call::Chown { path, owner, group }).await?;
            changed = true;
        }
        if let Some(mode) = mode.filter(|mode| now.is_none_or(|it| it.mode != **mode)) {
            let (path, mode) = (path.to_owned(), mode.to_owned());
            self.act(Call::Chmod { path, mode }).await?;
            changed = true;
        }
        Ok(changed)
    }

    async fn no_dir(&self, path: &str) -> Result<Dir, Fault> {
        match self.look_at(path).await? {
            None => return Ok(record(path, Action::Unchanged, None)),
            Some(entry) if entry.kind == "directory" => {}
            Some(_) => {
                let message = format!("{path} is no directory");
                return Err(Fault::new(Kind::Conflict, message)
                    .hint("head.file(path, { absent = true }) removes a file"));
            }
        }
        let path = path.to_owned();
        self.act(Call::Remove { path: path.clone() }).await?;
        Ok(record(&path, Action::Removed, None))
    }
}

fn record(path: &str, action: Action, now: Option<Entry>) -> Dir {
    let (owner, group, mode) = match now {
        Some(entry) => (Some(entry.owner), Some(entry.group), Some(entry.mode)),
        None => (None, None, None),
    };
    Dir {
        path: path.to_owned(),
        action,
        owner,
        group,
        mode,
    }
}

/// Whether only a plan is made.
pub(super) fn is_planned() -> bool {
    call::current().is_some_and(|call| call.plan.is_some())
}
