//! The scripts that firmware runs: the part of iPXE's language that BSS, bootloop and an administrator's own hand use.
//!
//! A line is commands joined by `&&` and `||`; what a command does with the network is not done here.
use std::borrow::Cow;

/// What one command wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Kernel {
        url: String,
        args: String,
    },
    Initrd {
        url: String,
    },
    Boot,
    Sleep(u64),
    Chain {
        url: String,
    },
    Goto(String),
    Echo(String),
    Reboot,
    /// Ends the script: `exit`, `shell`.
    Exit,
    /// Of no account here: `dhcp`, `set`, `imgfree`, …
    Nothing,
    /// No command of iPXE's that is known here.
    Unknown(String),
}

/// A command, and what is done when it fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) command: Command,
    pub(super) otherwise: Option<Command>,
}

/// Whether iPXE takes a text for a script.
pub(super) fn is_script(text: &str) -> bool {
    text.lines()
        .next()
        .is_some_and(|line| line.trim_end() == "#!ipxe")
}

/// The lines of a script that do something, from 0; labels are lines.
pub(super) fn line(script: &str, at: usize) -> Option<Line> {
    script.lines().nth(at).map(read)
}

/// Whether a script loads a kernel anywhere.
pub(super) fn names_kernel(script: &str) -> bool {
    let mut lines = script.lines().map(read);
    lines.any(|line| matches!(line.command, Command::Kernel { .. }))
}

/// Where a label stands.
pub(super) fn label(script: &str, name: &str) -> Option<usize> {
    let is_it = |line: &str| line.trim().strip_prefix(':') == Some(name);
    script.lines().position(is_it)
}

fn read(text: &str) -> Line {
    let mut alternatives = text.splitn(2, "||");
    let first = alternatives.next().unwrap_or_default();
    Line {
        command: command(first),
        otherwise: alternatives.next().map(command),
    }
}

fn command(text: &str) -> Command {
    let text = text.trim();
    let text = expand(text);
    let mut words = text.split_whitespace();
    let Some(name) = words.next().filter(|it| !it.starts_with(['#', ':'])) else {
        return Command::Nothing;
    };
    let mut words: Vec<&str> = options_cut(words);
    match name {
        "kernel" | "imgselect" | "imgload" if !words.is_empty() => Command::Kernel {
            url: words.remove(0).to_owned(),
            args: words.join(" "),
        },
        "initrd" | "imgfetch" | "module" if !words.is_empty() => Command::Initrd {
            url: words.remove(0).to_owned(),
        },
        "boot" => Command::Boot,
        "sleep" => match words.first().map_or(Ok(0), |word| word.parse()) {
            Ok(seconds) => Command::Sleep(seconds),
            Err(_) => Command::Unknown(text.into_owned()),
        },
        "chain" if !words.is_empty() => Command::Chain {
            url: words.remove(0).to_owned(),
        },
        "goto" if !words.is_empty() => Command::Goto(words.remove(0).to_owned()),
        "echo" => Command::Echo(words.join(" ")),
        "reboot" | "poweroff" => Command::Reboot,
        "exit" | "shell" => Command::Exit,
        "dhcp" | "ifopen" | "ifconf" | "set" | "clear" | "imgfree" | "imgargs" | "imgstat"
        | "isset" | "iseq" | "prompt" | "show" | "cpuid" | "params" | "param" | "config"
        | "ntp" | "time" | "sync" | "console" | "colour" | "cpair" => Command::Nothing,
        _ => Command::Unknown(text.into_owned()),
    }
}

/// The words without leading options; `--name` and `--timeout` take a word along.
fn options_cut<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut words = words.peekable();
    while let Some(option) = words.next_if(|word| word.starts_with('-')) {
        let takes = ["--name", "-n", "--timeout", "-t"].contains(&option);
        if takes {
            words.next();
        }
    }
    words.collect()
}

/// The settings that scripts here name.
fn expand(text: &str) -> Cow<'_, str> {
    if !text.contains("${") {
        return Cow::Borrowed(text);
    }
    let known = [("${buildarch}", "x86_64"), ("${platform}", "efi")];
    let text = known.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    });
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTS: &str = "#!ipxe\n\
        kernel --name kernel http://h/vmlinuz initrd=initrd root=live:http://h/r ip=dhcp || goto boot_retry\n\
        initrd --name initrd http://h/initramfs || goto boot_retry\n\
        boot || goto boot_retry\n:boot_retry\nsleep 30\n\
        chain https://demo/boot/v1/bootscript?mac=a&retry=1\n";

    #[test]
    fn a_script_of_bss_is_read() {
        assert!(is_script(BOOTS));
        let retry = Some(Command::Goto("boot_retry".into()));
        let kernel = line(BOOTS, 1).expect("there");
        assert_eq!(kernel.otherwise, retry);
        assert_eq!(
            kernel.command,
            Command::Kernel {
                url: "http://h/vmlinuz".into(),
                args: "initrd=initrd root=live:http://h/r ip=dhcp".into()
            }
        );
        let url = "http://h/initramfs".into();
        assert_eq!(
            line(BOOTS, 2).expect("there").command,
            Command::Initrd { url }
        );
        assert_eq!(line(BOOTS, 3).expect("there").command, Command::Boot);
        assert_eq!(label(BOOTS, "boot_retry"), Some(4));
        assert_eq!(line(BOOTS, 4).expect("there").command, Command::Nothing);
        assert_eq!(line(BOOTS, 5).expect("there").command, Command::Sleep(30));
        let url = "https://demo/boot/v1/bootscript?mac=a&retry=1".into();
        assert_eq!(
            line(BOOTS, 6).expect("there").command,
            Command::Chain { url }
        );
        assert_eq!(line(BOOTS, 7), None);
    }

    #[test]
    fn settings_are_put_in() {
        let url = "http://h/s?arch=x86_64&ts=1".into();
        let chain = read("chain http://h/s?arch=${buildarch}&ts=1");
        assert_eq!(chain.command, Command::Chain { url });
    }

    #[test]
    fn other_lines_are_nothing_or_named() {
        for (text, expected) in [
            ("", Command::Nothing),
            ("# a word", Command::Nothing),
            ("#!ipxe", Command::Nothing),
            ("dhcp", Command::Nothing),
            ("reboot", Command::Reboot),
            ("echo Hello  there", Command::Echo("Hello there".into())),
            ("sleep soon", Command::Unknown("sleep soon".into())),
            ("kernel", Command::Unknown("kernel".into())),
            ("frobnicate x", Command::Unknown("frobnicate x".into())),
            ("shell", Command::Exit),
        ] {
            assert_eq!(read(text).command, expected, "{text}");
        }
        for text in ["", "<html>", "ipxe", "#!/bin/sh"] {
            assert!(!is_script(text), "{text}");
        }
    }
}
