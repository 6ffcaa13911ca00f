//! What an expression such as `smd.component.list()[1].State` stands for, found without running it.
use super::{Scene, lex::Token, place::opening, types};
use crate::lua::docs::Function;
use mlua::{Table, Value};

/// What is known of an expression.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// It exists.
    Live(Value),
    /// It is documented under this path; its module is not loaded.
    Path(String),
    /// It will be of this type.
    Kind(String),
}

enum Step<'a> {
    Field(&'a str),
    Item(Option<i64>),
    Call,
}

/// What the expression at the end of `tokens` is.
pub(super) fn known(scene: &Scene, tokens: &[Token]) -> Option<Known> {
    let (root, steps) = steps(tokens)?;
    let mut known = root_of(scene, root)?;
    for step in steps {
        known = match step {
            Step::Field(name) => field(scene, &known, name)?,
            Step::Item(at) => item(&known, at)?,
            Step::Call => {
                let returns = &function(scene, &known)?.returns;
                Known::Kind(returns.first()?.kind.clone())
            }
        };
    }
    Some(known)
}

/// The documentation of what is called.
pub(super) fn function<'a>(scene: &Scene<'a>, known: &Known) -> Option<&'a Function> {
    match known {
        Known::Path(path) => scene.docs.function(path),
        Known::Live(Value::Function(function)) => {
            let info = function.info();
            scene.docs.at(&info.source?, info.line_defined?)
        }
        _ => None,
    }
}

/// Reads the expression from its end: a name, and what is done to it.
fn steps<'a>(mut tokens: &[Token<'a>]) -> Option<(&'a str, Vec<Step<'a>>)> {
    let mut steps = Vec::new();
    loop {
        match tokens.last()? {
            Token::Name(name) => {
                let before = &tokens[..tokens.len() - 1];
                let Some(Token::Sign('.' | ':')) = before.last() else {
                    steps.reverse();
                    return Some((name, steps));
                };
                steps.push(Step::Field(name));
                tokens = &before[..before.len() - 1];
            }
            Token::Text(_, true) => {
                steps.push(Step::Call);
                tokens = &tokens[..tokens.len() - 1];
            }
            Token::Sign(')' | '}') => {
                steps.push(Step::Call);
                tokens = &tokens[..opening(tokens)?];
            }
            Token::Sign(']') => {
                let open = opening(tokens)?;
                steps.push(match &tokens[open + 1..tokens.len() - 1] {
                    [Token::Text(name, true)] => Step::Field(name),
                    [Token::Number(number)] => Step::Item(number.parse().ok()),
                    _ => Step::Item(None),
                });
                tokens = &tokens[..open];
            }
            _ => return None,
        }
    }
}

fn root_of(scene: &Scene, name: &str) -> Option<Known> {
    let root = Known::Live(Value::Table(scene.root.clone()));
    if let Some(live) = field(scene, &root, name) {
        return Some(live);
    }
    let lazy = scene.lazy.iter().any(|(global, _)| global == name);
    lazy.then(|| Known::Path(name.to_owned()))
}

fn field(scene: &Scene, known: &Known, name: &str) -> Option<Known> {
    match known {
        Known::Live(value) => {
            let live = tables(scene, value)
                .into_iter()
                .find_map(|table| table.raw_get::<Value>(name).ok().filter(|v| !v.is_nil()));
            live.map(Known::Live)
        }
        Known::Path(path) => Some(Known::Path(format!("{path}.{name}"))),
        Known::Kind(kind) => {
            let field = types::fields(scene.docs, kind)
                .into_iter()
                .find(|f| f.name == name)?;
            Some(Known::Kind(field.kind))
        }
    }
}

fn item(known: &Known, at: Option<i64>) -> Option<Known> {
    match known {
        Known::Live(Value::Table(table)) => {
            let value: Value = table.raw_get(at.unwrap_or(1)).ok()?;
            (!value.is_nil()).then_some(Known::Live(value))
        }
        Known::Kind(kind) => Some(Known::Kind(types::element(kind)?)),
        _ => None,
    }
}

/// The tables a field of `value` may come from: its own and those of its metatables. No `__index` function is called.
pub(super) fn tables(scene: &Scene, value: &Value) -> Vec<Table> {
    let first = match value {
        Value::Table(table) => Some(table.clone()),
        Value::String(_) => strings(scene),
        _ => None,
    };
    let parent = |table: &Table| table.metatable()?.raw_get::<Table>("__index").ok();
    std::iter::successors(first, parent).take(8).collect()
}

/// Lua's own functions on strings.
fn strings(scene: &Scene) -> Option<Table> {
    let root = tables(scene, &Value::Table(scene.root.clone()));
    root.into_iter()
        .find_map(|table| table.raw_get("string").ok())
}
