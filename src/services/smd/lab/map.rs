//! Defaults/NodeMaps and sysinfo/powermaps. A POST replaces what is there, as a PUT does.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecoded,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{
        Store, Trouble,
        map::{node_map, power_map},
        said,
    },
    types::{NodeMap, NodeMapList, PowerMap},
    xname,
};
use serde::Deserialize;

/// Members of a body that say something of one map.
const OWN: [&str; 5] = ["ID", "NID", "Role", "SubRole", "NodeInfo"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Several {
    #[serde(rename = "NodeMaps")]
    node_maps: Vec<NodeMap>,
}

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn get_nodes(lab: &Lab, _: &Call) -> Reply {
    let node_maps = lab.shelf.read(Store::node_maps);
    Ok(Answer::json(&NodeMapList { node_maps }))
}

pub(super) fn get_node(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    let found = lab
        .shelf
        .read(|store| store.node_map(&id).map(Answer::json));
    found.ok_or_else(|| Answer::problem(404, "no such xname."))
}

/// Takes one map or a list of them; of a body that has both, the one counts.
pub(super) fn post_nodes(lab: &Lab, call: &Call) -> Reply {
    let value = wire::value(&call.body).map_err(undecoded)?;
    let several: Several = wire::convert(value.clone()).map_err(undecoded)?;
    let own = |name: &String| OWN.iter().any(|own| own.eq_ignore_ascii_case(name));
    let alone = value.as_object().is_some_and(|all| all.keys().any(own));
    let one: NodeMap = wire::convert(value).map_err(undecoded)?;
    let invalid =
        |at: String| move |words| Answer::problem(400, format!("couldn't validate {at}: {words}"));
    let maps = if alone {
        vec![node_map(one).map_err(invalid("mapping data".into()))?]
    } else {
        let check =
            |(place, map)| node_map(map).map_err(invalid(format!("map data at idx {place}")));
        let maps = several.node_maps.into_iter().enumerate().map(check);
        maps.collect::<Result<_, _>>()?
    };
    let same = "operation would conflict with an existing xname ID that has the same NID.";
    store_nodes(
        lab,
        maps,
        created,
        same,
        "operation 'POST' failed during store. ",
    )
}

fn created(count: usize) -> Answer {
    Answer::notice(format!("Created or modified {count} entries"))
}

fn store_nodes(
    lab: &Lab,
    maps: Vec<NodeMap>,
    done: impl FnOnce(usize) -> Answer,
    same: &str,
    hidden: &str,
) -> Reply {
    let count = maps.len();
    lab.shelf.write(|store| match store.put_node_maps(maps) {
        Ok(()) => Ok(done(count)),
        Err(trouble) if trouble == said::DUPLICATE => Err(Answer::problem(409, same)),
        Err(trouble) => Err(failed(trouble, hidden)),
    })
}

/// What SMD says of maps that its store does not take: nothing that its store said.
fn failed(trouble: Trouble, hidden: &str) -> Answer {
    match trouble {
        Trouble::Disk(_) => Answer::trouble(trouble, "", hidden),
        _ => Answer::problem(500, hidden),
    }
}

/// The name in the URL, if the body has none or the same.
fn named(call: &Call, id: &mut String) -> Result<(), Answer> {
    let of_url = xname::normalize(call.param(0));
    if id.is_empty() {
        *id = of_url;
    } else if xname::normalize(id) != of_url {
        let words = "xname in URL and PUT body do not match";
        return Err(Answer::problem(400, words));
    }
    Ok(())
}

pub(super) fn put_node(lab: &Lab, call: &Call) -> Reply {
    let mut map: NodeMap = wire::decode(&call.body).map_err(undecoded)?;
    named(call, &mut map.id)?;
    let map = node_map(map).map_err(|words| {
        Answer::problem(400, format!("couldn't validate endpoint data: {words}"))
    })?;
    let same = "operation would conflict with an existing resource that has the same NID";
    let answer = Answer::json(&map);
    store_nodes(
        lab,
        vec![map],
        |_| answer,
        same,
        "operation 'PUT' failed during store",
    )
}

/// The name in the URL, which must be an xname.
fn valid(call: &Call) -> Result<String, Answer> {
    let id = xname::valid(call.param(0));
    id.ok_or_else(|| Answer::problem(400, "invalid xname"))
}

pub(super) fn delete_node(lab: &Lab, call: &Call) -> Reply {
    let id = valid(call)?;
    lab.shelf.write(|store| {
        Ok(Answer::deleted(
            store.delete_node_map(&id),
            "no such xname.",
        ))
    })
}

pub(super) fn delete_nodes(lab: &Lab, _: &Call) -> Reply {
    lab.shelf
        .write(|store| Ok(Answer::deleted_all(store.delete_node_maps())))
}

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn get_powers(lab: &Lab, _: &Call) -> Reply {
    let maps = lab.shelf.read(Store::power_maps);
    Ok(Answer::json(&maps))
}

pub(super) fn get_power(lab: &Lab, call: &Call) -> Reply {
    let id = valid(call)?;
    let found = lab
        .shelf
        .read(|store| store.power_map(&id).map(Answer::json));
    found.ok_or_else(|| Answer::problem(404, "no such xname."))
}

pub(super) fn post_powers(lab: &Lab, call: &Call) -> Reply {
    let value = wire::value(&call.body).map_err(undecoded)?;
    let given: Option<Vec<PowerMap>> = wire::convert(value).map_err(undecoded)?;
    let mut maps = Vec::new();
    for (place, map) in given.unwrap_or_default().into_iter().enumerate() {
        if map.powered_by.is_empty() {
            let words = "poweredby is required for PowerMaps";
            return Err(Answer::problem(400, words));
        }
        maps.push(power_map(map).map_err(|words| {
            Answer::problem(
                400,
                format!("couldn't validate map data at idx {place}: {words}"),
            )
        })?);
    }
    let count = maps.len();
    lab.shelf.write(|store| {
        let refused = |trouble| failed(trouble, "operation 'POST' failed during store. ");
        store.put_power_maps(maps).map_err(refused)?;
        Ok(created(count))
    })
}

pub(super) fn put_power(lab: &Lab, call: &Call) -> Reply {
    let mut map: PowerMap = wire::decode(&call.body).map_err(undecoded)?;
    named(call, &mut map.id)?;
    if map.powered_by.is_empty() {
        return Err(Answer::problem(400, "poweredby is required in PUT body"));
    }
    let map = power_map(map).map_err(|words| {
        Answer::problem(400, format!("couldn't validate PowerMap data: {words}"))
    })?;
    let answer = Answer::json(&map);
    lab.shelf.write(|store| {
        let refused = |trouble| failed(trouble, "operation 'PUT' failed during store");
        store.put_power_maps(vec![map]).map_err(refused)?;
        Ok(answer)
    })
}

pub(super) fn delete_power(lab: &Lab, call: &Call) -> Reply {
    let id = valid(call)?;
    lab.shelf.write(|store| {
        Ok(Answer::deleted(
            store.delete_power_map(&id),
            "no such xname.",
        ))
    })
}

pub(super) fn delete_powers(lab: &Lab, _: &Call) -> Reply {
    lab.shelf
        .write(|store| Ok(Answer::deleted_all(store.delete_power_maps())))
}
