//! Tokens: making them, good and bad, and the check that SMD and BSS do on them.
//!
//! The check is the one of the legacy back end, in its words: a signature by the JWKS key the header names, with that
//! key's own algorithm; `iat`, `exp`, `nbf` if present; `sub`, `iss`, `aud` present. Their values are nobody's concern.
use super::{
    clock::LabClock,
    keys::{Issuer, Keys},
};
use crate::{clock::Clock, fault::Fault, services::site::Guard};
use axum::http::{HeaderMap, header};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// The issuer the lab's tokens name.
const ISSUER: &str = "https://demo.openchami.cluster";
/// How long a token is good when nothing else is said, in seconds.
pub(crate) const LIFETIME: f64 = 3600.0;

/// A token as it is ordered; everything has a default, so that one thing at a time can be made wrong.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Claims beside or instead of the usual ones.
    #[serde(default)]
    claims: Map<String, Value>,
    /// Whose key signs; by default the one that goes with `alg`.
    #[serde(default)]
    key: Option<Issuer>,
    /// What the header says the algorithm is; `none` leaves the signature out.
    #[serde(default)]
    alg: Option<String>,
    /// Claims to leave out, and `kid`.
    #[serde(default)]
    drop: Vec<String>,
    /// Seconds from now until the end; negative: it has ended.
    #[serde(default)]
    exp: Option<f64>,
    /// Who it is for: the `sub` claim.
    #[serde(default)]
    sub: Option<String>,
}

impl Order {
    /// A token for a shell of this lab's user.
    pub(crate) fn of_shell(lifetime: f64) -> Self {
        Self {
            exp: Some(lifetime),
            ..Self::default()
        }
    }
}

/// Signs what was ordered, valid from `now` on.
pub(crate) fn mint(keys: &Keys, clock: &LabClock, order: &Order) -> Result<String, Fault> {
    let claims = claims(clock, order);
    let name = order.alg.as_deref().unwrap_or("RS256");
    let issuer = order.key.unwrap_or(if name == "PS256" {
        Issuer::Tokensmith
    } else {
        Issuer::Hydra
    });
    let key = keys.get(issuer)?;
    let kid = (!order.drop.iter().any(|gone| gone == "kid")).then(|| key.kid.clone());
    if name == "none" {
        let header = json!({ "alg": "none", "kid": kid, "typ": "JWT" });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        return Ok(format!("{}.{}.", part(&header), part(&claims.into())));
    }
    let algorithm: Algorithm = name.parse().map_err(|_| {
        Fault::bad_argument(format!("no algorithm \"{name}\""))
            .hint("RS256, RS384, RS512, PS256, PS384, PS512, HS256 or none")
    })?;
    let mut header = Header::new(algorithm);
    header.kid = kid;
    // A shared secret that everybody knows, in place of a key: the classic forgery.
    let secret = EncodingKey::from_secret(key.kid.as_bytes());
    let signs = if name.starts_with("HS") {
        &secret
    } else {
        &key.signs
    };
    encode(&header, &claims, signs)
        .map_err(|e| Fault::bad_argument(format!("no token can be signed with {name}: {e}")))
}

fn claims(clock: &LabClock, order: &Order) -> Map<String, Value> {
    let now = clock.now().as_second();
    let end = order.exp.unwrap_or(LIFETIME);
    #[allow(clippy::cast_possible_truncation)] // a lifetime in whole seconds; `as` saturates
    let end = now.saturating_add(end as i64);
    let usual = json!({
        "iss": ISSUER,
        "sub": order.sub.as_deref().unwrap_or("operator@example"),
        "aud": ["smd", "bss", "cloud-init"],
        "iat": now.min(end),
        "nbf": now.min(end),
        "exp": end,
    });
    let mut claims = match usual {
        Value::Object(claims) => claims,
        _ => Map::new(),
    };
    for (name, value) in &order.claims {
        claims.insert(name.clone(), value.clone());
    }
    for name in &order.drop {
        claims.remove(name);
    }
    claims
}

/// Checks tokens as SMD does with a JWKS URL set.
pub(crate) struct Doorman {
    keys: Arc<Keys>,
    clock: Arc<LabClock>,
    /// The token of the lab's own services.
    inside: String,
    /// The last token whose signature was found good: a session sends the same one with each request.
    known: Mutex<Option<(String, Map<String, Value>)>>,
}

impl Guard for Doorman {
    fn check(&self, headers: &HeaderMap) -> Result<(), String> {
        let token = token_of(headers).ok_or("no token found")?;
        if token == self.inside {
            return Ok(());
        }
        let claims = self.claims(token).ok_or("token is unauthorized")?;
        self.in_time(&claims)?;
        if !["sub", "iss", "aud"]
            .iter()
            .all(|n| claims.contains_key(*n))
        {
            return Err("missing required claim".into());
        }
        match claims["sub"].as_str() {
            Some(sub) if !sub.trim().is_empty() => Ok(()),
            _ => Err("invalid token".into()),
        }
    }
}

impl Doorman {
    pub(crate) fn new(keys: Arc<Keys>, clock: Arc<LabClock>, inside: String) -> Self {
        Self {
            keys,
            clock,
            inside,
            known: Mutex::default(),
        }
    }

    /// The claims of a token that is signed as it should be.
    fn claims(&self, token: &str) -> Option<Map<String, Value>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, claims)) = &*known()
            && last == token
        {
            return Some(claims.clone());
        }
        let claims = self.verified(token)?;
        *known() = Some((token.to_owned(), claims.clone()));
        Some(claims)
    }

    /// The claims, if the signature is by the key named and of that key's algorithm.
    fn verified(&self, token: &str) -> Option<Map<String, Value>> {
        let header = decode_header(token).ok()?;
        let key = self.keys.find(header.kid.as_deref()?)?;
        let mut rules = Validation::new(key.algorithm);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        rules.validate_aud = false;
        let claims: Map<String, Value> = decode(token, &key.checks, &rules).ok()?.claims;
        let time = |name: &&str| claims.get(*name).is_none_or(|v| seconds(v).is_some());
        let text = |name: &&str| claims.get(*name).is_none_or(Value::is_string);
        let fits = ["iat", "exp", "nbf"].iter().all(time) && ["sub", "iss"].iter().all(text);
        fits.then_some(claims)
    }

    fn in_time(&self, claims: &Map<String, Value>) -> Result<(), String> {
        let now = self.clock.now().as_second();
        let at = |name: &str| {
            let at = claims.get(name).and_then(seconds)?;
            (at != 0).then_some(at)
        };
        if at("iat").is_some_and(|at| now < at) {
            return Err("token iat validation failed".into());
        }
        if at("exp").is_some_and(|at| now >= at) {
            return Err("token is expired".into());
        }
        if at("nbf").is_some_and(|at| now < at) {
            return Err("token nbf validation failed".into());
        }
        Ok(())
    }
}

/// A NumericDate; fractions count down.
fn seconds(value: &Value) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)] // whole seconds are meant; `as` saturates
    let whole = |text: f64| text.floor() as i64;
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(whole)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// From the header, scheme in any case, or the cookie `jwt`.
fn token_of(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| {
            let (scheme, token) = text.split_at_checked(7)?;
            (scheme.eq_ignore_ascii_case("bearer ") && !token.is_empty()).then_some(token)
        });
    bearer.or_else(|| {
        headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().strip_prefix("jwt="))
            .filter(|token| !token.is_empty())
    })
}
