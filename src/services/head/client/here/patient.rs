//! Asking what may never answer: a program that waits for a lock, a file system whose server is gone.
use std::{
    io::Read as _,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

/// So long something is waited for.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(5);

/// What came of asking.
pub(super) enum Told<T> {
    Answer(T),
    /// It is not there, or ended badly.
    Nothing,
    /// It is still at it.
    Silence,
}

impl<T> Told<T> {
    /// The answer; who kept silent is noted.
    pub(super) fn or_note(self, name: &str, silent: &mut Vec<String>) -> Option<T> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::Nothing => None,
            Self::Silence => {
                silent.push(name.to_owned());
                None
            }
        }
    }
}

/// Begins work that may hang, on a thread that is left behind then.
pub(super) fn begin<T: Send + 'static>(
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Receiver<Option<T>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver
}

/// What it came to, at the latest at this moment.
pub(super) fn end<T>(work: &Receiver<Option<T>>, until: Instant) -> Told<T> {
    match work.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(Some(answer)) => Told::Answer(answer),
        Ok(None) | Err(mpsc::RecvTimeoutError::Disconnected) => Told::Nothing,
        Err(mpsc::RecvTimeoutError::Timeout) => Told::Silence,
    }
}

/// What a program says, when it is there, ends in time, and with a status that `fits`.
pub(super) fn output(
    program: &str,
    words: &[&str],
    fits: fn(i32) -> bool,
    limit: Duration,
) -> Told<String> {
    let child = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return Told::Nothing;
    };
    let until = Instant::now() + limit;
    let Some(mut pipe) = child.stdout.take() else {
        return Told::Nothing;
    };
    let text = begin(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    });
    match (ended(&mut child, until), end(&text, until)) {
        (None, _) | (_, Told::Silence) => {
            let _ = child.kill();
            // One that the kernel holds does not go yet, and it is not waited for here; when it goes nothing of it stays.
            thread::spawn(move || child.wait());
            Told::Silence
        }
        (Some(status), told) if fits(status) => told,
        _ => Told::Nothing,
    }
}

/// The status of a program that ends in time; of one that a signal ended a status that fits nobody.
fn ended(child: &mut Child, until: Instant) -> Option<i32> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.code().unwrap_or(-1)),
            Err(_) => return Some(-1),
            Ok(None) if Instant::now() >= until => return None,
            Ok(None) => thread::park_timeout(LOOK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration) -> Told<String> {
        output("/bin/sh", &["-c", script], |status| status == 0, limit)
    }

    #[test]
    fn who_does_not_answer_is_left_behind() {
        let begun = Instant::now();
        let limit = Duration::from_millis(100);
        assert!(matches!(sh("sleep 20", limit), Told::Silence));
        // Its child holds the pipe open.
        assert!(matches!(sh("sleep 20 & exit 0", limit), Told::Silence));
        let (sender, never) = mpsc::channel::<()>();
        let hung = begin(move || never.recv().ok());
        assert!(matches!(end(&hung, Instant::now() + limit), Told::Silence));
        drop(sender);
        assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_stays_of_a_program_that_was_ended() {
        let room = tempfile::tempdir().expect("a directory");
        let file = room.path().join("pid");
        let script = format!("echo $$ > {}; exec sleep 20", file.display());
        assert!(matches!(sh(&script, Duration::from_secs(1)), Told::Silence));
        let pid = std::fs::read_to_string(&file).expect("it began");
        let process = std::path::Path::new("/proc").join(pid.trim());
        let until = Instant::now() + LIMIT;
        while process.exists() {
            assert!(Instant::now() < until, "it is there, ended or not");
            thread::park_timeout(LOOK);
        }
    }

    #[test]
    fn what_a_program_said_counts_if_it_ended_well() {
        assert!(matches!(sh("echo yes", LIMIT), Told::Answer(text) if text == "yes\n"));
        assert!(matches!(sh("echo yes; exit 3", LIMIT), Told::Nothing));
        assert!(matches!(sh("echo yes; kill -9 $$", LIMIT), Told::Nothing));
        let none = output("/nowhere/podman", &[], |_| true, LIMIT);
        assert!(matches!(none, Told::Nothing));
    }
}
