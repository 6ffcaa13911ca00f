//! Each rule broken once, and clocks that differ.
use super::rules::{Case, Finding, judge};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, KeyAlgorithm},
};
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};
use std::sync::LazyLock;

static KEY: LazyLock<EncodingKey> = LazyLock::new(|| {
    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048);
    let pem = pair.expect("a key").serialize_pem();
    EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key")
});

fn keys() -> Vec<Jwk> {
    let mut key = Jwk::from_encoding_key(&KEY, Algorithm::PS256).expect("a key");
    key.common.key_id = Some("k".into());
    key.common.key_algorithm = Some(KeyAlgorithm::PS256);
    vec![key]
}

const NOW: i64 = 1_000_000;

fn token(alg: Algorithm, kid: Option<&str>, claims: &Value) -> String {
    let mut header = Header::new(alg);
    header.kid = kid.map(str::to_owned);
    encode(&header, claims, &KEY).expect("signed")
}

fn found(token: Option<&str>, ahead: SignedDuration) -> Finding {
    let here = Timestamp::from_second(NOW).expect("a moment");
    judge(&Case {
        token,
        ours: true,
        variable: Some("DEMO_ACCESS_TOKEN"),
        lab: false,
        keys: &keys(),
        here,
        there: Some(here + ahead),
    })
}

fn usual() -> Value {
    json!({ "sub": "s", "iss": "i", "aud": ["a"], "iat": NOW, "nbf": NOW, "exp": NOW + 3600 })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = usual();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = usual();
    claims.as_object_mut().expect("an object").remove(name);
    claims
}

#[test]
fn each_rule_is_broken_by_its_own_token() {
    let ps = Algorithm::PS256;
    let good = token(ps, Some("k"), &usual());
    let (head, rest) = good.split_once('.').expect("dots");
    let other = token(ps, Some("k"), &with("sub", "root".into()));
    let claims = other.split('.').nth(1).expect("claims");
    let signature = rest.rsplit('.').next().expect("a signature");
    let altered = format!("{head}.{claims}.{signature}");
    let no = "token is unauthorized";
    for (token, rule, answer) in [
        (None, "present", "no token found"),
        (Some("nonsense".to_owned()), "form", no),
        (Some(token(ps, None, &usual())), "kid", no),
        (Some(token(ps, Some("z"), &usual())), "key", no),
        (
            Some(token(Algorithm::RS256, Some("k"), &usual())),
            "algorithm",
            no,
        ),
        (Some(altered), "signature", no),
        (
            Some(token(ps, Some("k"), &with("iat", (NOW + 60).into()))),
            "iat",
            "token iat validation failed",
        ),
        (
            Some(token(ps, Some("k"), &with("exp", (NOW - 60).into()))),
            "exp",
            "token is expired",
        ),
        (
            Some(token(ps, Some("k"), &with("nbf", (NOW + 60).into()))),
            "nbf",
            "token nbf validation failed",
        ),
        (
            Some(token(ps, Some("k"), &without("aud"))),
            "claims",
            "missing required claim",
        ),
        (
            Some(token(ps, Some("k"), &with("sub", " ".into()))),
            "subject",
            "invalid token",
        ),
    ] {
        let finding = found(token.as_deref(), SignedDuration::ZERO);
        assert_eq!(finding.broken().map(|rule| rule.check), Some(rule));
        assert_eq!(finding.answer, Some(answer), "{rule}");
        assert!(
            finding.next.contains("DEMO_ACCESS_TOKEN"),
            "{}",
            finding.next
        );
        let text = format!("{:?}", finding.rows());
        assert!(token.is_none_or(|token| !text.contains(&token)), "{rule}");
    }
    let finding = found(Some(&good), SignedDuration::ZERO);
    assert!(finding.broken().is_none() && finding.answer.is_none());
}

#[test]
fn a_gateway_an_hour_off_is_named() {
    let good = token(Algorithm::PS256, Some("k"), &usual());
    let hour = SignedDuration::from_hours(1);
    for (ahead, answer, way) in [
        (hour, "token is expired", "1 h ahead of this one"),
        (-hour, "token iat validation failed", "1 h behind this one"),
    ] {
        let finding = found(Some(&good), ahead);
        assert_eq!(finding.answer, Some(answer));
        assert!(
            finding.next.contains("set the clocks right"),
            "{}",
            finding.next
        );
        let rows = finding.rows();
        let clock = rows.iter().find(|row| row.check == "clock").expect("a row");
        assert!(!clock.ok && clock.says.contains(way), "{}", clock.says);
    }
}
