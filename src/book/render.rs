//! Markdown to HTML, with headings that can be linked to.
use super::Anchor;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};
use std::collections::HashSet;

/// The page's body, and its headings.
pub(super) fn html(markdown: &str) -> (String, Vec<Anchor>) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event> = Parser::new_ext(markdown, options).map(tame).collect();
    let anchors = name_headings(&mut events);
    let mut out = String::new();
    push_html(&mut out, events.into_iter());
    (out, anchors)
}

/// `<name>` in a text is a word and no tag; only what folds a part away is meant as HTML.
fn tame(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) if !folds(&html) => Event::Text(html),
        event => event,
    }
}

fn folds(html: &str) -> bool {
    ["<details>", "</details>", "<summary>", "</summary>"]
        .iter()
        .any(|tag| html.trim_start().starts_with(tag))
}

/// Gives each heading an id and tells them all.
fn name_headings(events: &mut [Event]) -> Vec<Anchor> {
    let mut anchors: Vec<Anchor> = Vec::new();
    let mut taken = HashSet::new();
    let mut open = None;
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { level, .. }) => open = Some((at, *level, String::new())),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, _, title)) = &mut open {
                    title.push_str(text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((start, level, title)) = open.take() {
                    let id = free(&slug(&title), &mut taken);
                    if let Event::Start(Tag::Heading { id: place, .. }) = &mut events[start] {
                        *place = Some(CowStr::from(id.clone()));
                    }
                    let level = depth(level);
                    anchors.push(Anchor { id, title, level });
                }
            }
            _ => {}
        }
    }
    anchors
}

fn depth(level: HeadingLevel) -> u8 {
    u8::try_from(level as usize).unwrap_or(u8::MAX)
}

/// `smd.component.list` for a signature, `five-minutes` for words.
fn slug(title: &str) -> String {
    let head = title.split('(').next().unwrap_or_default().trim();
    let keep = |c: char| c.is_alphanumeric() || "._".contains(c);
    let plain = head.to_lowercase().replace(|c| !keep(c), "-");
    plain.trim_matches('-').to_owned()
}

fn free(wanted: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    let name = names.find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_names_of_their_own() {
        let (out, anchors) = html("## Five minutes\n\n### `a.b(c?)`\n\n### `a.b(d)`\n");
        let ids: Vec<&str> = anchors.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["five-minutes", "a.b", "a.b-2"]);
        assert!(
            out.contains("<h3 id=\"a.b-2\"><code>a.b(d)</code></h3>"),
            "{out}"
        );
    }

    #[test]
    fn tables_and_folded_parts_are_kept() {
        let (out, _) = html("| a | b |\n|---|---|\n| 1 | 2 |\n\n<details>\n\nx\n\n</details>\n");
        assert!(
            out.contains("<table>") && out.contains("<details>"),
            "{out}"
        );
        let (out, _) = html("the token of <CLUSTER> <script>x</script>");
        assert!(out.contains("&lt;CLUSTER&gt; &lt;script&gt;"), "{out}");
    }
}
