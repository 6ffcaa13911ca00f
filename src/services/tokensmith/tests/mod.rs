//! tokensmith's client against its lab, on a clock that moves by hand.
mod wire;

use super::{
    client::Client,
    lab,
    types::{ProviderChange, Tokens},
};
use crate::{
    clock::{Clock, Pending},
    fault::{Fault, Kind},
    http::{Base, Http},
    services::site::{Console, NoTimer, Open, Signer, Site, Sound},
    table::{Change, Journal, Shelved},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::{sync::Arc, sync::Mutex, time::Duration};
use tokio::net::TcpListener;

#[derive(Default)]
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        let seconds = i64::try_from(span.as_secs()).unwrap_or_default();
        self.0.fetch_add(seconds, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    }
}

/// Signs with nothing: the claims stand there to be read.
struct Plain;

impl Signer for Plain {
    fn sign(&self, claims: &Map<String, Value>) -> Result<String, Fault> {
        Ok(Value::Object(claims.clone()).to_string())
    }

    fn public(&self) -> Result<Value, Fault> {
        Ok(json!({ "kid": "plain" }))
    }
}

/// Keeps the text of all that would go to the disk.
#[derive(Default)]
struct Disk(Mutex<String>);

impl Journal for Disk {
    fn append(&self, _: &'static str, changes: &[Change]) -> Result<(), Fault> {
        let text = serde_json::to_string(changes).expect("changes are JSON");
        self.0.lock().expect("unpoisoned").push_str(&text);
        Ok(())
    }
}

struct Smith {
    client: Client,
    url: String,
    clock: Arc<Hand>,
    disk: Arc<Disk>,
    store: Arc<dyn Shelved>,
    create: Console,
}

async fn smith() -> Smith {
    let (clock, disk) = (Arc::new(Hand::default()), Arc::new(Disk::default()));
    let front = lab::front(&Site {
        clock: clock.clone(),
        journal: disk.clone(),
        timer: Arc::new(NoTimer),
        peers: Arc::default(),
        guard: Arc::new(Open),
        signer: Arc::new(Plain),
        ailments: Arc::new(Sound),
        rack: Arc::new(crate::services::rack::NoRack),
        seed: 0,
    });
    let mut routes = axum::Router::new().nest(front.prefix, front.routes);
    for (alias, below) in front.aliases {
        routes = routes.nest(alias, below);
    }
    let (_, create) = front.consoles.into_iter().next().expect("a console");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let http = Http::at(Base {
        url: url.clone(),
        ..Base::default()
    });
    Smith {
        client: Client::new(&http),
        url,
        clock,
        disk,
        store: front.store,
        create,
    }
}

impl Smith {
    fn bootstrap(&self, order: &Value) -> Result<String, Fault> {
        let told = (self.create)(order.to_string().as_bytes())?;
        Ok(told["token"].as_str().expect("a token").to_owned())
    }

    fn usual(&self) -> String {
        let order = json!({ "subject": "boot-service", "audience": "smd", "scopes": "node:read, node:write" });
        self.bootstrap(&order).expect("it is made")
    }

    async fn pass(&self, seconds: u64) {
        let slept = self.clock.sleep(Duration::from_secs(seconds)).await;
        slept.expect("time passes");
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let http = Http::at(Base {
            url: self.url.clone(),
            ..Base::default()
        });
        let mut request = http.url(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.body(body, "application/x-www-form-urlencoded");
        }
        let answer = request.raw().await.expect("answered");
        (answer.status, answer.text())
    }
}

fn kind<T>(outcome: Result<T, Fault>) -> Option<Kind> {
    outcome.err().map(|fault| fault.kind)
}

fn claims(tokens: &Tokens) -> Value {
    serde_json::from_str(&tokens.access_token).expect("claims")
}

#[tokio::test]
async fn a_bootstrap_token_is_good_once_and_gives_tokensmiths_claims() {
    let smith = smith().await;
    let token = smith.usual();
    smith.pass(600).await;
    let tokens = smith.client.exchange(&token).await.expect("it is good");
    assert_eq!(
        (tokens.expires_in, tokens.refresh_expires_in),
        (3600, 86400)
    );
    assert_eq!(tokens.scope, "node:read node:write");
    let claims = claims(&tokens);
    assert_eq!(claims["sub"], "boot-service");
    assert_eq!(claims["aud"], json!(["smd"]));
    assert_eq!(
        (&claims["iat"], &claims["exp"]),
        (&json!(600), &json!(4200))
    );
    assert_eq!(claims["scope"], json!(["node:read", "node:write"]));
    assert_eq!(claims["auth_events"], json!(["bootstrap_token_exchange"]));
    assert_eq!(claims["auth_factors"], 2);
    assert_eq!(
        kind(smith.client.exchange(&token).await),
        Some(Kind::Unauthorized)
    );
    let late = smith.usual();
    smith.pass(601).await;
    assert_eq!(
        kind(smith.client.exchange(&late).await),
        Some(Kind::Unauthorized)
    );
}

#[tokio::test]
async fn a_refresh_token_is_replaced_at_each_use_and_the_family_lives_its_time() {
    let smith = smith().await;
    let order = json!({ "subject": "s", "audience": "smd", "refresh_ttl": "1h" });
    let token = smith.bootstrap(&order).expect("it is made");
    let first = smith.client.exchange(&token).await.expect("it is good");
    smith.pass(600).await;
    let second = smith
        .client
        .refresh(&first.refresh_token)
        .await
        .expect("it is good");
    assert_eq!(second.refresh_expires_in, 3000);
    assert_ne!(claims(&second)["jti"], claims(&first)["jti"]);
    assert!(claims(&second).get("scope").is_none(), "none was given");
    // An old one is refused, and that is all: the family goes on.
    let replayed = smith.client.refresh(&first.refresh_token).await;
    assert_eq!(kind(replayed), Some(Kind::Unauthorized));
    let third = smith
        .client
        .refresh(&second.refresh_token)
        .await
        .expect("it is good");
    smith.pass(3001).await;
    let ended = smith.client.refresh(&third.refresh_token).await;
    assert_eq!(kind(ended), Some(Kind::Unauthorized));
}

#[tokio::test]
async fn ten_wrong_tokens_shut_a_client_out_for_a_minute() {
    let smith = smith().await;
    let form = |token: &str| {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", super::types::EXCHANGE)
            .append_pair("subject_token_type", super::types::BOOTSTRAP)
            .append_pair("subject_token", token)
            .finish()
    };
    let from = async |client: &str, token: &str| {
        let headers = [("x-forwarded-for", client)];
        smith
            .ask("POST", "/oauth/token", &headers, &form(token))
            .await
            .0
    };
    let good = smith.usual();
    smith.client.exchange(&good).await.expect("it is good");
    for _ in 0..11 {
        assert_eq!(
            from("10.0.0.1", &good).await,
            400,
            "a used one is no attempt"
        );
    }
    for _ in 0..10 {
        assert_eq!(from("10.0.0.1", "wrong").await, 400);
    }
    assert_eq!(from("10.0.0.1", "wrong").await, 429);
    assert_eq!(
        from("10.0.0.1", &smith.usual()).await,
        429,
        "nor a good one"
    );
    assert_eq!(from("10.0.0.2", &smith.usual()).await, 200);
    smith.pass(61).await;
    assert_eq!(from("10.0.0.1", &smith.usual()).await, 200);
    for _ in 0..10 {
        from("10.0.0.1", "wrong").await;
    }
    smith.store.restore(Map::new()).expect("a reset");
    assert_eq!(from("10.0.0.1", "wrong").await, 400, "a new life");
}

#[tokio::test]
async fn no_token_goes_to_the_disk() {
    let smith = smith().await;
    let token = smith.usual();
    let first = smith.client.exchange(&token).await.expect("it is good");
    let second = smith
        .client
        .refresh(&first.refresh_token)
        .await
        .expect("good");
    let text = smith.disk.0.lock().expect("unpoisoned").clone();
    let dump = format!("{:?}", smith.store.dump().expect("a dump"));
    for secret in [
        &token,
        &first.refresh_token,
        &second.refresh_token,
        &first.access_token,
    ] {
        assert!(!text.contains(secret.as_str()) && !dump.contains(secret.as_str()));
    }
    assert!(text.contains("boot-service") && dump.contains("boot-service"));
    assert!(!format!("{second:?}").contains(&second.refresh_token));
}

#[tokio::test]
async fn what_was_used_and_what_came_is_known_for_a_secret() {
    let smith = smith().await;
    let (token, wrong) = (smith.usual(), "surely-no-such-token");
    let first = smith.client.exchange(&token).await.expect("it is good");
    let second = smith.client.refresh(&first.refresh_token).await;
    let second = second.expect("it is good");
    smith.client.exchange(wrong).await.expect_err("unknown");
    for secret in [
        wrong,
        &token,
        &first.access_token,
        &first.refresh_token,
        &second.refresh_token,
    ] {
        let text = crate::secret::hide(&format!("it is {secret}!")).into_owned();
        assert_eq!(text, "it is (hidden)!");
    }
}

/// A tokensmith that sends these answers, one a connection, and the session of a client that logged in there.
async fn session(answers: &'static [&'static str]) -> (Client, Http) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let routes = axum::Router::new().fallback(move || {
        let at = next.fetch_add(1, Ordering::SeqCst);
        async move { answers[at.min(answers.len() - 1)] }
    });
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let http = Http::at(Base {
        url,
        ..Base::default()
    });
    let client = Client::new(&http);
    client.login(&http, "a-bootstrap-token").await.expect("in");
    (client, http)
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_leaves_the_one_before() {
    let (client, http) = session(&[
        r#"{"access_token":"first-access","token_type":"Bearer","expires_in":60,"issued_token_type":"x"}"#,
    ])
    .await;
    let fault = client.renew(&http).await.expect_err("with what?");
    assert_eq!(fault.kind, Kind::Unsupported);
    let (client, http) = session(&[
        r#"{"access_token":"first-access","refresh_token":"first-refresh","token_type":"Bearer","expires_in":60,"issued_token_type":"x"}"#,
        r#"{"access_token":"later-access","token_type":"Bearer","expires_in":60,"issued_token_type":"x"}"#,
    ])
    .await;
    for _ in 0..2 {
        client.renew(&http).await.expect("with the one before");
        let token = http.token().await.expect("at hand");
        assert_eq!(token.as_deref(), Some("later-access"));
    }
}

#[tokio::test]
async fn the_identity_provider_is_told_and_not_changed_unasked() {
    let smith = smith().await;
    assert_eq!(smith.client.health().await.expect("told").status, "healthy");
    assert!(smith.client.provider().await.expect("told").configured);
    let mut change = ProviderChange {
        issuer_url: "http://hydra:4444".into(),
        client_id: "chami".into(),
        ..ProviderChange::default()
    };
    assert_eq!(
        kind(smith.client.set_provider(&change).await),
        Some(Kind::Conflict)
    );
    change.replace_existing = true;
    let fault = smith
        .client
        .set_provider(&change)
        .await
        .expect_err("none answers");
    assert!(fault.message.contains("no identity provider"), "{fault:?}");
}

#[tokio::test]
async fn bootstrap_tokens_are_made_within_tokensmiths_bounds() {
    let smith = smith().await;
    for (order, words) in [
        (json!({ "audience": "smd" }), "subject"),
        (json!({ "subject": " ", "audience": "smd" }), "subject"),
        (
            json!({ "subject": "s", "audience": "smd", "ttl": "59s" }),
            "ttl",
        ),
        (
            json!({ "subject": "s", "audience": "smd", "ttl": "2h" }),
            "ttl",
        ),
        (
            json!({ "subject": "s", "audience": "smd", "refresh_ttl": 60 }),
            "refresh_ttl",
        ),
        (
            json!({ "subject": "s", "audience": "smd", "scope": "x" }),
            "scope",
        ),
    ] {
        let fault = smith.bootstrap(&order).expect_err("refused");
        assert_eq!(fault.kind, Kind::BadArgument, "{order}");
        assert!(fault.message.contains(words), "{order}: {}", fault.message);
    }
    let listed = json!({ "subject": "s", "audience": "smd", "scopes": ["a", "b c"], "ttl": "1h" });
    let token = smith.bootstrap(&listed).expect("it is made");
    smith.pass(3600).await;
    let tokens = smith.client.exchange(&token).await.expect("it is good");
    assert_eq!(tokens.scope, "a b c");
}
