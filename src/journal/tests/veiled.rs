//! Secrets in records and in their names: none is kept, and one for another is a change.
use super::*;

fn tokens() -> [String; 2] {
    ["c2lnbmF0dXJl", "YW5vdGhlcg"]
        .map(|end| ["eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJtZSJ9", end].join("."))
}

fn text(text: &str) -> Value {
    json!({ "description": text })
}

#[tokio::test]
async fn one_secret_for_another_is_a_change_that_is_not_passed_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    for description in ["new".to_owned()].iter().chain(&tokens()) {
        session
            .write("g", text(description))
            .await
            .expect("written");
    }
    let ids: Vec<u64> = session.list().into_iter().map(|row| row.0).collect();
    assert_eq!(ids, [1, 2, 3]);
    for force in [false, true] {
        let refused = session.undo(None, force).await.expect_err("held a secret");
        assert_eq!(refused.kind, Kind::Unsupported);
        assert!(refused.message.starts_with("things (3)"), "{refused}");
    }
    assert_eq!(session.things.get("g"), Some(text(&tokens()[1])));
}

#[tokio::test]
async fn a_secret_that_changed_since_is_not_overwritten() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    session.things.put("g", text("clean"));
    let [one, two] = tokens();
    session.write("g", text(&one)).await.expect("written");
    session.things.put("g", text(&two));
    let refused = session.undo(None, false).await.expect_err("changed since");
    assert_eq!(refused.kind, Kind::Conflict);
    assert!(refused.message.contains("a secret in it"), "{refused}");
    assert_eq!(session.things.get("g"), Some(text(&two)));
    // Another process knows the record again.
    session.things.put("g", text(&one));
    let other = super::session(Keep::File(place(dir.path())), "demo", &session.things);
    other.undo(None, false).await.expect("undone");
    assert_eq!(session.things.get("g"), Some(text("clean")));
}

#[tokio::test]
async fn a_name_with_a_secret_is_not_kept_and_its_record_not_taken_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let session = at(&dir);
    let [one, two] = ["first0", "other1"].map(|word| format!("me http://u:{word}@h/scn"));
    session
        .write(&one, json!({ "n": 1 }))
        .await
        .expect("written");
    session
        .write(&two, json!({ "n": 1 }))
        .await
        .expect("written");
    let path = place(dir.path());
    let kept = raw(&path);
    assert!(
        !kept.contains("first0") && !kept.contains("other1"),
        "{kept}"
    );
    let named = |id| {
        session.journal.get(id).expect("there").changes[0]
            .id
            .clone()
    };
    assert_ne!(named(1), named(2));
    // Whether its end is known or not.
    for keep in [4, 3] {
        std::fs::write(&path, &kept).expect("as it was");
        dies(dir.path(), |at, _| at < keep);
        let refused = session.undo(Some(2), true).await.expect_err("no name");
        assert_eq!(refused.kind, Kind::Unsupported, "{refused}");
        assert!(session.things.get(&two).is_some());
    }
}
