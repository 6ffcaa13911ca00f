//! Beside the token endpoint: health, keys, the identity provider, and those who come with a certificate.
use super::{
    Lab,
    answer::{self, Reply},
    door::is_local,
    settings,
};
use crate::services::tokensmith::types::{Health, Provider, ProviderAnswer, ProviderChange};
use axum::{
    body::Body,
    http::{HeaderMap, Response, header},
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn health() -> Response<Body> {
    let health = Health {
        cluster_id: settings::CLUSTER.into(),
        issuer: settings::ISSUER.into(),
        oidc_issuer: settings::PROVIDER.into(),
        openchami_id: settings::OPENCHAMI.into(),
        service: "tokensmith".into(),
        service_identity_ca_configured: false,
        status: "healthy".into(),
    };
    answer::json(200, &health)
}

/// The key its tokens are signed with.
pub(super) async fn keys(lab: &Arc<Lab>) -> Reply {
    let signer = Arc::clone(&lab.signer);
    let key = tokio::task::spawn_blocking(move || signer.public()).await;
    match key {
        Ok(Ok(key)) => Ok(answer::json(200, &json!({ "keys": [key] }))),
        _ => Err(answer::text(500, "Failed to get public key")),
    }
}

/// A token of the identity provider for one of tokensmith's; the lab's provider never answers.
pub(super) fn exchange(headers: &HeaderMap) -> Response<Body> {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok()).unwrap_or("");
    if given.is_empty() {
        return answer::text(401, "Missing authorization header");
    }
    let bearer = given.trim().split_once(' ').filter(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()
    });
    match bearer {
        None => answer::text(401, "Invalid authorization header format"),
        Some(_) => answer::text(401, "Token introspection failed"),
    }
}

fn local(headers: &HeaderMap) -> Result<(), Response<Body>> {
    let no = || answer::text(403, "OIDC admin endpoints are local-only");
    is_local(headers).then_some(()).ok_or_else(no)
}

pub(super) fn provider(headers: &HeaderMap) -> Reply {
    local(headers)?;
    let told = ProviderAnswer {
        status: "ok".into(),
        oidc: Provider {
            configured: true,
            issuer_url: settings::PROVIDER.into(),
            client_id: settings::CLIENT.into(),
            local_user_mint_enabled: true,
        },
    };
    Ok(answer::json(200, &told))
}

/// A provider is taken only when it answers, and in the lab none does.
pub(super) fn set_provider(headers: &HeaderMap, body: &[u8]) -> Reply {
    local(headers)?;
    let change = change(body).ok_or_else(|| answer::text(400, "invalid request body"))?;
    let issuer = change.issuer_url.trim();
    let refuse = |status, words: &str| Err(answer::text(status, words));
    if issuer.is_empty() {
        return refuse(400, "issuer_url is required");
    }
    if change.client_id.trim().is_empty() {
        return refuse(400, "client_id is required");
    }
    if !change.replace_existing {
        let words = "OIDC provider already configured; use --replace-existing to overwrite";
        return refuse(409, words);
    }
    let words = format!(
        "OIDC provider validation failed: failed to get provider metadata: \
         Get \"{issuer}/.well-known/openid-configuration\": the lab has no identity provider"
    );
    refuse(400, &words)
}

/// As Go reads it: the first document, names in any case, null as nothing, what is not known passed over.
fn change(body: &[u8]) -> Option<ProviderChange> {
    let mut documents = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    let members = match documents.next()?.ok()? {
        Value::Null => Map::new(),
        Value::Object(members) => members,
        _ => return None,
    };
    let known = ["issuer_url", "client_id", "replace_existing", "dry_run"];
    let mut kept = Map::new();
    for (name, value) in members {
        let name = name.to_lowercase();
        if known.contains(&name.as_str()) && !value.is_null() {
            kept.insert(name, value);
        }
    }
    serde_json::from_value(kept.into()).ok()
}

/// Services that come with a certificate: tokensmith knows no CA they could be of.
pub(super) fn no_certificates() -> Response<Body> {
    let words = "Service identity CA is not configured";
    answer::refused(503, "server_error", words)
}
