//! A page around its text: the list of all pages, that of its own headings, the search.
use super::{Anchor, Chapter};
use pulldown_cmark_escape::escape_html;
use std::fmt::Write;

// Writing to a String cannot fail; the results are dropped throughout.
pub(super) fn html(chapters: &[Chapter], here: &Chapter, body: &str, anchors: &[Anchor]) -> String {
    let title = text(&here.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · chami</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n\
         <script src=\"names.js\" defer></script>\n<script src=\"search.js\" defer></script>\n</head>\n<body>\n\
         <nav aria-label=\"pages\">\n<a class=\"home\" href=\"index.html\">chami</a>\n\
         <input id=\"search\" type=\"search\" placeholder=\"Search names\" aria-label=\"Search names\">\n\
         <ul id=\"found\" hidden></ul>\n"
    );
    contents(&mut out, chapters, here, anchors);
    let _ = write!(
        out,
        "</nav>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    );
    out
}

/// All pages by part; under the present one its headings.
fn contents(out: &mut String, chapters: &[Chapter], here: &Chapter, anchors: &[Anchor]) {
    for part in parts(chapters) {
        let _ = write!(out, "<h2>{}</h2>\n<ul>\n", text(part));
        for chapter in chapters.iter().filter(|it| it.part == part) {
            let (title, slug) = (text(&chapter.title), &chapter.slug);
            if chapter != here {
                let _ = writeln!(out, "<li><a href=\"{slug}.html\">{title}</a></li>");
                continue;
            }
            let _ = write!(
                out,
                "<li><a aria-current=\"page\" href=\"{slug}.html\">{title}</a>"
            );
            headings(out, anchors);
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
}

fn headings(out: &mut String, anchors: &[Anchor]) {
    if anchors.is_empty() {
        return;
    }
    out.push_str("\n<ul>\n");
    for anchor in anchors {
        let name = anchor.title.split('(').next().unwrap_or_default();
        let (id, level) = (&anchor.id, anchor.level);
        let name = text(name);
        let _ = writeln!(
            out,
            "<li class=\"level{level}\"><a href=\"#{id}\">{name}</a></li>"
        );
    }
    out.push_str("</ul>\n");
}

fn parts(chapters: &[Chapter]) -> Vec<&'static str> {
    let mut parts = Vec::new();
    for chapter in chapters {
        if !parts.contains(&chapter.part) {
            parts.push(chapter.part);
        }
    }
    parts
}

/// What the search goes through: each page and heading, with its place.
pub(super) fn names<'a>(
    chapters: &[Chapter],
    anchors: impl Iterator<Item = &'a [Anchor]>,
) -> String {
    let mut rows = Vec::new();
    for (chapter, anchors) in chapters.iter().zip(anchors) {
        let page = format!("{}.html", chapter.slug);
        rows.push([chapter.title.clone(), page.clone()]);
        let row = |it: &Anchor| [it.title.clone(), format!("{page}#{}", it.id)];
        rows.extend(anchors.iter().map(row));
    }
    let rows = serde_json::to_string(&rows).unwrap_or_default();
    format!("window.names = {rows};\n")
}

fn text(text: &str) -> String {
    let mut out = String::new();
    let _ = escape_html(&mut out, text);
    out
}
