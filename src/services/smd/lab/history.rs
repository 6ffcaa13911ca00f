//! Inventory/Hardware/History and Inventory/HardwareByFRU/History: the same events by place and by unit.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecodable,
    hardware::xnames,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::hardware::{EventFilter, bound, event_type},
    types::{HardwareEvent, HardwareHistory, HardwareHistoryList},
};
use indexmap::IndexMap;
use serde::Deserialize;

/// A filter as a query says it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    id: Vec<String>,
    fruid: Vec<String>,
    eventtype: Vec<String>,
    starttime: Vec<String>,
    endtime: Vec<String>,
}

impl Query {
    fn of(call: &Call) -> Result<Self, Answer> {
        wire::query(&call.query).ok_or_else(undecodable)
    }

    /// What the query says of events, whosever they are.
    fn events(&self) -> Result<EventFilter, Answer> {
        let types: Option<Vec<String>> = self.eventtype.iter().map(|w| event_type(w)).collect();
        let types = types.ok_or_else(|| Answer::problem(400, "Invalid HWInvHist event type"))?;
        let at = |values: &[String]| {
            let first = values.first().map_or("", String::as_str);
            bound(first).map_err(|t| Answer::trouble(t, "", "failed to query DB."))
        };
        Ok(EventFilter {
            event_type: types,
            start: at(&self.starttime)?,
            end: at(&self.endtime)?,
            ..EventFilter::default()
        })
    }
}

fn one(lab: &Lab, call: &Call, filter: &EventFilter) -> Answer {
    let history = lab.shelf.read(|store| store.history(filter));
    let id = call.param(0).to_owned();
    Answer::json(&HardwareHistory { id, history })
}

pub(super) fn of_place(lab: &Lab, call: &Call) -> Reply {
    let query = Query::of(call)?;
    let id = xnames(&[call.param(0).to_owned()])?;
    let filter = EventFilter {
        id,
        ..query.events()?
    };
    Ok(one(lab, call, &filter))
}

pub(super) fn of_unit(lab: &Lab, call: &Call) -> Reply {
    let query = Query::of(call)?;
    let filter = EventFilter {
        fru: vec![call.param(0).to_owned()],
        ..query.events()?
    };
    Ok(one(lab, call, &filter))
}

pub(super) fn by_place(lab: &Lab, call: &Call) -> Reply {
    all(lab, call, |event| &event.id)
}

pub(super) fn by_unit(lab: &Lab, call: &Call) -> Reply {
    all(lab, call, |event| &event.fruid)
}

/// All events, gathered by what `owner` says, in the order in which the owners first come.
fn all(lab: &Lab, call: &Call, owner: fn(&HardwareEvent) -> &String) -> Reply {
    let query = Query::of(call)?;
    let id = xnames(&query.id)?;
    let filter = EventFilter {
        id,
        fru: query.fruid.clone(),
        ..query.events()?
    };
    let mut gathered: IndexMap<String, Vec<HardwareEvent>> = IndexMap::new();
    for event in lab.shelf.read(|store| store.history(&filter)) {
        let id = owner(&event).clone();
        gathered.entry(id).or_default().push(event);
    }
    let gathered = gathered.into_iter();
    let gathered = gathered.map(|(id, history)| HardwareHistory { id, history });
    let gathered: Vec<_> = gathered.collect();
    let components = (!gathered.is_empty()).then_some(gathered);
    Ok(Answer::json(&HardwareHistoryList { components }))
}

fn delete(lab: &Lab, filter: &EventFilter) -> Reply {
    lab.shelf
        .write(|store| Ok(Answer::deleted_all(store.delete_history(filter))))
}

pub(super) fn delete_all(lab: &Lab, _: &Call) -> Reply {
    delete(lab, &EventFilter::default())
}

pub(super) fn delete_of_place(lab: &Lab, call: &Call) -> Reply {
    let id = xnames(&[call.param(0).to_owned()])?;
    let filter = EventFilter {
        id,
        ..EventFilter::default()
    };
    delete(lab, &filter)
}

pub(super) fn delete_of_unit(lab: &Lab, call: &Call) -> Reply {
    let filter = EventFilter {
        fru: vec![call.param(0).to_owned()],
        ..EventFilter::default()
    };
    delete(lab, &filter)
}
