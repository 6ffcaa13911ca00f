//! A session and its files in, changed files and what is said of them out.
use crate::{
    config::{Change, Files, Record, Session, Setting, Which},
    fault::{Fault, Kind},
};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

const TEXT: &str = "# the site's own
log: { level: warning, format: rfc3339 } # flow
timeout: 1m30s   # long

default-cluster: demo
new-key-of-tomorrow: [1, 2]
clusters:
# the first
- name: demo
  cluster:
    uri: https://demo.openchami.cluster:8443 # gateway
    smd: { uri: http://172.16.0.254:27779/hsm/v2, x-own: v2 }
- name: test-two
  cluster: { uri: 'https://test.example:8443/', enable-auth: false }

# the end
";

/// A session with these files, the system's and the user's; without a text there is no file.
struct Home {
    _dir: TempDir,
    user: PathBuf,
    session: Session,
}

fn home(system: Option<&str>, user: Option<&str>) -> Home {
    let dir = tempfile::tempdir().expect("a directory");
    let at = |name: &str, text: Option<&str>| {
        let path = dir.path().join(name);
        if let Some(text) = text {
            fs::write(&path, text).expect("written");
        }
        path
    };
    let (system, user) = (at("system.yaml", system), at("user.yaml", user));
    Home {
        session: Session::new(Files::at(Some(system), Some(user.clone()))),
        user,
        _dir: dir,
    }
}

fn which(word: &str) -> Which {
    serde_json::from_value(json!({ word: true })).expect("a file's word")
}

fn fields(value: Value) -> Record {
    serde_json::from_value(value).expect("a record")
}

/// The new text of the user's file.
fn new<T>(change: Result<Change<T>, Fault>) -> String {
    change.expect("it can be changed").new
}

/// What the text of one file becomes.
fn edited<T>(text: &str, work: impl Fn(&Session) -> Result<Change<T>, Fault>) -> String {
    new(work(&home(None, Some(text)).session))
}

fn refused<T>(change: Result<Change<T>, Fault>) -> (Kind, String) {
    let Err(fault) = change else {
        panic!("it was not refused")
    };
    let hint = fault.hint.unwrap_or_default();
    (fault.kind, format!("{}\n{hint}", fault.message))
}

const ALL: fn() -> Which = Which::default;

#[test]
fn only_what_is_named_changes() {
    let set = |key: &str, value: &str| edited(TEXT, |s| s.set(key, &value.into(), ALL()));
    assert_eq!(set("timeout", "45s"), TEXT.replace("1m30s", "45s"));
    let debug = TEXT.replace("warning", "debug");
    assert_eq!(set("log.level", "debug"), debug);
    assert_eq!(
        set("default_input_format", "json"),
        format!("{TEXT}default-input-format: json\n")
    );
    assert_eq!(set("timeout", "1m30s"), TEXT, "it was so");
    let unset = edited(TEXT, |s| s.unset("timeout", ALL()));
    assert_eq!(unset, TEXT.replace("timeout: 1m30s   # long\n", ""));
}

#[test]
fn only_the_named_keys_of_a_cluster_change() {
    let set = |name: &str, given: Value| {
        let given = fields(given);
        edited(TEXT, |s| s.cluster_set(name, &given, ALL()))
    };
    assert_eq!(
        set(
            "demo",
            json!({ "uri": "https://head:8443", "bss.uri": "/bss" })
        ),
        TEXT.replace("demo.openchami.cluster", "head")
            .replace("x-own: v2 }\n", "x-own: v2 }\n    bss:\n      uri: /bss\n")
    );
    assert_eq!(
        set("test-two", json!({ "enable_auth": true, "default": true })),
        TEXT.replace("false", "true")
            .replace("default-cluster: demo", "default-cluster: test-two")
    );
    assert_eq!(
        set("demo", json!({ "name": "first" })),
        TEXT.replace("name: demo", "name: first")
            .replace("default-cluster: demo", "default-cluster: first")
    );
    let new = "- name: new\n  cluster:\n    uri: https://new:1\n    enable-auth: false\n    smd:\n      uri: /smd\n";
    assert_eq!(
        set(
            "new",
            json!({ "smd": { "uri": "/smd" }, "enable-auth": false, "uri": "https://new:1" })
        ),
        TEXT.replace("\n# the end", &format!("{new}\n# the end"))
    );
    let unset = edited(TEXT, |s| s.cluster_unset("test-two", "enable-auth", ALL()));
    assert_eq!(unset, TEXT.replace(", enable-auth: false ", ""));
}

#[test]
fn a_cluster_that_goes_is_no_longer_the_default() {
    let text = edited(TEXT, |s| s.cluster_delete("demo", ALL()));
    assert!(!text.contains("demo"), "{text}");
    for kept in [
        "# the site's own",
        "new-key-of-tomorrow: [1, 2]",
        "test-two",
        "# the end",
    ] {
        assert!(text.contains(kept), "{text}");
    }
    let last = edited(&text, |s| s.cluster_delete("test-two", ALL()));
    assert!(!last.contains("clusters"), "{last}");
    let gone = home(None, Some(TEXT)).session.cluster_delete("dmo", ALL());
    let (kind, said) = refused(gone);
    assert_eq!(kind, Kind::NotFound);
    assert!(said.ends_with("did you mean demo?"), "{said}");
}

#[test]
fn empty_and_missing_files_get_a_beginning() {
    let timeout = |text: &str| edited(text, |s| s.set("timeout", &"2m".into(), ALL()));
    assert_eq!(timeout(""), "timeout: 2m\n");
    assert_eq!(timeout("# mine\n"), "# mine\ntimeout: 2m\n");
    assert_eq!(timeout("# mine"), "# mine\ntimeout: 2m\n");
    assert_eq!(timeout("clusters: []\n"), "clusters: []\ntimeout: 2m\n");
    let given = fields(json!({ "uri": "https://a:1", "default": true }));
    let text = new(home(None, None).session.cluster_set("a", &given, ALL()));
    let values: Value = serde_saphyr::from_str(&text).expect("YAML");
    let want = json!({ "clusters": [{ "name": "a", "cluster": { "uri": "https://a:1" } }], "default-cluster": "a" });
    assert_eq!(values, want, "{text}");
    assert_eq!(edited("timeout: 2m\n", |s| s.unset("timeout", ALL())), "");
    let log = edited("# x\nlog:\n  level: info\ntimeout: 2m\n", |s| {
        s.unset("log.level", ALL())
    });
    assert_eq!(log, "# x\ntimeout: 2m\n");
}

#[test]
fn what_ochami_could_not_use_is_refused() {
    let home = home(None, Some(TEXT));
    let session = &home.session;
    for (key, value, wanted) in [
        ("timeout", json!("30"), "30s"),
        ("timeout", json!("2 minutes"), "30s"),
        ("timeout", json!("0s"), "30s"),
        ("timeout", json!(30), "30s"),
        ("timeout", Value::Null, "config.unset"),
        ("log.level", json!("warn"), "did you mean warning?"),
        ("log.levl", json!("info"), "did you mean log.level?"),
        ("default-cluster", json!("dmo"), "did you mean demo?"),
        ("clusters", json!("x"), "config.cluster.set"),
        ("access-token", json!("x"), "DEMO_ACCESS_TOKEN"),
        (
            "default-cluster",
            json!("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"),
            "DEMO_ACCESS_TOKEN",
        ),
    ] {
        let (_, said) = refused(session.set(key, &value, ALL()));
        assert!(said.contains(wanted), "{key}: {said}");
        assert!(!said.contains("eyJ"), "{said}");
    }
    for (given, wanted) in [
        (json!({}), "nothing is to be set"),
        (json!({ "uri": "demo:8443" }), "https://demo"),
        (json!({ "uri": "https://me:pass@demo" }), "user or password"),
        (json!({ "uri": "https://demo:99999" }), "is not a URL"),
        (json!({ "url": "https://demo" }), "did you mean uri?"),
        (json!({ "smd": { "url": "/x" } }), "did you mean smd.uri?"),
        (json!({ "smd": { "api-version": "v2" } }), "unknown key"),
        (json!({ "boot-service": { "api-version": "2" } }), "v1beta2"),
        (json!({ "smd.uri": "/hsm/v2" }), "no uri for it to go below"),
        (json!({ "enable-auth": "yes" }), "true or false"),
        (json!({ "default": true }), "wants an address"),
        (json!({ "token": "x" }), "OTHER_ACCESS_TOKEN"),
    ] {
        let said = refused(session.cluster_set("other", &fields(given), ALL())).1;
        assert!(said.contains(wanted), "{wanted}: {said}");
        assert!(!said.contains("pass@"), "{said}");
    }
    let taken = session.cluster_set("demo", &fields(json!({ "name": "test-two" })), ALL());
    assert_eq!(refused(taken).0, Kind::Conflict);
    let unnamed = session.cluster_unset("demo", "name", ALL());
    assert_eq!(refused(unnamed).0, Kind::BadArgument);
    assert_eq!(refused(session.unset("log.color", ALL())).0, Kind::NotFound);
}

#[test]
fn a_broken_file_is_named_by_place_and_not_touched() {
    for text in [
        "log: [\n",
        "clusters: 7\n",
        "a: 1\na: 2\n",
        "- x\n",
        "timeout: soon\n",
    ] {
        let (kind, said) = refused(home(None, Some(text)).session.set(
            "log.level",
            &"info".into(),
            ALL(),
        ));
        assert_eq!(kind, Kind::BadArgument, "{said}");
        assert!(said.contains("user.yaml:"), "{said}");
        assert!(
            text == "timeout: soon\n"
                || said.contains("user.yaml:1:")
                || said.contains("user.yaml:2:"),
            "{said}"
        );
    }
    let mended = edited("timeout: soon\n", |s| s.set("timeout", &"2m".into(), ALL()));
    assert_eq!(mended, "timeout: 2m\n");
    let alias = "a: &a { uri: 'https://a:1' }\nclusters:\n- name: a\n  cluster: *a\n";
    let given = fields(json!({ "uri": "https://b:1" }));
    let shared = home(None, Some(alias))
        .session
        .cluster_set("a", &given, ALL());
    assert_eq!(
        refused(shared).0,
        Kind::Unsupported,
        "an alias is another's as well"
    );
}

/// Key, value and origin of a setting; of a file, its name.
fn plain(setting: &Setting) -> (String, String, String) {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let from = setting.from.clone().unwrap_or_default();
    let from = from.rsplit('/').next().unwrap_or_default().to_owned();
    let value = setting.value.as_ref().map(text).unwrap_or_default();
    (setting.key.clone(), value, from)
}

#[test]
fn each_value_is_shown_with_its_origin() {
    let user = "timeout: 5s\nmy-token: abc\nclusters: [{ name: demo, cluster: { uri: 'https://head:1' } }]\n";
    let home = home(Some(TEXT), Some(user));
    let all = home.session.show(None, ALL()).expect("shown");
    let all: Vec<_> = all.iter().map(plain).collect();
    for (key, value, from) in [
        ("timeout", "5s", "user.yaml"),
        ("log.level", "warning", "system.yaml"),
        ("log.color", "auto", "built-in"),
        ("my-token", "(hidden)", "user.yaml"),
        ("new-key-of-tomorrow", "[1,2]", "system.yaml"),
        ("clusters.demo.cluster.uri", "https://head:1", "user.yaml"),
        ("clusters.demo.cluster.enable-auth", "true", "built-in"),
        (
            "clusters.test-two.cluster.enable-auth",
            "false",
            "system.yaml",
        ),
    ] {
        let want = (key.to_owned(), value.to_owned(), from.to_owned());
        assert!(all.contains(&want), "{want:?} in {all:#?}");
    }
    let count = |key: &str, which| home.session.show(Some(key), which).map(|all| all.len());
    assert_eq!(count("log", ALL()), Ok(3));
    assert_eq!(count("default-input-format", ALL()), Ok(0));
    assert_eq!(count("timeout", which("system")), Ok(1));
    assert_eq!(
        home.session
            .get("timeout", which("system"))
            .expect("set")
            .value,
        Some(json!("1m30s"))
    );
    let unknown = home.session.get("time-out", ALL()).expect_err("unknown");
    assert_eq!(unknown.hint.as_deref(), Some("did you mean timeout?"));
    let demo = home.session.cluster("demo", ALL()).expect("there");
    assert_eq!(
        Value::from(demo),
        json!({ "name": "demo", "default": true, "uri": "https://head:1", "enable-auth": true,
            "smd": { "uri": "http://172.16.0.254:27779/hsm/v2", "x-own": "v2" } })
    );
    let uri = home
        .session
        .cluster_show("demo", Some("uri"), ALL())
        .expect("shown");
    assert_eq!(plain(&uri[0]).2, "user.yaml");
}

#[test]
fn a_write_says_what_it_does_not_do() {
    let home = home(None, Some(TEXT));
    let told = |change: Result<Change<Setting>, Fault>| {
        let change = change.expect("changed");
        let changed = change.old != change.new;
        fs::write(&change.path, &change.new).expect("written");
        home.session
            .told(&change.path, change.done, changed)
            .expect("told")
    };
    let set = |key: &str, value: &str, which| {
        let note = told(home.session.set(key, &value.into(), which)).note;
        note.expect("a note")
    };
    let note = set("timeout", "10s", ALL());
    assert!(note.contains("this session stays on lab"), "{note}");
    assert!(set("timeout", "10s", ALL()).contains("so already"));
    assert!(set("log.level", "info", ALL()).contains("for ochami"));
    let note = set("timeout", "20s", which("system"));
    assert!(note.contains("user.yaml says \"10s\""), "{note}");
    let setting = told(home.session.unset("timeout", ALL()));
    assert_eq!(setting.was, Some(json!("10s")));
    assert_eq!(setting.value, Some(json!("20s")), "the system's");
    assert!(
        fs::read_to_string(&home.user)
            .expect("read")
            .contains("# the end")
    );
}

#[test]
fn one_file_or_none_is_said() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("own.yaml");
    fs::write(&path, "").expect("written");
    let session = Session::new(Files::only(&path).expect("there"));
    assert_eq!(
        new(session.set("timeout", &"2m".into(), ALL())),
        "timeout: 2m\n"
    );
    let (_, said) = refused(session.set("timeout", &"2m".into(), which("system")));
    assert!(
        said.contains("own.yaml") && said.contains("without -c"),
        "{said}"
    );
    let none = Session::default().set("timeout", &"2m".into(), ALL());
    assert_eq!(refused(none).0, Kind::Unsupported);
    let both: Which =
        serde_json::from_value(json!({ "system": true, "user": true })).expect("words");
    assert_eq!(
        refused(session.set("timeout", &"2m".into(), both)).0,
        Kind::BadArgument
    );
}
