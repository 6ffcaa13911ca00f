//! The book: chapters of Markdown as one static HTML site, which needs no server and nothing from outside.
//!
//! Knows nothing of chami's own texts; whoever asks for the book brings the chapters. pulldown-cmark stays in here.
mod page;
mod render;

use crate::fault::Fault;
use std::{fs, path::Path};

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Under which heading it is listed.
    pub part: &'static str,
    /// The file's name without `.html`; `index` is the first page.
    pub slug: String,
    pub title: String,
    /// Markdown; the title is not repeated.
    pub text: String,
}

/// A heading that can be linked to, for the page's own list and the search.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Anchor {
    id: String,
    title: String,
    level: u8,
}

const STYLE: &str = include_str!("book/style.css");
const SEARCH: &str = include_str!("book/search.js");

/// Writes the site into a directory, which is made; files of the same names are replaced, nothing else is touched.
pub fn write(chapters: &[Chapter], dir: &Path) -> Result<(), Fault> {
    let put = |name: &str, text: &str| {
        let path = dir.join(name);
        fs::write(&path, text).map_err(|e| Fault::io(&path, &e))
    };
    fs::create_dir_all(dir).map_err(|e| Fault::io(dir, &e))?;
    let pages: Vec<_> = chapters.iter().map(|it| render::html(&it.text)).collect();
    let anchors = || pages.iter().map(|(_, anchors)| anchors.as_slice());
    for (chapter, (body, anchors)) in chapters.iter().zip(&pages) {
        let html = page::html(chapters, chapter, body, anchors);
        put(&format!("{}.html", chapter.slug), &html)?;
    }
    put("style.css", STYLE)?;
    put("search.js", SEARCH)?;
    put("names.js", &page::names(chapters, anchors()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(slug: &str, text: &str) -> Chapter {
        Chapter {
            part: "Reference",
            slug: slug.into(),
            title: slug.to_uppercase(),
            text: text.into(),
        }
    }

    #[test]
    fn the_pages_link_each_other_and_are_found_by_name() {
        let dir = tempfile::tempdir().expect("a directory");
        let chapters = [
            chapter("index", "Hello <you> & `a < b`"),
            chapter(
                "smd",
                "### `smd.get(x?)`\n\nOne.\n\n```lua\nsmd.get()\n```\n",
            ),
        ];
        write(&chapters, dir.path()).expect("written");
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).expect("a file");
        let index = read("index.html");
        assert!(index.contains("<a href=\"smd.html\">SMD</a>"), "{index}");
        assert!(index.contains("aria-current=\"page\" href=\"index.html\""));
        assert!(index.contains("a &lt; b"));
        let smd = read("smd.html");
        assert!(smd.contains("<h3 id=\"smd.get\">"), "{smd}");
        assert!(smd.contains("href=\"#smd.get\""), "{smd}");
        assert!(read("names.js").contains("[\"smd.get(x?)\",\"smd.html#smd.get\"]"));
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        let dir = tempfile::tempdir().expect("a directory");
        write(&[chapter("index", "x")], dir.path()).expect("written");
        for file in fs::read_dir(dir.path()).expect("there") {
            let text = fs::read_to_string(file.expect("a file").path()).expect("text");
            assert!(!text.contains("src=\"http") && !text.contains("url(http"));
        }
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let fault = write(&[], &file.path().join("site")).expect_err("no directory");
        assert!(fault.message.contains("site"), "{}", fault.message);
    }
}
