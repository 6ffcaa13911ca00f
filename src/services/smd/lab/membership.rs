//! memberships: groups and partitions as seen from the component.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecodable,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{Store, filter::ComponentFilter},
    types::Membership,
    xname,
};

fn of(store: &Store, id: &str) -> Membership {
    Membership {
        id: id.to_owned(),
        group_labels: store.labels_of(id),
        partition_name: store.partition_of(id).cloned().unwrap_or_default(),
    }
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let filter: ComponentFilter = wire::query(&call.query).ok_or_else(undecodable)?;
    let selection = filter.check().map_err(Answer::bad_query)?;
    lab.shelf.read(|store| {
        let ids = store.select(&selection).map(|component| &component.id);
        let all: Vec<Membership> = ids.map(|id| of(store, id)).collect();
        Ok(Answer::json(&all))
    })
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let id = xname::valid(call.param(0)).ok_or_else(|| Answer::problem(400, "invalid xname"))?;
    lab.shelf.read(|store| {
        if store.has_component(&id) {
            Ok(Answer::json(&of(store, &id)))
        } else {
            Err(Answer::problem(404, format!("No such xname: {id}")))
        }
    })
}
