//! Checks, hints, and why a check fails.
use super::{Guide, Show, Shown, plural, say};
use crate::{
    fault::Fault,
    learn::{Ground, progress::now, roster, session::Verdict, text},
    shell::Report,
};

impl Guide<'_> {
    /// Asks the checks, as long as each may take.
    pub(super) fn check(&mut self, show: &mut Show) -> Result<(), Report> {
        self.reopen()?;
        let verdicts = self.session.verify()?;
        let holding: Vec<&str> = verdicts
            .iter()
            .filter(|it| it.pass)
            .map(|it| it.title.as_str())
            .collect();
        let all = holding.len() == verdicts.len();
        let (id, ground) = (self.id().to_owned(), self.desk.site.ground);
        self.desk.book.change(|progress| {
            progress.asked((&id, ground), holding.iter().copied(), all, now());
        });
        self.show_progress(&verdicts)?;
        let mut text = self.verdicts(&verdicts);
        text += "\n\n";
        text += &match verdicts.iter().find(|it| !it.pass) {
            Some(open) => {
                let count = format!("{} of {}", holding.len(), plural(verdicts.len(), "check"));
                let verb = if holding.len() == 1 { "holds" } else { "hold" };
                self.desk.look.prose(&format!(
                    "{count} {verb}. `:hint` helps with \"{}\"; `:why` shows what it asks.",
                    open.title
                ))
            }
            None => self.done()?,
        };
        say(show, text);
        Ok(())
    }

    /// On a lab its page shows how the exercise stands.
    pub(super) fn show_progress(&self, verdicts: &[Verdict]) -> Result<(), Report> {
        match self.desk.site.ground {
            Ground::Lab => self.session.show(&self.opened, verdicts),
            Ground::Cluster => Ok(()),
        }
    }

    fn verdicts(&self, verdicts: &[Verdict]) -> String {
        let look = &self.desk.look;
        let mut lines = Vec::new();
        for verdict in verdicts {
            let word = if verdict.pass {
                look.green("pass")
            } else {
                look.red("fail")
            };
            lines.push(format!("{word}  {}", verdict.title));
            if let Some(why) = &verdict.text {
                lines.push(look.beside("", 6, why));
            }
        }
        lines.join("\n")
    }

    /// What is said when the goal is reached.
    fn done(&self) -> Result<String, Report> {
        let look = &self.desk.look;
        let (id, ground) = self.at();
        let progress = self.desk.book.progress();
        let hints = progress
            .record(id, ground)
            .map_or(0, |record| record.hints());
        let done = format!("{id} is done, with {}.", plural(hints, "hint"));
        let mut text = look.green(&done);
        if !self.script.tries.is_empty() {
            text += &format!("\n\nTry now, in this same session:\n{}", self.tries());
        }
        let entries = roster::roster(self.desk.course, self.desk.shell, progress, ground)?;
        if let Some(next) = roster::next(&entries) {
            text += &format!("\n\nNext: chami learn {}, {}", next.id, next.title);
        }
        // Looking at the others' headers opened them.
        self.reopen()?;
        Ok(text)
    }

    /// The first check that fails as things stand, and its number.
    fn first_open(&self) -> Result<Option<(usize, Verdict)>, Report> {
        self.reopen()?;
        let verdicts = (1..).zip(self.session.glance()?);
        Ok(verdicts.into_iter().find(|(_, verdict)| !verdict.pass))
    }

    /// The next hint to the first check that fails, counted.
    pub(super) fn hint(&mut self, show: &mut Show) -> Result<(), Report> {
        let Some((_, open)) = self.first_open()? else {
            say(
                show,
                "Every check holds: there is nothing to hint at. :check says so, :try tells what to try.",
            );
            return Ok(());
        };
        let of = open.hint.len();
        if of == 0 {
            say(
                show,
                format!(
                    "fail  {}\n\nThis check has no hints; :why shows what it asks.",
                    open.title
                ),
            );
            return Ok(());
        }
        let (id, ground) = (self.id().to_owned(), self.desk.site.ground);
        let title = open.title.clone();
        let mut given = 0;
        self.desk.book.change(|progress| {
            let record = progress.touch(&id, ground, now());
            let taken = record.hints.entry(title).or_default();
            *taken = (*taken + 1).min(of);
            given = *taken;
        });
        let look = &self.desk.look;
        let mut text = format!("{}  {}\n", look.red("fail"), open.title);
        for (at, hint) in open.hint.iter().take(given).enumerate() {
            let line = look.beside(&format!("{:>2}.", at + 1), 6, hint);
            text += &format!(
                "\n{}",
                if at + 1 == given {
                    line
                } else {
                    look.dim(&line)
                }
            );
        }
        let left = of - given;
        text += &match left {
            0 => "\n\nThat is all there are; `:why` shows what the check asks.".to_owned(),
            left => format!("\n\n{} left.", plural(left, "hint")),
        };
        say(show, text);
        Ok(())
    }

    /// Why the first check fails, or what keeps a node from being ready.
    pub(super) fn why(&mut self, rest: &str, show: &mut Show) -> Result<(), Report> {
        if !rest.is_empty() {
            return self.why_node(rest.trim_matches(['"', '\'']), show);
        }
        let Some((number, open)) = self.first_open()? else {
            say(
                show,
                "Every check holds. `:why NODE` tells what keeps a node from being ready.",
            );
            return Ok(());
        };
        let look = &self.desk.look;
        let mut text = format!("{}  {}\n", look.red("fail"), open.title);
        if let Some(why) = &open.text {
            text += &format!("{}\n", look.beside("", 6, why));
        }
        let source: Vec<&str> = self.desk.exercise.text.lines().collect();
        if let [first, last] = self.session.asks(number)?[..]
            && let Some(lines) = source.get(first - 1..last)
        {
            text += &format!(
                "\nThis is how it asks (line {first} of the file); what it calls, you can type as well:\n\n"
            );
            text += &look.code(&dedent(lines));
        }
        say(show, text);
        Ok(())
    }

    fn why_node(&self, node: &str, show: &mut Show) -> Result<(), Report> {
        if !self.session.explains_nodes()? {
            let what = "this chami cannot say yet what keeps a node from being ready: there is no node.why";
            let hint = "bss.boot.script.get and smd.iface.list show what a node would boot, and how it is known";
            return Err(Fault::new(crate::fault::Kind::Unsupported, what)
                .hint(hint)
                .into());
        }
        let code = format!("node.why({})", text::literal(node));
        show(Shown::Reply(self.desk.shell.eval(&code)));
        Ok(())
    }
}

/// Lines without the space they all begin with.
fn dedent(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let least = filled.map(indent).min().unwrap_or_default();
    let cut = lines
        .iter()
        .map(|line| line.get(least..).unwrap_or_default());
    cut.collect::<Vec<_>>().join("\n")
}
