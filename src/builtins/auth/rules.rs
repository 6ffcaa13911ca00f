//! The check that SMD and BSS do on a token, rule by rule, in their order and with their words.
//!
//! It is the check of a service with a JWKS URL set. Who issued a token, and for whom, must be said and may be anything.
use crate::jwt::{Jwt, Untimely, span};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::Jwk};
use serde::Serialize;
use serde_json::{Map, Value};

/// One rule, and how the token fares by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Rule {
    pub(super) check: &'static str,
    pub(super) ok: bool,
    pub(super) says: String,
}

/// What is judged, and what is known meanwhile.
pub(super) struct Case<'a> {
    pub(super) token: Option<&'a str>,
    /// It is the session's own.
    pub(super) ours: bool,
    pub(super) variable: Option<&'a str>,
    pub(super) lab: bool,
    pub(super) keys: &'a [Jwk],
    /// The time of this session, and of the gateway.
    pub(super) here: Timestamp,
    pub(super) there: Option<Timestamp>,
}

pub(super) struct Finding {
    pub(super) rules: Vec<Rule>,
    /// The services' words; none: they let it in.
    pub(super) answer: Option<&'static str>,
    pub(super) next: String,
}

/// Clocks may differ by so much without a word.
const SLACK: i64 = 30;

impl Finding {
    /// The first rule that does not hold; the clock is none of the services' rules.
    pub(super) fn broken(&self) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|rule| !rule.ok && rule.check != "clock")
    }

    /// The rules, then what the services answer, then what to do.
    pub(super) fn rows(self) -> Vec<Rule> {
        let ok = self.answer.is_none();
        let says = self.answer.map_or_else(
            || "SMD and BSS let it in".to_owned(),
            |words| format!("401 {words}"),
        );
        let mut rows = self.rules;
        rows.push(Rule {
            check: "answer",
            ok,
            says,
        });
        rows.push(Rule {
            check: "next",
            ok,
            says: self.next,
        });
        rows
    }
}

/// Goes through the rules until one does not hold.
pub(super) fn judge(case: &Case) -> Finding {
    let mut rules = Vec::new();
    let answer = walk(case, &mut rules).err();
    let clock = clock(case);
    let next = next(case, answer, clock.as_ref());
    rules.extend(clock);
    Finding {
        rules,
        answer,
        next,
    }
}

const NO: &str = "token is unauthorized";

/// The rules in order; `Err` is the services' answer.
fn walk(case: &Case, rules: &mut Vec<Rule>) -> Result<(), &'static str> {
    let mut hold = |check, ok: bool, says: String, answer| {
        rules.push(Rule { check, ok, says });
        ok.then_some(()).ok_or(answer)
    };
    let Some(token) = case.token else {
        return hold("present", false, place(case), "no token found");
    };
    hold("present", true, place(case), "")?;
    let Some(jwt) = Jwt::read(token) else {
        let says = "three dotted words were wanted, two of which begin with eyJ".to_owned();
        return hold("form", false, says, NO);
    };
    hold("form", true, "a JWT".to_owned(), "")?;
    let kid = jwt.kid();
    let says = kid.map_or_else(|| "its head names no key".to_owned(), short);
    hold("kid", kid.is_some(), says, NO)?;
    let key = case
        .keys
        .iter()
        .find(|key| key.common.key_id.as_deref() == kid);
    let Some(key) = key else {
        let says = format!(
            "none of the cluster's {} keys (JWKS) is it",
            case.keys.len()
        );
        return hold("key", false, says, NO);
    };
    hold("key", true, "the cluster's JWKS has it".to_owned(), "")?;
    let own = key.common.key_algorithm.map(|alg| alg.to_string());
    let own = own.unwrap_or_else(|| "unnamed".to_owned());
    let says = if own == jwt.alg() {
        own.clone()
    } else {
        format!("{}, and that key is for {own}", jwt.alg())
    };
    hold("algorithm", own == jwt.alg(), says, NO)?;
    let signed = is_signed(token, key, jwt.alg());
    let says = if signed {
        "by that key"
    } else {
        "not by that key, or altered since"
    };
    hold("signature", signed, says.to_owned(), NO)?;
    timely(&jwt, case, &mut hold)?;
    let missing = jwt.missing();
    let says = match missing[..] {
        [] => "sub, iss and aud are there".to_owned(),
        _ => format!("{} not there", missing.join(", ")),
    };
    hold("claims", missing.is_empty(), says, "missing required claim")?;
    let who = jwt.words("sub").unwrap_or_default();
    let says = format!("{who}, from {}", jwt.words("iss").unwrap_or_default());
    hold("subject", !who.trim().is_empty(), says, "invalid token")
}

/// `iat`, `exp` and `nbf`, those that are there.
fn timely(
    jwt: &Jwt,
    case: &Case,
    hold: &mut impl FnMut(&'static str, bool, String, &'static str) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    let now = case.there.unwrap_or(case.here);
    let wrong = jwt.untimely(now);
    let words = [
        ("iat", "issued", "token iat validation failed"),
        ("exp", "ends", "token is expired"),
        ("nbf", "good from", "token nbf validation failed"),
    ];
    for (name, verb, answer) in words {
        let at = jwt.time(name);
        let (ok, says) = match (wrong, at) {
            (Some(Untimely::Ended(ago)), Some(at)) if name == "exp" => {
                (false, format!("ended {} ago, at {at}", span(ago)))
            }
            (Some(Untimely::Early(claim, wait)), Some(at)) if name == claim => {
                (false, format!("{verb} in {}, at {at}", span(wait)))
            }
            (_, Some(at)) => (true, format!("{verb} {at}")),
            (_, None) => (true, "not said".to_owned()),
        };
        hold(name, ok, says, answer)?;
    }
    Ok(())
}

fn is_signed(token: &str, key: &Jwk, alg: &str) -> bool {
    let (Ok(alg), Ok(key)) = (alg.parse::<Algorithm>(), DecodingKey::from_jwk(key)) else {
        return false;
    };
    let mut rules = Validation::new(alg);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    decode::<Map<String, Value>>(token, &key, &rules).is_ok()
}

/// A key's name is long; its beginning tells it from others.
fn short(kid: &str) -> String {
    let start: String = kid.chars().take(12).collect();
    if start.len() < kid.len() {
        format!("{start}…")
    } else {
        start
    }
}

/// Where the token is from, or where one is looked for.
fn place(case: &Case) -> String {
    match (case.token, case.ours, case.variable) {
        (Some(_), false, _) => "the one given".to_owned(),
        (Some(_), true, _) => "the session's".to_owned(),
        (None, _, Some(name)) => format!("{name} is empty, and there is no -t"),
        (None, _, None) if case.lab => "the session was told to send none".to_owned(),
        (None, _, None) => "no -t, and the cluster is in no configuration".to_owned(),
    }
}

/// How far the gateway's clock is from ours.
fn clock(case: &Case) -> Option<Rule> {
    let ahead = case.there?.duration_since(case.here);
    let ok = ahead.as_secs().abs() <= SLACK;
    let way = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let says = if ok {
        "the gateway's clock is this one's".to_owned()
    } else {
        format!("the gateway's clock is {} {way} this one", span(ahead))
    };
    Some(Rule {
        check: "clock",
        ok,
        says,
    })
}

fn next(case: &Case, answer: Option<&str>, clock: Option<&Rule>) -> String {
    let anew = match case.variable {
        _ if !case.ours => "get another one".to_owned(),
        Some(name) => format!("get a new one into {name}, or give one with -t TOKEN"),
        None if case.lab => "start the session without -t and --no-token: it mints its own".into(),
        None => "give one with -t TOKEN, or auth.login(BOOTSTRAP)".to_owned(),
    };
    let skewed = clock.is_some_and(|rule| !rule.ok);
    match answer {
        None if skewed => "set the clocks right (chronyc tracking) before it matters".to_owned(),
        None => "a refusal all the same is a 403: its owner lacks the right".to_owned(),
        Some(words) if skewed && untimely(words) && !is_untimely_here(case) => {
            "set the clocks right (chronyc tracking, on both): by this one the token is good".into()
        }
        Some(_) => anew,
    }
}

fn untimely(words: &str) -> bool {
    ["expired", "iat", "nbf"]
        .iter()
        .any(|word| words.contains(word))
}

fn is_untimely_here(case: &Case) -> bool {
    let jwt = case.token.and_then(Jwt::read);
    jwt.is_some_and(|jwt| jwt.untimely(case.here).is_some())
}
