//! The check of tokens, in the words of the real services.
use super::{KEYS, control, home, json};
use crate::{
    clock::Clock as _,
    lab::{
        clock::LabClock,
        keys::Keys,
        token::{Doorman, Order, mint},
    },
    services::site::Guard as _,
};
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

struct Gate {
    keys: Arc<Keys>,
    clock: Arc<LabClock>,
    door: Doorman,
}

fn gate() -> Gate {
    let keys = Arc::new(Keys::new(KEYS.path().to_owned()));
    let clock = Arc::new(LabClock::of(true, 0));
    let door = Doorman::new(keys.clone(), clock.clone(), "inside".into());
    Gate { keys, clock, door }
}

impl Gate {
    fn token(&self, order: Value) -> String {
        let order: Order = serde_json::from_value(order).expect("an order");
        mint(&self.keys, &self.clock, &order).expect("it can be made")
    }

    fn check(&self, name: header::HeaderName, value: &str) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(value).expect("a header's text");
        headers.insert(name, value);
        self.door.check(&headers)
    }

    /// What the check says to the token ordered.
    fn says(&self, order: Value) -> Result<(), String> {
        let token = self.token(order);
        self.check(header::AUTHORIZATION, &format!("Bearer {token}"))
    }
}

#[test]
fn good_tokens_of_both_issuers_pass() {
    let gate = gate();
    for order in [
        json!({}),
        json!({ "alg": "RS256" }),
        json!({ "alg": "PS256" }),
        json!({ "key": "good", "alg": "PS256", "claims": { "roles": ["admin"] } }),
        json!({ "key": "hydra" }),
        // Their values are nobody's concern.
        json!({ "claims": { "iss": "http://evil", "aud": ["nobody"] } }),
        json!({ "drop": ["exp", "nbf", "iat"] }),
        json!({ "claims": { "exp": 0 } }),
    ] {
        assert_eq!(gate.says(order.clone()), Ok(()), "{order}");
    }
}

#[test]
fn each_wrong_token_is_refused_in_the_services_words() {
    let gate = gate();
    let unauthorized = "token is unauthorized";
    for (order, text) in [
        (json!({ "key": "other", "alg": "PS256" }), unauthorized),
        (json!({ "alg": "none" }), unauthorized),
        (json!({ "alg": "HS256" }), unauthorized),
        (json!({ "alg": "RS512" }), unauthorized),
        (json!({ "key": "good", "alg": "RS256" }), unauthorized),
        (json!({ "key": "hydra", "alg": "PS256" }), unauthorized),
        (json!({ "drop": ["kid"] }), unauthorized),
        (json!({ "claims": { "exp": "soon" } }), unauthorized),
        (json!({ "exp": -60 }), "token is expired"),
        (json!({ "exp": 0 }), "token is expired"),
        (
            json!({ "claims": { "nbf": 4_102_444_800_i64 } }),
            "token nbf validation failed",
        ),
        (
            json!({ "claims": { "iat": 4_102_444_800_i64 } }),
            "token iat validation failed",
        ),
        (json!({ "drop": ["sub"] }), "missing required claim"),
        (json!({ "drop": ["iss"] }), "missing required claim"),
        (json!({ "drop": ["aud"] }), "missing required claim"),
        (json!({ "claims": { "sub": " " } }), "invalid token"),
    ] {
        assert_eq!(gate.says(order.clone()), Err(text.into()), "{order}");
    }
}

#[test]
fn a_token_comes_as_header_or_cookie_and_nowhere_else() {
    let gate = gate();
    let token = gate.token(json!({}));
    let none = Err("no token found".to_owned());
    let auth = header::AUTHORIZATION;
    assert_eq!(gate.door.check(&HeaderMap::new()), none);
    assert_eq!(gate.check(auth.clone(), &format!("bEARER {token}")), Ok(()));
    assert_eq!(gate.check(auth.clone(), &format!("Basic {token}")), none);
    assert_eq!(gate.check(auth.clone(), "Bearer "), none);
    let garbled = Err("token is unauthorized".to_owned());
    assert_eq!(gate.check(auth, "Bearer nonsense"), garbled);
    let cookie = format!("theme=dark; jwt={token}");
    assert_eq!(gate.check(header::COOKIE, &cookie), Ok(()));
    assert_eq!(gate.check(header::COOKIE, "theme=dark"), none);
}

#[test]
fn a_changed_claim_breaks_the_signature() {
    let gate = gate();
    let (mine, other) = (gate.token(json!({})), gate.token(json!({ "sub": "root" })));
    let (head, claims) = (mine.split('.').next(), other.split('.').nth(1));
    let signature = mine.rsplit('.').next();
    let forged = [head, claims, signature]
        .map(Option::unwrap_or_default)
        .join(".");
    let said = gate.check(header::AUTHORIZATION, &format!("Bearer {forged}"));
    assert_eq!(said, Err("token is unauthorized".into()));
}

#[tokio::test]
async fn a_token_ends_on_the_labs_clock() {
    let gate = gate();
    let token = format!("Bearer {}", gate.token(json!({ "exp": 3600 })));
    let pass = |seconds| gate.clock.advance(Duration::from_secs(seconds), |_| Ok(()));
    pass(3599).await.expect("time passes");
    assert_eq!(gate.check(header::AUTHORIZATION, &token), Ok(()));
    pass(1).await.expect("time passes");
    let said = gate.check(header::AUTHORIZATION, &token);
    assert_eq!(said, Err("token is expired".into()));
}

#[tokio::test]
async fn the_shells_own_token_is_renewed_before_it_ends() {
    use crate::http::Locate as _;
    let home = home();
    let lab = home.fresh();
    let token = async || {
        lab.base()
            .await
            .expect("it starts")
            .token
            .expect("auth is on")
    };
    let first = token().await;
    assert_eq!(token().await, first, "one token serves many requests");
    lab.sleep(Duration::from_secs(3500))
        .await
        .expect("time passes");
    assert_ne!(token().await, first);
}

#[tokio::test]
async fn without_auth_there_is_no_token() {
    use crate::{
        http::Locate as _,
        lab::{Lab, Options},
    };
    let home = home();
    let lab = Lab::new(Options {
        auth: Some(false),
        fresh: true,
        ..home.options()
    });
    assert_eq!(lab.base().await.expect("it starts").token, None);
}

#[tokio::test]
async fn tokensmiths_tokens_open_the_labs_services_until_they_end() {
    let home = home();
    let lab = home.fresh();
    let order = r#"{"subject":"boot-service","audience":"smd"}"#;
    let made = control(&lab, "POST", "bootstrap-token", order).await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", crate::services::tokensmith::types::EXCHANGE)
        .append_pair(
            "subject_token_type",
            crate::services::tokensmith::types::BOOTSTRAP,
        )
        .append_pair("subject_token", json(&made)["token"].as_str().expect("one"))
        .finish();
    let path = format!("/oauth/token?{form}");
    let tokens = json(&super::ask(&lab, "POST", &path, &[], "").await);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("one"));
    let groups = async || {
        let headers = [("authorization", bearer.as_str())];
        super::ask(&lab, "GET", "/hsm/v2/groups", &headers, "").await
    };
    assert_eq!(groups().await.status, 200);
    lab.sleep(Duration::from_secs(3600))
        .await
        .expect("time passes");
    let ended = groups().await;
    assert_eq!(
        (ended.status, ended.text().trim()),
        (401, "token is expired")
    );
}

#[tokio::test]
async fn the_control_api_makes_tokens_as_ordered() {
    let home = home();
    let lab = home.fresh();
    let order = r#"{"claims":{"roles":["admin"]},"key":"good","alg":"PS256","drop":[],"exp":-60}"#;
    let answer = control(&lab, "POST", "token", order).await;
    let token = json(&answer)["token"]
        .as_str()
        .map(str::to_owned)
        .expect("a token");
    let headers = jsonwebtoken::decode_header(&token).expect("a JWT");
    assert_eq!(headers.alg, jsonwebtoken::Algorithm::PS256);
    let refused = control(&lab, "POST", "token", r#"{"alg":"ROT13"}"#).await;
    assert_eq!(refused.status, 400);
    assert!(json(&refused)["hint"].to_string().contains("RS256"));
}
