//! One request: built piece by piece, sent once, and again only where that cannot do anything twice.
mod events;
mod place;
mod planned;
mod seen;

pub use events::{Event, Events};
pub(super) use place::{Place, below};

use place::is_home;

use super::{Answer, Base, Http, awaited::awaited, blame, body, denied, retry, skew, wire};
use crate::{
    call,
    fault::{Fault, Kind},
    secret,
};
use reqwest::{Method, Url};
use seen::{Sending, Telling};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// So many redirects in a row are no accident.
const REDIRECTS: usize = 5;

/// A request under construction.
#[must_use]
pub struct Request {
    http: Http,
    service: Option<&'static str>,
    method: String,
    place: Result<Place, Fault>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    timeout: Option<Duration>,
    with_token: bool,
    attempts: AtomicU32,
    only_reads: bool,
    to_control: bool,
    telling: Telling,
    sending: Sending,
}

impl Request {
    pub(super) fn new(
        http: Http,
        service: Option<&'static str>,
        method: &str,
        place: Result<Place, Fault>,
    ) -> Self {
        Self {
            http,
            service,
            method: method.to_ascii_uppercase(),
            place,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            timeout: None,
            with_token: true,
            attempts: AtomicU32::new(0),
            only_reads: matches!(
                method.to_ascii_uppercase().as_str(),
                "GET" | "HEAD" | "OPTIONS"
            ),
            to_control: false,
            telling: Telling::Told,
            sending: Sending::Usual,
        }
    }

    /// Adds `?key=value` pairs; a key may stand several times.
    pub fn query<K: AsRef<str>, V: AsRef<str>>(mut self, pairs: &[(K, V)]) -> Self {
        for (key, value) in pairs {
            self.query
                .push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        }
        self
    }

    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body(bytes, "application/json"),
            Err(error) => {
                self.place = Err(Fault::bad_argument(format!("no JSON in this: {error}")));
                self
            }
        }
    }

    pub fn body(mut self, bytes: impl Into<Vec<u8>>, media_type: &str) -> Self {
        self.body = Some(bytes.into());
        self.header("content-type", media_type)
    }

    /// Wall time for this request, answer included, in place of the session's.
    pub fn timeout(mut self, span: Duration) -> Self {
        self.timeout = Some(span);
        self
    }

    /// Leaves the token out.
    pub fn open(mut self) -> Self {
        self.with_token = false;
        self
    }

    /// Goes to a lab's control API, with its secret in place of the token.
    pub fn control(mut self) -> Self {
        self.to_control = true;
        self.open()
    }

    /// Says that this changes nothing, though it be a POST.
    pub fn reads(mut self) -> Self {
        self.only_reads = true;
        self
    }

    /// Says that this is sent but once, whatever becomes of it: a second time it would be something else.
    pub fn single(mut self) -> Self {
        self.sending = Sending::Single;
        self
    }

    /// Sends, and decodes the JSON of a success.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Fault> {
        self.raw().await?.success()?.json()
    }

    /// Sends; of a success nothing more is wanted.
    pub async fn nothing(self) -> Result<(), Fault> {
        self.raw().await?.success().map(|_| ())
    }

    /// Sends, and gives whatever was answered, refusals included. In a plan what would change something is not sent, and
    /// answered with nothing.
    pub async fn raw(self) -> Result<Answer, Fault> {
        let call = call::current();
        let reads = self.only_reads || call.as_ref().is_some_and(|call| !call.writes);
        if self.http.shared.options.guarded
            && !reads
            && let Some(plan) = call.as_ref().and_then(|call| call.plan.as_ref())
        {
            return self.planned(plan).await;
        }
        let said = call.and_then(|call| call.patience.retries);
        let said = match self.sending {
            Sending::Usual => said.or(self.http.shared.options.retries),
            Sending::Single | Sending::Aside => Some(0),
        };
        let pauses = self.http.shared.options.play.is_none();
        retry::patiently(said, reads, pauses, || self.attempt()).await
    }

    /// Whether the gateway is at the very host that is asked.
    fn is_there(&self, base: &Base) -> bool {
        let host = |url: &str| Some(reqwest::Url::parse(url).ok()?.host_str()?.to_owned());
        let Ok(Place::Anywhere(url)) = &self.place else {
            return false;
        };
        host(url).is_some() && host(url) == host(&base.url)
    }

    /// One attempt, at wherever the gateway is now.
    async fn attempt(&self) -> Result<Answer, blame::Lost> {
        let place = self
            .place
            .clone()?
            .simulated(&self.http.shared.options.places);
        let locate = &self.http.shared.locate;
        let place = match place {
            Ok(place) => place,
            // The lab itself may really be there.
            Err(refused) if !self.is_there(&locate.base().await?) => return Err(refused.into()),
            Err(_) => self.place.clone()?,
        };
        let base = match &place {
            Place::Anywhere(_) => locate.at_hand().unwrap_or_default(),
            _ => locate.base().await?,
        };
        let base = self.http.armed(base);
        let lost = match self.once(&place, &base).await {
            Ok(answer) if self.is_worth_another(&answer, &place, &base).await? => {
                // It was refused at the door: nothing was done yet, whatever it was.
                let base = self.http.armed(base);
                return self.once(&place, &base).await;
            }
            Ok(answer) => return Ok(answer),
            Err(lost) => lost,
        };
        let harmless = lost.never_sent || (lost.broken && self.method == "GET");
        if harmless
            && matches!(place, Place::Gateway(_) | Place::Simulated { .. })
            && let Some(base) = locate.again(&base).await?
        {
            return self.once(&place, &self.http.armed(base)).await;
        }
        Err(lost)
    }

    /// Whether a token that had ended was replaced meanwhile.
    async fn is_worth_another(
        &self,
        answer: &Answer,
        place: &Place,
        base: &Base,
    ) -> Result<bool, Fault> {
        // A stranger's 401 says nothing of our token.
        if answer.status != 401
            || self.sending == Sending::Aside
            || !self.takes_token(place, base, &self.target(place, base)?)
        {
            return Ok(false);
        }
        self.http.renewed(answer, base.token.as_deref()).await
    }

    /// What the caller says to be let in with, instead of the session's token.
    fn authorization(&self) -> Option<&str> {
        let own = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("authorization");
        self.headers
            .iter()
            .find(own)
            .map(|(_, value)| value.as_str())
    }

    /// One attempt at one gateway.
    async fn once(&self, place: &Place, base: &Base) -> Result<Answer, blame::Lost> {
        let url = self.target(place, base)?;
        self.attempts.fetch_add(1, Ordering::Relaxed);
        let mut here = url.clone();
        for _ in 0..=REDIRECTS {
            let answer = self.ask(place, base, here.clone()).await?;
            match self.onward(&answer, &here) {
                Some(next) => here = next,
                None => return Ok(answer),
            }
        }
        Err(blame::in_circles(&url, &here, REDIRECTS, self.service).into())
    }

    /// Where a redirect leads that may be followed: a read, within one house. Elsewhere the token must not go, and a write
    /// would turn into a read on the way.
    fn onward(&self, answer: &Answer, from: &Url) -> Option<Url> {
        let moved = matches!(answer.status, 301 | 302 | 303 | 307 | 308);
        let next = from.join(answer.header("location")?).ok()?;
        (moved && self.method == "GET" && next.origin() == from.origin()).then_some(next)
    }

    async fn fetch(&self, place: &Place, base: &Base, url: Url) -> Result<Answer, blame::Lost> {
        if let Some(play) = &self.http.shared.options.play {
            return self.played(play.as_ref(), place, base, &url).await;
        }
        let line = self.line(&url);
        let asked = self.asked(&line, &url, base);
        let response = self.sent(place, &asked).await?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let body = body::read(response, &asked).await?;
        let mut answer = Answer {
            status,
            headers,
            body,
            line,
            service: self.service.map(str::to_owned),
            denied: None,
        };
        if matches!(status, 401 | 403) {
            let sent = denied::Sent {
                base,
                header: self.authorization(),
                ours: self.with_token && is_home(place, &url, base),
                logged_in: self.http.logged_in(),
            };
            answer.denied = Some(denied::hint(&answer, &sent));
        }
        Ok(answer)
    }

    /// The request in one line, for messages.
    fn line(&self, url: &Url) -> String {
        format!("{} {}", self.method, blame::shown(url))
    }

    fn asked<'a>(&self, line: &'a str, url: &'a Url, base: &'a Base) -> blame::Asked<'a> {
        blame::Asked {
            line,
            url,
            base,
            service: self.service,
            timeout: self.span(),
        }
    }

    /// Sends it; the answer's body is still on its way.
    async fn sent(
        &self,
        place: &Place,
        asked: &blame::Asked<'_>,
    ) -> Result<reqwest::Response, blame::Lost> {
        let (url, base) = (asked.url, asked.base);
        let wire = wire::wire(&self.http.shared, url, base)?;
        let request = self.build(&wire, place, base, url.clone())?;
        match awaited(asked.line, request.send()).await {
            Ok(response) => Ok(response),
            Err(error) => {
                let mut lost = asked.lost(&error);
                if lost.dated
                    && let Some(apart) = skew::ask(&self.http.shared, url, base).await
                {
                    lost.fault = lost.fault.hint(apart);
                }
                Err(lost)
            }
        }
    }

    fn span(&self) -> Duration {
        let said = call::current().and_then(|call| call.patience.timeout);
        let said = self.timeout.or(said);
        said.unwrap_or(self.http.shared.options.timeout)
    }

    /// The URL, query included.
    fn target(&self, place: &Place, base: &Base) -> Result<Url, Fault> {
        let text = match place {
            Place::Gateway(path) | Place::Simulated { path, .. } => {
                format!("{}{path}", base.url.trim_end_matches('/'))
            }
            Place::Service(url) | Place::Anywhere(url) => url.clone(),
        };
        let mut url = Url::parse(&text).map_err(|error| {
            let text = secret::hide(&text);
            Fault::bad_argument(format!("\"{text}\" is no URL: {error}"))
                .hint("a gateway's URL looks like https://demo.openchami.cluster:8443")
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            let text = secret::hide(&text);
            let message = format!("\"{text}\": only http and https are spoken here");
            return Err(Fault::bad_argument(message));
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    /// Whether the session's token goes along.
    fn takes_token(&self, place: &Place, base: &Base, url: &Url) -> bool {
        self.with_token && is_home(place, url, base) && self.authorization().is_none()
    }

    fn build(
        &self,
        wire: &reqwest::Client,
        place: &Place,
        base: &Base,
        url: Url,
    ) -> Result<reqwest::RequestBuilder, Fault> {
        let method = Method::from_bytes(self.method.as_bytes())
            .map_err(|_| Fault::bad_argument(format!("\"{}\" is no HTTP method", self.method)))?;
        let wanted = self.takes_token(place, base, &url);
        let mut request = wire.request(method, url).timeout(self.span());
        if let Some(token) = base.token.as_ref().filter(|_| wanted) {
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let message = "the token holds a character that no token has (a space, a newline?)";
                return Err(Fault::new(Kind::Unauthorized, message));
            }
            request = request.bearer_auth(token);
        }
        if let Some(secret) = base.control.as_ref().filter(|_| self.to_control) {
            secret::register(secret);
            request = request.header("x-lab-secret", secret);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        Ok(request)
    }
}
