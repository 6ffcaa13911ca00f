//! Definitions: what is replaced keeps its UUID.
use super::{At, Way};
use crate::{
    fault::{Fault, Kind},
    services::libvirt::{
        types::{Call, Dominfo, NetInfo, PoolInfo},
        xml::{self, Element, domain::document, network},
    },
};

impl At {
    /// Defines a domain, or replaces the definition of the one of that name.
    pub async fn define(&self, text: String) -> Result<Dominfo, Fault> {
        let mut root = document(&text, "domain")?;
        let domain = root.text_at("name").unwrap_or_default();
        let xml = match self.has_uuid(&root).await? {
            true => text,
            false => {
                let there = self.ask::<Dominfo>(Call::Dominfo { domain }).await;
                replacing(&mut root, text, there.map(|it| it.uuid))?
            }
        };
        self.ask(Call::Define { xml }).await
    }

    /// The same of a network; what libvirt would take in silence and leave out is refused.
    pub async fn net_define(&self, text: String) -> Result<NetInfo, Fault> {
        let mut root = document(&text, "network")?;
        network::sound(&root)?;
        let network = root.text_at("name").unwrap_or_default();
        let xml = match self.has_uuid(&root).await? {
            true => text,
            false => {
                let there = self.ask::<NetInfo>(Call::NetInfo { network }).await;
                replacing(&mut root, text, there.map(|it| it.uuid))?
            }
        };
        self.ask(Call::NetDefine { xml }).await
    }

    /// The same of a storage pool.
    pub async fn pool_define(&self, text: String) -> Result<PoolInfo, Fault> {
        let mut root = document(&text, "pool")?;
        let pool = root.text_at("name").unwrap_or_default();
        let xml = match self.has_uuid(&root).await? {
            true => text,
            false => {
                let there = self.ask::<PoolInfo>(Call::PoolInfo { pool }).await;
                replacing(&mut root, text, there.map(|it| it.uuid))?
            }
        };
        self.ask(Call::PoolDefine { xml }).await
    }

    /// Whether the document says which one it means. A lab knows that by the name; libvirt takes another UUID, and so one
    /// it would have to make, for another thing of the same name, which cannot be.
    async fn has_uuid(&self, root: &Element) -> Result<bool, Fault> {
        let named = root.at("uuid").is_some() || root.at("name").is_none();
        Ok(named || matches!(self.client.way(self.uri.as_deref()).await?, Way::Twin))
    }
}

/// The document, with the UUID of what it replaces.
fn replacing(
    root: &mut Element,
    text: String,
    there: Result<String, Fault>,
) -> Result<String, Fault> {
    match there {
        Ok(uuid) => {
            root.child("uuid").set_text(&uuid);
            Ok(xml::write(root))
        }
        // Not every driver knows of all sorts; what it says of the document itself counts.
        Err(fault) if matches!(fault.kind, Kind::NotFound | Kind::Unsupported) => Ok(text),
        Err(fault) => Err(fault),
    }
}
