//! The servers of a file, and their plugins in order.
use super::{
    Family, Kind, Plugin, Read, Server, bootloop, coresmd, listen, plain,
    words::{self, Word},
    yaml::{self, Node, Value},
};
use crate::services::coresmd::types::{Does, Finding, Version};

/// Reads both servers into what came of the file.
pub(super) fn servers(
    source: &str,
    root: &Node,
    version: Option<Version>,
    interfaces: Option<&[String]>,
    read: &mut Read,
) {
    read.written_for = guess(source, root);
    let reader = Reader {
        source,
        version: version.or(read.written_for).unwrap_or_default(),
        findings: Vec::new(),
    };
    reader.servers(root, interfaces, read);
}

/// The version a file is written for, as far as its words tell.
fn guess(source: &str, root: &Node) -> Option<Version> {
    let servers = ["server4", "server6"]
        .iter()
        .filter_map(|name| root.get(name));
    let plugins = servers.filter_map(|server| server.value.get("plugins"));
    let lists = plugins.filter_map(|pair| match &pair.value.value {
        Value::List(items) => Some(items),
        _ => None,
    });
    let mut keyed = None;
    for plugin in lists.flatten() {
        let Some(pair) = ["coresmd", "bootloop"]
            .iter()
            .find_map(|name| plugin.get(name))
        else {
            continue;
        };
        let words = words::split(source, &pair.value);
        if words.iter().any(|word| word.text.starts_with("ipxe_uri=")) {
            return Some(Version::V07);
        }
        let has_keys = words.iter().any(|word| word.text.contains('='));
        if words.len() >= 4 && !has_keys {
            return Some(Version::V04);
        }
        keyed = keyed.or(has_keys.then_some(Version::V06));
    }
    keyed
}

/// The keys of the file's first level, and of a server.
const TOP: [&str; 2] = ["server4", "server6"];
const SERVER: [&str; 3] = ["listen", "plugins", "interface"];
const PLUGINS: [&str; 16] = [
    "autoconfigure",
    "bootloop",
    "coresmd",
    "dns",
    "file",
    "ipv6only",
    "lease_time",
    "mtu",
    "nbp",
    "netmask",
    "prefix",
    "range",
    "router",
    "searchdomains",
    "server_id",
    "sleep",
];
/// Those that have nothing to do in the other family.
const ONLY_V4: [&str; 8] = [
    "autoconfigure",
    "ipv6only",
    "lease_time",
    "mtu",
    "netmask",
    "range",
    "router",
    "staticroute",
];
const ONLY_V6: [&str; 1] = ["prefix"];

struct Reader<'a> {
    source: &'a str,
    version: Version,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn servers(mut self, root: &Node, interfaces: Option<&[String]>, read: &mut Read) {
        self.strangers(root, &TOP, "the server reads");
        let mut families = Vec::new();
        // The sixth first, as the server does it; its plugins are loaded when both are read.
        for (family, name) in [(Family::V6, "server6"), (Family::V4, "server4")] {
            if let Some(pair) = root.get(name).filter(|pair| !pair.value.is_null()) {
                self.strangers(&pair.value, &SERVER, &format!("{name} has"));
                let plugins = self.plugin_list(pair, family);
                let listen = listen::read(&pair.value, family, &mut self.findings);
                families.push((family, pair.line, plugins, listen));
            }
        }
        if families.is_empty() {
            let log = "Failed to load configuration: error parsing config: need at least one valid config for DHCPv6 \
                       or DHCPv4";
            let found = Finding::fatal(1, "server4", "the file describes no server");
            let fix = "server4: with a list plugins: below it; dhcp.render{ … } writes one";
            self.findings.push(found.fix(fix).log(log));
        }
        read.config.version = self.version;
        let mut bound = Vec::new();
        for (family, line, plugins, listen) in families {
            let (mut loaded, mut refused) = (Vec::new(), Vec::new());
            for (name, words, line) in plugins.into_iter().flatten() {
                match self.plugin(family, name.clone(), &words, line) {
                    Some(plugin) => loaded.push(plugin),
                    None => refused.push(name),
                }
            }
            let server = Server {
                line,
                plugins: loaded,
                refused,
                listen: listen.unwrap_or_default(),
            };
            bound.extend(server.listen.clone());
            match family {
                Family::V4 => read.config.server4 = Some(server),
                Family::V6 => read.config.server6 = Some(server),
            }
        }
        if let Some(interfaces) = interfaces {
            listen::bind(&bound, interfaces, &mut self.findings);
        }
        read.findings = self.findings;
    }

    /// Keys that the server does not look at.
    fn strangers(&mut self, node: &Node, known: &[&str], what: &str) {
        let Value::Map(pairs) = &node.value else {
            return;
        };
        for pair in pairs
            .iter()
            .filter(|pair| !known.contains(&pair.key.as_str()))
        {
            let nearest = known.iter().max_by(|a, b| {
                let near = |it: &str| strsim::jaro_winkler(it, &pair.key);
                near(a).total_cmp(&near(b))
            });
            let message = format!("{what} no `{}`, and says nothing about it", pair.key);
            let fix = format!("did you mean {}?", nearest.unwrap_or(&""));
            let mut found = Finding::warning(pair.line, pair.key.clone(), message).fix(fix);
            found.does = Does::Skip;
            self.findings.push(found);
        }
    }

    fn plugin_list(
        &mut self,
        server: &yaml::Pair,
        family: Family,
    ) -> Option<Vec<(String, Vec<Word>, usize)>> {
        let plugins = server.value.get("plugins");
        let mut fatal = |line: usize, message: &str, fix: &str, log: String| {
            let log = format!("Failed to load configuration: error parsing config: {log}");
            self.findings
                .push(Finding::fatal(line, "plugins", message).fix(fix).log(log));
            None
        };
        let items = match plugins.map(|pair| &pair.value.value) {
            Some(Value::List(items)) if !items.is_empty() => items,
            _ => {
                let number = family.number();
                let log = format!(
                    "dhcpv{number}: invalid plugins section, not a list or no plugin specified"
                );
                let line = plugins.map_or(server.line, |pair| pair.line);
                let fix = "plugins: and below it a list, as `- server_id: 172.16.0.254`";
                return fatal(line, "there is no list of plugins", fix, log);
            }
        };
        let mut list = Vec::new();
        for item in items {
            match &item.value {
                Value::Map(pairs) if pairs.len() == 1 => {
                    let pair = &pairs[0];
                    let words = words::split(self.source, &pair.value);
                    list.push((pair.key.clone(), words, pair.line));
                }
                _ => {
                    let log = "dhcpv6: exactly one plugin per item can be specified".to_owned();
                    let message = "each item of plugins is one name with its words";
                    let fix = "a dash and a space before each plugin: `- dns: 172.16.0.254`";
                    return fatal(item.line, message, fix, log);
                }
            }
        }
        Some(list)
    }

    fn plugin(
        &mut self,
        family: Family,
        name: String,
        words: &[Word],
        line: usize,
    ) -> Option<Plugin> {
        let number = family.number();
        let (v4, found) = (family == Family::V4, &mut self.findings);
        let idle = if v4 { &ONLY_V6[..] } else { &ONLY_V4[..] };
        if !PLUGINS.contains(&name.as_str()) && name != "staticroute" {
            let log = format!("error parsing config: DHCPv{number}: unknown plugin `{name}`");
            let nearest = PLUGINS.iter().max_by(|a, b| {
                let near = |it: &str| strsim::jaro_winkler(it, &name);
                near(a).total_cmp(&near(b))
            });
            let fix = format!("did you mean {}?", nearest.unwrap_or(&""));
            found.push(
                Finding::fatal(line, name.clone(), format!("there is no plugin {name}"))
                    .fix(fix)
                    .log(log),
            );
            return None;
        }
        if idle.contains(&name.as_str()) {
            let log =
                format!("DHCPv{number}: plugin `{name}` has no setup function for DHCPv{number}");
            let message = format!("{name} does nothing in a DHCPv{number} server");
            let mut idle = Finding::warning(line, name, message)
                .fix("take it away")
                .log(log);
            idle.does = Does::Skip;
            found.push(idle);
            return None;
        }
        let kind = kind(&name, (self.version, v4), words, line, found);
        Some(Plugin {
            line,
            name,
            kind: kind?,
        })
    }
}

/// What a plugin does; `None`: the server ends.
fn kind(
    name: &str,
    (version, v4): (Version, bool),
    words: &[Word],
    line: usize,
    found: &mut Vec<Finding>,
) -> Option<Kind> {
    match (name, version, v4) {
        ("bootloop", _, false) => {
            let log = "bootloop does not currently support DHCPv6";
            let message = "bootloop lends no IPv6 addresses, and the server ends";
            found.push(
                Finding::fatal(line, "bootloop", message)
                    .fix("take it away from server6")
                    .log(log),
            );
            None
        }
        ("coresmd", Version::V04, false) => {
            let log = "coresmd does not currently support DHCPv6";
            let message = "coresmd v0.4 knows no IPv6, and the server ends";
            found.push(
                Finding::fatal(line, "coresmd", message)
                    .fix("a newer coresmd")
                    .log(log),
            );
            None
        }
        ("coresmd", Version::V04, true) => {
            coresmd::positional(words, line, found).map(Kind::Coresmd)
        }
        ("coresmd", version, _) => Some(Kind::Coresmd(coresmd::keyed(words, line, version, found))),
        ("bootloop", Version::V04, true) => {
            bootloop::positional(words, line, found).map(Kind::Bootloop)
        }
        ("bootloop", ..) => Some(Kind::Bootloop(bootloop::keyed(words, line, found))),
        (name, _, true) => plain::v4(name, words, line, found),
        (name, ..) => plain::v6(name, words, line, found),
    }
}
