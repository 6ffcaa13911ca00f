//! The configuration modules see: the user's, over the vendor's, over the image's.
//!
//! Parts of one document are merged as they ask (`merge`). Between documents it is simpler: what the first says stays,
//! mappings are filled up, and lists are not joined.
use super::{Inputs, image, work::Work};
use crate::services::cloud_init::merge::{self, Kind, Outcome, Part};
use serde_json::{Map, Value};

/// Includes inside includes; cloud-init has no limit, and a circle would never end.
const DEEPEST: usize = 8;

/// A text and where it is from.
struct Gathered {
    from: String,
    text: String,
}

pub(super) fn of(inputs: &Inputs, node: &mut Work) -> Map<String, Value> {
    let mut config = document("user-data", inputs.user_data, inputs, node);
    let below = image::config();
    let enabled = config
        .get("vendor_data")
        .or_else(|| below.get("vendor_data"));
    let enabled = match enabled {
        Some(Value::Object(map)) => map.get("enabled").is_some_and(super::value::is_true),
        _ => false,
    };
    if enabled {
        let vendor = document("vendor-data", inputs.vendor_data, inputs, node);
        fill(&mut config, &vendor);
    } else {
        node.note(
            "vendor-data is turned off by the user-data (vendor_data), groups and all".to_owned(),
        );
    }
    fill(&mut config, &below);
    config
}

/// Adds what is not there yet.
fn fill(config: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        match (config.get_mut(key), value) {
            (Some(Value::Object(there)), Value::Object(value)) => fill(there, value),
            (Some(_), _) => {}
            (None, value) => _ = config.insert(key.clone(), value.clone()),
        }
    }
}

/// One document, with what it includes, merged.
fn document(name: &str, text: &str, inputs: &Inputs, node: &mut Work) -> Map<String, Value> {
    let mut found = Vec::new();
    gather(name, text, inputs, 0, &mut found, node);
    let parts: Vec<Part> = found
        .iter()
        .zip(1..)
        .map(|(part, at)| Part {
            name: format!("part-{at:03}"),
            content: part.text.clone(),
        })
        .collect();
    let merged = merge::merge(&parts, Some(&node.instance));
    for (outcome, part) in merged.parts.iter().zip(&found) {
        told(outcome, part, node);
    }
    match merged.config {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The text, or what it includes.
fn gather(
    from: &str,
    text: &str,
    inputs: &Inputs,
    depth: usize,
    found: &mut Vec<Gathered>,
    node: &mut Work,
) {
    if text.is_empty() {
        return;
    }
    if merge::kind_of(text) != Kind::Include {
        let (from, text) = (from.to_owned(), text.to_owned());
        found.push(Gathered { from, text });
        return;
    }
    if depth == DEEPEST {
        node.broken(format!("{from}: includes inside includes go too deep"));
        return;
    }
    for address in addresses(text) {
        match inputs.parts.iter().find(|(url, _)| *url == address) {
            Some((url, text)) => gather(url, text, inputs, depth + 1, found, node),
            None => node.broken(format!("{address} is included and was not fetched")),
        }
    }
}

/// The addresses of an `#include`, one a line, the first one perhaps behind the word.
pub(super) fn addresses(text: &str) -> Vec<String> {
    let one = |line: &str| {
        let lower = line.to_lowercase();
        let word = ["#include-once", "#include"]
            .iter()
            .find(|word| lower.starts_with(**word));
        let rest = line.get(word.map_or(0, |word| word.len())..)?.trim();
        let address = !rest.is_empty() && !rest.starts_with('#');
        address.then(|| rest.to_owned())
    };
    text.lines().filter_map(one).collect()
}

/// What cloud-init says about a part.
fn told(outcome: &Outcome, part: &Gathered, node: &mut Work) {
    let (name, from) = (&outcome.name, &part.from);
    if !outcome.missing.is_empty() {
        let names: Vec<String> = outcome.missing.iter().map(|it| format!("'{it}'")).collect();
        let names = names.join(", ");
        node.warn(
            "jinja_template.py",
            &format!("Could not render jinja template variables in file '{name}': {names}"),
        );
        node.broken(format!("{from}: names nobody knows: {names}"));
    }
    let Some(why) = &outcome.why else { return };
    match outcome.kind {
        Kind::CloudConfig => {
            let why = if why == "it is empty" {
                "empty cloud config"
            } else {
                why
            };
            let told = format!("Failed at merging in cloud config part from {name}: {why}");
            node.warn("cloud_config.py", &told);
        }
        // What cannot be worked out is told with its reason, what cannot be read only that it is so.
        Kind::Template if why.contains("undefined") => {
            let why = why.split_once(": ").map_or(why.as_str(), |(_, why)| why);
            let why = why.split(" (in `").next().unwrap_or(why);
            let told = format!("Ignoring jinja template for {name}: {why}");
            node.warn("jinja_template.py", &told);
        }
        Kind::Template => {
            let told = format!(
                "Failed calling handler JinjaTemplatePartHandler: [['text/jinja2']] (text/jinja2, {name}, 3) with \
                 frequency once-per-instance"
            );
            node.warn("util.py", &told);
        }
        Kind::Unknown => {
            let first: String = part
                .text
                .chars()
                .take_while(|c| *c != '\n')
                .take(24)
                .collect();
            let told =
                format!("Unhandled non-multipart (text/x-not-multipart) userdata: 'b'{first}'...'");
            node.warn("__init__.py", &told);
        }
        _ => {}
    }
    // An empty text leaves nothing out.
    if why != "it is empty" {
        node.broken(format!("{from} is left out: {why}"));
    }
}
