//! `fs`, `yaml`, and where `data/…` leads.
use super::{shell, text};
use crate::{
    lua::{Reply, shape::Shape},
    shell::Shell,
};
use std::{fs, os::unix::fs::PermissionsExt};

fn one(shell: &Shell, source: &str) -> Shape {
    match shell.eval(source) {
        Reply::Values(mut values) => values.remove(0),
        other => panic!("{source} gave {other:?}"),
    }
}

#[test]
fn what_is_written_is_read_back() {
    let (shell, _) = shell();
    let folder = tempfile::tempdir().expect("a temporary directory");
    shell.eval(&format!("local d = {:?}", folder.path()));
    shell.eval(
        "fs.mkdir(d .. '/a/b') fs.write(d .. '/a/x', 'one\\0\\255') fs.append(d .. '/a/x', 'two')",
    );
    assert_eq!(
        one(&shell, "fs.read(d .. '/a/x') == 'one\\0\\255two'"),
        Shape::Bool(true)
    );
    assert_eq!(text(&shell, "table.concat(fs.list(d .. '/a'), ' ')"), "b x");
    assert_eq!(one(&shell, "fs.exists(d .. '/a/x')"), Shape::Bool(true));
    shell.eval("fs.remove(d .. '/a/x') fs.remove(d .. '/a/b')");
    assert_eq!(one(&shell, "#fs.list(d .. '/a')"), Shape::Int(0));
}

#[test]
fn a_file_that_is_written_anew_keeps_its_mode_and_its_links() {
    let (shell, _) = shell();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("set");
    std::os::unix::fs::symlink(&file, &link).expect("linked");
    assert_eq!(
        shell.eval(&format!("fs.write({link:?}, 'new')")),
        Reply::Nothing
    );
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&file).expect("read"), "new");
    let mode = fs::metadata(&file).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 2);
}

#[test]
fn a_file_that_is_missing_is_told_with_the_nearest_name() {
    let (shell, _) = shell();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("nodes.yaml");
    fs::write(&file, "").expect("written");
    let wrong = folder.path().join("node.yaml").display().to_string();
    assert_eq!(
        text(&shell, &format!("fs.read {wrong:?}")),
        format!(
            "not_found: {wrong}: there is no such file\n  hint: did you mean {}?",
            file.display()
        )
    );
    let deep = folder.path().join("a/b").display().to_string();
    let said = text(&shell, &format!("fs.write({deep:?}, '')"));
    assert!(
        said.ends_with("hint: fs.mkdir makes the directory"),
        "{said}"
    );
    let said = text(&shell, &format!("fs.read {:?}", folder.path()));
    assert!(said.starts_with("io: "), "{said}");
}

#[test]
fn data_lies_beside_the_script_or_is_shipped() {
    let (shell, _) = shell();
    assert!(text(&shell, "fs.read('data/nodes.yaml')").contains("bmcs:"));
    assert_eq!(
        one(&shell, "fs.exists 'data/no-such.yaml'"),
        Shape::Bool(false)
    );
    assert!(text(&shell, "table.concat(fs.list 'data/', ' ')").contains("nodes.yaml"));
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir(folder.path().join("data")).expect("made");
    fs::write(folder.path().join("data/nodes.yaml"), "own").expect("written");
    let script = folder.path().join("s.lua");
    fs::write(
        &script,
        "return fs.read 'data/nodes.yaml', #fs.read 'data/nodes-old.yaml' > 99",
    )
    .expect("written");
    assert_eq!(
        shell.run_file(&script, &[]),
        Reply::Values(vec![Shape::Text("own".to_owned()), Shape::Bool(true)])
    );
}

#[test]
fn a_script_finds_modules_beside_itself_only() {
    let (shell, _) = shell();
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::write(folder.path().join("mine.lua"), "return { answer = 42 }").expect("written");
    let script = folder.path().join("s.lua");
    fs::write(&script, "return require('mine').answer").expect("written");
    assert_eq!(
        shell.run_file(&script, &[]),
        Reply::Values(vec![Shape::Int(42)])
    );
    assert_eq!(
        one(&shell, "package.path:find('./?.lua', 1, true) == 1"),
        Shape::Bool(false)
    );
}

#[test]
fn yaml_is_read_and_written() {
    let (shell, _) = shell();
    assert_eq!(text(&shell, "yaml.decode('a: [1, no, ~, 007]').a[2]"), "no");
    assert_eq!(
        text(&shell, "yaml.encode{ b = { 1, 'x' }, a = 'yes' }"),
        "a: \"yes\"\nb:\n- 1\n- x\n"
    );
    assert_eq!(
        one(&shell, "#yaml.documents 'a: 1\\n---\\na: 2'"),
        Shape::Int(2)
    );
    let said = text(&shell, "yaml.decode 'a: 1\\nb: [1'");
    assert!(
        said.starts_with("bad_argument: yaml.decode: line "),
        "{said}"
    );
}
