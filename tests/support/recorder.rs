//! A gateway that notes what it is asked, passes reads on to a lab, and refuses every other request.
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// What was asked: the first line, and the token if there was one.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) token: Option<String>,
}

impl Asked {
    pub(crate) fn is_read(&self) -> bool {
        self.line.starts_with("GET ")
    }
}

pub(crate) struct Recorder {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Recorder {
    /// `lab` is the address of a lab that wants no token: `127.0.0.1:8081`.
    pub(crate) fn before(lab: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (log, lab) = (Arc::clone(&asked), lab.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, lab) = (Arc::clone(&log), lab.clone());
                thread::spawn(move || serve(stream, &log, &lab));
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Asked>>, lab: &str) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut token, mut length) = (Vec::new(), None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if lower.starts_with("authorization: bearer ") {
            token = line.split(' ').nth(2).map(str::to_owned);
        } else if let Some(text) = lower.strip_prefix("content-length: ") {
            length = text.parse().ok()?;
        }
        if !lower.starts_with("connection:") {
            head.push(line);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = head.first()?.clone();
    let asked = Asked { line, token };
    let reads = asked.is_read();
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(asked);
    if !reads {
        let answer = "HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain\r\ncontent-length: 16\r\nconnection: close\r\n\r\nthe disk is gone";
        return stream.write_all(answer.as_bytes()).ok();
    }
    let mut behind = TcpStream::connect(lab).ok()?;
    write!(behind, "{}\r\nconnection: close\r\n\r\n", head.join("\r\n")).ok()?;
    behind.write_all(&body).ok()?;
    std::io::copy(&mut behind, &mut stream).ok().map(|_| ())
}
