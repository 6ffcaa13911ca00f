//! The names that fit a place.
use super::{
    Candidate, Scene,
    chain::{Known, function, known, tables},
    lex::Token,
    live,
    place::{open, opening},
    types,
};
use crate::lua::docs::{Function, Slot};
use mlua::Value;
use std::collections::{BTreeMap, BTreeSet};

const KEYWORDS: [&str; 21] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];
/// Of a table with more keys only so many are looked at.
const MOST: usize = 10_000;

/// What may stand behind the dot or colon at the end of an expression.
pub(super) fn members(scene: &Scene, tokens: &[Token], method: bool) -> Vec<Candidate> {
    match known(scene, tokens) {
        Some(Known::Live(value)) => keys_of(scene, &value, method),
        Some(Known::Path(path)) if !method => children(scene, &path),
        Some(Known::Kind(kind)) if !method => {
            let fields = types::fields(scene.docs, &kind);
            fields.iter().map(|f| typed(f, "")).collect()
        }
        _ => Vec::new(),
    }
}

/// The string keys of a live value.
fn keys_of(scene: &Scene, value: &Value, method: bool) -> Vec<Candidate> {
    let mut found = BTreeMap::new();
    for table in tables(scene, value) {
        for (key, value) in table.pairs::<Value, Value>().take(MOST).flatten() {
            let Some(name) = key.as_string().map(mlua::LuaString::to_string_lossy) else {
                continue;
            };
            if is_name(&name) && (!method || value.is_function()) {
                let label = label(scene, &name, &value);
                found.entry(name).or_insert(label);
            }
        }
    }
    let candidates = found.into_iter();
    candidates
        .map(|(text, label)| Candidate { text, label })
        .collect()
}

/// A function is listed with its parameters.
fn label(scene: &Scene, name: &str, value: &Value) -> String {
    match function(scene, &Known::Live(value.clone())) {
        Some(known) => {
            let signature = known.signature();
            let params = signature.find('(').map_or("", |at| &signature[at..]);
            format!("{name}{params}")
        }
        None => name.to_owned(),
    }
}

/// The next words of all documented paths below `path`.
fn children(scene: &Scene, path: &str) -> Vec<Candidate> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for function in scene.docs.functions() {
        let Some(rest) = function.path.strip_prefix(path) else {
            continue;
        };
        let Some(rest) = rest.strip_prefix('.') else {
            continue;
        };
        let end = rest.find(['.', ':']).unwrap_or(rest.len());
        let signature = function.signature();
        let label = if end == rest.len() {
            signature[path.len() + 1..].to_owned()
        } else {
            rest[..end].to_owned()
        };
        found.entry(rest[..end].to_owned()).or_insert(label);
    }
    let candidates = found.into_iter();
    candidates
        .map(|(text, label)| Candidate { text, label })
        .collect()
}

/// Global names: live ones, those loaded on demand, and Lua's words once a letter is typed.
pub(super) fn globals(scene: &Scene, word: &str) -> Vec<Candidate> {
    let root = Value::Table(scene.root.clone());
    let mut found = keys_of(scene, &root, false);
    let known: BTreeSet<String> = found.iter().map(|c| c.text.clone()).collect();
    for (name, _) in scene.lazy.iter().filter(|(name, _)| !known.contains(name)) {
        let function = scene.docs.function(name);
        found.push(Candidate {
            text: name.clone(),
            label: function.map_or_else(|| name.clone(), Function::signature),
        });
    }
    if !word.is_empty() {
        found.extend(KEYWORDS.map(Candidate::plain));
    }
    found.sort_by(|a, b| a.text.cmp(&b.text));
    found
}

/// The keys a table takes that are not in it yet.
pub(super) fn keys(scene: &Scene, tokens: &[Token], brace: usize) -> Vec<Candidate> {
    let given: Vec<&str> = tokens[brace..]
        .windows(2)
        .filter_map(|pair| match pair {
            [Token::Name(name), Token::Sign('=')] => Some(*name),
            _ => None,
        })
        .collect();
    let mut fields = fields_of(scene, &tokens[..brace]);
    fields.retain(|f| !given.contains(&f.name.as_str()));
    fields.iter().map(|f| typed(f, " = ")).collect()
}

/// What may stand in a string, from byte `from` of it on.
#[derive(Default)]
pub(super) struct Words {
    pub(super) from: usize,
    pub(super) candidates: Vec<Candidate>,
    pub(super) files: bool,
}

/// The words allowed in the string that follows `tokens`, of which `typed` stands there; paths of the documentation after
/// `help`; where the type leaves it open, names of the cluster.
pub(super) fn words(scene: &Scene, tokens: &[Token], typed: &str) -> Words {
    let call = match tokens {
        [before @ .., Token::Sign('(')] => before,
        all => all,
    };
    if let Some(Token::Name("help" | "source")) = call.last() {
        let paths = scene.docs.functions().map(|f| f.path.as_str());
        let modules = scene.docs.modules().map(|m| m.name.as_str());
        let all: BTreeSet<&str> = paths.chain(modules).collect();
        return Words {
            candidates: all.into_iter().map(Candidate::plain).collect(),
            ..Words::default()
        };
    }
    if let Some(Token::Name("dofile" | "loadfile")) = call.last() {
        return Words {
            files: true,
            ..Words::default()
        };
    }
    let kind = kind_of(scene, tokens).unwrap_or_default();
    let words = types::words(scene.docs, &kind);
    if !words.is_empty() {
        return Words {
            candidates: words.into_iter().map(Candidate::plain).collect(),
            ..Words::default()
        };
    }
    let Some((function, slot)) = slot_of(scene, tokens) else {
        return Words::default();
    };
    let fitting = scene.live.fitting(&function, &slot, typed);
    let marked = |name: &&str| Candidate::plain(format!("{}{name}", fitting.mark));
    Words {
        from: fitting.from,
        candidates: fitting.names.iter().map(marked).collect(),
        files: live::is_file(&function, &slot),
    }
}

/// What a value may be that begins with `word`: names in scope and, where only some words are allowed, these in quotes.
/// Where nothing is typed yet only the latter, if there are any.
pub(super) fn values(scene: &Scene, tokens: &[Token], word: &str) -> Vec<Candidate> {
    let before = if word.is_empty() {
        tokens
    } else {
        &tokens[..tokens.len() - 1]
    };
    let quoted = words(scene, before, "").candidates.into_iter();
    let quoted = quoted.map(|c| Candidate::plain(format!("\"{}\"", c.text)));
    let mut found: Vec<Candidate> = quoted.collect();
    if found.is_empty() || !word.is_empty() {
        found.extend(globals(scene, word));
    }
    found
}

/// The function whose argument would follow `tokens`, and the name of that argument or of the field in it.
fn slot_of(scene: &Scene, tokens: &[Token]) -> Option<(String, String)> {
    let path = |tokens: &[Token]| called(scene, tokens).map(|(called, _)| called.path.clone());
    if let [.., Token::Name(name), Token::Sign('=')] = tokens {
        let brace = open(tokens)?;
        let around = path(&tokens[..brace]).unwrap_or_default();
        return Some((around, (*name).to_owned()));
    }
    if let Some(bracket) = open(tokens)
        && tokens[bracket] == Token::Sign('{')
        && matches!(tokens.last(), Some(Token::Sign('{' | ',' | ';')))
    {
        return slot_of(scene, &tokens[..bracket]);
    }
    let (called, at) = called(scene, tokens)?;
    Some((called.path.clone(), called.params.get(at)?.name.clone()))
}

/// The declared type of the value that would follow `tokens`: an argument, a field, an item.
fn kind_of(scene: &Scene, tokens: &[Token]) -> Option<String> {
    if let [.., Token::Name(name), Token::Sign('=')] = tokens {
        let fields = fields_of(scene, &tokens[..open(tokens)?]);
        return Some(fields.into_iter().find(|f| f.name == *name)?.kind);
    }
    if let Some(Token::Sign(',' | '{' | ';')) = tokens.last() {
        let bracket = open(tokens)?;
        if tokens[bracket] == Token::Sign('{') {
            return types::element(&kind_of(scene, &tokens[..bracket])?);
        }
    }
    let (called, at) = called(scene, tokens)?;
    Some(called.params.get(at)?.kind.clone())
}

/// The function whose argument would follow `tokens`, and which one: `f(a, ` or, without parentheses, `f `.
pub(super) fn called<'a>(scene: &Scene<'a>, tokens: &[Token]) -> Option<(&'a Function, usize)> {
    let (end, at) = match tokens.last()? {
        Token::Sign('(' | ',') => {
            let bracket = open(tokens)?;
            (bracket, commas(&tokens[bracket + 1..]))
        }
        _ => (tokens.len(), 0),
    };
    Some((function(scene, &known(scene, &tokens[..end])?)?, at))
}

/// The fields of the table that would follow `tokens`. A first argument that takes no table has been left out:
/// `list{ … }` is short for `list(nil, { … })`.
fn fields_of(scene: &Scene, tokens: &[Token]) -> Vec<Slot> {
    let kind = kind_of(scene, tokens).unwrap_or_default();
    let fields = types::fields(scene.docs, &kind);
    match called(scene, tokens) {
        Some((called, 0)) if fields.is_empty() => {
            let kinds = called
                .params
                .iter()
                .map(|p| types::fields(scene.docs, &p.kind));
            kinds
                .into_iter()
                .find(|fields| !fields.is_empty())
                .unwrap_or_default()
        }
        _ => fields,
    }
}

/// The commas outside inner brackets.
fn commas(tokens: &[Token]) -> usize {
    let (mut count, mut end) = (0, tokens.len());
    while let Some(last) = tokens[..end].last() {
        match last {
            Token::Sign(')' | '}' | ']') => {
                let Some(open) = opening(&tokens[..end]) else {
                    break;
                };
                end = open;
                continue;
            }
            Token::Sign(',') => count += 1,
            _ => {}
        }
        end -= 1;
    }
    count
}

fn typed(slot: &Slot, tail: &str) -> Candidate {
    let mark = if slot.optional { "?" } else { "" };
    Candidate {
        text: format!("{}{tail}", slot.name),
        label: format!("{}{mark}: {}", slot.name, slot.kind),
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
