//! From the parser's events to values: anchors, merge keys, and Python's way with doubled keys.
use super::{Node, Place, Tree, scalar};
use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use std::collections::HashMap;

/// Why a text is no YAML to cloud-init.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub message: String,
}

/// Values that aliases may multiply to; a cloud-config has hundreds.
const MOST: usize = 100_000;
/// How deep a document may go.
const DEEPEST: usize = 100;

/// Reads the only document of a text; an empty text is null.
pub fn read(text: &str) -> Result<Node, Fault> {
    let mut builder = Builder {
        events: Parser::new_from_str(text),
        text,
        read: 0,
        anchors: HashMap::new(),
        made: 0,
    };
    let mut root = None;
    loop {
        let (event, span) = builder.next()?;
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart(..) if root.is_some() => {
                return Err(fault(
                    &span,
                    "a second document begins; cloud-init takes one",
                ));
            }
            Event::DocumentStart(..) | Event::DocumentEnd | Event::StreamStart => {}
            event => root = Some(builder.value(event, &span, 0)?),
        }
    }
    Ok(root.unwrap_or_else(|| Node::new(Tree::Null, Place { line: 1, column: 1 })))
}

fn place(span: &Span) -> Place {
    Place {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

fn fault(span: &Span, message: impl Into<String>) -> Fault {
    Fault {
        place: place(span),
        message: message.into(),
    }
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        let at = error.marker();
        Self {
            place: Place {
                line: at.line(),
                column: at.col() + 1,
            },
            message: error.info(),
        }
    }
}

struct Builder<'a> {
    events: Parser<'a, StrInput<'a>>,
    text: &'a str,
    /// How many bytes of it the events so far have covered.
    read: usize,
    anchors: HashMap<usize, Node>,
    made: usize,
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Fault> {
        let Some(event) = self.events.next() else {
            return Ok((Event::StreamEnd, Span::default()));
        };
        let (event, span) = event?;
        self.tabs(&event, &span)?;
        Ok((event, span))
    }

    /// YAML 1.1 takes no tab between values, nor in words without quotes.
    fn tabs(&mut self, event: &Event, span: &Span) -> Result<(), Fault> {
        let Some(range) = span.byte_range() else {
            return Ok(());
        };
        let between = self.text.get(self.read..range.start).unwrap_or_default();
        let mut spoilt = between.lines().any(|line| {
            let bare = line
                .find(" #")
                .or_else(|| line.find("\t#"))
                .map_or(line, |at| &line[..=at]);
            bare.contains('\t') && !line.starts_with('#')
        });
        if matches!(event, Event::Scalar(_, ScalarStyle::Plain, ..)) {
            spoilt |= self
                .text
                .get(range.clone())
                .is_some_and(|word| word.contains('\t'));
        }
        self.read = self.read.max(range.end);
        if spoilt {
            return Err(fault(span, "a tab stands before or in this value"));
        }
        Ok(())
    }

    fn value(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Fault> {
        if depth > DEEPEST {
            return Err(fault(span, "this is nested too deep"));
        }
        let (tree, anchor) = match event {
            Event::Alias(id) => return self.alias(id, span),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = matches!(style, ScalarStyle::Plain);
                let tree = scalar::value(&text, plain, tag.as_deref().map(full).as_deref());
                (tree.map_err(|why| fault(span, why))?, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                expect(tag.as_deref(), "seq", span)?;
                (Tree::List(self.list(depth)?), anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                expect(tag.as_deref(), "map", span)?;
                (Tree::Map(self.map(depth)?), anchor)
            }
            _ => return Err(fault(span, "a value was expected here")),
        };
        self.count(1, span)?;
        let node = Node::new(tree, place(span));
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn count(&mut self, more: usize, span: &Span) -> Result<(), Fault> {
        self.made += more;
        if self.made > MOST {
            return Err(fault(span, "aliases make this document too large"));
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, span: &Span) -> Result<Node, Fault> {
        let Some(mut node) = self.anchors.get(&id).cloned() else {
            return Err(fault(span, "this alias means a value that it is part of"));
        };
        self.count(size(&node), span)?;
        node.place = place(span);
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(items);
            }
            items.push(self.value(event, &span, depth + 1)?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(Node, Node)>, Fault> {
        let (mut merged, mut own) = (Vec::new(), Vec::new());
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let joins = matches!(&event,
                Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = if matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "=")
            {
                Node::new(Tree::Text("=".to_owned()), place(&span))
            } else {
                self.value(event, &span, depth + 1)?
            };
            let (event, value_span) = self.next()?;
            let value = self.value(event, &value_span, depth + 1)?;
            if joins {
                merged.extend(spread(value, &value_span)?);
            } else if matches!(key.tree, Tree::List(_) | Tree::Map(_)) {
                return Err(fault(&span, "a list or mapping cannot be a key"));
            } else {
                own.push((key, value));
            }
        }
        let mut entries: Vec<(Node, Node)> = Vec::new();
        for (key, value) in merged.into_iter().chain(own) {
            put(&mut entries, key, value);
        }
        Ok(entries)
    }
}

/// Sets a key as a dict does: the last value counts, at the first one's position.
pub(super) fn put(entries: &mut Vec<(Node, Node)>, key: Node, value: Node) {
    let there = entries
        .iter_mut()
        .find(|(name, _)| name.tree.same_key(&key.tree));
    match there {
        Some((_, old)) => *old = value,
        None => entries.push((key, value)),
    }
}

/// What `<<` brings in; of several mappings the first one counts.
fn spread(value: Node, span: &Span) -> Result<Vec<(Node, Node)>, Fault> {
    let wrong = || fault(span, "<< takes a mapping or a list of mappings");
    match value.tree {
        Tree::Map(entries) => Ok(entries),
        Tree::List(items) => {
            let mut all = Vec::new();
            for item in items.into_iter().rev() {
                let Tree::Map(entries) = item.tree else {
                    return Err(wrong());
                };
                all.extend(entries);
            }
            Ok(all)
        }
        _ => Err(wrong()),
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.tree {
        Tree::List(items) => items.iter().map(size).sum(),
        Tree::Map(entries) => entries.iter().map(|(_, value)| 1 + size(value)).sum(),
        _ => 0,
    }
}

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle(), tag.suffix())
}

fn expect(tag: Option<&Tag>, sort: &str, span: &Span) -> Result<(), Fault> {
    let Some(tag) = tag.map(full) else {
        return Ok(());
    };
    if tag == format!("tag:yaml.org,2002:{sort}") || tag == "!" {
        return Ok(());
    }
    Err(fault(
        span,
        format!("cloud-init does not know the tag {tag}"),
    ))
}
