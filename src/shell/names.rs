//! Names that only the cluster knows, for Tab: kept here, asked for in the background, never under a key press.
//!
//! They are asked for when a prompt stands there: at the first one, after something was written, and when they are old.
//! Whatever goes wrong leaves the names as they are; who really asks is told.
use crate::{
    builtins::TUTORIAL,
    http::{Exchange, Http, Watcher},
    lab::{Control, Lab},
    lua::complete::Live,
    services::smd::client::{Client, Names},
};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Older names are asked for again.
const AGE: Duration = Duration::from_secs(60);
/// Nobody waits for the answer, so it may take its time.
const PATIENCE: Duration = Duration::from_secs(30);

/// The names of one session.
pub(super) struct Book {
    http: Http,
    lab: Option<Lab>,
    page: Mutex<Page>,
    /// Something was written since they were asked for.
    stale: AtomicBool,
    busy: AtomicBool,
}

#[derive(Default)]
struct Page {
    names: Names,
    live: Arc<Live>,
    asked: Option<Instant>,
}

/// The files that come with chami.
fn data() -> Vec<String> {
    let mut names = Vec::new();
    let mut folders: Vec<_> = TUTORIAL.get_dir("data").into_iter().collect();
    while let Some(folder) = folders.pop() {
        names.extend(folder.files().map(|it| it.path().display().to_string()));
        folders.extend(folder.dirs());
    }
    names.sort();
    names
}

impl Watcher for Book {
    fn saw(&self, exchange: &Exchange) {
        if exchange.call.as_ref().is_some_and(|call| call.writes) {
            self.stale.store(true, Ordering::Relaxed);
        }
    }
}

impl Book {
    pub(super) fn new(http: &Http, lab: Option<&Lab>) -> Arc<Self> {
        let book = Arc::new(Self {
            http: http.clone(),
            lab: lab.cloned(),
            page: Mutex::new(Page {
                live: Arc::new(Live {
                    files: data(),
                    ..Live::default()
                }),
                ..Page::default()
            }),
            stale: AtomicBool::new(false),
            busy: AtomicBool::new(false),
        });
        http.options().watch.add(book.clone());
        book
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As they were when they were asked for last.
    pub(super) fn live(&self) -> Arc<Live> {
        Arc::clone(&self.page().live)
    }

    /// Whether they should be asked for, which is then under way. A tape knows what was asked when it was made, no more.
    pub(super) fn wants(&self) -> bool {
        let there =
            self.http.options().play.is_none() && (self.lab.is_some() || self.http.at_hand());
        let old = self.page().asked.is_none_or(|at| at.elapsed() > AGE);
        there
            && (old || self.stale.load(Ordering::Relaxed))
            && !self.busy.swap(true, Ordering::AcqRel)
    }

    pub(super) async fn fill(self: Arc<Self>) {
        self.stale.store(false, Ordering::Relaxed);
        let before = self.page().names.clone();
        let names = Client::new(&self.http).names(&before, PATIENCE).await;
        let snapshots = match &self.lab {
            Some(lab) if names.is_ok() => Control::new(lab.clone()).snapshots().await,
            _ => Ok(Vec::new()),
        };
        let mut page = self.page();
        page.asked = Some(Instant::now());
        if let Ok(names) = names {
            let snapshots = snapshots.unwrap_or_default().into_iter();
            page.live = Arc::new(Live {
                nodes: names.nodes.iter().chain(&names.hosts).cloned().collect(),
                places: names.nodes.iter().chain(&names.places).cloned().collect(),
                macs: names.macs.clone(),
                groups: names.groups.clone(),
                snapshots: snapshots.map(|it| it.name).collect(),
                files: data(),
            });
            page.names = names;
        }
        drop(page);
        self.busy.store(false, Ordering::Release);
    }
}
