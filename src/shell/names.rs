//! Names that only the cluster knows, for Tab: kept here, asked for in the background, never under a key press.
//!
//! They are asked for when a prompt stands there: at the first one, after something was written, and when they are old.
//! Whatever goes wrong leaves the names as they are; who really asks is told.
use crate::{
    builtins::TUTORIAL,
    http::{Exchange, Http, Watcher, is_tool},
    lab::{Control, Lab},
    lua::complete::Live,
    services::{
        libvirt::client::{Client as Libvirt, Names as Virtual},
        smd::client::{Client, Names},
    },
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
    /// The hypervisor's; none: it was never asked.
    its: Option<Virtual>,
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
        let writes = exchange.call.as_ref().is_some_and(|call| call.writes);
        // The hypervisor is another one now, or is asked for the first time.
        let another = is_tool(&exchange.method)
            && (exchange.place.ends_with("uri") || self.page().its.is_none());
        if writes || another {
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
        let libvirt = Libvirt::new(&self.http);
        let its = if self.lab.is_some() || libvirt.is_used() {
            libvirt.names().await.ok()
        } else {
            None
        };
        let mut page = self.page();
        page.asked = Some(Instant::now());
        let mut live = Live::clone(&page.live);
        if let Ok(names) = names {
            live.nodes = names.nodes.iter().chain(&names.hosts).cloned().collect();
            live.places = names.nodes.iter().chain(&names.places).cloned().collect();
            live.macs.clone_from(&names.macs);
            live.groups.clone_from(&names.groups);
            live.files = data();
            let snapshots = snapshots.unwrap_or_default().into_iter();
            live.snapshots = snapshots.map(|it| it.name).collect();
            page.names = names;
        }
        if let Some(its) = its {
            live.domains.clone_from(&its.domains);
            live.networks.clone_from(&its.networks);
            live.pools.clone_from(&its.pools);
            live.vols.clone_from(&its.vols);
            live.domain_snapshots.clone_from(&its.snapshots);
            page.its = Some(its);
        }
        page.live = Arc::new(live);
        drop(page);
        self.busy.store(false, Ordering::Release);
    }
}
