//! The client's promises, kept by the lab; and by a real SMD, when `CHAMI_REAL_SMD` names the URL of one that may be
//! emptied (`-- --test-threads=1` then, for there is only one).
mod component;
mod endpoint;
mod group;
mod hardware;
mod interface;
mod lock;
mod partition;

use crate::{
    clock::Wall,
    fault::{Fault, Kind},
    http::{Base, Http},
    services::{
        site::{NoSigner, NoTimer, Open, Site, Sound},
        smd::{
            client::{Client, Filter},
            lab,
            types::Component,
        },
    },
    table::Forget,
};
use serde_json::{Value, json};
use std::{env, sync::Arc};
use tokio::net::TcpListener;

/// The gateway of a fresh lab that houses SMD alone.
async fn lab() -> String {
    let front = lab::front(&Site {
        clock: Arc::new(Wall),
        journal: Arc::new(Forget),
        timer: Arc::new(NoTimer),
        peers: Arc::default(),
        guard: Arc::new(Open),
        signer: Arc::new(NoSigner),
        ailments: Arc::new(Sound),
        rack: Arc::new(crate::services::rack::NoRack),
        seed: 1,
    });
    let routes = axum::Router::new().nest(front.prefix, front.routes);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

/// A client of an empty SMD.
pub(super) async fn smd() -> Client {
    let url = match env::var("CHAMI_REAL_SMD") {
        Ok(url) => url,
        Err(_) => lab().await,
    };
    let base = Base {
        url,
        ..Base::default()
    };
    let smd = Client::new(&Http::at(base));
    let groups = smd.groups(&Filter::default()).await.expect("groups");
    let labels = groups.into_iter().map(|group| group.label).collect();
    smd.delete_groups(labels).await.expect("no groups");
    let partitions = smd.partitions(&Filter::default()).await;
    let names = partitions.expect("partitions").into_iter();
    let names = names.map(|partition| partition.name).collect();
    smd.delete_partitions(names).await.expect("no partitions");
    smd.delete_all_interfaces().await.expect("no interfaces");
    smd.delete_all_endpoints().await.expect("no endpoints");
    smd.delete_all_component_endpoints()
        .await
        .expect("none behind them");
    smd.delete_all_components().await.expect("no components");
    smd
}

/// The n-th node of a chassis.
fn node(n: usize) -> String {
    format!("x1000c0s0b{n}n0")
}

fn component(value: Value) -> Component {
    serde_json::from_value(value).expect("a component")
}

fn filter(value: Value) -> Filter {
    serde_json::from_value(value).expect("a filter")
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// An SMD that knows these nodes by their numbers, all of them on.
async fn smd_with(nodes: &[usize]) -> Client {
    let smd = smd().await;
    let records = nodes
        .iter()
        .map(|n| component(json!({ "ID": node(*n), "State": "On", "NID": n + 1 })))
        .collect();
    smd.add_components(records).await.expect("added");
    smd
}

/// The kind of a fault and of each of its items.
fn kinds(fault: &Fault) -> (Kind, Vec<(&str, Kind)>) {
    let items = fault.items.iter();
    let items = items.map(|item| (item.node.as_str(), item.fault.kind));
    (fault.kind, items.collect())
}
