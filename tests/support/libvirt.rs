//! libvirt for tests: the helper, chami with it, and a libvirtd of one's own, which `tests/real/libvirtd-up` starts in
//! namespaces.
#![allow(dead_code)] // each test uses some of it
use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A directory for this test alone.
pub(crate) fn room(name: &str) -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("libvirt-{name}"));
    let _ = std::fs::remove_dir_all(&room);
    std::fs::create_dir_all(&room).expect("a room");
    room
}

/// Notes that something cannot be tried here; where nothing may be skipped that is a failure.
pub(crate) fn skip(what: &str, why: &str) {
    assert!(
        env::var_os("CHAMI_TESTS_COMPLETE").is_none(),
        "{what}: {why}"
    );
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}: {why}");
}

/// The helper, when it was built.
pub(crate) fn helper(what: &str) -> Option<&'static str> {
    let helper = option_env!("CARGO_BIN_EXE_chami-virt");
    if helper.is_none() {
        skip(
            what,
            "chami-virt was not built (cargo test --features libvirt, libvirt-dev)",
        );
    }
    helper
}

pub(crate) fn chami(helper: &str, room: &Path) -> Command {
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

pub(crate) fn all_of(out: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&out.stdout) + &text(&out.stderr)
}

pub(crate) fn is_there(program: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&paths)
        .chain(system)
        .any(|dir| dir.join(program).is_file())
}

/// A libvirtd that ends with this.
pub(crate) struct Daemon {
    pub(crate) child: Child,
    pub(crate) uri: String,
}

impl Daemon {
    pub(crate) fn start(room: &Path) -> Self {
        let mut child = Command::new(root().join("tests/real/libvirtd-up"))
            .arg(room)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let uri = line.trim().strip_prefix("ready ").expect("it came up");
        Self {
            uri: uri.to_owned(),
            child,
        }
    }
}

impl Daemon {
    #[allow(dead_code)] // one of its users asks
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Its input ends, and with it all that it runs.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Why there can be no libvirtd here.
pub(crate) fn hindrance() -> Option<String> {
    for program in ["libvirtd", "virtlogd", "qemu-system-x86_64", "unshare"] {
        if !is_there(program) {
            return Some(format!("{program} is not installed"));
        }
    }
    let own = Command::new("unshare")
        .args(["--net", "--mount", "--pid", "--fork", "true"])
        .output();
    let able = own.is_ok_and(|out| out.status.success());
    (!able).then(|| "no namespaces can be made here (it needs root)".to_owned())
}

/// Whether a libvirtd of one's own can run here; said when not.
pub(crate) fn can_serve(what: &str) -> bool {
    let why = hindrance();
    if let Some(why) = &why {
        skip(what, why);
    }
    why.is_none()
}

/// The processes that chami has started.
pub(crate) fn children(pid: u32) -> Vec<u32> {
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

pub(crate) fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.expect("kill runs").success());
}
