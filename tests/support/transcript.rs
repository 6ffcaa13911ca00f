//! A session at the prompt, written as it looks, and what becomes of it when it is played.
#![allow(dead_code)] // each test uses what it needs
#[path = "peer.rs"]
mod peer;
#[path = "stage.rs"]
mod stage;

use chami::{
    gate::{First, Rules},
    learn::{Book, Course, Desk, Exercise, Ground, Guide, Look, Shown, Site, WORDS},
    lua::{Reply, inspect::Style, shape::Limit},
    repl::{
        MORE, Verbs,
        session::{Session, Turn},
    },
    shell::Shell,
};
use peer::Peer;
pub(crate) use stage::root;
use stage::{Extra, Stage};
use std::{cell::RefCell, fs, sync::mpsc, thread, time::Duration};

const PROMPT: &str = "lab ❯ ";
/// So many records of a list are shown, to keep transcripts short.
const RECORDS: usize = 8;

/// A session as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Transcript {
    pub(crate) head: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) input: Vec<String>,
    pub(crate) output: Vec<String>,
}

impl Transcript {
    pub(crate) fn parse(text: &str) -> Self {
        let lines = text.lines();
        let is_head = |line: &&str| line.starts_with('#') || line.is_empty();
        let head = lines.clone().take_while(is_head).map(str::to_owned);
        let mut transcript = Self {
            head: head.collect(),
            steps: Vec::new(),
        };
        for line in lines.skip_while(is_head) {
            let steps = &mut transcript.steps;
            // An empty input ends with the prompt's own space, which editors cut.
            if let Some(input) = line.strip_prefix(PROMPT.trim_end()) {
                let input = input.strip_prefix(' ').unwrap_or(input).to_owned();
                steps.push(Step {
                    input: vec![input],
                    output: Vec::new(),
                });
            } else if let Some(step) = steps.last_mut() {
                match line.strip_prefix(MORE.trim_end()) {
                    Some(more) if step.output.is_empty() => {
                        step.input
                            .push(more.strip_prefix(' ').unwrap_or(more).to_owned());
                    }
                    _ => step.output.push(line.to_owned()),
                }
            } else {
                panic!("neither head nor prompt: {line}");
            }
        }
        transcript
    }

    pub(crate) fn text(&self) -> String {
        let mut lines = self.head.clone();
        for step in &self.steps {
            let prompts = std::iter::once(PROMPT).chain(std::iter::repeat(MORE));
            let inputs = prompts.zip(&step.input);
            lines.extend(
                inputs.map(|(prompt, line)| format!("{prompt}{line}").trim_end().to_owned()),
            );
            lines.extend(step.output.clone());
        }
        lines.join("\n") + "\n"
    }

    fn setting(&self, name: &str) -> Option<&str> {
        let key = format!("# {name}: ");
        self.head.iter().find_map(|line| line.strip_prefix(&key))
    }

    /// The shell it is played in.
    fn stage(&self, peer: &Peer, style: Style) -> Stage {
        let limit = Limit::Rows(RECORDS);
        let auth = self.setting("auth") != Some("off");
        let mebibytes = self
            .setting("memory")
            .and_then(|it| it.strip_suffix(" MiB"));
        let extra = Extra {
            memory: mebibytes.map(|it| it.parse::<usize>().expect("a number") << 20),
            lines: self.setting("journal").map(journal),
            ..Extra::default()
        };
        let stage = match (self.setting("target"), self.setting("rules")) {
            _ if self.setting("replay").is_some() => {
                let tape = self.setting("replay").unwrap_or_default();
                Stage::replaying(&root().join(tape), style, limit)
            }
            (Some(target), _) if target.starts_with("peer") => {
                let url = target.replacen("peer", &peer.url, 1);
                Stage::at(&url, style, limit)
            }
            (_, Some(words)) => Stage::ruled(auth, style, limit, rules(words)),
            _ => Stage::with(auth, style, limit, extra),
        };
        if let Some(state) = self.setting("state").filter(|state| *state != "empty") {
            stage.enter(state).expect("the state can be built");
        }
        stage.shell.eval(&format!("peer = {:?}", peer.url));
        let level = self.setting("verbose").map(str::parse);
        stage.shell.desk().hear(Box::new(stage.out.sink()));
        stage
            .shell
            .desk()
            .verbose(level.map_or(0, |level| level.expect("verbose is a number")));
        stage
    }

    /// The same session as it goes now.
    pub(crate) fn played(&self) -> Self {
        let style = Style {
            width: self
                .setting("width")
                .map_or(80, |w| w.parse().expect("width is a number")),
            rows: 20,
            colour: false,
            prompt: true,
        };
        let peer = Peer::start();
        let stage = self.stage(&peer, style);
        let course = Course::embedded().expect("the course");
        let guide = self.setting("learn").map(|id| {
            let exercise = course.get(id).expect("an exercise");
            RefCell::new(learning(&stage, &course, exercise))
        });
        let verb = |name: &str, rest: &str| match &guide {
            Some(guide) => worded(&stage, &mut guide.borrow_mut(), (name, rest), &style),
            None => panic!("no word of this session"),
        };
        let eval = |code: &str| match &guide {
            Some(guide) => guide.borrow_mut().typed(code, || stage.shell.eval(code)),
            None => stage.shell.eval(code),
        };
        let names = WORDS.map(|word| word.name);
        let verbs = Verbs {
            names: &names,
            like: &|_| None,
            run: &verb,
        };
        let mut session = Session::new(&eval, &stage.shell).with(guide.is_some().then_some(verbs));
        let play = |step: &Step| Step {
            input: step.input.clone(),
            output: play(&stage, &mut session, &step.input, &style),
        };
        Self {
            head: self.head.clone(),
            steps: self.steps.iter().map(play).collect(),
        }
    }
}

/// A student at an exercise of the course, whose progress nobody keeps.
fn learning<'a>(stage: &'a Stage, course: &'a Course, exercise: &'a Exercise) -> Guide<'a> {
    let guide = Guide::enter(Desk {
        shell: &stage.shell,
        course,
        exercise,
        site: Site {
            ground: Ground::Lab,
            target: "lab".to_owned(),
            option: "--lab=fresh".to_owned(),
            own: true,
            fleeting: true,
        },
        book: Book::open(None),
        look: Look::PLAIN,
    });
    guide.expect("the exercise can be begun")
}

/// What a word of the course shows, with what ran meanwhile.
fn worded(stage: &Stage, guide: &mut Guide, (name, rest): (&str, &str), style: &Style) -> Turn {
    let mut shown = String::new();
    let done = guide.word(name, rest, &mut |it| {
        shown += &stage.out.take();
        shown += &match it {
            Shown::Text(text) => text,
            Shown::Reply(Reply::Failed(report)) => report.text(style),
            Shown::Reply(Reply::Values(values)) => Turn::Values(values).text(style),
            Shown::Reply(_) => return,
        };
        shown.push('\n');
    });
    match done {
        Ok(()) => Turn::Note(shown),
        Err(report) => Turn::Failed(Box::new(report)),
    }
}

/// `read-only`, `plan`, `max-nodes N`, `asked yes`, `asked no`, `not asked`.
fn rules(words: &str) -> Rules {
    let target = "demo".to_owned();
    let rules = Rules {
        target,
        ..Rules::default()
    };
    match words.split_once(' ').unwrap_or((words, "")) {
        ("read-only", _) => Rules {
            read_only: true,
            ..rules
        },
        ("plan", _) => Rules {
            plan: true,
            ..rules
        },
        ("max-nodes", most) => Rules {
            max_nodes: Some(most.parse().expect("a number")),
            ..rules
        },
        ("asked", answer) => {
            let yes = answer == "yes";
            Rules {
                first: First::Asked(Box::new(move |_| yes)),
                ..rules
            }
        }
        ("not", "asked") => Rules {
            first: First::Refused,
            ..rules
        },
        other => panic!("no rules are called {other:?}"),
    }
}

/// The lines of a journal that a session finds.
fn journal(name: &str) -> String {
    let path = root().join("tests/journal").join(name);
    fs::read_to_string(path).expect("a journal")
}

/// Types the lines of one input; returns what the terminal shows below them.
fn play(stage: &Stage, session: &mut Session, input: &[String], style: &Style) -> Vec<String> {
    let shown = RefCell::new(String::new());
    let show = |text: &str| {
        let mut shown = shown.borrow_mut();
        shown.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            shown.push('\n');
        }
    };
    for line in input {
        if let Some((before, _)) = line.split_once("<TAB>") {
            show(&completed(&stage.shell, session.pending(), before));
            continue;
        }
        if line.trim() == "<^C>" {
            let ended = session.cancel();
            show(&stage.out.take());
            show(&ended.map(|turn| turn.text(style)).unwrap_or_default());
            continue;
        }
        let (line, pause) = match line.split_once("<^C after ") {
            Some((line, pause)) => (line.trim_end(), Some(milliseconds(pause))),
            None => (line.as_str(), None),
        };
        let (done, ended) = mpsc::channel();
        thread::scope(|scope| {
            if let Some(pause) = pause {
                scope.spawn(move || {
                    if ended.recv_timeout(pause).is_err() {
                        stage.shell.interrupt();
                    }
                });
            }
            session.feed(line, &mut |_| (), &mut |turn| {
                show(&stage.out.take());
                match turn {
                    Turn::Leave(status) => show(&format!("(leaves with {status})")),
                    turn => show(&turn.text(style)),
                }
            });
            // Nobody waits for an input that is not to be interrupted.
            let _ = done.send(());
        });
    }
    shown.into_inner().lines().map(steady).collect()
}

fn milliseconds(text: &str) -> Duration {
    let number = text.strip_suffix("ms>").expect("<^C after 50ms>");
    Duration::from_millis(number.parse().expect("a number of milliseconds"))
}

/// What Tab does to a line: the line as far as it is certain, then what may follow.
fn completed(shell: &Shell, pending: &str, line: &str) -> String {
    let front = if pending.is_empty() {
        String::new()
    } else {
        format!("{pending}\n")
    };
    let text = format!("{front}{line}");
    let completion = shell.complete(&text, text.len());
    let kept = &text[front.len()..completion.start];
    let mut words = completion.candidates.iter().map(|c| c.text.as_str());
    let first = words.next().unwrap_or(&text[completion.start..]);
    let common = words.fold(first, |common, word| {
        let same = common.char_indices().zip(word.chars());
        let end = same.take_while(|((_, a), b)| a == b).last();
        &common[..end.map_or(0, |((at, letter), _)| at + letter.len_utf8())]
    });
    let mut lines = vec![format!("{kept}{common}")];
    if completion.candidates.len() > 1 {
        lines.extend(
            completion
                .candidates
                .iter()
                .map(|c| format!("    {}", c.label)),
        );
    }
    lines.join("\n")
}

/// Ports and the time that requests take differ from run to run.
fn steady(line: &str) -> String {
    let request = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "virsh "]
        .iter()
        .any(|method| line.starts_with(method));
    if line.starts_with("  < date: ") {
        return "  < date: TIME".to_owned();
    }
    if let Some((time, rest)) = line.split_once(" ms, ")
        && time.parse::<f64>().is_ok()
    {
        return format!("TIME ms, {rest}");
    }
    let line = match line.find(" ms") {
        Some(at) if request => {
            let start = line[..at].rfind(' ').map_or(0, |at| at + 1);
            format!("{}TIME{}", &line[..start], &line[at..])
        }
        _ => line.to_owned(),
    };
    let line = line.as_str();
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("127.0.0.1:") {
        out.push_str(before);
        out.push_str("127.0.0.1:");
        let port = after.trim_start_matches(|c: char| c.is_ascii_digit());
        out.push_str(if port.len() < after.len() { "PORT" } else { "" });
        rest = port;
    }
    out + rest
}

/// The first lines that differ.
pub(crate) fn difference(want: &str, have: &str) -> String {
    let (want, have): (Vec<&str>, Vec<&str>) = (want.lines().collect(), have.lines().collect());
    let both = want.len().max(have.len());
    let at = (0..both).find(|&at| want.get(at) != have.get(at));
    let at = at.unwrap_or_default();
    let part = |lines: &[&str], mark: &str| {
        let lines = lines.iter().skip(at).take(12);
        let lines: Vec<String> = lines.map(|line| format!("  {mark} {line}")).collect();
        lines.join("\n")
    };
    format!(
        "line {}:\n{}\n{}",
        at + 1,
        part(&want, "-"),
        part(&have, "+")
    )
}
