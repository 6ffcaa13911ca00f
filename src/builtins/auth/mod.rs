//! The session's token: what it says, whether it holds, why a door stays shut. No token is ever shown.
mod keys;
mod lasts;
mod rules;
#[cfg(test)]
mod tests;

pub use lasts::token_warning;

use super::{Builtin, Context};
use crate::{
    clock::Span,
    fault::{Fault, Kind},
    jwt::{Jwt, WANTED, moment},
    lua::Natives,
    secret::HIDDEN,
};
use jiff::Timestamp;
use rules::{Finding, Rule};
use serde_json::{Map, Value};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "auth",
    natives,
};

type Given = Option<String>;

fn natives(n: &mut Natives, context: &Context) {
    let at = context.clone();
    n.read("claims", move |(token,): (Given,)| {
        let at = at.clone();
        async move { claims(&at, token).await }
    });
    let at = context.clone();
    n.read("verify", move |(token,): (Given,)| {
        let at = at.clone();
        async move { verify(&at, token).await }
    });
    let at = context.clone();
    n.read("explain", move |(token,): (Given,)| {
        let at = at.clone();
        async move { Ok(found(&at, token).await?.rows()) }
    });
    let http = context.http.clone();
    n.sync("lasts", move |(Span(span),): (Span,)| {
        Ok(lasts::lasts(&http, Timestamp::now(), span))
    });
}

/// The token meant: the one given, or the session's.
async fn token(context: &Context, given: Given) -> Result<Option<String>, Fault> {
    let given = given.map(|token| token.trim().to_owned());
    match given.filter(|token| !token.is_empty()) {
        Some(token) => Ok(Some(token)),
        None => context.http.token().await,
    }
}

/// Claims that are moments.
const TIMES: &[&str] = &["exp", "nbf", "iat", "auth_time", "session_exp"];

/// What a token says, with its times as people read them.
async fn claims(context: &Context, given: Given) -> Result<Map<String, Value>, Fault> {
    let token = token(context, given).await?;
    if context.http.options().play.is_some() && token.as_deref().and_then(Jwt::read).is_none() {
        // A tape holds no token, only that there was one.
        let hidden = ["alg"].iter().chain(&WANTED);
        return Ok(hidden.map(|&it| (it.to_owned(), HIDDEN.into())).collect());
    }
    let Some(token) = token else {
        return Err(Fault::not_found("this session has no token")
            .hint("auth.explain() says where one is looked for"));
    };
    let jwt = Jwt::read(&token).ok_or_else(|| {
        Fault::bad_argument("this is no token (JWT)")
            .hint("a token is three dotted words of which the first two begin with eyJ")
    })?;
    let mut told = Map::new();
    told.insert("alg".into(), jwt.alg().into());
    told.extend(jwt.kid().map(|kid| ("kid".to_owned(), kid.into())));
    for (name, value) in jwt.claims() {
        let time = moment(value).filter(|_| TIMES.contains(&name.as_str()));
        let value = time.map_or_else(|| value.clone(), |time| time.to_string().into());
        told.insert(name.clone(), value);
    }
    if let Some(end) = jwt.time("exp") {
        let left = end.duration_since(context.clock.now()).as_secs();
        told.insert("seconds_left".into(), left.into());
    }
    Ok(told)
}

async fn found(context: &Context, given: Given) -> Result<Finding, Fault> {
    let ours = given.as_ref().is_none_or(|token| token.trim().is_empty());
    let token = token(context, given).await?;
    let base = context.http.base().await?;
    let keys = keys::fetch(&context.http).await?;
    Ok(rules::judge(&rules::Case {
        token: token.as_deref(),
        ours,
        variable: base.variable.as_deref(),
        lab: base.is_lab(),
        keys: &keys.keys,
        here: context.clock.now(),
        there: keys.date,
    }))
}

/// That all is well with it, or what is not.
async fn verify(context: &Context, given: Given) -> Result<Map<String, Value>, Fault> {
    let finding = found(context, given).await?;
    if let Some(broken) = finding.broken() {
        let message = format!("the token does not hold: {}: {}", broken.check, broken.says);
        return Err(Fault::new(Kind::Unauthorized, message).hint(&finding.next));
    }
    let held = |rule: &Rule| (rule.check.to_owned(), rule.ok.into());
    Ok(finding.rules.iter().map(held).collect())
}
