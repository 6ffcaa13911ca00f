//! What a live VM tells about itself: `help`, `inspect`, Tab. Joins the documentation with the values that are there.
use super::{
    advice::{advice, in_lua},
    compile::PROMPT,
    complete::{self, Completion, Live},
    docs::{Index, read},
    help,
    host::Host,
    inspect::{self, Style},
    library,
    saved::{self, Input, Script},
    shape::{self, Limit},
};
use crate::fault::Fault;
use mlua::{Function, Lua, Table, Value};
use std::{
    cell::{OnceCell, RefCell},
    fs,
    rc::Rc,
};

/// The documentation, and what was typed that may document itself.
#[derive(Default)]
pub(crate) struct Guide {
    docs: OnceCell<Index>,
    globals: OnceCell<Vec<(String, String)>>,
    inputs: RefCell<Vec<Input>>,
}

impl Guide {
    /// The documentation of the whole library, read at the first need.
    pub(crate) fn docs(&self) -> &Index {
        self.docs.get_or_init(library::index)
    }

    /// Keeps an input of the prompt, for `help` on what it defines and for `save`.
    pub(crate) fn note(&self, input: &str) {
        self.inputs.borrow_mut().push(Input::new(input));
    }

    /// The input noted last ran to its end; `valued`: `_` is what it gave.
    pub(crate) fn done(&self, valued: bool) {
        if let Some(input) = self.inputs.borrow_mut().last_mut() {
            (input.done, input.valued) = (true, valued);
        }
    }

    /// The session as a script.
    pub(crate) fn script(&self, lua: &Lua) -> Result<Script, Fault> {
        saved::script(lua, &self.inputs.borrow())
    }

    /// The text of the chunk a function was defined in.
    fn source(&self, session: &Table, chunk: &str, function: &Function) -> Option<String> {
        if chunk != PROMPT {
            return fs::read_to_string(chunk.strip_prefix('@')?).ok();
        }
        let line = function.info().line_defined?;
        let names = names_of(session, function);
        let defines = |input: &&str| {
            let mut heads = read("", input).functions.into_iter();
            heads.any(|f| f.line == line && names.contains(&f.path))
        };
        let inputs = self.inputs.borrow();
        let texts = inputs.iter().rev().map(|input| input.text.as_str());
        let mut texts = texts.filter(|text| text.contains("function"));
        texts.find(defines).map(str::to_owned)
    }
}

/// The session's own table and the globals behind it.
fn scopes(session: &Table) -> impl Iterator<Item = Table> {
    let parent = |table: &Table| table.metatable()?.raw_get::<Table>("__index").ok();
    std::iter::successors(Some(session.clone()), parent).take(2)
}

/// All names in scope.
fn names(session: &Table) -> Vec<String> {
    let pairs = scopes(session)
        .flat_map(|table| table.pairs::<String, Value>().flatten().collect::<Vec<_>>());
    pairs.map(|(name, _)| name).collect()
}

/// The names of the session or of the globals that a function goes by.
fn names_of(session: &Table, function: &Function) -> Vec<String> {
    let tables = scopes(session);
    let pairs =
        tables.flat_map(|table| table.pairs::<String, Value>().flatten().collect::<Vec<_>>());
    pairs
        .filter(|(_, value)| value.as_function() == Some(function))
        .map(|(name, _)| name)
        .collect()
}

impl Host {
    /// The natives behind lib-lua/help.lua.
    pub(crate) fn guide_natives(&self, style: Style) -> mlua::Result<Table> {
        let natives = self.lua.create_table()?;
        let (guide, session) = (Rc::clone(&self.guide), self.session.environment());
        let explain = move |_: &Lua, subject: Value| {
            let source = |chunk: &str, f: &Function| guide.source(&session, chunk, f);
            Ok(help::help(guide.docs(), &subject, &source, &style))
        };
        natives.set("explain", self.lua.create_function(explain)?)?;
        let (guide, session) = (Rc::clone(&self.guide), self.session.environment());
        let text = move |_: &Lua, function: Function| {
            let source = |chunk: &str, f: &Function| match library::text_of(chunk) {
                Some(text) => Some(text),
                None => guide.source(&session, chunk, f),
            };
            Ok(help::source(&function, &source))
        };
        natives.set("source", self.lua.create_function(text)?)?;
        let guide = Rc::clone(&self.guide);
        let show = move |lua: &Lua, value: Value| {
            let shape = shape::read(lua, guide.docs(), &value, Limit::Whole);
            Ok(inspect::inspect(
                &shape,
                &Style {
                    rows: usize::MAX,
                    ..style
                },
            ))
        };
        natives.set("inspect", self.lua.create_function(show)?)?;
        Ok(natives)
    }

    /// What may stand at byte `pos` of what is being typed.
    pub(crate) fn complete(&self, text: &str, pos: usize, live: &Live) -> Completion {
        complete::complete(&self.scene(live), text, pos)
    }

    /// What may be given next in the call at the end of `text`.
    pub(crate) fn hint(&self, text: &str) -> Option<String> {
        complete::hint(&self.scene(&Live::default()), text)
    }

    fn scene<'a>(&'a self, live: &'a Live) -> complete::Scene<'a> {
        complete::Scene {
            root: self.session.environment(),
            docs: self.guide.docs(),
            lazy: self.lazy(),
            live,
        }
    }

    /// What to type instead of what Lua says is nil.
    pub(crate) fn advice(&self, message: &str) -> Option<String> {
        if !message.contains(" a nil value (") {
            return None;
        }
        let mut names = names(&self.session.environment());
        names.extend(self.lazy().iter().map(|(name, _)| name.clone()));
        advice(message, self.guide.docs(), &names)
    }

    /// How a command typed as in a shell is spelled here.
    pub(crate) fn in_lua(&self, source: &str) -> Option<String> {
        in_lua(source, self.guide.docs())
    }

    fn lazy(&self) -> &[(String, String)] {
        self.guide.globals.get_or_init(library::globals)
    }
}
