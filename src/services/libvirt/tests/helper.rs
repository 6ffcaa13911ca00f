//! The client and a helper that is missing, slow, talkative or dead: scripts in its place.
use super::{Stand, session, uri};
use crate::{
    call::{self, Patience},
    fault::{Fault, Kind},
    services::libvirt::{client::Client, types::Call, xml::install},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Which helper is started is asked of the environment, which all tests of this process share; so this is one test.
#[tokio::test]
async fn a_helper_that_goes_wrong_is_a_fault_and_started_anew() {
    let room = tempfile::tempdir().expect("a directory");
    let virsh = session(&Stand::new()).await;
    let path = room.path().join("helper");
    name_helper(&path);
    let missing = ask(&virsh).await.expect_err("there is none");
    assert_eq!(missing.kind, Kind::Unsupported);
    assert!(
        missing
            .hint
            .is_some_and(|hint| hint.contains("--features libvirt"))
    );

    script(&path, "read line; echo boom >&2; kill -SEGV $$");
    let died = ask(&virsh).await.expect_err("it died");
    assert_eq!(died.kind, Kind::Unreachable);
    assert!(died.message.contains("signal: 11"), "{}", died.message);
    assert_eq!(died.cause.as_deref(), Some("boom"));

    script(
        &path,
        "while read line; do echo '{\"id\":ID,\"result\":\"test:///x\"}' | sed \"s/ID/$(echo $line | sed 's/[^0-9]*\\([0-9]*\\).*/\\1/')/\"; done",
    );
    assert_eq!(
        ask(&virsh).await.as_deref(),
        Ok("test:///x"),
        "the next call has another"
    );
    assert_eq!(
        ask(&virsh).await.as_deref(),
        Ok("test:///x"),
        "which goes on"
    );

    what_hangs_aside_ends_nothing_else(&path).await;
    what_may_run_keeps_its_definition(&path).await;

    // Another session has a helper of its own.
    let virsh = session(&Stand::new()).await;
    script(&path, "read line; sleep 600");
    let stuck = ask(&virsh).await.expect_err("it hangs");
    assert_eq!(stuck.kind, Kind::Timeout);
    script(&path, "read line; echo nonsense");
    assert_eq!(
        ask(&virsh).await.expect_err("no answer").kind,
        Kind::Unreachable
    );
    script(
        &path,
        "echo 'chami-virt: error while loading shared libraries: libvirt.so.0' >&2; exit 127",
    );
    let lacking = ask(&virsh).await.expect_err("no library");
    assert_eq!(lacking.kind, Kind::Unsupported);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
    assert_eq!(
        ask(&virsh).await.expect_err("no program").kind,
        Kind::Unsupported
    );
}

/// Answers all questions with its own process, but for two: of volumes it says nothing, and a console it refuses.
const SHY: &str = r#"while read -r line; do
id=$(echo "$line" | sed 's/[^0-9]*\([0-9]*\).*/\1/')
case "$line" in
*vol_list*) echo asked >>"$0.asked" ;;
*'"list"'* | *net_list* | *snapshot_list*) echo "{\"id\":$id,\"result\":[]}" ;;
*pool_list*) echo "{\"id\":$id,\"result\":[{\"name\":\"nfs\",\"state\":\"active\",\"autostart\":true}]}" ;;
*version*) echo "{\"id\":$id,\"fault\":{\"kind\":\"unreachable\",\"message\":\"test+tcp://bob:hunter2@h/x does not answer\"}}" ;;
*) echo "{\"id\":$id,\"result\":\"$$\"}" ;;
esac
done"#;

/// Tab's names, and what is open, while one pool hangs; and what libvirt repeats of a URI.
async fn what_hangs_aside_ends_nothing_else(path: &Path) {
    let virsh = session(&Stand::new()).await;
    script(path, SHY);
    let connected = virsh.connect(uri("test:///default").uri).await;
    let process = connected.expect("it answers");
    let call = patient();
    let names = call::within(call, async { virsh.names().await }).await;
    assert_eq!(names.map(|it| it.pools), Ok(vec!["nfs".to_owned()]));
    assert_eq!(ask(&virsh).await, Ok(process), "it is the same process");
    let again = call::within(patient(), async { virsh.names().await }).await;
    assert!(again.is_ok());
    let asked = fs::read_to_string(path.with_extension("asked")).expect("it was asked");
    assert_eq!(asked.lines().count(), 1, "and not again");
    let version = virsh.at(None).ask::<String>(Call::Version).await;
    let message = version.expect_err("refused").message;
    assert!(
        message.contains("does not answer") && !message.contains("hunter2"),
        "{message}"
    );
}

/// Defines what it is told, and starts it without a word of that.
const MUTE: &str = r#"while read -r line; do
id=$(printf '%s' "$line" | sed 's/[^0-9]*\([0-9]*\).*/\1/')
case "$line" in
*'"undefine"'*) printf '%s' "$line" >>"$0.undefined" ;;
*'"define"'*) printf '%s' "$line" >"$0.defined"; state="shut off" ;;
*'"start"'*) echo running >"$0.started"; continue ;;
esac
test -e "$0.started" && state=running
if test -e "$0.defined"; then
echo "{\"id\":$id,\"result\":{\"name\":\"n\",\"uuid\":\"u\",\"os_type\":\"hvm\",\"state\":\"$state\",\"cpus\":1,\"cpu_time\":0,\"max_memory\":1,\"used_memory\":1,\"persistent\":true,\"autostart\":false}}"
else
echo "{\"id\":$id,\"fault\":{\"kind\":\"not_found\",\"message\":\"there is none\"}}"
fi
done"#;

/// An order whose start nobody answers for.
async fn what_may_run_keeps_its_definition(path: &Path) {
    let virsh = session(&Stand::new()).await;
    script(path, MUTE);
    let order = install::Order {
        name: "n".to_owned(),
        kind: Some("qemu".to_owned()),
        ..install::Order::default()
    };
    let at = virsh.at(uri("test:///default"));
    let work = async move { at.install(&order).await };
    let fault = call::within(patient(), work).await.expect_err("no answer");
    assert_eq!(fault.kind, Kind::Timeout, "{}", fault.message);
    let message = &fault.message;
    let kept = "n is defined, and it is running; its definition is kept: ";
    assert!(message.starts_with(kept), "{message}");
    assert!(!path.with_extension("undefined").exists());
    let defined = fs::read_to_string(path.with_extension("defined")).expect("it was defined");
    assert!(
        defined.contains("<uuid>"),
        "libvirt would give it another's: {defined}"
    );
}

fn patient() -> Arc<call::Call> {
    Arc::new(call::Call {
        patience: Patience {
            timeout: Some(Duration::from_millis(900)),
            ..Patience::default()
        },
        ..call::Call::default()
    })
}

fn name_helper(path: &Path) {
    super::super::client::name_helper(PathBuf::from(path));
}

fn script(path: &Path, body: &str) {
    let _ = fs::remove_file(path);
    fs::write(path, format!("#!/bin/sh\n{body}\n")).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("set");
}

async fn ask(virsh: &Client) -> Result<String, Fault> {
    let at = virsh.at(uri("test:///default"));
    call::within(patient(), async move { at.ask(Call::Uri).await }).await
}
