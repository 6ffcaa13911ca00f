//! Why a door stayed shut, as far as the answer's words and the token itself tell, and what to type next.
use super::{Answer, Base, skew};
use crate::jwt::{Jwt, Untimely, span};
use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;

/// What went along to be let in.
pub(super) struct Sent<'a> {
    pub(super) base: &'a Base,
    /// The header that the caller gave in place of the session's token.
    pub(super) header: Option<&'a str>,
    /// The session's token was wanted: it went to its own gateway.
    pub(super) ours: bool,
    /// The session's token came from a login, and goes before any variable.
    pub(super) logged_in: bool,
}

impl Sent<'_> {
    fn token(&self) -> Option<&str> {
        match self.header {
            Some(header) => header.split_once(' ').map(|(_, token)| token.trim()),
            None => self.base.token.as_deref().filter(|_| self.ours),
        }
    }

    /// How the next token gets in.
    fn anew(&self) -> String {
        if self.header.is_some() {
            return "give a good one in the Authorization header".to_owned();
        }
        if self.logged_in {
            return "auth.login(BOOTSTRAP) gets another one".to_owned();
        }
        match &self.base.variable {
            Some(name) => format!("get a new one into {name}, or give one with -t TOKEN"),
            None if self.base.is_lab() => "leave -t out: a lab's session mints its own".to_owned(),
            None => "give a new one with -t TOKEN".to_owned(),
        }
    }

    /// Where a token is looked for.
    fn nowhere(&self) -> String {
        match &self.base.variable {
            _ if !self.ours => {
                "no token went there: the session's goes to its own gateway only".to_owned()
            }
            Some(name) => {
                format!("no token was sent: set {name}, or give one with -t TOKEN")
            }
            None if self.base.is_lab() => {
                "no token was sent: leave --no-token out, and the session mints its own".to_owned()
            }
            None => "no token was sent: give one with -t TOKEN; a cluster of the configuration \
                     (config.cluster.set) has a variable for it"
                .to_owned(),
        }
    }
}

/// The gateway's own time.
pub(super) fn date(answer: &Answer) -> Option<Timestamp> {
    let date = answer.header("date")?;
    rfc2822::DateTimeParser::new().parse_timestamp(date).ok()
}

/// The hint for a 401 or a 403.
pub(super) fn hint(answer: &Answer, sent: &Sent) -> String {
    let Some(token) = sent.token().filter(|token| !token.is_empty()) else {
        return sent.nowhere();
    };
    if answer.status == 403 {
        return "the token is good, but its owner may not do this: auth.claims() shows whose it is"
            .to_owned();
    }
    let jwt = Jwt::read(token);
    // A lab has a time of its own.
    if !sent.base.is_lab()
        && let Some(apart) = apart(answer, jwt.as_ref())
    {
        return apart;
    }
    let Some(jwt) = jwt else {
        let text =
            "what was sent is no token: one is three dotted words, two of which begin with eyJ";
        return format!("{text}; {}", sent.anew());
    };
    let more = match sent.header {
        Some(_) => "auth.explain(TOKEN) tells more",
        None => "auth.explain() tells more",
    };
    let now = date(answer).unwrap_or_else(Timestamp::now);
    let text = match jwt.untimely(now) {
        Some(Untimely::Ended(ago)) => format!("it ended {} ago: {}", span(ago), sent.anew()),
        Some(Untimely::Early(name, wait)) => format!(
            "it begins in {} only ({name}); is the gateway's clock behind?",
            span(wait)
        ),
        None => timely(answer, &jwt, &sent.anew()),
    };
    let between = if text.ends_with('?') { "" } else { ";" };
    format!("{text}{between} {more}")
}

/// Where the time of a token is right by our clock and wrong by the gateway's, it is the clocks that differ.
fn apart(answer: &Answer, jwt: Option<&Jwt>) -> Option<String> {
    let theirs = date(answer)?;
    let by_the_clocks = match jwt {
        Some(jwt) => jwt.untimely(theirs).is_some() && jwt.untimely(Timestamp::now()).is_none(),
        None => ["expired", "nbf", "iat"]
            .iter()
            .any(|word| answer.text().contains(word)),
    };
    skew::told(answer.header("date")?).filter(|_| by_the_clocks)
}

/// What may be wrong with a token whose time it is.
fn timely(answer: &Answer, jwt: &Jwt, anew: &str) -> String {
    let missing = jwt.missing();
    if !missing.is_empty() {
        return format!("it says nothing of {}: {anew}", missing.join(", "));
    }
    if jwt.words("sub").is_none_or(|sub| sub.trim().is_empty()) {
        return format!("its sub is empty: nobody's token; {anew}");
    }
    let alg = jwt.alg();
    if !["RS", "PS", "ES"].iter().any(|good| alg.starts_with(good)) {
        return format!("its algorithm is {alg}, which proves nothing: {anew}");
    }
    if jwt.kid().is_none() {
        return format!("its head names no key (kid): {anew}");
    }
    let issuer = jwt.words("iss").unwrap_or_default();
    if answer.text().contains("invalid token") {
        let audience = jwt.words("aud").unwrap_or_default();
        return format!(
            "it is from {issuer} for {audience}: does this cluster take such ones? {anew}"
        );
    }
    format!("signed with a key this cluster does not know, or altered (issuer {issuer}): {anew}")
}

/// A refusal by policy, in a sentence: who may not do what.
pub(super) fn policy(document: &Value) -> Option<String> {
    (document.get("schema_version")? == "authz.deny.v1").then_some(())?;
    let word = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    let who = word("/principal/id").filter(|who| !who.is_empty());
    let (what, object) = (word("/input/action")?, word("/input/object")?);
    let reason = word("/reason").unwrap_or("denied");
    let who = who.unwrap_or("the token's owner");
    Some(format!("{who} may not {what} {object} ({reason})"))
}
