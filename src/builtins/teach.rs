//! `teach`: says what each call is in the words of other tools.
//!
//! The command that a call replaces is told when it begins, its requests as lines of `curl` when they have been answered.
mod curl;
mod twin;

use super::{Builtin, Context};
use crate::{
    http::{Exchange, Http, Watcher},
    lua::{Natives, library},
    tape::Desk,
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    mem,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "teach",
    natives,
};

/// So much of a body is told; a longer one is named.
const BODY: usize = 64 << 10;

struct Teacher {
    desk: Arc<Desk>,
    http: Http,
    /// The command that was told last: done as it stands there it need not be told again.
    last: Arc<Mutex<String>>,
}

impl Watcher for Teacher {
    fn bodies(&self) -> usize {
        BODY
    }

    fn saw(&self, exchange: &Exchange) {
        let Some(line) = curl::line(exchange, self.http.ca().as_deref()) else {
            return;
        };
        let done = line.strip_suffix("  # ok");
        let last = mem::take(&mut *self.last.lock().unwrap_or_else(PoisonError::into_inner));
        if done != Some(&last) {
            self.desk.say(&format!("  {line}"));
        }
    }
}

fn natives(n: &mut Natives, context: &Context) {
    let (desk, http, calls) = (Arc::clone(&context.desk), context.http.clone(), n.calls());
    let listening = Rc::new(RefCell::new(None));
    n.sync("teach", move |(on,): (bool,)| {
        if let Some(number) = listening.borrow_mut().take() {
            desk.deafen(number);
        }
        if !on {
            calls.tell(None);
            return Ok(false);
        }
        let last = Arc::<Mutex<String>>::default();
        let teacher = Arc::new(Teacher {
            desk: Arc::clone(&desk),
            http: http.clone(),
            last: Arc::clone(&last),
        });
        *listening.borrow_mut() = Some(desk.listen(teacher));
        let (desk, twins) = (Arc::clone(&desk), twins());
        calls.tell(Some(Box::new(move |path, arguments| {
            for twin in twins.get(path).into_iter().flatten() {
                let told = twin::filled(path, twin, arguments);
                desk.say(&format!("  {told}"));
                *last.lock().unwrap_or_else(PoisonError::into_inner) = told;
            }
        })));
        Ok(true)
    });
}

/// The commands that functions replace, as their documentation names them.
fn twins() -> BTreeMap<String, Vec<String>> {
    let index = library::index();
    let functions = index.functions().filter(|it| !it.shell.is_empty());
    functions
        .map(|it| (it.path.clone(), it.shell.clone()))
        .collect()
}
