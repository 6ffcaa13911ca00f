//! HTTP of machines on the wire: what they fetch is told on their timelines, and how much of it went out.
use crate::lab::{
    house::House,
    machines::{Fetch, Machines, Part},
};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{ConnectInfo, Request, State},
    http::{Method, header},
    middleware::Next,
    response::Response,
};
use futures_util::stream::{Stream, StreamExt as _};
use std::{
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// Longer answers are not kept to be looked at.
const LONG: u64 = 1 << 20;

/// A request of a machine on the wire.
pub(in crate::lab) struct Asked {
    machines: Arc<Machines>,
    name: String,
    method: String,
    url: String,
}

impl Asked {
    /// None: nobody asks who is on the wire, or nothing that a boot is made of.
    pub(in crate::lab) fn of(
        machines: &Arc<Machines>,
        from: Option<IpAddr>,
        request: &Request,
    ) -> Option<Self> {
        let name = machines.on_wire(from?)?;
        let fetches = [Method::GET, Method::POST].contains(request.method());
        let host = request.headers().get(header::HOST);
        let host = host.and_then(|it| it.to_str().ok()).unwrap_or_default();
        fetches.then(|| Self {
            machines: Arc::clone(machines),
            name,
            method: request.method().to_string(),
            url: format!("http://{host}{}", request.uri()),
        })
    }

    /// Tells of the answer when it has gone out; what is short, before.
    pub(in crate::lab) async fn answered(self, answer: Response) -> Response {
        let (head, body) = answer.into_parts();
        let size = body.size_hint().upper();
        let said = head.headers.get(header::CONTENT_LENGTH);
        let said = said.and_then(|it| it.to_str().ok()?.parse().ok());
        let size = size.or(said);
        let part = head.headers.get(header::CONTENT_RANGE);
        let part = part.and_then(|it| Part::read(it.to_str().ok()?));
        let (machines, name, mut fetch) = self.fetch(head.status.as_u16());
        (fetch.size, fetch.part) = (size, part);
        if size.is_none_or(|size| size > LONG) {
            let counted = Counted {
                inner: Box::pin(body.into_data_stream()),
                fetch: Some((machines, name, fetch)),
            };
            return Response::from_parts(head, Body::from_stream(counted));
        }
        let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
            return Response::from_parts(head, Body::empty());
        };
        (fetch.sent, fetch.ended) = (body.len() as u64, true);
        fetch.size = Some(fetch.sent);
        fetch.text = String::from_utf8_lossy(&body).into_owned();
        machines.came_by_http(&name, fetch).await;
        Response::from_parts(head, Body::from(body))
    }

    fn fetch(self, status: u16) -> (Arc<Machines>, String, Fetch) {
        let fetch = Fetch {
            method: self.method,
            url: self.url,
            status,
            sent: 0,
            size: None,
            ended: false,
            part: None,
            text: String::new(),
        };
        (self.machines, self.name, fetch)
    }
}

/// A body whose bytes are counted as they go out.
struct Counted {
    inner: Pin<Box<dyn Stream<Item = Result<Bytes, axum::Error>> + Send>>,
    fetch: Option<(Arc<Machines>, String, Fetch)>,
}

impl Stream for Counted {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.inner.poll_next_unpin(context);
        if let Some((_, _, fetch)) = &mut self.fetch {
            match &next {
                Poll::Ready(Some(Ok(bytes))) => fetch.sent += bytes.len() as u64,
                Poll::Ready(None) => fetch.ended = true,
                _ => {}
            }
        }
        next
    }
}

/// All of it went out, or whoever asked has gone.
impl Drop for Counted {
    fn drop(&mut self) {
        let (Some((machines, name, fetch)), Ok(here)) =
            (self.fetch.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        here.spawn(async move { machines.came_by_http(&name, fetch).await });
    }
}

/// The artifact server's requests.
pub(super) async fn watched(
    State(house): State<Arc<House>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let asked = Asked::of(&house.machines, Some(from.ip()), &request);
    let answer = next.run(request).await;
    house.tidy();
    match asked {
        Some(asked) => asked.answered(answer).await,
        None => answer,
    }
}
