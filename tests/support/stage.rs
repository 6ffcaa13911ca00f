//! A shell on a private, empty lab whose clock stands still; what it prints is kept.
#![allow(dead_code)] // each test uses what it needs
use chami::{
    clock::Wall,
    config::{Files, Session},
    gate::{Gate, Rules},
    http::{Base, Http},
    lab::{self, Dirs, Lab},
    lua::{inspect::Style, print::Captured, shape::Limit},
    shell::{Options, Reply, Shell, Way},
    tape::{Player, Tape},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

pub(crate) struct Stage {
    pub(crate) shell: Shell,
    /// Another shell on the same lab, for whom no rules hold.
    pub(crate) free: Option<Shell>,
    pub(crate) out: Captured,
    /// Where its configuration is; never the user's own.
    pub(crate) home: TempDir,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Keys are made once and shared by all tests, as a user's labs share them.
fn lab(auth: bool) -> Lab {
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stage");
    Lab::new(lab::Options {
        fresh: true,
        auth: Some(auth),
        dirs: Some(Dirs {
            state,
            runtime: None,
        }),
        ..lab::Options::default()
    })
}

impl Stage {
    pub(crate) fn new(auth: bool, style: Style, limit: Limit) -> Self {
        Self::on(Way::of_lab(lab(auth)), style, limit, Rules::default())
    }

    /// The same for a session that may not do everything.
    pub(crate) fn ruled(auth: bool, style: Style, limit: Limit, rules: Rules) -> Self {
        let lab = lab(auth);
        let free = Shell::new(Options {
            sink: Captured::default().sink(),
            ..Options::on(Way::of_lab(lab.clone()))
        });
        let free = free.expect("a shell starts");
        Self {
            free: Some(free),
            ..Self::on(Way::of_lab(lab), style, limit, rules)
        }
    }

    /// A shell on a gateway that is no lab, with nothing to be let in by.
    pub(crate) fn at(url: &str, style: Style, limit: Limit) -> Self {
        let http = Http::at(Base {
            url: url.to_owned(),
            ..Base::default()
        });
        let way = Way {
            http,
            clock: Arc::new(Wall),
            lab: None,
        };
        Self::on(way, style, limit, Rules::default())
    }

    /// A shell whose answers stand on this tape.
    pub(crate) fn replaying(tape: &Path, style: Style, limit: Limit) -> Self {
        let tape = Tape::load(tape).expect("a tape");
        let way = Way::of_tape(&Arc::new(Player::new(tape)));
        Self::on(way, style, limit, Rules::default())
    }

    fn on(way: Way, style: Style, limit: Limit, rules: Rules) -> Self {
        let out = Captured::default();
        let home = tempfile::tempdir().expect("a directory");
        let file = |name: &str| Some(home.path().join(name).join("config.yaml"));
        let shell = Shell::new(Options {
            sink: out.sink(),
            session: Session::new(Files::at(file("system"), file("user"))),
            gate: Arc::new(Gate::new(rules)),
            limit,
            style,
            ..Options::on(way)
        });
        Self {
            shell: shell.expect("a shell starts"),
            free: None,
            out,
            home,
        }
    }

    /// Brings the lab into the end state of an exercise: by its state's script, or by the exercise itself.
    pub(crate) fn enter(&self, state: &str) -> Result<(), String> {
        let tutorial = root().join("scripts/tutorial");
        let entries = fs::read_dir(&tutorial).map_err(|e| e.to_string())?;
        let begins = |path: &PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| name.starts_with(&format!("{state}-")))
        };
        let mut exercises = entries.flatten().map(|entry| entry.path()).filter(begins);
        let built = tutorial.join(format!("states/{state}.lua"));
        let script = Some(built).filter(|path| path.exists());
        let script = script.or_else(|| exercises.next());
        let script = script.ok_or_else(|| format!("nothing gives the state {state}"))?;
        let shell = self.free.as_ref().unwrap_or(&self.shell);
        if let Reply::Failed(report) = shell.run_file(&script, &[]) {
            return Err(format!("state {state}: {report}"));
        }
        self.out.take();
        Ok(())
    }
}
