//! What the book is made of: README's tour, the exercises, the reference.
use crate::{
    book::Chapter,
    lua::{help, library},
};

const README: &str = include_str!("../../../README.md");

/// What of README speaks to those who build chami, and not to those who use it.
const BUILDERS: &str = "\n## Map of the tree";

pub(super) fn all() -> Vec<Chapter> {
    let docs = library::index();
    let mut chapters = vec![
        chapter("Begin", "index", "chami", tour()),
        chapter("Begin", "start", "What to type first", &help::start(&docs)),
    ];
    for (name, text) in help::parts(&docs) {
        chapters.push(chapter("Reference", &name, &name, &text));
    }
    chapters
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_has_a_chapter_and_the_tour_is_whole() {
        let chapters = all();
        let slugs: Vec<&str> = chapters.iter().map(|it| it.slug.as_str()).collect();
        for name in ["index", "start", "smd", "bss", "cloud_init", "task"] {
            assert!(slugs.contains(&name), "{name} in {slugs:?}");
        }
        assert!(tour().contains("## Five minutes") && !tour().contains("Map of the tree"));
        assert!(README.contains(BUILDERS), "the tour ends somewhere");
    }
}
