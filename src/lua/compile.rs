//! From text to a Lua function: what is typed at the prompt, the code of `-e`, scripts.
use super::session::{Session, rewrite};
use mlua::{Error, Function, Lua, Result, chunk::ChunkMode};

/// How a chunk typed at the prompt is called in messages.
pub(crate) const PROMPT: &str = "=prompt";

/// Compiles a script, whose first line may name an interpreter.
pub(crate) fn script(lua: &Lua, source: &[u8], name: &str) -> Result<Function> {
    let start = match source {
        [b'#', ..] => {
            let end = source.iter().position(|b| *b == b'\n');
            end.unwrap_or(source.len())
        }
        _ => 0,
    };
    lua.load(&source[start..])
        .set_name(name)
        .set_mode(ChunkMode::Text)
        .into_function()
}

/// Compiles an expression, or statements.
pub(crate) fn expression(lua: &Lua, source: &str, name: &str) -> Result<Function> {
    script(lua, format!("return {source}").as_bytes(), name)
        .or_else(|_| script(lua, source.as_bytes(), name))
}

/// Compiles an input of the prompt in the session's environment; its locals will stay.
pub(crate) fn prompt(lua: &Lua, session: &Session, source: &str) -> Result<Function> {
    let load = |text: &str| {
        lua.load(text)
            .set_name(PROMPT)
            .set_mode(ChunkMode::Text)
            .set_environment(session.environment())
            .into_function()
    };
    let trouble = match load(&format!("return {source}")) {
        Ok(function) => return Ok(function),
        Err(trouble) => trouble,
    };
    let rewritten = rewrite(source);
    let statements = load(&rewritten.text);
    if statements.is_ok() {
        for name in &rewritten.locals {
            session.declare(name)?;
        }
        return statements;
    }
    // Half an expression is no half statement: `1 +`.
    if is_incomplete(&trouble, source) {
        Err(trouble)
    } else {
        statements
    }
}

/// Whether this input is only the beginning of something. Its locals are not declared.
pub(crate) fn unfinished(lua: &Lua, source: &str) -> bool {
    let Err(expression) = script(lua, format!("return {source}").as_bytes(), PROMPT) else {
        return false;
    };
    let Err(statements) = script(lua, rewrite(source).text.as_bytes(), PROMPT) else {
        return false;
    };
    is_incomplete(&expression, source) || is_incomplete(&statements, source)
}

/// Whether more lines could make this input whole. A string in quotes that is left open could not, unless its line says
/// that it goes on.
pub(crate) fn is_incomplete(error: &Error, source: &str) -> bool {
    let Error::SyntaxError {
        message,
        incomplete_input,
    } = error
    else {
        return false;
    };
    let source = source.trim_end_matches([' ', '\t']);
    let goes_on = source.ends_with('\\') || source.ends_with("\\z");
    *incomplete_input && (goes_on || !message.contains("unfinished string"))
}
