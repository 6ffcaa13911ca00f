//! A real machine boots from the lab: QEMU's, without KVM, under a real libvirtd in a network namespace of its own. DHCP,
//! TFTP, iPXE, boot script, Debian's kernel, an initramfs, cloud-init's part of it: `tests/real/boots.lua` says what must come
//! of each, with BIOS and with UEFI, and what `node.why` must name when it goes wrong. Needs root, the helper
//! (`cargo test --features libvirt`), libvirt, QEMU, iPXE, busybox and a kernel, as `tests/run --install` brings them.
#[path = "support/libvirt.rs"]
mod libvirt;

use libvirt::{Daemon, all_of, helper, hindrance, is_there, room, root, skip};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// What all of it may take; it takes a good minute.
const PATIENCE: Duration = Duration::from_secs(400);

/// Where a kernel is that a machine can boot, as a Debian package unpacks: where `tests/run --install` puts it, or here.
fn kernel() -> Option<PathBuf> {
    let has_one = |place: &PathBuf| {
        let files = fs::read_dir(place.join("boot")).into_iter().flatten();
        let mut names = files.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.any(|name| name.starts_with("vmlinuz-") && name.ends_with("-amd64"))
    };
    [root().join("target/kernel"), PathBuf::from("/")]
        .into_iter()
        .find(has_one)
}

fn missing() -> Option<String> {
    let files = [
        "/usr/lib/ipxe/qemu/pxe-virtio.rom",
        "/usr/share/OVMF/OVMF_CODE_4M.fd",
    ];
    let lacks = |program: &&str| !is_there(program);
    let none = |file: &&str| !Path::new(file).exists();
    hindrance()
        .or_else(|| {
            let program = ["busybox", "nsenter", "setpriv", "dnsmasq"]
                .into_iter()
                .find(lacks);
            program.map(|program| format!("{program} is not installed"))
        })
        .or_else(|| files.into_iter().find(none).map(|it| format!("no {it}")))
        .or_else(|| {
            let none = kernel().is_none();
            none.then(|| "no Debian kernel in target/kernel or /boot".to_owned())
        })
}

/// chami on the daemon's network, at home in the room; ends with this process, however that ends.
fn chami(helper: &str, daemon: &Daemon, room: &Path) -> Command {
    let mut command = Command::new("setpriv");
    let network = format!("--net=/proc/{}/ns/net", daemon.child.id());
    command
        .args(["--pdeathsig", "KILL", "nsenter", &network])
        .arg(env!("CARGO_BIN_EXE_chami"))
        .current_dir(root())
        .env("CHAMI_VIRT", helper)
        .env("HOME", room);
    for name in ["XDG_STATE_HOME", "XDG_RUNTIME_DIR", "LIBVIRT_DEFAULT_URI"] {
        command.env_remove(name);
    }
    command
}

/// A lab that ends with this.
struct Lab(Child);

impl Lab {
    /// On the nodes' bridge, with real files to boot.
    fn serve(mut command: Command, room: &Path) -> Self {
        let mut child = command
            .args(["lab", "serve", "--interface", "virbr-openchami"])
            .arg("--artifacts")
            .arg(room.join("s3"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut lines = lines.map_while(Result::ok);
        let up = lines.any(|line| line.starts_with("state "));
        let lab = Self(child);
        assert!(up, "the lab did not come up");
        lab
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a script to its end, which is not waited for too long.
fn script(mut command: Command, uri: &str, argument: &str) -> String {
    let mut child = command
        .arg(root().join("tests/real/boots.lua"))
        .args([uri, argument])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("chami runs");
    let pid = child.id().to_string();
    let (_over, waiting) = mpsc::channel::<()>();
    thread::spawn(move || {
        if waiting.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-KILL", &pid]).status();
        }
    });
    drop(child.stdin.take());
    let out = child.wait_with_output().expect("it ends");
    assert!(out.status.success(), "{argument}: {}", all_of(&out));
    all_of(&out)
}

#[test]
fn a_real_machine_boots_and_what_keeps_it_from_it_is_named() {
    let what = "a QEMU machine that boots from the lab";
    let Some(helper) = helper(what) else { return };
    if let Some(why) = missing() {
        return skip(what, &why);
    }
    let room = room("boot");
    fs::create_dir_all(room.join("s3")).expect("a folder");
    // While the network is made, and the lab looks whether it is alone on it.
    let files = Command::new(root().join("tests/real/boot-files"))
        .arg(kernel().expect("a kernel"))
        .arg(room.join("s3"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let daemon = Daemon::start(&room.join("libvirt"));
    let chami = || chami(helper, &daemon, &room);
    let mut first = chami();
    first.arg("--lab=fresh");
    script(first, &daemon.uri, "net");
    let _lab = Lab::serve(chami(), &room);
    let files = files.wait_with_output().expect("it ends");
    assert!(files.status.success(), "{}", all_of(&files));
    let told = script(chami(), &daemon.uri, &room.display().to_string());
    // What a reader sees of the last one.
    assert!(told.contains("F02, certain"), "{told}");
}
