//! A small disk of a test's own: a tmpfs in a mount namespace that ends with its processes.
#![allow(dead_code)] // each test uses what it needs
use std::{
    env,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// Whether such a disk can be had here. Without one the test is skipped, and says so; where all is to be tested it fails.
pub(crate) fn is_there(test: &str) -> bool {
    let mut probe = Command::new("unshare");
    probe.args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
    let probe = probe.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = probe.is_ok_and(|status| status.success());
    let complete = env::var_os("CHAMI_TESTS_COMPLETE").is_some_and(|it| it == "1");
    assert!(there || !complete, "{test}: no namespaces can be had here");
    if !there {
        // Past the harness, which keeps what a passing test prints to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {test}: unshare -rm gives no mount namespace here"
        );
    }
    there
}

/// A command in whose eyes `dir` is a tmpfs of that size; `prepare` is done on it first, in a shell.
pub(crate) fn on_disk(dir: &Path, size: &str, prepare: &str) -> Command {
    let script = format!(
        "mount -t tmpfs -o size={size} tmpfs \"$0\" && cd \"$0\" && {{ {prepare}; }} && exec \"$@\""
    );
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script]).arg(dir);
    command
}
