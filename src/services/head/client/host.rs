//! Names in `/etc/hosts`: each has one address, in one line.
use super::Client;
use crate::{
    fault::{Fault, Kind},
    services::head::{
        text::{Hosts, Line, is_name},
        types::{Action, Call, Dress, HOSTS, Host},
    },
};
use serde::Deserialize;
use std::net::IpAddr;

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Naming {
    /// The name is not to be there.
    pub absent: bool,
}

impl Client {
    async fn names(&self) -> Result<String, Fault> {
        Ok(self.text(HOSTS).await?.unwrap_or_default())
    }

    pub async fn hosts(&self) -> Result<Vec<Line>, Fault> {
        Ok(Hosts(&self.names().await?).lines())
    }

    pub async fn host(&self, name: &str) -> Result<Host, Fault> {
        let ips = Hosts(&self.names().await?).of(name);
        if ips.is_empty() {
            let message = format!("{HOSTS} does not have {name}");
            return Err(Fault::not_found(message).hint(format!(
                "head.host({name:?}, \"172.16.0.254\") puts it there"
            )));
        }
        Ok(Host {
            name: name.to_owned(),
            ips,
            action: None,
            before: None,
        })
    }

    /// Has the name stand for this address alone, or for none.
    pub async fn set_host(
        &self,
        name: &str,
        ip: Option<&str>,
        naming: Naming,
    ) -> Result<Host, Fault> {
        let ip = wanted(name, ip, naming)?;
        let old = self.names().await?;
        let text = Hosts(&old).with(name, ip);
        let before = Hosts(&old).of(name);
        if text == old {
            return Ok(host(name, before, Action::Unchanged, None));
        }
        let path = HOSTS.to_owned();
        let done = self
            .act(Call::Write {
                path,
                text: text.clone(),
                dress: Dress::default(),
            })
            .await;
        let line = match ip {
            Some(ip) => format!("head.host({name:?}, \"{ip}\")"),
            None => format!("head.host({name:?}, nil, {{ absent = true }})"),
        };
        self.told(done, &line).await?;
        let now = if super::dir::is_planned() {
            text
        } else {
            self.names().await?
        };
        let now = Hosts(&now).of(name);
        let action = match (before.is_empty(), ip) {
            (true, _) => Action::Created,
            (false, Some(_)) => Action::Changed,
            (false, None) => Action::Removed,
        };
        let before = Some(before).filter(|it| !it.is_empty());
        let host = host(name, now, action, before);
        if ip.is_some_and(|ip| !host.ips.iter().any(|it| it.parse() == Ok(ip))) {
            let message = format!("{HOSTS} was written, and does not have {name} all the same");
            return Err(Fault::new(Kind::NoEffect, message).hint("somebody else writes it as well"));
        }
        Ok(host)
    }
}

fn host(name: &str, ips: Vec<String>, action: Action, before: Option<Vec<String>>) -> Host {
    Host {
        name: name.to_owned(),
        ips,
        action: Some(action),
        before,
    }
}

/// The address that is meant; none: the name is to go.
fn wanted(name: &str, ip: Option<&str>, naming: Naming) -> Result<Option<IpAddr>, Fault> {
    if !is_name(name) {
        let hint = "letters, digits, dashes and dots: demo.openchami.cluster";
        return Err(Fault::bad_argument(format!("{name:?} is no host's name")).hint(hint));
    }
    if name.eq_ignore_ascii_case("localhost") {
        let message = "localhost is this machine to every program, and stays so";
        return Err(Fault::bad_argument(message).hint("choose a name of the cluster's own"));
    }
    match (ip, naming.absent) {
        (None, true) => Ok(None),
        (Some(_), true) => Err(Fault::bad_argument("a name that is absent has no address")
            .hint(format!("head.host({name:?}, nil, {{ absent = true }})"))),
        (None, false) => Err(Fault::bad_argument(format!("which address has {name}?"))),
        (Some(ip), false) => ip.parse().map(Some).map_err(|_| {
            let hint = "an address alone, without its prefix: 172.16.0.254";
            Fault::bad_argument(format!("{ip:?} is no address")).hint(hint)
        }),
    }
}
