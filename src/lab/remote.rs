//! The control API as its user sees it: `lab.*` and `chami lab …`, whoever owns the lab.
mod ear;
mod happened;
mod machines;

pub(crate) use ear::Ear;
pub use ear::Say;

use super::{
    Lab,
    diff::Difference,
    labs::Listed,
    page::{self, Shown},
    status::{Snapshot, Status, Time},
    token::Order,
};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    http::{Answer, Base, Http, Locate, Options, Request, Watch},
    secret,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// Drives a lab; cheap to clone, and starts the lab at its first call.
#[derive(Clone)]
pub struct Control {
    http: Http,
    ear: Ear,
}

/// A bootstrap token as it is ordered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootstrapOrder {
    /// The service that will use it.
    pub subject: String,
    /// The service it is for.
    pub audience: String,
    /// What tokens got with it may do: a text with commas or spaces, or a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Value>,
    /// How long it can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Value>,
    /// How long tokens got with it can be renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_ttl: Option<Value>,
}

/// Finds the control API in place of the cluster.
struct BackDoor(Lab);

impl Locate for BackDoor {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(self.0.back_door())
    }

    fn again<'a>(&'a self, stale: &'a Base) -> Pending<'a, Result<Option<Base>, Fault>> {
        Box::pin(async {
            self.0.again(stale).await?;
            self.0.back_door().await.map(Some)
        })
    }
}

impl Control {
    pub fn new(lab: Lab) -> Self {
        Self::watched(lab, Watch::default())
    }

    /// The same, with its exchanges told to those who watch the session.
    pub fn watched(lab: Lab, watch: Watch) -> Self {
        let options = Options {
            watch,
            ..Options::default()
        };
        let ear = lab.ear().clone();
        let http = Http::new(Arc::new(BackDoor(lab)), options);
        Self { http, ear }
    }

    /// One that answers over this `http`: a tape on which `lab.*` was recorded.
    pub fn over(http: Http) -> Self {
        let ear = Ear::default();
        Self { http, ear }
    }

    async fn send<T: DeserializeOwned>(&self, request: Request) -> Result<T, Fault> {
        let answer = request.raw().await?;
        Self::checked(&answer)?.json()
    }

    /// A success; else what the lab said.
    fn checked(answer: &Answer) -> Result<&Answer, Fault> {
        if answer.is_success() {
            return Ok(answer);
        }
        let mut fault = answer.fault().service("lab");
        if answer.status == 400 {
            fault.kind = Kind::BadArgument;
        }
        let Ok(mut problem) = answer.json::<Value>() else {
            return Err(fault);
        };
        // The lab knows better than HTTP what to do next.
        if let Some(hint) = problem.get("hint").and_then(Value::as_str) {
            fault.hint = Some(hint.to_owned());
        }
        let items = problem.get_mut("items").map(Value::take);
        if let Some(items) = items.and_then(|it| serde_json::from_value(it).ok()) {
            (fault.kind, fault.items) = (Kind::Partial, items);
        }
        Err(fault)
    }

    fn get(&self, path: &str) -> Request {
        self.http.url("GET", &format!("/lab/v1/{path}"))
    }

    fn post(&self, path: &str, body: &Value) -> Request {
        self.http.url("POST", &format!("/lab/v1/{path}")).json(body)
    }

    /// The address of the page that shows the machines, with the key it needs to look.
    pub async fn page(&self) -> Result<String, Fault> {
        let base = self.http.base().await?;
        let url = base.url.trim_end_matches('/');
        let key = base.token.as_deref().map(page::key);
        if let Some(key) = &key {
            secret::register(key);
        }
        let key = key.map(|key| format!("#{key}"));
        Ok(format!("{url}{}{}", page::PATH, key.unwrap_or_default()))
    }

    /// Has the page show how an exercise stands.
    pub async fn show(&self, shown: &Shown) -> Result<Shown, Fault> {
        let shown = serde_json::to_value(shown).unwrap_or_default();
        self.send(self.post("course", &shown).reads()).await
    }

    pub async fn status(&self) -> Result<Status, Fault> {
        self.send(self.get("status")).await
    }

    pub async fn reset(&self, state: Option<&str>) -> Result<Status, Fault> {
        let body = json!({ "state": state.unwrap_or("empty") });
        self.send(self.post("reset", &body)).await
    }

    pub async fn snapshot(&self, name: &str) -> Result<Snapshot, Fault> {
        let body = json!({ "name": name });
        self.send(self.post("snapshot", &body)).await
    }

    pub async fn snapshots(&self) -> Result<Vec<Snapshot>, Fault> {
        self.send(self.get("snapshots")).await
    }

    pub async fn discard(&self, name: &str) -> Result<Snapshot, Fault> {
        // Here as well as there: in a path it would lead elsewhere.
        super::dirs::plain_name("snapshot", name)?;
        let path = format!("/lab/v1/snapshots/{name}");
        self.send(self.http.url("DELETE", &path)).await
    }

    pub async fn fork(&self, name: &str) -> Result<Listed, Fault> {
        let body = json!({ "name": name });
        self.send(self.post("fork", &body)).await
    }

    pub async fn restore(&self, name: &str) -> Result<Status, Fault> {
        let body = json!({ "name": name });
        self.send(self.post("restore", &body)).await
    }

    pub async fn diff(&self, name: Option<&str>) -> Result<Vec<Difference>, Fault> {
        let body = json!({ "name": name });
        self.send(self.post("diff", &body)).await
    }

    pub async fn clock(&self) -> Result<Time, Fault> {
        self.send(self.get("clock")).await
    }

    pub async fn advance(&self, span: Duration) -> Result<Time, Fault> {
        let body = json!({ "advance": span.as_secs_f64() });
        // What falls due may take its time; nobody knows how long.
        let request = self.post("clock", &body).timeout(Duration::from_secs(600));
        let time = self.send(request).await;
        self.catch_up().await;
        time
    }

    pub async fn token(&self, order: &Order) -> Result<String, Fault> {
        let body = serde_json::to_value(order)
            .map_err(|e| Fault::bad_argument(format!("no token can be ordered so: {e}")))?;
        self.made("token", &body).await
    }

    /// A one-time token, as tokensmith's own command makes it.
    pub async fn bootstrap_token(&self, order: &BootstrapOrder) -> Result<String, Fault> {
        self.made("bootstrap-token", &json!(order)).await
    }

    async fn made(&self, path: &str, order: &Value) -> Result<String, Fault> {
        let answer: Value = self.send(self.post(path, order)).await?;
        let token = answer.get("token").and_then(Value::as_str);
        let token = token.ok_or_else(|| Fault::internal("the lab answered without a token"))?;
        secret::register(token);
        Ok(token.to_owned())
    }
}
