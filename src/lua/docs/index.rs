//! All modules' documentation, with the questions that are asked of it.
use super::{Alias, Class, Function, Module, read};

/// What is known of every library file.
#[derive(Debug, Default)]
pub struct Index {
    /// By the chunk name Lua reports for the file.
    files: Vec<(String, Module)>,
}

impl Index {
    /// For values that need no documentation to be shown.
    pub const EMPTY: Self = Self { files: Vec::new() };

    /// Reads the files given as (chunk name, module name, source).
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Self {
        let file = |(chunk, module, source): (&str, &str, &str)| {
            (
                chunk.trim_start_matches(['@', '=']).to_owned(),
                read(module, source),
            )
        };
        Self {
            files: files.into_iter().map(file).collect(),
        }
    }

    /// Tells which functions are global, and under what name: (`expect`, `expect:expect`). Their paths become those
    /// names, as users write them.
    pub fn globals(mut self, names: &[(String, String)]) -> Self {
        let homes = names.iter().filter_map(|(name, home)| {
            let (module, field) = home.split_once(':')?;
            Some((name, module, format!("{module}.{field}")))
        });
        for (name, module, path) in homes {
            let files = self.files.iter_mut().filter(|(_, m)| m.name == module);
            let functions = files.flat_map(|(_, m)| &mut m.functions);
            for function in functions.filter(|f| f.path == path) {
                function.path.clone_from(name);
            }
        }
        self
    }

    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.files.iter().map(|(_, module)| module)
    }

    /// Every public function, in the order of files and lines.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.modules().flat_map(Module::public)
    }

    /// The function whose head stands on this line of this chunk.
    pub fn at(&self, chunk: &str, line: usize) -> Option<&Function> {
        let chunk = chunk.trim_start_matches(['@', '=']);
        let (_, module) = self.files.iter().find(|(name, _)| name == chunk)?;
        module.functions.iter().find(|f| f.line == line)
    }

    pub fn function(&self, path: &str) -> Option<&Function> {
        self.functions().find(|f| f.path == path)
    }

    pub fn module(&self, name: &str) -> Option<&Module> {
        self.modules().find(|m| m.name == name)
    }

    pub fn class(&self, name: &str) -> Option<&Class> {
        self.modules()
            .flat_map(|m| &m.classes)
            .find(|c| c.name == name)
    }

    pub fn alias(&self, name: &str) -> Option<&Alias> {
        self.modules()
            .flat_map(|m| &m.aliases)
            .find(|a| a.name == name)
    }

    /// The text of a table inside a module, `smd.component`.
    pub fn group(&self, path: &str) -> Option<&str> {
        let mut groups = self.modules().flat_map(|m| &m.groups);
        groups.find(|(p, _)| p == path).map(|(_, text)| &**text)
    }

    /// The smallest class that has fields of all these names; of equals the one read first.
    pub fn class_of<S: AsRef<str>>(&self, names: &[S]) -> Option<&Class> {
        let has = |class: &Class, name: &str| class.fields.iter().any(|f| f.key() == name);
        self.modules()
            .flat_map(|m| &m.classes)
            .filter(|class| !names.is_empty() && names.iter().all(|n| has(class, n.as_ref())))
            .min_by_key(|class| class.fields.len())
    }

    /// The order of a record's keys, as places in `names`: that of its class, without one that of the alphabet. A Lua
    /// table forgets the order of the wire, its class remembers it.
    pub fn order<S: AsRef<str>>(&self, names: &[S]) -> Vec<usize> {
        let class = self.class_of(names);
        let rank = |key: &str| class.and_then(|c| c.fields.iter().position(|f| f.key() == key));
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_cached_key(|&at| {
            let name = names[at].as_ref();
            (rank(name), name.to_lowercase(), name.to_owned())
        });
        order
    }
}
