//! Writes and their way back.
use super::*;
use crate::call::{self, Call};
use std::time::Duration;

#[tokio::test]
async fn a_write_is_on_the_disk_before_it_is_sent_and_its_end_after() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    let path = place(dir.path());
    session.things.put("a", json!({ "size": 1 }));
    let things = Arc::clone(&session.things);
    let work = async {
        let lines = raw(&path);
        assert_eq!(lines.lines().count(), 1);
        assert!(lines.starts_with(r#"{"begun":1,"#) && lines.contains(r#""call":"thing.set""#));
        things.put("a", json!({ "size": 2 }));
        Ok(())
    };
    let native = Arc::new(Call {
        native: "thing.set".to_owned(),
        writes: true,
        ..Call::default()
    });
    let journal = Arc::clone(&session.journal);
    let touch: Scope = Touch::of("thing", ["a"]).into();
    let write = journal.around("things", touch, work);
    call::within(native, write).await.expect("written");
    assert_eq!(session.list(), [(1, "ok".to_owned(), Some(1), None)]);
    assert_eq!(
        session.things.looks.load(Ordering::Relaxed),
        2,
        "once before, once after"
    );
    let detail = session.journal.get(1).expect("there");
    let change = Change {
        resource: "thing".to_owned(),
        id: "a".to_owned(),
        before: Some(json!({ "size": 1 })),
        after: Some(json!({ "size": 2 })),
    };
    assert_eq!(detail.changes, [change]);
    assert_eq!(
        (detail.row.user.as_str(), detail.url.as_str()),
        ("alice", "https://demo.example:8443")
    );
}

#[tokio::test]
async fn undo_walks_back_and_an_undone_undo_does_it_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session
        .write("a", json!({ "size": 1 }))
        .await
        .expect("written");
    session
        .write("a", json!({ "size": 2 }))
        .await
        .expect("written");
    session
        .write("a", json!({ "size": 2 }))
        .await
        .expect("written");
    let undone = session.undo(None, false).await.expect("undone");
    assert_eq!((undone.undid, undone.id, undone.ours), (2, Some(4), true));
    assert_eq!(session.things.get("a"), Some(json!({ "size": 1 })));
    session.undo(None, false).await.expect("undone");
    assert_eq!(session.things.get("a"), None);
    let none = session.undo(None, false).await.expect_err("nothing left");
    assert_eq!(none.kind, Kind::NotFound);
    let twice = session
        .undo(Some(2), false)
        .await
        .expect_err("undone before");
    assert_eq!(twice.kind, Kind::Conflict);
    assert_eq!(twice.hint.as_deref(), Some("undo(4) does it again"));
    // 5 took back 1; to take back 5 and then 4 does all again
    session.undo(Some(5), false).await.expect("done again");
    session.undo(Some(4), false).await.expect("done again");
    assert_eq!(session.things.get("a"), Some(json!({ "size": 2 })));
    let short: Vec<_> = session
        .list()
        .into_iter()
        .map(|(id, _, _, by)| (id, by))
        .collect();
    assert_eq!(
        short,
        [
            (1, None),
            (2, None),
            (4, Some(7)),
            (5, Some(6)),
            (6, None),
            (7, None)
        ]
    );
    session
        .undo(None, false)
        .await
        .expect("the second write stands again");
    assert_eq!(session.things.get("a"), Some(json!({ "size": 1 })));
}

#[tokio::test]
async fn a_record_that_changed_since_is_named_and_kept_unless_forced() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session
        .things
        .put("a", json!({ "size": 1, "colour": "red" }));
    session
        .write("a", json!({ "size": 2, "colour": "red" }))
        .await
        .expect("written");
    session
        .things
        .put("a", json!({ "size": 2, "colour": "blue" }));
    let refused = session.undo(None, false).await.expect_err("changed since");
    assert_eq!(refused.kind, Kind::Conflict);
    assert!(
        refused.message.ends_with("(1): things.thing a: colour"),
        "{refused}"
    );
    assert_eq!(
        session.things.get("a"),
        Some(json!({ "size": 2, "colour": "blue" }))
    );
    assert_eq!(session.list().len(), 1, "a refused undo is no entry");
    session.undo(None, true).await.expect("forced");
    assert_eq!(
        session.things.get("a"),
        Some(json!({ "size": 1, "colour": "red" }))
    );
}

#[tokio::test]
async fn a_write_on_another_target_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session.write("a", json!(1)).await.expect("written");
    let other = super::session(Keep::File(place(dir.path())), "prod", &session.things);
    let none = other.undo(None, false).await.expect_err("nothing here");
    assert_eq!(
        none.message,
        "nothing was written on prod that could be undone"
    );
    let refused = other.undo(Some(1), false).await.expect_err("elsewhere");
    assert_eq!(refused.kind, Kind::BadArgument);
    assert_eq!(
        refused.message,
        "1 was written on demo (https://demo.example:8443), \
         and this session is on prod (https://prod.example:8443)"
    );
    assert_eq!(session.things.get("a"), Some(json!(1)));
}

#[tokio::test]
async fn a_dead_writer_leaves_an_unknown_entry_that_undo_compares() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session.things.put("a", json!(1));
    session.write("a", json!(2)).await.expect("written");
    // Its process died before the second line.
    dies(dir.path(), |at, _| at == 0);
    assert_eq!(session.list(), [(1, "unknown".to_owned(), None, None)]);
    let bare = session
        .undo(None, false)
        .await
        .expect_err("not of this session");
    assert_eq!(bare.kind, Kind::Refused);
    let undone = session.undo(Some(1), false).await.expect("undone");
    assert_eq!(
        (undone.undid, undone.ours, undone.records.len()),
        (1, false, 1)
    );
    assert_eq!(session.things.get("a"), Some(json!(1)));
}

#[tokio::test]
async fn an_unknown_entry_that_did_nothing_is_listed_no_more() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session.things.put("a", json!(1));
    session.write("a", json!(2)).await.expect("written");
    dies(dir.path(), |at, _| at == 0);
    session.things.put("a", json!(1));
    let undone = session.undo(Some(1), false).await.expect("compared");
    assert_eq!((undone.id, undone.records.len()), (None, 0));
    assert_eq!(session.list(), []);
}

#[tokio::test]
async fn a_write_that_is_broken_off_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    let things = Arc::clone(&session.things);
    let journal = Arc::clone(&session.journal);
    let (begun, started) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move {
        let work = async move {
            things.put("a", json!(2));
            let _ = begun.send(());
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        };
        journal
            .around("things", Touch::of("thing", ["a"]).into(), work)
            .await
    });
    started.await.expect("it began");
    let running = session.undo(None, false).await.expect_err("not over");
    assert!(running.message.contains("still under way"), "{running}");
    task.abort();
    assert!(task.await.is_err());
    assert_eq!(session.list(), [(1, "interrupted".to_owned(), None, None)]);
    session.undo(None, false).await.expect("undone");
    assert_eq!(session.things.get("a"), None);
}

#[tokio::test]
async fn what_does_not_come_out_as_before_is_partial_and_can_be_tried_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    let things = Arc::clone(&session.things);
    let work = async {
        things.put("a", json!({ "n": 1 }));
        things.put("b", json!({ "n": 1 }));
        Ok(())
    };
    let touch: Scope = Touch::of("thing", ["a", "b"]).into();
    Arc::clone(&session.journal)
        .around("things", touch, work)
        .await
        .expect("written");
    *session.things.stuck.lock().expect("no panic") = Some("b".to_owned());
    let partial = session.undo(None, false).await.expect_err("b sticks");
    assert_eq!((partial.kind, partial.items.len()), (Kind::Partial, 1));
    assert_eq!(partial.items[0].node, "thing b");
    assert_eq!(session.list()[0].3, None, "it still stands");
    *session.things.stuck.lock().expect("no panic") = None;
    session.undo(None, false).await.expect("the rest");
    assert_eq!(session.things.get("b"), None);
}

#[tokio::test]
async fn no_secret_is_kept_and_what_held_one_is_not_put_back() {
    let token = ["eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJtZSJ9", "c2lnbmF0dXJl"].join(".");
    let key = format!(
        "-----BEGIN {} KEY-----\nc2VjcmV0\n-----END {0} KEY-----",
        "PRIVATE"
    );
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    for (id, secret) in [
        (
            "token",
            json!({ "text": format!("curl -H 'Authorization: Bearer {token}'") }),
        ),
        ("key", json!({ "text": key })),
        (
            "password",
            json!({ "User": "root", "Password": "initial0" }),
        ),
    ] {
        session.things.put(id, secret.clone());
        session
            .write(id, json!({ "text": "clean" }))
            .await
            .expect("written");
        let refused = session
            .undo(None, false)
            .await
            .expect_err("it held a secret");
        assert_eq!(refused.kind, Kind::Unsupported);
        assert!(
            refused
                .message
                .ends_with("it held a secret, and the journal keeps none"),
            "{refused}"
        );
        // The other way round nothing is lost.
        session.write(id, secret).await.expect("written");
        session
            .undo(None, false)
            .await
            .expect("what was clean comes back");
        assert_eq!(session.things.get(id), Some(json!({ "text": "clean" })));
    }
    let kept = raw(&place(dir.path()));
    for secret in [token.as_str(), "c2VjcmV0", "c2lnbmF0dXJl", "initial0"] {
        assert!(!kept.contains(secret), "{secret} stands in the journal");
    }
}

#[tokio::test]
async fn a_real_target_is_not_written_to_without_a_journal_and_a_lab_is() {
    let nowhere = || Keep::Nowhere(Fault::new(Kind::Io, "there is no home"));
    let real = super::session(nowhere(), "demo", &Arc::default());
    let refused = real.write("a", json!(1)).await.expect_err("refused");
    assert_eq!(refused.kind, Kind::Io);
    assert!(refused.message.ends_with("nothing was sent"), "{refused}");
    assert!(refused.hint.expect("a hint").contains("CHAMI_JOURNAL=off"));
    assert_eq!(real.things.get("a"), None);
    let things = Arc::<Things>::default();
    let lab = Journal::new(Setup {
        keep: nowhere(),
        ..Setup::memory()
    });
    lab.house("things", things.clone());
    let lab = Session {
        journal: lab,
        things,
    };
    lab.write("a", json!(1)).await.expect("written");
    assert!(
        lab.journal
            .notice()
            .expect("told")
            .contains("there is no home")
    );
    let off = super::session(Keep::Off, "demo", &Arc::default());
    off.write("a", json!(1)).await.expect("written");
    let none = off.undo(None, false).await.expect_err("nothing is kept");
    assert_eq!(none.kind, Kind::Unsupported);
}

#[tokio::test]
async fn a_filter_picks_by_call_and_number() {
    let session = super::session(Keep::Memory, "demo", &Arc::default());
    for size in 1..=3 {
        session.write("a", json!(size)).await.expect("written");
    }
    let list = |filter: Value| {
        let filter: Filter = serde_json::from_value(filter).expect("a filter");
        let rows = session.journal.list(&filter).expect("readable");
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(list(json!({ "call": "things", "last": 2 })), [2, 3]);
    assert_eq!(list(json!({ "call": "thing" })), Vec::<u64>::new());
    assert_eq!(list(json!({ "target": "prod" })), Vec::<u64>::new());
    assert_eq!(list(json!({ "outcome": "ok" })).len(), 3);
    assert_eq!(list(json!({ "ours": true })), [1, 2, 3]);
    assert_eq!(list(json!({ "ours": false })), Vec::<u64>::new());
}
