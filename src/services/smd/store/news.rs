//! What subscribers are to be told of a change: gathered while it is made, and taken away when it is kept.
use super::Store;
use crate::services::smd::types::{Component, Notification, Subscription};
use std::collections::BTreeMap;

impl Store {
    /// Notes a change of several components to the same.
    pub(super) fn tell(&mut self, components: Vec<String>, fill: impl FnOnce(&mut Notification)) {
        if components.is_empty() {
            return;
        }
        let mut news = Notification {
            components,
            ..Notification::default()
        };
        fill(&mut news);
        self.news.push(news);
    }

    pub(super) fn tell_state(&mut self, components: Vec<String>, state: &str, flag: &str) {
        self.tell(components, |news| {
            news.state = Some(state.to_owned());
            news.flag = Some(flag.to_owned());
        });
    }

    /// Notes what components are about to become that are added or replaced: one notification for each value.
    pub(super) fn tell_of(&mut self, components: &[Component]) {
        let mut sorted: BTreeMap<Value, Vec<String>> = BTreeMap::new();
        for component in components {
            let old = self.component(&component.id);
            for value in Value::of(component, old) {
                sorted.entry(value).or_default().push(component.id.clone());
            }
        }
        for (value, ids) in sorted {
            self.tell(ids, |news| value.fill(news));
        }
    }

    /// What is to be told, once.
    pub fn take_news(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.news)
    }

    /// Where a notification goes; each URL is told once.
    pub fn told(&self, news: &Notification) -> Vec<String> {
        let mut urls: Vec<String> = Vec::new();
        for subscription in self.subscriptions.values() {
            if wants(subscription, news) && !urls.contains(&subscription.url) {
                urls.push(subscription.url.clone());
            }
        }
        urls
    }
}

/// Whether a subscription is triggered: by the first of these that the notification tells of.
fn wants(subscription: &Subscription, news: &Notification) -> bool {
    let among = |list: &[String], word: &str| list.iter().any(|w| w.eq_ignore_ascii_case(word));
    let triggers = [
        (&news.state, &subscription.states),
        (&news.role, &subscription.roles),
        (&news.sub_role, &subscription.sub_roles),
        (&news.software_status, &subscription.software_status),
    ];
    for (word, list) in triggers {
        if let Some(word) = word.as_deref().filter(|word| !word.is_empty()) {
            return among(list, word);
        }
    }
    news.enabled.is_some() && subscription.enabled == Some(true)
}

/// One field of a new component, as subscribers are told of it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    State(String),
    Enabled(bool),
    SoftwareStatus(String),
    Role(String, Option<String>),
}

impl Value {
    /// Of a component that was there, only a new state is told.
    fn of(new: &Component, old: Option<&Component>) -> Vec<Self> {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let state = Self::State(text(&new.state));
        if let Some(old) = old {
            return if old.state == new.state {
                Vec::new()
            } else {
                vec![state]
            };
        }
        let mut values = vec![state];
        values.extend(new.enabled.map(Self::Enabled));
        if let Some(status) = &new.software_status {
            values.push(Self::SoftwareStatus(status.clone()));
        }
        values.push(Self::Role(text(&new.role), new.sub_role.clone()));
        values
    }

    fn fill(self, news: &mut Notification) {
        match self {
            Self::State(state) => news.state = Some(state),
            Self::Enabled(enabled) => news.enabled = Some(enabled),
            Self::SoftwareStatus(status) => news.software_status = Some(status),
            Self::Role(role, sub_role) => (news.role, news.sub_role) = (Some(role), sub_role),
        }
    }
}
