//! ochami's configuration files, for `config.*`. What is read and what a change makes is decided in `crate::config`; here
//! the file is written, in one step or not at all.
use super::{
    Builtin,
    fs::{off, touch, write},
};
use crate::{
    config::{Change, Record, Session, Setting, Which},
    fault::Fault,
    journal::Touch,
    lua::Natives,
};
use serde_json::Value;
use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "config",
    natives: |n, context| {
        let session = &context.session;
        n.at_home();
        reads(n, session);
        writes(n, session);
    },
};

/// Declares natives that have the session: `read`, its name, its arguments, what it answers. A `change` has a name for the
/// last of its arguments, which says what file it goes into.
macro_rules! natives {
    ($n:ident, $session:ident; $(read $name:literal |$s:ident, ($($arg:ident: $type:ty),*)| $body:expr)*) => {
        $({
            let session = Arc::clone($session);
            $n.read($name, move |($($arg,)*): ($($type,)*)| {
                let $s = Arc::clone(&session);
                off(move || $body)
            });
        })*
    };
    ($n:ident, $session:ident, $place:ident; $(change $name:literal |$s:ident, ($($arg:ident: $type:ty),*)| $body:expr)*) => {
        $({
            let (session, its) = (Arc::clone($session), Arc::clone($session));
            #[allow(unused_variables)] // a scope needs the place alone
            let scope = move |($($arg,)*): &($($type,)*)| written(&its, *$place);
            $n.change($name, scope, move |($($arg,)*): ($($type,)*)| {
                let $s = Arc::clone(&session);
                off(move || $body)
            });
        })*
    };
}

type Where = Option<Which>;

fn reads(n: &mut Natives, session: &Arc<Session>) {
    natives! { n, session;
        read "show" |s, (key: Option<String>, place: Where)| s.show(key.as_deref(), place.unwrap_or_default())
        read "get" |s, (key: String, place: Where)| s.get(&key, place.unwrap_or_default())
        read "cluster_list" |s, (place: Where)| s.clusters(place.unwrap_or_default())
        read "cluster_get" |s, (name: String, place: Where)| s.cluster(&name, place.unwrap_or_default())
        read "cluster_show" |s, (name: String, key: Option<String>, place: Where)| {
            s.cluster_show(&name, key.as_deref(), place.unwrap_or_default())
        }
    }
}

/// The file that is written, and the directories that are made for it.
fn written(session: &Session, place: Where) -> Vec<Touch> {
    // Where that makes no sense, the change itself says so.
    let path = session.files.writing(place.unwrap_or_default());
    path.map(touch).into_iter().collect()
}

fn writes(n: &mut Natives, session: &Arc<Session>) {
    n.house("fs");
    natives! { n, session, place;
        change "set" |s, (key: String, value: Value, place: Where)| {
            global(&s, place, |which| s.set(&key, &value, which))
        }
        change "unset" |s, (key: String, place: Where)| global(&s, place, |which| s.unset(&key, which))
        change "cluster_set" |s, (name: String, fields: Record, place: Where)| {
            cluster(&s, place, |which| s.cluster_set(&name, &fields, which))
        }
        change "cluster_unset" |s, (name: String, key: String, place: Where)| {
            cluster(&s, place, |which| s.cluster_unset(&name, &key, which))
        }
        change "cluster_delete" |s, (name: String, place: Where)| {
            let change = commit(&s, place, |which| s.cluster_delete(&name, which))?;
            Ok(s.noted(change.done, &change.path))
        }
    }
}

fn global(
    session: &Session,
    place: Where,
    work: impl FnOnce(Which) -> Result<Change<Setting>, Fault>,
) -> Result<Setting, Fault> {
    let change = commit(session, place, work)?;
    let changed = change.old != change.new;
    session.told(&change.path, change.done, changed)
}

fn cluster(
    session: &Session,
    place: Where,
    work: impl FnOnce(Which) -> Result<Change<String>, Fault>,
) -> Result<Record, Fault> {
    let change = commit(session, place, work)?;
    session.cluster_told(&change.path, &change.done)
}

/// Makes a change and writes it, while no other chami does.
fn commit<T>(
    session: &Session,
    place: Where,
    work: impl FnOnce(Which) -> Result<Change<T>, Fault>,
) -> Result<Change<T>, Fault> {
    let which = place.unwrap_or_default();
    let path = session.files.writing(which)?;
    let _lock = path.parent().and_then(locked);
    let change = work(which)?;
    if change.old != change.new {
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(|e| beyond(dir, &e))?;
        }
        write::replace(path, change.new.as_bytes())?;
    }
    Ok(change)
}

/// Holds the directory until it is dropped. Where that cannot be had (no directory yet, a file system without locks) the
/// write goes on: it is whole in any case, only the last of two at once wins.
fn locked(dir: &Path) -> Option<File> {
    let dir = File::open(dir).ok()?;
    dir.lock().ok()?;
    Some(dir)
}

fn beyond(dir: &Path, error: &std::io::Error) -> Fault {
    Fault::io(dir, error).hint("the directory could not be made; chami -c FILE uses another file")
}
