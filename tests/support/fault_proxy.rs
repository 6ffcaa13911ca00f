//! A gateway that stands before another and does to some requests what networks and services do at bad times: they are
//! late, they hang up before or after the request arrived, they cut an answer short, they answer what is no HTTP, no
//! JSON, or 500. Which request meets what comes from a seed and the requests' order.
#![allow(dead_code)] // each test uses what it needs
use super::dice::Dice;
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Nobody waits longer for a peer.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Milliseconds before the request is handed on, or before its answer is.
    LateThere(u64),
    LateBack(u64),
    /// Hangs up before the request arrived, or after it did.
    DropBefore,
    DropAfter,
    /// Half of the answer's body.
    Cut,
    /// Bytes that are no HTTP, or a body that is no JSON.
    Noise {
        arrived: bool,
    },
    Prose {
        arrived: bool,
    },
    /// 500 with a problem document, or with a page of HTML.
    Broken {
        arrived: bool,
        html: bool,
    },
}

impl Fault {
    fn rolled(dice: &mut Dice) -> Self {
        let arrived = dice.once_in(2);
        match dice.below(10) {
            0 => Self::LateThere(50 + dice.below(900) as u64),
            1 => Self::LateBack(50 + dice.below(900) as u64),
            2 => Self::DropBefore,
            3 | 4 => Self::DropAfter,
            5 => Self::Cut,
            6 => Self::Noise { arrived },
            7 => Self::Prose { arrived },
            _ => Self::Broken {
                arrived,
                html: dice.once_in(2),
            },
        }
    }

    /// Whether the request gets to the gateway behind.
    fn arrives(self) -> bool {
        match self {
            Self::DropBefore => false,
            Self::Noise { arrived } | Self::Prose { arrived } | Self::Broken { arrived, .. } => {
                arrived
            }
            _ => true,
        }
    }
}

#[derive(Default)]
struct Plan {
    /// A fault once in so many requests; 0: none at all.
    one_in: usize,
    seed: u64,
    count: u64,
    /// What happened to which request.
    seen: Vec<(String, Fault)>,
    /// Requests that are not answered yet.
    under_way: usize,
}

pub(crate) struct Proxy {
    pub(crate) url: String,
    plan: Arc<Mutex<Plan>>,
}

fn locked(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// Stands before the gateway at `target`, without faults; its threads end with the test's process.
    pub(crate) fn start(target: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let plan = Arc::new(Mutex::new(Plan::default()));
        let target = target.trim_start_matches("http://").to_owned();
        let shared = plan.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (plan, target) = (shared.clone(), target.clone());
                // A client that went away is no matter here.
                thread::spawn(move || serve(&stream, &target, &plan));
            }
        });
        Self { url, plan }
    }

    /// From now on one request in so many meets a fault, and what was seen is forgotten.
    pub(crate) fn arm(&self, seed: u64, one_in: usize) {
        let mut plan = locked(&self.plan);
        (plan.one_in, plan.seed, plan.count) = (one_in, seed, 0);
        plan.seen.clear();
    }

    /// Waits until all that was asked has come to the gateway behind, also when nobody waits for its answer any more.
    pub(crate) fn settle(&self) {
        while locked(&self.plan).under_way > 0 {
            thread::park_timeout(Duration::from_millis(1));
        }
    }

    /// The faults since it was armed, each with its request.
    pub(crate) fn seen(&self) -> Vec<(String, Fault)> {
        locked(&self.plan).seen.clone()
    }
}

fn next_fault(plan: &Mutex<Plan>, line: &str) -> Fault {
    let mut plan = locked(plan);
    plan.count += 1;
    plan.under_way += 1;
    let mut dice = Dice::new(plan.seed.wrapping_mul(0x1000_0000_01b3) ^ plan.count);
    if plan.one_in == 0 || !dice.once_in(plan.one_in) {
        return Fault::None;
    }
    let fault = Fault::rolled(&mut dice);
    plan.seen.push((line.to_owned(), fault));
    fault
}

/// One request on one connection: the next comes on another.
fn serve(stream: &TcpStream, target: &str, plan: &Mutex<Plan>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let Some((line, request)) = request(stream)? else {
        return Ok(());
    };
    let fault = next_fault(plan, &line);
    let served = through(stream, target, &request, fault);
    locked(plan).under_way -= 1;
    served
}

fn through(stream: &TcpStream, target: &str, request: &[u8], fault: Fault) -> io::Result<()> {
    if let Fault::LateThere(span) = fault {
        thread::park_timeout(Duration::from_millis(span));
    }
    let mut answer = Vec::new();
    if fault.arrives() {
        let mut gateway = TcpStream::connect(target)?;
        gateway.set_read_timeout(Some(PATIENCE))?;
        gateway.write_all(request)?;
        gateway.read_to_end(&mut answer)?;
    }
    if let Fault::LateBack(span) = fault {
        thread::park_timeout(Duration::from_millis(span));
    }
    let bytes = spoiled(fault, answer);
    let mut out = stream;
    out.write_all(&bytes)?;
    stream.shutdown(Shutdown::Both)
}

fn spoiled(fault: Fault, answer: Vec<u8>) -> Vec<u8> {
    match fault {
        Fault::None | Fault::LateThere(_) | Fault::LateBack(_) => answer,
        Fault::DropBefore | Fault::DropAfter => Vec::new(),
        Fault::Cut => {
            let end = b"\r\n\r\n";
            let body = answer.windows(end.len()).position(|part| part == end);
            let body = body.map_or(answer.len(), |at| at + end.len());
            answer[..body + (answer.len() - body) / 2].to_vec()
        }
        Fault::Noise { .. } => b"\x00\x01no HTTP\xff\xfe\r\n\r\n\x80".to_vec(),
        Fault::Prose { .. } => whole("200 OK", "application/json", "{\"Components\": [{,"),
        Fault::Broken { html: true, .. } => whole(
            "500 Internal Server Error",
            "text/html",
            "<html><body><h1>500</h1>Out of memory</body></html>",
        ),
        Fault::Broken { .. } => whole(
            "500 Internal Server Error",
            "application/problem+json",
            "{\"title\":\"Internal Server Error\",\"detail\":\"DB query failed.\",\"status\":500}",
        ),
    }
}

fn whole(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    (head + body).into_bytes()
}

/// A request's first line, and all of it with the wish that the connection be closed after it.
fn request(stream: &TcpStream) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let mut bytes = format!("{first}connection: close\r\n").into_bytes();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if !lower.starts_with("connection:") {
            bytes.extend_from_slice(line.as_bytes());
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    bytes.extend(body);
    Ok(Some((first.trim().to_owned(), bytes)))
}
