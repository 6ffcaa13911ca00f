//! Resources that nothing else hangs on.
use super::{
    super::{
        client::{Filter, InterfaceFields, LockChange, LockOptions, Told},
        types::{EthernetInterface, NodeMap, PowerMap, Subscription, SubscriptionBody},
    },
    FRU, HARDWARE, IFACE, Inventory, NODEMAP, POWERMAP, RESERVATION, SCN, SERVEP, among, by_name,
    filter, typed, unsupported,
};
use crate::{
    fault::Fault,
    journal::{Records, Touch},
    services::many::{self, Fates},
};
use serde_json::Value;

/// Above so many names a list is fetched whole.
const NAMES_IN_URL: usize = 100;

impl Inventory {
    pub(super) async fn simple(&self, touch: &Touch) -> Result<Records, Fault> {
        let (ids, none) = (touch.ids.as_deref(), Filter::default());
        let smd = &self.0;
        Ok(match touch.resource.as_str() {
            IFACE => self.interfaces(ids).await?,
            NODEMAP => by_name(smd.maps::<NodeMap>(ids).await?, |map| map.id.clone()),
            POWERMAP => by_name(smd.maps::<PowerMap>(ids).await?, |map| map.id.clone()),
            HARDWARE => by_name(smd.hardware(ids, &none).await?, |place| place.id.clone()),
            FRU => {
                let mut units = smd.frus(&none).await?;
                let among = among(ids);
                units.retain(|unit| among(&unit.fruid));
                by_name(units, |unit| unit.fruid.clone())
            }
            RESERVATION => {
                let mut locks = smd.locks(ids, &none).await?;
                locks.retain(|lock| lock.reserved);
                let mut records = by_name(locks, |lock| lock.id.clone());
                for record in records.values_mut() {
                    *record = serde_json::json!({ "Reserved": true });
                }
                records
            }
            SCN => self.subscriptions(ids).await?,
            SERVEP => by_name(smd.service_endpoints(ids, &none).await?, |service| {
                format!("{} {}", service.redfish_endpoint_id, service.redfish_type)
            }),
            other => return Err(Fault::internal(format!("smd has no images of {other}"))),
        })
    }

    async fn interfaces(&self, ids: Option<&[String]>) -> Result<Records, Fault> {
        let narrow = match ids {
            Some(ids) if ids.len() <= NAMES_IN_URL => filter("MACAddress", ids),
            _ => Filter::default(),
        };
        let mut found = self.0.interfaces(None, &narrow).await?;
        let among = among(ids);
        found.retain(|nic| among(&nic.id));
        let mut records = by_name(found, |nic| nic.id.clone());
        for record in records.values_mut() {
            if let Value::Object(fields) = record {
                fields.shift_remove("LastUpdate");
            }
        }
        Ok(records)
    }

    /// By who is told where: their numbers are given anew.
    async fn subscriptions(&self, ids: Option<&[String]>) -> Result<Records, Fault> {
        let mut records = by_name(self.0.subscriptions().await?, named);
        let among = among(ids);
        records.retain(|id, _| among(id));
        for record in records.values_mut() {
            if let Value::Object(fields) = record {
                fields.shift_remove("ID");
            }
        }
        Ok(records)
    }

    pub(super) async fn put_simple(&self, resource: &str, records: &Records) -> Result<(), Fault> {
        match resource {
            IFACE => self.put_interfaces(records).await,
            NODEMAP => self.0.set_maps::<NodeMap>(typed(records)).await.map(drop),
            POWERMAP => self.0.set_maps::<PowerMap>(typed(records)).await.map(drop),
            HARDWARE => {
                let told: Vec<Told> = typed(records);
                self.0.set_hardware(told).await.map(drop)
            }
            // A unit comes with the place that holds it.
            FRU => Ok(()),
            SCN => self.put_subscriptions(records).await,
            RESERVATION => Err(unsupported("a new reservation has other keys")),
            _ => Err(unsupported("only BMCs tell SMD of their services")
                .hint("smd.discovery.start asks them again")),
        }
    }

    async fn put_interfaces(&self, records: &Records) -> Result<(), Fault> {
        let nics: Vec<EthernetInterface> = typed(records);
        let macs: Vec<String> = nics.iter().map(|nic| nic.id.clone()).collect();
        let done = many::each(nics, |nic| {
            let smd = self.0.clone();
            async move {
                let fields = InterfaceFields::of(&nic);
                smd.set_interface(&nic.mac_address, fields).await
            }
        })
        .await;
        let mut fates = Fates::default();
        for (mac, result) in macs.into_iter().zip(done) {
            fates.add(mac, result);
        }
        fates.settle("put back").map(drop)
    }

    async fn put_subscriptions(&self, records: &Records) -> Result<(), Fault> {
        let now = self.0.subscriptions().await?;
        for wanted in typed::<Subscription>(records) {
            let known = now.iter().find(|other| named(other) == named(&wanted));
            let body = SubscriptionBody {
                op: None,
                subscriber: Some(wanted.subscriber),
                enabled: wanted.enabled,
                roles: Some(wanted.roles),
                sub_roles: Some(wanted.sub_roles),
                software_status: Some(wanted.software_status),
                states: Some(wanted.states),
                url: Some(wanted.url),
            };
            match known {
                Some(known) => self.0.set_subscription(known.id, body).await?,
                None => self.0.add_subscription(body).await?,
            };
        }
        Ok(())
    }

    pub(super) async fn take_simple(&self, resource: &str, ids: Vec<String>) -> Result<(), Fault> {
        match resource {
            IFACE => self.0.delete_interfaces(ids).await.map(drop),
            NODEMAP => self.0.delete_maps::<NodeMap>(ids).await.map(drop),
            POWERMAP => self.0.delete_maps::<PowerMap>(ids).await.map(drop),
            HARDWARE => self.0.delete_hardware(ids).await.map(drop),
            FRU => self.0.delete_frus(ids).await.map(drop),
            RESERVATION => {
                let (change, options) = (LockChange::Remove, LockOptions::default());
                self.0.change_locks(change, ids, options).await.map(drop)
            }
            SCN => {
                let now = self.0.subscriptions().await?.into_iter();
                let gone = now.filter(|it| ids.contains(&named(it))).map(|it| it.id);
                self.0.delete_subscriptions(gone.collect()).await.map(drop)
            }
            _ => Err(unsupported("only BMCs tell SMD of their services")),
        }
    }
}

fn named(subscription: &Subscription) -> String {
    format!("{} {}", subscription.subscriber, subscription.url)
}
