//! The Lua library: the files under `lib-lua/`, and how `require` finds them.
//!
//! They are embedded; a debug build reads them from the source tree, so that editing Lua needs no rebuild. A user's own
//! version in `$CHAMI_LIB` or `~/.config/chami/lib-lua` goes first; the working directory is never searched.
use super::docs::{self, Index};
use include_dir::{Dir, include_dir};
use std::{
    borrow::Cow,
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/lib-lua");

/// A module's text and the name Lua knows its chunk by.
pub struct Source {
    pub text: Cow<'static, str>,
    pub chunk: String,
}

/// The text of a module: `smd`, `smd.component`. User overrides first.
pub fn source(module: &str) -> Option<Source> {
    source_in(overrides(|name| env::var_os(name)), module)
}

fn source_in(overrides: impl Iterator<Item = PathBuf>, module: &str) -> Option<Source> {
    let path = format!("{}.lua", module.replace('.', "/"));
    for dir in overrides {
        let file = dir.join(&path);
        if let Ok(text) = fs::read_to_string(&file) {
            return Some(Source {
                text: text.into(),
                chunk: format!("@{}", file.display()),
            });
        }
    }
    Some(Source {
        text: shipped(&path)?,
        chunk: format!("@lib-lua/{path}"),
    })
}

/// The text behind a chunk of the shipped library.
pub(crate) fn text_of(chunk: &str) -> Option<String> {
    shipped(chunk.strip_prefix("@lib-lua/")?).map(Cow::into_owned)
}

/// Whether a chunk belongs to the shipped library: its frames say nothing to a user.
pub(crate) fn owns(chunk: &str) -> bool {
    chunk.starts_with("@lib-lua/") || chunk == "=[native]"
}

/// The names of all shipped modules, in order.
pub fn modules() -> Vec<String> {
    fn walk(dir: &Dir, found: &mut Vec<String>) {
        for file in dir.files() {
            let name = file.path().with_extension("");
            if file.path().extension().is_some_and(|it| it == "lua") {
                found.push(name.to_string_lossy().replace('/', "."));
            }
        }
        for dir in dir.dirs() {
            walk(dir, found);
        }
    }
    let mut found = Vec::new();
    walk(&EMBEDDED, &mut found);
    found.sort();
    found
}

/// The documentation of all shipped modules.
pub fn index() -> Index {
    let sources: Vec<_> = modules()
        .into_iter()
        .filter_map(|name| Some((source(&name)?, name)))
        .collect();
    let files = sources.iter();
    let files = files.map(|(it, name)| (it.chunk.as_str(), name.as_str(), it.text.as_ref()));
    Index::new(files).globals(&globals())
}

/// The global names, and the module or `module:function` each stands for, as prelude.lua lists them.
pub fn globals() -> Vec<(String, String)> {
    let prelude = source("prelude").map_or(Cow::default(), |it| it.text);
    let entry = |line: &str| {
        let (name, home) = line.trim().strip_suffix("\",")?.split_once(" = \"")?;
        Some((name.to_owned(), home.to_owned()))
    };
    prelude.lines().filter_map(entry).collect()
}

/// How a native is spelled in the facade that calls it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spelling {
    /// `smd.component.list`; the native's own name where no facade calls it.
    pub(crate) path: String,
    /// What the facade passes, by position; empty where that has no name the user knows.
    pub(crate) arguments: Vec<String>,
}

/// Finds the facade function around `native.NAME`. Only for messages: it reads sources.
pub(crate) fn spelling(module: &str, native: &str) -> Spelling {
    let inner = format!("{module}.");
    let names = modules();
    let files = names
        .iter()
        .filter(|name| *name == module || name.starts_with(&inner));
    for name in files {
        let found = source(name).and_then(|it| spelled(name, &it.text, native));
        if let Some(found) = found {
            return found;
        }
    }
    Spelling {
        path: format!("{module}.{native}"),
        arguments: Vec::new(),
    }
}

fn spelled(module: &str, text: &str, native: &str) -> Option<Spelling> {
    let call = format!("native.{native}");
    let (at, rest) = text.match_indices(&call).find_map(|(at, _)| {
        let rest = &text[at + call.len()..];
        let whole = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        whole.then_some((at, rest))
    })?;
    let line = text[..at].matches('\n').count() + 1;
    let entries = docs::read(module, text);
    let function = entries.functions.iter().rfind(|f| f.line <= line)?;
    let inside = rest
        .strip_prefix('(')
        .and_then(|rest| rest.split(')').next())
        .unwrap_or_default();
    let arguments = inside.split(',').map(|word| {
        let known = |slot: &&docs::Slot| slot.name == word.trim();
        let slot = function.params.iter().find(known);
        slot.map_or_else(String::new, |slot| slot.name.clone())
    });
    // Of a file's own helper nobody has heard, nor of a file that is a part: help is there for the module.
    let path = if function.public {
        &function.path
    } else {
        known(module)
    };
    Some(Spelling {
        path: path.to_owned(),
        arguments: arguments.collect(),
    })
}

/// A part by its own name where that is a function's, as `virsh.console`; else the module that it is a part of.
fn known(module: &str) -> &str {
    let top = module.split('.').next().unwrap_or(module);
    let call = format!("function {module}(");
    let is_function = source(top).is_some_and(|it| it.text.contains(&call));
    if is_function { module } else { top }
}

fn shipped(path: &str) -> Option<Cow<'static, str>> {
    if cfg!(debug_assertions) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("lib-lua")
            .join(path);
        if let Ok(text) = fs::read_to_string(file) {
            return Some(text.into());
        }
    }
    Some(EMBEDDED.get_file(path)?.contents_utf8()?.into())
}

/// Where a user's own versions lie. A relative path would mean the working directory, which may be anybody's.
fn overrides(variable: impl Fn(&str) -> Option<OsString>) -> impl Iterator<Item = PathBuf> {
    let own = variable("CHAMI_LIB").map(PathBuf::from);
    let config = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&variable("HOME")?).join(".config")));
    own.into_iter()
        .chain(config.map(|dir| dir.join("chami/lib-lua")))
        .filter(|dir| dir.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natives_are_spelled_as_their_facade_does() {
        assert_eq!(
            spelling("json", "decode"),
            Spelling {
                path: "json.decode".to_owned(),
                arguments: vec!["text".to_owned()],
            }
        );
        assert_eq!(spelling("json", "nothing").path, "json.nothing");
        assert_eq!(spelling("virsh", "console_open").path, "virsh.console");
        assert_eq!(spelling("virsh", "xml_render").path, "virsh", "a part");
    }

    #[test]
    fn a_users_own_version_goes_first_but_never_the_working_directory() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        fs::write(dir.path().join("json.lua"), "-- mine").expect("written");
        let at = |value: &Path| {
            let value = value.as_os_str().to_owned();
            overrides(move |name| (name == "CHAMI_LIB").then(|| value.clone()))
        };
        let mine = source_in(at(dir.path()), "json").expect("found");
        assert_eq!(mine.text, "-- mine");
        assert!(!owns(&mine.chunk));
        let shipped = source_in(at(Path::new(".")), "json").expect("found");
        assert!(owns(&shipped.chunk));
        assert!(source_in(at(dir.path()), "no.such").is_none());
    }

    #[test]
    fn every_file_of_the_library_is_known() {
        let names = modules();
        for name in ["json", "prelude", "smd", "smd.group", "task"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }
}
