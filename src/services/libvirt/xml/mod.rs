//! libvirt's documents: read into a tree of names as they are written, prefixes included, and written from it.
//!
//! Nothing is known of any schema here, so nothing is lost but comments and the space between elements. A document type
//! is refused: libvirt has none, and entities of one's own are how small documents become huge.
pub mod domain;
pub(super) mod install;
pub(super) mod network;
mod order;
pub(super) mod table;
#[cfg(test)]
mod tests;

use crate::fault::Fault;
use quick_xml::{Reader, events::BytesStart, events::Event};
use std::{collections::HashSet, fmt::Write as _};

/// Deeper than this nothing of libvirt's goes.
const DEPTH: usize = 100;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

/// What stands in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.name == name)
    }

    /// The first element at the end of a path: `devices/interface`.
    pub fn at(&self, path: &str) -> Option<&Element> {
        path.split('/').try_fold(self, |element, name| {
            element.elements().find(|child| child.name == name)
        })
    }

    /// All text in it, the space around it left out.
    pub fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        texts.collect::<String>().trim().to_owned()
    }

    /// The text at the end of a path.
    pub fn text_at(&self, path: &str) -> Option<String> {
        Some(self.at(path)?.text())
    }

    /// The child of that name, made when there is none.
    pub fn child(&mut self, name: &str) -> &mut Element {
        let is = |node: &Node| matches!(node, Node::Element(child) if child.name == name);
        let place = self.children.iter().position(is).unwrap_or_else(|| {
            self.children.push(Node::Element(Element::new(name)));
            self.children.len() - 1
        });
        match &mut self.children[place] {
            Node::Element(element) => element,
            Node::Text(_) => unreachable!("it was found or made an element"),
        }
    }

    pub fn set_text(&mut self, text: &str) {
        self.children = vec![Node::Text(text.to_owned())];
    }
}

fn unread(why: impl std::fmt::Display) -> Fault {
    Fault::bad_argument(format!("this is no XML: {why}")).hint(
        "a document begins with its element, <domain …> or <network …>; \
         fs.read \"FILE\" gives the text of a file, virsh.dumpxml(NAME) one that libvirt wrote",
    )
}

/// Reads a document.
pub fn parse(text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_comments = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(|error| {
            let place = usize::try_from(reader.error_position()).unwrap_or(0);
            unread(format!("{error} (line {})", line_of(text, place)))
        })?;
        match event {
            Event::Start(start) => {
                if open.len() == DEPTH {
                    return Err(unread("it goes too deep"));
                }
                open.push(begun(&start, root.is_some() && open.is_empty())?);
            }
            Event::Empty(start) => {
                let element = begun(&start, root.is_some() && open.is_empty())?;
                ended(&mut open, &mut root, element);
            }
            Event::End(_) => {
                let element = open
                    .pop()
                    .ok_or_else(|| unread("it ends before it began"))?;
                ended(&mut open, &mut root, element);
            }
            Event::Text(text) => add(&mut open, &text.xml10_content())?,
            Event::CData(text) => add(&mut open, &text.xml10_content())?,
            Event::GeneralRef(entity) => {
                let text = resolved(&entity)?;
                add(&mut open, &text)?;
            }
            Event::DocType(_) => return Err(unread("libvirt's documents have no <!DOCTYPE>")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if let Some(element) = open.last() {
        return Err(unread(format!("<{}> is not closed", element.name)));
    }
    let root = root.ok_or_else(|| unread("there is no element in it"))?;
    Ok(root)
}

fn line_of(text: &str, place: usize) -> usize {
    let head = text.get(..place).unwrap_or(text);
    head.matches('\n').count() + 1
}

fn begun(start: &BytesStart<'_>, second: bool) -> Result<Element, Fault> {
    let name = start.name().as_ref().to_owned();
    if second {
        return Err(unread(format!("<{name}> stands behind its end")));
    }
    let mut element = Element::new(&checked(&name)?);
    // Whether one stands twice is looked up here: the reader compares each with all before it.
    let mut seen = HashSet::new();
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| unread(format!("in <{name}>: {error}")))?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Explicit1_0)
            .map_err(|error| unread(format!("in <{name}>: {error}")))?;
        let key = checked(attribute.key.as_ref())?;
        if !seen.insert(key.clone()) {
            return Err(unread(format!(
                "in <{name}>: the attribute {key} stands there twice"
            )));
        }
        element.attributes.push((key, clean(&value)?.to_owned()));
    }
    Ok(element)
}

/// A name as XML allows it, near enough: what is written with it can be read again.
pub(super) fn checked(name: &str) -> Result<String, Fault> {
    let begins = |c: char| c.is_alphabetic() || c == '_' || c == ':';
    let goes_on = |c: char| begins(c) || c.is_numeric() || c == '-' || c == '.';
    let fine = name.starts_with(begins) && name.chars().all(goes_on);
    if fine {
        Ok(name.to_owned())
    } else {
        Err(unread(format!("{name:?} cannot be a name")))
    }
}

/// Text without the characters that XML cannot hold.
pub(super) fn clean(text: &str) -> Result<&str, Fault> {
    let odd = |c: char| (c < ' ' && !"\t\n\r".contains(c)) || c == '\u{fffe}' || c == '\u{ffff}';
    match text.chars().find(|c| odd(*c)) {
        None => Ok(text),
        Some(c) => Err(unread(format!("it cannot hold the character {c:?}"))),
    }
}

fn resolved(entity: &quick_xml::events::BytesRef<'_>) -> Result<String, Fault> {
    let character = entity.resolve_char_ref().map_err(unread)?;
    if let Some(character) = character {
        return Ok(clean(&character.to_string())?.to_owned());
    }
    let name = entity.xml10_content();
    let known = quick_xml::escape::resolve_predefined_entity(&name);
    let unknown = || {
        unread(format!(
            "it names the entity &{name}; which XML does not have"
        ))
    };
    known.map(str::to_owned).ok_or_else(unknown)
}

fn add(open: &mut [Element], text: &str) -> Result<(), Fault> {
    let Some(element) = open.last_mut() else {
        if text.trim().is_empty() {
            return Ok(());
        }
        let head: String = text.trim().chars().take(20).collect();
        return Err(unread(format!("{head:?} stands outside of any element")));
    };
    let text = clean(text)?;
    if text.is_empty() {
        // An empty CDATA section is no text.
        return Ok(());
    }
    if let Some(Node::Text(last)) = element.children.last_mut() {
        last.push_str(text);
    } else {
        element.children.push(Node::Text(text.to_owned()));
    }
    Ok(())
}

/// An element is whole: space between elements says nothing, and goes.
fn ended(open: &mut [Element], root: &mut Option<Element>, mut element: Element) {
    let has_elements = element.elements().next().is_some();
    if has_elements {
        let blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
        element.children.retain(|node| !blank(node));
    }
    match open.last_mut() {
        Some(outer) => outer.children.push(Node::Element(element)),
        None => *root = Some(element),
    }
}

/// Writes a document as libvirt does: two spaces for each level, single quotes.
pub fn write(root: &Element) -> String {
    let mut out = String::new();
    put(root, 0, &mut out);
    out
}

fn put(element: &Element, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let _ = write!(out, "{indent}<{}", element.name);
    for (name, value) in &element.attributes {
        let _ = write!(out, " {name}='{}'", escaped(value, true));
    }
    let mixed = element
        .children
        .iter()
        .any(|node| matches!(node, Node::Text(_)));
    if element.children.is_empty() {
        out.push_str("/>\n");
    } else if mixed {
        out.push('>');
        inside(element, out);
        let _ = writeln!(out, "</{}>", element.name);
    } else {
        out.push_str(">\n");
        for child in element.elements() {
            put(child, depth + 1, out);
        }
        let _ = writeln!(out, "{indent}</{}>", element.name);
    }
}

/// What stands in an element, without any space of ours.
pub(super) fn inside(element: &Element, out: &mut String) {
    for node in &element.children {
        match node {
            Node::Text(text) => out.push_str(&escaped(text, false)),
            Node::Element(child) => {
                let _ = write!(out, "<{}", child.name);
                for (name, value) in &child.attributes {
                    let _ = write!(out, " {name}='{}'", escaped(value, true));
                }
                if child.children.is_empty() {
                    out.push_str("/>");
                } else {
                    out.push('>');
                    inside(child, out);
                    let _ = write!(out, "</{}>", child.name);
                }
            }
        }
    }
}

/// What would end the text, or be read as something else, is written as a reference.
fn escaped(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' if attribute => out.push_str("&apos;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' if attribute => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    out
}
