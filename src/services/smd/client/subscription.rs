//! Subscriptions/SCN: who is told when components change.
//!
//! SMD's own PATCH adds words to lists, removes them, or replaces lists that are not empty; here an update without `Op`
//! changes what is given, whatever that is, by writing the whole.
use super::super::types::{Subscription, SubscriptionBody, SubscriptionList};
use super::{Client, fault, many, many::Fates};
use crate::fault::{Fault, Kind};

const PATH: &[&str] = &["Subscriptions", "SCN"];

impl Client {
    /// All subscriptions, by number.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, Fault> {
        let list: SubscriptionList = self.api.get(PATH).send().await?;
        let mut found = list.subscription_list.unwrap_or_default();
        found.sort_by_key(|subscription| subscription.id);
        Ok(found)
    }

    pub async fn subscription(&self, id: i64) -> Result<Subscription, Fault> {
        let request = self.api.get(&[PATH[0], PATH[1], &id.to_string()]);
        request.send().await.map_err(|f| unknown(id, f))
    }

    /// Subscribes; the same subscriber at the same URL is a conflict.
    pub async fn add_subscription(&self, body: SubscriptionBody) -> Result<Subscription, Fault> {
        let (subscriber, url) = (text(body.subscriber.as_ref()), text(body.url.as_ref()));
        let known = self.subscriptions().await?;
        let same = |s: &&Subscription| s.subscriber == subscriber && s.url == url;
        if let Some(known) = known.iter().find(same) {
            let message = format!("{subscriber} is subscribed at {url}, as {}", known.id);
            return Err(fault(Kind::Conflict, message).hint(format!(
                "smd.scn.update({}, {{ … }}) changes that",
                known.id
            )));
        }
        let new: Subscription = self
            .api
            .post(PATH)
            .json(&plain(body.clone()))
            .send()
            .await?;
        self.subscription_back(new.id, &body).await
    }

    /// Replaces a subscription by another.
    pub async fn set_subscription(
        &self,
        id: i64,
        body: SubscriptionBody,
    ) -> Result<Subscription, Fault> {
        let request = self.api.put(&[PATH[0], PATH[1], &id.to_string()]);
        let request = request.json(&plain(body.clone()));
        request.nothing().await.map_err(|f| unknown(id, f))?;
        self.subscription_back(id, &body).await
    }

    /// Changes what is given; with `Op` as SMD's PATCH does it.
    pub async fn update_subscription(
        &self,
        id: i64,
        body: SubscriptionBody,
    ) -> Result<Subscription, Fault> {
        let now = self.subscription(id).await?;
        if body.op.is_some() {
            let request = self.api.patch(&[PATH[0], PATH[1], &id.to_string()]);
            request
                .json(&body)
                .nothing()
                .await
                .map_err(|f| unknown(id, f))?;
            return self.subscription(id).await;
        }
        if body == SubscriptionBody::default() {
            return Err(Fault::bad_argument("nothing to change of the subscription")
                .hint(r#"{ States = { "Ready" } }"#));
        }
        let whole = SubscriptionBody {
            op: None,
            subscriber: body.subscriber.or(Some(now.subscriber)),
            enabled: body.enabled.or(now.enabled),
            roles: body.roles.or(Some(now.roles)),
            sub_roles: body.sub_roles.or(Some(now.sub_roles)),
            software_status: body.software_status.or(Some(now.software_status)),
            states: body.states.or(Some(now.states)),
            url: body.url.or(Some(now.url)),
        };
        self.set_subscription(id, whole).await
    }

    async fn subscription_back(
        &self,
        id: i64,
        wanted: &SubscriptionBody,
    ) -> Result<Subscription, Fault> {
        let now = self.subscription(id).await?;
        let list = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
        let as_wanted = now.subscriber == text(wanted.subscriber.as_ref())
            && now.url == text(wanted.url.as_ref())
            && now.enabled == wanted.enabled
            && now.roles == list(&wanted.roles)
            && now.sub_roles == list(&wanted.sub_roles)
            && now.software_status == list(&wanted.software_status)
            && now.states == list(&wanted.states);
        if as_wanted {
            return Ok(now);
        }
        let message = format!("SMD accepted subscription {id} and holds another");
        Err(fault(Kind::NoEffect, message))
    }

    /// Ends subscriptions; what went.
    pub async fn delete_subscriptions(&self, ids: Vec<i64>) -> Result<Vec<Subscription>, Fault> {
        let before = self.subscriptions().await?;
        let api = self.api.clone();
        let sent = many::each(ids.clone(), |id| {
            let request = api.delete(&[PATH[0], PATH[1], &id.to_string()]);
            async move { request.nothing().await.map_err(|f| unknown(id, f)) }
        })
        .await;
        let left = self.subscriptions().await?;
        let mut fates = Fates::default();
        for (id, result) in ids.into_iter().zip(sent) {
            let stays = left.iter().any(|subscription| subscription.id == id);
            let was = before.iter().find(|subscription| subscription.id == id);
            let gone = || unknown(id, fault(Kind::NotFound, ""));
            let result = result.and_then(|()| match was {
                _ if stays => {
                    let message = format!("SMD accepted the delete, and {id} is still there");
                    Err(fault(Kind::NoEffect, message))
                }
                Some(subscription) => Ok(subscription.clone()),
                None => Err(gone()),
            });
            fates.add(id.to_string(), result);
        }
        fates.settle("ended")
    }

    pub async fn delete_all_subscriptions(&self) -> Result<Vec<Subscription>, Fault> {
        let before = self.subscriptions().await?;
        if !before.is_empty() {
            self.api.delete(PATH).nothing().await?;
        }
        Ok(before)
    }
}

fn text(field: Option<&String>) -> &str {
    field.map_or("", String::as_str)
}

/// `Op` belongs into a PATCH alone.
fn plain(body: SubscriptionBody) -> SubscriptionBody {
    SubscriptionBody { op: None, ..body }
}

fn unknown(id: i64, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    let message = format!("no subscription {id}");
    Fault { message, ..f }.hint("smd.scn.list() shows them with their numbers")
}
