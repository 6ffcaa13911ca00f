//! Writes a coredhcp.yaml for a head node, in the words of its version; what it writes lints clean.
use super::{
    lint::{Around, lint},
    types::Version,
};
use crate::fault::Fault;
use ipnet::Ipv4Net;
use serde::Deserialize;
use std::net::Ipv4Addr;

/// What a configuration is made of; the tutorial's head node where nothing is said.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    pub version: String,
    pub interface: String,
    pub server: String,
    pub netmask: String,
    pub router: Option<String>,
    pub dns: Option<String>,
    pub smd: String,
    pub boot: Option<String>,
    pub pool: (String, String),
    pub cache: String,
    pub lease: String,
    pub pool_lease: String,
    pub ca_cert: String,
    pub domain: String,
    pub node_name: String,
    pub bmc_name: String,
    pub lease_file: String,
    pub script: String,
    pub tftp_dir: String,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            version: "v0.6".into(),
            interface: "virbr-openchami".into(),
            server: "172.16.0.254".into(),
            netmask: "255.255.255.0".into(),
            router: None,
            dns: None,
            smd: "https://demo.openchami.cluster:8443".into(),
            boot: None,
            pool: ("172.16.0.200".into(), "172.16.0.250".into()),
            cache: "30s".into(),
            lease: "1h".into(),
            pool_lease: "5m".into(),
            ca_cert: "/root_ca/root_ca.crt".into(),
            domain: "openchami.cluster".into(),
            node_name: "nid{04d}".into(),
            bmc_name: "{id}".into(),
            lease_file: "/tmp/coredhcp.db".into(),
            script: "default".into(),
            tftp_dir: "/tftpboot".into(),
        }
    }
}

/// The text of the file, or what is wrong with what was wanted.
pub fn render(wanted: &Wanted) -> Result<String, Fault> {
    let version = version(&wanted.version)?;
    for (name, value) in wanted.words() {
        let odd = value.is_empty()
            || value.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#');
        if odd {
            let message =
                format!("dhcp.render: {name} is one word without spaces, and this is {value:?}");
            return Err(Fault::bad_argument(message));
        }
    }
    let text = wanted.text(version)?;
    let around = Around {
        version: Some(version),
        ..Around::default()
    };
    match lint(&text, &around).into_iter().next() {
        None => Ok(text),
        Some(found) => {
            let message = format!("dhcp.render: {}: {}", found.setting, found.message);
            Err(Fault::bad_argument(message).hint(found.fix))
        }
    }
}

/// A version by its name.
pub fn version(name: &str) -> Result<Version, Fault> {
    Version::read(name).ok_or_else(|| {
        Fault::bad_argument(format!("there is no version {name:?} of coresmd"))
            .hint(format!("known are {}", Version::NAMES.join(", ")))
    })
}

impl Wanted {
    fn router(&self) -> &str {
        self.router.as_deref().unwrap_or(&self.server)
    }

    fn dns(&self) -> &str {
        self.dns.as_deref().unwrap_or(&self.server)
    }

    /// The gateway as nodes reach it.
    fn boot(&self, version: Version) -> String {
        let path = match version {
            Version::V07 => "/boot/v1/bootscript",
            _ => "",
        };
        let given = self.boot.clone();
        given.unwrap_or_else(|| format!("http://{}:8081{path}", self.server))
    }

    fn words(&self) -> Vec<(&'static str, &str)> {
        let mut words = vec![
            ("interface", self.interface.as_str()),
            ("server", &self.server),
            ("netmask", &self.netmask),
            ("router", self.router()),
            ("dns", self.dns()),
            ("smd", &self.smd),
            ("cache", &self.cache),
            ("lease", &self.lease),
            ("pool_lease", &self.pool_lease),
            ("ca_cert", &self.ca_cert),
            ("domain", &self.domain),
            ("node_name", &self.node_name),
            ("bmc_name", &self.bmc_name),
            ("lease_file", &self.lease_file),
            ("script", &self.script),
            ("tftp_dir", &self.tftp_dir),
            ("pool", &self.pool.0),
            ("pool", &self.pool.1),
        ];
        words.extend(self.boot.as_deref().map(|boot| ("boot", boot)));
        words
    }

    fn text(&self, version: Version) -> Result<String, Fault> {
        let (coresmd, bootloop) = match version {
            Version::V04 => self.positional(version),
            _ => self.keyed(version)?,
        };
        Ok(format!(
            "server4:\n  listen:\n    - \"%{}\"\n  plugins:\n    - server_id: {}\n    - dns: {}\n    - router: {}\n    - \
             netmask: {}\n    - coresmd: {coresmd}\n    - bootloop: {bootloop}\n",
            self.interface,
            self.server,
            self.dns(),
            self.router(),
            self.netmask
        ))
    }

    fn positional(&self, version: Version) -> (String, String) {
        let (first, last) = &self.pool;
        let boot = self.boot(version);
        (
            format!(
                "{} {boot} {} {} {} false",
                self.smd, self.ca_cert, self.cache, self.lease
            ),
            format!(
                "{} {} {} {first} {last}",
                self.lease_file, self.script, self.pool_lease
            ),
        )
    }

    fn keyed(&self, version: Version) -> Result<(String, String), Fault> {
        let script = match version {
            Version::V07 => "ipxe_uri",
            _ => "ipxe_base_uri",
        };
        let coresmd = [
            format!("svc_base_uri={}", self.smd),
            format!("{script}={}", self.boot(version)),
            format!("ca_cert={}", self.ca_cert),
            format!("cache_valid={}", self.cache),
            format!("lease_time={}", self.lease),
            "single_port=false".to_owned(),
            format!("tftp_dir={}", self.tftp_dir),
            "tftp_port=69".to_owned(),
            format!("node_pattern={}", self.node_name),
            format!("bmc_pattern={}", self.bmc_name),
            format!("domain={}", self.domain),
            "rule_log=info".to_owned(),
        ];
        let (first, last) = &self.pool;
        let bootloop = [
            format!("lease_file={}", self.lease_file),
            format!("script_path={}", self.script),
            format!("lease_time={}", self.pool_lease),
            format!("subnet_pool={},{first},{last}", self.net()?),
        ];
        let block = |lines: &[String]| format!("|\n        {}", lines.join("\n        "));
        Ok((block(&coresmd), block(&bootloop)))
    }

    /// The nodes' network.
    fn net(&self) -> Result<Ipv4Net, Fault> {
        let wrong = |name: &str, value: &str| {
            Fault::bad_argument(format!("dhcp.render: {name} is no IPv4 address: {value:?}"))
        };
        let server: Ipv4Addr = self
            .server
            .parse()
            .map_err(|_| wrong("server", &self.server))?;
        let mask: Ipv4Addr = self
            .netmask
            .parse()
            .map_err(|_| wrong("netmask", &self.netmask))?;
        let net =
            Ipv4Net::with_netmask(server, mask).map_err(|_| wrong("netmask", &self.netmask))?;
        Ok(net.trunc())
    }
}
