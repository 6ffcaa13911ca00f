//! A shell on a private, empty lab whose clock stands still; what it prints is kept.
use chami::{
    lab::{self, Dirs, Lab},
    lua::{inspect::Style, print::Captured, shape::Limit},
    shell::{Options, Reply, Shell, Way},
};
use std::path::{Path, PathBuf};

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

    /// Brings the lab into the end state of an exercise.
    pub(crate) fn enter(&self, state: &str) {
        let builder = root().join(format!("scripts/tutorial/states/{state}.lua"));
        if let Reply::Failed(report) = self.shell.run_file(&builder, &[]) {
            panic!("state {state}: {report}");
        }
        self.out.take();
    }
}
