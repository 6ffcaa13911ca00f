//! Kernel parameters: as they are now, and with `persistent` as the next boot sets them.
//!
//! What the next boot sets is not what one file says: of all that are read the last one counts.
use super::{Client, dress::Fitting, path_of};
use crate::{
    fault::{Fault, Kind},
    services::head::{
        text::Conf,
        types::{Action, BootFile, Call, SYSCTL, Sysctl},
    },
};
use serde::Deserialize;
use serde_json::Value;

/// Where files stand that are read at each boot, and the one that is older than such directories.
const DIR: &str = "/etc/sysctl.d/";
const CONF: &str = "/etc/sysctl.conf";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setting {
    /// It stands in a file as well, which is read at each boot.
    pub persistent: bool,
    /// Which file.
    pub file: Option<String>,
}

impl Client {
    pub async fn sysctl(&self, name: &str) -> Result<Sysctl, Fault> {
        let name = named(name)?;
        let value: String = self.ask(Call::Sysctl { name: name.clone() }).await?;
        // Who may not read the files reads the value all the same.
        let files = self.boot_files().await.unwrap_or_default();
        let file = last(&files, &name).map(|(file, _)| file.real.clone());
        Ok(Sysctl {
            name,
            value,
            action: None,
            before: None,
            file,
        })
    }

    async fn boot_files(&self) -> Result<Vec<BootFile>, Fault> {
        self.ask(Call::BootFiles).await
    }

    pub async fn set_sysctl(
        &self,
        name: &str,
        value: &Value,
        setting: &Setting,
    ) -> Result<Sysctl, Fault> {
        let (name, value) = (named(name)?, text(value)?);
        let file = setting.file.as_deref().map(boot_file).transpose()?;
        let named = file.clone();
        let file = file.or_else(|| setting.persistent.then(|| SYSCTL.to_owned()));
        let done = self.change_sysctl(&name, &value, file.as_deref()).await;
        let said = match (named, file) {
            (Some(named), _) => format!(", {{ file = {named:?} }}"),
            (None, Some(_)) => ", { persistent = true }".to_owned(),
            (None, None) => String::new(),
        };
        let line = format!("head.sysctl({name:?}, {value:?}{said})");
        self.told(done, &line).await
    }

    async fn change_sysctl(
        &self,
        name: &str,
        value: &str,
        file: Option<&str>,
    ) -> Result<Sysctl, Fault> {
        let before: String = self
            .ask(Call::Sysctl {
                name: name.to_owned(),
            })
            .await?;
        if let Some(file) = file {
            lasts(&self.boot_files().await?, file, name, value)?;
        }
        let mut action = Action::Unchanged;
        if !same(&before, value) {
            let (name, value) = (name.to_owned(), value.to_owned());
            self.act(Call::SetSysctl { name, value }).await?;
            action = Action::Changed;
        }
        if let Some(file) = file {
            let old = self.text(file).await?.unwrap_or_default();
            // Only what differs is written: the file may be somebody's own.
            if Conf(&old).of(name).is_none_or(|kept| !same(&kept, value)) {
                let text = Conf(&old).with(name, Some(value));
                self.put(file, &text, &Fitting::default()).await?;
                action = Action::Changed;
            }
        }
        let now: String = self
            .ask(Call::Sysctl {
                name: name.to_owned(),
            })
            .await?;
        if !same(&now, value) && !super::dir::is_planned() {
            let message = format!("the kernel took {name}={value}, and it is {now} all the same");
            return Err(Fault::new(Kind::NoEffect, message)
                .hint("its range is narrower, or another program sets it"));
        }
        let before = Some(before).filter(|before| !same(before, value));
        Ok(Sysctl {
            name: name.to_owned(),
            value: now,
            action: Some(action),
            before,
            file: file.map(str::to_owned),
        })
    }
}

/// The file that has the last word on a parameter, and what it says.
fn last<'a>(files: &'a [BootFile], name: &str) -> Option<(&'a BootFile, String)> {
    let mut files = files.iter().rev();
    files.find_map(|file| Some((file, Conf(&file.text).of(name)?)))
}

/// A file that is read at each boot, by its path.
fn boot_file(path: &str) -> Result<String, Fault> {
    let path = path_of(path)?;
    let in_place = path
        .strip_prefix(DIR)
        .and_then(|it| it.strip_suffix(".conf"));
    if path == CONF || in_place.is_some_and(|it| !it.is_empty() && !it.contains('/')) {
        return Ok(path);
    }
    let message = format!("{path} is read at no boot");
    let hint = "a file = \"/etc/sysctl.d/NAME.conf\", or \"/etc/sysctl.conf\"; persistent = true has chami's own";
    Err(Fault::bad_argument(message).hint(hint))
}

/// Refuses a file that would not have the last word at the next boot, before anything is set.
fn lasts(files: &[BootFile], file: &str, name: &str, value: &str) -> Result<(), Fault> {
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let found = files
        .iter()
        .rposition(|it| it.path == file || it.real == file);
    let later = match found {
        Some(at) => &files[at + 1..],
        None if file == CONF => {
            let message = format!("nothing reads {CONF} at this machine's boot");
            return Err(Fault::new(Kind::Conflict, message).hint(format!(
                "head.sysctl({name:?}, {value:?}, {{ persistent = true }}) has a file of its own"
            )));
        }
        // One of the same name elsewhere is not read beside it.
        None => {
            let before = |it: &&BootFile| base(&it.path) <= base(file);
            &files[files.iter().take_while(before).count()..]
        }
    };
    let Some((other, kept)) = last(later, name).filter(|(_, kept)| !same(kept, value)) else {
        return Ok(());
    };
    let path = &other.real;
    let message = format!("{path} is read after {file}, and sets {name} = {kept}");
    let there = match boot_file(path) {
        Ok(path) => path,
        Err(_) => format!("{DIR}{}", base(&other.path)),
    };
    Err(Fault::new(Kind::Conflict, message).hint(format!(
        "head.sysctl({name:?}, {value:?}, {{ file = {there:?} }}) has the last word"
    )))
}

/// Tabs and spaces between the words of a value are the same.
fn same(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

fn named(name: &str) -> Result<String, Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-/@:*".contains(c);
    let parts = name.split(['.', '/']);
    if name.is_empty()
        || !name.chars().all(fits)
        || parts.clone().any(str::is_empty)
        || parts.count() < 2
    {
        let message = format!("{name:?} is no kernel parameter");
        return Err(Fault::bad_argument(message).hint("as sysctl has it: net.ipv4.ip_forward"));
    }
    Ok(dotted(name))
}

/// Either a dot or a slash parts the words: what comes first does, and the other one is an interface's dot.
pub(in crate::services::head) fn dotted(name: &str) -> String {
    let by_slash = name
        .find('/')
        .is_some_and(|slash| name.find('.').is_none_or(|dot| slash < dot));
    let swapped = |c: char| match c {
        '/' => '.',
        '.' => '/',
        c => c,
    };
    if by_slash {
        name.chars().map(swapped).collect()
    } else {
        name.to_owned()
    }
}

fn text(value: &Value) -> Result<String, Fault> {
    let value = match value {
        Value::Bool(on) => u8::from(*on).to_string(),
        Value::Number(number) => match number.as_f64().filter(|it| it.fract() == 0.0) {
            Some(whole) if number.is_f64() => format!("{whole:.0}"),
            _ => number.to_string(),
        },
        Value::String(text) => text.trim().to_owned(),
        other => {
            return Err(Fault::bad_argument(format!(
                "{other} is no value of a kernel parameter"
            )));
        }
    };
    if value.is_empty() || value.contains(['\n', '\0']) {
        return Err(Fault::bad_argument(
            "a kernel parameter's value is one line of text",
        ));
    }
    Ok(value)
}
