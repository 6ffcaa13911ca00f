//! The words of the course: what there are, and who does what.
use super::{Guide, Show, say};
use crate::{fault::Fault, shell::Report};

/// One word, typed with a colon before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub name: &'static str,
    /// What may follow it.
    pub takes: &'static str,
    pub about: &'static str,
}

impl Word {
    /// The Lua that takes at its end what this word takes.
    pub fn like(name: &str) -> Option<&'static str> {
        match name {
            "why" => Some("node.why \""),
            "copy" => Some("fs.write(\""),
            _ => None,
        }
    }
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
        "[all]",
        "takes back what the last part or line of yours has written; all: with what others changed in the lab since",
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
    /// Does what a word says.
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
            "undo" => self.undo(rest, show),
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

fn find(name: &str) -> Result<Word, Fault> {
    let word = WORDS.iter().find(|word| word.name == name).copied();
    word.ok_or_else(|| {
        let what = format!("there is no word :{name}");
        Fault::bad_argument(what).did_you_mean(name, WORDS.map(|word| word.name))
    })
}
