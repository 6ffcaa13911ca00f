//! What iPXE does with the script it is given: fetch kernel and initrd, start them, sleep, ask again.
//!
//! Where a script ends without a kernel running, the firmware begins its boot order anew a while later, as long as somebody
//! answers. Where nothing listens it has no network device left to boot from, and stands still.
use super::{
    Machines, ipxe,
    ipxe::Command,
    network::{Agent, Asked, Got, Lost},
    told,
    turn::{ROUND, Seen, Turn, download},
};
use crate::world::{Artifact, Image, Next, Owner, Sort, Stage, kernel_of, sort};
use std::time::Duration;
use url::Url;

/// How long the firmware takes to begin anew.
const ANEW: f64 = 20.0;
/// A script that does so much without waiting goes in circles.
const FUEL: usize = 200;

/// What the script for a node without parameters means.
const NOTHING: &str = "BSS has nothing to boot for this MAC";

/// What a failed command means for the script.
enum Failed {
    /// Somebody said no.
    Answered,
    /// Nobody is there.
    Silent,
}

impl From<&Lost> for Failed {
    fn from(_: &Lost) -> Self {
        Self::Silent
    }
}

impl Machines {
    async fn firmware_asks(&self, turn: &Turn, url: &str) -> Result<Got, Lost> {
        let asked = Asked {
            method: "GET",
            url,
            from: turn.ip(),
            agent: Agent::Firmware,
            form: None,
        };
        self.fetch(&asked).await
    }

    /// Fetches a script and begins with it.
    pub(super) async fn script(&self, turn: &mut Turn, url: String) {
        let got = self.firmware_asks(turn, &url).await;
        let seen = Seen {
            stage: Stage::Script,
            owner: Owner::Bss,
            request: format!("GET {url}"),
            got: got.as_ref(),
        };
        match &got {
            Ok(answer) if answer.status == 200 && ipxe::is_script(&answer.text) => {
                let boots = ipxe::names_kernel(&answer.text);
                if !boots {
                    turn.boot.back_to(Stage::Script);
                }
                turn.saw(seen, boots, scripted(boots));
                turn.boot.script.clone_from(&answer.text);
                turn.boot.kernel = None;
                turn.boot.initrd = None;
                self.run_script(turn, 0).await;
            }
            _ => {
                turn.saw(seen, false, no_script(&url, &got));
                // Where nothing listens there is nothing to begin anew with.
                if got.is_ok() {
                    turn.then(Next::Offer, ANEW);
                }
            }
        }
    }

    /// Goes on with the script at a line, until something takes time.
    pub(super) async fn run_script(&self, turn: &mut Turn, mut line: usize) {
        for _ in 0..FUEL {
            let Some(what) = ipxe::line(&turn.boot.script, line) else {
                turn.then(Next::Offer, ANEW);
                return;
            };
            line += 1;
            let failed = match self.command(turn, what.command, line).await {
                Done::Waits => return,
                Done::Jumps(to) => {
                    line = to;
                    continue;
                }
                Done::Fine => continue,
                Done::Failed(failed) => failed,
            };
            match what.otherwise {
                Some(Command::Goto(name)) if ipxe::label(&turn.boot.script, &name).is_some() => {
                    line = ipxe::label(&turn.boot.script, &name).unwrap_or(line);
                }
                Some(Command::Exit) => return,
                Some(Command::Nothing | Command::Echo(_)) => {}
                _ => {
                    if matches!(failed, Failed::Answered) {
                        turn.then(Next::Offer, ANEW);
                    }
                    return;
                }
            }
        }
        let what = "the script goes in circles without waiting";
        turn.tell(Stage::Script, Owner::Bss, false, what);
    }

    async fn command(&self, turn: &mut Turn, command: Command, line: usize) -> Done {
        match command {
            Command::Kernel { url, args } => {
                let got = self.load(turn, Stage::Kernel, url, args).await;
                turn.after_load(got, line)
            }
            Command::Initrd { url } => {
                let got = self.load(turn, Stage::Initrd, url, String::new()).await;
                turn.after_load(got, line)
            }
            Command::Sleep(seconds) => {
                // A script may sleep no time at all and go round: each round still takes some.
                let pause = Duration::from_secs(seconds).max(ROUND);
                turn.then_after(Next::Run { line }, pause);
                Done::Waits
            }
            Command::Chain { url } => {
                turn.then(Next::Script { url }, 0.2);
                Done::Waits
            }
            Command::Goto(name) => match ipxe::label(&turn.boot.script, &name) {
                Some(to) => Done::Jumps(to),
                None => Done::Failed(Failed::Answered),
            },
            Command::Boot => boot(turn),
            Command::Reboot => {
                turn.then(Next::Offer, ANEW);
                Done::Waits
            }
            // Somebody sits at its prompt, or nobody does.
            Command::Exit => Done::Waits,
            Command::Echo(_) | Command::Nothing => Done::Fine,
            Command::Unknown(_) => Done::Failed(Failed::Answered),
        }
    }

    /// Loads a file; how long that takes.
    async fn load(
        &self,
        turn: &mut Turn,
        stage: Stage,
        url: String,
        args: String,
    ) -> Result<f64, Failed> {
        let got = self.firmware_asks(turn, &url).await;
        let seen = Seen {
            stage,
            owner: Owner::Artifacts,
            request: format!("GET {url}"),
            got: got.as_ref(),
        };
        let name = if stage == Stage::Kernel {
            "kernel"
        } else {
            "initrd"
        };
        match &got {
            Ok(answer) if answer.status == 200 => {
                let bytes = answer.bytes;
                let what = format!("the {name} came whole, {} MiB", bytes >> 20);
                turn.saw(seen, true, what);
                let kernel = self.kernel_at(&url);
                let image = Image {
                    url,
                    bytes,
                    kernel,
                    args,
                };
                match stage {
                    Stage::Kernel => turn.boot.kernel = Some(image),
                    _ => turn.boot.initrd = Some(image),
                }
                Ok(download(bytes, true))
            }
            _ => {
                let what = format!("no {name}: {}", told::answer(&got));
                turn.saw(seen, false, what);
                Err(got.as_ref().err().map_or(Failed::Answered, Failed::from))
            }
        }
    }

    /// Which kernel the file at a URL is for, as the artifact server's file or else its name says.
    pub(super) fn kernel_at(&self, url: &str) -> Option<String> {
        let path = path_of(url)?;
        let kept = self.artifact_at(url);
        kept.map_or_else(|| kernel_of(&path), |artifact| artifact.kernel)
    }

    /// The artifact server's file at a URL.
    pub(super) fn artifact_at(&self, url: &str) -> Option<Artifact> {
        let path = path_of(url)?;
        self.world.read(|world| world.artifact(&path).cloned())
    }
}

fn path_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    Some(url.path().trim_start_matches('/').to_owned())
}

/// What a script is good for.
pub(super) fn scripted(boots: bool) -> String {
    if boots {
        "BSS gives a script that names a kernel".to_owned()
    } else {
        format!("{NOTHING}: its script says to come again")
    }
}

/// Why what came is of no use.
pub(super) fn no_script(url: &str, got: &Result<Got, Lost>) -> String {
    match got {
        Ok(answer) if answer.status == 200 => "what came is no iPXE script".to_owned(),
        // That is what becomes of the second round of its own chain.
        Ok(answer) if answer.status == 502 && url.contains("arch=") => {
            format!("{NOTHING}, and BSS fails when it is asked again with arch=")
        }
        _ => format!("no script: {}", told::answer(got)),
    }
}

/// How a command went.
enum Done {
    Fine,
    /// It takes time, or ends everything.
    Waits,
    Jumps(usize),
    Failed(Failed),
}

impl Turn {
    fn after_load(&mut self, got: Result<f64, Failed>, line: usize) -> Done {
        match got {
            Ok(seconds) => {
                self.then(Next::Run { line }, seconds);
                Done::Waits
            }
            Err(failed) => Done::Failed(failed),
        }
    }
}

/// Starts the kernel.
fn boot(turn: &mut Turn) -> Done {
    let Some(kernel) = &turn.boot.kernel else {
        return Done::Failed(Failed::Answered);
    };
    if sort(&kernel.url) != Sort::Kernel {
        let what = format!("{} is no kernel: Exec format error", kernel.url);
        turn.tell(Stage::Kernel, Owner::Artifacts, false, what);
        return Done::Failed(Failed::Answered);
    }
    turn.boot.cmdline = Some(kernel.args.clone());
    let Some(initrd) = &turn.boot.initrd else {
        let what = "the script names no initrd: the kernel finds no root file system and panics";
        turn.tell(Stage::Initrd, Owner::Bss, false, what);
        return Done::Waits;
    };
    if sort(&initrd.url) == Sort::Kernel {
        let what = format!(
            "{} is no initrd: the kernel finds no root file system and panics",
            initrd.url
        );
        turn.tell(Stage::Initrd, Owner::Artifacts, false, what);
        return Done::Waits;
    }
    turn.boot.script.clear();
    turn.then(Next::Rootfs, 12.0);
    Done::Waits
}
