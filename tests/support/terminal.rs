//! The true prompt on a pseudo terminal, as somebody types at it.
use expectrl::{Eof, Expect, Session, process::unix::WaitStatus, session::OsSession};
use std::{path::Path, process::Command, time::Duration};

/// Ctrl-C and Ctrl-D as the terminal sends them.
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";
pub(crate) const CTRL_R: &str = "\x12";
#[allow(dead_code)] // leaves a console
pub(crate) const CTRL_BRACKET: &str = "\x1d";
#[allow(dead_code)]
const CTRL_U: &str = "\x15";
pub(crate) const UP: &str = "\x1b[A";
const PATIENCE: Duration = Duration::from_secs(20);

/// `chami` on a pseudo terminal.
pub(crate) struct Terminal {
    session: OsSession,
}

impl Terminal {
    pub(crate) fn open(home: &Path) -> Self {
        Self::open_on(home, &[], "lab ❯ ")
    }

    pub(crate) fn open_on(home: &Path, words: &[&str], prompt: &str) -> Self {
        let mut terminal = Self::open_quietly(home, words);
        terminal.sees("help() shows what to type first");
        terminal.sees(prompt);
        terminal
    }

    pub(crate) fn open_quietly(home: &Path, words: &[&str]) -> Self {
        Self::open_with(home, words, &[("NO_COLOR", "1")])
    }

    /// With colours, and what is proposed in grey.
    #[allow(dead_code)] // Tab's tests alone do
    pub(crate) fn open_in_colour(home: &Path) -> Self {
        let mut terminal = Self::open_with(home, &[], &[("COLORTERM", "truecolor")]);
        terminal.sees("help() shows what to type first");
        terminal.sees("❯ ");
        terminal
    }

    /// With a further variable.
    #[allow(dead_code)] // a console's tests alone do
    pub(crate) fn open_where(home: &Path, words: &[&str], more: (&str, &str)) -> Self {
        let mut terminal = Self::open_with(home, words, &[("NO_COLOR", "1"), more]);
        terminal.sees("help() shows what to type first");
        terminal.sees("❯ ");
        terminal
    }

    /// The terminal is as a shell wants it: by lines, with signals.
    #[allow(dead_code)]
    #[track_caller]
    pub(crate) fn is_sane(&mut self) {
        self.types("!stty -a | tr ' ' '\\n' | grep -c -e ^icanon -e ^isig -e ^opost\r");
        self.sees("\n3\r\n");
        self.sees("❯ ");
    }

    /// Within a shell, which does something else afterwards.
    #[allow(dead_code)] // a console's tests alone do
    pub(crate) fn open_in_shell(home: &Path, then: &str) -> Self {
        let chami = env!("CARGO_BIN_EXE_chami");
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(format!("{chami}; {then}"));
        Self::spawn(command, home, &[("NO_COLOR", "1")])
    }

    fn open_with(home: &Path, words: &[&str], more: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command.args(words);
        Self::spawn(command, home, more)
    }

    fn spawn(mut command: Command, home: &Path, more: &[(&str, &str)]) -> Self {
        command
            .env_clear()
            .env("HOME", home)
            .env("PATH", "/usr/bin:/bin")
            .env("CHAMI_PAGER", "sed s/^/paged:/")
            .env("TERM", "xterm")
            .envs(more.iter().copied());
        let mut session = Session::spawn(command).expect("a pseudo terminal");
        session.set_expect_timeout(Some(PATIENCE));
        Self { session }
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.session.send(text).expect("it takes what is typed");
    }

    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) {
        if let Err(error) = self.session.expect(text) {
            panic!("never saw {text:?}: {error}");
        }
    }

    /// Whether it is seen in a moment.
    #[allow(dead_code)] // a console's tests alone ask
    pub(crate) fn shows(&mut self, text: &str) -> bool {
        self.session
            .set_expect_timeout(Some(Duration::from_millis(700)));
        let seen = self.session.expect(text).is_ok();
        self.session.set_expect_timeout(Some(PATIENCE));
        seen
    }

    #[allow(dead_code)] // a console's tests alone ask
    pub(crate) fn pid(&self) -> u32 {
        let pid = self.session.get_process().pid().as_raw();
        u32::try_from(pid).expect("a process")
    }

    /// Types a line again and again until Tab shows this: names of the cluster come when they come.
    /// Ctrl-C until it is seen: a press in the moment in which a command takes the terminal over may be lost.
    #[allow(dead_code)]
    #[track_caller]
    pub(crate) fn interrupts(&mut self, text: &str) {
        self.session
            .set_expect_timeout(Some(Duration::from_secs(5)));
        self.types(CTRL_C);
        let seen = self.session.expect(text).is_ok();
        self.session.set_expect_timeout(Some(PATIENCE));
        if !seen {
            self.types(CTRL_C);
            self.sees(text);
        }
    }

    #[allow(dead_code)]
    #[track_caller]
    pub(crate) fn tab_shows(&mut self, line: &str, text: &str) {
        self.session
            .set_expect_timeout(Some(Duration::from_millis(500)));
        for _ in 0..40 {
            self.types(&format!("{line}\t"));
            if self.session.expect(text).is_ok() {
                self.session.set_expect_timeout(Some(PATIENCE));
                return;
            }
            self.types(CTRL_U);
        }
        panic!("Tab never shows {text:?}");
    }

    pub(crate) fn leaves_with(mut self, status: i32) {
        // What is typed in the moment in which the editor takes the terminal over may be lost.
        self.session
            .set_expect_timeout(Some(Duration::from_secs(4)));
        let ended = (0..5).any(|_| {
            let ended = self.session.expect(Eof).is_ok();
            if !ended {
                // Gone already, perhaps.
                let _ = self.session.send(CTRL_D);
            }
            ended
        });
        assert!(ended, "it does not end");
        let ended = self.session.get_process().wait().expect("it is our child");
        assert!(
            matches!(ended, WaitStatus::Exited(_, code) if code == status),
            "{ended:?}"
        );
    }
}
