//! The plugin coresmd: known interfaces get what SMD says of them.
mod defaults;
mod positional;

pub(super) use positional::positional;

use super::{
    Script,
    go::{self, Span},
    rule::{Rule, Talk},
    words::{self, Setting, Word},
};
use crate::services::coresmd::types::{Finding, Version};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coresmd {
    pub line: usize,
    pub svc_base_uri: String,
    pub script: Script,
    pub ca_cert: String,
    pub cache_valid: Span,
    pub lease_time: Span,
    pub single_port: bool,
    pub tftp_dir: String,
    pub tftp_port: u16,
    pub domain: String,
    pub rule_log: Talk,
    pub rules: Vec<Rule>,
}

pub(super) const KEYS: [&str; 13] = [
    "svc_base_uri",
    "ipxe_base_uri",
    "ipxe_uri",
    "ca_cert",
    "cache_valid",
    "lease_time",
    "single_port",
    "tftp_dir",
    "tftp_port",
    "node_pattern",
    "bmc_pattern",
    "domain",
    "rule",
];
const NAME: &str = "coresmd";

/// What was given, before defaults.
#[derive(Default)]
struct Given {
    svc_base_uri: Option<String>,
    script: Option<Script>,
    ca_cert: String,
    cache_valid: Option<Span>,
    lease_time: Option<Span>,
    single_port: bool,
    tftp_dir: String,
    tftp_port: u16,
    domain: String,
    rule_log: Option<Talk>,
    rules: Vec<Rule>,
}

/// The key of the boot script's address in a version.
pub(super) const fn script_key(version: Version) -> &'static str {
    match version {
        Version::V07 => "ipxe_uri",
        _ => "ipxe_base_uri",
    }
}

pub(super) fn keyed(
    words: &[Word],
    line: usize,
    version: Version,
    findings: &mut Vec<Finding>,
) -> Coresmd {
    let mut given = Given::default();
    let mut known = KEYS.to_vec();
    known.push("rule_log");
    words::settings(NAME, words, &known, findings, |setting, findings| {
        if let Err(found) = given.take(setting, version, findings) {
            findings.push(found);
        }
    });
    given.settle(line, version, findings)
}

/// A setting that the server skips.
fn skip(setting: &Setting, message: String, fix: &str, log: &str) -> Finding {
    let log = format!("non-comment arg {}: {log}", setting.number);
    let name = format!("{NAME}.{}", setting.key);
    Finding::skipped(setting.line, name, message)
        .fix(fix)
        .log(log)
}

fn span(setting: &Setting) -> Result<Span, Finding> {
    let (key, value) = (setting.key, setting.value);
    Span::read(value).ok_or_else(|| {
        let message = format!("`{value}` is no duration, and the default is taken");
        let fix = "a number with its unit, as 30s, 5m, 1h30m; there are no days";
        skip(
            setting,
            message,
            fix,
            &format!("{key}: invalid duration '{value}' (skipping)"),
        )
    })
}

fn uri(setting: &Setting) -> Result<String, Finding> {
    let (key, value) = (setting.key, setting.value);
    match go::no_uri(value) {
        None => Ok(value.to_owned()),
        Some(why) => {
            let fix = if value.contains(['"', '\'']) {
                "no quotes around an address"
            } else {
                "an address as http://172.16.0.254:8081"
            };
            let log = format!(
                "{key}: invalid URI '{value}' (skipping): parse {}: {why}",
                go::quoted(value)
            );
            Err(skip(
                setting,
                format!("`{value}` is no address: {why}"),
                fix,
                &log,
            ))
        }
    }
}

impl Given {
    fn take(
        &mut self,
        setting: &Setting,
        version: Version,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Finding> {
        let bare = go::unquoted(setting.value);
        let keep = |slot: &mut String| {
            if !bare.is_empty() {
                bare.clone_into(slot);
            }
        };
        match setting.key {
            "svc_base_uri" => self.svc_base_uri = Some(uri(setting)?),
            key if key == script_key(version) => {
                let uri = uri(setting)?;
                self.script = Some(match version {
                    Version::V07 => Script::Whole(uri),
                    _ => Script::Base(uri),
                });
            }
            "ca_cert" => keep(&mut self.ca_cert),
            "cache_valid" => self.cache_valid = Some(span(setting)?),
            "lease_time" => self.lease_time = Some(span(setting)?),
            "single_port" => self.single_port = truth(setting)?,
            "tftp_dir" => keep(&mut self.tftp_dir),
            "tftp_port" => self.tftp_port = port(setting).inspect_err(|_| self.tftp_port = 69)?,
            "bmc_pattern" => self.pattern(setting, "NodeBMC", bare)?,
            "node_pattern" => self.pattern(setting, "Node", bare)?,
            "domain" => keep(&mut self.domain),
            "rule_log" => self.talk(setting, findings)?,
            "rule" => {
                let rule = Rule::read(setting.value, setting.line);
                self.rules.push(rule.map_err(|why| no_rule(setting, &why))?);
            }
            _ => return Err(unknown(setting, version)),
        }
        Ok(())
    }

    fn pattern(&mut self, setting: &Setting, kind: &str, bare: &str) -> Result<(), Finding> {
        if bare.is_empty() {
            return Ok(());
        }
        let rule = Rule::read(&format!("type:{kind},hostname:{bare}"), setting.line);
        let rule = rule.map_err(|why| {
            let (key, value) = (setting.key, go::quoted(setting.value));
            let log = format!("{key}: invalid hostname rule: {value}: {why}");
            skip(
                setting,
                format!("this makes no rule: {why}"),
                "as nid{04d}",
                &log,
            )
        })?;
        self.rules.push(rule);
        Ok(())
    }

    fn talk(&mut self, setting: &Setting, findings: &mut Vec<Finding>) -> Result<(), Finding> {
        if self.rule_log.is_some() {
            let log = "duplicate key 'rule_log', using last value";
            let message = "rule_log is here for the second time: the last one counts".to_owned();
            findings.push(skip(setting, message, "keep one of them", log));
        }
        let talk = Talk::read(setting.value);
        self.rule_log = Some(talk.ok_or_else(|| {
            let value = setting.value;
            let log = format!("invalid format for key 'rule_log': expected 'info', 'debug', or 'none', got {value}");
            skip(setting, format!("rule_log takes no `{value}`"), "info, debug or none", &log)
        })?);
        Ok(())
    }

    fn settle(self, line: usize, version: Version, findings: &mut Vec<Finding>) -> Coresmd {
        let script_key = script_key(version);
        let lost = self.svc_base_uri.is_none() || self.script.is_none();
        self.defaults(line, lost, findings);
        let missing = [
            ("svc_base_uri", self.svc_base_uri.is_none()),
            (script_key, self.script.is_none()),
        ];
        for (key, _) in missing.iter().filter(|(_, missing)| *missing) {
            let message = format!("{key} is missing, without which coresmd does not start");
            let fix = match *key {
                "svc_base_uri" => "svc_base_uri=https://CLUSTER:8443, where SMD answers",
                "ipxe_uri" => {
                    "ipxe_uri=http://HEAD:8081/boot/v1/bootscript, the script's whole address"
                }
                _ => "ipxe_base_uri=http://HEAD:8081, the gateway as the nodes reach it",
            };
            let found = Finding::fatal(line, format!("{NAME}.{key}"), message);
            findings.push(found.fix(fix).log(format!("{key} is required")));
        }
        Coresmd {
            line,
            svc_base_uri: self.svc_base_uri.unwrap_or_default(),
            script: self.script.unwrap_or(Script::Base(String::new())),
            ca_cert: self.ca_cert,
            cache_valid: self.cache_valid.unwrap_or(Span::seconds(30)),
            lease_time: self.lease_time.unwrap_or(Span::seconds(3600)),
            single_port: self.single_port,
            tftp_dir: Some(self.tftp_dir)
                .filter(|it| !it.is_empty())
                .unwrap_or("/tftpboot".to_owned()),
            tftp_port: if self.tftp_port == 0 {
                69
            } else {
                self.tftp_port
            },
            domain: self.domain,
            rule_log: self.rule_log.unwrap_or_default(),
            rules: self.rules,
        }
    }
}

fn truth(setting: &Setting) -> Result<bool, Finding> {
    go::truth(setting.value).ok_or_else(|| {
        let value = setting.value;
        let log = format!(
            "single_port: invalid value '{value}' (defaulting to false): strconv.ParseBool: parsing {}: invalid syntax",
            go::quoted(value)
        );
        skip(setting, format!("`{value}` is neither true nor false"), "true or false", &log)
    })
}

fn port(setting: &Setting) -> Result<u16, Finding> {
    let value = setting.value;
    let log = match value.parse::<i64>() {
        Ok(number) => match u16::try_from(number) {
            Ok(port) => return Ok(port),
            Err(_) => format!(
                "tftp_port: port '{number}' out of range, must be between 0-65535 (defaulting to 69)"
            ),
        },
        Err(_) => format!("tftp_port: invalid port '{value}' (defaulting to 69)"),
    };
    Err(skip(
        setting,
        format!("`{value}` is no port: 69 is taken"),
        "tftp_port=69",
        &log,
    ))
}

fn no_rule(setting: &Setting, why: &str) -> Finding {
    let log = format!("rule: invalid rule: {}: {why}", go::quoted(setting.value));
    let message = format!("this rule counts for nothing: {why}");
    let fix = "as rule=name:nodes,type:Node,hostname:nid{04d}";
    skip(setting, message, fix, &log)
}

fn unknown(setting: &Setting, version: Version) -> Finding {
    let key = setting.key;
    let log = format!("unknown config key '{key}' (skipping)");
    let nearest = KEYS.iter().max_by(|a, b| {
        let near = |it: &str| strsim::jaro_winkler(it, key);
        near(a).total_cmp(&near(b))
    });
    let fix = match (key, version) {
        ("ipxe_uri", _) => {
            "coresmd to v0.6.3 wants ipxe_base_uri=http://HEAD:8081 without the path".to_owned()
        }
        ("ipxe_base_uri", _) => {
            "this version wants ipxe_uri=http://HEAD:8081/boot/v1/bootscript".to_owned()
        }
        _ => format!("did you mean {}?", nearest.unwrap_or(&"svc_base_uri")),
    };
    skip(
        setting,
        format!("coresmd {} knows no {key}", version.name()),
        &fix,
        &log,
    )
}
