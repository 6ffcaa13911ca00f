//! The owner of a lab is killed at any moment of a write load, again and again on the same state: what was acknowledged is
//! there, the process that was attached takes over on the same ports, and its script ends well or says `unreachable`.
//!
//! `CHAMI_KILLS` is the number of kills, `CHAMI_SEED` what the moments come from. The journal is kept short, so that many
//! kills meet its rewriting.
#[allow(dead_code)] // other tests roll node sets with them
#[path = "support/dice.rs"]
mod dice;
#[path = "support/home.rs"]
mod home;
#[path = "support/tally.rs"]
mod tally;

use dice::Dice;
use home::{Home, SERVE, Server};
use serde_json::{Value, json};
use std::{
    env, fs,
    io::Read as _,
    path::PathBuf,
    process::{Child, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tally::{Door, End, Tally};
use tokio::task::JoinHandle;

const KILLS: usize = 200;
const WRITERS: usize = 3;
const LONGEST: usize = 80;
/// Bytes of a journal that is to be rewritten.
const JOURNAL: &str = "15000";
/// Nobody waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

fn number(name: &str, usual: usize) -> usize {
    env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// A process that owns the lab.
enum Owner {
    Served(Server),
    Script(Script),
}

impl Owner {
    fn kill(self) {
        match self {
            Self::Served(mut server) => server.end("-KILL").map_or((), |_| ()),
            Self::Script(mut script) => {
                script.child.kill().expect("it is there");
                script.child.wait().expect("it ends");
                script.tell();
            }
        }
    }
}

/// A process with a script, attached to the lab.
struct Script {
    child: Child,
    out: PathBuf,
    stop: PathBuf,
    round: usize,
    stubborn: bool,
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Script {
    fn start(home: &Home, round: usize, stubborn: bool) -> Self {
        let file = |end: &str| home.0.path().join(format!("script{round}.{end}"));
        let (out, stop) = (file("out"), file("stop"));
        let word = if stubborn { "stubborn" } else { "" };
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/kill.lua");
        let stop_path = stop.display().to_string();
        let mut command = home.command(&["--lab", source, &round.to_string(), &stop_path, word]);
        command
            .env("CHAMI_LAB_JOURNAL", JOURNAL)
            .stdout(fs::File::create(&out).expect("a file"))
            .stderr(Stdio::piped());
        let script = Self {
            child: command.spawn().expect("chami starts"),
            out,
            stop,
            round,
            stubborn,
        };
        let begin = Instant::now();
        while script.wrote() == 0 {
            assert!(
                begin.elapsed() < PATIENCE,
                "round {round}: it does not write"
            );
            std::thread::park_timeout(Duration::from_millis(1));
        }
        script
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.out).unwrap_or_default()
    }

    /// The last write that it saw acknowledged.
    fn wrote(&self) -> u64 {
        let said = self.said();
        let mut numbers = said.lines().filter_map(|line| line.strip_prefix("wrote "));
        let last = numbers.next_back().map(str::parse);
        last.map_or(0, |number| number.expect("a number"))
    }

    /// Waits until this process serves the lab and its script goes on; its status if it ended instead.
    async fn takes_over(&mut self, home: &Home, door: &Door) -> Option<i32> {
        let begin = Instant::now();
        let card = home.0.path().join("run/chami/lab.json");
        let mut wrote = None;
        loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                return Some(status.code().unwrap_or(-1));
            }
            let pid = fs::read(&card).ok().and_then(|text| {
                let card: Value = serde_json::from_slice(&text).ok()?;
                card["pid"].as_u64()
            });
            let is_ours = pid == Some(u64::from(self.child.id()));
            if wrote.is_none() && is_ours && door.get("/lab/v1/clock").await.is_ok() {
                wrote = Some(self.wrote());
            }
            // The write that was under way when the owner died may yet end the script.
            if wrote.is_some_and(|wrote| self.wrote() > wrote + 1) {
                return None;
            }
            let waited = begin.elapsed();
            assert!(waited < PATIENCE, "round {}: nobody takes over", self.round);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Tells it to stop and sees how it ends.
    fn ends_well(mut self) {
        fs::write(&self.stop, "").expect("written");
        let status = self.child.wait().expect("it ends").code();
        let told = self.stderr();
        assert_eq!(status, Some(0), "round {}: {told}", self.round);
        assert!(self.said().ends_with("ended well\n"));
    }

    fn stderr(&mut self) -> String {
        let mut text = String::new();
        let mut pipe = self.child.stderr.take().expect("piped");
        pipe.read_to_string(&mut text).expect("text");
        text
    }

    /// A killed process has said nothing of panics.
    fn tell(&mut self) {
        let told = self.stderr();
        assert!(!told.contains("panicked"), "round {}: {told}", self.round);
    }
}

/// What opens the lab, whoever owns it now.
fn door(home: &Home) -> Door {
    let card = fs::read(home.0.path().join("run/chami/lab.json")).expect("it is served");
    let card: Value = serde_json::from_slice(&card).expect("JSON");
    let word = |key: &str| card[key].as_str().expect("a text").to_owned();
    Door::new(&word("http"), &word("secret"))
}

fn serve(home: &Home) -> Server {
    let mut words = SERVE.to_vec();
    words.extend(["--auth", "off"]);
    let mut command = home.command(&words);
    command.env("CHAMI_LAB_JOURNAL", JOURNAL);
    Server::start(command)
}

/// Writes from several sides until it is told to stop; what is known then.
struct Load {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Tally>>,
}

impl Load {
    fn start(door: &Door, tally: &Tally, dice: &mut Dice) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let writer = |number: usize| {
            let mut tally = tally.of_writer(number);
            let mut dice = Dice::new(dice.below(1 << 30) as u64);
            let (door, stop) = (door.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    tally.write(&door, number, &mut dice).await;
                    tokio::task::yield_now().await;
                }
                tally
            })
        };
        let writers = (0..WRITERS).map(writer).collect();
        Self { stop, writers }
    }

    async fn end(self, tally: &mut Tally) {
        self.stop.store(true, Ordering::Relaxed);
        for writer in self.writers {
            tally.join(writer.await.expect("no panic"));
        }
    }
}

/// The lab as those who wrote know it, and how it went.
struct Story {
    dice: Dice,
    tally: Tally,
    kills: usize,
    takeovers: usize,
    clean_ends: usize,
    unreachable: usize,
    restored: usize,
}

impl Story {
    /// Kills an owner to which a script is attached; gives the next owner, if the script is one and goes on.
    async fn round(&mut self, home: &Home, owner: Owner) -> Option<Owner> {
        let before = door(home);
        let mut script = Script::start(home, self.kills, self.dice.once_in(2));
        let load = Load::start(&before, &self.tally, &mut self.dice);
        let moment = Duration::from_micros(self.dice.below(LONGEST * 1000) as u64);
        tokio::time::sleep(moment).await;
        owner.kill();
        self.kills += 1;
        let ended = script.takes_over(home, &before).await;
        load.end(&mut self.tally).await;
        if let Some(status) = ended {
            let told = script.stderr();
            assert!(told.starts_with("unreachable"), "{status}: {told}");
            assert!(!script.stubborn && status == 5, "{status}: {told}");
            self.unreachable += 1;
            let server = serve(home);
            self.check(home, &script).await;
            return Some(Owner::Served(server));
        }
        self.takeovers += 1;
        self.check(home, &script).await;
        if self.dice.once_in(4) {
            script.ends_well();
            self.clean_ends += 1;
            return None;
        }
        Some(Owner::Script(script))
    }

    /// Kills an owner while it puts a snapshot back: all of it is there then, or all of what was before.
    async fn restored(&mut self, home: &Home, owner: Owner) -> Owner {
        let door = door(home);
        let name = json!({ "name": "base" });
        let taken = door.ask("POST", "/lab/v1/snapshot", &name).await;
        assert!(matches!(taken, End::Acknowledged), "there is room");
        let mut base = self.tally.clone();
        let load = Load::start(&door, &self.tally, &mut self.dice);
        tokio::time::sleep(Duration::from_millis(30)).await;
        load.end(&mut self.tally).await;
        let asked = door.clone();
        let asked = tokio::spawn(async move { asked.ask("POST", "/lab/v1/restore", &name).await });
        let moment = Duration::from_micros(self.dice.below(8_000) as u64);
        tokio::time::sleep(moment).await;
        owner.kill();
        self.kills += 1;
        let ended = asked.await.expect("no panic");
        let server = serve(home);
        let door = self::door(home);
        // Time goes on, and snapshots stay.
        base.advanced = self.tally.advanced;
        base.snapshots.clone_from(&self.tally.snapshots);
        base.acknowledged = self.tally.acknowledged;
        let (is_base, is_as_before) = (base.check(&door).await, self.tally.check(&door).await);
        let fine = match ended {
            End::Acknowledged => is_base.is_ok(),
            End::Refused => is_as_before.is_ok(),
            End::Unknown => is_base.is_ok() || is_as_before.is_ok(),
        };
        assert!(
            fine,
            "after {} kills: {is_base:?}; {is_as_before:?}",
            self.kills
        );
        if is_base.is_ok() {
            self.tally = base;
            self.restored += 1;
        }
        Owner::Served(server)
    }

    /// What was acknowledged to anybody is there.
    async fn check(&mut self, home: &Home, script: &Script) {
        let (door, wrote) = (door(home), script.wrote());
        let checked = self.tally.check(&door).await;
        checked.unwrap_or_else(|wrong| panic!("after {} kills: {wrong}", self.kills));
        let path = format!("/hsm/v2/groups/script{}", script.round);
        let group = door.get(&path).await.expect("it answers");
        let number = group["description"].as_str().and_then(|n| n.parse().ok());
        assert!(
            wrote == 0 || number >= Some(wrote),
            "after {} kills: the script wrote {wrote}: {group}",
            self.kills
        );
    }
}

#[tokio::test]
#[allow(clippy::print_stdout)] // how it went, for who asks with --nocapture
async fn nothing_acknowledged_is_lost_whenever_the_owner_is_killed() {
    let home = Home::new();
    let kills = number("CHAMI_KILLS", KILLS);
    let mut story = Story {
        dice: Dice::new(number("CHAMI_SEED", 1) as u64),
        tally: Tally::default(),
        kills: 0,
        takeovers: 0,
        clean_ends: 0,
        unreachable: 0,
        restored: 0,
    };
    let mut owner = None;
    while story.kills < kills {
        let now = owner.take().unwrap_or_else(|| Owner::Served(serve(&home)));
        owner = if story.dice.once_in(8) {
            Some(story.restored(&home, now).await)
        } else {
            story.round(&home, now).await
        };
    }
    drop(owner);
    let last = serve(&home);
    let checked = story.tally.check(&door(&home)).await;
    checked.unwrap_or_else(|wrong| panic!("at the end: {wrong}"));
    let notices = fs::read_dir(home.state()).expect("the state").flatten();
    let names: Vec<_> = notices.map(|file| file.file_name()).collect();
    let begun = |name: &std::ffi::OsString| name.to_string_lossy().starts_with('.');
    assert!(!names.iter().any(begun), "left behind: {names:?}");
    let state = fs::read(home.state().join("state.json")).expect("the state");
    let state: Value = serde_json::from_slice(&state).expect("JSON");
    let rewritten = state["body"]["generation"].as_u64().unwrap_or_default();
    drop(last);
    let Tally { acknowledged, .. } = story.tally;
    println!(
        "{acknowledged} writes, {rewritten} times rewritten, {kills} kills: {} takeovers, \
         {} clean ends, {} unreachable, {} restored",
        story.takeovers, story.clean_ends, story.unreachable, story.restored
    );
    assert!(acknowledged > kills && story.takeovers > kills / 4);
    assert!(rewritten > kills as u64, "rewriting is met by kills");
}
