//! virsh beyond the lab: `tests/specs/virsh.lua` on libvirt's own test driver and on a real libvirtd with QEMU, and a
//! helper that dies or hangs while it is used. Needs the helper (`cargo test --features libvirt`); the real libvirtd also
//! root, libvirt and QEMU, which `tests/real/libvirtd-up` starts in namespaces of its own.
#[path = "support/libvirt.rs"]
mod libvirt;

use libvirt::{Daemon, all_of, can_serve, chami, children, helper, room, root, signal};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::Stdio,
    sync::mpsc,
    thread,
    time::Duration,
};

/// Runs the spec against a libvirt.
fn spec(helper: &str, uri: &str, room: &Path) {
    let out = chami(helper, room)
        .arg(root().join("tests/specs/virsh.lua"))
        .args([uri, &room.display().to_string()])
        .output()
        .expect("chami runs");
    assert!(out.status.success(), "{uri}: {}", all_of(&out));
}

#[test]
fn the_spec_holds_on_libvirts_test_driver() {
    if let Some(helper) = helper("virsh on libvirt's test driver") {
        spec(helper, "test:///default", &room("test"));
    }
}

#[test]
fn the_spec_holds_on_a_real_libvirtd() {
    let what = "virsh on a real libvirtd";
    let Some(helper) = helper(what) else { return };
    if !can_serve(what) {
        return;
    }
    let room = room("real");
    let daemon = Daemon::start(&room);
    spec(helper, &daemon.uri, &room);
}

/// A script that says after each step how it went and waits for a line before the next.
const STEPS: &str = r#"
    local function print(...)
        io.stderr:write(table.concat({ ... }, " "), "\n")
    end
    virsh.connect "test:///default"
    print(#virsh.list())
    io.read()
    local ok, died = pcall(virsh.list)
    print(ok and "fine" or died.kind, #virsh.list())
    io.read()
    local ok, stuck = pcall(virsh.list, { timeout = "1s" })
    print(stuck.kind, #virsh.list())
    local c <close> = virsh.events()
    virsh.suspend "test"
    print(c:next().event)
    io.read()
    local ok, gone = pcall(c.next, c)
    print(gone.kind)
"#;

#[test]
fn a_helper_that_dies_or_hangs_is_started_anew() {
    let Some(helper) = helper("a helper that dies or hangs") else {
        return;
    };
    let mut session = chami(helper, &room("anew"))
        .args(["-e", STEPS])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("chami runs");
    // Should it hang all the same, this test does not.
    let pid = session.id();
    let (_over, waiting) = mpsc::channel::<()>();
    thread::spawn(move || {
        let late = waiting.recv_timeout(Duration::from_secs(60));
        if late == Err(mpsc::RecvTimeoutError::Timeout) {
            signal(pid, "-KILL");
        }
    });
    let mut input = session.stdin.take().expect("its input");
    let mut output = BufReader::new(session.stderr.take().expect("its output")).lines();
    let mut next = || output.next().expect("a line").expect("text");
    assert_eq!(next(), "1");
    let [first] = children(session.id())[..] else {
        panic!("one helper")
    };
    signal(first, "-KILL");
    writeln!(input).expect("told");
    let told = next();
    // Its end may have been seen before the call was made: then that one has the next helper already.
    assert!(
        ["unreachable 1", "fine 1"].contains(&told.as_str()),
        "{told}"
    );
    let [second] = children(session.id())[..] else {
        panic!("one helper again")
    };
    assert_ne!(first, second);
    signal(second, "-STOP");
    writeln!(input).expect("told");
    assert_eq!(next(), "timeout 1");
    assert_eq!(next(), "suspended");
    let [third] = children(session.id())[..] else {
        panic!("one helper again")
    };
    assert_ne!(second, third, "what hung was ended");
    signal(third, "-KILL");
    writeln!(input).expect("told");
    let told = next();
    assert!(
        told == "unreachable" || told == "not_found",
        "what was open went with it: {told}"
    );
    assert!(session.wait().expect("it ends").success());
}

#[test]
fn a_helper_that_is_missing_is_told_with_what_to_do() {
    let out = chami("/nowhere/chami-virt", &room("none"))
        .args(["-e", "virsh.list{ uri = 'qemu:///system' }"])
        .output()
        .expect("chami runs");
    assert_eq!(out.status.code(), Some(1));
    let told = all_of(&out);
    assert!(
        told.contains("unsupported: ") && told.contains("--features libvirt"),
        "{told}"
    );
}

#[test]
fn a_session_is_told_from_the_system() {
    let Some(helper) = helper("qemu:///session told from qemu:///system") else {
        return;
    };
    // No libvirt runs at either; that is told as well, with what starts one.
    let out = chami(helper, &room("session"))
        .env("XDG_RUNTIME_DIR", "/nowhere")
        .args([
            "-e",
            "virsh.list{ uri = 'qemu+unix:///system?socket=/nowhere/libvirt-sock' }",
        ])
        .output()
        .expect("chami runs");
    assert_eq!(out.status.code(), Some(5), "{}", all_of(&out));
    let told = all_of(&out);
    assert!(
        told.contains("does not answer") && told.contains("systemctl start libvirtd"),
        "{told}"
    );
}
