//! Directories, as Ansible's `file` makes them: they are there, whose they are, and who may do what.
use super::{Client, ancestors, dress::Fitting, path_of};
use crate::{
    call,
    fault::{Fault, Kind},
    services::{
        head::types::{Action, Call, Dress, Made, is_system, stays},
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
    pub(super) fn dress(&self) -> Result<Dress, Fault> {
        Ok(Dress {
            owner: self.owner.clone(),
            group: self.group.clone(),
            mode: self.digits()?,
        })
    }

    /// The mode as it is kept: four digits.
    fn digits(&self) -> Result<Option<String>, Fault> {
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
    pub async fn dirs(&self, paths: Vec<String>, wanted: &Wanted) -> Result<Vec<Made>, Fault> {
        if paths.is_empty() {
            let hint = "head.dir(\"/opt/workdir\", { owner = \"rocky\" })";
            return Err(Fault::bad_argument("which directory?").hint(hint));
        }
        let fitting = self.fitting(wanted.dress()?).await?;
        let paths: Vec<String> = paths
            .iter()
            .map(|it| path_of(it))
            .collect::<Result<_, _>>()?;
        let mut fates = Fates::default();
        for path in paths {
            let done = if wanted.absent {
                self.no_dir(&path).await
            } else {
                self.dir(&path, &fitting).await
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

    async fn dir(&self, path: &str, fitting: &Fitting) -> Result<Made, Fault> {
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
        let changed = self.dress(path, now.as_ref(), fitting).await?;
        let action = match (was, changed) {
            (false, _) => Action::Created,
            (true, true) => Action::Changed,
            (true, false) => Action::Unchanged,
        };
        Ok(Made::new(
            path,
            Some(action),
            self.came(path, fitting).await?,
        ))
    }

    async fn no_dir(&self, path: &str) -> Result<Made, Fault> {
        if is_system(path) {
            return Err(stays(path));
        }
        match self.look_at(path).await? {
            None => return Ok(Made::new(path, Some(Action::Unchanged), None)),
            Some(entry) if entry.kind == "directory" => {}
            Some(_) => {
                let message = format!("{path} is no directory");
                return Err(Fault::new(Kind::Conflict, message)
                    .hint("head.file(path, nil, { absent = true }) removes a file"));
            }
        }
        let path = path.to_owned();
        self.act(Call::Remove { path: path.clone() }).await?;
        Ok(Made::new(&path, Some(Action::Removed), None))
    }
}

/// Whether only a plan is made.
pub(super) fn is_planned() -> bool {
    call::current().is_some_and(|call| call.plan.is_some())
}
