//! What happens to machines, in one line each.
use crate::{
    http::Event,
    world::{Evidence, Owner, Power, Stage},
};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// As wide as the longest name of a stage.
const STAGE: usize = "vendor-data".len();

#[derive(Deserialize)]
struct Switched {
    name: String,
    power: Power,
}

#[derive(Deserialize)]
struct Reached {
    name: String,
    #[serde(flatten)]
    evidence: Evidence,
}

/// Makes lines of events.
#[derive(Default)]
pub(super) struct Teller {
    /// The machines it tells of; none: all.
    only: Option<HashSet<String>>,
    width: usize,
    /// What was told of a machine's stages since it was switched.
    told: HashMap<String, Vec<Told>>,
}

/// What was told of a stage since it went well, or has not gone well.
struct Told {
    stage: Stage,
    ok: bool,
    words: Vec<String>,
}

impl Teller {
    /// One that tells of `only` these, among machines of these names.
    pub(super) fn new<'a>(
        names: impl Iterator<Item = &'a str>,
        only: Option<HashSet<String>>,
    ) -> Self {
        let told = |name: &&str| only.as_ref().is_none_or(|only| only.contains(*name));
        let width = names.filter(told).map(|name| name.chars().count()).max();
        Self {
            only,
            width: width.unwrap_or_default(),
            told: HashMap::new(),
        }
    }

    /// What there is to say about an event: nothing about other machines, what services store, and what was said already.
    pub(super) fn line(&mut self, event: &Event) -> Option<String> {
        match event.name.as_str() {
            "power" => self.switched(&serde_json::from_str(&event.data).ok()?),
            "stage" => self.reached(&serde_json::from_str(&event.data).ok()?),
            "reset" => {
                self.told.clear();
                Some(
                    "the lab was put in another state; node.trace(NODE) tells how a boot is there"
                        .to_owned(),
                )
            }
            "missed" => Some(format!(
                "{} more things happened than could be told; node.trace(NODE) has all",
                event.data
            )),
            _ => None,
        }
    }

    fn concerns(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(name))
    }

    /// That it was switched on is the first stage of its boot.
    fn switched(&mut self, it: &Switched) -> Option<String> {
        self.told.remove(&it.name);
        let is_told = self.concerns(&it.name) && it.power == Power::Off;
        is_told.then(|| self.row(&it.name, "power", "it was switched off"))
    }

    fn reached(&mut self, it: &Reached) -> Option<String> {
        if !self.concerns(&it.name) {
            return None;
        }
        let (stage, what) = (it.evidence.stage, said(&it.evidence));
        let told = self.told.entry(it.name.clone()).or_default();
        let (ok, words) = (it.evidence.ok, vec![what.clone()]);
        match told.iter_mut().find(|told| told.stage == stage) {
            Some(told) if told.ok == ok && told.words.contains(&what) => return None,
            Some(told) if told.ok == ok => told.words.extend(words),
            Some(told) => *told = Told { stage, ok, words },
            None => told.push(Told { stage, ok, words }),
        }
        let stage = serde_json::to_value(stage).ok()?;
        Some(self.row(&it.name, stage.as_str()?, &what))
    }

    fn row(&self, name: &str, stage: &str, what: &str) -> String {
        let width = self.width;
        format!("{name:width$}  {stage:STAGE$}  {what}")
    }
}

/// What is said of a stage. Of a file that did not come it is said which.
fn said(evidence: &Evidence) -> String {
    let what = evidence.what.replace('\n', " ");
    if evidence.ok || evidence.owner != Owner::Artifacts {
        return what;
    }
    let file = file(evidence.request.as_deref().unwrap_or_default());
    match (evidence.status, file) {
        (Some(404), Some(file)) => format!("404: …/{file} is not there"),
        (_, Some(file)) if !what.contains(file) => format!("{what}: …/{file}"),
        _ => what,
    }
}

/// The last part of the address that was asked.
fn file(request: &str) -> Option<&str> {
    let (_, rest) = request.split_once("://")?;
    let path = rest.split(['?', '#']).next()?;
    let (_, file) = path.trim_end_matches('/').rsplit_once('/')?;
    (!file.is_empty()).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const URL: &str = "GET http://172.16.0.254:9000/boot-images/efi/vmlinuz-5.14?x=1";

    fn event(name: &str, data: &Value) -> Event {
        let (name, data) = (name.to_owned(), data.to_string());
        Event { name, data }
    }

    fn stage(name: &str, stage: &str, more: &Value) -> Event {
        let mut data = json!({
            "name": name, "xname": "x0", "mac": "m", "boot": 1, "stage": stage, "at": "2026-01-01T00:00:00Z",
            "ok": true, "owner": "artifacts", "what": "it came", "tries": 1,
        });
        let fields = more.as_object().into_iter().flatten();
        for (key, value) in fields {
            data[key.as_str()] = value.clone();
        }
        event("stage", &data)
    }

    #[test]
    fn lines_are_short_and_say_what_is_missing() {
        let mut teller = Teller::new(["compute1", "io"].into_iter(), None);
        let missing = json!({ "ok": false, "what": "no kernel: 404 Not Found", "status": 404, "request": URL });
        let failed = stage("compute1", "kernel", &missing);
        assert_eq!(
            teller.line(&failed).as_deref(),
            Some("compute1  kernel       404: …/vmlinuz-5.14 is not there")
        );
        let other = json!({ "ok": false, "what": "no kernel: 403 Forbidden", "status": 403, "request": URL });
        assert_eq!(
            teller.line(&stage("io", "kernel", &other)).as_deref(),
            Some("io        kernel       no kernel: 403 Forbidden: …/vmlinuz-5.14")
        );
        assert_eq!(
            teller.line(&stage("io", "ready", &json!({}))).as_deref(),
            Some("io        ready        it came")
        );
        let off = json!({ "name": "io", "xname": "x1", "mac": "m", "power": "off" });
        assert_eq!(
            teller.line(&event("power", &off)).as_deref(),
            Some("io        power        it was switched off")
        );
        assert_eq!(teller.line(&event("write", &json!({}))), None);
        let missed = teller.line(&event("missed", &json!(12)));
        assert!(missed.is_some_and(|line| line.starts_with("12 more")));
    }

    #[test]
    fn what_fails_again_in_the_same_way_is_told_once_a_boot() {
        let mut teller = Teller::new(["a"].into_iter(), None);
        let failed = stage("a", "kernel", &json!({ "ok": false, "what": "no kernel" }));
        let came = stage("a", "kernel", &json!({}));
        let told = |teller: &mut Teller, it: &Event| teller.line(it).is_some();
        assert!(told(&mut teller, &failed) && !told(&mut teller, &failed));
        let otherwise = stage("a", "kernel", &json!({ "ok": false, "what": "too slow" }));
        assert!(told(&mut teller, &otherwise) && !told(&mut teller, &failed));
        assert!(told(&mut teller, &came) && told(&mut teller, &failed));
        let on = json!({ "name": "a", "xname": "x0", "mac": "m", "power": "on" });
        assert!(!told(&mut teller, &event("power", &on)));
        assert!(told(&mut teller, &failed));
    }

    #[test]
    fn only_those_are_told_of_who_were_named() {
        let only = HashSet::from(["b".to_owned()]);
        let mut teller = Teller::new(["compute1", "b"].into_iter(), Some(only));
        assert_eq!(teller.line(&stage("compute1", "kernel", &json!({}))), None);
        let line = teller.line(&stage("b", "kernel", &json!({})));
        assert_eq!(line.as_deref(), Some("b  kernel       it came"));
    }
}
