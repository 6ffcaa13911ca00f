//! A whole lab for recordings that need tokens: gateway, issuers and services on a port of their own.
use super::replay::{Control, Exchange, Got, Names, fill, fill_all};
use chami::{
    http::{Base, Http},
    lab::{self, BootstrapOrder, Dirs, Lab, Order},
};
use serde_json::Value;
use std::{path::Path, time::Duration};

pub(crate) struct Whole {
    control: lab::Control,
    /// Brings no token of its own.
    http: Http,
    _lab: Lab,
}

impl Whole {
    pub(crate) async fn new() -> Self {
        // Keys are made once and shared by all tests, as a user's labs share them; these publish one issuer's only, as
        // the recorded installation has.
        let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract");
        let lab = Lab::new(lab::Options {
            fresh: true,
            auth: Some(true),
            dirs: Some(Dirs {
                state,
                runtime: None,
            }),
            ..lab::Options::default()
        });
        let control = lab::Control::new(lab.clone());
        let url = control.status().await.expect("the lab starts").http;
        let http = Http::at(Base {
            url,
            ..Base::default()
        });
        Self {
            control,
            http,
            _lab: lab,
        }
    }

    pub(crate) async fn act(&self, control: &Control, names: &mut Names) {
        let rest = fill_all(&Value::Object(control.rest.clone()), names);
        let made = match control.action.as_str() {
            "mint-token" => {
                let order: Order = serde_json::from_value(rest).expect("an order");
                self.control.token(&order).await
            }
            "create-bootstrap-token" => {
                let order: BootstrapOrder = serde_json::from_value(rest).expect("an order");
                self.control.bootstrap_token(&order).await
            }
            "wait" | "refresh-cloud-init-smd-cache" => {
                let span = Duration::from_secs_f64(control.seconds.unwrap_or(60.0));
                self.control.advance(span).await.expect("time passes");
                return;
            }
            other => panic!("{other}: not an action this harness knows"),
        };
        let name = control.var.clone().expect("a name for the token");
        names.insert(name, made.expect("a token"));
    }

    pub(crate) async fn send(&self, exchange: &Exchange, names: &Names) -> Got {
        let recorded = &exchange.request;
        let mut request = self
            .http
            .url(&recorded.method, &fill(&recorded.path, names));
        let mut media = "application/json";
        for (name, value) in &recorded.headers {
            if name.eq_ignore_ascii_case("content-type") {
                media = value;
            } else {
                request = request.header(name, fill(value, names));
            }
        }
        if let Some(body) = exchange.body(names) {
            request = request.body(body, media);
        }
        let answer = request.raw().await.expect("the lab answers");
        Got {
            status: answer.status,
            headers: answer.headers.into_iter().collect(),
            body: answer.body,
        }
    }
}
