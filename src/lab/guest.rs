//! A lab that another process of the user owns: found by its json file, driven through its control API.
use super::{card::Card, token::Order};
use crate::{clock::Clock as _, fault::Fault, http::Http};
use serde::Deserialize;
use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::task::AbortHandle;

pub(crate) struct Guest {
    pub(crate) card: Card,
    path: PathBuf,
    stamp: Stamp,
    control: Http,
    /// The task that waits for the owner's end; it ends with the seat.
    heir: Option<Arc<Heir>>,
}

struct Heir(AbortHandle);

impl Drop for Heir {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A file that was replaced has another.
type Stamp = Option<(u64, i64, i64)>;

fn stamp(path: &Path) -> Stamp {
    let file = fs::metadata(path).ok()?;
    Some((file.ino(), file.mtime(), file.mtime_nsec()))
}

#[derive(Deserialize)]
struct Minted {
    token: String,
}

impl Guest {
    /// Attaches to the owner that the file at `path` names, if it answers.
    pub(crate) async fn attach(path: &Path) -> Option<Self> {
        let stamp = stamp(path);
        let card = Card::read(path)?;
        let control = Http::at(card.base(Some(card.secret.clone())));
        // Who takes the secret is the owner.
        let asked = control.url("GET", "/lab/v1/clock");
        asked.timeout(Duration::from_secs(5)).nothing().await.ok()?;
        Some(Self {
            card,
            path: path.to_owned(),
            stamp,
            control,
            heir: None,
        })
    }

    pub(crate) fn watched_by(self, heir: AbortHandle) -> Self {
        let heir = Some(Arc::new(Heir(heir)));
        Self { heir, ..self }
    }

    /// Whether the owner has changed the file since it was read: it moved, or the clock was advanced.
    pub(crate) fn is_stale(&self) -> bool {
        stamp(&self.path) != self.stamp
    }

    /// The same owner at another time, if that is all that changed.
    pub(crate) fn refreshed(&self) -> Option<Self> {
        let stamp = stamp(&self.path);
        let card = Card::read(&self.path)?;
        let same = card.pid == self.card.pid && card.http == self.card.http;
        (same && card.secret == self.card.secret).then(|| Self {
            card,
            path: self.path.clone(),
            stamp,
            control: self.control.clone(),
            heir: self.heir.clone(),
        })
    }

    /// The lab's time, as far as the file tells.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        super::clock::LabClock::new(None, self.card.advanced).now()
    }

    pub(crate) async fn token(&self, lifetime: f64) -> Result<String, Fault> {
        let order = Order::of_shell(lifetime);
        let request = self.control.url("POST", "/lab/v1/token").json(&order);
        let minted: Minted = request.send().await?;
        Ok(minted.token)
    }
}
