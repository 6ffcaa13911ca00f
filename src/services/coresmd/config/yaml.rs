//! The YAML of a configuration as a tree that knows its lines.
use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use std::collections::HashMap;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    /// Where it stands in the text, in bytes.
    pub(super) start: usize,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Pair>),
}

#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Node,
}

/// Why a text is no YAML, and where.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) line: usize,
    pub(super) what: String,
}

/// A configuration is flat and short; what is not, is none.
const DEEPEST: usize = 30;
const MOST: usize = 50_000;

impl Node {
    /// The value of a key, by its name in lower case: the server does not tell cases apart.
    pub(super) fn get(&self, key: &str) -> Option<&Pair> {
        let Value::Map(pairs) = &self.value else {
            return None;
        };
        pairs.iter().find(|pair| pair.key == key)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

pub(super) fn read(text: &str) -> Result<Node, Trouble> {
    let mut builder = Builder {
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
        made: 0,
    };
    let mut root = None;
    while let Some((event, span)) = builder.next()? {
        match event {
            Event::StreamEnd => break,
            Event::StreamStart | Event::DocumentEnd | Event::DocumentStart(..) => {}
            // Of several documents the server reads the first.
            _ if root.is_some() => break,
            event => root = Some(builder.node(event, &span, 0)?),
        }
    }
    Ok(root.unwrap_or(Node {
        line: 1,
        start: 0,
        value: Value::Null,
    }))
}

struct Builder<'a> {
    events: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    made: usize,
}

fn trouble(span: &Span, what: &str) -> Trouble {
    Trouble {
        line: span.start.line(),
        what: what.to_owned(),
    }
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Trouble> {
        match self.events.next() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => Err(Trouble {
                line: error.marker().line(),
                what: error.info(),
            }),
        }
    }

    fn inside(&mut self, span: &Span) -> Result<(Event<'a>, Span), Trouble> {
        let next = self.next()?;
        next.ok_or_else(|| trouble(span, "the text ends here, too soon"))
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Node, Trouble> {
        self.made += 1;
        if depth > DEEPEST || self.made > MOST {
            return Err(trouble(span, "this is too much for a configuration"));
        }
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let known = self.anchors.get(&id).cloned();
                let node = known.ok_or_else(|| trouble(span, "no such anchor"))?;
                self.made += size(&node);
                return Ok(node);
            }
            Event::Scalar(text, style, anchor, _) => {
                let plain = matches!(style, ScalarStyle::Plain);
                let null = plain && ["", "~", "null", "Null", "NULL"].contains(&&*text);
                let value = if null {
                    Value::Null
                } else {
                    Value::Text(text.into_owned())
                };
                (value, anchor)
            }
            Event::SequenceStart(_, anchor, _) => (Value::List(self.list(span, depth)?), anchor),
            Event::MappingStart(_, anchor, _) => (Value::Map(self.map(span, depth)?), anchor),
            _ => return Err(trouble(span, "a value was expected here")),
        };
        let node = Node {
            line: span.start.line(),
            start: span.byte_range().map_or(0, |range| range.start),
            value,
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, span: &Span, depth: usize) -> Result<Vec<Node>, Trouble> {
        let mut items = Vec::new();
        loop {
            match self.inside(span)? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, span: &Span, depth: usize) -> Result<Vec<Pair>, Trouble> {
        let mut pairs: Vec<Pair> = Vec::new();
        loop {
            let (event, at) = self.inside(span)?;
            if matches!(event, Event::MappingEnd) {
                return Ok(pairs);
            }
            let key = self.node(event, &at, depth + 1)?;
            let name = key.text().unwrap_or_default().to_lowercase();
            let (event, place) = self.inside(&at)?;
            let value = self.node(event, &place, depth + 1)?;
            if pairs.iter().any(|pair| pair.key == name) {
                return Err(trouble(
                    &at,
                    &format!("the key {name} is here for the second time"),
                ));
            }
            pairs.push(Pair {
                key: name,
                line: at.start.line(),
                value,
            });
        }
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(pairs) => pairs.iter().map(|pair| size(&pair.value)).sum(),
        _ => 0,
    }
}
