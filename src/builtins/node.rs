//! The machines behind the nodes, for `node.*`: a lab's. Those of a real cluster are reached in Lua, through libvirt.
use super::Builtin;
use crate::{
    clock,
    fault::{Fault, Kind},
    lab::Control,
    lua::Natives,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "node",
    natives: |n, context| {
        n.at_home();
        n.value("on_lab", super::lab::control(context).is_some());
        let desk = std::sync::Arc::clone(&context.desk);
        n.sync("note", move |(text,): (String,)| {
            desk.say(&text);
            Ok(())
        });
        natives(n, super::lab::control(context).as_ref());
    },
};

/// What may be said about a boot.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    wait: Option<Wait>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "a span such as \"10m\", or seconds")]
enum Wait {
    Text(String),
    Seconds(f64),
}

/// What may be said about looking on.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Looks {
    #[serde(skip_serializing_if = "Option::is_none")]
    every: Option<Wait>,
}

/// What may be said about a picture of a boot.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Drawn {
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    form: Option<Form>,
}

/// Where the evidence of a boot is, if not where it usually is.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Where {
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    console: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Svg,
}

/// A time stamp as seconds since 1970, so that Lua can tell how far two are apart.
fn seconds(stamp: &str) -> Result<f64, Fault> {
    let moment: Timestamp = stamp.parse().map_err(|_| {
        Fault::bad_argument(format!("\"{stamp}\" is no time"))
            .hint("as \"2026-01-01T00:01:00Z\", which node.trace gives")
    })?;
    Ok(moment.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64())
}

/// The same, as the facade counts.
#[derive(Serialize)]
struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    wait: Option<f64>,
}

fn options(asked: Option<Asked>) -> Result<Options, Fault> {
    let wait = match asked.unwrap_or_default().wait {
        Some(Wait::Text(text)) => Some(clock::duration(&text)?.as_secs_f64()),
        Some(Wait::Seconds(seconds)) => Some(seconds),
        None => None,
    };
    Ok(Options { wait })
}

fn real(what: &str) -> Fault {
    let message = format!("{what}: this is for a lab's machines, and the target is a real cluster");
    Fault::new(Kind::Unsupported, message).hint(
        "on a node that is up: ssh root@ADDRESS COMMAND; virsh.console(DOMAIN) is the console of a virtual one",
    )
}

fn natives(n: &mut Natives, control: Option<&Control>) {
    n.sync("options", |(asked,): (Option<Asked>,)| options(asked));
    n.sync("watch_options", |(asked,): (Option<Looks>,)| {
        let looks = asked.unwrap_or_default();
        // A span that is none is said at once, even where there is nothing to look at twice.
        if let Some(Wait::Text(span)) = &looks.every {
            clock::duration(span)?;
        }
        Ok::<_, Fault>(looks)
    });
    n.sync("trace_options", |(asked,): (Option<Where>,)| {
        Ok::<_, Fault>(asked.unwrap_or_default())
    });
    n.sync("timeline_options", |(asked,): (Option<Drawn>,)| {
        Ok::<_, Fault>(asked.unwrap_or_default())
    });
    n.sync("seconds", |(stamp,): (String,)| seconds(&stamp));
    let its = control.cloned();
    n.read("machines", move |(call,): (String,)| {
        let its = its.clone().ok_or_else(|| real(&call));
        async move { its?.nodes().await }
    });
    let its = control.cloned();
    n.read("boots", move |(): ()| {
        let its = its.clone().ok_or_else(|| real("node.wrong"));
        async move { its?.boots().await }
    });
    let its = control.cloned();
    n.read("one", move |(name,): (String,)| {
        let its = its.clone().ok_or_else(|| real("node.trace"));
        async move { its?.node(&name).await }
    });
    let its = control.cloned();
    n.read("console", move |(name,): (String,)| {
        let its = its.clone().ok_or_else(|| real("node.console"));
        async move { its?.console(&name).await }
    });
    let its = control.cloned();
    n.read("run", move |(name, command): (String, String)| {
        let its = its.clone().ok_or_else(|| real("node.run"));
        async move { its?.run(&name, &command).await }
    });
}
