//! One request as others see it: told to those who watch, or answered from a tape.
use super::{Place, Request, place::same_origin};
use crate::{
    fault::Fault,
    http::{
        Answer, Base, blame,
        watch::{Body, Exchange, Outcome, Play, Sight},
    },
    secret::HIDDEN,
};
use jiff::Timestamp;
use reqwest::Url;
use std::{sync::atomic::Ordering, time::Duration};

/// How often a request is sent, and whether anybody is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sending {
    Usual,
    /// Once, whatever becomes of it.
    Single,
    /// Once, and told to nobody.
    Aside,
}

/// Whether a request is one of those that are told, or the way of something that is told by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    Told,
    Untold,
}

impl Request {
    /// Says that nobody asked for this: no watcher is told, it is tried but once, and no token is renewed for it.
    pub fn aside(mut self) -> Self {
        self.sending = Sending::Aside;
        self
    }

    /// Says that what this is the way of is told by itself.
    pub fn untold(mut self) -> Self {
        self.telling = Telling::Untold;
        self
    }

    fn is_told(&self) -> bool {
        self.telling == Telling::Told && self.sending != Sending::Aside
    }

    /// One request, one answer; told to those who watch.
    pub(super) async fn ask(
        &self,
        place: &Place,
        base: &Base,
        url: Url,
    ) -> Result<Answer, blame::Lost> {
        let watch = &self.http.shared.options.watch;
        let Some(depth) = watch.depth().filter(|_| self.is_told()) else {
            return self.fetch(place, base, url).await;
        };
        let sight = Sight::new(watch, depth, self.seen(place, base, &url, depth));
        let out = self.fetch(place, base, url).await;
        sight.end(&out);
        out
    }

    /// What a watcher sees of this request before its answer.
    fn seen(&self, place: &Place, base: &Base, url: &Url, depth: usize) -> Exchange {
        let mut headers = self.headers.clone();
        if base.token.is_some() && self.takes_token(place, base, url) {
            headers.insert(0, ("authorization".to_owned(), HIDDEN.to_owned()));
        }
        Exchange {
            at: Timestamp::now(),
            call: None,
            service: self.service,
            method: self.method.clone(),
            url: url.to_string(),
            base: base.url.clone(),
            variable: base.variable.clone(),
            place: spot(place, base, url),
            headers,
            body: Body::cut(self.body.as_deref().unwrap_or_default(), depth),
            outcome: Outcome::Abandoned,
            took: Duration::ZERO,
            attempt: self.attempts.load(Ordering::Relaxed),
        }
    }

    /// The answer that stands on a tape.
    pub(super) async fn played(
        &self,
        play: &dyn Play,
        place: &Place,
        base: &Base,
        url: &Url,
    ) -> Result<Answer, blame::Lost> {
        let spot = spot(place, base, url);
        let body = self.body.as_deref().unwrap_or_default();
        match play.answer(&self.method, &spot, body).await {
            Outcome::Answer {
                status,
                headers,
                body,
            } => Ok(Answer {
                status,
                headers,
                body: body.bytes,
                line: format!("{} {}", self.method, blame::shown(url)),
                service: self.service.map(str::to_owned),
                denied: None,
            }),
            Outcome::Fault { fault, loss } => Err(blame::Lost::again(fault, loss)),
            Outcome::Abandoned => Err(Fault::internal("a tape gave no answer").into()),
        }
    }
}

/// Where a request goes, as it can be said of any gateway: path and query there, a whole URL elsewhere.
fn spot(place: &Place, base: &Base, url: &Url) -> String {
    let path = &url[url::Position::BeforePath..];
    match place {
        Place::Gateway(_) => path.to_owned(),
        Place::Simulated { url, .. } => url.clone(),
        _ if same_origin(url, &base.url) => path.to_owned(),
        _ => url.to_string(),
    }
}
