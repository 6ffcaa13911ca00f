//! Every `tests/specs/*.lua` runs in a session of its own and must not fail. The lab of each is private and empty, and
//! only made when the spec speaks to it.
use chami::{
    config::{Ask, Config, Place},
    lua::{Reply, print::Captured},
    shell::{Options, Shell, Trust, Way},
};
use std::{fs, path::Path};

/// A session on a fresh lab.
fn session() -> Shell {
    let ask = Ask {
        lab: Some(Place::FreshLab),
        ..Ask::default()
    };
    let target = ask.target(&Config::default(), |_| None).expect("a lab");
    let mut options = Options::on(Way::to(&target, Trust::default()));
    options.sink = Captured::default().sink();
    Shell::new(options).expect("a shell")
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
        if let Reply::Failed(report) = session().run_file(&path, &[]) {
            wrong.push(format!("{}: {report}", path.display()));
        }
    }
    assert!(count > 0, "no specs found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
