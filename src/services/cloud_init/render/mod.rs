//! Renders a text as the node's cloud-init does: Jinja2 when its first line says so, else as it is.
//!
//! The engine is minijinja, by Jinja2's author. What cloud-init and Python add is here: names that are missing become
//! `CI_MISSING_JINJA_VAR/name` (`data`), values print as Python prints them (`python`), filters are Jinja2's (`filters`).
mod data;
mod dialect;
mod fault;
mod filters;
mod missing;
mod python;
mod sketch;

pub use fault::Trouble;
pub use sketch::{SKETCHED, sketch};

use super::instance::Instance;
use crate::fault::Fault;
use data::Watch;
use minijinja::{Environment, OutputSpan, UndefinedBehavior, syntax::SyntaxConfig, value::Value};

/// What cloud-init writes for a name it does not know, before the name.
pub const MISSING: &str = "CI_MISSING_JINJA_VAR/";

/// The line a template must begin with.
pub const HEADER: &str = "## template: jinja";

/// The work a template may do, about one for each step: far more than a cloud-config needs. Ctrl-C does not reach into
/// the engine, so loops in loops must end by themselves.
const FUEL: u64 = 2_000_000;

/// A rendered text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub text: String,
    /// Whether it was a template at all.
    pub template: bool,
    /// The names that were not known, as they stand in the text.
    pub missing: Vec<String>,
    /// Which bytes of the text come from which line of the source, counted from 1.
    pub lines: Vec<(usize, usize)>,
}

impl Rendered {
    /// The line of the source that gave this line of the text; both from 1.
    pub fn source_line(&self, line: usize) -> usize {
        if !self.template {
            return line;
        }
        let ends = self.text.match_indices('\n').map(|(at, _)| at + 1);
        let start = std::iter::once(0).chain(ends).nth(line - 1);
        let start = start.unwrap_or(self.text.len());
        let before = self.lines.iter().take_while(|(at, _)| *at <= start);
        before.last().map_or(line + 1, |(at, source)| {
            source + self.text[*at..start].matches('\n').count()
        })
    }
}

/// Whether a node takes this text for a template: as the part handler tells by how it begins.
pub fn is_template(content: &str) -> bool {
    content.trim_start().to_lowercase().starts_with(HEADER)
}

/// Renders a text; one that is no template stays as it is.
pub fn render(content: &str, instance: &Instance) -> Result<Rendered, Fault> {
    attempt(content, instance).map_err(|trouble| trouble.fault)
}

/// As `render`; what goes wrong keeps its place.
pub fn attempt(content: &str, instance: &Instance) -> Result<Rendered, Trouble> {
    let watch = Watch::default();
    let rendered = with(content, data::root(instance, &watch))?;
    match watch.first() {
        Some(path) => Err(Trouble::new(1, fault::only_there(&path))),
        None => Ok(rendered),
    }
}

fn with(content: &str, names: Value) -> Result<Rendered, Trouble> {
    let Some(body) = body(content)? else {
        return Ok(Rendered {
            text: content.to_owned(),
            ..Rendered::default()
        });
    };
    let source = dialect::translate(&fold_newlines(body));
    let trouble = |error: minijinja::Error| Trouble::of(&error, &source);
    let environment = environment();
    let template = environment.template_from_str(&source).map_err(trouble)?;
    let (text, spans) = template.render_with_spans(names).map_err(trouble)?;
    let mut rendered = named(&text, &spans, &source);
    // Jinja2 drops the last line's end, cloud-init puts it back.
    if body.ends_with('\n') {
        rendered.text.push('\n');
    }
    rendered.missing = missing::names(&rendered.text);
    Ok(rendered)
}

/// The names a template asks for and does not make itself, as paths: `ds.meta_data.hostname`.
pub fn names_in(content: &str) -> Result<Vec<String>, Trouble> {
    let Some(body) = body(content)? else {
        return Ok(Vec::new());
    };
    let source = dialect::translate(&fold_newlines(body));
    let environment = environment();
    let template = environment.template_from_str(&source);
    let template = template.map_err(|error| Trouble::of(&error, &source))?;
    let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    names.retain(|name| !data::OWN.contains(&name.as_str()));
    names.sort();
    Ok(names)
}

/// What stands behind the header; None for a text that is no template.
fn body(content: &str) -> Result<Option<&str>, Trouble> {
    if !is_template(content) {
        return Ok(None);
    }
    let (header, body) = content.split_once('\n').unwrap_or((content, ""));
    if kind(header).as_deref() == Some("jinja") {
        return Ok(Some(body));
    }
    let what =
        format!("line 1: `{HEADER}` is not the whole first line, so the node renders nothing");
    let fault =
        Fault::bad_argument(what).hint("nothing may stand before it, and nothing behind it");
    Err(Trouble::new(1, fault))
}

/// What `##template:` asks for.
fn kind(header: &str) -> Option<String> {
    let rest = header.strip_prefix("##")?.trim_start();
    let word = rest.get(..9)?;
    word.eq_ignore_ascii_case("template:")
        .then(|| rest[9..].trim().to_lowercase())
}

/// Lines as Jinja2 sees them: all ends alike, none behind the last.
fn fold_newlines(body: &str) -> String {
    let mut text = body.replace("\r\n", "\n").replace('\r', "\n");
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Jinja2 as cloud-init sets it up.
fn environment<'source>() -> Environment<'source> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .keep_trailing_newline(true)
        .build();
    if let Ok(syntax) = syntax {
        environment.set_syntax(syntax);
    }
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_formatter(|out, state, value| {
        let text = if value.is_undefined() {
            missing::printed(state)
        } else {
            python::text(value)
        };
        out.write_str(&text).map_err(minijinja::Error::from)
    });
    filters::install(&mut environment);
    environment
}

/// Gives nameless unknowns the name that the source has for them.
fn named(text: &str, spans: &[OutputSpan], source: &str) -> Rendered {
    let mut rendered = Rendered {
        template: true,
        ..Rendered::default()
    };
    for span in spans {
        // The header stands before the source.
        rendered.lines.push((rendered.text.len(), span.line() + 1));
        let part = &text[span.output_range()];
        if part.contains(missing::NAMELESS) {
            let name = missing::spelled(&source[span.source_range()]);
            rendered.text += &part.replace(missing::NAMELESS, &name);
        } else {
            rendered.text += part;
        }
    }
    rendered
}

#[cfg(test)]
mod tests;
