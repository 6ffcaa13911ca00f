//! Every `tests/specs/*.lua` runs in a session of its own and must not fail. They speak of Lua alone: no cluster.
use chami::{
    clock::Pending,
    fault::Fault,
    http::{self, Base, Http, Locate},
    lua::{Reply, print::Captured},
    shell::{Options, Shell},
};
use std::{fs, path::Path, sync::Arc};

struct Nowhere;

impl Locate for Nowhere {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(async { Err(Fault::internal("a spec speaks to no cluster")) })
    }
}

#[test]
fn every_spec_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(&folder).expect("tests/specs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|it| it != "lua") {
            continue;
        }
        count += 1;
        let mut options = Options::new(Http::new(Arc::new(Nowhere), http::Options::default()));
        options.sink = Captured::default().sink();
        let shell = Shell::new(options).expect("a shell");
        if let Reply::Failed(report) = shell.run_file(&path, &[]) {
            wrong.push(format!("{}: {report}", path.display()));
        }
    }
    assert!(count > 0, "no specs found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
