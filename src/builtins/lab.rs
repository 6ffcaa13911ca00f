//! The lab behind the session, for `lab.*`; on any other target each call says that there is none.
use super::Builtin;
use crate::{
    clock,
    fault::{Fault, Kind},
    lab::{Control, Lab, Order},
    lua::Natives,
};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "lab",
    natives: |n, context| {
        natives(n, &Target(context.lab.clone()));
    },
};

#[derive(Clone)]
struct Target(Option<Lab>);

impl Target {
    fn lab(self) -> Result<Control, Fault> {
        self.any().map(Control::new)
    }

    fn any(self) -> Result<Lab, Fault> {
        self.0.ok_or_else(|| {
            Fault::new(Kind::Unsupported, "this session's target is no lab")
                .hint("chami --lab=fresh gives a session on a lab of its own")
        })
    }
}

fn natives(n: &mut Natives, target: &Target) {
    n.at_home();
    kept(n, target);
    let lab = target.clone();
    n.read("status", move |(): ()| {
        let lab = lab.clone();
        async move { lab.lab()?.status().await }
    });
    let lab = target.clone();
    n.write("reset", move |(state,): (Option<String>,)| {
        let lab = lab.clone();
        async move { lab.lab()?.reset(state.as_deref()).await }
    });
    let lab = target.clone();
    n.read("time", move |(): ()| {
        let lab = lab.clone();
        async move { lab.lab()?.clock().await }
    });
    let lab = target.clone();
    n.write("advance", move |(span,): (String,)| {
        let lab = lab.clone();
        async move { lab.lab()?.advance(clock::duration(&span)?).await }
    });
    let lab = target.clone();
    n.read("token", move |(order,): (Option<Order>,)| {
        let lab = lab.clone();
        async move { lab.lab()?.token(&order.unwrap_or_default()).await }
    });
}

/// Snapshots, and the user's other labs.
fn kept(n: &mut Natives, target: &Target) {
    let lab = target.clone();
    n.write("snapshot", move |(name,): (String,)| {
        let lab = lab.clone();
        async move { lab.lab()?.snapshot(&name).await }
    });
    let lab = target.clone();
    n.write("restore", move |(name,): (String,)| {
        let lab = lab.clone();
        async move { lab.lab()?.restore(&name).await }
    });
    let lab = target.clone();
    n.read("snapshots", move |(): ()| {
        let lab = lab.clone();
        async move { lab.lab()?.snapshots().await }
    });
    let lab = target.clone();
    n.write("discard", move |(name,): (String,)| {
        let lab = lab.clone();
        async move { lab.lab()?.discard(&name).await }
    });
    let lab = target.clone();
    n.write("fork", move |(name,): (String,)| {
        let lab = lab.clone();
        async move { lab.lab()?.fork(&name).await }
    });
    let lab = target.clone();
    n.read("list", move |(): ()| {
        let lab = lab.clone();
        async move { lab.any()?.list() }
    });
    let lab = target.clone();
    n.write("remove", move |(name,): (String,)| {
        let lab = lab.clone();
        async move { lab.any()?.remove(&name) }
    });
    let lab = target.clone();
    n.read("diff", move |(name,): (Option<String>,)| {
        let lab = lab.clone();
        async move { lab.lab()?.diff(name.as_deref()).await }
    });
}
