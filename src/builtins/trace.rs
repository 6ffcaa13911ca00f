//! `trace`: lists what one function asks of the services.
use super::{Builtin, Context};
use crate::lua::Natives;
use std::{sync::Arc, time::Instant};

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
    let begun = Instant::now();
    n.sync("wall", move |(): ()| Ok(begun.elapsed().as_secs_f64()));
    n.sync("took", |(seconds, requests): (f64, u64)| {
        Ok(took(seconds, requests))
    });
}

fn took(seconds: f64, requests: u64) -> String {
    let time = if seconds < 1.0 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    };
    match requests {
        0 => format!("{time}, no request"),
        1 => format!("{time}, 1 request"),
        many => format!("{time}, {many} requests"),
    }
}
