//! Kernel parameters: as they are now, and with `persistent` as the next boot sets them.
//!
//! What the next boot sets is not what one file says: of all that are read the last one counts.
use super::{
    Client,
    dress::Fitting,
    lasting::{boot_file, last, lasts},
};
use crate::{
    fault::{Fault, Kind},
    services::head::{
        text::Conf,
        types::{Action, BootFile, Call, SYSCTL, Sysctl},
    },
};
use serde::Deserialize;
use serde_json::Value;

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

/// Tabs and spaces between the words of a value are the same.
pub(super) fn same(a: &str, b: &str) -> bool {
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
