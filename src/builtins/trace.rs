//! `trace`: lists what one function asks of the services.
use super::{Builtin, Context};
use crate::lua::Natives;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "trace",
    natives,
};

fn natives(n: &mut Natives, context: &Context) {
    let (desk, scope) = (Arc::clone(&context.desk), n.scope());
    n.sync("open", move |(): ()| {
        let number = desk.open(scope.get());
        scope.set(number);
        Ok(number)
    });
    let (desk, scope) = (Arc::clone(&context.desk), n.scope());
    n.sync("close", move |(number, told): (u64, bool)| {
        let (around, rows) = desk.close(number, told);
        scope.set(around);
        Ok(rows)
    });
}
