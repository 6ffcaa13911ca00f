//! A question to whoever sits at the terminal, while a line runs.
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    stdio,
    termios::{QueueSelector, tcflush},
};
use std::io::{self, BufRead, Write};

/// Waits so long before it looks again.
const PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// Whether the answer is yes; nothing, a closed terminal and a press of Ctrl-C are a no. What was typed before the question
/// stood there answers nothing.
pub fn agreed(question: &str) -> bool {
    agreed_unless(question, &crate::lua::stopped)
}

fn agreed_unless(question: &str, stopped: &dyn Fn() -> bool) -> bool {
    let input = stdio::stdin();
    // No terminal: then there is nothing to forget.
    let _ = tcflush(input, QueueSelector::IFlush);
    let mut out = io::stderr().lock();
    let _ = write!(out, "{question} [y/N] ").and_then(|()| out.flush());
    loop {
        if stopped() {
            let _ = writeln!(out);
            return false;
        }
        match poll(&mut [PollFd::new(&input, PollFlags::IN)], Some(&PAUSE)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return yes(&mut io::stdin().lock()),
            Err(_) => return false,
        }
    }
}

fn yes(input: &mut dyn BufRead) -> bool {
    let mut line = String::new();
    // What cannot be read is no yes.
    let _ = input.read_line(&mut line);
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for (text, want) in [
            ("y\n", true),
            ("Yes\n", true),
            ("\n", false),
            ("", false),
            ("yellow\n", false),
        ] {
            assert_eq!(yes(&mut text.as_bytes()), want, "{text:?}");
        }
    }
}
