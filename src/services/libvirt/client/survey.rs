//! All domains at once, as far as somebody who asks why nodes do not boot wants to know them.
use super::{At, Way, twin};
use crate::{
    fault::{Fault, Kind},
    services::libvirt::{
        types::{Call, Listed, Surveyed},
        xml::domain,
    },
};

impl At {
    /// Of a lab's machines those that are not as they were delivered; elsewhere all.
    pub async fn survey(&self) -> Result<Vec<Surveyed>, Fault> {
        if let Way::Twin = self.client.way(self.uri.as_deref()).await? {
            return twin::survey(&self.client.http).await;
        }
        let mut found = Vec::new();
        for (one, root) in self.documents().await? {
            found.push(domain::surveyed(one.name, one.state, &root));
        }
        Ok(found)
    }

    /// Each domain with its document, of one that runs as it runs.
    pub(super) async fn documents(
        &self,
    ) -> Result<Vec<(Listed, crate::services::libvirt::xml::Element)>, Fault> {
        let call = Call::List {
            all: true,
            inactive: false,
        };
        let listed: Vec<Listed> = self.ask(call).await?;
        let mut all = Vec::new();
        for one in listed {
            let call = Call::Dumpxml {
                domain: one.name.clone(),
                inactive: false,
            };
            let xml: String = match self.ask(call).await {
                // Somebody removed it meanwhile.
                Err(fault) if fault.kind == Kind::NotFound => continue,
                xml => xml?,
            };
            all.push((one, domain::document(&xml, "domain")?));
        }
        Ok(all)
    }
}
