//! Networks of the twin, and what is plugged into them.
use super::{
    Stand, twin,
    twin::{define, done, dumpxml, named, of, refused, start},
};
use crate::{
    fault::Kind,
    services::libvirt::{
        types::{Call, Dominfo, NetInfo},
        xml::install,
    },
};
use serde_json::Value;

fn net_start(network: String) -> Call {
    Call::NetStart { network }
}

fn net_undefine(network: String) -> Call {
    Call::NetUndefine { network }
}

#[tokio::test]
async fn a_network_that_is_down_keeps_a_machine_from_starting() {
    let at = twin(&Stand::new()).await;
    let network = || named("openchami-net");
    let down = Call::NetDestroy { network: network() };
    let info: NetInfo = done(&at, down).await;
    assert!(!info.active && info.autostart);
    let fault = refused(&at, of(start, "compute1")).await;
    assert_eq!(
        fault.hint.as_deref(),
        Some("virsh.net_start \"openchami-net\"")
    );
    let (name, inactive) = (network(), true);
    let xml: String = done(
        &at,
        Call::NetDumpxml {
            network: name,
            inactive,
        },
    )
    .await;
    done::<Value>(&at, net_undefine(network())).await;
    let fault = refused(&at, of(start, "compute1")).await;
    assert_eq!(fault.kind, Kind::NotFound);
    done::<Value>(&at, Call::NetDefine { xml }).await;
    done::<Value>(&at, net_start(network())).await;
    done::<Value>(&at, of(start, "compute1")).await;
    let fault = refused(&at, net_undefine(network())).await;
    assert_eq!(fault.kind, Kind::Conflict);
}

#[tokio::test]
async fn on_another_network_a_machine_starts_and_hears_nobody() {
    let at = twin(&Stand::new()).await;
    let xml = named("<network><name>other</name></network>");
    done::<Value>(&at, Call::NetDefine { xml }).await;
    done::<Value>(&at, of(net_start, "other")).await;
    let xml: String = done(&at, of(dumpxml, "compute2")).await;
    let xml = xml.replace("network='openchami-net'", "network='other'");
    done::<Value>(&at, define(xml)).await;
    let started: Dominfo = done(&at, of(start, "compute2")).await;
    assert_eq!(started.state, "running");
}

#[tokio::test]
async fn no_two_networks_have_one_bridge_or_run_on_one_address() {
    let at = twin(&Stand::new()).await;
    let network = |name: &str, bridge: &str, ip: &str| Call::NetDefine {
        xml: format!(
            "<network><name>{name}</name><bridge name='{bridge}'/><ip address='{ip}' prefix='24'/></network>"
        ),
    };
    let fault = refused(&at, network("other", "virbr-openchami", "10.0.0.1")).await;
    assert_eq!(fault.kind, Kind::Conflict);
    assert!(fault.message.contains("openchami-net"), "{}", fault.message);
    done::<Value>(&at, network("other", "br7", "172.16.0.1")).await;
    let fault = refused(&at, of(net_start, "other")).await;
    assert_eq!(
        fault.hint.as_deref(),
        Some("another <ip address='…'/>, or virsh.net_destroy \"openchami-net\" first")
    );
    done::<Value>(&at, network("other", "br7", "10.0.0.1")).await;
    done::<Value>(&at, of(net_start, "other")).await;
    // Whoever asks the twin itself is told as well.
    let xml = named("<network><name>odd</name><ip address='172.16.0.2544'/></network>");
    let fault = refused(&at, Call::NetDefine { xml }).await;
    assert_eq!(fault.kind, Kind::BadArgument);
}

#[tokio::test]
async fn an_order_that_cannot_start_leaves_the_room_free() {
    let at = twin(&Stand::new()).await;
    let mut order = install::Order {
        name: named("login"),
        network: Some(named("opnchami-net")),
        ..install::Order::default()
    };
    let fault = at.install(&order).await.expect_err("no such network");
    assert_eq!(fault.kind, Kind::NotFound);
    assert!(
        fault.message.starts_with("login cannot start, and nothing"),
        "{}",
        fault.message
    );
    order.network = Some(named("openchami-net"));
    order.mac = Some(named("52:54:00:BE:EF:02"));
    let fault = at.install(&order).await.expect_err("compute2's");
    assert!(
        fault.message.contains("compute2's already"),
        "{}",
        fault.message
    );
    order.mac = Some(named("52:54:00:be:ef:f0"));
    at.install(&order).await.expect("the order is mended");
    let macs = at.macs().await.expect("told");
    assert!(macs.contains(&(named("login"), vec![named("52:54:00:be:ef:f0")])));
    assert!(macs.contains(&(named("compute1"), vec![named("52:54:00:be:ef:01")])));
}

/// Both find the room free before either defines; whoever is later is refused, and takes nothing of the other's.
#[tokio::test]
async fn of_two_who_install_one_name_one_has_it() {
    let at = twin(&Stand::new()).await;
    let order = install::Order {
        name: named("login"),
        network: Some(named("openchami-net")),
        ..install::Order::default()
    };
    let both = tokio::join!(at.install(&order), at.install(&order));
    let (first, second) = match both {
        (Ok(first), Err(second)) | (Err(second), Ok(first)) => (first, second),
        both => panic!("{both:?}"),
    };
    assert_eq!(
        (first.state.as_str(), second.kind),
        ("running", Kind::Conflict)
    );
    let message = second.message;
    assert!(message.starts_with("there is a domain login"), "{message}");
    let info: Dominfo = done(&at, of(|domain| Call::Dominfo { domain }, "login")).await;
    assert_eq!((info.state.as_str(), info.uuid), ("running", first.uuid));
}

#[tokio::test]
async fn a_machine_on_a_bridge_needs_one_that_is_there() {
    let at = twin(&Stand::new()).await;
    let xml: String = done(&at, of(dumpxml, "compute2")).await;
    let on = |bridge: &str| {
        let card = format!("<interface type='bridge'><source bridge='{bridge}'/>");
        let old = "<interface type='network'>\n      <mac address='52:54:00:be:ef:02'/>\n      <source network='openchami-net'/>";
        assert!(xml.contains(old), "{xml}");
        define(xml.replace(old, &card))
    };
    done::<Value>(&at, on("br7")).await;
    let fault = refused(&at, of(start, "compute2")).await;
    assert!(fault.message.contains("no bridge br7"), "{}", fault.message);
    done::<Value>(&at, on("virbr-openchami")).await;
    done::<Value>(&at, of(start, "compute2")).await;
}
