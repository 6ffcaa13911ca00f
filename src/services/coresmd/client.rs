//! What is read from the target: SMD as coresmd reads it, and the lab's own server.
mod journal;

use super::{
    engine::Facts,
    explain::{self, Asked, Case, Explained},
    leases::{self, Held},
    store::{Lease, Leases},
    types::{LAB, Running, Version},
};
use crate::{
    fault::{Fault, Kind},
    http::{Api, Http},
};
use jiff::Timestamp;
use journal::LOG;
use std::{fs, net::Ipv4Addr, path::Path};

/// Where the head node keeps the configuration.
pub const CONFIG: &str = "/etc/openchami/configs/coredhcp.yaml";

#[derive(Clone)]
pub struct Client {
    http: Http,
    smd: Api,
    lab: Api,
}

impl Client {
    pub fn new(http: &Http) -> Self {
        Self {
            http: http.clone(),
            smd: http.service("smd", "/hsm/v2"),
            lab: http.service("dhcp", LAB),
        }
    }

    /// A tape holds what a lab's server said; files are no part of one.
    async fn on_lab(&self) -> Result<bool, Fault> {
        let tape = self.http.options().play.is_some();
        Ok(tape || self.http.base().await?.is_lab())
    }

    /// SMD's interfaces and components, as coresmd asks for them.
    pub async fn facts(&self) -> Result<Facts, Fault> {
        let interfaces = self
            .smd
            .get(&["Inventory", "EthernetInterfaces"])
            .raw()
            .await?
            .success()?;
        let components = self
            .smd
            .get(&["State", "Components"])
            .raw()
            .await?
            .success()?;
        let facts = Facts::read(interfaces.text().as_bytes(), components.text().as_bytes());
        facts.map_err(|error| {
            Fault::new(
                Kind::Protocol,
                format!("SMD's answer cannot be read: {error}"),
            )
        })
    }

    /// The interfaces of the head node: the lab's, or this machine's.
    pub async fn interfaces(&self) -> Result<Option<Vec<String>>, Fault> {
        if self.on_lab().await? {
            let server: Running = self.lab.get(&["server"]).send().await?;
            return Ok(Some(server.interfaces));
        }
        let Ok(entries) = fs::read_dir("/sys/class/net") else {
            return Ok(None);
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(Some(names.collect()))
    }

    /// Which version reads the configuration, where that is known: a lab's own.
    pub async fn version(&self) -> Result<Option<Version>, Fault> {
        if !self.on_lab().await? {
            return Ok(None);
        }
        let server: Running = self.lab.get(&["server"]).send().await?;
        Ok(Some(server.version))
    }

    /// Addresses that SMD has given out, and to whom.
    pub async fn known(&self) -> Result<Vec<(Ipv4Addr, String)>, Fault> {
        let facts = self.facts().await?;
        let each = facts.nics.values().flat_map(|nic| {
            let ips = nic.ips.iter().filter_map(|ip| ip.parse().ok());
            ips.map(|ip| (ip, nic.id.clone()))
        });
        let mut known: Vec<_> = each.collect();
        known.sort();
        Ok(known)
    }

    /// The configuration that is asked about: a text, the lab's, or the head node's.
    pub async fn config(&self, text: Option<String>) -> Result<String, Fault> {
        if let Some(text) = text {
            return Ok(text);
        }
        if self.on_lab().await? {
            let answer = self.lab.get(&["config"]).raw().await?.success()?;
            return Ok(answer.text());
        }
        fs::read_to_string(CONFIG).map_err(|error| {
            let fault = Fault::io(Path::new(CONFIG), &error);
            fault.hint("name the file: dhcp.lint \"coredhcp.yaml\", dhcp.explain(node, { config = \"coredhcp.yaml\" })")
        })
    }

    /// Of each of these clients, out of the same facts.
    pub async fn explain(
        &self,
        macs: &[String],
        asked: &Asked,
        text: Option<String>,
    ) -> Result<Vec<Explained>, Fault> {
        let own = text.is_none();
        let mut version = asked.version.clone();
        if own && version.is_none() {
            version = self.version().await?.map(|it| it.name().to_owned());
        }
        let config = explain::configured(&self.config(text).await?, version.as_deref())?;
        let facts = self.facts().await?;
        // What is lent is known of the lab only, and counts for its own configuration only.
        let lent = if own && self.on_lab().await? {
            self.lent().await?
        } else {
            Vec::new()
        };
        let now = Timestamp::now().as_second();
        let each = macs.iter().map(|mac| {
            // Each asks by itself: what one would be lent is the next one's as well.
            let case = Case {
                config: &config,
                facts: &facts,
                leases: lent.iter().cloned().collect::<Leases>(),
                now,
            };
            explain::explain(mac, asked, case)
        });
        each.collect()
    }

    async fn lent(&self) -> Result<Vec<Lease>, Fault> {
        self.lab.get(&["leases"]).send().await
    }

    /// Leases of the lab's server; elsewhere of the files that are here.
    pub async fn leases(&self) -> Result<Vec<Held>, Fault> {
        let now = Timestamp::now();
        if self.on_lab().await? {
            let now = self.lab.get(&["now"]).send::<Timestamp>().await?;
            let lent = self.lent().await?;
            let mut held: Vec<Held> = lent.iter().map(|it| Held::lent(it, now)).collect();
            leases::judge(&mut held, None);
            return Ok(held);
        }
        let here: Vec<&Path> = leases::PLACES
            .iter()
            .map(Path::new)
            .filter(|it| it.exists())
            .collect();
        if here.is_empty() {
            let message = format!(
                "no leases are where they usually are: {}",
                leases::PLACES.join(", ")
            );
            return Err(Fault::new(Kind::NotFound, message).hint(
                "bootloop's are in its container: podman cp coresmd-coredhcp:/tmp/coredhcp.db . and then \
                 dhcp.leases{ file = \"coredhcp.db\" }",
            ));
        }
        let mut all = Vec::new();
        for path in here {
            all.extend(leases::read(path, now)?);
        }
        Ok(all)
    }

    /// The lines that the server has written: the lab's, or those that this head node's journal keeps.
    pub async fn log(&self) -> Result<String, Fault> {
        if self.on_lab().await? {
            return Ok(self.lab.get(&["log"]).raw().await?.success()?.text());
        }
        match std::env::var_os(LOG).filter(|path| !path.is_empty()) {
            Some(path) => {
                let path = Path::new(&path);
                journal::end_of(path).map_err(|error| {
                    Fault::io(path, &error).hint(format!("{LOG} names coresmd's log"))
                })
            }
            None => journal::read().await,
        }
    }
}
