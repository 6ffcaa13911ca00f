//! What the book is made of: README's tour, the exercises, the reference.
use crate::{
    book::Chapter,
    learn::{Course, doc},
    lua::{help, library},
    shell::{Report, Shell},
};

const README: &str = include_str!("../../../README.md");

/// What of README speaks to those who build chami, and not to those who use it.
const BUILDERS: &str = "\n## Map of the tree";

/// The shell reads what the exercises say of themselves; nothing of them is run.
pub(super) fn all(course: &Course, shell: &Shell) -> Result<Vec<Chapter>, Report> {
    let docs = library::index();
    let mut chapters = vec![
        chapter("Begin", "index", "chami", tour()),
        chapter("Begin", "start", "What to type first", &help::start(&docs)),
    ];
    for exercise in &course.exercises {
        let page = doc::page(exercise, shell)?;
        let (title, text) = page.split_once('\n').unwrap_or((&page, ""));
        let title = title.trim_start_matches("# ");
        chapters.push(chapter("Exercises", &exercise.id, title, text));
    }
    for (name, text) in help::parts(&docs) {
        chapters.push(chapter("Reference", &name, &name, &text));
    }
    Ok(chapters)
}

fn chapter(part: &'static str, slug: &str, title: &str, text: &str) -> Chapter {
    Chapter {
        part,
        slug: slug.to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
    }
}

/// README without its title, which the page has, and without what follows the tour.
fn tour() -> &'static str {
    let text = README.split(BUILDERS).next().unwrap_or_default();
    text.strip_prefix("# chami\n").unwrap_or(text)
}
