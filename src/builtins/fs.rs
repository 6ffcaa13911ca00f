//! Files, for scripts: whole texts, read and written. A write replaces a file in one step or leaves it as it was.
mod find;
pub(super) mod write;

pub use find::TUTORIAL;
pub(super) use find::plain;

use super::Builtin;
use crate::{
    fault::{Fault, Kind},
    lua::{Bytes, Natives},
};
use find::Found;
use std::{fs, io, path::PathBuf};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "fs",
    natives: |n, _| natives(n),
};

/// A path as the user writes it, and the script that runs, beside which `data/…` is looked for first.
type Named = (String, Option<String>);

fn natives(n: &mut Natives) {
    n.at_home();
    n.read("read", |(path, script): Named| {
        off(move || read(&path, script.as_deref()))
    });
    n.read("exists", |(path, script): Named| {
        off(move || Ok(find::find(&path, script.as_deref()).is_some()))
    });
    n.read("list", |(path,): (String,)| {
        off(move || match find::shipped_names(&path) {
            Some(names) => Ok(names),
            None => list(&find::plain(&path)),
        })
    });
    n.write("write", |(path, text): (String, Bytes)| {
        off(move || write::replace(&find::plain(&path), &text.0))
    });
    n.write("append", |(path, text): (String, Bytes)| {
        off(move || write::append(&find::plain(&path), &text.0))
    });
    n.write("mkdir", |(path,): (String,)| {
        off(move || {
            let path = find::plain(&path);
            fs::create_dir_all(&path).map_err(|e| Fault::io(&path, &e))
        })
    });
    n.write("remove", |(path,): (String,)| {
        off(move || remove(&find::plain(&path)))
    });
}

/// Runs file work on a thread that may wait for the disk.
pub(super) async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Fault::internal(format!("file work ended early: {e}"))))
}

fn read(path: &str, script: Option<&str>) -> Result<Bytes, Fault> {
    match find::find(path, script) {
        Some(Found::Embedded(bytes)) => Ok(Bytes(bytes.to_vec())),
        Some(Found::File(file)) => fs::read(&file).map(Bytes).map_err(|e| Fault::io(&file, &e)),
        None => Err(missing(path)),
    }
}

fn missing(path: &str) -> Fault {
    let fault = Fault::not_found(format!("{path}: there is no such file"));
    match find::nearest(path) {
        Some(near) => fault.hint(format!("did you mean {near}?")),
        None => fault
            .hint("a path that does not begin with / starts in the directory chami was started in"),
    }
}

fn list(path: &PathBuf) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(|e| Fault::io(path, &e))? {
        let entry = entry.map_err(|e| Fault::io(path, &e))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Removes a file or an empty directory; more than that is nobody's slip of the finger.
fn remove(path: &PathBuf) -> Result<(), Fault> {
    let about = fs::symlink_metadata(path).map_err(|e| gone(path, &e))?;
    let done = if about.is_dir() {
        fs::remove_dir(path)
    } else {
        fs::remove_file(path)
    };
    done.map_err(|e| match e.kind() {
        io::ErrorKind::DirectoryNotEmpty => Fault::new(
            Kind::Io,
            format!("{}: the directory is not empty", path.display()),
        )
        .hint("remove what fs.list shows in it first"),
        _ => Fault::io(path, &e),
    })
}

fn gone(path: &PathBuf, error: &io::Error) -> Fault {
    if error.kind() == io::ErrorKind::NotFound {
        return Fault::not_found(format!("{}: there is no such file", path.display()));
    }
    Fault::io(path, error)
}
