//! Small files of text, as Ansible's `copy` writes them from `content`.
use super::{Client, Wanted, path_of};
use crate::{
    fault::{Fault, Kind},
    services::head::types::{Action, Call, Entry, File},
};

impl Client {
    pub async fn read(&self, path: &str) -> Result<File, Fault> {
        let path = path_of(path)?;
        let entry = self.stat(&path).await?;
        regular(&entry)?;
        let text = self.ask(Call::Read { path: path.clone() }).await?;
        Ok(record(&path, None, Some(entry), Some(text)))
    }

    /// The text of a file that may not be there yet.
    pub(super) async fn text(&self, path: &str) -> Result<Option<String>, Fault> {
        match self.look_at(path).await? {
            None => Ok(None),
            Some(entry) => {
                regular(&entry)?;
                let path = path.to_owned();
                self.ask(Call::Read { path }).await.map(Some)
            }
        }
    }

    /// Writes a text unless it stands there already; says what that was.
    pub(super) async fn put(&self, path: &str, text: &str) -> Result<Action, Fault> {
        let old = self.text(path).await?;
        let action = match &old {
            Some(old) if old == text => return Ok(Action::Unchanged),
            Some(_) => Action::Changed,
            None => Action::Created,
        };
        let (path, text) = (path.to_owned(), text.to_owned());
        self.act(Call::Write { path, text }).await?;
        Ok(action)
    }

    pub async fn write(&self, path: &str, text: &str, wanted: &Wanted) -> Result<File, Fault> {
        let mode = wanted.digits()?;
        let path = path_of(path)?;
        let work = async {
            let written = self.put(&path, text).await?;
            let now = self.look_at(&path).await?;
            let dressed = self
                .dress(&path, now.as_ref(), wanted, mode.as_deref())
                .await?;
            let action = match written {
                Action::Unchanged if dressed => Action::Changed,
                written => written,
            };
            Ok(record(
                &path,
                Some(action),
                self.look_at(&path).await?,
                None,
            ))
        };
        let line = match wanted.spelled() {
            said if said.is_empty() => format!("head.file({path:?}, text)"),
            said => format!("head.file({path:?}, text, {{ {said} }})"),
        };
        self.told(work.await, &line).await
    }

    /// Removes a file.
    pub async fn no_file(&self, path: &str) -> Result<File, Fault> {
        let path = path_of(path)?;
        let Some(entry) = self.look_at(&path).await? else {
            return Ok(record(&path, Some(Action::Unchanged), None, None));
        };
        regular(&entry)?;
        let done = self.act(Call::Remove { path: path.clone() }).await;
        let line = format!("head.file({path:?}, nil, {{ absent = true }})");
        self.told(done, &line).await?;
        Ok(record(&path, Some(Action::Removed), None, None))
    }
}

fn regular(entry: &Entry) -> Result<(), Fault> {
    if entry.kind == "file" {
        return Ok(());
    }
    let message = format!("{} is there, and no file", entry.path);
    Err(Fault::new(Kind::Conflict, message).hint("head.stat(path) tells what it is"))
}

fn record(path: &str, action: Option<Action>, now: Option<Entry>, text: Option<String>) -> File {
    let (owner, group, mode) = match now {
        Some(entry) => (Some(entry.owner), Some(entry.group), Some(entry.mode)),
        None => (None, None, None),
    };
    File {
        path: path.to_owned(),
        action,
        owner,
        group,
        mode,
        text,
    }
}
