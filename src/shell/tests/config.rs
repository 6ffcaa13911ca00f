//! `config.*` on files: written whole, as what they were, or not at all.
use super::{Nowhere, text};
use crate::{
    config::{Files, Session},
    http::{self, Http},
    shell::{Options, Shell},
};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    sync::Arc,
    thread,
};

fn shell(user: &Path) -> Shell {
    let http = Http::new(Arc::new(Nowhere), http::Options::default());
    let mut options = Options::new(http);
    options.session = Session::new(Files::at(None, Some(user.to_owned())));
    Shell::new(options).expect("a shell starts")
}

#[test]
fn the_first_write_makes_the_file_and_its_directory() {
    let dir = tempfile::tempdir().expect("a directory");
    let user = dir.path().join(".config/ochami/config.yaml");
    let shell = shell(&user);
    assert_eq!(text(&shell, "config.set('timeout', '45s').value"), "45s");
    assert_eq!(fs::read_to_string(&user).expect("made"), "timeout: 45s\n");
    let said = text(&shell, "config.set('timeout', 'soon')");
    assert!(
        said.starts_with("bad_argument: timeout: \"soon\""),
        "{said}"
    );
    assert_eq!(
        fs::read_to_string(&user).expect("as it was"),
        "timeout: 45s\n"
    );
}

#[test]
fn links_modes_and_neighbours_stay() {
    let dir = tempfile::tempdir().expect("a directory");
    let (file, link) = (
        dir.path().join("dotfiles.yaml"),
        dir.path().join("config.yaml"),
    );
    fs::write(&file, "# mine\ntimeout: 1s\n").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("set");
    symlink(&file, &link).expect("linked");
    let shell = shell(&link);
    let name = "config.cluster.set('demo', { uri = 'https://demo:8443', default = true }).name";
    assert_eq!(text(&shell, name), "demo");
    assert!(link.is_symlink());
    let written = fs::read_to_string(&file).expect("read");
    assert!(written.starts_with("# mine\ntimeout: 1s\n"), "{written}");
    let mode = fs::metadata(&file).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 2);
    // An unwritable place: nothing is left behind, the fault names it.
    let said = text(&shell_below(&file), "config.set('timeout', '2s')");
    assert!(
        said.starts_with("io: ") && said.contains("dotfiles.yaml"),
        "{said}"
    );
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 2);
}

/// A shell whose configuration would stand below a file, where none can be.
fn shell_below(file: &Path) -> Shell {
    shell(&file.join("config.yaml"))
}

#[test]
fn two_writers_lose_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let user = dir.path().join("config.yaml");
    thread::scope(|scope| {
        for n in 0..4 {
            let user = &user;
            scope.spawn(move || {
                let shell = shell(user);
                for m in 0..5 {
                    let set =
                        format!("config.cluster.set('c{n}{m}', {{ uri = 'https://h' }}).name");
                    assert_eq!(text(&shell, &set), format!("c{n}{m}"));
                }
            });
        }
    });
    assert_eq!(
        text(&shell(&user), "tostring(#config.cluster.list())"),
        "20"
    );
}
