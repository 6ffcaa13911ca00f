//! A shell on a private, empty lab whose clock stands still; what it prints is kept.
#![allow(dead_code)] // each test uses what it needs
use chami::{
    lab::{self, Dirs, Lab},
    lua::{inspect::Style, print::Captured, shape::Limit},
    shell::{Options, Reply, Shell, Way},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) struct Stage {
    pub(crate) shell: Shell,
    pub(crate) out: Captured,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

impl Stage {
    pub(crate) fn new(auth: bool, style: Style, limit: Limit) -> Self {
        // Keys are made once and shared by all tests, as a user's labs share them.
        let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stage");
        let lab = Lab::new(lab::Options {
            fresh: true,
            auth: Some(auth),
            dirs: Some(Dirs {
                state,
                runtime: None,
            }),
            ..lab::Options::default()
        });
        let out = Captured::default();
        let shell = Shell::new(Options {
            sink: out.sink(),
            limit,
            style,
            ..Options::on(Way::of_lab(lab))
        });
        Self {
            shell: shell.expect("a shell starts"),
            out,
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
        if let Reply::Failed(report) = self.shell.run_file(&script, &[]) {
            return Err(format!("state {state}: {report}"));
        }
        self.out.take();
        Ok(())
    }
}
