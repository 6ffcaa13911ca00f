//! A token that ends: said before work that it may not outlast, once, on standard error; and never a word of the token.
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

/// A token that ends so many seconds from now; nobody checks its signature here.
fn token(rest: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("later");
    let end = i64::try_from(now.as_secs()).expect("in range") + rest;
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = format!("{{\"sub\":\"s\",\"exp\":{end}}}");
    format!("{}.{}.c2ln", part("{\"alg\":\"PS256\"}"), part(&claims))
}

/// What `-e CODE` with that token says on standard output and standard error; nothing listens at the gateway.
fn run(token: Option<&str>, code: &str) -> (String, String) {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("token_ends");
    fs::create_dir_all(&home).expect("a home");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
    command.env_clear().env("HOME", &home).stdin(Stdio::null());
    match token {
        Some(token) => command.args(["-u", "http://127.0.0.1:1", "-t", token]),
        None => command.arg("--lab=fresh"),
    };
    let out = command.args(["-e", code]).output().expect("chami runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&out.stdout), text(&out.stderr));
    if let Some(token) = token {
        assert!(!err.contains(token) && !out.contains(token), "{err}");
    }
    (out, err)
}

const WAIT: &str = "return task.wait(function() return 1 end, { within = '2h' })";

#[test]
fn a_job_is_warned_once_before_its_token_ends() {
    for (rest, code, words) in [
        (200, "1", Some("token ends in 3 min\n")),
        (-7200, "1", Some("token ended 2 h ago\n")),
        (3700, "1", None),
        (
            3700,
            WAIT,
            Some("token ends in 1 h 1 min, and this may take 2 h\n"),
        ),
        (200, WAIT, Some("token ends in 3 min\n")),
        (9000, WAIT, None),
    ] {
        let (out, err) = run(Some(&token(rest)), code);
        assert_eq!(out, "1\n", "{err}");
        let said = err.matches("warning: ").count();
        assert_eq!(said, usize::from(words.is_some()), "{rest}: {err}");
        assert!(
            words.is_none_or(|words| err.contains(words)),
            "{rest}: {err}"
        );
        assert!(said == 0 || err.contains("\n  hint: "), "{err}");
    }
}

#[test]
fn a_labs_session_has_tokens_without_end() {
    let (out, err) = run(None, WAIT);
    assert_eq!((out.as_str(), err.as_str()), ("1\n", ""));
}
