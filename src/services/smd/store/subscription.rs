//! Subscriptions to state change notifications.
use super::{Store, Trouble, fits, said};
use crate::services::smd::types::{Subscription, SubscriptionBody};

/// How a PATCH changes the lists of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Add,
    Remove,
    Replace,
}

impl Op {
    pub fn named(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "add" => Some(Self::Add),
            "remove" => Some(Self::Remove),
            "replace" => Some(Self::Replace),
            _ => None,
        }
    }

    fn list(self, now: &mut Vec<String>, given: Option<Vec<String>>) {
        let given = given.unwrap_or_default();
        match self {
            Self::Add => {
                for word in given {
                    if !now.contains(&word) {
                        now.push(word);
                    }
                }
            }
            Self::Remove => {
                for word in given {
                    if let Some(place) = now.iter().position(|other| *other == word) {
                        now.remove(place);
                    }
                }
            }
            Self::Replace if given.is_empty() => {}
            Self::Replace => *now = given,
        }
    }

    /// Adding and removing only ever turns a flag that is there over.
    fn flag(self, now: &mut Option<bool>, given: Option<bool>) {
        match (self, given, *now) {
            (Self::Add, Some(true), Some(false)) => *now = Some(true),
            (Self::Remove, Some(true), Some(true)) => *now = Some(false),
            (Self::Replace, Some(given), _) => *now = Some(given),
            _ => {}
        }
    }
}

/// The subscription a body asks for.
fn subscription(id: i64, body: SubscriptionBody) -> Subscription {
    Subscription {
        id,
        subscriber: body.subscriber.unwrap_or_default(),
        enabled: body.enabled,
        roles: body.roles.unwrap_or_default(),
        sub_roles: body.sub_roles.unwrap_or_default(),
        software_status: body.software_status.unwrap_or_default(),
        states: body.states.unwrap_or_default(),
        url: body.url.unwrap_or_default(),
    }
}

/// The database's ids are narrower than those SMD reads.
fn key(id: i64) -> Result<String, Trouble> {
    let narrow = i32::try_from(id);
    narrow
        .map(|id| id.to_string())
        .map_err(|_| Trouble::Database("pq: value is out of range for type integer".into()))
}

impl Store {
    pub fn subscription(&self, id: i64) -> Result<Option<&Subscription>, Trouble> {
        Ok(self.subscriptions.get(&key(id)?))
    }

    pub fn subscriptions(&self) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.values()
    }

    /// A subscriber and a URL, one after the other, occur once.
    fn unique(&self, new: &Subscription) -> Result<(), Trouble> {
        let joined = |s: &Subscription| format!("{}{}", s.subscriber, s.url);
        let name = joined(new);
        fits(&name, 255)?;
        let rival = |other: &Subscription| other.id != new.id && joined(other) == name;
        if self.subscriptions.values().any(rival) {
            return Err(said::DUPLICATE);
        }
        Ok(())
    }

    /// Adds a subscription; its number is used up even when it is refused.
    pub fn insert_subscription(&mut self, body: SubscriptionBody) -> Result<Subscription, Trouble> {
        let id = i64::try_from(self.count("subscriptions")).unwrap_or(i64::MAX);
        let new = subscription(id, body);
        self.unique(&new)?;
        self.subscriptions.put(&id.to_string(), new.clone());
        Ok(new)
    }

    /// Replaces a subscription; `false`: there is none.
    pub fn set_subscription(&mut self, id: i64, body: SubscriptionBody) -> Result<bool, Trouble> {
        let key = key(id)?;
        let new = subscription(id, body);
        if !self.subscriptions.contains(&key) {
            fits(&format!("{}{}", new.subscriber, new.url), 255)?;
            return Ok(false);
        }
        self.unique(&new)?;
        self.subscriptions.put(&key, new);
        Ok(true)
    }

    pub fn patch_subscription(
        &mut self,
        id: i64,
        op: Op,
        body: SubscriptionBody,
    ) -> Result<bool, Trouble> {
        let patched = self.subscriptions.update(&key(id)?, |now| {
            op.list(&mut now.states, body.states);
            op.list(&mut now.roles, body.roles);
            op.list(&mut now.sub_roles, body.sub_roles);
            op.list(&mut now.software_status, body.software_status);
            op.flag(&mut now.enabled, body.enabled);
        });
        Ok(patched.is_some())
    }

    pub fn delete_subscription(&mut self, id: i64) -> Result<bool, Trouble> {
        Ok(self.subscriptions.remove(&key(id)?).is_some())
    }

    pub fn delete_subscriptions(&mut self) -> usize {
        self.subscriptions.clear()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_change_word_by_word() {
        let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        for (op, given, wanted) in [
            (Op::Add, vec!["On", "Off", "Off"], vec!["on", "On", "Off"]),
            (Op::Remove, vec!["on", "on"], vec!["On"]),
            (Op::Replace, vec![], vec!["on", "On"]),
            (Op::Replace, vec!["Ready"], vec!["Ready"]),
        ] {
            let mut now = words(&["on", "On"]);
            op.list(&mut now, Some(words(&given)));
            assert_eq!(now, words(&wanted), "{op:?} {given:?}");
        }
    }

    #[test]
    fn a_flag_that_is_not_there_is_not_added() {
        let mut now = None;
        Op::Add.flag(&mut now, Some(true));
        assert_eq!(now, None);
        now = Some(true);
        Op::Remove.flag(&mut now, Some(true));
        assert_eq!(now, Some(false));
    }
}
