//! Writers beside a rewriting.
use super::{
    super::{Config, JOURNAL, Journal as _, STATE},
    begun, reopened, rewrite, spoil, whole, write,
};
use std::fs;
use tempfile::TempDir;

#[test]
fn writers_go_on_while_the_disk_is_waited_for() {
    let dir = TempDir::new().expect("a temporary directory");
    let keeper = begun(dir.path());
    let copied = || {
        let copy = TempDir::new().expect("a temporary directory");
        for name in [STATE, JOURNAL, "state.json.old", "journal.jsonl.old"] {
            // Not each of them is there each time.
            let _ = fs::copy(dir.path().join(name), copy.path().join(name));
        }
        reopened(copy.path())
    };
    let turned = |names: &[&str]| {
        let quiet = keeper.quiet();
        let begun = keeper.turn_over(&Config::default(), &whole(names), &quiet);
        (begun.expect("there is room"), quiet.over())
    };
    write(&keeper, "one");
    let (begun, alone) = turned(&["one"]);
    {
        let _turn = keeper.turn();
        write(&keeper, "two");
    }
    assert_eq!(copied(), (vec!["one".into(), "two".into()], None), "killed");
    keeper.finish(begun, &alone).expect("there is room");
    drop(alone);
    assert_eq!(copied(), (vec!["one".into(), "two".into()], None));
    // A disk that refuses the state: it is written by whoever rewrites next, before the old journal goes.
    let (begun, alone) = turned(&["one", "two"]);
    let old = dir.path().join("state.json.old");
    fs::remove_file(&old).expect("it was there");
    fs::create_dir(&old).expect("made");
    assert!(keeper.finish(begun, &alone).is_err());
    drop(alone);
    write(&keeper, "three");
    let all = ["one", "two", "three"];
    let after = (all.map(str::to_owned).to_vec(), None);
    assert_eq!(copied(), after);
    fs::remove_dir(&old).expect("removed");
    rewrite(&keeper, &whole(&all));
    assert_eq!(copied(), after);
    spoil(&dir.path().join(STATE), 1);
    let again = ["one", "two", "three", "three"];
    assert_eq!(
        copied().0,
        again,
        "what comes before leads up to it; a line twice is as well as once"
    );
}
