//! A request that is not sent, because the session only plans.
use super::{Place, Request};
use crate::{
    call::{Plan, Planned},
    fault::Fault,
    http::{Answer, Base, blame},
};

impl Request {
    /// Notes the request in place of sending it.
    pub(super) async fn planned(&self, plan: &Plan) -> Result<Answer, Fault> {
        let place = self.place.clone()?;
        let path = match &place {
            Place::Gateway(path) => {
                let query = self.target(&place, &self.http.base().await?)?;
                query
                    .query()
                    .map_or_else(|| path.clone(), |query| format!("{path}?{query}"))
            }
            Place::Service(_) | Place::Anywhere(_) => {
                blame::shown(&self.target(&place, &Base::default())?)
            }
        };
        let payload = self.body.as_deref().map(|body| {
            serde_json::from_slice(body)
                .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned().into())
        });
        plan.add(Planned {
            method: self.method.clone(),
            path,
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
