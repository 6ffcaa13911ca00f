//! The form of a tape: what is written is read back, whatever else is read gives a fault and no panic.
use super::{
    Entry, Head, Player, Tape,
    entry::{End, LONGEST, Message},
    record::{Recorder, Reel},
};
use crate::{
    clock::{Clock as _, Wall},
    fault::{Fault, Kind},
    http::{Body, Exchange, Loss, Options, Outcome, Play as _, Watcher as _},
};
use jiff::Timestamp;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use std::{
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>, usize);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().expect("no panic");
        let room = match self.1 {
            0 => bytes.len(),
            most => bytes.len().min(most - all.len()),
        };
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        all.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Reel for Buffer {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        self.0.lock().expect("no panic").truncate(length);
        Ok(())
    }
}

pub(super) fn answered(
    method: &str,
    place: &str,
    body: &[u8],
    status: u16,
    said: &[u8],
) -> Exchange {
    Exchange {
        at: Timestamp::UNIX_EPOCH,
        call: None,
        service: Some("smd"),
        method: method.into(),
        url: format!("http://a{place}"),
        base: "http://a".into(),
        variable: None,
        place: place.into(),
        headers: vec![("accept".into(), "*/*".into())],
        body: Body::cut(body, LONGEST),
        outcome: Outcome::Answer {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: Body::cut(said, LONGEST),
        },
        took: Duration::from_micros(1500),
        attempt: 1,
    }
}

fn recorder(out: &Buffer, tell: impl Fn(&str) + Send + Sync + 'static) -> Recorder {
    let head = Head::new("lab", Timestamp::UNIX_EPOCH, &Options::default());
    let path = Path::new("x.tape");
    let out = Box::new(out.clone());
    Recorder::on(path, out, &head, Arc::new(Wall), Box::new(tell)).expect("a head")
}

/// The tape of a session with these exchanges.
fn tape(exchanges: &[Exchange]) -> Tape {
    let out = Buffer::default();
    let recorder = recorder(&out, |text| panic!("{text}"));
    for exchange in exchanges {
        recorder.saw(exchange);
    }
    assert_eq!(recorder.finish().expect("written"), exchanges.len());
    let bytes = out.0.lock().expect("no panic").clone();
    Tape::read(&bytes).expect("a tape")
}

pub(super) fn player(exchanges: &[Exchange]) -> Arc<Player> {
    Arc::new(Player::new(tape(exchanges)))
}

pub(super) async fn asked(
    player: &Player,
    method: &str,
    place: &str,
    body: &[u8],
) -> Result<String, Fault> {
    match player.answer(method, place, body).await {
        Outcome::Answer { body, .. } => Ok(String::from_utf8_lossy(&body.bytes).into_owned()),
        Outcome::Fault { fault, .. } => Err(fault),
        Outcome::Abandoned => panic!("a player always answers"),
    }
}

#[tokio::test]
async fn repeats_are_answered_in_their_order_and_one_more_is_not() {
    let player = player(&[
        answered("GET", "/a?x=1", b"", 200, b"one"),
        answered("POST", "/a", br#"{"a":1,"b":[2]}"#, 200, b"posted"),
        answered("GET", "/a?x=1", b"", 200, b"two"),
    ]);
    let body = br#"{ "b": [2], "a": 1 }"#;
    assert_eq!(
        asked(&player, "POST", "/a", body).await.expect("there"),
        "posted"
    );
    assert_eq!(
        asked(&player, "GET", "/a?x=1", b"").await.expect("there"),
        "one"
    );
    assert_eq!(
        asked(&player, "GET", "/a?x=1", b"").await.expect("there"),
        "two"
    );
    let fault = asked(&player, "GET", "/a?x=1", b"")
        .await
        .expect_err("no more");
    assert_eq!(fault.kind, Kind::NotFound);
    assert!(fault.message.contains("holds it 2 times"), "{fault}");
}

#[tokio::test]
async fn what_is_not_there_names_the_nearest_and_what_differs() {
    let player = player(&[
        answered("GET", "/hsm/v2/groups?x=1", b"", 200, b""),
        answered("POST", "/hsm/v2/groups", br#"{"label":"io"}"#, 201, b""),
    ]);
    for (method, place, body, hint) in [
        (
            "GET",
            "/hsm/v2/groups?x=2",
            "",
            "GET /hsm/v2/groups?x=1, whose query differs: `x=1`",
        ),
        (
            "POST",
            "/hsm/v2/groups",
            r#"{"label":"ia"}"#,
            "whose body differs: `{\"label\":\"io\"}`",
        ),
        ("PUT", "/hsm/v2/groups", "", "whose method differs"),
        (
            "GET",
            "/hsm/v2/group?x=1",
            "",
            "GET /hsm/v2/groups?x=1, whose path differs",
        ),
        ("DELETE", "/zz", "", "nothing like it was recorded"),
    ] {
        let fault = asked(&player, method, place, body.as_bytes()).await;
        let fault = fault.expect_err("not on the tape");
        let hint_given = fault.hint.expect("a hint");
        assert!(hint_given.contains(hint), "{method} {place}: {hint_given}");
    }
}

#[tokio::test]
async fn a_recorded_fault_comes_back_as_it_was_and_time_is_the_tapes() {
    let fault = Fault::new(Kind::Timeout, "no answer")
        .hint("wait")
        .cause("GET http://a/x");
    let mut lost = answered("GET", "/x", b"", 0, b"");
    lost.outcome = Outcome::Fault {
        fault: fault.clone(),
        loss: Loss::Unknown,
    };
    let mut broken = answered("GET", "/y", b"", 0, b"");
    broken.outcome = Outcome::Fault {
        fault: fault.clone(),
        loss: Loss::Broken,
    };
    let player = player(&[lost, broken.clone(), broken.clone(), broken]);
    let start = player.now();
    player
        .sleep(Duration::from_secs(3600))
        .await
        .expect("it jumps");
    assert_eq!(player.now().duration_since(start).as_secs(), 3600);
    let request = player.http().url("GET", "/x");
    assert_eq!(request.raw().await.expect_err("as recorded"), fault);
    // What broke off was asked three times then, and is now.
    let again = player.http().url("GET", "/y").raw().await;
    let again = again.expect_err("as recorded");
    assert_eq!(again.message, "no answer (3 attempts)");
}

#[test]
fn a_disk_that_fills_up_is_said_once_and_the_tape_stays_whole() {
    let out = Buffer(Arc::default(), 1000);
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = said.clone();
    let recorder = recorder(&out, move |text| {
        heard.lock().expect("no panic").push(text.to_owned());
    });
    for _ in 0..20 {
        recorder.saw(&answered("GET", "/a", b"", 200, b"one"));
    }
    let said = said.lock().expect("no panic").clone();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("recording into x.tape ended: "),
        "{said:?}"
    );
    assert_eq!(recorder.finish().expect_err("it failed").kind, Kind::Io);
    let bytes = out.0.lock().expect("no panic").clone();
    let tape = Tape::read(&bytes).expect("what is there is whole");
    assert_eq!(tape.entries.len(), recorder.count());
}

#[test]
fn damage_is_told_with_its_line() {
    let good = tape(&[answered("GET", "/a", b"", 200, b"one")]);
    let (head, entry) = (line(&good.head), line(&good.entries[0]));
    let later = head.replace("\"chami_tape\":1", "\"chami_tape\":2");
    let base64 = entry.replace("\"text\":\"one\"", "\"base64\":\"!\"");
    for (text, said) in [
        (String::new(), "line 1: the tape is empty"),
        ("# notes\n".into(), "line 1: column "),
        (later, "line 1: a tape of format 2"),
        (
            format!("{head}{entry}{}", &entry[..40]),
            "line 3: the line is not whole",
        ),
        (format!("{head}{{}}\n"), "line 2: column "),
        (format!("{head}\n{entry}"), "line 2: column "),
        (format!("{head}{base64}"), "line 2: its base64 is damaged"),
    ] {
        let fault = Tape::read(text.as_bytes()).expect_err(said);
        assert_eq!(fault.kind, Kind::Io, "{text}");
        assert!(fault.message.starts_with(said), "{fault}");
        assert!(fault.hint.is_some(), "{fault}");
    }
}

fn line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON") + "\n"
}

/// Texts that are likely to break something, secrets among them.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "",
        "a",
        "ä",
        "\"",
        "\\",
        "\n",
        "{",
        "}",
        "[1,2]",
        "{\"token\":\"x\"}",
        "eyJhbGciOiJSUzI1NiJ9.eyJ9.c2ln",
        "password: ",
        "=",
        "&",
        "://u:p@h/",
        "Bearer A1",
        " ",
        "\u{0}",
        "/hsm/v2",
        "?x=1",
        "(hidden)",
        "%",
    ]);
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn body() -> impl Strategy<Value = Body> {
    let bytes = prop_oneof![text().prop_map(String::into_bytes), vec(any::<u8>(), 0..12),];
    (bytes, 0..9_usize).prop_map(|(bytes, cut)| match cut {
        0 => Body {
            length: bytes.len() + 7,
            bytes,
        },
        _ => Body {
            length: bytes.len(),
            bytes,
        },
    })
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let outcome = prop_oneof![
        (any::<u16>(), text(), body()).prop_map(|(status, value, body)| Outcome::Answer {
            status,
            headers: vec![("Set-Cookie".into(), value.clone()), ("x".into(), value)],
            body,
        }),
        (text(), text(), 0..3_usize).prop_map(|(message, cause, at)| Outcome::Fault {
            fault: Fault::new(Kind::ALL[at], message).cause(cause),
            loss: [Loss::Unknown, Loss::NeverSent, Loss::Broken][at],
        }),
        Just(Outcome::Abandoned),
    ];
    (0..3_usize, text(), body(), outcome, any::<u32>()).prop_map(
        |(method, place, body, outcome, took)| Exchange {
            method: ["GET", "POST", "X-1"][method].to_owned(),
            place,
            body,
            outcome,
            took: Duration::from_micros(took.into()),
            attempt: took % 3 + 1,
            ..answered("", "", b"", 0, b"")
        },
    )
}

/// Bytes that are nearly a tape.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    (exchange(), any::<u16>(), any::<u8>(), 0..3_u8).prop_map(|(exchange, at, byte, how)| {
        let entry = Entry::of(&exchange, Timestamp::UNIX_EPOCH);
        let head = Head::new("lab", Timestamp::UNIX_EPOCH, &Options::default());
        let mut bytes = serde_json::to_vec(&head).expect("JSON");
        bytes.push(b'\n');
        bytes.extend(serde_json::to_vec(&entry).expect("JSON"));
        bytes.push(b'\n');
        let at = usize::from(at) % bytes.len();
        match how {
            0 => bytes[at] = byte,
            1 => bytes.truncate(at),
            _ => bytes.insert(at, byte),
        }
        bytes
    })
}

fn cases(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

#[test]
fn any_exchange_comes_back_as_it_was_written() {
    let written = |exchange: Exchange| {
        let entry = Entry::of(&exchange, Timestamp::UNIX_EPOCH);
        let line = serde_json::to_string(&entry).expect("JSON");
        prop_assert!(!line.contains('\n'));
        for secret in ["eyJhbGciOiJSUzI1NiJ9", "u:p@"] {
            prop_assert!(!line.contains(secret), "{}", line);
        }
        let again: Entry = serde_json::from_str(&line).expect("it is read");
        prop_assert_eq!(&again, &entry);
        // What is hidden is hidden for good: the form is a fixed point.
        if let (End::Answer { message, .. }, Outcome::Answer { headers, .. }) =
            (&entry.end, &exchange.outcome)
            && let Ok(bytes) = message.body()
        {
            let body = Body::cut(&bytes, bytes.len());
            prop_assert_eq!(&Message::of(headers, &body), message);
        }
        Ok(())
    };
    cases(50_000).run(&exchange(), written).expect("all hold");
}

#[test]
fn any_bytes_are_a_tape_or_a_fault() {
    let read = |bytes: Vec<u8>| {
        if let Err(fault) = Tape::read(&bytes) {
            prop_assert_eq!(fault.kind, Kind::Io);
            prop_assert!(fault.message.starts_with("line "), "{}", fault);
        }
        Ok(())
    };
    cases(40_000).run(&mangled(), read).expect("all hold");
    cases(10_000)
        .run(&vec(any::<u8>(), 0..60), read)
        .expect("all hold");
}
