//! Definitions: what is defined anew keeps its UUID, and what must be new has one of its own. Both are said to a libvirt
//! alone: on tapes, and to those who watch, a document is as it was asked for, for no two UUIDs are alike.
use super::At;
use crate::{
    fault::{Fault, Kind},
    services::libvirt::{
        types::{Call, NetInfo},
        xml::{self, domain::document, network},
    },
};
use serde_json::Value;
use uuid::Uuid;

impl At {
    /// Defines a network; what libvirt would take in silence and leave out is refused.
    pub async fn net_define(&self, xml: String) -> Result<NetInfo, Fault> {
        network::sound(&document(&xml, "network")?)?;
        self.ask(Call::NetDefine { xml }).await
    }
}

/// The same definition with the UUID of what it replaces, for a libvirt that is not a lab's: it goes by the UUID, and makes
/// one where none is said, for another thing of the same name, which cannot be. `ask` tells how that is. What is to replace
/// nothing gets a UUID that nothing has, so that libvirt itself refuses it where somebody else was first.
pub(super) async fn identified<F>(call: Call, ask: impl FnOnce(Call) -> F) -> Result<Call, Fault>
where
    F: Future<Output = Result<Value, Fault>>,
{
    let (Call::Define { xml, .. } | Call::NetDefine { xml } | Call::PoolDefine { xml }) = &call
    else {
        return Ok(call);
    };
    // What is wrong with a document libvirt says itself.
    let Ok(mut root) = xml::parse(xml) else {
        return Ok(call);
    };
    let (uuid, name) = (root.text_at("uuid"), root.text_at("name"));
    let (None, Some(name)) = (uuid, name) else {
        return Ok(call);
    };
    if let Call::Define { new: true, .. } = call {
        let uuid = Uuid::new_v4().to_string();
        root.child("uuid").set_text(&uuid);
        let (xml, new) = (xml::write(&root), false);
        return Ok(Call::Define { xml, new });
    }
    let there = ask(match call {
        Call::Define { .. } => Call::Dominfo { domain: name },
        Call::NetDefine { .. } => Call::NetInfo { network: name },
        _ => Call::PoolInfo { pool: name },
    });
    match there.await {
        Ok(there) => root
            .child("uuid")
            .set_text(there["uuid"].as_str().unwrap_or_default()),
        // Not every driver knows of all sorts.
        Err(fault) if matches!(fault.kind, Kind::NotFound | Kind::Unsupported) => return Ok(call),
        Err(fault) => return Err(fault),
    }
    let xml = xml::write(&root);
    Ok(match call {
        Call::Define { new, .. } => Call::Define { xml, new },
        Call::NetDefine { .. } => Call::NetDefine { xml },
        _ => Call::PoolDefine { xml },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::future::ready;

    fn define(inside: &str) -> Call {
        Call::NetDefine {
            xml: format!("<network><name>n</name>{inside}</network>"),
        }
    }

    #[tokio::test]
    async fn what_is_there_gives_its_uuid() {
        let there = |asked: Call| {
            assert_eq!(asked.command(), "net-info n");
            ready(Ok(json!({ "uuid": "u-1" })))
        };
        let call = identified(define(""), there).await.expect("asked");
        let Call::NetDefine { xml } = call else {
            panic!("another call")
        };
        assert!(xml.contains("<uuid>u-1</uuid>"), "{xml}");
        let none = |_| ready(Err(Fault::not_found("no such network")));
        let call = identified(define(""), none).await;
        assert_eq!(call, Ok(define("")), "a new one");
        let never = |_| -> std::future::Ready<Result<Value, Fault>> { panic!("it is said") };
        let said = "<uuid>u-2</uuid>";
        assert_eq!(identified(define(said), never).await, Ok(define(said)));
    }

    #[tokio::test]
    async fn what_must_be_new_has_a_uuid_of_its_own() {
        let never = |_| -> std::future::Ready<Result<Value, Fault>> { panic!("nobody is asked") };
        let new = || Call::Define {
            xml: "<domain><name>n</name></domain>".to_owned(),
            new: true,
        };
        assert_eq!(new().along(), "<domain><name>n</name></domain>", "on tapes");
        let mut seen = Vec::new();
        for _ in 0..2 {
            let Ok(Call::Define { xml, new: false }) = identified(new(), never).await else {
                panic!("another call")
            };
            let root = xml::parse(&xml).expect("a document");
            let uuid: Uuid = root.text_at("uuid").expect("one").parse().expect("a UUID");
            seen.push(uuid);
        }
        assert_ne!(seen[0], seen[1]);
    }
}
