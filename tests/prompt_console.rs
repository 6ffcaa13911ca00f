//! A console at the true prompt, on a pseudo terminal: the terminal is its, and is given back whatever happens.
#[path = "support/terminal.rs"]
#[allow(dead_code)] // the prompt's other tests use the rest
mod terminal;

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Command, Stdio},
};
use terminal::{CTRL_BRACKET, CTRL_C, CTRL_D, Terminal};

fn home(name: &str) -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("console-{name}"));
    // There is none before the first run.
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("a home");
    home
}

fn leaves(mut terminal: Terminal) {
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn a_machine_of_the_lab_is_watched_as_it_boots() {
    let mut terminal = Terminal::open(&home("lab"));
    terminal.types("#discover.static('data/nodes.yaml').components + 40\r");
    terminal.sees("\n40");
    terminal.types("#virsh.start 'compute1'\r");
    terminal.sees("\n1\r\n");
    terminal.types("lab.clock.advance '25s'\r");
    terminal.sees("Z\"\r\n");
    terminal.types("virsh.console 'compute1'\r");
    terminal.sees("Ctrl-] leaves)");
    // By itself, as its time passes.
    terminal.sees("Start PXE over IPv4");
    terminal.sees("Station IP address is 172.16.0.1");
    terminal.types(CTRL_C);
    terminal.sees("takes no keys");
    terminal.types("x");
    terminal.types(CTRL_BRACKET);
    terminal.sees("(you left the console of compute1)");
    terminal.sees("lab ❯ ");
    terminal.is_sane();
    terminal.types("_:log():match 'PXE'\r");
    terminal.sees("\"PXE\"");
    // What was not typed here, and by a node's name.
    terminal.types("virsh.console(1)\r");
    terminal.sees("(what it showed last:)");
    terminal.sees("Start PXE over IPv4");
    terminal.types(CTRL_BRACKET);
    terminal.sees("(you left the console of compute1)");
    // One that is kept is a value, until it is asked to take the terminal.
    terminal.types("c = virsh.console 'compute1'\r");
    terminal.sees("lab ❯ ");
    terminal.types("c:interact()\r");
    terminal.sees("Ctrl-] leaves)");
    terminal.types(CTRL_BRACKET);
    terminal.sees("console of compute1, open");
    terminal.types("c\r");
    terminal.sees("console of compute1, open");
    terminal.is_sane();
    leaves(terminal);
}

#[test]
fn it_ends_with_the_machine_and_with_the_process() {
    let home = home("ends");
    let mut terminal = Terminal::open(&home);
    terminal.types("virsh.console 'compte1'\r");
    terminal.sees("did you mean compute1?");
    terminal.types("virsh.console 'compute1'\r");
    terminal.sees("domain compute1 is not running");
    terminal.types("virsh.start 'compute1'\r");
    terminal.sees("running");
    terminal.types("virsh.console 'compute1'\r");
    terminal.sees("Ctrl-] leaves)");
    let off = Command::new(env!("CARGO_BIN_EXE_chami"))
        .args(["-e", "virsh.destroy 'compute1'"])
        .env_clear()
        .env("HOME", &home)
        .stdout(Stdio::null())
        .status();
    assert!(off.expect("chami runs").success());
    terminal.sees("(the console of compute1 has ended: it is off)");
    terminal.sees("lab ❯ ");
    terminal.is_sane();
    leaves(terminal);
}

#[test]
fn a_session_that_only_reads_looks_on() {
    let home = home("reads");
    let on = Command::new(env!("CARGO_BIN_EXE_chami"))
        .args(["-e", "virsh.start 'compute1'; lab.clock.advance '31s'"])
        .env_clear()
        .env("HOME", &home)
        .stdout(Stdio::null())
        .status();
    assert!(on.expect("chami runs").success());
    let mut terminal = Terminal::open_on(&home, &["--read-only"], "❯ ");
    terminal.types("virsh.console 'compute1'\r");
    terminal.sees("(no key goes there: ");
    terminal.types("x");
    terminal.types(CTRL_BRACKET);
    terminal.sees("(you left the console of compute1)");
    terminal.sees("❯ ");
    leaves(terminal);
}

#[test]
fn a_standing_clock_goes_on_while_somebody_looks() {
    let mut terminal = Terminal::open_on(&home("fresh"), &["--lab=fresh"], "❯ ");
    terminal.types("#virsh.start 'compute1'\r");
    terminal.sees("\n1\r\n");
    terminal.types("lab.clock.advance '25s'\r");
    terminal.sees("Z\"\r\n");
    terminal.types("virsh.console 'compute1'\r");
    terminal.sees("Start PXE over IPv4");
    terminal.types(CTRL_BRACKET);
    terminal.sees("(you left the console of compute1)");
    leaves(terminal);
}

/// In place of the helper: a console that shows itself and takes no key, which nobody closes either.
const HANGS: &str = r#"#!/bin/sh
while read -r line; do
id=$(echo "$line" | sed 's/[^0-9]*\([0-9]*\).*/\1/')
case "$line" in
*console_open*) echo "{\"id\":$id,\"result\":{\"console\":1,\"live\":true}}" ;;
*console_read*) sleep 0.1; echo "{\"id\":$id,\"result\":{\"text\":\"\",\"ended\":false}}" ;;
*console_send* | *console_close*) ;;
*dominfo*) echo "{\"id\":$id,\"result\":{\"name\":\"compute1\",\"uuid\":\"\",\"os_type\":\"hvm\",\"state\":\"running\",\"cpus\":1,\"cpu_time\":0,\"max_memory\":1,\"used_memory\":1,\"persistent\":true,\"autostart\":false}}" ;;
*) echo "{\"id\":$id,\"result\":\"test:///x\"}" ;;
esac
done
"#;

#[test]
fn it_is_left_though_the_other_side_hangs() {
    let home = home("hangs");
    let helper = home.join("helper");
    fs::write(&helper, HANGS).expect("written");
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).expect("set");
    let helper = helper.display().to_string();
    let mut terminal = Terminal::open_where(&home, &[], ("CHAMI_VIRT", &helper));
    terminal.types("virsh.connect 'test:///x'\r");
    terminal.sees("test:///x\"");
    terminal.types("virsh.console 'compute1'\r");
    terminal.sees("Ctrl-] leaves)");
    terminal.types("x");
    terminal.types(CTRL_BRACKET);
    // Long before libvirt's patience is over.
    terminal.sees("(libvirt did not take the last keys)");
    terminal.sees("(you left the console of compute1)");
    terminal.sees("❯ ");
    terminal.is_sane();
    leaves(terminal);
}

#[test]
fn the_prompts_keys_are_the_prompts() {
    let mut terminal = Terminal::open(&home("keys"));
    terminal.types("#virsh.start 'compute1'\r");
    terminal.sees("\n1\r\n");
    terminal
        .types("function typed() local c = virsh.console 'compute1'; return c:interact() end\r");
    terminal.sees("❯ ");
    terminal.types("task.background(typed)\r");
    terminal.sees("a background job has none");
    // Of two at once one has the terminal.
    terminal.types("ok, two = pcall(task.parallel, { typed, typed })\r");
    terminal.sees("Ctrl-] leaves)");
    terminal.sees("❯ ");
    terminal.types("two.message\r");
    terminal.sees("another console has the terminal");
    terminal.types("40 + 2\r");
    terminal.sees("\n42");
    leaves(terminal);
}

#[test]
fn a_process_that_is_told_to_end_leaves_the_terminal_as_it_was() {
    let home = home("told");
    let mut terminal = Terminal::open_in_shell(
        &home,
        "stty -a | tr ' ' '\\n' | grep -c -e ^icanon -e ^isig -e ^opost | sed s/^/sane:/",
    );
    terminal.sees("help() shows what to type first");
    terminal.types("#virsh.start 'compute1'\r");
    terminal.sees("\n1\r\n");
    terminal.types("virsh.console 'compute1'\r");
    terminal.sees("Ctrl-] leaves)");
    terminal.types(CTRL_BRACKET);
    terminal.sees("(you left the console of compute1)");
    // The prompt has the terminal by then, and has changed it.
    terminal.types("!(sleep 1; kill -TERM $PPID) &\r");
    terminal.sees("sane:3");
    terminal.leaves_with(0);
}

#[test]
fn without_a_terminal_it_is_a_value_and_says_how_to_use_it() {
    let run = |code: &str| {
        let out = Command::new(env!("CARGO_BIN_EXE_chami"))
            .args(["--lab=fresh", "-e", code])
            .env("HOME", home("none"))
            .output()
            .expect("chami runs");
        String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned()
    };
    let shown = run("virsh.start 'compute1'; return virsh.console 'compute1'");
    assert!(
        shown.contains(":expect, :send and :log drive it"),
        "{shown}"
    );
    let refused = run("virsh.start 'compute1'; virsh.console('compute1'):interact()");
    assert!(
        refused.contains("unsupported: ") && refused.contains(":expect waits"),
        "{refused}"
    );
}
