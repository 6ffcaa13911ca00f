//! `smd.nodemap` and `smd.powermap`.
use super::{
    super::client::{Client, NodeMapFields, PowerMapFields, node_map, power_map},
    super::images::{NODEMAP, POWERMAP, scope},
    super::types::{NodeMap, PowerMap},
    super::xname::normalize,
    Whom, whom, with,
};
use crate::{
    fault::Fault,
    journal::Touch,
    lua::{Natives, Strict},
};

type Nodes = Vec<Strict<NodeMapFields>>;
type Powers = Vec<Strict<PowerMapFields>>;

fn nodes(given: Nodes) -> Result<Vec<NodeMap>, Fault> {
    given.into_iter().map(|Strict(map)| node_map(map)).collect()
}

fn powers(given: &[Strict<PowerMapFields>]) -> Result<Vec<PowerMap>, Fault> {
    given.iter().map(|Strict(map)| power_map(map)).collect()
}

fn node_maps((given,): &(Nodes,)) -> Touch {
    let ids = given.iter().map(|Strict(map)| normalize(&map.id));
    Touch::of(NODEMAP, ids)
}

fn power_maps((given,): &(Powers,)) -> Touch {
    let ids = given.iter().map(|Strict(map)| normalize(&map.id));
    Touch::of(POWERMAP, ids)
}

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "nodemap_list",
        with(smd, |smd, (ids,): (Option<Vec<String>>,)| async move {
            smd.maps::<NodeMap>(ids.as_deref()).await
        }),
    );
    n.read(
        "nodemap_get",
        with(smd, |smd, (id,): (String,)| async move {
            smd.map::<NodeMap>(&id).await
        }),
    );
    n.change(
        "nodemap_add",
        node_maps,
        with(smd, |smd, (maps,): (Nodes,)| async move {
            smd.add_maps(nodes(maps)?).await
        }),
    );
    n.change(
        "nodemap_set",
        node_maps,
        with(smd, |smd, (maps,): (Nodes,)| async move {
            smd.set_maps(nodes(maps)?).await
        }),
    );
    n.change(
        "nodemap_update",
        node_maps,
        with(smd, |smd, (maps,): (Nodes,)| async move {
            let maps = maps.into_iter().map(|Strict(map)| map).collect();
            smd.update_node_maps(maps).await
        }),
    );
    n.change(
        "nodemap_ensure",
        node_maps,
        with(smd, |smd, (maps,): (Nodes,)| async move {
            smd.ensure_maps(nodes(maps)?).await
        }),
    );
    n.change(
        "nodemap_delete",
        |(ids, all): &Whom| scope::whom(NODEMAP, ids.as_ref(), *all),
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_maps::<NodeMap>(ids).await,
                None => smd.delete_all_maps().await,
            }
        }),
    );
    power(n, smd);
}

fn power(n: &mut Natives, smd: &Client) {
    n.read(
        "powermap_list",
        with(smd, |smd, (ids,): (Option<Vec<String>>,)| async move {
            smd.maps::<PowerMap>(ids.as_deref()).await
        }),
    );
    n.read(
        "powermap_get",
        with(smd, |smd, (id,): (String,)| async move {
            smd.map::<PowerMap>(&id).await
        }),
    );
    n.change(
        "powermap_add",
        power_maps,
        with(smd, |smd, (maps,): (Powers,)| async move {
            smd.add_maps(powers(&maps)?).await
        }),
    );
    n.change(
        "powermap_set",
        power_maps,
        with(smd, |smd, (maps,): (Powers,)| async move {
            smd.set_maps(powers(&maps)?).await
        }),
    );
    n.change(
        "powermap_ensure",
        power_maps,
        with(smd, |smd, (maps,): (Powers,)| async move {
            smd.ensure_maps(powers(&maps)?).await
        }),
    );
    n.change(
        "powermap_delete",
        |(ids, all): &Whom| scope::whom(POWERMAP, ids.as_ref(), *all),
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_maps::<PowerMap>(ids).await,
                None => smd.delete_all_maps().await,
            }
        }),
    );
}
