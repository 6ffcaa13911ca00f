//! A request that is not sent, because the session only plans.
use super::{Place, Request};
use crate::{
    call::{Plan, Planned},
    fault::Fault,
    http::{Answer, Base, blame},
    secret,
};
use reqwest::Url;
use url::Position;

impl Request {
    /// Notes the request in place of sending it.
    pub(super) async fn planned(&self, plan: &Plan) -> Result<Answer, Fault> {
        let place = self.place.clone()?;
        let path = match &place {
            Place::Gateway(_) => {
                let base = self.http.base().await?;
                let url = self.target(&place, &base)?;
                let whole = &url[Position::BeforePath..];
                let root =
                    Url::parse(&base.url).map_or(String::new(), |base| base.path().to_owned());
                let below = whole.strip_prefix(root.trim_end_matches('/'));
                below.unwrap_or(whole).to_owned()
            }
            Place::Service(_) | Place::Anywhere(_) | Place::Simulated { .. } => {
                blame::shown(&self.target(&place, &Base::default())?)
            }
        };
        let payload = self.body.as_deref().map(|body| {
            serde_json::from_slice(body)
                .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned().into())
        });
        plan.add(Planned {
            method: self.method.clone(),
            path: secret::hide(&path).into_owned(),
            payload,
        });
        Ok(Answer {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
            line: self.method.clone(),
            service: self.service.map(str::to_owned),
            denied: None,
        })
    }
}
