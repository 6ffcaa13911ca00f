//! What chami writes about itself: the book's pages and their links, the manual pages, what editors read.
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn chami(words: &[&str]) -> String {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book");
    fs::create_dir_all(&home).expect("a home");
    let out = Command::new(env!("CARGO_BIN_EXE_chami"))
        .args(words)
        .env_clear()
        .env("HOME", &home)
        .output()
        .expect("chami runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{words:?}: {said}");
    String::from_utf8(out.stdout).expect("text")
}

fn site() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book/site");
    let _ = fs::remove_dir_all(&dir);
    chami(&["docs", "--html", &dir.to_string_lossy()]);
    dir
}

/// The values of an attribute, as they stand.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    html.split(begin.as_str())
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn every_link_of_the_book_leads_somewhere() {
    let dir = site();
    let mut pages = Vec::new();
    for entry in fs::read_dir(&dir).expect("a site") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|it| it == "html") {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            pages.push((name, fs::read_to_string(&path).expect("text")));
        }
    }
    let mut places = BTreeSet::new();
    for (name, html) in &pages {
        places.insert(name.clone());
        places.extend(values(html, "id").iter().map(|id| format!("{name}#{id}")));
    }
    let mut lost = Vec::new();
    for (name, html) in &pages {
        for href in values(html, "href") {
            let place = if href.starts_with('#') {
                format!("{name}{href}")
            } else {
                href.to_owned()
            };
            let outside = place.starts_with("https://") || place == "style.css";
            if !outside && !places.contains(&place) {
                lost.push(format!("{name} → {href}"));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(pages.len() > 20, "{} pages", pages.len());
}

#[test]
fn every_exercise_has_its_page_and_its_entry() {
    let dir = site();
    let manual = chami(&["man", "exercises"]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/tutorial");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the course") {
        let path = entry.expect("a file").path();
        let stem = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let Some((id, _)) = stem.split_once('-').filter(|_| path.is_file()) else {
            continue;
        };
        let html = fs::read_to_string(dir.join(format!("{id}.html"))).expect("its page");
        assert!(html.contains("You are done when"), "{id}");
        assert!(manual.contains(&format!("\\fB{id}  ")), "{id} in {manual}");
        count += 1;
    }
    assert!(count >= 3, "{count} exercises");
}

#[test]
fn the_manual_of_the_library_names_every_module() {
    let manual = chami(&["man", "lua"]);
    for section in ["AUTH", "BSS", "SMD.COMPONENT", "TASK", "FAULTS"] {
        let (plain, quoted) = (format!(".SH {section}\n"), format!(".SH \"{section}\"\n"));
        assert!(
            manual.contains(&plain) || manual.contains(&quoted),
            "{section}"
        );
    }
}

#[test]
fn scripts_get_types_in_an_editor() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book/scripts");
    let _ = fs::remove_dir_all(&dir);
    let told = chami(&["docs", "--editor", &dir.to_string_lossy()]);
    assert!(
        told.lines().any(|line| line.ends_with(".luarc.json")),
        "{told}"
    );
    let smd = fs::read_to_string(dir.join(".chami/library/smd/component.lua")).expect("a module");
    assert!(smd.contains("---@param"));
}
