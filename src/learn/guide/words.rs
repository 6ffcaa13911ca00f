//! The words of the course: what there are, and who does what.
use super::{Guide, Show, say};
use crate::{
    fault::{Fault, nearest},
    shell::Report,
};

/// One word, typed with a colon before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub name: &'static str,
    /// What may follow it.
    pub takes: &'static str,
    pub about: &'static str,
}

const fn word(name: &'static str, takes: &'static str, about: &'static str) -> Word {
    Word { name, takes, about }
}

/// In the order in which a student meets them.
pub const WORDS: [Word; 12] = [
    word(
        "next",
        "",
        "shows the next part, runs its code, and keeps its locals for what you type",
    ),
    word(
        "check",
        "",
        "asks whether the goal is reached, and tells what is not yet as it should be",
    ),
    word(
        "hint",
        "",
        "gives the next hint to the first check that fails; each one taken is counted",
    ),
    word(
        "goal",
        "",
        "says what this exercise is to reach, and how that is checked",
    ),
    word("steps", "", "lists the parts, and where you are"),
    word(
        "show",
        "[N]",
        "shows a part without running it: the next one, or part N",
    ),
    word(
        "undo",
        "",
        "takes back what the last part or the last line you typed has written",
    ),
    word(
        "reset",
        "",
        "sets the lab back to the beginning of this exercise",
    ),
    word(
        "copy",
        "[FILE]",
        "writes the exercise to a file of yours, to edit and to run with `chami FILE`",
    ),
    word(
        "why",
        "[NODE]",
        "explains the first check that fails, or what keeps a node from being ready",
    ),
    word("try", "", "proposes what to try when the goal is reached"),
    word("help", "", "lists these words"),
];

impl Guide<'_> {
    /// Does what a word says. The beginning of a word is enough where only one begins so.
    pub fn word(&mut self, name: &str, rest: &str, show: &mut Show) -> Result<(), Report> {
        let word = find(name)?;
        let rest = rest.trim();
        if word.takes.is_empty() && !rest.is_empty() {
            let what = format!(":{} takes nothing behind it; got \"{rest}\"", word.name);
            return Err(Fault::bad_argument(what)
                .hint(":help lists the words")
                .into());
        }
        match word.name {
            "next" => self.next(show),
            "check" => self.check(show),
            "hint" => self.hint(show),
            "goal" => {
                say(show, self.goal());
                Ok(())
            }
            "steps" => {
                say(show, self.steps());
                Ok(())
            }
            "show" => self.show(rest, show),
            "undo" => self.undo(show),
            "reset" => self.reset(show),
            "copy" => self.copy(rest, show),
            "why" => self.why(rest, show),
            "try" => {
                say(show, self.tries());
                Ok(())
            }
            _ => {
                say(show, self.help());
                Ok(())
            }
        }
    }

    fn help(&self) -> String {
        let look = &self.desk.look;
        let lines = WORDS.iter().map(|word| {
            let head = format!(":{} {}", word.name, word.takes);
            look.beside(&head, 16, word.about)
        });
        let mut lines: Vec<String> = lines.collect();
        lines.push(String::new());
        lines.push(look.prose("All else is Lua, in the same session: help() says what to type, `smd?` explains a name."));
        lines.join("\n")
    }
}

/// The word of this name, or the only one that begins so.
fn find(name: &str) -> Result<Word, Fault> {
    if let Some(word) = WORDS.iter().find(|word| word.name == name) {
        return Ok(*word);
    }
    let begin: Vec<&Word> = WORDS
        .iter()
        .filter(|word| word.name.starts_with(name))
        .collect();
    if let [only] = begin[..] {
        return Ok(*only);
    }
    let listed = |words: &[&str]| {
        words
            .iter()
            .map(|it| format!(":{it}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let fault = Fault::bad_argument(format!("there is no word :{name}"));
    if !begin.is_empty() {
        let names: Vec<&str> = begin.iter().map(|word| word.name).collect();
        return Err(fault.hint(format!("it may mean {}", listed(&names))));
    }
    let names = WORDS.map(|word| word.name);
    Err(match nearest(name, names) {
        Some(near) => fault.hint(format!("did you mean :{near}?")),
        None => fault.hint(format!("there are {}", listed(&names))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_will_do_where_it_is_clear() {
        assert_eq!(find("next").map(|it| it.name), Ok("next"));
        assert_eq!(find("n").map(|it| it.name), Ok("next"));
        assert_eq!(find("che").map(|it| it.name), Ok("check"));
        let fault = find("c").expect_err("check or copy");
        assert_eq!(fault.hint.as_deref(), Some("it may mean :check :copy"));
    }

    #[test]
    fn a_slip_is_told_with_what_was_meant() {
        let fault = find("hnit").expect_err("none");
        assert_eq!(fault.message, "there is no word :hnit");
        assert_eq!(fault.hint.as_deref(), Some("did you mean :hint?"));
        let fault = find("quux").expect_err("none");
        assert!(
            fault
                .hint
                .is_some_and(|it| it.starts_with("there are :next :check"))
        );
    }
}
