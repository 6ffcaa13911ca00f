//! The token of the command line, which `ps` shows to everybody on the machine: it is moved out of sight at once.
//!
//! `-t @FILE`, `-t -` (the first line of standard input) and `-t '$NAME'` (a variable) never show it. `-t TOKEN` does, so
//! chami starts itself anew with the token in a variable, which only the user's own processes can read (those that a script
//! starts inherit it, as they do `DEMO_ACCESS_TOKEN`); nothing has happened by then but the reading of the command line. A
//! process list taken in those few milliseconds still has it, and so has the history of the user's shell.
use crate::{
    fault::{Fault, Kind},
    secret,
};
use std::{env, ffi::OsString, fs, io, os::unix::process::CommandExt as _, process::Command};

/// Where a token waits for the process that takes its place.
const VARIABLE: &str = "CHAMI_GIVEN_TOKEN";

/// Whether these are the words of a token, not of a place where one is.
fn is_open(token: &str) -> bool {
    !token.is_empty() && token != "-" && !token.starts_with(['@', '$'])
}

/// Starts this process anew without the token in its command line; comes back when that is not needed or not possible.
pub(super) fn conceal(token: Option<&str>) {
    let Some(token) = token.filter(|token| is_open(token)) else {
        return;
    };
    let words: Vec<OsString> = env::args_os().collect();
    let Some(hidden) = without(&words, token) else {
        return;
    };
    let Ok(own) = env::current_exe() else {
        return;
    };
    let mut command = Command::new(own);
    if let Some((name, rest)) = hidden.split_first() {
        command.arg0(name).args(rest);
    }
    // Returns only when it failed, and then the work can still be done.
    let error = command.env(VARIABLE, token).exec();
    crate::repl::screen::say(&format!(
        "-t TOKEN: others on this machine can see the token in the process list ({error}); -t @FILE hides it"
    ));
}

/// The command line with the name of the variable in the token's place.
fn without(words: &[OsString], token: &str) -> Option<Vec<OsString>> {
    let name = format!("${VARIABLE}");
    let at = words.iter().enumerate().skip(1).find_map(|(at, word)| {
        let word = word.to_str()?;
        let before = words[at - 1].to_str().unwrap_or_default();
        let option = before == "--token"
            || before.starts_with('-') && !before.starts_with("--") && before.ends_with('t');
        if word == token && option {
            return Some((at, String::new()));
        }
        let front = word.strip_suffix(token)?;
        let joined = front == "--token="
            || front.starts_with('-')
                && !front.starts_with("--")
                && front.trim_end_matches('=').ends_with('t');
        joined.then(|| (at, front.to_owned()))
    });
    let (at, front) = at?;
    let mut words = words.to_vec();
    words[at] = format!("{front}{name}").into();
    Some(words)
}

/// The token itself, wherever it is.
pub(super) fn read(given: &str) -> Result<String, Fault> {
    let (text, whence) = if given == "-" {
        let mut line = String::new();
        io::stdin()
            .read_line(&mut line)
            .map_err(|error| Fault::io("standard input", &error))?;
        (line, "standard input".to_owned())
    } else if let Some(path) = given.strip_prefix('@') {
        let text = fs::read_to_string(path).map_err(|error| {
            Fault::io(path, &error).hint("-t @FILE reads the token from that file")
        })?;
        (text, path.to_owned())
    } else if let Some(name) = given.strip_prefix('$') {
        let text = env::var(name).map_err(|_| {
            Fault::bad_argument(format!("-t: the variable {name} is not set"))
                .hint("-t '$NAME' reads the token from the variable NAME")
        })?;
        let given = name == VARIABLE;
        (text, if given { "-t" } else { name }.to_owned())
    } else {
        (given.to_owned(), "-t".to_owned())
    };
    let token = text.trim().to_owned();
    if token.is_empty() {
        return Err(Fault::new(
            Kind::BadArgument,
            format!("{whence} holds no token"),
        ));
    }
    secret::register(&token);
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_option_is_found() {
        let hidden = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let found = without(&words, "abc")?;
            let words: Vec<_> = found.iter().map(|word| word.to_string_lossy()).collect();
            Some(words.join(" "))
        };
        for (line, want) in [
            ("chami -t abc f abc", "chami -t $X f abc"),
            ("chami -kt abc", "chami -kt $X"),
            ("chami -tabc", "chami -t$X"),
            ("chami -t=abc", "chami -t=$X"),
            ("chami --token abc", "chami --token $X"),
            ("chami --token=abc f", "chami --token=$X f"),
        ] {
            let want = want.replace("$X", "$CHAMI_GIVEN_TOKEN");
            assert_eq!(hidden(line), Some(want), "{line}");
        }
        assert_eq!(hidden("chami abc"), None);
    }
}
