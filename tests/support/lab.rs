//! Shells on labs of a test's own: nothing of the user's is touched, and nothing stays.
use chami::{
    http::{self, Http},
    lab::{Dirs, Lab, Options as LabOptions},
    lua::print::Captured,
    shell::{Options, Shell, Way},
};
use std::sync::Arc;
use tempfile::TempDir;

/// A session on a private lab that wants no tokens.
pub(crate) struct Bench {
    pub(crate) shell: Shell,
    pub(crate) out: Captured,
    _home: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let home = TempDir::new().expect("a temporary directory");
        let dirs = Dirs {
            state: home.path().join("state"),
            runtime: None,
        };
        let lab = Lab::new(LabOptions {
            fresh: true,
            auth: Some(false),
            dirs: Some(dirs),
            ..LabOptions::default()
        });
        let way = Way {
            http: Http::new(Arc::new(lab.clone()), http::Options::default()),
            clock: Arc::new(lab.clone()),
            lab: Some(lab),
        };
        let out = Captured::default();
        let mut options = Options::on(way);
        options.sink = out.sink();
        Self {
            shell: Shell::new(options).expect("a shell starts"),
            out,
            _home: home,
        }
    }
}
