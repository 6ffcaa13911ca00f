//! One request: built piece by piece, sent once, and again only where that cannot do anything twice.
use super::{Answer, Base, Http, blame, body, skew, wire};
use crate::fault::{Fault, Kind};
use reqwest::{Method, Url};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// So many redirects in a row are no accident.
const REDIRECTS: usize = 5;

/// Where a request goes.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A path of the gateway.
    Gateway(String),
    /// A service with an address of its own; it belongs to the cluster, so the cluster's token goes along.
    Service(String),
    /// Any URL; the token goes along only if it leads to the gateway.
    Anywhere(String),
}

/// The place `path` has below `root`, which is a path of the gateway or a URL.
pub(super) fn below(root: &str, path: &[&str]) -> Result<Place, Fault> {
    let mut text = root.trim_end_matches('/').to_owned();
    for piece in path {
        // An empty piece would turn "delete this one" into "delete all"; dots would climb to another collection.
        if piece.is_empty() || *piece == "." || *piece == ".." {
            let message = format!("\"{piece}\" cannot be a name in {root}/{}", path.join("/"));
            return Err(Fault::bad_argument(message));
        }
        text.push('/');
        encode(piece, &mut text);
    }
    if root.contains("://") {
        return Ok(Place::Service(text));
    }
    if !text.starts_with('/') {
        text.insert(0, '/');
    }
    Ok(Place::Gateway(text))
}

/// Percent-encodes all but the characters that RFC 3986 leaves to names, and the colon of addresses.
fn encode(piece: &str, text: &mut String) {
    use std::fmt::Write as _;
    for byte in piece.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            text.push(byte as char);
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

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

    /// Sends, and decodes the JSON of a success.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Fault> {
        self.raw().await?.success()?.json()
    }

    /// Sends; of a success nothing more is wanted.
    pub async fn nothing(self) -> Result<(), Fault> {
        self.raw().await?.success().map(|_| ())
    }

    /// Sends, and gives whatever was answered, refusals included.
    pub async fn raw(self) -> Result<Answer, Fault> {
        let place = self.place.clone()?;
        let locate = &self.http.shared.locate;
        let base = match &place {
            Place::Anywhere(_) => locate.at_hand().unwrap_or_default(),
            _ => locate.base().await?,
        };
        let lost = match self.once(&place, &base).await {
            Ok(answer) => return Ok(answer),
            Err(lost) => lost,
        };
        let harmless = lost.never_sent || (lost.broken && self.method == "GET");
        if harmless
            && matches!(place, Place::Gateway(_))
            && let Some(base) = locate.again(&base).await?
        {
            return self.once(&place, &base).await.map_err(|lost| lost.fault);
        }
        Err(lost.fault)
    }

    /// One attempt at one gateway.
    async fn once(&self, place: &Place, base: &Base) -> Result<Answer, blame::Lost> {
        let url = self.target(place, base)?;
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

    /// One request, one answer.
    async fn ask(&self, place: &Place, base: &Base, url: Url) -> Result<Answer, blame::Lost> {
        let line = format!("{} {}", self.method, blame::shown(&url));
        let wire = wire::wire(&self.http.shared, &url, base)?;
        let request = self.build(&wire, place, base, url.clone())?;
        let asked = blame::Asked {
            line: &line,
            url: &url,
            base,
            service: self.service,
            timeout: self.span(),
        };
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let mut lost = asked.lost(&error);
                if lost.dated
                    && let Some(apart) = skew::ask(&self.http.shared, &url, base).await
                {
                    lost.fault = lost.fault.hint(apart);
                }
                return Err(lost);
            }
        };
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
        Ok(Answer {
            status,
            headers,
            body,
            line,
            service: self.service.map(str::to_owned),
            variable: base.variable.clone(),
        })
    }

    fn span(&self) -> Duration {
        self.timeout.unwrap_or(self.http.shared.options.timeout)
    }

    /// The URL, query included.
    fn target(&self, place: &Place, base: &Base) -> Result<Url, Fault> {
        let text = match place {
            Place::Gateway(path) => format!("{}{path}", base.url.trim_end_matches('/')),
            Place::Service(url) | Place::Anywhere(url) => url.clone(),
        };
        let mut url = Url::parse(&text).map_err(|error| {
            Fault::bad_argument(format!("\"{text}\" is no URL: {error}"))
                .hint("a gateway's URL looks like https://demo.openchami.cluster:8443")
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("\"{text}\": only http and https are spoken here");
            return Err(Fault::bad_argument(message));
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
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
        let at_home = !matches!(place, Place::Anywhere(_)) || same_origin(&url, &base.url);
        let mut request = wire.request(method, url).timeout(self.span());
        let own = |(name, _): &(String, String)| name.eq_ignore_ascii_case("authorization");
        let wanted = self.with_token && at_home && !self.headers.iter().any(own);
        if let Some(token) = base.token.as_ref().filter(|_| wanted) {
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let message = "the token holds a character that no token has (a space, a newline?)";
                return Err(Fault::new(Kind::Unauthorized, message));
            }
            request = request.bearer_auth(token);
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

/// Whether `url` leads to the very gateway at `base`: scheme, host and port.
fn same_origin(url: &Url, base: &str) -> bool {
    Url::parse(base).is_ok_and(|base| base.origin() == url.origin())
}
