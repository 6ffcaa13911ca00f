//! Rules of the header: literals alone, a number that is the file's, tags and needs that somebody knows.
use super::{Page, is_built};
use crate::{
    learn::{
        course::Course,
        session::{Backend, Opened},
    },
    shell::token::{Kind, Token},
};

/// The list of exercises is made without running anything, so a header computes nothing.
/// Whether it is so.
pub(super) fn literals(page: &mut Page) -> bool {
    let tokens: Vec<Token> = page
        .tokens
        .iter()
        .filter(|it| it.kind != Kind::Comment)
        .copied()
        .collect();
    let head = tokens.iter().position(|it| it.text == "exercise");
    let Some(open) = head.and_then(|head| (head..tokens.len()).find(|at| tokens[*at].text == "{"))
    else {
        return true;
    };
    let (mut depth, before) = (0_usize, page.found.len());
    for (at, it) in tokens.iter().enumerate().skip(open) {
        match it.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        let key = tokens.get(at + 1).is_some_and(|next| next.text == "=");
        let value = ["true", "false", "nil"].contains(&it.text);
        if it.kind == Kind::Word && !key && !value {
            page.tell(
                page.line(it.start),
                format!("the header holds literals only; `{}` is computed", it.text),
            );
        }
    }
    page.found.len() == before
}

pub(super) fn rules(page: &mut Page, course: &Course, opened: &Opened) {
    let header = &opened.header;
    let line = |page: &Page, said: &str| page.line_of(said).unwrap_or(1);
    if header.id != page.exercise.id {
        let what = format!(
            "the header says {}, the file's name {}",
            header.id, page.exercise.id
        );
        page.tell(line(page, &header.id), what);
    }
    for (name, text) in [("title", &header.title), ("goal", &header.goal)] {
        if text.trim().is_empty() {
            page.tell(line(page, text), format!("the {name} says nothing"));
        }
    }
    let under = |page: &Page, key: &str, said: &str| page.line_under(key, said).unwrap_or(1);
    for tag in header.seed.iter().filter(|tag| !course.seeds.knows(tag)) {
        page.tell(
            under(page, "seed", tag),
            format!("seed {tag} is not in the list of what the course covers"),
        );
    }
    for id in &header.needs {
        if *id == header.id {
            page.tell(under(page, "needs", id), "an exercise cannot need itself");
        } else if !is_built(course, &page.exercise.path, id) {
            page.tell(
                under(page, "needs", id),
                format!("needs {id}: no exercise and no states/{id}.lua gives it"),
            );
        }
    }
    if header.backend == Backend::Any {
        lab_alone(page);
    }
    if opened.checks.is_empty() {
        page.tell(
            page.first_mark().min(page.lines.len()),
            "no check: nobody can tell when this is done",
        );
    }
}

/// What only a lab has is for exercises that say so: the others are done on head nodes as well.
fn lab_alone(page: &mut Page) {
    let code = page.tokens.iter().filter(|it| it.kind != Kind::Comment);
    let code: Vec<Token> = code.copied().collect();
    for three in code.windows(3) {
        let called = match [three[0].text, three[1].text, three[2].text] {
            ["lab", ".", name] => format!("lab.{name}"),
            ["node", ".", "run"] => "node.run".to_owned(),
            _ => continue,
        };
        let instead = match called.as_str() {
            "lab.clock" => "task.sleep lets time pass on both",
            "node.run" => "node.console is there on both",
            _ => "leave it out",
        };
        let what =
            format!("{called} is a lab's alone: {instead}, or the header says backend = \"lab\"");
        page.tell(page.line(three[0].start), what);
    }
}
