//! The token endpoint: a bootstrap token is exchanged once, a refresh token is replaced at each use.
use super::{
    Lab,
    answer::{self, Reply},
    form::Form,
    mint,
};
use crate::services::tokensmith::{
    store::{Grant, Refusal, Store},
    types::{ACCESS, BOOTSTRAP, EXCHANGE, REFRESH, Tokens},
};
use axum::{body::Body, http::Response};
use std::sync::Arc;

/// How long an access token is good, in seconds.
const LIFETIME: i64 = 3600;
const USED: &str = "The provided token is invalid or has already been used";
const ENDED: &str = "The provided refresh token is invalid or has expired";

pub(super) async fn answer(lab: &Arc<Lab>, form: &Form, client: &str) -> Reply {
    let grant = form.get("grant_type");
    match grant {
        EXCHANGE => exchange(lab, form, client).await,
        REFRESH => refresh(lab, form).await,
        _ if grant.trim().is_empty() => Err(invalid("Missing grant_type parameter")),
        other => {
            let words = format!("Grant type '{other}' is not supported");
            Err(answer::refused(400, "unsupported_grant_type", &words))
        }
    }
}

fn invalid(words: &str) -> Response<Body> {
    answer::refused(400, "invalid_request", words)
}

fn refusal(refusal: &Refusal, words: &str) -> Response<Body> {
    match refusal {
        Refusal::Invalid => answer::refused(400, "invalid_grant", words),
        Refusal::Throttled => {
            let words = "Too many failed token exchange attempts from this address";
            answer::refused(429, "too_many_requests", words)
        }
        Refusal::Disk(_) => answer::broken(),
    }
}

async fn exchange(lab: &Arc<Lab>, form: &Form, client: &str) -> Reply {
    let now = lab.now();
    let listens = lab.shelf.write(|store| store.listens_to(client, now));
    listens.map_err(|no| refusal(&no, USED))?;
    if form.get("subject_token_type") != BOOTSTRAP {
        return Err(invalid("Invalid subject_token_type parameter"));
    }
    let token = form.get("subject_token");
    if token.trim().is_empty() {
        return Err(invalid("Missing or empty subject_token parameter"));
    }
    let next = mint::opaque().map_err(|_| answer::broken())?;
    let redeem = |store: &mut Store| {
        let policy = store.redeem(token, &next, client, now)?;
        Ok((policy, store.number(now)))
    };
    let (policy, number) = lab.shelf.write(redeem).map_err(|no| refusal(&no, USED))?;
    give(
        lab,
        policy.grant,
        number,
        next,
        policy.refresh_ttl.as_secs(),
    )
    .await
}

async fn refresh(lab: &Arc<Lab>, form: &Form) -> Reply {
    let now = lab.now();
    let token = form.get("refresh_token");
    if token.trim().is_empty() {
        return Err(invalid("Missing or empty refresh_token parameter"));
    }
    let next = mint::opaque().map_err(|_| answer::broken())?;
    let rotate = |store: &mut Store| {
        let family = store.rotate(token, &next, now)?;
        Ok((family, store.number(now)))
    };
    let (family, number) = lab.shelf.write(rotate).map_err(|no| refusal(&no, ENDED))?;
    let rest = family.expires_at.duration_since(now).as_secs().max(0);
    give(lab, family.grant, number, next, rest).await
}

/// The answer to a grant.
async fn give(lab: &Arc<Lab>, grant: Grant, number: i128, refresh: String, rest: i64) -> Reply {
    let scope = grant.scopes.join(" ");
    let access = mint::access(lab, &grant, number, LIFETIME).await;
    let tokens = Tokens {
        access_token: access.map_err(|_| answer::broken())?,
        token_type: "Bearer".into(),
        expires_in: LIFETIME,
        refresh_token: refresh,
        refresh_expires_in: rest,
        scope,
        issued_token_type: ACCESS.into(),
    };
    Ok(answer::unkept(200, &tokens))
}
