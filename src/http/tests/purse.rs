//! The session's own token: got to the end, in order, and honest about its own.
use super::super::{Base, Http, Pass};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep, timeout};

const WHILE: Duration = Duration::from_millis(80);

/// A pass whose renewal takes a while.
fn slow(token: &str) -> Pass {
    let next = format!("{token}, renewed");
    Pass {
        token: token.to_owned(),
        renew: Some(Arc::new(move || {
            let next = slow(&next);
            Box::pin(async {
                sleep(WHILE).await;
                Ok(next)
            })
        })),
    }
}

async fn logged_in(pass: Pass) -> Http {
    let http = Http::at(Base::default());
    http.login(async { Ok(pass) }).await.expect("it is got");
    http
}

async fn token(http: &Http) -> String {
    let token = http.token().await.expect("it is at hand");
    token.expect("a token")
}

#[tokio::test]
async fn a_renewal_goes_on_when_its_caller_gave_up() {
    let http = logged_in(slow("one")).await;
    let given_up = timeout(WHILE / 4, http.renew()).await;
    given_up.expect_err("it takes longer");
    sleep(WHILE * 2).await;
    assert_eq!(token(&http).await, "one, renewed");
    let login = http.login(async {
        sleep(WHILE).await;
        Ok(slow("two"))
    });
    timeout(WHILE / 4, login).await.expect_err("so does this");
    assert!(http.renew().await.expect("it waits for its turn"));
    assert_eq!(token(&http).await, "two, renewed");
}

#[tokio::test]
async fn a_login_during_a_renewal_counts() {
    let http = logged_in(slow("one")).await;
    let login = async {
        sleep(WHILE / 4).await;
        http.login(async { Ok(slow("two")) }).await
    };
    let (renewed, login) = tokio::join!(http.renew(), login);
    renewed.expect("renewed");
    login.expect("it is got");
    assert_eq!(token(&http).await, "two");
}

#[tokio::test]
async fn a_token_without_refresh_ends_and_says_so() {
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let token = format!("{}.{}.c2ln", part("{}"), part("{\"exp\":1000}"));
    let http = logged_in(Pass { token, renew: None }).await;
    assert_eq!(http.ends(), Timestamp::from_second(1000).ok());
    assert!(!http.renew().await.expect("no fault"));
    let http = logged_in(slow("one")).await;
    assert_eq!(http.ends(), None);
}
