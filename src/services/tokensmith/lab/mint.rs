//! Tokens as tokensmith makes them: opaque ones by chance, access tokens with its claims and its key.
use super::{Lab, settings};
use crate::{fault::Fault, services::tokensmith::store::Grant};
use base64::{Engine as _, prelude::BASE64_URL_SAFE};
use serde_json::{Map, Value, json};
use std::{fmt::Write as _, sync::Arc};

fn chance() -> Result<[u8; 32], Fault> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Fault::internal("no chance to be had"))?;
    Ok(bytes)
}

/// 256 bits in hexadecimal: a bootstrap or a refresh token.
pub(super) fn opaque() -> Result<String, Fault> {
    let bytes = chance()?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// A signed access token; `number` tells it from all others.
pub(super) async fn access(
    lab: &Arc<Lab>,
    grant: &Grant,
    number: i128,
    lifetime: i64,
) -> Result<String, Fault> {
    let claims = claims(lab.now().as_second(), grant, number, lifetime)?;
    let signer = Arc::clone(&lab.signer);
    // The first token makes the key, and that takes a moment.
    let token = tokio::task::spawn_blocking(move || signer.sign(&claims)).await;
    token.map_err(|_| Fault::internal("the token's maker failed"))?
}

fn claims(
    now: i64,
    grant: &Grant,
    number: i128,
    lifetime: i64,
) -> Result<Map<String, Value>, Fault> {
    let subject = &grant.subject;
    let end = now.saturating_add(lifetime);
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("iss", settings::ISSUER.into());
    put("sub", subject.as_str().into());
    put("aud", json!([grant.audience]));
    put("exp", end.into());
    put("nbf", now.into());
    put("iat", now.into());
    put("jti", format!("st-{number}").into());
    put("nonce", BASE64_URL_SAFE.encode(chance()?).into());
    if !grant.scopes.is_empty() {
        put("scope", json!(grant.scopes));
    }
    put("auth_level", "IAL2".into());
    put("auth_factors", 2.into());
    put("auth_methods", json!(["bootstrap_exchange"]));
    let session = format!("bootstrap-exchange-{subject}-{number}");
    put("session_id", session.into());
    put("session_exp", end.into());
    put("auth_events", json!(["bootstrap_token_exchange"]));
    put("cluster_id", settings::CLUSTER.into());
    put("openchami_id", settings::OPENCHAMI.into());
    Ok(claims)
}
