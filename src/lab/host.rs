//! The sockets of a lab this process owns: bound before anything is said about it, closed when it ends.
use super::{card::Card, control, gateway, house::House, options::Options, tls};
use crate::{
    fault::{Fault, Kind},
    services::site::Front,
};
use axum::Router;
use axum_server::accept::NoDelayAcceptor;
use std::{
    fs::File,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::runtime::{self, Runtime};
use uuid::Uuid;

/// How long the last owner's ports are waited for.
const HANDOVER: Duration = Duration::from_millis(300);

/// A lab that is served. Ends when dropped.
pub(crate) struct Host {
    pub(crate) house: Arc<House>,
    pub(crate) card: Card,
    /// What ends with it.
    held: Mutex<Option<Held>>,
}

struct Held {
    /// The threads it is served on; its own, because a handle may outlive the session that first used it.
    runtime: Runtime,
    last: Last,
}

/// What goes at the very end: the lock on the state, or a private lab's directory.
#[allow(dead_code)] // dropping it is its use
pub(crate) enum Last {
    Lock(File),
    Private(TempDir),
}

/// Where a lab's state is and what holds it.
pub(crate) struct Ground {
    pub(crate) dir: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) card: Option<PathBuf>,
    pub(crate) last: Last,
}

impl Host {
    /// Opens the lab and serves it.
    pub(crate) async fn start(ground: Ground, options: &Options) -> Result<Self, Fault> {
        let former = ground.card.as_deref().and_then(Card::read);
        if let Some(path) = &ground.card {
            // Nobody shall go to the former owner meanwhile.
            let _ = std::fs::remove_file(path);
        }
        let card = ground.card.clone();
        let started = Self::open(ground, options, former.as_ref()).await;
        started.map_err(|fault| {
            if let (Some(path), Some(former)) = (card, former) {
                // The next owner is to have these ports after all; without the file it takes others.
                let _ = former.write(&path);
            }
            fault.service("lab")
        })
    }

    async fn open(ground: Ground, options: &Options, former: Option<&Card>) -> Result<Self, Fault> {
        let ip = options.listen.ip();
        let port = |url: fn(&Card) -> &str| former.and_then(|card| Card::port(url(card)));
        let http = bind(ip, options.listen.http, port(|card| &card.http), "http").await?;
        let https = if options.fresh {
            None
        } else {
            let former = port(|card| &card.https);
            Some(bind(ip, options.listen.https, former, "https").await?)
        };
        let (house, fronts) = House::open(&ground.dir, ground.keys.clone(), options)?;
        house.machines.open_files(options.artifacts.as_deref());
        let card = Card {
            pid: std::process::id(),
            http: url("http", &http)?,
            https: https
                .as_ref()
                .map_or(Ok(String::new()), |l| url("https", l))?,
            ca: tls::ca_path(&ground.keys),
            state: ground.dir,
            // The former owner's, so that others need not look anew.
            secret: former.map_or_else(secret, |card| card.secret.clone()),
            advanced: 0,
        };
        let house = Arc::new(house);
        let routes = all_routes(&house, fronts, &card, options.listen.open);
        let tls = https.map(|listener| (listener, tls::Lazy::new(ground.keys, ip)));
        // The routes hold the house and the house the routes: a lab that does not come up ends all the same.
        let runtime = run(&house, routes, http, tls).inspect_err(|_| {
            let _ = house.end();
        })?;
        let host = Self {
            held: Mutex::new(Some(Held {
                runtime,
                last: ground.last,
            })),
            house,
            card,
        };
        host.house.publish(host.card.clone(), ground.card)?;
        Ok(host)
    }

    /// Stops serving, brings everything to the disk and lets the next process have the lab. Only the first time counts.
    pub(crate) fn end(&self) -> Result<(), Fault> {
        let held = self.held.lock();
        let held = held.unwrap_or_else(PoisonError::into_inner).take();
        let Some(Held { runtime, last }) = held else {
            return Ok(());
        };
        let ended = self.house.end();
        // Without waiting, for that is not allowed on a thread of another runtime.
        runtime.shutdown_background();
        drop(last);
        ended
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The journal holds whatever could not be written now.
        let _ = self.end();
    }
}

fn all_routes(house: &Arc<House>, fronts: Vec<Front>, card: &Card, open: bool) -> Router {
    let secret = (!open).then(|| card.secret.clone());
    let consoles = fronts.iter().flat_map(|front| front.consoles.clone());
    let doors = fronts.iter().filter_map(|front| front.control.clone());
    let control = control::routes(house, consoles.collect(), doors.collect(), secret);
    gateway::routes(house, fronts, control)
}

/// The port asked for, or else the last owner's if it is free, or else any.
async fn bind(
    ip: IpAddr,
    wanted: Option<u16>,
    former: Option<u16>,
    flag: &str,
) -> Result<TcpListener, Fault> {
    if let (None, Some(port)) = (wanted, former) {
        let begin = Instant::now();
        loop {
            match TcpListener::bind((ip, port)) {
                Ok(listener) => return Ok(listener),
                // The lock on the state is free a moment before the owner's sockets are.
                Err(error)
                    if error.kind() == io::ErrorKind::AddrInUse && begin.elapsed() < HANDOVER =>
                {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Err(_) => break,
            }
        }
    }
    let port = wanted.unwrap_or(0);
    TcpListener::bind((ip, port)).map_err(|error| {
        let message = format!(
            "the lab cannot listen on {}: {error}",
            SocketAddr::new(ip, port)
        );
        let kind = if error.kind() == io::ErrorKind::AddrInUse {
            Kind::Conflict
        } else {
            Kind::Io
        };
        Fault::new(kind, message).hint(format!("--{flag} PORT chooses another port, 0 a free one"))
    })
}

fn url(scheme: &str, listener: &TcpListener) -> Result<String, Fault> {
    let mut address = listener.local_addr().map_err(|e| Fault::io("socket", &e))?;
    // Every address is no address to go to.
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    Ok(format!("{scheme}://{address}"))
}

fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// Serves on threads of its own, and lets time pass where it does by itself.
fn run(
    house: &House,
    routes: Router,
    http: TcpListener,
    tls: Option<(TcpListener, tls::Lazy)>,
) -> Result<Runtime, Fault> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(thread::available_parallelism().map_or(2, |n| n.get().min(4)))
        .thread_name("chami-lab")
        .enable_all()
        .build()
        .map_err(|e| Fault::internal(format!("no threads for the lab: {e}")))?;
    let inside = runtime.enter();
    let socket = |e: io::Error| Fault::io("socket", &e);
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum_server::from_tcp(http).map_err(socket)?;
    runtime.spawn(
        server
            .acceptor(NoDelayAcceptor::new())
            .serve(routes.clone()),
    );
    if let Some((listener, acceptor)) = tls {
        let server = axum_server::from_tcp(listener).map_err(socket)?;
        runtime.spawn(server.acceptor(acceptor).serve(routes));
    }
    if house.clock.moves() {
        runtime.spawn(house.clock.clone().run());
    }
    drop(inside);
    Ok(runtime)
}

/// Makes a directory of its own for a private lab.
pub(crate) fn private(keys: Option<PathBuf>) -> Result<Ground, Fault> {
    let temp = TempDir::with_prefix("chami-lab-").map_err(|error| {
        let fault = Fault::io(std::env::temp_dir(), &error);
        fault.hint("TMPDIR=DIR chooses where a lab that ends with its process is meanwhile")
    })?;
    let dir: &Path = temp.path();
    Ok(Ground {
        dir: dir.to_owned(),
        keys: keys.unwrap_or_else(|| dir.join("keys")),
        card: None,
        last: Last::Private(temp),
    })
}
