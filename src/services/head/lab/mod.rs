//! A lab's head node: a few directories and files, kernel parameters, and what a survey would find.
//!
//! It stands under the lab's control API, for a real head node has no wire that leads to this. Who works there is root.
//! What it does not know (a program's files, a parameter of which nothing depends here) it says by name.
mod survey;

use super::{
    store::{Node, Store},
    types::{BootFile, Call, Dress, Entry, Ids, is_conf, is_system, stays},
};
use crate::{
    fault::{Fault, Kind},
    services::site::{Front, Site, problem},
    table::Shelf,
};
use axum::{
    Router,
    body::Bytes,
    response::{IntoResponse as _, Response},
    routing::post,
};
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Who there is, and which groups.
const USERS: [(&str, u32); 3] = [("root", 0), ("rocky", 1000), ("nobody", 65534)];
const GROUPS: [(&str, u32); 5] = [
    ("root", 0),
    ("wheel", 10),
    ("kvm", 36),
    ("rocky", 1000),
    ("nobody", 65534),
];
/// The system's own directories: what is in them is not simulated, but for what `OPEN` names.
const SYSTEM: [&str; 11] = [
    "/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/run", "/sbin", "/sys", "/usr", "/var",
];
const OPEN: [&str; 4] = [
    "/etc/hosts",
    "/etc/openchami",
    "/etc/sysctl.conf",
    "/etc/sysctl.d",
];
/// The kernel's own word: nobody sets it.
const FIXED: [&str; 2] = ["kernel.osrelease", "kernel.ostype"];
/// One parameter under two names.
const ALIAS: (&str, &str) = ("net.ipv4.conf.all.forwarding", "net.ipv4.ip_forward");
const LARGEST: usize = 1 << 20;

struct Lab {
    shelf: Shelf<Store>,
}

/// The head node for a lab.
pub fn front(site: &Site) -> Front {
    let shelf = Shelf::new("head", Store::default(), Arc::clone(&site.journal));
    let lab = Arc::new(Lab {
        shelf: shelf.clone(),
    });
    let serve = move |bytes: Bytes| std::future::ready(serve(&lab, &bytes));
    Front {
        prefix: "",
        routes: Router::new(),
        aliases: Vec::new(),
        consoles: Vec::new(),
        control: Some(Router::new().route("/head", post(serve))),
        store: Arc::new(shelf),
    }
}

fn serve(lab: &Lab, bytes: &[u8]) -> Response {
    let told = match serde_json::from_slice::<Call>(bytes) {
        Ok(call) => lab.answer(call),
        Err(error) => {
            let message = format!("the lab's head node does not understand this: {error}");
            Err(Fault::bad_argument(message)
                .hint("{ \"call\": \"look\", \"arguments\": { \"paths\": [\"/data\"] } }"))
        }
    };
    match told {
        Ok(value) => axum::Json(value).into_response(),
        Err(fault) => problem(&fault),
    }
}

fn told<T: Serialize>(record: T) -> Result<Value, Fault> {
    serde_json::to_value(record).map_err(|e| Fault::internal(format!("a record: {e}")))
}

fn not_simulated(what: &str, hint: String) -> Fault {
    let message = format!("the lab's head node does not simulate {what}");
    Fault::new(Kind::Unsupported, message).hint(hint)
}

/// Whether a path is one that the lab keeps.
fn known(path: &str) -> Result<(), Fault> {
    let within = |dir: &str| {
        path == dir
            || path
                .strip_prefix(dir)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    let system = SYSTEM.iter().any(|dir| within(dir) && path != *dir);
    if !system || OPEN.iter().any(|open| within(open)) {
        return Ok(());
    }
    let hint = format!(
        "of the system it has {}; elsewhere, as in /opt, anything goes",
        OPEN.join(", ")
    );
    Err(not_simulated(path, hint))
}

fn number(all: &[(&str, u32)], name: &str) -> u32 {
    let its = all.iter().find(|(it, _)| *it == name);
    its.map_or_else(|| name.parse().unwrap_or_default(), |(_, id)| *id)
}

/// A user or group as it is kept: by name, where there is one of it.
fn named(all: &[(&str, u32)], sort: &str, asked: &str) -> Result<String, Fault> {
    let same = |(name, id): &&(&str, u32)| *name == asked || id.to_string() == asked;
    match all.iter().find(same) {
        Some((name, _)) => Ok((*name).to_owned()),
        None if asked.parse::<u32>().is_ok() => Ok(asked.to_owned()),
        None => Err(
            Fault::bad_argument(format!("the head node has no {sort} {asked}"))
                .did_you_mean(asked, all.iter().map(|(name, _)| *name)),
        ),
    }
}

/// The same of both, as far as they are said.
fn owners(
    owner: Option<String>,
    group: Option<String>,
) -> Result<(Option<String>, Option<String>), Fault> {
    let owner = owner.map(|it| named(&USERS, "user", &it)).transpose()?;
    let group = group.map(|it| named(&GROUPS, "group", &it)).transpose()?;
    Ok((owner, group))
}

fn who(owner: Option<&str>, group: Option<&str>) -> Result<Ids, Fault> {
    let (owner, group) = owners(owner.map(str::to_owned), group.map(str::to_owned))?;
    Ok(Ids {
        uid: owner.map(|it| number(&USERS, &it)),
        gid: group.map(|it| number(&GROUPS, &it)),
    })
}

impl Lab {
    fn answer(&self, call: Call) -> Result<Value, Fault> {
        match call {
            Call::Survey => told(self.survey()),
            Call::Look { paths, .. } => {
                let each: Result<Vec<_>, Fault> = paths.iter().map(|it| self.look(it)).collect();
                told(each?)
            }
            Call::Read { path } => {
                let (_, node) = self.there(&path)?;
                told(node.text.ok_or_else(|| is_dir(&path))?)
            }
            Call::Who { owner, group } => told(who(owner.as_deref(), group.as_deref())?),
            Call::Write { path, text, dress } => told(self.write(&path, text, dress)?),
            Call::Link { .. } => Err(not_simulated(
                "links",
                "a file or a directory of its own does as well".to_owned(),
            )),
            Call::Mkdir { path } => told(self.mkdir(&path)?),
            Call::Chown { path, owner, group } => told(self.chown(&path, owner, group)?),
            Call::Chmod { path, mode } => {
                told(self.change(&path, |node| node.mode.clone_from(&mode))?)
            }
            Call::BootFiles => told(self.boot_files()),
            Call::Remove { path } => told(self.remove(&path)?),
            Call::Sysctl { name } => told(self.sysctl(&name)?.1),
            Call::SetSysctl { name, value } => told(self.set_sysctl(&name, &value)?),
        }
    }

    fn node(&self, path: &str) -> Result<Option<Node>, Fault> {
        known(path)?;
        Ok(self.shelf.read(|store| store.node(path)))
    }

    fn there(&self, path: &str) -> Result<(String, Node), Fault> {
        let node = self.node(path)?;
        let node = node.ok_or_else(|| {
            Fault::not_found(format!("{path}: there is nothing on the head node"))
        })?;
        Ok((path.to_owned(), node))
    }

    fn look(&self, path: &str) -> Result<Option<Entry>, Fault> {
        let entry = |node: Node| Entry {
            path: path.to_owned(),
            kind: if node.text.is_some() {
                "file"
            } else {
                "directory"
            }
            .to_owned(),
            uid: number(&USERS, &node.owner),
            gid: number(&GROUPS, &node.group),
            owner: node.owner,
            group: node.group,
            mode: node.mode,
            target: None,
            real: None,
        };
        Ok(self.node(path)?.map(entry))
    }

    fn put(&self, path: &str, node: Node) -> Result<(), Fault> {
        self.shelf.write(|store| {
            store.put(path, node);
            Ok(())
        })
    }

    fn change(&self, path: &str, change: impl FnOnce(&mut Node)) -> Result<(), Fault> {
        let (path, mut node) = self.there(path)?;
        if is_system(&path) && node.text.is_none() {
            return Err(stays(&path));
        }
        change(&mut node);
        self.put(&path, node)
    }

    /// The directory it stands in must be one.
    fn in_a_directory(&self, path: &str) -> Result<(), Fault> {
        let parent = path.rsplit_once('/').map_or("/", |(parent, _)| parent);
        let parent = if parent.is_empty() { "/" } else { parent };
        match self.node(parent)? {
            Some(node) if node.text.is_none() => Ok(()),
            Some(_) => Err(Fault::new(
                Kind::Conflict,
                format!("{parent} is no directory"),
            )),
            None => Err(
                Fault::not_found(format!("{path}: its directory is not there"))
                    .hint("head.dir makes it"),
            ),
        }
    }

    fn write(&self, path: &str, text: String, dress: Dress) -> Result<(), Fault> {
        if text.len() > LARGEST {
            let message = format!("{path}: the lab's head node keeps no file larger than 1 MiB");
            return Err(Fault::new(Kind::Refused, message));
        }
        self.in_a_directory(path)?;
        let old = self.node(path)?;
        if old.as_ref().is_some_and(|node| node.text.is_none()) {
            return Err(is_dir(path));
        }
        let fresh = || Node {
            mode: "0644".to_owned(),
            ..by_root()
        };
        let (owner, group) = owners(dress.owner, dress.group)?;
        let old = old.unwrap_or_else(fresh);
        let node = Node {
            text: Some(text),
            owner: owner.unwrap_or(old.owner),
            group: group.unwrap_or(old.group),
            mode: dress.mode.unwrap_or(old.mode),
            gone: false,
        };
        self.put(path, node)
    }

    fn mkdir(&self, path: &str) -> Result<(), Fault> {
        self.in_a_directory(path)?;
        match self.node(path)? {
            None => self.put(path, by_root()),
            Some(_) => Ok(()),
        }
    }

    fn chown(&self, path: &str, owner: Option<String>, group: Option<String>) -> Result<(), Fault> {
        let (owner, group) = owners(owner, group)?;
        self.change(path, |node| {
            node.owner = owner.unwrap_or_else(|| std::mem::take(&mut node.owner));
            node.group = group.unwrap_or_else(|| std::mem::take(&mut node.group));
        })
    }

    fn remove(&self, path: &str) -> Result<(), Fault> {
        if is_system(path) {
            return Err(stays(path));
        }
        let (path, _) = self.there(path)?;
        self.shelf.write(|store| {
            if store.holds(&path) {
                let fault = Fault::new(Kind::Conflict, format!("{path} is not empty"));
                return Err(fault.hint(
                    "only an empty directory is removed; what is in it you remove yourself",
                ));
            }
            store.remove(&path);
            Ok(())
        })
    }

    /// A parameter under the name it is kept by, and its value.
    fn sysctl(&self, name: &str) -> Result<(String, String), Fault> {
        let name = if name == ALIAS.0 { ALIAS.1 } else { name }.to_owned();
        if let Some(value) = self.shelf.read(|store| store.sysctl(&name)) {
            return Ok((name, value));
        }
        let known = Store::delivered_sysctls();
        let hint = match crate::fault::nearest(&name, known.keys().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!(
                "it knows {}",
                known.into_keys().collect::<Vec<_>>().join(", ")
            ),
        };
        Err(not_simulated(&name, hint))
    }

    /// As on Enterprise Linux 9: of its directory by their names, and sysctl.conf under the name 99-sysctl.conf.
    fn boot_files(&self) -> Vec<BootFile> {
        let mut found = self.shelf.read(|store| store.texts("/etc/sysctl.d/"));
        found.retain(|path, _| is_conf(path));
        let conf = "/etc/sysctl.conf".to_owned();
        let linked = self.shelf.read(|store| store.node(&conf));
        let linked = linked.and_then(|node| node.text).unwrap_or_default();
        let mut files: BTreeMap<String, (String, String)> = found
            .into_iter()
            .map(|(path, text)| (path.clone(), (path, text)))
            .collect();
        let name = "/etc/sysctl.d/99-sysctl.conf".to_owned();
        files.entry(name).or_insert((conf, linked));
        let file = |(path, (real, text))| BootFile { path, real, text };
        files.into_iter().map(file).collect()
    }

    fn set_sysctl(&self, name: &str, value: &str) -> Result<(), Fault> {
        let (name, _) = self.sysctl(name)?;
        let text = name.starts_with("kernel.");
        if FIXED.contains(&name.as_str()) || (!text && value.parse::<i64>().is_err()) {
            let message = format!("the kernel does not take {name}={value}");
            return Err(Fault::new(Kind::Refused, message)
                .hint(format!("head.sysctl({name:?}) shows what it is now")));
        }
        self.shelf.write(|store| {
            store.set_sysctl(&name, value);
            Ok(())
        })
    }
}

fn by_root() -> Node {
    Node {
        owner: "root".to_owned(),
        group: "root".to_owned(),
        mode: "0755".to_owned(),
        text: None,
        gone: false,
    }
}

fn is_dir(path: &str) -> Fault {
    Fault::new(Kind::Conflict, format!("{path} is a directory"))
}
