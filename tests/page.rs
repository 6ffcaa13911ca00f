//! The lab's page in a real browser: what it shows is read out of its document when its scripts have run.
use std::{
    env, fs,
    io::{BufRead, BufReader, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

struct Served {
    child: Child,
    http: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn room() -> PathBuf {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).expect("a room");
    room
}

/// A lab in which the tutorial's nodes are known.
fn serve(room: &Path) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chami"))
        .args([
            "lab",
            "serve",
            "--http=0",
            "--https=0",
            "--auth=off",
            "--empty",
        ])
        .arg("--state")
        .arg(room.join("lab"))
        .env("HOME", room)
        .env_remove("XDG_STATE_HOME")
        .env_remove("XDG_RUNTIME_DIR")
        .stdout(Stdio::piped())
        .spawn()
        .expect("chami runs");
    let mut line = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out)
        .read_line(&mut line)
        .expect("its address");
    let http = line.trim().strip_prefix("http ").expect("an address");
    Served {
        http: http.to_owned(),
        child,
    }
}

/// One POST, which succeeds.
fn post(http: &str, path: &str, body: &str) {
    let host = http.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the lab");
    let head = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    let length = body.len();
    write!(
        stream,
        "{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("sent");
    let mut status = String::new();
    BufReader::new(stream)
        .read_line(&mut status)
        .expect("an answer");
    assert!(status.contains(" 20"), "{path}: {status}");
}

/// The page's document once its scripts wrote all of this; none where there is no browser.
///
/// A busy machine's browser may spend its virtual time before the first answer came: then it looks once more.
fn document(room: &Path, url: &str, wrote: &[&str]) -> Option<String> {
    let mut html = String::new();
    for _ in 0..8 {
        html = dumped(room, url)?;
        if wrote.iter().all(|text| html.contains(text)) {
            break;
        }
    }
    Some(html)
}

fn dumped(room: &Path, url: &str) -> Option<String> {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find(|name| {
            let paths = env::var_os("PATH").unwrap_or_default();
            env::split_paths(&paths).any(|dir| dir.join(name).is_file())
        });
    let Some(browser) = found else {
        assert!(
            env::var_os("CHAMI_TESTS_COMPLETE").is_none(),
            "chromium is not installed"
        );
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: the page of the lab in a browser: chromium is not installed"
        );
        return None;
    };
    let out = Command::new("timeout")
        .args([
            "60",
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--dump-dom",
        ])
        .args(["--window-size=1500,1000", "--virtual-time-budget=3000"])
        .arg(format!(
            "--user-data-dir={}",
            room.join("browser").display()
        ))
        .arg(url)
        .env("HOME", room)
        .output()
        .expect("the browser runs");
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

fn boot_parameters() -> String {
    let store = "http://172.16.0.254:9000/boot-images";
    let kernel = "5.14.0-503.38.1.el9_5.x86_64";
    format!(
        r#"{{"macs":["52:54:00:be:ef:01"],"kernel":"{store}/efi-images/compute/base/vmlinuz-{kernel}",
        "initrd":"{store}/efi-images/compute/base/initramfs-{kernel}.img",
        "params":"ip=dhcp console=ttyS0,115200 root=live:{store}/compute/base/rocky9.5-compute-base-9.5 ds=nocloud-net;s=http://172.16.0.254:8081/cloud-init"}}"#
    )
}

const SHOWN: [&str; 7] = [
    "5 machines: 2 ready, 0 booting, 1 stuck, 2 off",
    "ready, config failed",
    "stuck at script",
    "401  Boot &lt;it&gt;",
    "it is up",
    "phone-home",
    " login:",
];

#[test]
fn the_page_shows_machines_a_timeline_and_the_course() {
    let room = room();
    let lab = serve(&room);
    post(&lab.http, "/lab/v1/reset", r#"{"state":"tutorial"}"#);
    let base = r#"{"base-url":"http://172.16.0.254:8081/cloud-init"}"#;
    post(&lab.http, "/cloud-init/admin/cluster-defaults", base);
    post(&lab.http, "/boot/v1/bootparameters", &boot_parameters());
    post(
        &lab.http,
        "/lab/v1/power",
        r#"{"nodes":["compute1","compute2"],"action":"on"}"#,
    );
    post(&lab.http, "/lab/v1/clock", r#"{"advance":300}"#);
    post(
        &lab.http,
        "/lab/v1/course",
        r#"{"id":"401","title":"Boot <it>","goal":"up","checks":[{"title":"it is up","pass":true}]}"#,
    );
    // Another one that is up, and lacks something.
    let group = r##"{"name":"compute","file":{"content":"#cloud-config\nruncmd: [[\"false\"]]\n","encoding":"plain"}}"##;
    post(&lab.http, "/cloud-init/admin/groups", group);
    let third = boot_parameters().replace("ef:01", "ef:03");
    post(&lab.http, "/boot/v1/bootparameters", &third);
    post(
        &lab.http,
        "/lab/v1/power",
        r#"{"nodes":["compute3"],"action":"on"}"#,
    );
    post(&lab.http, "/lab/v1/clock", r#"{"advance":300}"#);
    let url = format!("{}/lab/?node=compute1", lab.http);
    let Some(html) = document(&room, &url, &SHOWN) else {
        return;
    };
    for text in SHOWN {
        assert!(html.contains(text), "no {text:?} in\n{html}");
    }
    assert_eq!(
        html.matches("<li><span class=\"good-mark\">✓</span><span>")
            .count(),
        13,
        "{html}"
    );
}

#[test]
fn a_page_without_its_key_says_where_to_get_it() {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page-closed");
    let _ = fs::remove_dir_all(&room);
    fs::create_dir_all(&room).expect("a room");
    // A lab that a shell owns is closed to all but its user.
    let mut shell = Command::new(env!("CARGO_BIN_EXE_chami"))
        .arg("--lab=fresh")
        .env("HOME", &room)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("chami runs");
    let mut input = shell.stdin.take().expect("its input");
    writeln!(input, "print(lab.page())").expect("typed");
    let mut address = String::new();
    let out = shell.stdout.take().expect("its output");
    BufReader::new(out)
        .read_line(&mut address)
        .expect("an address");
    let whole = address.trim();
    let bare = whole.split('#').next().unwrap_or_default();
    if let Some(html) = document(&room, bare, &["lab.page() at chami"]) {
        assert!(html.contains("lab.page() at chami"), "{html}");
        let html = document(&room, whole, &["5 machines: "]).expect("the browser is there");
        assert!(html.contains("5 machines: 0 ready"), "{html}");
    }
    drop(input);
    shell.wait().expect("it ends");
}
