//! Commands that look at the node: a small set, each with the output and the status of the real one.
mod accounts;
mod mounts;
mod units;

use super::{
    image,
    types::{File, Guest, Ran},
    work::absolute,
};
use crate::fault::{Fault, Kind};
use std::fmt::Write as _;

/// What can be run, as it is told to who asks for something else.
const KNOWN: &str = "hostname, hostnamectl, findmnt [PATH], systemctl is-active|is-enabled|is-failed UNIT…, cat FILE, \
                     ls PATH, id [USER], whoami, getent passwd|group [NAME], rpm -q PACKAGE, uname -r, cloud-init status";

type Answer = Result<Ran, Fault>;

impl Guest {
    /// Runs a command as root on the node.
    pub fn run(&self, command: &str) -> Answer {
        let words = words(command)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some((program, rest)) = words.split_first() else {
            return Err(Fault::bad_argument("the command is empty")
                .hint(format!("a simulated node can run: {KNOWN}")));
        };
        match *program {
            "hostname" => self.host(command, rest),
            "hostnamectl" => match rest {
                ["--static" | "hostname"] => good(format!("{}\n", self.hostname)),
                _ => Err(not_simulated(command)),
            },
            "whoami" if rest.is_empty() => good("root\n"),
            "uname" => self.uname(command, rest),
            "findmnt" => mounts::findmnt(self, command, rest),
            "systemctl" => units::systemctl(self, command, rest),
            "cat" => self.cat(command, rest),
            "ls" => self.list(command, rest),
            "id" => accounts::id(self, command, rest),
            "getent" => accounts::getent(self, command, rest),
            "rpm" => self.rpm(command, rest),
            "cloud-init" => self.status(command, rest),
            _ => Err(not_simulated(command)),
        }
    }

    fn host(&self, command: &str, words: &[&str]) -> Answer {
        let name = &self.hostname;
        match words {
            [] | ["-f" | "--fqdn" | "--long"] => good(format!("{name}\n")),
            ["-s" | "--short"] => {
                let short = name.split('.').next().unwrap_or_default();
                good(format!("{short}\n"))
            }
            _ => Err(not_simulated(command)),
        }
    }

    fn uname(&self, command: &str, words: &[&str]) -> Answer {
        match words {
            ["-r" | "--kernel-release"] => good(format!("{}\n", self.kernel)),
            ["-n" | "--nodename"] => good(format!("{}\n", self.hostname)),
            ["-m" | "--machine"] => good("x86_64\n"),
            [] | ["-s" | "--kernel-name"] => good("Linux\n"),
            _ => Err(not_simulated(command)),
        }
    }

    /// A file whose content is known: written by cloud-init, or made of what is known of the node.
    fn content(&self, path: &str) -> Option<String> {
        if let Some(file) = self.file(path) {
            return Some(String::from_utf8_lossy(&file.bytes()).into_owned());
        }
        let version = image::version(&self.image);
        Some(match path {
            "/proc/cmdline" => format!("{}\n", self.cmdline),
            "/etc/hostname" | "/proc/sys/kernel/hostname" => format!("{}\n", self.hostname),
            "/proc/sys/kernel/osrelease" => format!("{}\n", self.kernel),
            "/etc/os-release" | "/usr/lib/os-release" => image::os_release(&self.image),
            "/etc/redhat-release" | "/etc/rocky-release" | "/etc/system-release" => {
                format!(
                    "Rocky Linux release {version} ({})\n",
                    image::code_name(&version)
                )
            }
            "/etc/fstab" => String::new(),
            "/etc/passwd" => accounts::passwd(self),
            "/etc/group" => accounts::group(self),
            _ => return None,
        })
    }

    fn cat(&self, command: &str, words: &[&str]) -> Answer {
        if words.is_empty() || words.iter().any(|word| word.starts_with('-')) {
            return Err(not_simulated(command));
        }
        let mut ran = Ran::default();
        for word in words {
            let path = absolute(word);
            if let Some(text) = self.content(&path) {
                ran.output += &text;
            } else if self.is_directory(&path) {
                _ = writeln!(ran.output, "cat: {word}: Is a directory");
                ran.status = 1;
            } else if self.absent(&path) {
                _ = writeln!(ran.output, "cat: {word}: No such file or directory");
                ran.status = 1;
            } else {
                return Err(self.unknown(&path));
            }
        }
        Ok(ran)
    }

    fn list(&self, command: &str, words: &[&str]) -> Answer {
        let [word] = words else {
            return Err(not_simulated(command));
        };
        if word.starts_with('-') {
            return Err(not_simulated(command));
        }
        let path = absolute(word);
        if self.content(&path).is_some() {
            return good(format!("{word}\n"));
        }
        if self.directories.contains(&path) {
            let mut output = String::new();
            for name in self.inside(&path) {
                let _ = writeln!(output, "{name}");
            }
            return good(output);
        }
        if self.absent(&path) {
            let output = format!("ls: cannot access '{word}': No such file or directory\n");
            return Ok(Ran { status: 2, output });
        }
        Err(self.unknown(&path))
    }

    fn is_directory(&self, path: &str) -> bool {
        self.directories.contains(path) || image::DIRECTORIES.contains(&path)
    }

    /// What stands in a directory that is known as a whole, in order; what begins with a dot is not shown.
    fn inside(&self, path: &str) -> Vec<String> {
        let files = self.files.iter().map(|file| file.path.as_str());
        let all = files.chain(self.directories.iter().map(String::as_str));
        let prefix = format!("{path}/");
        let mut names: Vec<String> = all
            .filter_map(|it| it.strip_prefix(&prefix))
            .filter(|name| !name.contains('/') && !name.starts_with('.'))
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    }

    /// Whether it is certain that there is nothing: below a directory that did not come with the image.
    fn absent(&self, path: &str) -> bool {
        let made = |above: &String| {
            path.starts_with(above.as_str()) && path[above.len()..].starts_with('/')
        };
        self.directories.iter().any(made)
    }

    fn unknown(&self, path: &str) -> Fault {
        let known: Vec<&str> = self
            .files
            .iter()
            .map(|file: &File| file.path.as_str())
            .collect();
        let hint = if known.is_empty() {
            "cloud-init wrote no file here; /etc/hostname, /etc/os-release, /etc/fstab, /etc/passwd and /proc/cmdline are known".to_owned()
        } else {
            format!("cloud-init wrote {}", known.join(", "))
        };
        let what = format!("what the image holds at {path} is not simulated");
        Fault::new(Kind::Unsupported, what).hint(hint)
    }

    fn rpm(&self, command: &str, words: &[&str]) -> Answer {
        let ["-q", packages @ ..] = words else {
            return Err(not_simulated(command));
        };
        let mut ran = Ran::default();
        for package in packages {
            if self.has_package(package) {
                // The version is the image's, and not known.
                _ = writeln!(ran.output, "{package}");
            } else {
                ran.status = ran.status.saturating_add(1);
                _ = writeln!(ran.output, "package {package} is not installed");
            }
        }
        Ok(ran)
    }

    fn status(&self, command: &str, words: &[&str]) -> Answer {
        match words {
            ["status"] | ["status", "--wait" | "-w"] => {}
            _ => return Err(not_simulated(command)),
        }
        // A node that cloud-init never came to has no instance.
        if self.instance_id.is_empty() {
            return good("status: not run\n");
        }
        if self.failed.is_empty() {
            return good("status: done\n");
        }
        Ok(Ran {
            status: 1,
            output: "status: error\n".to_owned(),
        })
    }
}

#[allow(clippy::unnecessary_wraps)] // as the other answers
fn good(output: impl Into<String>) -> Answer {
    Ok(Ran {
        status: 0,
        output: output.into(),
    })
}

/// The words of a command; the shell around it is not simulated.
fn words(command: &str) -> Result<Vec<String>, Fault> {
    let (mut quote, mut shell) = (None, false);
    for letter in command.trim().chars() {
        match (quote, letter) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '|' | ';' | '&' | '>' | '<' | '`' | '$' | '\n') | (Some('"'), '$' | '`') => {
                shell = true;
            }
            _ => {}
        }
    }
    if shell {
        return Err(Fault::new(
            Kind::Unsupported,
            "a simulated node runs one command, without a shell around it",
        )
        .hint("leave out pipes, variables and redirections: Lua can take the output apart"));
    }
    shlex::split(command).ok_or_else(|| {
        Fault::bad_argument(format!("a quote in `{command}` is not closed")).hint("close it")
    })
}

fn not_simulated(command: &str) -> Fault {
    Fault::new(Kind::Unsupported, format!("`{command}` is not simulated"))
        .hint(format!("a simulated node can run: {KNOWN}"))
}
