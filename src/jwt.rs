//! Tokens read and not checked: what a JWT says of itself, and what speaks against it at a moment. Knows no keys.
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

/// The claims that SMD and BSS want, whatever they say.
pub const WANTED: [&str; 3] = ["sub", "iss", "aud"];

/// A token taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Jwt {
    head: Map<String, Value>,
    claims: Map<String, Value>,
}

/// Why the time is not right for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untimely {
    /// It ended so long ago.
    Ended(SignedDuration),
    /// It begins, by this claim, so long from now.
    Early(&'static str, SignedDuration),
}

impl Jwt {
    /// None if it is no JWT: three dotted words, of which the first two are JSON objects.
    pub fn read(token: &str) -> Option<Self> {
        let mut words = token.split('.');
        let mut part = || {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(words.next()?).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        let (head, claims) = (part()?, part()?);
        words.next()?;
        words.next().is_none().then_some(Self { head, claims })
    }

    pub fn alg(&self) -> &str {
        let alg = self.head.get("alg").and_then(Value::as_str);
        alg.unwrap_or("none")
    }

    /// The name of the key it is signed with.
    pub fn kid(&self) -> Option<&str> {
        self.head.get("kid")?.as_str()
    }

    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// A claim that is a text, or a list of them.
    pub fn words(&self, name: &str) -> Option<String> {
        match self.claims.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(items) => {
                let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                Some(words.join(", "))
            }
            _ => None,
        }
    }

    /// A claim that is a moment.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        moment(self.claims.get(name)?)
    }

    /// Which of the wanted claims are not there.
    pub fn missing(&self) -> Vec<&'static str> {
        let gone = |name: &&str| !self.claims.contains_key(*name);
        WANTED.into_iter().filter(gone).collect()
    }

    /// What speaks against it at `now`, in the order in which the services look.
    pub fn untimely(&self, now: Timestamp) -> Option<Untimely> {
        let early = |name: &'static str| {
            let wait = self.time(name)?.duration_since(now);
            (wait.as_secs() > 0).then_some(Untimely::Early(name, wait))
        };
        let ended = || {
            let gone = now.duration_since(self.time("exp")?);
            (!gone.is_negative()).then_some(Untimely::Ended(gone))
        };
        early("iat").or_else(ended).or_else(|| early("nbf"))
    }
}

/// A NumericDate; 0 is as good as none.
pub fn moment(value: &Value) -> Option<Timestamp> {
    #[allow(clippy::cast_possible_truncation)] // a saturated one is out of range and None
    let whole = |seconds: f64| seconds.floor() as i64;
    let seconds = match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(whole))?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    (seconds != 0).then(|| Timestamp::from_second(seconds).ok())?
}

/// As people say it: `36 s`, `4 min`, `2 h 5 min`, `3 days`.
pub fn span(span: SignedDuration) -> String {
    let seconds = span.as_secs().abs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match (seconds, minutes % 60) {
        (..60, _) => format!("{seconds} s"),
        (60..3600, _) => format!("{minutes} min"),
        (3600..172_800, 0) => format!("{hours} h"),
        (3600..172_800, rest) => format!("{hours} h {rest} min"),
        _ => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn jwt(head: &Value, claims: &Value) -> Option<Jwt> {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        Jwt::read(&format!("{}.{}.c2ln", part(head), part(claims)))
    }

    fn claims(claims: &Value) -> Jwt {
        let read = jwt(&json!({ "alg": "PS256", "kid": "k" }), claims);
        read.expect("a token")
    }

    #[test]
    fn a_token_is_taken_apart_and_nothing_else_is_one() {
        let token = claims(&json!({ "sub": "s", "aud": ["a", "b"], "exp": 5 }));
        assert_eq!((token.alg(), token.kid()), ("PS256", Some("k")));
        assert_eq!(token.words("aud").as_deref(), Some("a, b"));
        assert_eq!(token.missing(), ["iss"]);
        assert_eq!(token.time("exp"), Timestamp::from_second(5).ok());
        for text in ["", "x", "a.b.c", "eyJ9.eyJ9.x", "e30.e30", "e30.e30.x.y"] {
            assert_eq!(Jwt::read(text), None, "{text}");
        }
        assert!(jwt(&json!([]), &json!({})).is_none());
        assert_eq!(Jwt::read("e30.e30.").expect("unsigned").alg(), "none");
    }

    #[test]
    fn what_speaks_against_it_is_found_in_the_services_order() {
        let now = Timestamp::from_second(1000).expect("a moment");
        let seconds = SignedDuration::from_secs;
        for (said, want) in [
            (json!({}), None),
            (json!({ "iat": 1000, "nbf": 1000, "exp": 1001 }), None),
            (json!({ "exp": 1000 }), Some(Untimely::Ended(seconds(0)))),
            (json!({ "exp": "940" }), Some(Untimely::Ended(seconds(60)))),
            (json!({ "exp": 0 }), None),
            (
                json!({ "nbf": 1001.5 }),
                Some(Untimely::Early("nbf", seconds(1))),
            ),
            (
                json!({ "nbf": 1010, "iat": 1020, "exp": 10 }),
                Some(Untimely::Early("iat", seconds(20))),
            ),
        ] {
            assert_eq!(claims(&said).untimely(now), want, "{said}");
        }
    }

    #[test]
    fn spans_are_told_as_people_do() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (-60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (7500, "2 h 5 min"),
            (172_799, "47 h 59 min"),
            (172_800, "2 days"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), text);
        }
    }
}
