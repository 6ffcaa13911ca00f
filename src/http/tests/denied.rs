//! What a shut door's hint says: by the words of the service, and by the token that was sent.
use super::super::{
    Answer, Base,
    denied::{Sent, hint},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Thursday, 1 January 2026, 00:00:00.
const NOW: i64 = 1_767_225_600;

fn refused(status: u16, words: &str) -> Answer {
    Answer {
        status,
        headers: vec![("date".into(), "Thu, 01 Jan 2026 00:00:00 GMT".into())],
        body: words.into(),
        line: "GET http://demo/".into(),
        service: None,
        denied: None,
    }
}

fn token(head: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", part(head), part(claims))
}

fn base(token: Option<String>, variable: Option<&str>, lab: bool) -> Base {
    Base {
        token,
        variable: variable.map(str::to_owned),
        address: lab.then(|| "127.0.0.1".parse().expect("an address")),
        ..Base::default()
    }
}

fn ours(base: &Base) -> Sent<'_> {
    Sent {
        base,
        header: None,
        ours: true,
        logged_in: false,
    }
}

fn with_head(head: &Value, claims: &Value) -> String {
    let base = base(Some(token(head, claims)), Some("DEMO_ACCESS_TOKEN"), false);
    hint(&refused(401, "token is unauthorized\n"), &ours(&base))
}

fn with(claims: &Value) -> String {
    with_head(&json!({ "alg": "PS256", "kid": "k" }), claims)
}

#[test]
fn without_a_token_it_says_where_one_is_looked_for() {
    let answer = refused(401, "no token found\n");
    for (variable, lab, words) in [
        (Some("DEMO_ACCESS_TOKEN"), false, "set DEMO_ACCESS_TOKEN"),
        (None, false, "-t TOKEN; a cluster of the configuration"),
        (None, true, "leave --no-token out"),
    ] {
        let base = base(None, variable, lab);
        let text = hint(&answer, &ours(&base));
        assert!(
            text.contains(words) && !text.contains("<CLUSTER>"),
            "{text}"
        );
    }
    let base = base(Some("eyJ".into()), None, false);
    let elsewhere = Sent {
        base: &base,
        header: None,
        ours: false,
        logged_in: false,
    };
    let text = hint(&answer, &elsewhere);
    assert!(text.starts_with("no token went there"), "{text}");
}

#[test]
fn what_is_wrong_with_the_token_sent_is_said() {
    let usual = |name: &str, value: Value| {
        let mut claims = json!({ "sub": "s", "iss": "me", "aud": ["smd"], "exp": NOW + 60 });
        claims[name] = value;
        claims
    };
    for (text, words) in [
        (
            with(&usual("exp", (NOW - 720).into())),
            "it ended 12 min ago: get a new one into DEMO_ACCESS_TOKEN",
        ),
        (
            with(&usual("nbf", (NOW + 300).into())),
            "it begins in 5 min only (nbf)",
        ),
        (
            with(&usual("iat", (NOW + 3600).into())),
            "it begins in 1 h only (iat); is the gateway's clock behind? auth",
        ),
        (with(&json!({ "sub": "s" })), "it says nothing of iss, aud"),
        (
            with_head(&json!({ "alg": "none" }), &usual("x", 1.into())),
            "its algorithm is none",
        ),
        (
            with_head(
                &json!({ "alg": "HS256", "kid": "k" }),
                &usual("x", 1.into()),
            ),
            "its algorithm is HS256",
        ),
        (
            with_head(&json!({ "alg": "RS256" }), &usual("x", 1.into())),
            "names no key (kid)",
        ),
        (
            with(&usual("x", 1.into())),
            "a key this cluster does not know, or altered (issuer me)",
        ),
    ] {
        assert!(text.contains(words), "{text}");
        assert!(text.ends_with("auth.explain() tells more"), "{text}");
    }
    let good = token(
        &json!({ "alg": "PS256", "kid": "k" }),
        &usual("aud", "nobody".into()),
    );
    let base = base(Some(good), None, false);
    let text = hint(&refused(401, "invalid token\n"), &ours(&base));
    assert!(
        text.contains("from me for nobody: does this cluster take such ones?"),
        "{text}"
    );
}

#[test]
fn after_a_login_no_variable_helps() {
    let claims = json!({ "sub": "s", "iss": "me", "aud": ["smd"], "exp": NOW - 60 });
    let ended = token(&json!({ "alg": "PS256", "kid": "k" }), &claims);
    let base = base(Some(ended), Some("DEMO_ACCESS_TOKEN"), false);
    let sent = Sent {
        logged_in: true,
        ..ours(&base)
    };
    let text = hint(&refused(401, "token is expired\n"), &sent);
    assert!(text.contains("auth.login(BOOTSTRAP)"), "{text}");
    assert!(!text.contains("DEMO_ACCESS_TOKEN"), "{text}");
}

#[test]
fn a_callers_own_header_is_judged_in_place_of_the_sessions_token() {
    let ended = token(
        &json!({ "alg": "PS256", "kid": "k" }),
        &json!({ "exp": NOW - 60 }),
    );
    let header = format!("Bearer {ended}");
    let base = base(None, None, true);
    let told = |header: &str| {
        let sent = Sent {
            base: &base,
            header: Some(header),
            ours: true,
            logged_in: false,
        };
        hint(&refused(401, "token is expired\n"), &sent)
    };
    let text = told(&header);
    assert!(
        text.contains("ended 1 min ago: give a good one in the Authorization header"),
        "{text}"
    );
    assert!(!text.contains(&ended), "never the token itself");
    assert!(told("Bearer nonsense").contains("is no token"));
}

#[test]
fn a_right_that_is_lacking_is_no_matter_of_the_token() {
    let base = base(Some("eyJ".into()), Some("DEMO_ACCESS_TOKEN"), false);
    let deny = json!({
        "schema_version": "authz.deny.v1", "message": "access denied", "reason": "policy_denied",
        "principal": { "id": "boot-service", "type": "" },
        "input": { "object": "/hsm/v2/groups", "action": "write" },
    });
    let answer = refused(403, &deny.to_string());
    assert!(hint(&answer, &ours(&base)).contains("auth.claims()"));
    let fault = answer.fault();
    assert_eq!(
        fault.message,
        "boot-service may not write /hsm/v2/groups (policy_denied)"
    );
}
