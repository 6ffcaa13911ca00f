//! The parts of an exercise: where one is, what comes next, what it does.
use super::{Guide, Show, Shown, number, say};
use crate::{
    fault::{Fault, Kind as FaultKind},
    learn::{scene::scene, script::Part},
    shell::{Reply, Report},
};

impl Guide<'_> {
    pub(super) fn goal(&self) -> String {
        let (look, header) = (&self.desk.look, &self.opened.header);
        let mut lines = vec![
            look.prose(&header.goal),
            String::new(),
            "You are done when".to_owned(),
        ];
        let titles = self.opened.checks.iter().map(|check| &check.title);
        lines.extend(titles.map(|title| look.beside("  -", 4, title)));
        lines.join("\n")
    }

    pub(super) fn steps(&self) -> String {
        let look = &self.desk.look;
        let line = |(at, part): (usize, &Part)| {
            let mark = match at.cmp(&self.place.next) {
                std::cmp::Ordering::Less => look.green("✓"),
                std::cmp::Ordering::Equal => "▸".to_owned(),
                std::cmp::Ordering::Greater => " ".to_owned(),
            };
            format!("{mark} {:>2}  {}  {}", at + 1, part.kind.name(), part.title)
        };
        let mut lines: Vec<String> = self.script.parts.iter().enumerate().map(line).collect();
        lines.push(
            look.dim("a step brings the cluster nearer to the goal, a look leaves it as it was"),
        );
        lines.join("\n")
    }

    pub(super) fn tries(&self) -> String {
        let look = &self.desk.look;
        if self.script.tries.is_empty() {
            return "nothing is proposed here: what would you like to know?".to_owned();
        }
        let lines = self.script.tries.iter().enumerate();
        let lines = lines.map(|(at, text)| look.beside(&format!("{:>2}.", at + 1), 4, text));
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn show(&self, rest: &str, show: &mut Show) -> Result<(), Report> {
        let of = self.script.len();
        if rest == "0" {
            say(show, self.scene());
            return Ok(());
        }
        let at = match number("show", rest, of)? {
            Some(number) => number - 1,
            None => self.place.next.min(of.saturating_sub(1)),
        };
        say(
            show,
            self.desk.look.part(&self.script.parts[at], at + 1, of),
        );
        Ok(())
    }

    /// What stands above the first part for all of them.
    fn scene(&self) -> String {
        let (blocks, _) = scene(&self.script);
        if blocks.is_empty() {
            return "This exercise defines nothing for its parts to use.".to_owned();
        }
        self.desk.look.blocks(&blocks)
    }

    /// Shows the next part and runs it in the session. One that fails is the next one still.
    pub(super) fn next(&mut self, show: &mut Show) -> Result<(), Report> {
        let (at, of) = (self.place.next, self.script.len());
        let Some(part) = self.script.parts.get(at).cloned() else {
            say(
                show,
                "All parts were run. :check tells whether the goal is reached, :try what to try now.",
            );
            return Ok(());
        };
        say(show, self.desk.look.part(&part, at + 1, of));
        say(show, " ");
        let before = self.before()?;
        // Lines are counted as in the file.
        let code = format!("{}{}", "\n".repeat(part.line), part.code);
        self.session.aloud(true)?;
        let reply = self.desk.shell.eval(&code);
        self.session.aloud(false)?;
        let what = format!("{} {}, {}", part.kind.name(), at + 1, part.title);
        self.after(before, &what);
        match reply {
            Reply::Failed(report) => {
                let stopped = report.kind == Some(FaultKind::Interrupted);
                show(Shown::Reply(Reply::Failed(report)));
                let word = if stopped { "was stopped" } else { "failed" };
                say(
                    show,
                    format!(
                        "(part {} {word}: :next runs it again, :undo takes back what it wrote)",
                        at + 1
                    ),
                );
                return Ok(());
            }
            Reply::Exit(_) => {
                let what = "a part of an exercise cannot leave the session";
                return Err(Fault::new(FaultKind::Refused, what).into());
            }
            // What it expects was told as it came; what that returns is the same once more.
            _ if part.code.trim_start().starts_with("expect") => {}
            reply => show(Shown::Reply(reply)),
        }
        self.place.next = at + 1;
        self.keep_place();
        say(show, self.closing());
        Ok(())
    }

    /// What to do after a part.
    fn closing(&self) -> String {
        let look = &self.desk.look;
        let text = match self.script.parts.get(self.place.next) {
            Some(next) => format!(
                "(:next is {} {}, {})",
                next.kind.name(),
                self.place.next + 1,
                next.title
            ),
            None => "(that was the last part: :check tells whether the goal is reached)".to_owned(),
        };
        format!("\n{}", look.dim(&text))
    }
}
