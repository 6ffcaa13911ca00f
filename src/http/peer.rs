//! A server of canned bytes on a loopback port, for tests of what goes wrong on the wire.
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the peer does with a request it has read.
#[derive(Clone)]
pub(super) enum Reply {
    /// Answers these bytes and closes.
    Bytes(String),
    /// Says nothing more and keeps the line open.
    Stall,
    /// Closes at once.
    Close,
}

/// A peer's URL, and the requests it has seen.
pub(super) struct Peer {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("no test panicked here").clone()
    }
}

/// Serves each connection with the next reply, the last one for ever.
pub(super) async fn peer(replies: Vec<Reply>) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    tokio::spawn(async move {
        let mut next = 0;
        while let Ok((stream, _)) = listener.accept().await {
            let reply = replies[next.min(replies.len() - 1)].clone();
            next += 1;
            tokio::spawn(serve(stream, reply, log.clone()));
        }
    });
    Peer { url, seen }
}

async fn serve(mut stream: TcpStream, reply: Reply, log: Arc<Mutex<Vec<String>>>) {
    let mut text = String::new();
    let mut chunk = [0; 4096];
    while !whole(&text) {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => text.push_str(&String::from_utf8_lossy(&chunk[..count])),
            _ => return,
        }
    }
    log.lock().expect("no test panicked here").push(text);
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(bytes.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        Reply::Stall => {
            let _ = stream.read(&mut chunk).await;
        }
        Reply::Close => drop(stream),
    }
}

/// Whether headers and body of a request have arrived, or the greeting of TLS.
fn whole(text: &str) -> bool {
    if text.starts_with('\u{16}') {
        return true;
    }
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")?
            .trim()
            .parse()
            .ok()
    });
    body.len() >= length.unwrap_or(0)
}

pub(super) fn answer(status: &str, media_type: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Bytes(format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n{body}"
    ))
}
