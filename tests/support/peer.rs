//! A web server that misbehaves on request, on loopback: what a client must be able to tell apart.
//!
//! The path says how: `/status/NNN` answers with that status (`/status/500/page` as a web page), `/stall` says nothing,
//! `/stall/body` stops in the middle, `/cut` hangs up, `/cut/body` in the middle, `/broken` sends half a JSON document,
//! `/empty` a 204, `/circle` leads back to itself, `/announced` promises a terabyte, `/endless` sends one, `/deep` nests
//! without end, `/million` sends a million records, `/later` and `/sooner` refuse with an hour's difference on the
//! clock, `/policy` as a service does that asks a policy, `/line` is no HTTP. With a path in front (`/status/500/smd/…`)
//! any service can be put behind it.
#![allow(dead_code)] // each test uses what it needs
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
    thread,
    time::Duration,
};

/// What a client that wants TLS sends first.
const TLS: u8 = 0x16;
const HOUR: i64 = 3600;

/// Answers until it is dropped.
pub(crate) struct Peer {
    pub(crate) url: String,
    _alive: Sender<()>,
}

impl Peer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (alive, ended) = channel();
        thread::spawn(move || serve(&listener, &ended));
        Self { url, _alive: alive }
    }
}

/// The thread ends with the test's process; a connection after the peer was dropped is refused an answer.
fn serve(listener: &TcpListener, ended: &Receiver<()>) {
    for stream in listener.incoming().flatten() {
        if matches!(ended.try_recv(), Err(TryRecvError::Disconnected)) {
            return;
        }
        thread::spawn(move || plain(stream));
    }
}

const POLICY: &str = r#"{"schema_version":"authz.deny.v1","code":"AUTHZ_DENIED","message":"access denied","decision":"deny",
"reason":"policy_denied","mode":"enforce","principal":{"id":"boot-service","type":""},
"input":{"object":"/hsm/v2/groups","action":"write"}}"#;

fn plain(mut stream: TcpStream) {
    let mut first = [0];
    if matches!(stream.peek(&mut first), Ok(1)) && first == [TLS] {
        let _ = stream.write_all(b"HTTP/1.1 400 This Is Plain HTTP\r\n\r\n");
        // Read what was sent, so that the answer is not lost with the connection.
        let _ = stream.set_read_timeout(Some(Duration::from_millis(100)));
        let _ = io::copy(&mut stream, &mut io::sink());
        return;
    }
    // Whoever went away is not told.
    let _ = answer(&mut stream);
}

/// Reads one request; the path it asks for.
pub(crate) fn asked(stream: &mut impl Read) -> io::Result<String> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first)?;
    while reader.read_line(&mut line)? > 2 {
        if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap_or_default();
        }
        line.clear();
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    Ok(first.split(' ').nth(1).unwrap_or_default().to_owned())
}

/// Reads one request and answers it; the connection ends with it.
pub(crate) fn answer(stream: &mut (impl Read + Write)) -> io::Result<()> {
    let path = asked(stream)?;
    let path = path.split('?').next().unwrap_or_default();
    let mut words = path.split('/').skip(1);
    match (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    ) {
        ("status", status) if words.next() == Some("page") => {
            whole(stream, status, "text/html", "<html><h1>Sorry</h1></html>")
        }
        ("status", status) => whole(stream, status, "text/plain", "no, said the peer\n"),
        ("policy", _) => whole(stream, "403", "application/json", POLICY),
        ("stall", "body") => {
            begin(stream, "200", &[("content-length", "100")])?;
            stream.write_all(b"{\"Components\": [")?;
            rest(stream)
        }
        ("stall", _) => rest(stream),
        ("cut", "body") => {
            begin(stream, "200", &[("content-length", "100")])?;
            stream.write_all(b"{\"Components\": [")
        }
        ("cut", _) => Ok(()),
        ("line", _) => stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n"),
        ("empty", _) => begin(stream, "204", &[]),
        ("circle", _) => begin(
            stream,
            "302",
            &[("location", path), ("content-length", "0")],
        ),
        ("announced", _) => begin(stream, "200", &[("content-length", "1099511627776")]),
        ("endless", _) => {
            begin(stream, "200", &[])?;
            let piece = vec![b' '; 1 << 20];
            loop {
                stream.write_all(&piece)?;
            }
        }
        ("deep", _) => whole(stream, "200", "application/json", &"[".repeat(200_000)),
        ("million", _) => whole(stream, "200", "application/json", &million()),
        ("later", _) => dated(stream, HOUR),
        ("sooner", _) => dated(stream, -HOUR),
        _ => whole(
            stream,
            "200",
            "application/json",
            "{\"Components\": [{\"ID\"",
        ),
    }
}

fn begin(stream: &mut impl Write, status: &str, headers: &[(&str, &str)]) -> io::Result<()> {
    // A connection that could be used again would be closed in the client's face.
    write!(
        stream,
        "HTTP/1.1 {status} As Asked\r\nconnection: close\r\n"
    )?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "\r\n")
}

fn whole(stream: &mut impl Write, status: &str, kind: &str, body: &str) -> io::Result<()> {
    let length = body.len().to_string();
    let headers = [("content-type", kind), ("content-length", &length)];
    begin(stream, status, &headers)?;
    stream.write_all(body.as_bytes())
}

/// Says nothing more, and waits for the client to go.
fn rest(stream: &mut impl Read) -> io::Result<()> {
    io::copy(stream, &mut io::sink()).map(|_| ())
}

/// Refuses a token, by a clock that differs by so many seconds.
pub(crate) fn dated(stream: &mut impl Write, seconds: i64) -> io::Result<()> {
    let date = date(seconds);
    let body = "token is expired";
    let length = body.len().to_string();
    begin(
        stream,
        "401",
        &[("date", &date), ("content-length", &length)],
    )?;
    stream.write_all(body.as_bytes())
}

/// The moment in so many seconds, as HTTP writes it.
fn date(seconds: i64) -> String {
    let moment = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn million() -> String {
    let record = |n| {
        format!("{{\"ID\":\"x1000c0s0b{n}n0\",\"NID\":{n},\"State\":\"On\",\"Type\":\"Node\"}}")
    };
    let records: Vec<String> = (0..1_000_000).map(record).collect();
    format!("{{\"Components\":[{}]}}", records.join(","))
}
