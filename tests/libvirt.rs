//! virsh beyond the lab: `tests/specs/virsh.lua` on libvirt's own test driver and on a real libvirtd with QEMU, and a
//! helper that dies or hangs while it is used. Needs the helper (`cargo test --features libvirt`); the real libvirtd also
//! root, libvirt and QEMU, which `tests/real/libvirtd-up` starts in namespaces of its own.
#[path = "support/libvirtd.rs"]
mod libvirtd;

use libvirtd::{Daemon, all_of, helper, hindrance, room, root, skip};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

fn chami(helper: &str, room: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
    command
        .arg("--lab=fresh")
        .env("CHAMI_VIRT", helper)
        .env("HOME", room)
        .env_remove("XDG_STATE_HOME")
        .env_remove("VIRSH_DEFAULT_CONNECT_URI")
        .env_remove("LIBVIRT_DEFAULT_URI");
    command
}

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
    if let Some(why) = hindrance() {
        return skip(what, &why);
    }
    let room = room("real");
    let daemon = Daemon::start(&room);
    spec(helper, &daemon.uri, &room);
}

/// The processes that chami has started.
fn children(pid: u32) -> Vec<u32> {
    let is_child = |entry: &std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        let parent: u32 = fields.split(' ').nth(1)?.parse().ok()?;
        let name = entry.file_name().to_string_lossy().parse().ok()?;
        (parent == pid).then_some(name)
    };
    let all = std::fs::read_dir("/proc").expect("/proc").flatten();
    all.filter_map(|entry| is_child(&entry)).collect()
}

fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.expect("kill runs").success());
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
