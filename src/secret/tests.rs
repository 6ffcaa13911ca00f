//! Each form of a secret goes, and what only looks like one stays.
use super::{
    ahead::Ahead, field::look, hide, hide_header, hide_json, hide_value, is_field, may_hold,
    register,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln";

/// Each text and what is left of it, which hides nothing more.
#[track_caller]
fn hidden(cases: &[(&str, &str)]) {
    for (text, want) in cases {
        assert_eq!(hide(text), *want, "{text}");
        assert_eq!(hide(want), *want, "what is hidden stays as it is");
    }
}

#[test]
fn secrets_go_by_their_form() {
    let in_text = format!("x {JWT} y");
    hidden(&[
        (&in_text, "x (token) y"),
        (JWT, "(token)"),
        ("sent Bearer abc123 along", "sent Bearer (hidden) along"),
        ("https://me:pw@host/a@b", "https://(hidden)@host/a@b"),
        (
            "a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b",
            "a (private key) b",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "(private key)"),
        ("key x1000c0s0b0n0:rk:1-2-3.", "key (hidden)"),
        (
            "chpasswd:\n  list: |\n    root:pw\nruncmd: []\n",
            "chpasswd:\n  list: |\n    root:(hidden)\nruncmd: []\n",
        ),
    ]);
}

#[test]
fn secrets_go_by_the_name_before_them() {
    hidden(&[
        (
            "Authorization: Bearer nonsense\nHost: a",
            "Authorization: (hidden)\nHost: a",
        ),
        (
            "curl -H 'authorization: Basic dXNlcg=='",
            "curl -H 'authorization: (hidden)'",
        ),
        ("Cookie: a=1; b=2", "Cookie: (hidden)"),
        (
            r#"got "password": "x\"y" and more"#,
            r#"got "password": "(hidden)" and more"#,
        ),
        (
            r#"says {\"token\":\"abc\"} twice"#,
            r#"says {\"token\":\"(hidden)\"} twice"#,
        ),
        (
            "subject_token=abc&refresh_token=d%2Fe&scope=x",
            "subject_token=(hidden)&refresh_token=(hidden)&scope=x",
        ),
        (
            "GET https://a.b/c?access_token=abc&x=1 200",
            "GET https://a.b/c?access_token=(hidden)&x=1 200",
        ),
        ("login { token = 'abc' }", "login { token = '(hidden)' }"),
        ("password [[a b]]", "password [[(hidden)]]"),
        ("x[\"secret\"] = \"a\"", "x[\"secret\"] = \"(hidden)\""),
        ("chami --token abc -e 1", "chami --token (hidden) -e 1"),
        (
            "users:\n- name: a\n  plain_text_passwd: a b\n",
            "users:\n- name: a\n  plain_text_passwd: (hidden)\n",
        ),
        (
            "- {name: a, password: ab, type: text}",
            "- {name: a, password: (hidden), type: text}",
        ),
    ]);
}

#[test]
fn secrets_go_from_the_lines_below_their_name() {
    hidden(&[
        (
            "user: a\npassword: |\n  hunter2\n\n  more\nnext: b\n",
            "user: a\npassword: |\n  (hidden)\nnext: b\n",
        ),
        (
            "- name: a\n  passwd: |-\n    hunter2\n  shell: sh\n",
            "- name: a\n  passwd: |-\n    (hidden)\n  shell: sh\n",
        ),
        ("api_key: >-\n  hunter2", "api_key: >-\n  (hidden)"),
        ("password:\n  hunter2\nb: c", "password:\n  (hidden)\nb: c"),
        (
            "- {name: a, lock_passwd: true, passwd: hunter2}",
            "- {name: a, lock_passwd: true, passwd: (hidden)}",
        ),
        (
            "- password: # mine\n    hunter2\n- b",
            "- password: # mine\n    (hidden)\n- b",
        ),
        (
            "password: &p hunter2\nb: *p",
            "password: &p (hidden)\nb: *p",
        ),
        ("password: &p\n  hunter2", "password: &p\n  (hidden)"),
        (
            "password: !!str |\n  hunter2",
            "password: !!str |\n  (hidden)",
        ),
        ("password: |abc", "password: (hidden)"),
    ]);
    let nothing = "password:\nuser: a\ntoken:";
    assert_eq!(hide(nothing), nothing);
}

#[test]
fn secrets_go_from_the_words_of_commands() {
    hidden(&[
        (
            "chpasswd: {list: 'root:pw'}",
            "chpasswd: {list: 'root:(hidden)'}",
        ),
        (
            "chpasswd: {list: \"root:pw\\nme:pw\", expire: false}",
            "chpasswd: {list: \"root:(hidden)\\nme:(hidden)\", expire: false}",
        ),
        (
            "echo 'root:my pw' | chpasswd",
            "echo 'root:(hidden)' | chpasswd",
        ),
        (
            "echo root:pw | chpasswd -e",
            "echo root:(hidden) | chpasswd -e",
        ),
        (
            "chpasswd <<EOF\nroot:pw\nEOF\na:b\n",
            "chpasswd <<EOF\nroot:(hidden)\nEOF\na:b\n",
        ),
        ("curl -u 'me:pw' http://a", "curl -u 'me:(hidden)' http://a"),
        (
            "curl --user me:pw http://a",
            "curl --user me:(hidden) http://a",
        ),
        (
            "- [curl, -u, \"me:pw\", a]",
            "- [curl, -u, \"me:(hidden)\", a]",
        ),
        (
            "curl -H \"X-Auth-Token: abc\" http://a",
            "curl -H \"X-Auth-Token: (hidden)\" http://a",
        ),
        ("curl -H 'token: a' b", "curl -H 'token: (hidden)' b"),
        (
            "encoding: gz+b64\ncontent: |\n  H4sIAAAAAAAAA0vOzy0o\n  AAAA\npath: /a",
            "encoding: gz+b64\ncontent: |\n  (hidden)\npath: /a",
        ),
    ]);
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    for text in [
        "the token has expired",
        "invalid token: the signature is wrong",
        "token is unauthorized",
        "Bearer authentication required",
        "basic configuration of the node",
        "print(token)",
        "if token == nil then return end",
        "secret::hide(text)",
        "token_type=bearer&grant_type=x",
        "mail a@b.c",
        "says \"token: it is too old\"",
        "curl -u me http://a:80",
        "write-users a:b",
        r#"{"token_type":"bearer","expires_in":3600}"#,
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "x = 'eyJust'",
    ] {
        assert_eq!(hide(text), text);
    }
}

#[test]
fn json_stays_json() {
    let config = "#cloud-config\npassword: hunter2\n";
    let mut value = json!({
        "Password": "x", "Username": "root", "list": [{ "refresh_token": "a" }, JWT],
        "secret": { "deep": ["y", 1, true] }, "Key": "x0:dk:1", "token": null,
        "file": { "content": STANDARD.encode(config), "encoding": "base64" },
    });
    let text = value.to_string();
    assert!(hide_json(&mut value));
    let want = json!({
        "Password": "(hidden)", "Username": "root", "list": [{ "refresh_token": "(hidden)" }, "(token)"],
        "secret": { "deep": ["(hidden)", "(hidden)", true] }, "Key": "(hidden)", "token": null,
        "file": { "content": STANDARD.encode("#cloud-config\npassword: (hidden)\n"), "encoding": "base64" },
    });
    assert_eq!(value, want);
    let again: Value = serde_json::from_str(&hide(&text)).expect("JSON");
    assert_eq!(again, want);
    assert!(!hide_json(&mut value), "nothing is left");
    let plain = "{ \"a\" : 1.00, \"base64\": \"\" }";
    assert_eq!(
        hide(plain),
        plain,
        "not a blank is moved when nothing is hidden"
    );
}

#[test]
fn numbers_are_passwords_too() {
    assert_eq!(
        hide(r#"{"Password":12345678,"Port":443}"#),
        r#"{"Password":"(hidden)","Port":443}"#
    );
}

/// However often a text begins what could be a secret, its letters are looked at a few times only.
#[test]
fn what_is_looked_at_grows_with_the_text() {
    for part in [
        "x,token:1,",
        "token=",
        "token: ",
        "cookie:",
        "'token: ",
        "token [[",
        "password:\n ",
        "{token:&a ",
    ] {
        let text = part.repeat(5000);
        let ahead = Ahead::new(&text);
        look(&text, &ahead, &mut Vec::new());
        let work = ahead.work.get();
        assert!(work <= 10 * text.len(), "{part:?}: {work}");
    }
}

/// Each of these would take minutes if every beginning were followed to the end of the text.
#[test]
fn long_texts_are_hidden_at_once() {
    let begin = std::time::Instant::now();
    for part in [
        ":rk:",
        ":dk:",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n-----END A PRIVATE KEY-----\n",
        "token=\\\"",
        "token='\\\"",
        "eyJ",
        "bearer ",
        "://",
        "curl -u ",
        "chpasswd a:",
        "curl-u-u",
        "curl -u 'a:\"",
        "- chpasswd\n",
        "H4sI",
    ] {
        let text = part.repeat(200_000 / part.len());
        let _ = hide(&text);
        let time = begin.elapsed();
        assert!(time.as_secs() < 30, "{part:?}: {time:?}");
    }
}

#[test]
fn names_tell() {
    for name in [
        "password",
        "X-Lab-Secret",
        "Set-Cookie",
        "DEMO_ACCESS_TOKEN",
        "DeputyKey",
    ] {
        assert!(is_field(name), "{name}");
    }
    for name in ["token_type", "Key", "ssh_keys", "tokens_left", ""] {
        assert!(!is_field(name), "{name}");
    }
    assert_eq!(hide_header("Authorization", "Bearer a"), "(hidden)");
    assert_eq!(hide_header("accept", "text/plain"), "text/plain");
}

#[test]
fn what_was_registered_is_known_wherever_it_stands() {
    register("s3cr3t-0f-th1s-t3st");
    register("short");
    assert_eq!(hide("<s3cr3t-0f-th1s-t3st>"), "<(hidden)>");
    assert_eq!(hide("in short"), "in short");
}

#[test]
fn lines_that_hold_a_secret_are_recognised() {
    for line in [
        "token = \"abc\"",
        "TOKEN=\"abc\"",
        "x = { [\"token\"] = t }",
        "http.get(url, { headers = { Authorization = \"Bearer \" .. \"abc\" } })",
        "login{ password = 'x' }",
        &format!("auth '{JWT}'"),
    ] {
        assert!(may_hold(line), "{line}");
    }
    for line in [
        "smd.component.list()",
        "print(token)",
        "lab.token()",
        "help \"token\"",
        "if token == nil then print 'no token' end",
        "x = 'eyJust'",
    ] {
        assert!(!may_hold(line), "{line}");
    }
}

const OPAQUE: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

#[test]
fn tokens_without_a_form_are_recognised_when_typed() {
    for line in [
        &format!("auth.login \"{OPAQUE}\""),
        &format!("x = [[ {OPAQUE} ]]"),
        &format!("f '{}'", &OPAQUE[..32]),
        "auth.login \"a.b\"",
        "tokensmith.refresh('abc')",
        "tokensmith.exchange [[abc]]",
        "auth.login 'unfinished",
    ] {
        assert!(may_hold(line), "{line}");
    }
    for line in [
        "help \"auth.login\"",
        "print(\"login\", \"x\")",
        "auth.renew()",
        "tokensmith.refresh(x)",
        "bss.get \"550e8400-e29b-41d4-a716-446655440000\"",
        "x = 0",
    ] {
        assert!(!may_hold(line), "{line}");
    }
}

#[test]
fn a_value_that_is_a_token_and_nothing_else_is_hidden() {
    assert_eq!(hide_value(OPAQUE), "(hidden)");
    assert_eq!(
        hide_value(&format!("1\n\"{OPAQUE}\"\n")),
        "1\n\"(hidden)\"\n"
    );
    for text in [
        "x0c0s0b0n0",
        &OPAQUE[..40],
        &format!("sha {OPAQUE} of it"),
        &"-".repeat(60),
    ] {
        assert_eq!(hide_value(text), text);
    }
}

/// Any text, cut anywhere, is looked through without a panic.
#[test]
fn nothing_is_too_odd_to_be_looked_at() {
    let all = format!(
        "ä\"password\": \"x\\ é {JWT} -----BEGIN PRIVATE KEY----- ü:rk:ö://ß@ chpasswd:\n ä:b\ntoken=[[é"
    );
    let starts: Vec<usize> = all.char_indices().map(|(at, _)| at).collect();
    for from in &starts {
        for to in starts.iter().filter(|to| *to >= from) {
            let _ = hide(&all[*from..*to]);
        }
    }
}
