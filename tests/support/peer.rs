//! A web server that misbehaves on request, on loopback: what a client must be able to tell apart.
//!
//! `/stall` never answers, `/broken` sends half a JSON document, `/cut` hangs up, `/status/NNN` answers with that status,
//! `/policy` refuses as a service does that asks a policy.
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

/// What a client that wants TLS sends first.
const TLS: u8 = 0x16;

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
    let mut stalled = Vec::new();
    for stream in listener.incoming().flatten() {
        let gone = matches!(
            ended.try_recv(),
            Err(std::sync::mpsc::TryRecvError::Disconnected)
        );
        if gone {
            return;
        }
        stalled.extend(answer(stream));
    }
}

const POLICY: &str = r#"{"schema_version":"authz.deny.v1","code":"AUTHZ_DENIED","message":"access denied","decision":"deny",
"reason":"policy_denied","mode":"enforce","principal":{"id":"boot-service","type":""},
"input":{"object":"/hsm/v2/groups","action":"write"}}"#;

/// Answers one request; gives back a connection that is to stay open.
fn answer(mut stream: TcpStream) -> Option<TcpStream> {
    let mut first = [0];
    if stream.peek(&mut first).ok()? == 1 && first == [TLS] {
        let _ = stream.write_all(b"HTTP/1.1 400 This Is Plain HTTP\r\n\r\n");
        // Read what was sent, so that the answer is not lost with the connection.
        let _ = stream.set_read_timeout(Some(std::time::Duration::from_millis(100)));
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
        return None;
    }
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let first = lines.next()?.ok()?;
    for line in lines.map_while(Result::ok) {
        if line.is_empty() {
            break;
        }
    }
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path.strip_prefix("/status/") {
        Some(status) => (status, "no, said the peer\n"),
        None if path.ends_with("/policy") => ("403", POLICY),
        None if path.ends_with("/stall") => return Some(stream),
        None if path.ends_with("/cut") => return None,
        None => ("200", "{\"Components\": [{\"ID\""),
    };
    let kind = if status == "200" {
        "application/json"
    } else {
        "text/plain"
    };
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} As Asked\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    None
}
