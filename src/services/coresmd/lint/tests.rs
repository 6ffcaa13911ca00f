//! Plugins with words of another version.
use crate::services::coresmd::{
    config,
    lint::{Around, lint},
    types::Version,
};

const V04: &str = "server4:\n  plugins:\n    - server_id: 172.16.0.254\n    - netmask: 255.255.255.0\n    \
    - coresmd: https://demo:8443 http://172.16.0.254:8081 /root_ca/root_ca.crt 30s 1h false\n    \
    - bootloop: /tmp/coredhcp.db default 5m 172.16.0.200 172.16.0.250\n";

#[test]
fn a_plugin_with_wrong_words_is_there_all_the_same() {
    let five = V04.replace(" 1h false", " 1h");
    let around = Around::default();
    let found = lint(&five, &around);
    assert_eq!(found[0].setting, "coresmd");
    assert!(
        found.iter().all(|it| !it.message.contains("no coresmd")),
        "{found:?}"
    );
    let found = lint(
        &V04.replace("server_id: 172.16.0.254", "server_id: head"),
        &around,
    );
    assert!(
        found.iter().all(|it| !it.message.contains("no server_id")),
        "{found:?}"
    );
    let why = |text: &str, version| config::read(text, Some(version), None).why();
    let why = why(V04, Version::V06).expect("it does not start");
    assert!(
        why.starts_with("the file has the words of coresmd v0.4, and this is v0.6: "),
        "{why}"
    );
}
