//! What the library says of itself is true and whole: the reference is a golden file, every public function is documented
//! with types and an example, every native is called by exactly one facade.
#[path = "support/stage.rs"]
mod stage;

use chami::{
    lua::{
        docs::{Function, Slot},
        help::reference,
        inspect::Style,
        library,
        shape::{Limit, Shape},
    },
    shell::Reply,
};
use stage::{Stage, root};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
};

#[test]
fn the_reference_is_as_committed() {
    let path = root().join("tests/golden/reference.md");
    let have = reference(&library::index());
    if env::var_os("CHAMI_BLESS").is_some() {
        fs::write(&path, have).expect("the golden file can be rewritten");
        return;
    }
    let want = fs::read_to_string(&path).unwrap_or_default();
    let line = want.lines().zip(have.lines()).position(|(a, b)| a != b);
    assert!(
        want == have,
        "chami docs differs from tests/golden/reference.md from line {} on; CHAMI_BLESS=1 takes it over",
        line.map_or(want.lines().count(), |at| at + 1)
    );
}

#[test]
fn every_annotation_is_understood() {
    let index = library::index();
    let odd = index.modules().flat_map(|m| {
        let odd = m.oddities.iter();
        odd.map(|(line, text)| format!("{}:{line}: {text}", m.name))
    });
    let odd: Vec<String> = odd.collect();
    assert!(odd.is_empty(), "{}", odd.join("\n"));
}

/// Whether a type says nothing: `any` or `table` bare.
fn is_vague(kind: &str) -> bool {
    // What a user's own function takes and gives is the user's matter.
    if kind.contains("fun(") {
        return false;
    }
    let named = |word: &str, at: usize| {
        let letter = |c: char| c.is_alphanumeric() || "._".contains(c);
        let before = kind[..at].chars().next_back().is_some_and(letter);
        let after = kind[at + word.len()..].chars().next();
        !before && !after.is_some_and(|c| letter(c) || c == '<')
    };
    ["any", "table"]
        .iter()
        .any(|word| kind.match_indices(word).any(|(at, _)| named(word, at)))
}

fn faults_of(function: &Function) -> Vec<String> {
    let mut faults = Vec::new();
    if !function.text.starts_with(char::is_uppercase) || !function.summary().ends_with('.') {
        faults.push("its first line is no sentence".to_owned());
    }
    if function.examples.is_empty() {
        faults.push("it has no example".to_owned());
    } else if function.examples.iter().any(|e| e.code.trim().is_empty()) {
        faults.push("an example is empty: its lines begin with two spaces".to_owned());
    }
    let untyped = |slot: &&Slot| slot.kind.is_empty() || is_vague(&slot.kind);
    for slot in function
        .params
        .iter()
        .chain(&function.returns)
        .filter(untyped)
    {
        faults.push(format!("{}: what type is `{}`?", slot.name, slot.kind));
    }
    faults
}

#[test]
fn every_public_function_is_documented() {
    let index = library::index();
    let wrong: Vec<String> = index
        .functions()
        .flat_map(|f| {
            faults_of(f)
                .into_iter()
                .map(|fault| format!("{}: {fault}", f.path))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let index = library::index();
    let public = index.modules().filter(|m| m.is_public());
    let silent = public.filter(|m| m.summary().is_empty());
    let silent: Vec<&str> = silent.map(|m| m.name.as_str()).collect();
    assert!(silent.is_empty(), "no introduction: {silent:?}");
}

#[test]
fn every_global_of_the_prelude_is_there() {
    let stage = Stage::new(true, Style::WHOLE, Limit::Whole);
    for (name, home) in library::globals() {
        let there = stage.shell.run(&format!("{name} ~= nil"), &[]);
        assert!(
            matches!(&there, Reply::Values(values) if values[0] == Shape::Bool(true)),
            "{name} ({home}): {there:?}"
        );
    }
}

#[test]
fn the_words_of_smd_are_those_it_knows() {
    let (index, stage) = (
        library::index(),
        Stage::new(true, Style::WHOLE, Limit::Whole),
    );
    for name in [
        "Arch", "Class", "Flag", "NetType", "Role", "State", "SubRole", "Type",
    ] {
        let alias = index.alias(&format!("smd.{name}")).expect("documented");
        for word in alias.kind.split('|').map(|word| word.trim_matches('"')) {
            let code = format!("table.concat(smd.service.values().{name}, ' ')");
            let Reply::Values(values) = stage.shell.run(&code, &[]) else {
                panic!("{code} gives no value");
            };
            let Shape::Text(known) = &values[0] else {
                panic!("{code} gives no text");
            };
            assert!(
                known.split(' ').any(|it| it == word),
                "{name} {word}: {known}"
            );
        }
    }
}

/// How often each facade file calls each native: `native.NAME`.
fn calls() -> BTreeMap<(String, String), Vec<String>> {
    let mut calls: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for module in library::modules() {
        let text = library::source(&module).expect("it is listed").text;
        let home = module.split('.').next().unwrap_or(&module).to_owned();
        for (at, _) in text.match_indices("native.") {
            let name = &text[at + "native.".len()..];
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
            let name = name[..end.unwrap_or(name.len())].to_owned();
            let files = calls.entry((home.clone(), name)).or_default();
            if !files.contains(&module) {
                files.push(module.clone());
            }
        }
    }
    calls
}

#[test]
fn every_native_is_called_by_one_facade() {
    let stage = Stage::new(true, Style::WHOLE, Limit::Whole);
    let natives = stage.shell.natives().expect("natives load");
    let calls = calls();
    let mut wrong = Vec::new();
    for native in &natives {
        let key = (native.module.clone(), native.name.to_owned());
        match calls.get(&key).map(Vec::as_slice) {
            None => wrong.push(format!("{}.{} is called by no facade", key.0, key.1)),
            Some([_]) => {}
            Some(files) => wrong.push(format!("{}.{} is called by {files:?}", key.0, key.1)),
        }
    }
    assert!(!natives.is_empty(), "no natives found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The keys of the records in a list.
fn keys(values: &[Shape]) -> BTreeSet<String> {
    let records = values.iter().flat_map(|value| match value {
        Shape::List(items, _) => items.clone(),
        other => vec![other.clone()],
    });
    records
        .flat_map(|record| match record {
            Shape::Record(fields) => fields,
            _ => Vec::new(),
        })
        .map(|(key, _)| key.text().to_owned())
        .collect()
}

#[test]
fn records_hold_what_their_class_names() {
    let stage = Stage::new(true, Style::WHOLE, Limit::Whole);
    stage.enter("301").expect("the state can be built");
    let index = library::index();
    let mut seen = 0;
    for function in index.functions() {
        let listed = function.path.rsplit('.').next() == Some("list")
            && function.params.iter().all(|p| p.optional);
        let kind = function
            .returns
            .first()
            .map(|r| r.kind.trim_end_matches("[]"));
        let Some(class) = kind.filter(|_| listed).and_then(|kind| index.class(kind)) else {
            continue;
        };
        let reply = stage.shell.run(&format!("{}()", function.path), &[]);
        let Reply::Values(values) = reply else {
            panic!("{}: {reply:?}", function.path)
        };
        for key in keys(&values) {
            seen += 1;
            let named = class.fields.iter().any(|field| field.key() == key);
            assert!(
                named,
                "{} answers {key}, which {} lacks",
                function.path, class.name
            );
        }
    }
    assert!(seen > 20, "hardly any field was seen");
}
