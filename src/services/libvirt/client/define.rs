//! Definitions: what is defined anew keeps its UUID.
use super::At;
use crate::{
    fault::{Fault, Kind},
    services::libvirt::{
        types::{Call, NetInfo},
        xml::{self, domain::document, network},
    },
};
use serde_json::Value;

impl At {
    /// Defines a network; what libvirt would take in silence and leave out is refused.
    pub async fn net_define(&self, xml: String) -> Result<NetInfo, Fault> {
        network::sound(&document(&xml, "network")?)?;
        self.ask(Call::NetDefine { xml }).await
    }
}

/// The same definition with the UUID of what it replaces, for a libvirt that is not a lab's: it goes by the UUID, and makes
/// one where none is said, for another thing of the same name, which cannot be. `ask` tells how that is.
pub(super) async fn replacing<F>(call: Call, ask: impl FnOnce(Call) -> F) -> Result<Call, Fault>
where
    F: Future<Output = Result<Value, Fault>>,
{
    let (Call::Define { xml } | Call::NetDefine { xml } | Call::PoolDefine { xml }) = &call else {
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
        Call::Define { .. } => Call::Define { xml },
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
        let call = replacing(define(""), there).await.expect("asked");
        let Call::NetDefine { xml } = call else {
            panic!("another call")
        };
        assert!(xml.contains("<uuid>u-1</uuid>"), "{xml}");
        let none = |_| ready(Err(Fault::not_found("no such network")));
        let call = replacing(define(""), none).await;
        assert_eq!(call, Ok(define("")), "a new one");
        let never = |_| -> std::future::Ready<Result<Value, Fault>> { panic!("it is said") };
        let said = "<uuid>u-2</uuid>";
        assert_eq!(replacing(define(said), never).await, Ok(define(said)));
    }
}
