//! What was typed, kept between sessions; what looks like a secret is not kept.
use std::{
    env, fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

/// `$XDG_STATE_HOME/chami/history`; its directory is made, for the user alone.
pub(super) fn file() -> Option<PathBuf> {
    let state = env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| Some(env::home_dir()?.join(".local/state")))?;
    let dir = state.join("chami");
    make(&dir).then(|| dir.join("history"))
}

fn make(dir: &Path) -> bool {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(dir).is_ok()
}

/// Whether an input may hold a token or password.
pub(super) fn secret(input: &str) -> bool {
    let lower = input.to_lowercase();
    let word = ["token", "password", "passwd", "secret"]
        .iter()
        .any(|word| {
            lower
                .match_indices(word)
                .any(|(at, _)| given(&lower[at + word.len()..]))
        });
    // The beginning of every JWT: `{"` in base64.
    let jwt = input.match_indices("eyJ").any(|(at, _)| {
        let rest = &input[at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
        rest[..end.unwrap_or(rest.len())].len() > 16
    });
    word || jwt || lower.contains("bearer ")
}

/// Whether a value follows the name of a secret: `token = "…"`, `password("…")`, `--token …`.
fn given(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['"', '\'', ']', '_']).trim_start();
    rest.starts_with(['=', ':', '(', '"', '\''])
        && !rest.starts_with("==")
        && !rest.starts_with("()")
}

#[cfg(test)]
mod tests {
    use super::secret;

    #[test]
    fn secrets_are_recognised() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln";
        for line in [
            "token = \"abc\"",
            "TOKEN=\"abc\"",
            "x = { [\"token\"] = t }",
            "http.get(url, { headers = { Authorization = \"Bearer \" .. \"abc\" } })",
            "login{ password = 'x' }",
            &format!("auth '{jwt}'"),
        ] {
            assert!(secret(line), "{line}");
        }
    }

    #[test]
    fn plain_lines_are_kept() {
        for line in [
            "smd.component.list()",
            "print(token)",
            "lab.token()",
            "help \"token\"",
            "if token == nil then print 'no token' end",
            "x = 'eyJust'",
        ] {
            assert!(!secret(line), "{line}");
        }
    }
}
