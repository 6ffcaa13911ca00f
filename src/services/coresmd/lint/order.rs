//! Which plugins there are, and in which order: the first that has the last word ends the row.
use super::place;
use crate::services::coresmd::{
    config::{Kind, Server},
    types::{Does, Finding, Level},
};

/// Plugins that give an address.
const GIVERS: [&str; 4] = ["coresmd", "bootloop", "range", "file"];

pub(super) fn check(server: &Server, findings: &mut Vec<Finding>) {
    let plugins = &server.plugins;
    if plugins.is_empty() {
        return;
    }
    // One of whose words the server dies is there all the same, and that is found already.
    let is_here =
        |name: &str| place(plugins, name).is_some() || server.refused.iter().any(|it| it == name);
    givers(server, is_here, findings);
    for (name, option, without, fix) in [
        (
            "server_id",
            "option 54",
            "replies name no server and come from 0.0.0.0: firmware passes them over",
            "server_id: 172.16.0.254, first of all",
        ),
        (
            "netmask",
            "option 1",
            "nodes guess their network's size",
            "netmask: 255.255.255.0",
        ),
    ] {
        if !is_here(name) {
            let message = format!("there is no {name} ({option}): {without}");
            let mut found = Finding::warning(server.line, name, message).fix(fix);
            if name == "server_id" {
                found.level = Level::Error;
            }
            findings.push(found);
        }
    }
    late(server, findings);
    twice(server, findings);
}

fn givers(server: &Server, is_here: impl Fn(&str) -> bool, findings: &mut Vec<Finding>) {
    let here: Vec<&str> = GIVERS.into_iter().filter(|name| is_here(name)).collect();
    let (message, fix) = match here[..] {
        [] => (
            "no plugin gives addresses: the server offers 0.0.0.0 to everybody who asks, past any other server",
            "coresmd and bootloop, last in the list; dhcp.render{ … } writes them",
        ),
        ["coresmd"] => (
            "there is no bootloop: a MAC that SMD does not know is offered 0.0.0.0",
            "bootloop behind coresmd",
        ),
        ["bootloop"] => (
            "there is no coresmd: nobody gets the address that SMD has, and all are strangers",
            "coresmd before bootloop",
        ),
        _ => return,
    };
    let mut found = Finding::warning(server.line, "plugins", message).fix(fix);
    found.level = Level::Error;
    findings.push(found);
}

/// What stands behind a plugin that has the last word.
fn late(server: &Server, findings: &mut Vec<Finding>) {
    let plugins = &server.plugins;
    let ender = plugins.iter().position(|plugin| {
        matches!(
            plugin.kind,
            Kind::Coresmd(_) | Kind::Bootloop(_) | Kind::Boot(_)
        )
    });
    let Some(at) = ender else { return };
    let first = &plugins[at];
    for plugin in &plugins[at + 1..] {
        let whom = match (first.name.as_str(), plugin.name.as_str()) {
            ("coresmd", "bootloop") => continue,
            // Strangers are handed on by coresmd, and end at bootloop.
            ("coresmd", _)
                if place(plugins, "bootloop").is_none_or(|it| plugins[it].line > plugin.line) =>
            {
                "nodes that SMD knows"
            }
            _ => "anybody",
        };
        let text = format!(
            "{} stands behind {}: it does nothing for {whom}",
            plugin.name, first.name
        );
        let mut found = Finding::warning(plugin.line, plugin.name.clone(), text);
        found.does = Does::Skip;
        if plugin.name == "server_id" || plugin.name == "coresmd" {
            found.level = Level::Error;
        }
        findings.push(found.fix(format!("put it before {}", first.name)));
    }
}

fn twice(server: &Server, findings: &mut Vec<Finding>) {
    for (at, plugin) in server.plugins.iter().enumerate() {
        let before = server.plugins[..at]
            .iter()
            .find(|other| other.name == plugin.name);
        if let Some(before) = before {
            let message = format!(
                "{} is here for the second time, and both share what it keeps; the first is in line {}",
                plugin.name, before.line
            );
            let found = Finding::warning(plugin.line, plugin.name.clone(), message);
            findings.push(found.fix("keep one of them"));
        }
    }
}
