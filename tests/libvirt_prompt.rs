//! libvirt as somebody at the prompt meets it: a real machine's console, what is told of the helper's calls and kept on a
//! tape, and which libvirt is asked. Needs what `libvirt.rs` needs.
#[path = "support/libvirt.rs"]
mod libvirt;
#[path = "support/terminal.rs"]
#[allow(dead_code)] // the prompt's own tests use the rest
mod terminal;

use libvirt::{Daemon, all_of, can_serve, chami, children, helper, room, signal, skip};
use std::{fs, os::unix::fs::chown, path::Path, process::Command};
use terminal::{CTRL_BRACKET, CTRL_C, CTRL_D, Terminal};

/// A machine without a disk or a network worth the name: its firmware says so, and iPXE's own prompt takes what is typed.
const GUEST: [&str; 2] = [
    "virsh.net_define{ name = 'n', bridge = { _name = 'virbr-n' } }; virsh.net_start 'n'\r",
    "virsh.install{ name = 'guest', memory = '256MiB', network = 'n', type = 'qemu' }.state\r",
];

/// A prompt at a machine that runs.
fn guest(helper: &str, room: &Path, uri: &str) -> Terminal {
    let mut terminal = Terminal::open_where(room, &["--lab=fresh"], ("CHAMI_VIRT", helper));
    terminal.types(&format!("virsh.connect {uri:?}\r"));
    terminal.sees("libvirt-sock\"\r\n");
    terminal.types(GUEST[0]);
    terminal.sees("❯ ");
    terminal.types(GUEST[1]);
    terminal.sees("\"running\"");
    terminal.sees("❯ ");
    terminal.tab_shows("virsh.domstate \"gu", "guest");
    terminal.types("\"\r");
    terminal.sees("\"running\"\r\n");
    terminal.sees("❯ ");
    terminal
}

#[test]
fn a_person_types_on_a_console_and_has_the_terminal_back() {
    let what = "a console at the prompt, of a real machine";
    let Some(helper) = helper(what) else { return };
    if !can_serve(what) {
        return;
    }
    let room = room("console");
    let daemon = Daemon::start(&room);
    let mut terminal = guest(helper, &room, &daemon.uri);
    terminal.types("virsh.console 'guest'\r");
    terminal.sees("Ctrl-] leaves)");
    // iPXE waits two seconds for Ctrl-B, and comes round again while nobody answers; its prompt takes lines.
    for _ in 0..30 {
        terminal.types("\x02");
        if terminal.shows("iPXE>") {
            break;
        }
    }
    terminal.types("echo hello from ${net0/mac:hexraw}\r");
    terminal.sees("hello from 525400");
    // Ctrl-C is the machine's: nothing is interrupted here.
    terminal.types(CTRL_C);
    terminal.types(CTRL_BRACKET);
    terminal.sees("(you left the console of guest)");
    terminal.sees("❯ ");
    terminal.is_sane();
    // The helper dies while somebody is at it.
    terminal.types("virsh.console 'guest'\r");
    terminal.sees("Ctrl-] leaves)");
    let [helper] = children(terminal.pid())[..] else {
        panic!("one helper")
    };
    signal(helper, "-KILL");
    terminal.sees("unreachable: ");
    terminal.sees("❯ ");
    terminal.is_sane();
    // The machine goes off.
    terminal.types("virsh.console('guest', { force = true })\r");
    terminal.sees("Ctrl-] leaves)");
    let off = chami(
        option_env!("CARGO_BIN_EXE_chami-virt").unwrap_or_default(),
        &room,
    )
    .args([
        "-e",
        &format!("virsh.destroy('guest', {{ uri = {:?} }})", daemon.uri),
    ])
    .output()
    .expect("chami runs");
    assert!(off.status.success(), "{}", all_of(&off));
    terminal.sees("(the console of guest has ended: it is off)");
    terminal.sees("❯ ");
    terminal.is_sane();
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

/// A screen with a password, a look that fails, and what is listed; then the same from the tape, where there is no helper.
const TOLD: &str = r#"
    virsh.connect "test:///default"
    local domain = virsh.domain.parse(virsh.dumpxml "test")
    domain.name, domain.uuid = "screen", nil
    domain.devices.graphics = { { _type = "vnc", _port = "5999", _passwd = "planted-vnc" } }
    virsh.define(domain)
    print(virsh.domstate "screen", select(2, pcall(virsh.dominfo, "scren")).kind)
    print(#virsh.net_list { uri = "test:///default" })
    virsh.undefine "screen"
"#;

#[test]
fn what_the_helper_is_asked_is_told_and_comes_from_a_tape() {
    let Some(helper) = helper("calls of the helper told and recorded") else {
        return;
    };
    let room = room("told");
    let tape = room.join("x.tape").display().to_string();
    let run = |helper: &str, words: &[&str]| {
        let mut command = chami(helper, &room);
        command
            .args(words)
            .args(["-e", TOLD])
            .output()
            .expect("chami runs")
    };
    let recorded = run(helper, &["-vv", "--record", &tape]);
    assert!(recorded.status.success(), "{}", all_of(&recorded));
    let told = String::from_utf8_lossy(&recorded.stderr).into_owned();
    for line in [
        "virsh -c test:///default dominfo screen ok ",
        "virsh -c test:///default define screen.xml ok ",
        "virsh -c test:///default dominfo scren not_found ",
        "virsh -c test:///default undefine screen --nvram ok ",
        "passwd=",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let kept = fs::read_to_string(&tape).expect("a tape");
    for text in [&told, &kept] {
        assert!(!text.contains("planted-vnc"), "{text}");
    }
    let played = Command::new(env!("CARGO_BIN_EXE_chami"))
        .args(["--replay", &tape, "-e", TOLD])
        .env("CHAMI_VIRT", "/nowhere/chami-virt")
        .env("HOME", &room)
        .output()
        .expect("chami runs");
    assert!(played.status.success(), "{}", all_of(&played));
    assert_eq!(played.stdout, recorded.stdout);
    let taught = chami(helper, &room)
        .args([
            "-e",
            "teach(true); virsh.reboot('test', { uri = 'test:///default' })",
        ])
        .output()
        .expect("chami runs");
    let taught = all_of(&taught);
    assert!(
        taught.contains("  virsh -c test:///default reboot test  # ok"),
        "{taught}"
    );
}

/// What chami says of its libvirt, run through another program or by itself.
fn uri(through: &[&str], helper: &str, room: &Path, variables: &[(&str, &str)]) -> String {
    let program = env!("CARGO_BIN_EXE_chami");
    let words = [program, "-u", "http://127.0.0.1:1", "-e", "virsh.uri()"];
    let words = [through, &words].concat();
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .env("CHAMI_VIRT", helper)
        .env("HOME", room);
    for name in [VIRSH, LIBVIRT, "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    all_of(
        &command
            .envs(variables.iter().copied())
            .output()
            .expect("it runs"),
    )
}

const VIRSH: &str = "VIRSH_DEFAULT_CONNECT_URI";
const LIBVIRT: &str = "LIBVIRT_DEFAULT_URI";
const GOOD: &str = "test:///default";
const BAD: &str = "qemu+unix:///system?socket=/nowhere";

/// As virsh has it: `VIRSH_DEFAULT_CONNECT_URI`, `LIBVIRT_DEFAULT_URI`, `uri_default` of libvirt's configuration.
#[test]
fn the_uri_is_chosen_as_virsh_does() {
    let what = "which libvirt is asked where nothing is said";
    let Some(helper) = helper(what) else { return };
    let room = room("uri");
    let ask = |variables: &[(&str, &str)]| uri(&[], helper, &room, variables);
    assert_eq!(ask(&[(VIRSH, GOOD), (LIBVIRT, BAD)]), "test:///default\n");
    assert_eq!(ask(&[(LIBVIRT, GOOD)]), "test:///default\n");
    assert!(ask(&[(VIRSH, BAD), (LIBVIRT, GOOD)]).contains("does not answer"));
    // Root's configuration is the machine's; another one is put in its place where nobody else sees it.
    let file = room.join("libvirt.conf");
    fs::write(&file, "uri_default = \"test:///default\"\n").expect("written");
    let mount = format!(
        "mount --bind {} /etc/libvirt/libvirt.conf && exec \"$@\"",
        file.display()
    );
    let through = [
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        &mount,
        "sh",
    ];
    let own = Command::new("unshare").args(["--mount", "true"]).output();
    let is_there = Path::new("/etc/libvirt/libvirt.conf").exists();
    if !is_there || !own.is_ok_and(|out| out.status.success()) {
        return skip(
            what,
            "no libvirt.conf can be put in place of the machine's (it needs root)",
        );
    }
    assert_eq!(uri(&through, helper, &room, &[]), "test:///default\n");
    assert!(uri(&through, helper, &room, &[(LIBVIRT, BAD)]).contains("does not answer"));
}

/// Runs chami as nobody in the namespaces of a daemon, where a null device is that nobody may write to.
const AS_NOBODY: &str = r#"
    mkdir -p "$ROOM/dev"
    mount -t tmpfs -o dev tmpfs "$ROOM/dev" && mknod -m 666 "$ROOM/dev/null" c 1 3
    mount --bind "$ROOM/dev/null" /dev/null
    exec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$ROOM" XDG_RUNTIME_DIR="$ROOM/run" \
        CHAMI_VIRT="$ROOM/chami-virt" "$ROOM/chami" --lab=fresh -e "$CODE"
"#;

#[test]
fn who_looks_into_the_wrong_libvirt_is_told_of_the_other() {
    let what = "qemu:///system named where qemu:///session has nothing";
    let Some(helper) = helper(what) else { return };
    if !can_serve(what) {
        return;
    }
    let daemon = Daemon::start(&room("other"));
    let defined = chami(helper, &room("other-home"))
        .args(["-e", &format!("virsh.install({{ name = 'guest', start = false, type = 'qemu' }}, {{ uri = {:?} }})", daemon.uri)])
        .output()
        .expect("chami runs");
    assert!(defined.status.success(), "{}", all_of(&defined));
    // Where nobody may go.
    let room = tempfile::tempdir().expect("a directory");
    let path = |name: &str| room.path().join(name);
    fs::create_dir(path("run")).expect("made");
    fs::copy(env!("CARGO_BIN_EXE_chami"), path("chami")).expect("copied");
    fs::copy(helper, path("chami-virt")).expect("copied");
    for owned in [room.path().to_owned(), path("run")] {
        chown(&owned, Some(65534), Some(65534)).expect("root may");
    }
    let [inside] = children(daemon.pid())[..] else {
        panic!("one process in the namespaces")
    };
    let ask = |code: &str| {
        let target = inside.to_string();
        let words = ["-t", &target, "-m", "-n", "-p", "sh", "-c", AS_NOBODY];
        let mut command = Command::new("nsenter");
        command
            .args(words)
            .env("ROOM", room.path())
            .env("CODE", code);
        all_of(&command.output().expect("nsenter runs"))
    };
    let told = ask("virsh.dominfo('guest', { uri = 'qemu:///session' })");
    assert!(
        told.contains("it is in qemu:///system: virsh.connect \"qemu:///system\""),
        "{told}"
    );
    let told = ask("virsh.dominfo('login', { uri = 'qemu:///session' })");
    assert!(
        told.contains("those of the machine, guest, are in qemu:///system"),
        "{told}"
    );
}
