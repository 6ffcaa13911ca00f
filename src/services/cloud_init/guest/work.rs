//! The work on one node: the guest as it becomes, its configuration, and what is said meanwhile.
use super::{
    Inputs, image, modules,
    types::{File, Group, Guest, User},
};
use crate::services::cloud_init::{document, instance::Instance};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// The version whose behaviour is followed.
const VERSION: &str = "22.4.2";

pub(super) struct Work {
    pub(super) guest: Guest,
    pub(super) config: Map<String, Value>,
    pub(super) instance: Instance,
    pub(super) meta_data: Map<String, Value>,
    console: Vec<String>,
    datasource: String,
}

impl Work {
    pub(super) fn new(inputs: &Inputs) -> Self {
        let guest = image::boot(inputs.cmdline, inputs.kernel);
        Self {
            instance: Instance::of_meta_data(&Value::Null, &Map::new()),
            meta_data: Map::new(),
            config: Map::new(),
            console: Vec::new(),
            datasource: inputs.datasource.to_owned(),
            guest,
        }
        .with_meta_data(inputs)
    }

    fn with_meta_data(mut self, inputs: &Inputs) -> Self {
        let read = document::read(inputs.meta_data).map(|node| node.json());
        let mut served = match read {
            Ok(Value::Object(map)) => map,
            Ok(Value::Null) => Map::new(),
            Ok(_) => {
                self.note("meta-data: it is no mapping, and counts as empty".to_owned());
                Map::new()
            }
            Err(fault) => {
                let line = fault.place.line;
                self.note(format!(
                    "meta-data: line {line} is not YAML: {}; it counts as empty",
                    fault.message
                ));
                Map::new()
            }
        };
        served.insert("seedfrom".to_owned(), json!(inputs.datasource));
        served.insert("dsmode".to_owned(), json!("net"));
        let served = Value::Object(served);
        self.instance = Instance::of_meta_data(&served, &image::facts(&self.guest));
        if let Value::Object(map) = served {
            self.meta_data = map;
        }
        let id = self.instance.data["v1"]["instance_id"].as_str();
        id.unwrap_or_default()
            .clone_into(&mut self.guest.instance_id);
        self
    }

    /// Before anything is configured: no seed on a disk is found, and the name comes from the meta-data alone, whatever
    /// the configuration will say about it.
    pub(super) fn local(&mut self) {
        self.stage("init-local");
        self.stage("init");
        self.config = image::config();
        // What the image says about names is in order.
        _ = modules::first_name(self);
    }

    fn stage(&mut self, name: &str) {
        self.say(format!("Cloud-init v. {VERSION} running '{name}'"));
    }

    pub(super) fn modules(&mut self) {
        for (stage, names) in modules::STAGES {
            if *stage != "init" {
                self.stage(&format!("modules:{stage}"));
            }
            for (name, module) in *names {
                if let Err(why) = module(self) {
                    self.guest.failed.push((*name).to_owned());
                    let file = name.replace('-', "_");
                    self.warn(
                        "util.py",
                        &format!(
                            "Running module {name} (<module 'cloudinit.config.cc_{file}' from \
                         '/usr/lib/python3.9/site-packages/cloudinit/config/cc_{file}.py'>) failed"
                        ),
                    );
                    self.note(format!("module {name} failed: {why}"));
                }
            }
        }
    }

    pub(super) fn finish(mut self) -> (Guest, Vec<String>) {
        modules::unknown_keys(&mut self);
        let seed = format!("cmdline,{}", self.datasource);
        self.say(format!(
            "Cloud-init v. {VERSION} finished. Datasource DataSourceNoCloudNet [seed={seed}][dsmode=net]."
        ));
        (self.guest, self.console)
    }

    /// A line of the console.
    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.console.push(line.into());
    }

    /// A warning as cloud-init's log prints it on the console.
    pub(super) fn warn(&mut self, file: &str, message: &str) {
        self.say(format!("{file}[WARNING]: {message}"));
    }

    /// Something to know that is no harm.
    pub(super) fn note(&mut self, note: String) {
        once(&mut self.guest.notes, note);
    }

    /// A part of the configuration that did not come to be.
    pub(super) fn broken(&mut self, what: String) {
        once(&mut self.guest.broken, what);
    }

    /// The value of a key that is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.config.get(key).filter(|it| !it.is_null()).cloned()
    }
}

fn once(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

impl Guest {
    /// Any account of the node, the image's among them.
    pub(super) fn account(&self, name: &str) -> Option<User> {
        let own = self.user(name).cloned();
        own.or_else(|| image::accounts().find(|user| user.name == name))
    }

    pub(super) fn accounts(&self) -> Vec<User> {
        let shadowed = |user: &User| self.user(&user.name).is_none();
        let mut all: Vec<User> = image::accounts().filter(shadowed).collect();
        all.extend(self.users.iter().cloned());
        all.sort_by_key(|user| (user.uid >= 1000, user.uid));
        all
    }

    /// Any group of the node, with all its members.
    pub(super) fn any_group(&self, name: &str) -> Option<Group> {
        self.all_groups().into_iter().find(|it| it.name == name)
    }

    pub(super) fn all_groups(&self) -> Vec<Group> {
        let mut all: Vec<Group> = image::groups()
            .filter(|it| self.group(&it.name).is_none())
            .collect();
        all.extend(self.groups.iter().cloned());
        // An account of the image that has a group of its own name.
        for user in &self.users {
            if !all.iter().any(|it| it.gid == user.gid) {
                all.push(Group {
                    name: user.name.clone(),
                    gid: user.gid,
                    members: Vec::new(),
                });
            }
        }
        for user in &self.users {
            for group in all.iter_mut().filter(|it| user.groups.contains(&it.name)) {
                if !group.members.contains(&user.name) {
                    group.members.push(user.name.clone());
                }
            }
        }
        all.sort_by_key(|group| group.gid);
        all
    }

    /// Writes a file, or replaces it; directories above it come to be.
    pub(super) fn write(&mut self, path: &str, bytes: &[u8], mode: u32) -> &mut File {
        self.make_directory(parent(path));
        let (content, encoding) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(_) => (STANDARD.encode(bytes), Some("b64".to_owned())),
        };
        let at = self.files.iter().position(|file| file.path == path);
        let at = at.unwrap_or_else(|| {
            self.files.push(File {
                path: path.to_owned(),
                owner: "root".to_owned(),
                group: "root".to_owned(),
                ..File::default()
            });
            self.files.len() - 1
        });
        let file = &mut self.files[at];
        (file.content, file.encoding) = (content, encoding);
        file.permissions = format!("{mode:04o}");
        file
    }

    /// A directory and those above it, as far as the image has them not.
    pub(super) fn make_directory(&mut self, path: &str) {
        let mut path = path;
        while !image::DIRECTORIES.contains(&path) && path.starts_with('/') {
            self.directories.insert(path.to_owned());
            path = parent(path);
        }
    }
}

impl File {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let packed = self
            .encoding
            .as_ref()
            .map(|_| STANDARD.decode(&self.content));
        match packed {
            Some(Ok(bytes)) => bytes,
            _ => self.content.clone().into_bytes(),
        }
    }
}

pub(super) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// A path without `.`, `..` and doubled slashes; a relative one stands below `/`, where cloud-init runs.
pub(super) fn absolute(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
