//! The one pass over a source: comment blocks are gathered and given to what stands under them.
use super::{
    Function, Module, Slot,
    block::{Block, join},
    line::{Line, classify},
};

/// Reads what `source` documents. `module` is its name for users.
pub fn read(module: &str, source: &str) -> Module {
    let mut reader = Reader {
        module: Module {
            name: module.to_owned(),
            ..Module::default()
        },
        ..Reader::default()
    };
    for (number, line) in (1..).zip(source.lines()) {
        reader.line(number, line);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    module: Module,
    block: Block,
    /// Local names that stand for the module or for a class: (`M`, `smd`), (`Session`, `ssh.Session`).
    names: Vec<(String, String)>,
    /// Names declared `local` before they got their values.
    locals: Vec<String>,
    /// The table constructors around the present line: their indent and path.
    open: Vec<(usize, String)>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        match classify(line) {
            Line::Doc(text) => {
                self.block.started = true;
                if let Some(kind) = text.strip_prefix('|') {
                    self.block.variant(kind);
                } else if let Some(tag) = text.strip_prefix('@') {
                    self.tag(number, tag);
                } else {
                    self.block.plain(text);
                }
            }
            Line::Function {
                local,
                path,
                params,
            } => self.function(number, local, path, params),
            Line::Local(name) => {
                self.local(name);
                self.enter(line, name);
            }
            Line::Names(names) => {
                self.close();
                let names = names.split(',').map(|name| name.trim().to_owned());
                self.locals.extend(names);
            }
            Line::Assign(path) => {
                let text = self.close().text;
                let inner = self.open.last().map(|(_, outer)| format!("{outer}.{path}"));
                let path = inner.unwrap_or_else(|| path.to_owned());
                if !text.is_empty() {
                    self.module.groups.push((self.full(&path), text));
                }
                self.enter(line, &path);
            }
            Line::Return => {
                let text = self.close().text;
                if self.module.text.is_empty() {
                    self.module.text = text;
                }
            }
            Line::Other => {
                self.close();
                let ends = |(indent, _): &mut (usize, String)| {
                    *indent == indent_of(line) && line.trim_start().starts_with('}')
                };
                self.open.pop_if(ends);
            }
        }
    }

    /// Notes that a table constructor begins on this line: one at the top level, or inside such a one.
    fn enter(&mut self, line: &str, path: &str) {
        let indent = indent_of(line);
        if line.trim_end().ends_with('{') && (indent == 0 || !self.open.is_empty()) {
            self.open.push((indent, path.to_owned()));
        }
    }

    fn tag(&mut self, number: usize, tag: &str) {
        let (name, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let rest = rest.trim();
        if matches!(name, "class" | "alias") && self.block.declares() {
            self.close();
        }
        if !self.block.tag(number, name, rest) {
            self.module.oddities.push((number, format!("@{tag}")));
        }
    }

    fn function(&mut self, number: usize, local: bool, path: &str, params: &str) {
        let mut entry = self.close();
        let local = local || self.locals.iter().any(|name| name == path);
        entry.public = !local && !path.split(['.', ':']).any(|word| word.starts_with('_'));
        entry.path = if local {
            path.to_owned()
        } else {
            self.full(path)
        };
        entry.line = number;
        entry.params = merge(params, &entry.params);
        self.module.functions.push(entry);
    }

    fn local(&mut self, name: &str) {
        let class = self.block.class.as_ref().map(|c| c.name.clone());
        let entry = self.close();
        match class {
            Some(class) if class != self.module.name => self.names.push((name.to_owned(), class)),
            _ if self.module.text.is_empty() && !entry.text.is_empty() => {
                self.module.text = entry.text;
                self.names.push((name.to_owned(), self.module.name.clone()));
            }
            _ => {}
        }
    }

    /// The path as users write it: the file's own local name gives way to the module's or class's.
    fn full(&self, path: &str) -> String {
        let end = path.find(['.', ':']).unwrap_or(path.len());
        let (head, tail) = path.split_at(end);
        let known = self.names.iter().find(|(local, _)| local == head);
        match known {
            Some((_, name)) if !tail.is_empty() => format!("{name}{tail}"),
            _ => path.to_owned(),
        }
    }

    /// Ends the block: classes and aliases go to the module, the rest is returned for what stands below.
    fn close(&mut self) -> Function {
        let mut block = std::mem::take(&mut self.block);
        if !block.started {
            return block.entry;
        }
        block.entry.text = block.entry.text.trim_end().to_owned();
        if let Some(mut class) = block.class {
            let own = std::mem::take(&mut block.entry.text);
            if class.name == self.module.name {
                block.entry.text = own;
            } else {
                class.text = join(&own, &class.text);
                self.module.classes.push(class);
            }
        } else if let Some(mut alias) = block.alias {
            alias.text = join(&std::mem::take(&mut block.entry.text), &alias.text);
            self.module.aliases.push(alias);
        }
        block.entry
    }

    fn finish(mut self) -> Module {
        self.close();
        self.module
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The parameters in the order of the signature, with what the tags say of them.
fn merge(signature: &str, tags: &[Slot]) -> Vec<Slot> {
    let names = signature
        .split(',')
        .map(str::trim)
        .filter(|n| !n.is_empty());
    let slot = |name: &str| {
        let tag = tags.iter().find(|t| t.name == name).cloned();
        tag.unwrap_or_else(|| Slot {
            name: name.to_owned(),
            ..Slot::default()
        })
    };
    let slots = names.map(slot);
    // A `...` that nobody speaks of only catches mistakes.
    slots
        .filter(|slot| slot.name != "..." || tags.is_empty() || !slot.kind.is_empty())
        .collect()
}
