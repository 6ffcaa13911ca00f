//! Entries whose end is not the usual one: nothing to take back, given up while they were kept, very many records.
use super::*;
use std::{
    fs::File,
    time::{Duration, Instant},
};

#[tokio::test]
async fn what_is_as_before_already_counts_as_undone() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session.write("old", json!(1)).await.expect("written");
    session.things.put("a", json!(1));
    session.write("a", json!(2)).await.expect("written");
    // Somebody else put it back.
    session.things.put("a", json!(1));
    let undone = session.undo(None, false).await.expect("nothing to do");
    assert_eq!((undone.undid, undone.id), (2, Some(3)));
    assert_eq!(undone.records, []);
    let ok = || "ok".to_owned();
    assert_eq!(
        session.list(),
        [
            (1, ok(), Some(1), None),
            (2, ok(), Some(1), Some(3)),
            (3, ok(), Some(0), None)
        ]
    );
    let undone = session.undo(None, false).await.expect("the older one");
    assert_eq!(undone.undid, 1);
    assert_eq!(session.things.get("old"), None);
}

#[tokio::test]
async fn a_write_given_up_before_it_was_kept_stands_in_nobodys_way() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session.write("a", json!(1)).await.expect("written");
    let path = place(dir.path());
    let lock = File::open(path.with_extension("lock")).expect("there");
    lock.lock().expect("ours");
    let second = Session {
        journal: Arc::clone(&session.journal),
        things: Arc::clone(&session.things),
    };
    let task = tokio::spawn(async move { second.write("a", json!(2)).await });
    while session.things.looks.load(Ordering::Relaxed) < 3 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    task.abort();
    assert!(task.await.is_err(), "it waits for the lock");
    lock.unlock().expect("free");
    let begin = Instant::now();
    while raw(&path).lines().count() < 4 && begin.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(session.list(), [(1, "ok".to_owned(), Some(1), None)]);
    assert_eq!(session.undo(None, false).await.expect("undone").undid, 1);
}

#[tokio::test]
async fn very_many_records_are_not_compared_each_with_each() {
    const MANY: usize = 30_000;
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    for kind in ["old", "other"] {
        let work = async {
            for n in 0..MANY {
                session.things.put(&format!("{kind}{n}"), json!(1));
            }
            Ok(())
        };
        let names = (0..MANY).map(|n| format!("{kind}{n}"));
        let journal = Arc::clone(&session.journal);
        let scope = Touch::of("thing", names).into();
        journal
            .around("things", scope, work)
            .await
            .expect("written");
    }
    // The end of the first is not known.
    dies(dir.path(), |_, line| !line.starts_with("{\"ended\":1,"));
    let begin = Instant::now();
    let undone = session.undo(Some(1), false).await.expect("undone");
    assert_eq!(undone.records.len(), MANY);
    assert!(
        begin.elapsed() < Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
}
