//! What a lab has acknowledged, kept by those who wrote: for each record what it may be, and whether a lab is so.
use super::dice::Dice;
use chami::http::{Base, Http, Request};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// One record: its service and its name.
type Place = (&'static str, String);

/// What a record may be; none: it is not there. One value is certain, two are a write that nobody answered.
type May = BTreeSet<Option<String>>;

const SERVICES: [&str; 3] = ["smd", "bss", "cloud-init"];
/// So many records each writer has in each service.
const RECORDS: usize = 4;

#[derive(Clone, Default)]
pub(crate) struct Tally {
    records: BTreeMap<Place, May>,
    /// Seconds the clock was surely advanced by, and perhaps besides.
    pub(crate) advanced: (f64, f64),
    /// Snapshots that were surely taken.
    pub(crate) snapshots: BTreeSet<String>,
    pub(crate) acknowledged: usize,
    /// What became of each record, for who asks why.
    told: BTreeMap<Place, Vec<String>>,
}

/// How a request ended.
#[derive(Debug)]
pub(crate) enum End {
    Acknowledged,
    /// Refused, or nobody was there: nothing happened.
    Refused,
    /// The line broke: nobody knows.
    Unknown,
}

/// A lab's URL and what opens its control API.
#[derive(Clone)]
pub(crate) struct Door {
    http: Http,
    secret: String,
}

impl Door {
    pub(crate) fn new(url: &str, secret: &str) -> Self {
        let base = Base {
            url: url.to_owned(),
            ..Base::default()
        };
        Self {
            http: Http::at(base),
            secret: secret.to_owned(),
        }
    }

    fn request(&self, method: &str, path: &str) -> Request {
        let request = self.http.url(method, path);
        request
            .header("x-lab-secret", &*self.secret)
            .timeout(Duration::from_secs(10))
    }

    /// Asks for a write.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> End {
        match self.request(method, path).json(body).raw().await {
            Ok(answer) if answer.is_success() => End::Acknowledged,
            Ok(_) => End::Refused,
            Err(fault) if fault.message.starts_with("cannot reach") => End::Refused,
            Err(_) => End::Unknown,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, String> {
        let answer = self.request("GET", path).raw().await;
        let answer = answer.map_err(|fault| format!("{path}: {fault}"))?;
        answer.json().map_err(|fault| format!("{path}: {fault}"))
    }
}

/// The MAC that stands for a record where BSS wants one.
fn mac(name: &str) -> String {
    let (writer, number) = name.split_once('-').expect("writer-number");
    format!("52:54:00:00:0{writer}:0{number}")
}

/// The request that makes a record so; `there`: it is there now.
fn order(place: &Place, value: Option<&str>, there: bool) -> (&'static str, String, Value) {
    let (service, name) = place;
    match (*service, value) {
        ("smd", Some(text)) if there => {
            let path = format!("/hsm/v2/groups/{name}");
            ("PATCH", path, json!({ "description": text }))
        }
        ("smd", Some(text)) => {
            let body = json!({ "label": name, "description": text });
            ("POST", "/hsm/v2/groups".into(), body)
        }
        ("smd", None) => ("DELETE", format!("/hsm/v2/groups/{name}"), Value::Null),
        ("bss", value) => {
            let method = if value.is_some() { "PUT" } else { "DELETE" };
            let body = json!({ "macs": [mac(name)], "kernel": "k", "params": value });
            (method, "/boot/v1/bootparameters".into(), body)
        }
        (_, value) => {
            let method = if value.is_some() { "PUT" } else { "DELETE" };
            let path = format!("/cloud-init/admin/groups/{name}");
            (method, path, json!({ "name": name, "description": value }))
        }
    }
}

impl Tally {
    /// What several writers of different records know together.
    pub(crate) fn join(&mut self, other: Self) {
        self.records.extend(other.records);
        for (place, told) in other.told {
            self.told.entry(place).or_default().extend(told);
        }
        self.advanced.0 += other.advanced.0;
        self.advanced.1 += other.advanced.1;
        self.snapshots.extend(other.snapshots);
        self.acknowledged += other.acknowledged;
    }

    /// What one writer has, to go on with.
    pub(crate) fn of_writer(&self, writer: usize) -> Self {
        let own = |name: &str| name.starts_with(&format!("{writer}-"));
        let records = self.records.iter().filter(|(place, _)| own(&place.1));
        Self {
            records: records.map(|(k, v)| (k.clone(), v.clone())).collect(),
            ..Self::default()
        }
    }

    /// One write at random.
    pub(crate) async fn write(&mut self, door: &Door, writer: usize, dice: &mut Dice) {
        match dice.below(40) {
            0 => {
                return self
                    .snapshot(door, &format!("s{writer}-{}", dice.below(3)))
                    .await;
            }
            1 | 2 => return self.advance(door).await,
            _ => {}
        }
        let service = SERVICES[dice.below(3)];
        let place = (service, format!("{writer}-{}", dice.below(RECORDS)));
        let nothing = May::from([None]);
        let may = self.records.entry(place.clone()).or_insert(nothing);
        if may.len() > 1 {
            return;
        }
        let there = may.first().is_some_and(Option::is_some);
        // Now and then more than a page of memory: what a kill may tear.
        let pad = if dice.once_in(6) {
            dice.below(12_000)
        } else {
            5
        };
        let text = format!("{} {}", dice.below(1_000_000), "x".repeat(pad));
        let value = (!there || !dice.once_in(4)).then_some(text);
        let (method, path, body) = order(&place, value.as_deref(), there);
        let end = door.ask(method, &path, &body).await;
        let told = self.told.entry(place).or_default();
        told.push(format!("{method} {value:.9?} {end:?}"));
        match end {
            End::Acknowledged => {
                *may = May::from([value]);
                self.acknowledged += 1;
            }
            End::Unknown => {
                may.insert(value);
            }
            End::Refused => {}
        }
    }

    async fn advance(&mut self, door: &Door) {
        match door
            .ask("POST", "/lab/v1/clock", &json!({ "advance": 0.5 }))
            .await
        {
            End::Acknowledged => self.advanced.0 += 0.5,
            End::Unknown => self.advanced.1 += 0.5,
            End::Refused => {}
        }
    }

    async fn snapshot(&mut self, door: &Door, name: &str) {
        let body = json!({ "name": name });
        if let End::Acknowledged = door.ask("POST", "/lab/v1/snapshot", &body).await {
            self.snapshots.insert(name.to_owned());
        }
    }

    /// Every record that the lab at the door has.
    async fn seen(&self, door: &Door) -> Result<BTreeMap<Place, String>, String> {
        let mut seen = BTreeMap::new();
        for group in list(&door.get("/hsm/v2/groups").await?) {
            seen.insert(("smd", text(&group["label"])), text(&group["description"]));
        }
        let macs = self
            .records
            .keys()
            .map(|(_, name)| (mac(name), name.clone()));
        let names: BTreeMap<String, String> = macs.collect();
        for record in list(&door.get("/boot/v1/bootparameters").await?) {
            let name = names.get(record["macs"][0].as_str().unwrap_or_default());
            let name = name.ok_or_else(|| format!("nobody wrote {record}"))?;
            seen.insert(("bss", name.clone()), text(&record["params"]));
        }
        let groups = door.get("/cloud-init/admin/groups").await?;
        for (name, group) in groups.as_object().into_iter().flatten() {
            seen.insert(("cloud-init", name.clone()), text(&group["description"]));
        }
        Ok(seen)
    }

    /// Holds what was acknowledged against what the lab says, and then knows for certain.
    pub(crate) async fn check(&mut self, door: &Door) -> Result<(), String> {
        let mut seen = self.seen(door).await?;
        // Scripts write as well, and keep their own account.
        seen.retain(|(_, name), _| !name.starts_with("script"));
        for (place, may) in &mut self.records {
            let value = seen.remove(place);
            let told = self.told.entry(place.clone()).or_default();
            told.push(format!("seen {value:.9?}"));
            if !may.contains(&value) {
                let told: Vec<_> = told.iter().rev().take(12).collect();
                return Err(format!(
                    "{place:?} is {value:.20?} and may be {may:.20?}; the last before: {told:?}"
                ));
            }
            *may = May::from([value]);
        }
        if let Some((place, value)) = seen.pop_first() {
            return Err(format!("{place:?} is {value:.20} and nobody wrote it"));
        }
        let status = door.get("/lab/v1/status").await?;
        let there: Vec<String> = list(&status["snapshots"]).iter().map(text).collect();
        if let Some(lost) = self.snapshots.iter().find(|name| !there.contains(name)) {
            return Err(format!("the snapshot {lost} is lost"));
        }
        let time = door.get("/lab/v1/clock").await?;
        let advanced = time["advanced"].as_f64().unwrap_or(-1.0);
        let (sure, perhaps) = self.advanced;
        if advanced < sure - 1e-6 || advanced > sure + perhaps + 1e-6 {
            return Err(format!("{sure} s and perhaps {perhaps} became {advanced}"));
        }
        self.advanced = (advanced, 0.0);
        Ok(())
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
