//! The library as an editor's language server reads it: the annotated sources, a file that says what is global, and the
//! settings of lua-language-server and emmylua.
use crate::{
    fault::{Fault, Kind},
    lua::library,
};
use serde_json::json;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Where the library stands below the directory of scripts.
const LIBRARY: &str = ".chami/library";

/// Writes all that, and tells what was written. Settings that somebody made are not replaced.
pub(super) fn write(dir: &Path) -> Result<String, Fault> {
    let settings = [
        (dir.join(".luarc.json"), luarc()),
        (dir.join(".emmyrc.json"), emmyrc()),
    ];
    for (path, text) in &settings {
        leave_alone(path, text)?;
    }
    let library = dir.join(LIBRARY);
    let mut told = String::new();
    for (path, text) in sources(&library).into_iter().chain(settings) {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| Fault::io(parent, &e))?;
        }
        fs::write(&path, text).map_err(|e| Fault::io(&path, &e))?;
        if !path.starts_with(&library) {
            let _ = writeln!(told, "{}", path.display());
        }
    }
    let _ = writeln!(told, "{}", library.display());
    Ok(told)
}

/// Refuses to replace settings that are not these.
fn leave_alone(path: &Path, ours: &str) -> Result<(), Fault> {
    match fs::read_to_string(path) {
        Ok(theirs) if theirs != ours => {
            let message = format!("{} is there already", path.display());
            let hint = format!(
                "add \"{LIBRARY}\" to its workspace.library, or move it away; nothing was written"
            );
            Err(Fault::new(Kind::Conflict, message).hint(hint))
        }
        _ => Ok(()),
    }
}

fn sources(library: &Path) -> Vec<(PathBuf, String)> {
    let mut files = vec![(library.join("globals.lua"), globals())];
    for name in library::modules() {
        if let Some(source) = library::source(&name) {
            let path = library.join(name.replace('.', "/") + ".lua");
            files.push((path, source.text.into_owned()));
        }
    }
    files
}

/// What every session has without `require`.
fn globals() -> String {
    let mut text =
        String::from("---@meta\n-- What every session of chami has without `require`.\n\n");
    let names = library::globals();
    for (name, home) in &names {
        let _ = match home.split_once(':') {
            Some((module, field)) => writeln!(text, "{name} = require(\"{module}\").{field}"),
            None => writeln!(text, "{name} = require \"{home}\""),
        };
    }
    text.push_str("\nchami = {\n");
    for (name, _) in &names {
        let _ = writeln!(text, "  {name} = {name},");
    }
    text.push_str("}\n");
    text.push_str(PCALL);
    text
}

/// Emmylua's own library says that the second result of a `pcall` that failed is text; here it is a fault.
const PCALL: &str = "
---@alias chami.pcall fun(f: function, ...: any): boolean, ...any
---@type chami.pcall
pcall = pcall
";

// What both servers are told not to warn of. A field that the wire leaves out is an ordinary nil in Lua, and whoever
// asks a cluster he knows also knows what is there: a check before each use of each field would hide what a script does.

fn luarc() -> String {
    let value = json!({
        "runtime.version": "Lua 5.4",
        "runtime.path": ["?.lua"],
        "workspace.library": [LIBRARY],
        "workspace.checkThirdParty": false,
        "diagnostics.disable": ["need-check-nil"],
        // The same, where such a field is an argument.
        "type.weakNilCheck": true,
    });
    format!("{value:#}\n")
}

fn emmyrc() -> String {
    let value = json!({
        "runtime": { "version": "Lua5.4", "requirePattern": ["?.lua"] },
        "workspace": { "library": [LIBRARY] },
        // `smd.component.list { … }[1]` is a component, and not one or nil, for the same reason.
        "strict": { "arrayIndex": false },
        // After that an `if list[1]`, or an `assert` of it, looks needless; and it is what one should write.
        "diagnostics": { "disable": ["need-check-nil", "unnecessary-if", "unnecessary-assert"] },
    });
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_there_with_all_globals() {
        let dir = tempfile::tempdir().expect("a directory");
        let told = write(dir.path()).expect("written");
        assert!(
            told.contains(".luarc.json") && told.contains(LIBRARY),
            "{told}"
        );
        let globals = fs::read_to_string(dir.path().join(LIBRARY).join("globals.lua"));
        let globals = globals.expect("a file");
        assert!(globals.contains("smd = require \"smd\"\n"), "{globals}");
        assert!(
            globals.contains("check = require(\"exercise\").check\n"),
            "{globals}"
        );
        let smd = dir.path().join(LIBRARY).join("smd/component.lua");
        assert!(
            fs::read_to_string(smd)
                .expect("a module")
                .contains("---@class")
        );
        write(dir.path()).expect("a second time");
    }

    #[test]
    fn settings_of_somebody_else_are_left_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join(".luarc.json");
        fs::write(&path, "{}").expect("written");
        let fault = write(dir.path()).expect_err("refused");
        assert_eq!(fault.kind, Kind::Conflict);
        assert_eq!(fs::read_to_string(&path).expect("there"), "{}");
        assert!(!dir.path().join(".chami").exists());
    }
}
