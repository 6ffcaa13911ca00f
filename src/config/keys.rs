//! The keys of ochami's files, and what may stand under them.
//!
//! ochami writes what it is given and then fails to start, or drops what it does not know; here a key or value that it
//! could not use is refused before it is written.
use super::{duration, target};
use crate::fault::Fault;
use serde_json::Value;
use url::Url;

/// What may stand under a key.
#[derive(Clone, Copy)]
enum Kind {
    Word(&'static [&'static str]),
    Name,
    Span,
    Flag,
    /// The URL of a gateway.
    Gateway,
    /// A service's URL, or its path below the gateway.
    Address,
    Version,
}

const FORMATS: Kind = Kind::Word(&["json", "json-pretty", "yaml"]);

const GLOBAL: &[(&str, Kind)] = &[
    ("log.format", Kind::Word(&["rfc3339", "json", "basic"])),
    ("log.level", Kind::Word(&["warning", "info", "debug"])),
    ("log.color", Kind::Word(&["auto", "on", "off"])),
    ("timeout", Kind::Span),
    ("default-cluster", Kind::Name),
    ("default-input-format", FORMATS),
    ("default-output-format", FORMATS),
];

/// As ochami spells them in `config cluster set`; also the order in which they are written.
const CLUSTER: &[(&str, Kind)] = &[
    ("name", Kind::Name),
    ("cluster.uri", Kind::Gateway),
    ("cluster.enable-auth", Kind::Flag),
    ("cluster.boot-service.uri", Kind::Address),
    ("cluster.boot-service.api-version", Kind::Version),
    ("cluster.bss.uri", Kind::Address),
    ("cluster.cloud-init.uri", Kind::Address),
    ("cluster.metadata-service.uri", Kind::Address),
    ("cluster.metadata-service.api-version", Kind::Version),
    ("cluster.pcs.uri", Kind::Address),
    ("cluster.rcs.uri", Kind::Address),
    ("cluster.smd.uri", Kind::Address),
];

/// What holds where no file says anything.
pub(super) const BUILT_IN: &[(&str, &str)] = &[
    ("log.format", "rfc3339"),
    ("log.level", "warning"),
    ("log.color", "auto"),
    ("timeout", "30s"),
];

/// The keys of the whole file that chami itself goes by.
const OURS: &[&str] = &["timeout", "default-cluster"];

pub(super) fn global() -> impl Iterator<Item = &'static str> {
    GLOBAL.iter().map(|(key, _)| *key)
}

/// Whether chami goes by this key, or only ochami.
pub(super) fn is_ours(key: &str) -> bool {
    OURS.contains(&key)
}

/// A key of the whole file, `log.level`, `default_cluster`, as the file spells it.
pub(super) fn global_key(key: &str) -> Result<&'static str, Fault> {
    if key == "clusters" || key.starts_with("clusters.") || key.starts_with("clusters[") {
        let what = format!("\"{key}\" is no setting of the whole file");
        return Err(Fault::bad_argument(what)
            .hint("config.cluster.set, unset and delete are for what belongs to a cluster"));
    }
    not_a_secret(key, None)?;
    find(GLOBAL, &key.replace('_', "-")).ok_or_else(|| {
        Fault::bad_argument(format!("unknown key \"{key}\"")).did_you_mean(key, global())
    })
}

/// A key of a cluster, `cluster.uri`, `smd.uri`, `enable_auth`, as ochami spells it.
pub(super) fn cluster_key(key: &str, cluster: &str) -> Result<&'static str, Fault> {
    not_a_secret(key, Some(cluster))?;
    let plain = key.replace('_', "-");
    let whole = format!("cluster.{plain}");
    let found = find(CLUSTER, &plain).or_else(|| find(CLUSTER, &whole));
    found.ok_or_else(|| {
        let short = CLUSTER.iter().map(|(key, _)| *key);
        let short = short.map(|key| key.strip_prefix("cluster.").unwrap_or(key));
        let word = plain.strip_prefix("cluster.").unwrap_or(&plain);
        Fault::bad_argument(format!("unknown key \"{key}\" of a cluster"))
            .did_you_mean(word, short.chain(["default"]))
    })
}

/// Where a cluster's key stands among its like.
pub(super) fn rank(key: &str) -> usize {
    let at = CLUSTER.iter().position(|(known, _)| *known == key);
    at.unwrap_or(CLUSTER.len())
}

fn find(table: &[(&'static str, Kind)], key: &str) -> Option<&'static str> {
    let found = table.iter().find(|(known, _)| *known == key);
    found.map(|(known, _)| *known)
}

/// Whether something of this name is likely to be a secret.
pub(super) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let words = [
        "token",
        "secret",
        "passw",
        "credential",
        "api-key",
        "apikey",
    ];
    words.iter().any(|word| key.contains(word))
}

fn not_a_secret(key: &str, cluster: Option<&str>) -> Result<(), Fault> {
    if is_secret(key) {
        return Err(secret(key, cluster));
    }
    Ok(())
}

fn secret(key: &str, cluster: Option<&str>) -> Fault {
    let what = format!("\"{key}\": a token or password is not kept in this file");
    let variable = target::variable(cluster.unwrap_or("demo"));
    let whose = cluster.map_or(" is read for a cluster named demo", |_| " is read");
    Fault::bad_argument(what).hint(format!(
        "put the token into the environment: {variable}{whose} when chami starts"
    ))
}

/// The value as it is written, if it may stand under this key of either table.
pub(super) fn value(key: &str, value: &Value, cluster: Option<&str>) -> Result<Value, Fault> {
    let mut all = GLOBAL.iter().chain(CLUSTER);
    let kind = all.find(|(known, _)| *known == key).map(|(_, kind)| *kind);
    let kind = kind.ok_or_else(|| Fault::internal(format!("{key} is no key")))?;
    let text = match (kind, value) {
        (_, Value::Null) => {
            let unset = match cluster {
                Some(name) => format!("config.cluster.unset(\"{name}\", \"{key}\") takes it out"),
                None => format!("config.unset \"{key}\" takes it out"),
            };
            return Err(Fault::bad_argument(format!("{key}: no value")).hint(unset));
        }
        (Kind::Flag, Value::Bool(_)) => return Ok(value.clone()),
        (Kind::Flag, _) => {
            return Err(wrong(key, value, "true or false").hint("true or false, without quotes"));
        }
        (_, Value::String(text)) => text.trim(),
        (Kind::Span, _) => return Err(wrong(key, value, "a span of time").hint(SPAN)),
        _ => return Err(wrong(key, value, "a text")),
    };
    if text.starts_with("eyJ") {
        return Err(secret(key, cluster));
    }
    checked(key, kind, text)?;
    Ok(text.into())
}

const SPAN: &str = "a span is written like \"30s\", \"2m\" or \"1m30s\"";

fn wrong(key: &str, value: &Value, wanted: &str) -> Fault {
    Fault::bad_argument(format!("{key}: {value} is not {wanted}"))
}

fn checked(key: &str, kind: Kind, text: &str) -> Result<(), Fault> {
    let wrong = |wanted: &str| wrong(key, &text.into(), wanted);
    match kind {
        Kind::Word(words) if !words.contains(&text) => {
            let all = words.join(", ");
            Err(wrong(&format!("one of {all}")).did_you_mean(text, words.iter().copied()))
        }
        Kind::Name if text.is_empty() || text.chars().any(char::is_control) => {
            Err(wrong("a name").hint("a cluster's name is one line, such as \"demo\""))
        }
        Kind::Span if !is_span(text) => Err(wrong("a span of time").hint(SPAN)),
        Kind::Gateway => gateway(key, text),
        Kind::Address if text.contains(':') => gateway(key, text),
        Kind::Address if !is_path(text) => Err(wrong("the address of a service")
            .hint("a path below the gateway, such as \"/hsm/v2\", or a whole URL")),
        Kind::Version if !is_version(text) => {
            Err(wrong("a version").hint("a version is written like \"v1\" or \"v1beta2\""))
        }
        _ => Ok(()),
    }
}

/// A span that Go reads as well as chami does, and that leaves some time.
fn is_span(text: &str) -> bool {
    let units = ["ns", "us", "µs", "ms", "s", "m", "h"];
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, after) = rest.split_at(digits.unwrap_or(rest.len()));
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, more) = after.split_at(end.unwrap_or(after.len()));
        if number.parse::<f64>().is_err() || !units.contains(&unit) {
            return false;
        }
        rest = more;
    }
    duration(text).is_some_and(|span| !span.is_zero())
}

fn gateway(key: &str, text: &str) -> Result<(), Fault> {
    let advice = "a URL looks like https://demo.openchami.cluster:8443";
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && !text.contains(' '))
        .ok_or_else(|| wrong(key, &text.into(), "a URL").hint(advice))?;
    if url.password().is_some() || !url.username().is_empty() {
        // The URL is not repeated: what it holds is a secret.
        let what = format!("{key}: a URL with a user or password in it is not kept");
        return Err(Fault::bad_argument(what).hint(advice));
    }
    if url.query().is_some() || url.fragment().is_some() {
        let what = "an address without ? and #";
        return Err(wrong(key, &text.into(), what).hint(advice));
    }
    Ok(())
}

fn is_path(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "?#\\\"<>".contains(c);
    !text.is_empty() && !text.contains(odd)
}

fn is_version(text: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let Some(rest) = text.strip_prefix('v') else {
        return false;
    };
    ["alpha", "beta"].iter().any(|word| {
        let parts = rest.split_once(word);
        parts.is_some_and(|(major, minor)| number(major) && number(minor))
    }) || number(rest)
}
