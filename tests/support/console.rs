//! Commands as they are typed into a shell, and what becomes of them: output, messages, exit status.
//!
//! A line that begins with `$ ` is given to sh; lines below that begin with `> ` continue it. What both streams show
//! follows in the order it came, and `[2]` at the end where the status is not 0.
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// No command takes longer, whatever it is given, on a machine with better things to do.
const PATIENCE: Duration = Duration::from_secs(150);

/// A session of commands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Console {
    pub(crate) head: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) command: Vec<String>,
    pub(crate) output: Vec<String>,
    pub(crate) status: i32,
}

impl Console {
    pub(crate) fn parse(text: &str) -> Self {
        let (mut head, mut steps) = (Vec::new(), Vec::<Step>::new());
        for line in text.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                steps.push(Step {
                    command: vec![command.to_owned()],
                    output: Vec::new(),
                    status: 0,
                });
            } else if let Some(step) = steps.last_mut() {
                match (line.strip_prefix("> "), status(line)) {
                    (Some(more), _) if step.output.is_empty() => {
                        step.command.push(more.to_owned());
                    }
                    (_, Some(status)) => step.status = status,
                    _ => step.output.push(line.to_owned()),
                }
            } else {
                head.push(line.to_owned());
            }
        }
        Self { head, steps }
    }

    pub(crate) fn text(&self) -> String {
        let mut lines = self.head.clone();
        for step in &self.steps {
            let prompts = std::iter::once("$ ").chain(std::iter::repeat("> "));
            let typed = prompts.zip(&step.command);
            lines.extend(typed.map(|(prompt, line)| format!("{prompt}{line}")));
            lines.extend(step.output.clone());
            if step.status != 0 {
                lines.push(format!("[{}]", step.status));
            }
        }
        lines.join("\n") + "\n"
    }

    /// A command that must be there, from a line `# needs: unshare -rm true` of the head.
    pub(crate) fn lacks(&self) -> Option<&str> {
        let mut needs = self
            .head
            .iter()
            .filter_map(|it| it.strip_prefix("# needs: "));
        needs.find(|need| {
            let quiet = || Stdio::null();
            let run = Command::new("sh")
                .args(["-c", need])
                .stdout(quiet())
                .stderr(quiet())
                .status();
            !run.is_ok_and(|status| status.success())
        })
    }

    /// The same session as it goes now, in a home of its own.
    pub(crate) fn played(&self, variables: &[(String, String)]) -> Self {
        let home = tempfile::tempdir().expect("a home");
        let play = |step: &Step| {
            let begun = Instant::now();
            let (output, status) = run(&step.command.join("\n"), home.path(), variables);
            let took = begun.elapsed();
            assert!(took < PATIENCE, "{:?} took {took:?}", step.command);
            Step {
                command: step.command.clone(),
                output: output
                    .lines()
                    .map(|line| steady(line, home.path()))
                    .collect(),
                status,
            }
        };
        Self {
            head: self.head.clone(),
            steps: self.steps.iter().map(play).collect(),
        }
    }
}

fn status(line: &str) -> Option<i32> {
    line.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn run(command: &str, home: &Path, variables: &[(String, String)]) -> (String, i32) {
    let chami = PathBuf::from(env!("CARGO_BIN_EXE_chami"));
    let folder = chami.parent().expect("a folder").display().to_string();
    let path = env::var("PATH").unwrap_or_default();
    let said = home.join("..said");
    let file = fs::File::create(&said).expect("a file");
    let status = Command::new("sh")
        .args(["-c", command])
        .env_clear()
        .env("PATH", format!("{folder}:{path}"))
        .env("HOME", home)
        .envs(variables.iter().cloned())
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(file.try_clone().expect("the same file"))
        .stderr(file)
        .status()
        .expect("sh runs");
    let text = fs::read(&said).expect("what was said");
    fs::remove_file(&said).expect("removed");
    (
        String::from_utf8_lossy(&text).into_owned(),
        status.code().unwrap_or(-1),
    )
}

/// Ports and homes differ from run to run.
fn steady(line: &str, home: &Path) -> String {
    let line = line.replace(&home.display().to_string(), "~");
    let mut out = String::new();
    let mut rest = line.as_str();
    while let Some((before, host, after)) = ["127.0.0.1:", "localhost:"]
        .iter()
        .filter_map(|host| {
            rest.split_once(host)
                .map(|(before, after)| (before, *host, after))
        })
        .min_by_key(|(before, ..)| before.len())
    {
        out.push_str(before);
        out.push_str(host);
        let port = after.trim_start_matches(|c: char| c.is_ascii_digit());
        out.push_str(if port.len() < after.len() { "PORT" } else { "" });
        rest = port;
    }
    out + rest
}
