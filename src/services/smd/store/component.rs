//! Components: how they come to be, change and go.
use super::{
    Store, Trouble,
    filter::Selection,
    fits, said, unless_empty,
    words::{self, Words},
};
use crate::services::smd::{types::Component, xname};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A component, and when it was last written compared with others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Row {
    component: Component,
    #[serde(skip)]
    turn: u64,
}

impl Row {
    pub fn component(&self) -> &Component {
        &self.component
    }
}

/// One change of a field, as a PATCH asks for it.
#[derive(Clone, Debug)]
pub enum Change {
    State {
        state: String,
        flag: String,
        force: bool,
    },
    Flag(String),
    Enabled(bool),
    SoftwareStatus(String),
    Role {
        role: String,
        sub_role: String,
    },
}

impl Store {
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.get(id).map(Row::component)
    }

    pub fn has_component(&self, id: &str) -> bool {
        self.components.contains(id)
    }

    /// What a filter selects.
    pub fn select<'a>(&'a self, filter: &'a Selection) -> impl Iterator<Item = &'a Component> {
        let taken = move |row: &&Row| filter.takes(self, row);
        self.components.values().filter(taken).map(Row::component)
    }

    /// The same in the order of the database: what was changed last comes last.
    pub fn select_by_age(&self, filter: &Selection) -> Vec<&Component> {
        let taken = |row: &&Row| filter.takes(self, row);
        let mut rows: Vec<&Row> = self.components.values().filter(taken).collect();
        rows.sort_by_key(|row| row.turn);
        rows.into_iter().map(Row::component).collect()
    }

    /// Of several components with one NID, the one that was not changed for the longest time.
    pub fn component_by_nid(&self, nid: i64) -> Option<&Component> {
        let same = |row: &&Row| row.component.nid == Some(nid);
        let found = self
            .components
            .values()
            .filter(same)
            .min_by_key(|row| row.turn);
        found.map(Row::component)
    }

    /// Adds components. Those that exist stay as they are; with `force` what hardware tells of them is rewritten: state,
    /// flag, subtype, network, architecture and class.
    pub fn upsert_components(&mut self, given: Vec<Component>, force: bool) -> Result<(), Trouble> {
        let mut seen = HashSet::new();
        let mut wanted = Vec::with_capacity(given.len());
        for component in given {
            let new = match self.components.get(&component.id) {
                None => true,
                Some(row) => force && differs(&row.component, &component),
            };
            if new && seen.insert(component.id.clone()) {
                fit(&component)?;
                wanted.push(component);
            }
        }
        self.tell_of(&wanted);
        for component in wanted {
            self.write_component(component);
        }
        Ok(())
    }

    /// Adds a component, or rewrites what hardware tells of the one that exists: how discovery does it.
    pub fn insert_component(&mut self, component: Component) -> Result<(), Trouble> {
        fit(&component)?;
        self.write_component(component);
        Ok(())
    }

    fn write_component(&mut self, new: Component) {
        self.turn += 1;
        let turn = self.turn;
        if self.components.contains(&new.id) {
            let id = new.id.clone();
            self.components.update(&id, |row| {
                row.turn = turn;
                let old = &mut row.component;
                old.state = new.state;
                old.flag = new.flag;
                old.subtype = new.subtype;
                old.net_type = new.net_type;
                old.arch = new.arch;
                old.class = new.class;
            });
        } else {
            let id = new.id.clone();
            let enabled = Some(new.enabled.unwrap_or(true));
            let component = Component {
                enabled,
                nid: new.nid.filter(|nid| *nid >= 0),
                ..new
            };
            self.components.put(&id, Row { component, turn });
        }
    }

    pub(super) fn touch(&mut self, id: &str, change: impl FnOnce(&mut Component)) {
        self.turn += 1;
        let turn = self.turn;
        self.components.update(id, |row| {
            row.turn = turn;
            change(&mut row.component);
        });
    }

    /// Changes a field of components. Those that do not exist are passed over, as SMD does. SMD has two roads, for one
    /// component and for several, which differ in small things; so has this.
    pub fn patch_components(&mut self, ids: &[String], change: Change) -> Result<(), Trouble> {
        let single = ids.len() == 1;
        match change {
            Change::State { state, flag, force } => self.patch_state(ids, &state, &flag, force),
            Change::Flag(flag) => {
                let flag = words::FLAG.find(&flag).ok_or(said::NO_MATCH)?;
                self.each(
                    ids,
                    |c| single || !is(c.flag.as_ref(), flag),
                    |c| {
                        c.flag = Some(flag.into());
                    },
                );
                Ok(())
            }
            Change::Enabled(enabled) => {
                let changed = self.each(
                    ids,
                    |c| single || c.enabled != Some(enabled),
                    |c| {
                        c.enabled = Some(enabled);
                    },
                );
                self.tell(changed, |news| news.enabled = Some(enabled));
                Ok(())
            }
            Change::SoftwareStatus(status) => {
                fits(&status, 32)?;
                let status = unless_empty(status);
                let changed = self.each(
                    ids,
                    |c| single || c.software_status != status,
                    |c| {
                        c.software_status.clone_from(&status);
                    },
                );
                self.tell(changed, |news| news.software_status = status);
                Ok(())
            }
            Change::Role { role, sub_role } => self.patch_role(ids, &role, &sub_role),
        }
    }

    /// Changes those of `ids` that exist and `wanting` finds in want of it; which those are.
    fn each(
        &mut self,
        ids: &[String],
        wanting: impl Fn(&Component) -> bool,
        change: impl Fn(&mut Component),
    ) -> Vec<String> {
        let mut changed = Vec::new();
        for id in ids {
            if self.component(id).is_some_and(&wanting) {
                self.touch(id, &change);
                changed.push(id.clone());
            }
        }
        changed
    }

    fn patch_state(
        &mut self,
        ids: &[String],
        state: &str,
        flag: &str,
        force: bool,
    ) -> Result<(), Trouble> {
        // a flag that is none counts as OK here
        let flag = words::FLAG.find(flag).unwrap_or("OK");
        let state = words::STATE.find(state).ok_or(said::BAD_STATE)?;
        let starts = if (state, flag) == ("Ready", "Warning") {
            // a late heartbeat must not bring back a node that went elsewhere meanwhile
            Some(&["Ready"][..])
        } else if force {
            None
        } else {
            Some(words::starts(state).ok_or(said::NEED_FORCE)?)
        };
        let may = |c: &Component| {
            let now = c.state.as_deref().unwrap_or_default();
            starts.is_none_or(|starts| starts.contains(&now))
        };
        let wanting =
            |c: &Component| may(c) && !(is(c.state.as_ref(), state) && is(c.flag.as_ref(), flag));
        let changed = self.each(ids, wanting, |c| set_state(c, state, flag));
        self.tell_state(changed, state, flag);
        Ok(())
    }

    /// What becomes of components whose Redfish endpoint went away.
    pub fn empty_components(&mut self, ids: &[String]) {
        let wanting = |c: &Component| !(is(c.state.as_ref(), "Empty") && is(c.flag.as_ref(), "OK"));
        let changed = self.each(ids, wanting, |c| set_state(c, "Empty", "OK"));
        self.tell_state(changed, "Empty", "OK");
    }

    fn patch_role(&mut self, ids: &[String], role: &str, sub_role: &str) -> Result<(), Trouble> {
        let single = ids.len() == 1;
        if single && role.is_empty() {
            return Err(said::MISSING);
        }
        let role = words::ROLE.find(role).ok_or(said::NO_MATCH)?;
        let sub_role = match sub_role {
            "" => None,
            word => Some(words::SUB_ROLE.find(word).ok_or(said::NO_MATCH)?),
        };
        let wanting = |c: &Component| {
            let other_sub = sub_role.is_some_and(|word| !is(c.sub_role.as_ref(), word));
            single || !is(c.role.as_ref(), role) || other_sub
        };
        let changed = self.each(ids, wanting, |c| {
            c.role = Some(role.into());
            c.sub_role = sub_role.map(str::to_owned);
        });
        self.tell(changed, |news| {
            news.role = Some(role.into());
            news.sub_role = sub_role.map(str::to_owned);
        });
        Ok(())
    }

    /// Gives components their NIDs; a negative one takes it away.
    pub fn patch_nids(&mut self, nids: &[(String, Option<i64>)]) -> Result<(), Trouble> {
        let mut seen = HashSet::new();
        let mut wanted = Vec::new();
        for (id, nid) in nids {
            let id = xname::normalize(id);
            if seen.insert(id.clone()) {
                wanted.push((id, nid.ok_or(said::MISSING_NID)?));
            }
        }
        for (id, nid) in wanted {
            self.touch(&id, |c| c.nid = (nid >= 0).then_some(nid));
        }
        Ok(())
    }

    /// Removes a component, and it from its groups and its partition; nobody holds it any more.
    pub fn delete_component(&mut self, id: &str) -> bool {
        for label in self.labels_of(id) {
            self.remove_member(&label, id);
        }
        self.seats.remove(id);
        self.reservations.remove(id);
        self.components.remove(id).is_some()
    }

    pub fn delete_components(&mut self) -> usize {
        self.members.clear();
        self.seats.clear();
        self.reservations.clear();
        self.components.clear()
    }
}

fn is(field: Option<&String>, word: &str) -> bool {
    field.is_some_and(|value| value == word)
}

/// A lock's flag stays whatever the state does.
fn set_state(c: &mut Component, state: &str, flag: &str) {
    c.state = Some(state.into());
    if !is(c.flag.as_ref(), "Locked") {
        c.flag = Some(flag.into());
    }
}

/// Whether a forced write would change anything SMD looks at.
fn differs(old: &Component, new: &Component) -> bool {
    let given = |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
    old.state != new.state
        || old.flag != new.flag
        || given(&new.subtype, &old.subtype)
        || given(&new.net_type, &old.net_type)
        || given(&new.arch, &old.arch)
        || given(&new.class, &old.class)
}

fn fit(component: &Component) -> Result<(), Trouble> {
    fits(&component.id, 63)?;
    fits(component.software_status.as_deref().unwrap_or_default(), 32)?;
    fits(component.subtype.as_deref().unwrap_or_default(), 64)
}

/// Brings a component that a client wrote into SMD's spelling; `Err` says which field is not SMD's.
pub fn verify(component: &mut Component) -> Result<(), String> {
    let id = xname::valid(&component.id)
        .ok_or_else(|| format!("xname ID '{}' is invalid", component.id))?;
    component.kind = xname::kind(&id).map(str::to_owned);
    component.id = id;
    let state = component.state.take().unwrap_or_default();
    component.state = Some(spell("state", &words::STATE, &state)?.into());
    let flag = component.flag.take().and_then(unless_empty);
    let flag = flag.unwrap_or_else(|| "OK".into());
    component.flag = Some(spell("flag", &words::FLAG, &flag)?.into());
    let fields: [(&str, &Words, &mut Option<String>); 5] = [
        ("role", &words::ROLE, &mut component.role),
        ("subRole", &words::SUB_ROLE, &mut component.sub_role),
        ("netType", &words::NET_TYPE, &mut component.net_type),
        ("arch", &words::ARCH, &mut component.arch),
        ("class", &words::CLASS, &mut component.class),
    ];
    for (name, vocabulary, field) in fields {
        *field = match field.take().and_then(unless_empty) {
            Some(word) => Some(spell(name, vocabulary, &word)?.into()),
            None => None,
        };
    }
    component.software_status = component.software_status.take().and_then(unless_empty);
    component.subtype = component.subtype.take().and_then(unless_empty);
    component.locked = component.locked.filter(|yes| *yes);
    component.reservation_disabled = component.reservation_disabled.filter(|yes| *yes);
    Ok(())
}

fn spell(field: &str, vocabulary: &Words, word: &str) -> Result<&'static str, String> {
    vocabulary
        .find(word)
        .ok_or_else(|| format!("{field} '{word}' is invalid"))
}
