//! Finds what is wrong with a coredhcp.yaml: what the server itself says, and what it does not say and nodes suffer from.
mod addresses;
mod order;
mod rules;
#[cfg(test)]
mod tests;

use super::{
    config::{self, Config, Coresmd, Kind, Plugin, Script, Server},
    types::{Finding, Level, Version},
};
use std::net::Ipv4Addr;

/// What is known beside the file.
#[derive(Clone, Debug, Default)]
pub struct Around<'a> {
    /// None: the version the file is written for.
    pub version: Option<Version>,
    /// The interfaces of the machine it is for.
    pub interfaces: Option<&'a [String]>,
    /// Addresses that SMD has given out, and to whom.
    pub known: &'a [(Ipv4Addr, String)],
}

/// All findings: the server's own in the order it meets them, then the others by line.
pub fn lint(text: &str, around: &Around<'_>) -> Vec<Finding> {
    let read = config::read(text, around.version, around.interfaces);
    let mut own = Vec::new();
    silent(&read.config, around, &mut own);
    own.sort_by_key(|found| (found.line, found.level));
    let mut findings = read.findings;
    findings.extend(own);
    findings
}

/// What the server says nothing about.
fn silent(config: &Config, around: &Around<'_>, findings: &mut Vec<Finding>) {
    if let Some(server) = &config.server4 {
        order::check(server, findings);
        addresses::check(server, around.known, findings);
        if server.listen.is_empty() && has_plugins(server) {
            let message = "no `listen`: the server answers on every interface, on the network of the house as well";
            let found = Finding::warning(server.line, "listen", message);
            findings
                .push(found.fix(
                    "listen: [\"%virbr-openchami\"], the nodes' bridge behind a percent sign",
                ));
        }
        for listen in server
            .listen
            .iter()
            .filter(|it| it.interface.is_empty() && !it.ip.is_unspecified())
        {
            let message = format!(
                "listening on the address {} loses what nodes broadcast: a DISCOVER goes to 255.255.255.255",
                listen.ip
            );
            let found = Finding::warning(listen.line, "listen", message);
            findings.push(found.fix("name the interface: listen: [\"%virbr-openchami\"]"));
        }
    }
    for coresmd in both(config).filter_map(coresmd) {
        addresses_of(coresmd, findings);
        if config.version != Version::V04 {
            rules::check(coresmd, findings);
        }
    }
}

fn has_plugins(server: &Server) -> bool {
    !server.plugins.is_empty()
}

fn both(config: &Config) -> impl Iterator<Item = &Server> {
    config.server4.iter().chain(&config.server6)
}

fn coresmd(server: &Server) -> Option<&Coresmd> {
    server.plugins.iter().find_map(|plugin| match &plugin.kind {
        Kind::Coresmd(coresmd) => Some(coresmd),
        _ => None,
    })
}

/// The addresses of SMD and of the boot script.
fn addresses_of(coresmd: &Coresmd, findings: &mut Vec<Finding>) {
    let key = match coresmd.script {
        Script::Base(_) => "ipxe_base_uri",
        Script::Whole(_) => "ipxe_uri",
    };
    let given = [
        ("svc_base_uri", coresmd.svc_base_uri.as_str()),
        (key, coresmd.script.text()),
    ];
    for (key, uri) in given {
        let setting = format!("coresmd.{key}");
        let has_host = uri
            .strip_prefix("http://")
            .or_else(|| uri.strip_prefix("https://"));
        if !uri.is_empty() && has_host.is_none_or(str::is_empty) {
            let message = format!(
                "`{uri}` begins with neither http:// nor https://: nobody will be asked there"
            );
            let mut found = Finding::warning(coresmd.line, setting, message);
            found.level = Level::Error;
            findings.push(found.fix("an address as http://172.16.0.254:8081"));
        } else if key != "svc_base_uri" && uri.starts_with("https://") {
            let message =
                "the script's address is https: iPXE knows no CA of the cluster and refuses it";
            let found = Finding::warning(coresmd.line, setting, message);
            findings.push(found.fix(format!("{key}=http://HEAD:8081, the gateway without TLS")));
        } else if key == "svc_base_uri" && uri.contains("/hsm/v2") {
            let message =
                "coresmd puts /hsm/v2 behind this address itself: it would stand there twice";
            let mut found = Finding::warning(coresmd.line, setting, message);
            found.level = Level::Error;
            findings.push(found.fix("the gateway alone, as https://demo.openchami.cluster:8443"));
        } else if key == "ipxe_base_uri" && uri.contains("/boot/v1") {
            let message = "coresmd puts /boot/v1/bootscript behind this address itself: it would stand there twice";
            let mut found = Finding::warning(coresmd.line, setting, message);
            found.level = Level::Error;
            findings.push(found.fix("the gateway alone, as http://172.16.0.254:8081"));
        }
    }
}

/// Where a plugin stands among the others.
fn place(plugins: &[Plugin], name: &str) -> Option<usize> {
    plugins.iter().position(|plugin| plugin.name == name)
}
