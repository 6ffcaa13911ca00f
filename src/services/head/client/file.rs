//! Small files of text, as Ansible's `copy` writes them from `content`.
use super::{Client, Wanted, dress::Fitting, path_of};
use crate::{
    fault::{Fault, Kind},
    services::head::{
        text::Hosts,
        types::{Action, Call, Dress, Entry, HOSTS, Made, is_private},
    },
};

impl Client {
    pub async fn read(&self, path: &str) -> Result<Made, Fault> {
        let path = path_of(path)?;
        let entry = self.stat(&path).await?;
        regular(&entry)?;
        let text = self.ask(Call::Read { path: path.clone() }).await?;
        Ok(Made {
            text: Some(text),
            ..Made::new(&path, None, Some(entry))
        })
    }

    /// The text of a file that may not be there yet.
    pub(super) async fn text(&self, path: &str) -> Result<Option<String>, Fault> {
        let entry = self.look_at(path).await?;
        self.text_of(entry.as_ref()).await
    }

    async fn text_of(&self, entry: Option<&Entry>) -> Result<Option<String>, Fault> {
        let Some(entry) = entry else { return Ok(None) };
        regular(entry)?;
        let path = entry.path.clone();
        self.ask(Call::Read { path }).await.map(Some)
    }

    /// Writes a text unless it stands there already; says what that was.
    pub(super) async fn put(
        &self,
        path: &str,
        text: &str,
        fitting: &Fitting,
    ) -> Result<Action, Fault> {
        let now = self.look_at(path).await?;
        if is_hosts(path, now.as_ref()) && !Hosts(text).have_localhost() {
            return Err(hosts_stay());
        }
        let old = self.text_of(now.as_ref()).await?;
        if old.as_deref() == Some(text) {
            return Ok(given(self.dress(path, now.as_ref(), fitting).await?));
        }
        let had = now.map(|entry| entry.mode);
        let dress = Dress {
            // One that is for its owner alone stays so, and a plan does not show what is in it.
            mode: fitting
                .dress
                .mode
                .clone()
                .or(had.filter(|it| is_private(it))),
            ..fitting.dress.clone()
        };
        let (path, text) = (path.to_owned(), text.to_owned());
        self.act(Call::Write { path, text, dress }).await?;
        Ok(match old {
            Some(_) => Action::Changed,
            None => Action::Created,
        })
    }

    pub async fn write(&self, path: &str, text: &str, wanted: &Wanted) -> Result<Made, Fault> {
        let (path, dress) = (path_of(path)?, wanted.dress()?);
        let work = async {
            let fitting = self.fitting(dress).await?;
            let action = self.put(&path, text, &fitting).await?;
            Ok(Made::new(
                &path,
                Some(action),
                self.came(&path, &fitting).await?,
            ))
        };
        let line = match wanted.spelled() {
            said if said.is_empty() => format!("head.file({path:?}, text)"),
            said => format!("head.file({path:?}, text, {{ {said} }})"),
        };
        self.told(work.await, &line).await
    }

    /// Gives a file that is there its owner, group and mode.
    pub async fn give(&self, path: &str, wanted: &Wanted) -> Result<Made, Fault> {
        let (path, dress) = (path_of(path)?, wanted.dress()?);
        let work = async {
            let fitting = self.fitting(dress).await?;
            let now = self.look_at(&path).await?.ok_or_else(|| {
                Fault::not_found(format!("{path}: there is no such file on the head node"))
                    .hint(format!("head.file({path:?}, text) makes it"))
            })?;
            regular(&now)?;
            let action = given(self.dress(&path, Some(&now), &fitting).await?);
            Ok(Made::new(
                &path,
                Some(action),
                self.came(&path, &fitting).await?,
            ))
        };
        let line = format!("head.file({path:?}, nil, {{ {} }})", wanted.spelled());
        self.told(work.await, &line).await
    }

    /// Removes a file; of a link the link, and what it leads to stays.
    pub async fn no_file(&self, path: &str) -> Result<Made, Fault> {
        let path = path_of(path)?;
        if path == HOSTS {
            return Err(hosts_stay());
        }
        let Some(entry) = self.links(vec![path.clone()]).await?.pop().flatten() else {
            return Ok(Made::new(&path, Some(Action::Unchanged), None));
        };
        let led = match entry.kind.as_str() {
            "link" => self.look_at(&path).await?,
            _ if is_hosts(&path, Some(&entry)) => return Err(hosts_stay()),
            _ => Some(entry),
        };
        // One that leads nowhere is gone with its target.
        led.as_ref().map_or(Ok(()), regular)?;
        let done = self.act(Call::Remove { path: path.clone() }).await;
        let line = format!("head.file({path:?}, nil, {{ absent = true }})");
        self.told(done, &line).await?;
        Ok(Made::new(&path, Some(Action::Removed), None))
    }
}

fn given(something: bool) -> Action {
    if something {
        Action::Changed
    } else {
        Action::Unchanged
    }
}

fn regular(entry: &Entry) -> Result<(), Fault> {
    if entry.kind == "file" {
        return Ok(());
    }
    let message = format!("{} is there, and no file", entry.path);
    Err(Fault::new(Kind::Conflict, message).hint("head.stat(path) tells what it is"))
}

/// Whether that is the file of hosts, by whatever way one comes to it.
fn is_hosts(path: &str, entry: Option<&Entry>) -> bool {
    let real = entry.and_then(|it| it.real.as_deref());
    path == HOSTS || real == Some(HOSTS)
}

fn hosts_stay() -> Fault {
    let message = format!("{HOSTS} without localhost: most programs here would stop working");
    Fault::new(Kind::Refused, message)
        .hint("head.host(name, ip) puts one name there and leaves the rest; a whole text keeps the lines of localhost")
}
