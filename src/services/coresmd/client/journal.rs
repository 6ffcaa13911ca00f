//! The server's own log where it really runs: a head node's journal, or a file.
use crate::fault::{Fault, Kind};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
    process::Stdio,
};

/// Names a file with the server's log.
pub(super) const LOG: &str = "CHAMI_DHCP_LOG";
/// The units that the release and the RPM have for it.
const UNITS: [&str; 2] = ["coresmd-coredhcp", "coresmd"];
/// So much of a file is read, from its end: more lines than of a journal.
const END: u64 = 8 << 20;
/// What journalctl says, on the other stream, to who may not see the system's messages.
const UNSEEN: [&str; 2] = ["not seeing messages", "insufficient permissions"];
/// Who may, besides root.
const GROUP: &str = "systemd-journal";

/// The newest lines of the server's units in this machine's journal.
pub(super) async fn read() -> Result<String, Fault> {
    let mut command = tokio::process::Command::new("journalctl");
    command
        .args(["--no-pager", "--output=cat", "--lines=20000"])
        .args(UNITS.map(|unit| format!("--unit={unit}")))
        // What it says to people is looked at.
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let told = command.output().await.map_err(|error| {
        let message = format!("coresmd's log is not here: journalctl cannot be started: {error}");
        Fault::new(Kind::NotFound, message).hint(elsewhere())
    })?;
    let (text, said) = (
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr),
    );
    judged(told.status.success(), &text, &said)
}

fn elsewhere() -> String {
    format!(
        "on the head node journalctl -u {} -o cat > FILE; then dhcp.log \"FILE\", or {LOG}=FILE for the session",
        UNITS[0]
    )
}

/// What came of asking: lines, or why there are none.
fn judged(good: bool, text: &str, said: &str) -> Result<String, Fault> {
    // Its own remarks, as of boots and that there are no entries.
    let lines = text.lines().filter(|line| !line.starts_with("-- "));
    let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
    if good && !lines.trim().is_empty() {
        return Ok(lines);
    }
    if UNSEEN.iter().any(|words| said.contains(words)) {
        let message = format!(
            "coresmd's log cannot be read: this user may not see the system's messages, for which one must be in the group {GROUP}"
        );
        return Err(Fault::new(Kind::Forbidden, message).hint(format!(
            "sudo usermod -aG {GROUP} \"$USER\", and log in anew; or {}",
            elsewhere()
        )));
    }
    let why = said.trim().lines().next().unwrap_or_default();
    let what = if good {
        format!("the journal has nothing of {}", UNITS[0])
    } else {
        "journalctl failed".to_owned()
    };
    let colon = if why.is_empty() { "" } else { ": " };
    let message = format!("coresmd's log is not here: {what}{colon}{why}");
    Err(Fault::new(Kind::NotFound, message).hint(elsewhere()))
}

/// The last lines of a file, however long it is.
pub(super) fn end_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    if length > END {
        file.seek(SeekFrom::Start(length - END))?;
    }
    file.take(END).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = if length > END {
        text.split_once('\n').map_or("", |(_, whole)| whole)
    } else {
        &text
    };
    Ok(whole.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn who_may_not_read_the_journal_is_told_so() {
        let hint = "Hint: You are currently not seeing messages from other users and the system.\n      Users in groups 'adm', \
                    'systemd-journal' can see all messages.\n";
        let fault = judged(true, "-- No entries --\n", hint).expect_err("nothing");
        assert_eq!(fault.kind, Kind::Forbidden);
        assert!(
            fault
                .hint
                .expect("a hint")
                .contains("usermod -aG systemd-journal")
        );
        let closed = "No journal files were opened due to insufficient permissions.\n";
        let fault = judged(false, "", closed).expect_err("nothing");
        assert_eq!(fault.kind, Kind::Forbidden);
        let fault = judged(true, "-- No entries --\n", "").expect_err("nothing");
        let message = fault.message;
        assert!(
            message.ends_with("the journal has nothing of coresmd-coredhcp"),
            "{message}"
        );
        let fault = judged(false, "", "Failed to add match\n").expect_err("nothing");
        assert!(
            fault
                .message
                .ends_with("journalctl failed: Failed to add match")
        );
        let lines = "-- Boot 0123 --\nlevel=info msg=one\nlevel=info msg=two\n";
        let text = judged(true, lines, hint).expect("lines");
        assert_eq!(text, "level=info msg=one\nlevel=info msg=two\n");
    }

    #[test]
    fn of_a_long_file_the_end_is_read_by_whole_lines() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"one\ntwo").expect("written");
        assert_eq!(end_of(file.path()).expect("read"), "one\ntwo");
        let line = format!("{}\n", "x".repeat(1 << 20));
        for _ in 0..9 {
            file.write_all(line.as_bytes()).expect("written");
        }
        file.write_all(b"last\n").expect("written");
        let text = end_of(file.path()).expect("read");
        assert!(text.starts_with("xxx") && text.ends_with("x\nlast\n"));
        assert_eq!(text.lines().count(), 8);
    }
}
