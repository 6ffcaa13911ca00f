//! This machine: the steps as its kernel and its file systems do them.
mod attributes;
mod boot;
mod files;
mod over;
mod patient;
mod ports;
mod survey;
mod way;
mod write;

use crate::{
    fault::{Fault, Kind},
    services::head::types::Call,
};
use serde::Serialize;
use serde_json::Value;
use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// A machine whose files are all below one directory: the root, or a test's.
#[derive(Clone, Debug)]
pub(in crate::services::head) struct Here {
    root: PathBuf,
}

impl Default for Here {
    fn default() -> Self {
        Self::below("/")
    }
}

impl Here {
    pub(in crate::services::head) fn below(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Disks may be slow and programs are waited for: none of it on a thread that others need.
    pub(super) async fn ask(&self, call: Call) -> Result<Value, Fault> {
        let here = self.clone();
        let done = tokio::task::spawn_blocking(move || here.answer(call)).await;
        done.unwrap_or_else(|e| {
            Err(Fault::internal(format!(
                "work on this machine ended early: {e}"
            )))
        })
    }

    fn answer(&self, call: Call) -> Result<Value, Fault> {
        match call {
            Call::Survey => told(self.survey()),
            Call::Look { paths, links } => {
                let look = |path: &String| self.look(path, links);
                told(paths.iter().map(look).collect::<Result<Vec<_>, Fault>>()?)
            }
            Call::Who { owner, group } => told(files::who(owner.as_deref(), group.as_deref())?),
            Call::Read { path } => told(self.read(&path)?),
            Call::Write { path, text, dress } => told(self.write(&path, &text, &dress)?),
            Call::Link { path, target } => told(self.link(&path, &target)?),
            Call::Mkdir { path } => told(self.mkdir(&path)?),
            Call::Chown { path, owner, group } => {
                told(self.chown(&path, owner.as_deref(), group.as_deref())?)
            }
            Call::Chmod { path, mode } => told(self.chmod(&path, &mode)?),
            Call::Remove { path } => told(self.remove(&path)?),
            Call::Sysctl { name } => told(self.sysctl(&name)?),
            Call::SetSysctl { name, value } => told(self.set_sysctl(&name, &value)?),
            Call::BootFiles => told(self.boot_files()),
        }
    }

    /// Where the kernel shows a parameter: its dots part directories, and a slash is an interface's dot.
    fn parameter(&self, name: &str) -> PathBuf {
        let swapped = |c: char| match c {
            '.' => '/',
            '/' => '.',
            c => c,
        };
        let path: String = name.chars().map(swapped).collect();
        self.root.join("proc/sys").join(path)
    }

    fn sysctl(&self, name: &str) -> Result<String, Fault> {
        let text = std::fs::read_to_string(self.parameter(name));
        text.map(|text| text.trim().to_owned())
            .map_err(|e| no_parameter(name, &e))
    }

    /// In place: the kernel's files are no files.
    fn set_sysctl(&self, name: &str, value: &str) -> Result<(), Fault> {
        let path = self.parameter(name);
        let written = std::fs::OpenOptions::new().write(true).open(&path);
        let written = written
            .and_then(|mut file| io::Write::write_all(&mut file, format!("{value}\n").as_bytes()));
        written.map_err(|e| match e.kind() {
            ErrorKind::InvalidInput => Fault::new(
                Kind::Refused,
                format!("the kernel does not take {name}={value}"),
            )
            .hint(format!("head.sysctl({name:?}) shows what it is now")),
            ErrorKind::NotFound => no_parameter(name, &e),
            ErrorKind::ReadOnlyFilesystem => Fault::new(
                Kind::Refused,
                format!("{name} cannot be set here: /proc/sys is read-only"),
            )
            .hint("this is a container: the parameter is set on its host"),
            // Root is refused only what nobody may set.
            ErrorKind::PermissionDenied if nix::unistd::Uid::effective().is_root() => {
                Fault::new(Kind::Refused, format!("{name} can be read, and not set"))
            }
            _ => refused(Path::new(&format!("{name}={value}")), &e),
        })
    }
}

fn no_parameter(name: &str, error: &io::Error) -> Fault {
    if error.kind() != ErrorKind::NotFound {
        return refused(Path::new(name), error);
    }
    let hint = "sysctl -a lists those there are; some come with a module that is not loaded: modprobe br_netfilter";
    Fault::not_found(format!("this kernel has no parameter {name}")).hint(hint)
}

/// What the system refuses to this user is another matter than what it cannot do.
fn refused(path: &Path, error: &io::Error) -> Fault {
    if error.kind() != ErrorKind::PermissionDenied {
        return Fault::io(path, error);
    }
    let user = crate::journal::user();
    let message = format!("{}: {error}: this session runs as {user}", path.display());
    Fault::new(Kind::Forbidden, message)
        .hint("chami never uses sudo itself: root may run this call, as in sudo chami FILE")
}

fn told(value: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|e| Fault::internal(format!("a record: {e}")))
}
