//! Files in, target out; changes in `edit`.
mod edit;

use super::{Ask, Config, Files, Place, Target, target};
use crate::fault::{Fault, Kind};
use std::{fs, path::PathBuf, time::Duration};

const SYSTEM: &str = "
log: { level: warning, format: rfc3339 }
timeout: 1m30s
default-cluster: demo
new-key-of-tomorrow: [1, 2]
clusters:
- name: demo
  cluster:
    uri: https://demo.openchami.cluster:8443
    smd: { uri: http://172.16.0.254:27779/hsm/v2, api-version: v2 }
- name: test-two
  cluster: { uri: 'https://test.example:8443/', enable-auth: false }
";
const USER: &str = "
clusters:
- name: demo
  cluster: { uri: 'https://head:8443', cloud-init: { uri: /ci } }
";

/// A configuration of these texts, in files named by their number.
fn config(texts: &[&str]) -> Result<Config, Fault> {
    let place = tempfile::tempdir().expect("a directory");
    let paths: Vec<PathBuf> = (0..texts.len())
        .map(|n| place.path().join(format!("{n}.yaml")))
        .collect();
    for (path, text) in paths.iter().zip(texts) {
        fs::write(path, text).expect("written");
    }
    Config::merged(&paths)
}

/// The target with every cluster's token in the environment: the variable's own name.
fn choose(ask: &Ask, texts: &[&str]) -> Result<Target, Fault> {
    ask.target(&config(texts)?, |name| Some(name.to_owned()))
}

fn cluster(name: &str) -> Ask {
    Ask {
        cluster: Some(name.into()),
        ..Ask::default()
    }
}

fn uri(url: &str) -> Ask {
    Ask {
        uri: Some(url.into()),
        ..Ask::default()
    }
}

#[test]
fn the_users_file_wins_key_by_key() {
    let config = config(&[SYSTEM, USER]).expect("both read");
    assert_eq!(config.timeout, Some(Duration::from_secs(90)));
    let demo = config.cluster("demo").expect("named");
    assert_eq!(demo.uri.as_deref(), Some("https://head:8443"));
    assert_eq!(demo.services["smd"], "http://172.16.0.254:27779/hsm/v2");
    assert_eq!(demo.services["cloud_init"], "/ci");
    assert!(demo.enable_auth);
    assert_eq!(config.clusters.len(), 2);
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let fault = config(&["clusters:\n- name: [a\n"]).expect_err("broken");
    assert_eq!(fault.kind, Kind::BadArgument);
    assert!(fault.message.contains("0.yaml:"), "{}", fault.message);
    let fault = config(&["timeout: soon\n"]).expect_err("no span");
    assert!(fault.message.contains("\"soon\""), "{}", fault.message);
    let fault = config(&["clusters: 7\n"]).expect_err("no list");
    assert!(fault.message.contains("0.yaml:1:"), "{}", fault.message);
    let fault = Files::only(&PathBuf::from("/nowhere/c.yaml")).expect_err("no file");
    assert_eq!(fault.kind, Kind::Io);
    config(&["", "# nothing\n"]).expect("an empty file says nothing");
}

#[test]
fn elsewhere_the_services_of_a_cluster_stay_behind() {
    let elsewhere = Ask {
        uri: Some("https://other:8443".into()),
        ..cluster("demo")
    };
    let target = choose(&elsewhere, &[SYSTEM, USER]).expect("both named");
    assert_eq!(target.place, Place::Gateway("https://other:8443".into()));
    assert_eq!(
        target.services.get("smd"),
        None,
        "it has an address of its own"
    );
    assert_eq!(target.services["cloud_init"], "/ci");
    assert_eq!((target.token, target.variable), (None, None));
}

#[test]
fn without_configuration_the_lab_answers() {
    let target = choose(&Ask::default(), &[]).expect("the lab");
    assert_eq!(
        (target.name.as_str(), target.place),
        ("lab", Place::Lab(None))
    );
    assert_eq!(target.token, None);
}

#[test]
fn address_and_token_come_from_the_same_cluster() {
    let target = choose(&Ask::default(), &[SYSTEM]).expect("the default");
    assert_eq!(target.name, "demo");
    assert!(!target.explicit);
    assert_eq!(target.token.as_deref(), Some("DEMO_ACCESS_TOKEN"));

    let target = choose(&cluster("test-two"), &[SYSTEM]).expect("named");
    assert_eq!(
        target.place,
        Place::Gateway("https://test.example:8443".into())
    );
    assert!(target.explicit);
    assert_eq!(target.token, None, "auth is off there");
    assert_eq!(target.variable.as_deref(), Some("TEST_TWO_ACCESS_TOKEN"));
}

#[test]
fn a_token_from_the_environment_stays_at_home() {
    let ask = Ask {
        uri: Some("https://elsewhere:8443".into()),
        ..cluster("demo")
    };
    assert_eq!(choose(&ask, &[SYSTEM]).expect("there").token, None);
    let target = choose(&uri("https://elsewhere:8443"), &[SYSTEM]).expect("there");
    assert_eq!(
        (target.name.as_str(), target.token),
        ("elsewhere:8443", None)
    );

    let target = choose(&uri("https://demo.openchami.cluster:8443/"), &[SYSTEM]).expect("home");
    assert_eq!(target.name, "demo");
    assert_eq!(target.token.as_deref(), Some("DEMO_ACCESS_TOKEN"));
}

#[test]
fn a_token_of_the_command_line_wins() {
    let ask = Ask {
        token: Some(" abc\n".into()),
        ..cluster("test-two")
    };
    let target = choose(&ask, &[SYSTEM]).expect("named");
    assert_eq!(target.token.as_deref(), Some("abc"));
    assert!(!format!("{target:?}").contains("abc"));
    let ask = Ask {
        no_token: true,
        ..cluster("demo")
    };
    assert_eq!(choose(&ask, &[SYSTEM]).expect("named").token, None);
}

#[test]
fn nonsense_is_refused_with_advice() {
    let fault = choose(&cluster("dmeo"), &[SYSTEM]).expect_err("unknown");
    assert_eq!(fault.kind, Kind::BadArgument);
    assert_eq!(fault.hint.as_deref(), Some("did you mean demo?"));
    let fault = choose(&cluster("demo"), &[]).expect_err("no file");
    assert!(fault.hint.expect("advice").contains("-u URL"));
    for url in ["demo:8443", "ftp://demo", "https://"] {
        let fault = choose(&uri(url), &[]).expect_err(url);
        assert!(fault.message.contains(url), "{}", fault.message);
    }
    let both = Ask {
        lab: Some(Place::FreshLab),
        ..cluster("demo")
    };
    assert_eq!(
        choose(&both, &[SYSTEM]).expect_err("both").kind,
        Kind::BadArgument
    );
    let fault = choose(&cluster("x"), &["clusters: [{ name: x }]"]).expect_err("no uri");
    assert!(fault.message.contains("no uri"), "{}", fault.message);
}

#[test]
fn a_tokens_end_is_read_from_it() {
    // {"alg":"none"}.{"exp":1700000000}. and {"sub":"x"}
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3MDAwMDAwMDB9.c2ln";
    let end = target::expiry(token).expect("a token").expect("it ends");
    assert_eq!(end.as_second(), 1_700_000_000);
    let endless = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
    assert_eq!(target::expiry(endless).expect("a token"), None);
    assert_eq!(
        target::expiry("secret").expect_err("none").kind,
        Kind::Unauthorized
    );
}
