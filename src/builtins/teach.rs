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
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "teach",
    natives,
};

/// So much of a body is told; a longer one is named.
const BODY: usize = 64 << 10;

struct Teacher {
    desk: Arc<Desk>,
    http: Http,
}

impl Watcher for Teacher {
    fn bodies(&self) -> usize {
        BODY
    }

    fn saw(&self, exchange: &Exchange) {
        self.desk.say(&format!(
            "  {}",
            curl::line(exchange, self.http.ca().as_deref())
        ));
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
        let teacher = Arc::new(Teacher {
            desk: Arc::clone(&desk),
            http: http.clone(),
        });
        *listening.borrow_mut() = Some(desk.listen(teacher));
        let (desk, twins) = (Arc::clone(&desk), twins());
        calls.tell(Some(Box::new(move |path, arguments| {
            for twin in twins.get(path).into_iter().flatten() {
                desk.say(&format!("  {}", twin::filled(twin, arguments)));
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
