//! What to type instead, when Lua itself says that something is nil: the names that look like the one typed.
use super::docs::Index;
use crate::fault::nearest;
use std::collections::BTreeSet;

/// A hint for an error message of Lua, `attempt to call a nil value (field 'lst')`; `globals` are the names in scope.
pub(crate) fn advice(message: &str, docs: &Index, globals: &[String]) -> Option<String> {
    let (_, rest) = message.split_once(" a nil value (")?;
    let (what, rest) = rest.split_once(" '")?;
    let name = rest.split('\'').next()?;
    let mut known: BTreeSet<&str> = BTreeSet::new();
    match what {
        "global" => known.extend(globals.iter().map(String::as_str)),
        "field" | "method" => {
            for function in docs.functions() {
                known.extend(function.path.split(['.', ':']).skip(1));
            }
        }
        _ => return None,
    }
    nearest(name, known)
        .filter(|near| *near != name)
        .map(|near| format!("did you mean {near}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_proposed() {
        let docs = Index::new([(
            "smd.lua",
            "smd",
            "function smd.component.list() end\nfunction smd.group.get() end\n",
        )]);
        let globals = ["smd".to_owned(), "print".to_owned()];
        let said = |message: &str| advice(message, &docs, &globals);
        let near = |word: &str| Some(format!("did you mean {word}?"));
        assert_eq!(
            said("attempt to call a nil value (field 'lst')"),
            near("list")
        );
        assert_eq!(
            said("attempt to index a nil value (field 'compnent')"),
            near("component")
        );
        assert_eq!(
            said("attempt to index a nil value (global 'sdm')"),
            near("smd")
        );
        assert_eq!(
            said("attempt to call a nil value (global 'pritn')"),
            near("print")
        );
        assert_eq!(said("attempt to call a nil value (global 'xyz')"), None);
        assert_eq!(said("attempt to call a nil value (local 'lst')"), None);
        assert_eq!(said("attempt to call a nil value (field 'list')"), None);
        assert_eq!(said("my own error"), None);
    }
}
