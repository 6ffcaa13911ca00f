//! Components, with their locks.
use super::{
    super::{
        client::{Filter, LockChange, LockOptions},
        types::Component,
    },
    Inventory, by_name, typed, unsupported,
};
use crate::{
    fault::{Fault, Item},
    journal::{Records, Touch},
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Whether a name is one of these places, or inside of one: `x0c0s0b0n0` is inside of `x0c0s0b0`.
fn within(places: &[String]) -> impl Fn(&str) -> bool {
    let places: HashSet<&str> = places.iter().map(String::as_str).collect();
    move |id| {
        let mut letters = id.char_indices().filter(|(_, c)| c.is_ascii_alphabetic());
        places.contains(id) || letters.any(|(at, _)| places.contains(&id[..at]))
    }
}

impl Inventory {
    pub(super) async fn components(&self, touch: &Touch) -> Result<Records, Fault> {
        let ids = touch.ids.as_deref().filter(|_| !touch.below);
        let mut found = self.0.components(ids, &Filter::default()).await?;
        if let (true, Some(places)) = (touch.below, &touch.ids) {
            let within = within(places);
            found.retain(|component| within(&component.id));
        }
        Ok(by_name(found, |component| component.id.clone()))
    }

    /// What is there is changed where it differs, what is not is made. Only discoveries make a component without a Flag, or
    /// without a State: such are told again.
    pub(super) async fn put_components(&self, records: &Records) -> Result<(), Fault> {
        let mut wanted: Vec<Component> = typed(records);
        let mut now = self.now(&names(&wanted)).await?;
        let made = |c: &&Component| {
            let flag = now.get(&c.id).map(|now| now.flag.is_some());
            c.flag.is_none() && flag.unwrap_or(true)
        };
        let bmcs: BTreeSet<String> = wanted.iter().filter(made).map(|c| bmc_of(&c.id)).collect();
        if !bmcs.is_empty() {
            let bmcs: Vec<String> = bmcs.into_iter().collect();
            let behind = Touch::of(super::COMPONENT, &bmcs).and_below();
            let mut others = self.components(&behind).await?;
            self.discover_again(&bmcs, &Records::new()).await?;
            // Discovery rewrites whatever is behind a BMC.
            others.retain(|id, _| !records.contains_key(id));
            wanted.extend(typed::<Component>(&others));
            now = self.now(&names(&wanted)).await?;
        }
        let (good, orphans): (Vec<Component>, Vec<Component>) = wanted
            .into_iter()
            .partition(|c| c.state.is_some() || now.contains_key(&c.id));
        let given = good.iter().map(|wanted| given(wanted, now.get(&wanted.id)));
        let made = self.0.ensure_components(given.collect(), Some(true)).await;
        let trouble = made.err();
        self.clear_sub_roles(&good, &now).await?;
        self.put_locks(&good).await?;
        match (trouble, orphans.is_empty()) {
            (None, true) => Ok(()),
            (Some(fault), _) => Err(fault),
            (None, false) => Err(stateless(&orphans)),
        }
    }

    async fn now(&self, ids: &[String]) -> Result<HashMap<String, Component>, Fault> {
        let found = self.0.components(Some(ids), &Filter::default()).await?;
        Ok(found.into_iter().map(|c| (c.id.clone(), c)).collect())
    }

    /// A SubRole goes only when a role is written to one component alone.
    async fn clear_sub_roles(
        &self,
        wanted: &[Component],
        now: &HashMap<String, Component>,
    ) -> Result<(), Fault> {
        for component in wanted {
            let has = now
                .get(&component.id)
                .is_some_and(|now| now.sub_role.is_some());
            if component.sub_role.is_none() && has && component.role.is_some() {
                let role = Component {
                    id: component.id.clone(),
                    role: component.role.clone(),
                    ..Component::default()
                };
                self.0.update_components(vec![role], None).await?;
            }
        }
        Ok(())
    }

    /// Locks can be changed only while reservations are allowed.
    async fn put_locks(&self, wanted: &[Component]) -> Result<(), Fault> {
        let now = self.now(&names(wanted)).await?;
        let is = |flag: Option<bool>| flag == Some(true);
        let pick = |which: &dyn Fn(&Component, &Component) -> bool| -> Vec<String> {
            let fits = |c: &&Component| now.get(&c.id).is_some_and(|now| which(c, now));
            wanted.iter().filter(fits).map(|c| c.id.clone()).collect()
        };
        let other = |c: &Component, now: &Component| is(c.locked) != is(now.locked);
        let disabled = |c: &Component| is(c.reservation_disabled);
        let steps = [
            (
                LockChange::Repair,
                pick(&|c, now| disabled(now) && (!disabled(c) || other(c, now))),
            ),
            (
                LockChange::Unlock,
                pick(&|c, now| other(c, now) && is(now.locked)),
            ),
            (
                LockChange::Lock,
                pick(&|c, now| other(c, now) && is(c.locked)),
            ),
            (
                LockChange::Disable,
                pick(&|c, now| disabled(c) && (!disabled(now) || other(c, now))),
            ),
        ];
        for (change, ids) in steps {
            if !ids.is_empty() {
                self.0
                    .change_locks(change, ids, LockOptions::default())
                    .await?;
            }
        }
        Ok(())
    }

    /// Does work that rewrites components on its way, and puts these back as they were before it.
    pub(super) async fn keeping<T>(
        &self,
        places: &[String],
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let touch = Touch::of(super::COMPONENT, places).and_below();
        let before = self.components(&touch).await?;
        let done = work.await;
        let mut after = self.components(&touch).await?;
        let mut other = before;
        other.retain(|id, record| after.remove(id).is_some_and(|now| now != *record));
        if !other.is_empty() {
            Box::pin(self.put_components(&other)).await?;
        }
        done
    }
}

fn names(components: &[Component]) -> Vec<String> {
    components
        .iter()
        .map(|component| component.id.clone())
        .collect()
}

/// What to say of a component so that it becomes as it was. Empty texts and a negative NID clear what is there.
fn given(wanted: &Component, now: Option<&Component>) -> Component {
    let clears = now.is_some();
    let cleared = now.and_then(|now| now.software_status.as_ref());
    Component {
        kind: None,
        locked: None,
        reservation_disabled: None,
        nid: wanted.nid.or(clears.then_some(-1)),
        software_status: wanted
            .software_status
            .clone()
            .or_else(|| cleared.map(|_| String::new())),
        ..wanted.clone()
    }
}

/// The controller of a node; any other place is asked for itself.
fn bmc_of(id: &str) -> String {
    match id.rsplit_once('n') {
        Some((bmc, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => bmc.to_owned(),
        _ => id.to_owned(),
    }
}

fn stateless(orphans: &[Component]) -> Fault {
    let why =
        || unsupported("SMD takes no component without a State, and no discovery tells of it");
    let item = |component: &Component| Item {
        node: component.id.clone(),
        fault: why(),
    };
    why().items(orphans.iter().map(item).collect())
}

#[cfg(test)]
mod tests {
    use super::within;
    use std::time::{Duration, Instant};

    #[test]
    fn what_is_in_a_place_has_a_letter_after_its_name() {
        let places = ["x0c0s1b0".to_owned(), "s0".to_owned()];
        let within = within(&places);
        for id in ["x0c0s1b0", "x0c0s1b0n0", "x0c0s1b0n12", "s0"] {
            assert!(within(id), "{id}");
        }
        for id in ["x0c0s1", "x0c0s1b01", "x0c0s1b01n0", "s00", ""] {
            assert!(!within(id), "{id}");
        }
    }

    #[test]
    fn thousands_of_places_are_not_compared_one_by_one() {
        let places: Vec<String> = (0..50_000).map(|n| format!("x{n}c0s0b0")).collect();
        let begin = Instant::now();
        let within = within(&places);
        assert!((50_000..100_000).all(|n| !within(&format!("x{n}c0s0b0n0"))));
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "{:?}",
            begin.elapsed()
        );
    }
}
