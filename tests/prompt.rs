//! The true prompt on a pseudo terminal: typing, Tab, several lines, Ctrl-C, history, Ctrl-D.
#[path = "support/peer.rs"]
mod peer;

use expectrl::{Eof, Expect, Session, process::unix::WaitStatus, session::OsSession};
use peer::Peer;
use std::{fs, path::PathBuf, process::Command, time::Duration};

/// Ctrl-C and Ctrl-D as the terminal sends them.
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const UP: &str = "\x1b[A";

struct Terminal {
    session: OsSession,
}

impl Terminal {
    fn open(home: &PathBuf) -> Self {
        Self::open_on(home, &[], "lab ❯ ")
    }

    fn open_on(home: &PathBuf, words: &[&str], prompt: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command
            .args(words)
            .env_clear()
            .env("HOME", home)
            .env("TERM", "xterm")
            .env("NO_COLOR", "1");
        let mut session = Session::spawn(command).expect("a pseudo terminal");
        session.set_expect_timeout(Some(Duration::from_secs(20)));
        let mut terminal = Self { session };
        terminal.sees("help() shows what to type first");
        terminal.sees(prompt);
        terminal
    }

    fn types(&mut self, text: &str) {
        self.session.send(text).expect("it takes what is typed");
    }

    #[track_caller]
    fn sees(&mut self, text: &str) {
        if let Err(error) = self.session.expect(text) {
            panic!("never saw {text:?}: {error}");
        }
    }

    fn leaves_with(mut self, status: i32) {
        self.session.expect(Eof).expect("it ends");
        let ended = self.session.get_process().wait().expect("it is our child");
        assert!(
            matches!(ended, WaitStatus::Exited(_, code) if code == status),
            "{ended:?}"
        );
    }
}

fn home(name: &str) -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // There is none before the first run.
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("a home");
    home
}

#[test]
fn a_session_at_the_prompt() {
    let home = home("prompt");
    let mut terminal = Terminal::open(&home);
    terminal.types("40 + 2\r");
    terminal.sees("\n42");
    terminal.types("for i = 7, 8 do\rprint(i * 11)\rend\r");
    terminal.sees("  … ");
    terminal.sees("\n77");
    terminal.sees("\n88");
    terminal.types("nodeset.exp\t");
    terminal.sees("nodeset.expand");
    terminal.types(" 'a[1-2]'\r");
    terminal.sees("{ \"a1\", \"a2\" }");
    terminal.sees("lab ❯ ");
    terminal.types("half of a line");
    terminal.sees("line");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    terminal.types("print(7 * 7) while true do end\r");
    terminal.sees("49\r\n");
    terminal.types(CTRL_C);
    terminal.sees("interrupted: ");
    terminal.sees("lab ❯ ");
    terminal.types("token = 'sesame'\r");
    terminal.sees("lab ❯ ");
    terminal.types("6 * 7 * 10\r");
    terminal.sees("\n420");
    terminal.sees("lab ❯ ");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);

    let history = fs::read_to_string(home.join(".local/state/chami/history")).expect("a history");
    assert!(
        history.contains("6 * 7 * 10") && !history.contains("sesame"),
        "{history}"
    );
    assert!(history.contains("print(i * 11)"), "{history}");

    let mut terminal = Terminal::open(&home);
    terminal.types(UP);
    terminal.sees("6 * 7 * 10");
    terminal.types("\r");
    terminal.sees("\n420");
    terminal.types("os.exit(3)\r");
    terminal.leaves_with(3);
}

#[test]
fn the_first_write_on_a_real_cluster_is_asked_about() {
    let (home, peer) = (home("question"), Peer::start());
    let config = home.join("config.yaml");
    let text = format!(
        "default-cluster: demo\nclusters:\n- name: demo\n  cluster:\n    uri: {}\n    enable-auth: false\n",
        peer.url
    );
    fs::write(&config, text).expect("written");
    let words = ["-c", config.to_str().expect("UTF-8")];
    let mut terminal = Terminal::open_on(&home, &words, "demo (no token) ❯ ");
    let write = "http.delete('/status/404', { any_status = true }).status + 1\r";
    for answer in ["n\r", "\r", CTRL_C] {
        terminal.types(write);
        terminal.sees("demo is a real cluster. Write there? [y/N] ");
        terminal.types(answer);
        if answer == CTRL_C {
            terminal.sees("interrupted: ");
        } else {
            terminal.sees("refused: http.delete was not sent: you did not say yes");
        }
        terminal.sees("❯ ");
    }
    terminal.types(write);
    terminal.sees("[y/N] ");
    terminal.types("y\r");
    terminal.sees("405");
    terminal.types(write);
    terminal.sees("405");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn the_last_press_leaves_whatever_hangs() {
    let mut terminal = Terminal::open(&home("presses"));
    terminal.types("print(7 * 7) print(('a'):rep(30):find(('a*'):rep(30) .. 'b'))\r");
    terminal.sees("49\r\n");
    terminal.types(CTRL_C);
    terminal.sees("Ctrl-C once more leaves");
    terminal.types(CTRL_C);
    terminal.leaves_with(130);
}
