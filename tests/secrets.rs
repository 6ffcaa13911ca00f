//! Secrets are planted wherever a user may put one, and then looked for in all that chami writes and says.
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A lab of another process, whose files are its own.
struct Served(Child, String, TempDir);

impl Served {
    fn new() -> Self {
        let home = TempDir::new().expect("a directory");
        let mut command = chami(home.path());
        command.args(["lab", "serve", "--http", "0", "--https", "0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut first).expect("a line");
        let url = first.strip_prefix("http ").expect("the URL comes first");
        Self(child, url.trim().to_owned(), home)
    }

    /// A token that its services take.
    fn token(&self) -> String {
        let output = chami(self.2.path()).args(["-e", "lab.token()"]).output();
        let text = String::from_utf8(output.expect("chami runs").stdout).expect("text");
        text.trim().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn chami(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
    command
        .current_dir(home)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .stdin(Stdio::null());
    command
}

/// Every file below a directory.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Plants all the rest.
const CODE: &str = r##"
local b64 = "I2Nsb3VkLWNvbmZpZwpwYXNzd29yZDogcGxhbnRlZC1jbG91ZC1wdwo="
http.post("/cloud-init/admin/groups", { json = { name = "g", file = { content = b64, encoding = "base64" } }, any_status = true })
http.post("/cloud-init/admin/groups", { json = { name = "h", file = { content = "#cloud-config\nchpasswd:\n  list: |\n    root:planted-root-pw\n", encoding = "plain" } }, any_status = true })
pcall(smd.group.add, "io", { description = "eyJhbGciOiJSUzI1NiJ9.planted-jwt-body.planted-jwt-signature" })
pcall(smd.group.list)
http.get("/hsm/v2/service/ready", { headers = { Authorization = "Bearer planted-bearer" }, any_status = true })
http.post("/hsm/v2/nowhere", { body = "grant_type=refresh_token&refresh_token=planted-refresh&subject_token=planted-subject",
  content_type = "application/x-www-form-urlencoded", any_status = true })
pcall(http.get, "http://me:planted-userinfo@127.0.0.1:1/x?access_token=planted-query")
pcall(http.get, "/hsm/v2/x", { headers = { Cookie = "planted-cookie=planted-cookie" } })
local list = trace(pcall, http.get, "http://me:planted-userinfo@127.0.0.1:1/x?access_token=planted-query")
print(list)
print(io.open("/proc/self/cmdline"):read "a")
bug_report "report.md"
http.get("http://me:planted-userinfo@127.0.0.1:1/x?access_token=planted-query")
"##;

#[test]
fn nothing_that_is_written_or_said_holds_a_planted_secret() {
    let served = Served::new();
    let token = served.token();
    assert!(token.starts_with("eyJ"), "{token}");
    let home = TempDir::new().expect("a directory");
    let config = home.path().join("config.yaml");
    let clusters = format!(
        "clusters:\n- name: demo\n  cluster:\n    uri: {}\n",
        served.1
    );
    fs::write(&config, clusters).expect("written");
    let opaque = "planted-0paque-t0ken";
    fs::write(home.path().join("token"), "planted-file-token\n").expect("written");
    fs::write(home.path().join("run.lua"), CODE).expect("written");
    let mut said = String::new();
    let sessions: [(&[&str], &str); 4] = [
        (&[], &token),
        (&["-t", opaque], ""),
        (&["-t", "@token"], ""),
        (&["-t", "$DEMO_ACCESS_TOKEN"], &token),
    ];
    for (number, (words, variable)) in sessions.into_iter().enumerate() {
        let tape = format!("{number}.tape");
        let _ = fs::remove_file(home.path().join("report.md"));
        let mut command = chami(home.path());
        command.args(["-c", "config.yaml", "-C", "demo", "-vv", "--record", &tape]);
        command.args(words).arg("run.lua");
        command.env("DEMO_ACCESS_TOKEN", variable);
        let output = command.output().expect("chami runs");
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(text.contains("GET /hsm/v2/service/ready"), "{text}");
        let report = fs::read_to_string(home.path().join("report.md")).expect("a report");
        assert!(report.contains("POST /hsm/v2/nowhere"), "{report}");
        said.push_str(&text);
        said.push_str(&report);
    }
    assert!(said.contains("run.lua\0"), "the command line was printed");
    assert!(said.contains("unreachable: "), "the last fault was told");
    let own = ["token", "config.yaml", "run.lua"].map(|name| home.path().join(name));
    for path in files(home.path()) {
        if !own.contains(&path) {
            said.push_str(&String::from_utf8_lossy(&fs::read(&path).expect("a file")));
        }
    }
    let signature = token.rsplit('.').next().expect("a signature");
    let encoded = "cGxhbnRlZC1jbG91ZC1wd";
    let body = "cGFzc3dvcmQ6IHBsYW50ZW";
    for secret in ["planted", signature, encoded, body] {
        let near = said.find(secret).map(|at| {
            let from = said.floor_char_boundary(at.saturating_sub(200));
            said[from..said.ceil_char_boundary(at + 40)].to_owned()
        });
        assert_eq!(near, None, "{secret} was found");
    }
}
