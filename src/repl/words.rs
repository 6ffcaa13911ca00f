//! What may be typed although it is no Lua: `help smd`, `x?`, `x??`, `!ls`, `exit`, and the words a session was given.
use super::session::Turn;
use crate::{
    fault::Fault,
    lua::{Presses, Report},
    shell::Shell,
};
use std::{
    io::{self, IsTerminal},
    process::{Command, Stdio},
};

/// Further words of a session, `:name arguments`: said to whoever runs it (a course), not to Lua.
#[derive(Clone, Copy)]
pub struct Verbs<'a> {
    /// Without the colon; for Tab, and for those who mistype one.
    pub names: &'a [&'a str],
    /// The Lua whose end stands where the argument of `name` does, so that the same may follow: `node.why "`.
    pub like: &'a dyn Fn(&str) -> Option<&'static str>,
    /// Does `name`, which is one of these, with what stands behind it.
    pub run: &'a dyn Fn(&str, &str) -> Turn,
}

impl Verbs<'_> {
    /// `:name arguments` → its parts.
    pub(super) fn parts(line: &str) -> Option<(&str, &str)> {
        let rest = line.trim().strip_prefix(':')?;
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let name = rest[..end].starts_with(char::is_alphabetic);
        name.then(|| (&rest[..end], rest[end..].trim()))
    }

    pub(super) fn has(&self, line: &str) -> bool {
        Self::parts(line).is_some_and(|(name, _)| self.names.contains(&name))
    }

    pub(super) fn turn(&self, name: &str, arguments: &str) -> Turn {
        if self.names.contains(&name) {
            return (self.run)(name, arguments);
        }
        let mut begun = self.names.iter().filter(|it| it.starts_with(name));
        if let (Some(only), None) = (begun.next(), begun.next()) {
            return (self.run)(only, arguments);
        }
        let near = self
            .names
            .iter()
            .map(|it| (strsim::jaro_winkler(it, name), it));
        let near = near.max_by(|(a, _), (b, _)| a.total_cmp(b));
        let hint = match near {
            Some((likeness, near)) if likeness > 0.75 => format!("did you mean :{near}?"),
            _ => format!("there are :{}", self.names.join(" :")),
        };
        failed(Fault::bad_argument(format!("there is no word :{name}")).hint(hint))
    }
}

/// An input that is no Lua.
pub(super) enum Word<'a> {
    /// `help`, `help smd.component`, `smd?`: the Lua that does it.
    Lua(String),
    /// `!ls -l`
    Shell(&'a str),
    /// `:goal`
    Verb(&'a str, &'a str),
    Leave,
}

pub(super) fn word<'a>(input: &'a str, verbs: Option<&Verbs>) -> Option<Word<'a>> {
    let input = input.trim();
    if let Some(command) = input.strip_prefix('!') {
        return Some(Word::Shell(command.trim()));
    }
    if verbs.is_some()
        && let Some((name, arguments)) = Verbs::parts(input)
    {
        return Some(Word::Verb(name, arguments));
    }
    match input {
        "help" | "?" => Some(Word::Lua("help()".to_owned())),
        "exit" | "quit" | "exit()" | "quit()" => Some(Word::Leave),
        _ => asked(input).map(Word::Lua),
    }
}

/// `help x`, `x?`, `x??`.
fn asked(input: &str) -> Option<String> {
    let name = |c: char| c.is_alphanumeric() || "._-".contains(c);
    if let Some(subject) = input.strip_prefix("help ") {
        let subject = subject.trim();
        let plain = !subject.is_empty() && subject.chars().all(name);
        return plain.then(|| format!("help({subject:?})"));
    }
    // A name that leads nowhere is looked up as a word, instead of general help for nil.
    let inner = input
        .strip_prefix("help(")
        .and_then(|it| it.strip_suffix(')'));
    if let Some(subject) = inner.map(str::trim)
        && subject != "nil"
        && subject.starts_with(char::is_alphabetic)
        && subject
            .chars()
            .all(|c| c.is_alphanumeric() || c == '.' || c == '_')
    {
        return Some(format!("help({subject} or {subject:?})"));
    }
    let (verb, subject) = match input.strip_suffix("??") {
        Some(subject) => ("source", subject),
        None => ("help", input.strip_suffix('?')?),
    };
    // Signs as `_[1].State?` has them; what is no name of anything is looked up as a word.
    let subject = subject.trim();
    let chain = |c: char| c.is_alphanumeric() || "._:[]\"'".contains(c);
    let plain = !subject.is_empty() && subject.chars().all(chain);
    plain.then(|| format!("{verb}({} or {subject:?})", subject.replace(':', ".")))
}

/// Runs a line of the system's shell. At a terminal it has that to itself, elsewhere what it says is shown.
pub(super) fn shell(command: &str, shell: &Shell) -> Turn {
    if let Err(fault) = shell.outside(&format!("!{command}")) {
        return failed(fault);
    }
    if command.is_empty() {
        let what = "there is nothing to run";
        return failed(Fault::bad_argument(what).hint("as !ls; !bash opens a shell"));
    }
    // A press is the command's alone: chami takes it as one between two runs, once it listens at all.
    let _listening = Presses::begin();
    let mut child = Command::new("sh");
    child.args(["-c", command]);
    let out = if io::stdin().is_terminal() && io::stdout().is_terminal() {
        child.status().map(|status| (status, String::new()))
    } else {
        let both = child.stdin(Stdio::null()).output();
        both.map(|out| {
            let text = [out.stdout, out.stderr].concat();
            (out.status, String::from_utf8_lossy(&text).into_owned())
        })
    };
    let (status, text) = match out {
        Ok(out) => out,
        Err(error) => return failed(Fault::io("sh", &error)),
    };
    let note = if status.success() {
        String::new()
    } else {
        format!("({status})")
    };
    let parts = [text.trim_end_matches('\n'), &note];
    let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    Turn::Note(parts.join("\n"))
}

fn failed(fault: Fault) -> Turn {
    Turn::Failed(Box::new(Report::from(fault)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lua(input: &str) -> Option<String> {
        match word(input, None) {
            Some(Word::Lua(code)) => Some(code),
            _ => None,
        }
    }

    #[test]
    fn questions_become_calls() {
        assert_eq!(lua("help boot").as_deref(), Some("help(\"boot\")"));
        assert_eq!(
            lua("smd.group?").as_deref(),
            Some("help(smd.group or \"smd.group\")")
        );
        assert_eq!(lua("f??").as_deref(), Some("source(f or \"f\")"));
        assert_eq!(
            lua("s:upper?").as_deref(),
            Some("help(s.upper or \"s:upper\")")
        );
        assert_eq!(
            lua("help(smd.grup)").as_deref(),
            Some("help(smd.grup or \"smd.grup\")")
        );
        assert_eq!(lua("help(nil)"), None, "help says that it was given nil");
        assert_eq!(lua("help(f())"), None);
        assert_eq!(lua("help (1)"), None);
        assert_eq!(lua("print 'so?'"), None);
    }

    #[test]
    fn a_colon_begins_a_word_only_where_there_are_words() {
        assert!(word(":goal", None).is_none());
        let verbs = Verbs {
            names: &["goal", "hint"],
            like: &|_| None,
            run: &|name, arguments| Turn::Note(format!("{name}+{arguments}")),
        };
        assert!(matches!(
            word(" :goal  all of it ", Some(&verbs)),
            Some(Word::Verb("goal", "all of it"))
        ));
        assert!(word("::label::", Some(&verbs)).is_none());
        assert_eq!(verbs.turn("hint", "2"), Turn::Note("hint+2".to_owned()));
        assert_eq!(verbs.turn("h", "2"), Turn::Note("hint+2".to_owned()));
        let Turn::Failed(report) = verbs.turn("gaol", "") else {
            panic!("there is no such word");
        };
        let text = report.text(&crate::lua::inspect::Style::WHOLE);
        assert!(text.contains("did you mean :goal?"), "{text}");
    }
}
