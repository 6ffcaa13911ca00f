//! Recorded exchanges of the real services, replayed against the simulated ones in process.
//!
//! Every file under `tests/contract/` is a scenario from empty stores; each answer must equal the recorded one. Left out,
//! and named in the output, is only what the lab says it does not simulate (501), and what no service but the gateway
//! answers. The recordings themselves are held by checksums.
#[path = "support/replay.rs"]
mod replay;
#[path = "support/whole.rs"]
mod whole;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::StatusCode,
};
use chami::{
    clock::{Clock, Pending},
    fault::Fault,
    services::{
        ALL,
        site::{Job, NoSigner, Open, Peers, Site, Sound, Timer},
    },
    table::Forget,
};
use jiff::{SignedDuration, Timestamp};
use replay::{Control, Exchange, Got, Names, Scenario, Step, fill};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tower::ServiceExt;
use whole::Whole;

/// A clock that moves by hand, and does what falls due on the way.
struct Hand {
    now: Mutex<Timestamp>,
    due: Mutex<BTreeMap<Timestamp, Vec<Job>>>,
}

impl Hand {
    fn later(&self, span: Duration) -> Timestamp {
        let span = SignedDuration::try_from(span).expect("short");
        self.now().checked_add(span).expect("in range")
    }

    fn next_until(&self, until: Timestamp) -> Option<(Timestamp, Vec<Job>)> {
        let mut due = self.due.lock().expect("unpoisoned");
        let first = due.first_entry().filter(|first| *first.key() <= until)?;
        Some(first.remove_entry())
    }

    fn set(&self, now: Timestamp) {
        *self.now.lock().expect("unpoisoned") = now;
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("unpoisoned")
    }

    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            let until = self.later(span);
            while let Some((at, jobs)) = self.next_until(until) {
                self.set(at);
                for job in jobs {
                    job().await;
                }
            }
            self.set(until);
            Ok(())
        })
    }
}

impl Timer for Hand {
    fn after(&self, span: Duration, job: Job) {
        let at = self.later(span);
        let mut due = self.due.lock().expect("unpoisoned");
        due.entry(at).or_default().push(job);
    }
}

/// Every simulated service, fresh, behind its prefix.
struct Bench {
    router: Router,
    prefixes: Vec<&'static str>,
    clock: Arc<Hand>,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(Hand {
            now: Mutex::new(Timestamp::UNIX_EPOCH),
            due: Mutex::default(),
        });
        let peers = Arc::new(Peers::default());
        let site = Site {
            clock: clock.clone(),
            journal: Arc::new(Forget),
            timer: clock.clone(),
            peers: peers.clone(),
            guard: Arc::new(Open),
            signer: Arc::new(NoSigner),
            ailments: Arc::new(Sound),
            rack: Arc::new(chami::services::rack::NoRack),
            seed: 0,
        };
        let (mut router, mut prefixes) = (Router::new(), Vec::new());
        for front in ALL.iter().filter_map(|service| service.lab) {
            let front = front(&site);
            prefixes.push(front.prefix);
            router = router.nest(front.prefix, front.routes);
            for (alias, routes) in front.aliases {
                prefixes.push(alias);
                router = router.nest(alias, routes);
            }
        }
        peers.open(router.clone());
        // as the gateway says it of a prefix with nothing behind it
        let none = || async { (StatusCode::NOT_FOUND, "404 page not found\n") };
        Self {
            router: router.fallback(none),
            prefixes,
            clock,
        }
    }

    fn serves(&self, path: &str) -> bool {
        self.prefixes.iter().any(|prefix| path.starts_with(prefix))
    }

    async fn act(&self, control: &Control) {
        // cloud-init rereads SMD once a minute
        let known = ["wait", "refresh-cloud-init-smd-cache"].contains(&control.action.as_str());
        assert!(
            known,
            "{}: not an action this harness knows",
            control.action
        );
        let span = Duration::from_secs_f64(control.seconds.unwrap_or(60.0));
        self.clock.sleep(span).await.expect("the clock moves");
    }

    async fn send(&self, exchange: &Exchange, names: &Names) -> Got {
        let recorded = &exchange.request;
        let mut request = axum::http::Request::builder()
            .method(recorded.method.as_str())
            .uri(fill(&recorded.path, names));
        for (name, value) in &recorded.headers {
            request = request.header(name, fill(value, names));
        }
        let body = exchange.body(names);
        if body.is_some()
            && !recorded
                .headers
                .keys()
                .any(|n| n.eq_ignore_ascii_case("content-type"))
        {
            request = request.header("content-type", "application/json");
        }
        let request = request
            .body(body.map_or_else(Body::empty, Body::from))
            .expect("a request");
        let Ok(answer) = self.router.clone().oneshot(request).await;
        let (head, body) = answer.into_parts();
        let text = |value: &axum::http::HeaderValue| value.to_str().expect("text").to_owned();
        Got {
            status: head.status.as_u16(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: to_bytes(body, usize::MAX).await.expect("a body").to_vec(),
        }
    }
}

/// What became of one scenario's steps.
#[derive(Default)]
struct Tally {
    equal: usize,
    left_out: Vec<String>,
    different: Vec<String>,
}

/// Where a scenario is replayed: those about tokens need a lab with gateway and issuers, the others the services alone.
enum Stage {
    Services(Bench),
    Lab(Whole),
}

impl Stage {
    async fn of(scenario: &Scenario) -> Self {
        if scenario.scenario.starts_with("auth-") {
            Self::Lab(Whole::new().await)
        } else {
            Self::Services(Bench::new())
        }
    }

    fn serves(&self, path: &str) -> bool {
        match self {
            Self::Services(bench) => bench.serves(path),
            Self::Lab(_) => true,
        }
    }

    async fn act(&self, control: &Control, names: &mut Names) {
        match self {
            Self::Services(bench) => bench.act(control).await,
            Self::Lab(whole) => whole.act(control, names).await,
        }
    }

    async fn send(&self, exchange: &Exchange, names: &Names) -> Got {
        match self {
            Self::Services(bench) => bench.send(exchange, names).await,
            Self::Lab(whole) => whole.send(exchange, names).await,
        }
    }
}

async fn replayed(scenario: &mut Scenario) -> Tally {
    let bench = Stage::of(scenario).await;
    let (mut names, mut tally) = (Names::new(), Tally::default());
    for step in &mut scenario.steps {
        let exchange = match step {
            Step::Control { control } => {
                bench.act(control, &mut names).await;
                continue;
            }
            Step::Exchange(exchange) => exchange,
        };
        let marks = replay::of_its_own(&exchange.request.path);
        let marks = marks.iter().map(|mark| (*mark).to_owned());
        exchange.volatile.extend(marks);
        let request = &exchange.request;
        let title = format!(
            "{}/{} {} {}",
            scenario.scenario, exchange.id, request.method, request.path
        );
        if !bench.serves(&request.path) {
            tally
                .left_out
                .push(format!("{title}: the gateway's own answer"));
            continue;
        }
        let got = bench.send(exchange, &names).await;
        if got.status == 501 && exchange.response.status != 501 {
            tally.left_out.push(format!("{title}: not simulated"));
            continue;
        }
        let found = exchange.differences(&got, &mut names);
        if exchange.skip.is_some() {
            continue;
        }
        if found.is_empty() {
            tally.equal += 1;
        } else {
            tally
                .different
                .push(format!("{title}\n      {}", found.join("\n      ")));
        }
    }
    tally
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract")
}

fn fixtures() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("tests/contract");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    found.sort();
    found
}

#[test]
#[allow(clippy::print_stdout)] // what was left out must be seen
fn recorded_exchanges_are_answered_as_by_the_real_services() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut all = Tally::default();
    for path in fixtures() {
        let text = fs::read_to_string(&path).expect("readable");
        let mut scenario: Scenario = serde_json::from_str(&text).expect("a scenario");
        let tally = runtime.block_on(replayed(&mut scenario));
        let count = tally.equal + tally.different.len();
        println!("{}/{count}\t{}", tally.equal, scenario.scenario);
        all.equal += tally.equal;
        all.left_out.extend(tally.left_out);
        all.different.extend(tally.different);
    }
    println!("\nleft out:\n  {}", all.left_out.join("\n  "));
    let count = all.equal + all.different.len();
    println!("\n{} of {count} exchanges equal", all.equal);
    assert!(all.equal > 0, "no exchange was compared");
    assert!(
        all.different.is_empty(),
        "different:\n  {}",
        all.different.join("\n  ")
    );
}

#[test]
fn the_recordings_are_those_that_were_made() {
    let sums = fs::read_to_string(folder().join("SHA256SUMS")).expect("SHA256SUMS");
    let listed: Vec<(&str, &str)> = sums
        .lines()
        .map(|line| line.split_once("  ").expect("sum and name"))
        .collect();
    for path in fixtures() {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let bytes = fs::read(&path).expect("readable");
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
        let hex =
            |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16));
        let sum: String = digest.as_ref().iter().flat_map(hex).flatten().collect();
        let entry = listed.iter().find(|(_, listed)| *listed == name);
        let (listed, _) = entry.unwrap_or_else(|| panic!("{name} is not in SHA256SUMS"));
        assert_eq!(*listed, sum, "{name} was changed");
    }
    assert_eq!(
        listed.len(),
        fixtures().len(),
        "SHA256SUMS names files that are not there"
    );
}

/// Differences between an answer and a recording of one body, under these marks.
fn differences(
    recorded: &serde_json::Value,
    came: &serde_json::Value,
    marks: serde_json::Value,
) -> Vec<String> {
    let mut step = marks;
    step["id"] = "step".into();
    step["request"] = serde_json::json!({ "method": "GET", "path": "/" });
    step["response"] = serde_json::json!({
        "status": 200, "content_type": "application/json", "body_kind": "json", "body": recorded,
    });
    let exchange: Exchange = serde_json::from_value(step).expect("an exchange");
    let got = Got {
        status: 200,
        headers: [(
            "content-type".to_owned(),
            "application/json; charset=utf-8".to_owned(),
        )]
        .into(),
        body: came.to_string().into_bytes(),
    };
    exchange.differences(&got, &mut Names::new())
}

#[test]
fn the_harness_sees_what_differs_and_only_that() {
    use serde_json::json;
    let none = || json!({});
    assert!(differences(&json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1}), none()).is_empty());
    for (recorded, came) in [
        (json!({"a": 1}), json!({"a": 2})),
        (json!({"a": 1}), json!({"a": "1"})),
        (json!({"a": 1}), json!({})),
        (json!({}), json!({"a": 1})),
        (json!([1, 2]), json!([2, 1])),
        (json!([1]), json!([1, 1])),
        (json!(null), json!([])),
    ] {
        assert!(
            !differences(&recorded, &came, none()).is_empty(),
            "{recorded} and {came}"
        );
    }
    let unordered = json!({ "unordered": ["/body"], "volatile": ["/body/0/t"] });
    let (one, other) = (
        json!([{"k": 1, "t": "a"}, {"k": 2, "t": "b"}]),
        json!([{"k": 2, "t": "z"}, {"k": 1, "t": "y"}]),
    );
    assert!(differences(&one, &other, unordered.clone()).is_empty());
    let retyped = json!([{"k": 2, "t": 5}, {"k": 1, "t": "y"}]);
    assert!(!differences(&one, &retyped, unordered).is_empty());
}
