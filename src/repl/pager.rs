//! Long texts page by page: through `$CHAMI_PAGER`, `$PAGER` or `less`, and only where they exceed the screen.
use super::screen;
use std::{
    env,
    io::{self, IsTerminal, Write},
    process::{Command, Stdio},
};
use terminal_size::{Height, terminal_size_of};

/// The lines of the terminal; 0 where standard output is none.
pub(super) fn rows() -> usize {
    let out = io::stdout();
    if !out.is_terminal() {
        return 0;
    }
    terminal_size_of(out).map_or(24, |(_, Height(rows))| usize::from(rows).max(2))
}

/// The command that pages; none: the user wants none.
fn command(var: impl Fn(&str) -> Option<String>) -> Option<String> {
    let said = |name| var(name).filter(|it| !it.trim().is_empty());
    let command = said("CHAMI_PAGER")
        .or_else(|| said("PAGER"))
        .unwrap_or_else(|| "less".to_owned());
    (!["off", "cat"].contains(&command.trim())).then_some(command)
}

/// Shows a text; whole at once if it fits, if the user wants no pager or if there is none.
pub(super) fn show(text: &str) {
    let paged = text.lines().count() >= rows().max(2) && rows() > 0;
    let command = command(|name| env::var(name).ok()).filter(|_| paged);
    if command.is_none_or(|command| page(&command, text).is_err()) {
        screen::show(text);
    }
}

/// Ctrl-C is the pager's own matter: chami takes it as a press between two runs, which does nothing.
fn page(command: &str, text: &str) -> io::Result<()> {
    let mut child = Command::new("sh");
    child.args(["-c", command]).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        // Colours as they are, and the last page stays; what to type stands below.
        child.env("LESS", "-RX -Psspace goes on, q leaves");
    }
    // What is typed by mistake neither writes files nor runs commands.
    child.env("LESSSECURE", "1");
    let mut child = child.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // Whoever has seen enough closes it.
        let _ = input.write_all(text.as_bytes());
    }
    match child.wait()?.code() {
        Some(127) => Err(io::Error::other("there is no such command")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn the_users_pager_goes_first() {
        let with = |pairs: &'static [(&str, &str)]| {
            let value = move |name: &str| pairs.iter().find(|(it, _)| *it == name);
            command(move |name| value(name).map(|(_, it)| (*it).to_owned()))
        };
        assert_eq!(with(&[]).as_deref(), Some("less"));
        assert_eq!(with(&[("PAGER", "more")]).as_deref(), Some("more"));
        assert_eq!(with(&[("PAGER", "more"), ("CHAMI_PAGER", "off")]), None);
        assert_eq!(with(&[("PAGER", "cat")]), None);
    }
}
