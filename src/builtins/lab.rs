//! The lab behind the session, for `lab.*`; on any other target each call says that there is none.
use super::{Builtin, Context};
use crate::{
    call, clock,
    fault::{Fault, Kind},
    lab::{BootstrapOrder, Control, Lab, Order, Shown, Stored},
    lua::Natives,
};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "lab",
    natives: |n, context| {
        let lab = context.lab.clone();
        let control = control(context);
        natives(n, &Target { control, lab });
    },
};

/// What drives the session's lab: its own, or that of which a tape was recorded.
pub(super) fn control(context: &Context) -> Option<Control> {
    let options = context.http.options();
    match &context.lab {
        Some(lab) => Some(Control::watched(lab.clone(), options.watch.clone())),
        None => options
            .play
            .as_ref()
            .map(|_| Control::over(context.http.clone())),
    }
}

#[derive(Clone)]
struct Target {
    /// A lab's, or a tape's of one.
    control: Option<Control>,
    lab: Option<Lab>,
}

impl Target {
    fn lab(self) -> Result<Control, Fault> {
        self.control.ok_or_else(none)
    }

    /// For what is asked of no lab in particular.
    fn any(self) -> Result<Lab, Fault> {
        self.lab.ok_or_else(none)
    }
}

fn none() -> Fault {
    Fault::new(Kind::Unsupported, "this session's target is no lab")
        .hint("chami --lab=fresh gives a session on a lab of its own")
}

fn natives(n: &mut Natives, target: &Target) {
    n.at_home();
    kept(n, target);
    machines(n, target);
    page(n, target);
    watch(n, target);
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
    let lab = target.clone();
    n.write("bootstrap_token", move |(order,): (BootstrapOrder,)| {
        let lab = lab.clone();
        async move { lab.lab()?.bootstrap_token(&order).await }
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

/// What happens, told while one works.
fn watch(n: &mut Natives, target: &Target) {
    let (lab, voice) = (target.clone(), n.voice());
    n.read("watch", move |(names,): (Option<Vec<String>>,)| {
        let (lab, voice) = (lab.clone(), voice.clone());
        async move {
            let speaker = voice.speak();
            let say = Box::new(move |line: &str| speaker.say(line));
            lab.lab()?.listen(names.as_deref(), say).await
        }
    });
    let lab = target.clone();
    n.sync("hush", move |(): ()| Ok(lab.clone().lab()?.hush()));
}

/// The page that shows the machines to a room.
fn page(n: &mut Natives, target: &Target) {
    let lab = target.clone();
    n.read("page", move |(): ()| {
        let lab = lab.clone();
        async move { lab.lab()?.page().await }
    });
    let lab = target.clone();
    n.read("show", move |(shown,): (Shown,)| {
        let lab = lab.clone();
        async move { lab.lab()?.show(&shown).await }
    });
}

/// The machines, what they boot from, their DHCP server, and what is wrong with the head node.
fn machines(n: &mut Natives, target: &Target) {
    let lab = target.clone();
    n.write("power", move |(nodes, action): (Vec<String>, String)| {
        let lab = lab.clone();
        async move {
            call::concerns(nodes.len())?;
            lab.lab()?.power(&nodes, &action).await
        }
    });
    let lab = target.clone();
    n.read("conditions", move |(): ()| {
        let lab = lab.clone();
        async move { lab.lab()?.conditions().await }
    });
    let lab = target.clone();
    n.write("condition", move |(name, on): (String, bool)| {
        let lab = lab.clone();
        async move { lab.lab()?.condition(&name, on).await }
    });
    let lab = target.clone();
    n.read("artifacts", move |(): ()| {
        let lab = lab.clone();
        async move { lab.lab()?.artifacts().await }
    });
    let lab = target.clone();
    n.write("artifact_put", move |(artifact,): (Stored,)| {
        let lab = lab.clone();
        async move { lab.lab()?.put_artifact(&artifact).await }
    });
    let lab = target.clone();
    n.write("artifact_delete", move |(path,): (String,)| {
        let lab = lab.clone();
        async move { lab.lab()?.delete_artifact(&path).await }
    });
    let lab = target.clone();
    n.read("dhcp", move |(): ()| {
        let lab = lab.clone();
        async move { lab.lab()?.dhcp().await }
    });
    let lab = target.clone();
    n.write("dhcp_set", move |(config,): (Option<String>,)| {
        let lab = lab.clone();
        async move { lab.lab()?.set_dhcp(config.as_deref()).await }
    });
}
