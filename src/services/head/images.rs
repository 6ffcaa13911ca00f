//! What stands on the head node as the journal sees it: directories, files with their texts, links, kernel parameters.
//!
//! The text of a file that is for its owner alone is nobody else's to read, in a journal neither: it stands in a field that
//! the journal hides as a secret, so that a change is seen and the text is not kept.
use super::{
    client::{Client, ancestors, dotted, path_of},
    types::{Call, Dress, Entry, HOSTS, bits, is_private},
};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    http::Http,
    journal::{Images, Records, Touch},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

const PATH: &str = "path";
const SYSCTL: &str = "sysctl";

/// What writes to these paths touch: the paths, and the directories that are made on the way.
pub(super) fn paths<'a>(paths: impl IntoIterator<Item = &'a String>) -> Touch {
    let mut ids: Vec<String> = Vec::new();
    for path in paths {
        // One that is no path is refused before anything is done.
        for one in path_of(path).map(|it| ancestors(&it)).unwrap_or_default() {
            if !ids.contains(&one) {
                ids.push(one);
            }
        }
    }
    Touch::of(PATH, ids)
}

pub(super) fn hosts() -> Touch {
    Touch::of(PATH, [HOSTS])
}

pub(super) fn sysctl(name: &str) -> Touch {
    Touch::of(SYSCTL, [dotted(name)])
}

/// One thing as it can be made again.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    kind: String,
    owner: String,
    group: String,
    mode: String,
    /// Of a link: where it leads. Owner, mode and text are of what stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The text of a file that only its owner may read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

struct Head(Client);

pub(super) fn images(http: &Http) -> Arc<dyn Images> {
    Arc::new(Head(Client::new(http)))
}

impl Head {
    async fn kept(&self, entry: Entry) -> Result<Kept, Fault> {
        let led = match entry.kind.as_str() {
            "link" => self.0.look_at(&entry.path).await?,
            _ => None,
        };
        let text = match led.as_ref().unwrap_or(&entry).kind.as_str() {
            "file" => match self.0.ask::<String>(Call::Read { path: entry.path }).await {
                Ok(text) => Some(text),
                // Too large, or no text: it is journaled, and not kept.
                Err(fault) if matches!(fault.kind, Kind::Unsupported | Kind::Io) => None,
                Err(fault) => return Err(fault),
            },
            _ => None,
        };
        let (text, secret) = if is_private(&entry.mode) {
            (None, text)
        } else {
            (text, None)
        };
        Ok(Kept {
            kind: entry.kind,
            owner: entry.owner,
            group: entry.group,
            mode: entry.mode,
            target: entry.target,
            text,
            secret,
        })
    }

    async fn restore(&self, path: String, kept: Kept, now: Option<Entry>) -> Result<(), Fault> {
        let mut now = now;
        if now.as_ref().is_some_and(|it| it.target != kept.target) {
            self.0.act(Call::Remove { path: path.clone() }).await?;
            now = None;
        }
        if let Some(target) = kept.target.filter(|_| now.is_none()) {
            // What it leads to was not touched by the link's going.
            return self.0.act(Call::Link { path, target }).await;
        }
        // What is hidden in a journal never comes here: the journal refuses it.
        if let Some(text) = kept.text.or(kept.secret) {
            let dress = Dress {
                owner: Some(kept.owner),
                group: Some(kept.group),
                mode: Some(kept.mode),
            };
            return self.0.act(Call::Write { path, text, dress }).await;
        }
        if now.is_none() {
            self.0.act(Call::Mkdir { path: path.clone() }).await?;
        }
        let had = now.unwrap_or_default();
        let given = (&had.owner, &had.group) != (&kept.owner, &kept.group);
        if given {
            let (path, owner, group) = (path.clone(), Some(kept.owner), Some(kept.group));
            self.0.act(Call::Chown { path, owner, group }).await?;
        }
        // Another owner costs setuid and setgid.
        if given || bits(&had.mode) != bits(&kept.mode) {
            let mode = kept.mode;
            self.0.act(Call::Chmod { path, mode }).await?;
        }
        Ok(())
    }
}

impl Images for Head {
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>> {
        Box::pin(async move {
            let ids = touch.ids.clone().unwrap_or_default();
            let mut records = Records::new();
            if touch.resource == SYSCTL {
                for name in ids {
                    let value: String = self.0.ask(Call::Sysctl { name: name.clone() }).await?;
                    records.insert(name, Value::String(value));
                }
                return Ok(records);
            }
            for entry in self.0.links(ids).await?.into_iter().flatten() {
                let path = entry.path.clone();
                let value = serde_json::to_value(self.kept(entry).await?).unwrap_or_default();
                records.insert(path, value);
            }
            Ok(records)
        })
    }

    fn put_back<'a>(
        &'a self,
        resource: &'a str,
        records: &'a Records,
    ) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            if resource == SYSCTL {
                for (name, value) in records {
                    let (name, value) =
                        (name.clone(), value.as_str().unwrap_or_default().to_owned());
                    self.0.act(Call::SetSysctl { name, value }).await?;
                }
                return Ok(());
            }
            // In the order of their names a directory comes before what is in it.
            let paths: Vec<String> = records.keys().cloned().collect();
            let now = self.0.links(paths).await?;
            for ((path, value), now) in records.iter().zip(now) {
                let kept: Kept = serde_json::from_value(value.clone())
                    .map_err(|e| Fault::internal(format!("a kept {resource}: {e}")))?;
                self.restore(path.clone(), kept, now).await?;
            }
            Ok(())
        })
    }

    fn take_away<'a>(&'a self, _: &'a str, ids: &'a [String]) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            for path in ids.into_iter().rev() {
                self.0.act(Call::Remove { path }).await?;
            }
            Ok(())
        })
    }

    fn order(&self) -> &'static [&'static str] {
        &[PATH, SYSCTL]
    }

    fn refuses(&self, resource: &str, change: &crate::journal::Change) -> Option<String> {
        let before: Kept = match (&change.before, resource) {
            (Some(before), PATH) => serde_json::from_value(before.clone()).ok()?,
            _ => return None,
        };
        let lost = before.kind == "file" && before.text.is_none() && before.secret.is_none();
        lost.then(|| "its text was too large to be kept, or no text".to_owned())
    }
}
