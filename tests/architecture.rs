//! Holds the house in order: which module may use which, where a library may be named, how large a room may grow.
//! The tables here are the architecture; README's map describes the same in words.
#[path = "support/homes.rs"]
mod homes;
#[path = "support/source.rs"]
mod source;

use homes::HOMES;
use source::{code, functions, names, root, sources, word};
use std::{collections::BTreeSet, fs};

/// Who may use whom, by top module. The leaves (`LEAVES`) may be used by all.
const EDGES: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "book", "http", "lab", "learn", "lua", "repl", "shell", "tape",
        ],
    ),
    ("book", &[]),
    ("repl", &["lua", "shell"]),
    ("learn", &["builtins", "lab", "shell"]),
    (
        "shell",
        &["builtins", "http", "lab", "lua", "services", "tape"],
    ),
    ("builtins", &["http", "lab", "lua", "tape"]),
    ("lab", &["http", "services", "world"]),
    ("services", &["http", "lua", "world"]),
    ("tape", &["http"]),
    ("http", &[]),
    ("lua", &[]),
    ("world", &[]),
    ("lib", &[]),
];

/// Small modules without opinions, free to use everywhere.
const LEAVES: &[&str] = &[
    "call", "clock", "config", "fault", "gate", "journal", "jwt", "nodeset", "progress", "secret",
    "table", "terminal",
];

/// Where `unsafe` may stand: the signal that interrupts Lua, and what libvirt's binding does not wrap.
const UNSAFE: &[&str] = &["src/lua/interrupt.rs", "src/bin/chami-virt/shim.rs"];

/// Services whose module in Lua has another name: the tool's it is spelled like, or what it is for.
const FACADES: &[(&str, &str)] = &[("libvirt", "virsh"), ("coresmd", "dhcp")];

/// Inside a service: who may use whom, by file or folder.
const WITHIN: &[(&str, &[&str])] = &[
    (
        "mod",
        &[
            "client", "config", "discover", "document", "engine", "explain", "guest", "images",
            "instance", "lab", "leases", "lint", "log", "lua", "merge", "packet", "render",
            "store", "text", "types", "wire", "xml", "xname",
        ],
    ),
    (
        "lua",
        &[
            "client", "discover", "explain", "images", "instance", "leases", "lint", "log",
            "merge", "render", "types", "wire", "xml", "xname",
        ],
    ),
    (
        "lint",
        &["config", "document", "instance", "merge", "render", "types"],
    ),
    // coredhcp as pure functions: a packet is answered out of a configuration, facts and leases (a store's).
    ("packet", &[]),
    ("config", &["types"]),
    ("engine", &["config", "packet", "store", "types"]),
    (
        "explain",
        &["config", "engine", "packet", "render", "store", "types"],
    ),
    ("leases", &["config", "packet", "store"]),
    ("log", &[]),
    ("wire", &["explain", "packet", "types"]),
    ("guest", &["document", "instance", "merge", "render"]),
    ("merge", &["document", "instance", "render"]),
    ("render", &["instance", "lint", "types"]),
    ("instance", &[]),
    ("document", &[]),
    (
        "client",
        &[
            "engine", "explain", "leases", "lint", "store", "text", "types", "xml", "xname",
        ],
    ),
    // Files of the head node as text, edited the same wherever they stand.
    ("text", &[]),
    ("images", &["client", "discover", "types", "xname"]),
    ("discover", &["client", "types", "xname"]),
    ("store", &["types", "xname"]),
    (
        "lab",
        &[
            "config", "engine", "explain", "packet", "render", "store", "types", "xml", "xname",
        ],
    ),
    ("types", &["xname"]),
    ("xml", &["types"]),
    ("xname", &[]),
];

/// Files and functions over a budget today, with their own limit. These lists may only shrink.
const LARGE_FILES: &[(&str, usize)] = &[];
const LARGE_FUNCTIONS: &[(&str, &str, usize)] = &[];

const FILE_LINES: usize = 400;
const MEDIAN_LINES: usize = 140;
const FUNCTION_LINES: usize = 60;

/// The top modules that `text` names after `crate::`.
fn used(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group)),
            None => {
                found.insert(word(rest));
            }
        }
    }
    found
}

/// First words of the entries of a `use crate::{…}` group; nested groups are skipped.
fn group_heads(text: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (0, Vec::new(), true);
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && depth == 0 && !c.is_whitespace() => {
                heads.push(word(&text[at..]));
                start = false;
            }
            _ => {}
        }
    }
    heads
}

fn top_module(path: &str) -> String {
    let inside = path.trim_start_matches("src/");
    word(inside.split('/').next().unwrap_or_default())
}

#[test]
fn arrows_between_modules_point_one_way() {
    let modules: BTreeSet<&str> = EDGES
        .iter()
        .map(|(from, _)| *from)
        .chain(LEAVES.iter().copied())
        .collect();
    let mut wrong = Vec::new();
    for (path, text) in sources("src", "rs") {
        let from = top_module(&path);
        if from == "bin" {
            continue;
        }
        assert!(
            modules.contains(from.as_str()),
            "{path}: module {from} has no row in EDGES"
        );
        let allowed = EDGES
            .iter()
            .find(|(name, _)| *name == from)
            .map_or(&[][..], |(_, to)| to);
        for to in used(&text)
            .iter()
            .filter(|to| modules.contains(to.as_str()))
        {
            let fine =
                *to == from || LEAVES.contains(&to.as_str()) || allowed.contains(&to.as_str());
            if !fine {
                wrong.push(format!("{path}: {from} must not use {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every source file of a service, as (path, service, file or folder, code).
fn service_files() -> Vec<(String, String, String, String)> {
    let split = |(path, text): (String, String)| {
        let parts: Vec<&str> = path
            .trim_start_matches("src/services/")
            .split('/')
            .collect();
        let [service, file, ..] = parts[..] else {
            return None;
        };
        Some((path.clone(), service.to_owned(), word(file), code(&text)))
    };
    sources("src/services", "rs")
        .into_iter()
        .filter_map(split)
        .collect()
}

#[test]
fn no_service_imports_another() {
    let files = service_files();
    let services: BTreeSet<&String> = files.iter().map(|(_, service, ..)| service).collect();
    let mut wrong = Vec::new();
    for (path, service, _, code) in &files {
        for other in services.iter().filter(|other| **other != service) {
            if code.contains(&format!("services::{other}")) {
                wrong.push(format!("{path}: {service} must not use {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn inside_a_service_clients_never_see_the_lab() {
    let mut wrong = Vec::new();
    for (path, service, file, code) in service_files() {
        if file == "tests" {
            continue;
        }
        let Some((_, allowed)) = WITHIN.iter().find(|(name, _)| *name == file) else {
            wrong.push(format!("{path}: {file} has no row in WITHIN"));
            continue;
        };
        let depth = path.matches('/').count() - 2;
        let prefixes = [format!("services::{service}::"), "super::".repeat(depth)];
        for (to, _) in WITHIN
            .iter()
            .filter(|(to, _)| *to != file && !allowed.contains(to))
        {
            if prefixes
                .iter()
                .any(|prefix| code.contains(&format!("{prefix}{to}::")))
            {
                wrong.push(format!("{path}: {file} must not use {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether `path` lies in `home`, where `*` stands for one folder.
fn lies_in(path: &str, home: &str) -> bool {
    let mut path = path.trim_start_matches("src/").split('/');
    home.split('/').all(|want| {
        path.next()
            .is_some_and(|have| want == "*" || have.trim_end_matches(".rs") == want)
    })
}

#[test]
fn each_library_is_named_only_at_home() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src", "rs") {
        let code = code(&text);
        for (library, homes) in HOMES {
            if names(&code, library) && !homes.iter().any(|home| lies_in(&path, home)) {
                wrong.push(format!("{path}: {library} belongs in {homes:?}"));
            }
        }
        if code.contains("unsafe {") && !UNSAFE.contains(&path.as_str()) {
            wrong.push(format!("{path}: unsafe code belongs in {UNSAFE:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_small() {
    let places = [
        ("src", "rs"),
        ("lib-lua", "lua"),
        ("tests", "rs"),
        ("scripts", "lua"),
    ];
    let all: Vec<(String, usize)> = places
        .iter()
        .flat_map(|(dir, extension)| sources(dir, extension))
        .map(|(path, text)| (path, text.lines().count()))
        .collect();
    let limit = |path: &str| {
        LARGE_FILES
            .iter()
            .find(|(name, _)| *name == path)
            .map_or(FILE_LINES, |(_, lines)| *lines)
    };
    let wrong: Vec<_> = all
        .iter()
        .filter(|(path, lines)| *lines > limit(path))
        .collect();
    assert!(wrong.is_empty(), "too long: {wrong:#?}");
    let small = |name: &str| {
        all.iter()
            .any(|(path, lines)| path == name && *lines <= FILE_LINES)
    };
    let idle: Vec<_> = LARGE_FILES.iter().filter(|(name, _)| small(name)).collect();
    assert!(idle.is_empty(), "no longer needed in LARGE_FILES: {idle:?}");
    let mut lines: Vec<usize> = all.iter().map(|(_, lines)| *lines).collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(
        median <= MEDIAN_LINES,
        "the median file has {median} lines: rooms are growing"
    );
}

/// A function that only lists routes or natives reads like a table and may be as long as the table.
fn is_table(name: &str) -> bool {
    ["routes", "natives"].contains(&name)
}

#[test]
fn functions_fit_a_screen() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src", "rs")
        .into_iter()
        .chain(sources("tests", "rs"))
    {
        for (name, lines) in functions(&text) {
            let known = LARGE_FUNCTIONS
                .iter()
                .find(|(p, n, _)| *p == path && *n == name);
            if lines > known.map_or(FUNCTION_LINES, |(_, _, limit)| *limit) && !is_table(&name) {
                wrong.push(format!("{path}: {name} has {lines} lines"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "over {FUNCTION_LINES} lines:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_service_has_its_facade_and_its_files() {
    let listed = fs::read_to_string(root().join("src/services/mod.rs")).expect("services/mod.rs");
    let services: BTreeSet<String> = service_files()
        .into_iter()
        .map(|(_, service, ..)| service)
        .collect();
    for name in services {
        let spelled = FACADES.iter().find(|(service, _)| *service == name);
        let module = spelled.map_or(name.as_str(), |(_, module)| module);
        let facade = [
            format!("lib-lua/{module}.lua"),
            format!("lib-lua/{module}/init.lua"),
        ];
        assert!(
            facade.iter().any(|f| root().join(f).exists()),
            "services/{name} has no facade in lib-lua/"
        );
        for part in ["mod", "types", "client", "lua", "store", "lab", "tests"] {
            let folder = root().join("src/services").join(&name);
            let there = folder.join(part).is_dir() || folder.join(format!("{part}.rs")).exists();
            assert!(there, "services/{name} lacks {part}");
        }
        assert!(
            listed.contains(&format!("{name}::SERVICE")),
            "services::ALL lacks {name}"
        );
    }
}

#[test]
fn every_dependency_says_why() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let (mut inside, mut before) = (false, "");
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && line.contains('=') {
            assert!(before.starts_with('#'), "no reason given for: {line}");
        }
        before = line;
    }
}
