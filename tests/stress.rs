//! Operators' scripts where networks and services fail underneath them: five scripts, two hundred runs in all, against a
//! lab behind a gateway that is late, hangs up, cuts, answers nonsense. Whatever happens: no panic, nobody hangs, the exit
//! status is the fault's, 0 only when the cluster is as the script promises, what a fault says of single nodes is true, and what the journal says it left is there.
//!
//! `CHAMI_RUNS` is the number of runs of each script, `CHAMI_SEED` what the faults come from.
#[allow(dead_code)] // other tests roll node sets with them
#[path = "support/dice.rs"]
mod dice;
#[path = "support/fault_proxy.rs"]
mod fault_proxy;
#[path = "support/home.rs"]
mod home;
#[path = "support/kept.rs"]
mod kept;

use chami::fault::Kind;
use fault_proxy::Proxy;
use home::{Home, SERVE, Server};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    env, fs,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const RUNS: u64 = 40;
/// How long a request may take, and a whole script however many of its requests are late.
const TIMEOUT: &str = "500ms";
const PATIENCE: Duration = Duration::from_secs(30);

/// A script, and how what it has not done shows in the cluster.
struct Script {
    path: &'static str,
    words: &'static [&'static str],
    begin: &'static str,
    /// One request in so many meets a fault: some runs are to get through.
    one_in: usize,
    /// The nodes that are not yet as it promises; none: it is about more than nodes.
    undone: Option<Undone>,
}

type Undone = fn(&Cluster) -> BTreeSet<String>;

const SCRIPTS: &[Script] = &[
    Script {
        path: "tests/stress/remove.lua",
        words: &[],
        begin: "begin",
        one_in: 9,
        undone: Some(|cluster| cluster.nodes(|_| true)),
    },
    Script {
        path: "tests/stress/join.lua",
        words: &[],
        begin: "begin",
        one_in: 9,
        undone: Some(|cluster| {
            let all = cluster.nodes(|_| true);
            all.difference(&cluster.members("io")).cloned().collect()
        }),
    },
    Script {
        path: "tests/stress/roles.lua",
        words: &[],
        begin: "begin",
        one_in: 40,
        undone: Some(|cluster| cluster.nodes(|node| node["Role"] != "Service")),
    },
    Script {
        path: "tests/stress/boot.lua",
        words: &[],
        begin: "begin",
        one_in: 10,
        undone: None,
    },
    Script {
        path: "scripts/examples/bulk-load.lua",
        words: &["scripts/examples/data/rack.csv"],
        begin: "nothing",
        one_in: 15,
        undone: None,
    },
];

fn number(name: &str, usual: u64) -> u64 {
    env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// A lab, asked past all faults, and the gateway that has them.
struct Cluster {
    home: Home,
    server: Server,
    proxy: Proxy,
    /// The test's own thread of requests.
    runtime: tokio::runtime::Runtime,
}

impl Cluster {
    fn new() -> Self {
        let home = Home::new();
        let mut words = SERVE.to_vec();
        words.extend(["--auth", "off"]);
        let server = Server::start(home.command(&words));
        let proxy = Proxy::start(server.line("http "));
        let config = format!("timeout: {TIMEOUT}\n");
        fs::write(home.0.path().join("config.yaml"), config).expect("written");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let cluster = Self {
            home,
            server,
            proxy,
            runtime: runtime.expect("a thread for requests"),
        };
        cluster.control("snapshot", &json!({ "name": "nothing" }));
        let begun = cluster.run("tests/stress/begin.lua", &[]);
        assert_eq!(begun.status, 0, "{}", begun.told);
        cluster.control("snapshot", &json!({ "name": "begin" }));
        cluster
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.runtime.block_on(self.server.ask(method, path, body));
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    fn control(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/lab/v1/{path}"), Some(body))
    }

    fn nodes(&self, which: impl Fn(&Value) -> bool) -> BTreeSet<String> {
        let list = self.ask("GET", "/hsm/v2/State/Components", None);
        let list = list["Components"].as_array().cloned().unwrap_or_default();
        let picked = list.iter().filter(|node| which(node));
        picked
            .filter_map(|node| node["ID"].as_str().map(str::to_owned))
            .collect()
    }

    fn members(&self, group: &str) -> BTreeSet<String> {
        let group = self.ask("GET", &format!("/hsm/v2/groups/{group}"), None);
        let ids = group["members"]["ids"].as_array().cloned();
        let ids = ids.unwrap_or_default();
        ids.iter()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect()
    }

    /// Runs a script by way of the gateway with the faults.
    fn run(&self, path: &str, words: &[&str]) -> Ended {
        let config = self.home.0.path().join("config.yaml");
        let mut command = self.home.command(&["-c"]);
        command
            .arg(config)
            .args([
                "-u",
                &self.proxy.url,
                "--no-token",
                "tests/support/stress.lua",
                path,
            ])
            .args(words);
        ended(command)
    }

    /// What differs from a script's promise.
    fn differs(&self, script: &Script) -> Vec<Value> {
        let diff = self.control("diff", &json!({ "name": promise(script) }));
        let mut diff = diff.as_array().cloned().unwrap_or_default();
        // When it was done is no part of the promise.
        diff.retain(|one| one["fields"] != json!(["LastUpdate"]));
        diff
    }
}

fn promise(script: &Script) -> String {
    let name = Path::new(script.path).file_stem().unwrap_or_default();
    format!("after-{}", name.display())
}

/// How a process ended, and what it printed.
struct Ended {
    status: i32,
    out: String,
    told: String,
}

/// Waits for a process, but not for ever.
fn ended(mut command: Command) -> Ended {
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("chami starts");
    let read = |pipe: Option<Box<dyn std::io::Read + Send>>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let told = read(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it is ours") {
            break status.code().unwrap_or(-1);
        }
        if begin.elapsed() > PATIENCE {
            let _ = child.kill();
            break -2;
        }
        thread::park_timeout(Duration::from_millis(2));
    };
    Ended {
        status,
        out: out.join().expect("read"),
        told: told.join().expect("read"),
    }
}

/// What is wrong with the end of a run.
fn wrong(cluster: &Cluster, script: &Script, ended: &Ended) -> Option<String> {
    let Ended { status, told, .. } = ended;
    if *status == -2 {
        return Some(format!("it hangs: more than {PATIENCE:?}"));
    }
    if *status < 0 || *status == 101 || told.contains("panicked") {
        return Some("it crashed".into());
    }
    let differs = cluster.differs(script);
    if *status == 0 {
        let text = serde_json::to_string(&differs).unwrap_or_default();
        return (!differs.is_empty()).then(|| format!("status 0, and not as promised: {text}"));
    }
    let word = told.split([':', ' ']).next().unwrap_or_default();
    let Some(kind) = Kind::ALL.iter().find(|kind| kind.name() == word) else {
        return Some(format!("\"{word}\" is no kind of fault"));
    };
    if i32::from(kind.exit_code()) != *status || *kind == Kind::Internal {
        return Some(format!("{kind} ends with {status}"));
    }
    let account = ended.out.lines().rev().find(|line| line.starts_with('{'));
    let Some(account) = account.and_then(|line| serde_json::from_str::<Value>(line).ok()) else {
        return Some("no account of the fault".into());
    };
    items_wrong(&cluster.undone(script)?, &account)
}

/// Kinds that leave no doubt: the service itself said no.
const CERTAIN: [&str; 5] = [
    "bad_argument",
    "not_found",
    "conflict",
    "unauthorized",
    "forbidden",
];

/// Whether what is said of single nodes is so: who is not listed is done, who surely failed is not.
fn items_wrong(undone: &BTreeSet<String>, account: &Value) -> Option<String> {
    let items = account["items"].as_array().cloned().unwrap_or_default();
    if items.is_empty() {
        // Nothing is said of single nodes.
        return None;
    }
    let listed: BTreeSet<&str> = items.iter().filter_map(|i| i["node"].as_str()).collect();
    let silent = undone.iter().find(|node| !listed.contains(node.as_str()));
    if let Some(node) = silent {
        return Some(format!("{node} is not done and nobody says so"));
    }
    let certain = |item: &&Value| CERTAIN.iter().any(|kind| item["kind"] == *kind);
    let mut refused = items
        .iter()
        .filter(certain)
        .filter_map(|i| i["node"].as_str());
    let done = refused.find(|node| !undone.contains(*node));
    done.map(|node| format!("{node} is done and listed as refused"))
}

impl Cluster {
    fn undone(&self, script: &Script) -> Option<BTreeSet<String>> {
        script.undone.map(|undone| undone(self))
    }
}

/// How often a script ended with each status.
type Counts = std::collections::BTreeMap<i32, usize>;

/// The same, and on how many records the journal had a word.
fn stressed(script: &Script) -> Result<(Counts, usize), String> {
    let cluster = Cluster::new();
    let begin = json!({ "name": script.begin });
    // Once without faults: that is the promise; and once more, for what differs by itself.
    for round in 0..2 {
        cluster.control("restore", &begin);
        let calm = cluster.run(script.path, script.words);
        assert_eq!(calm.status, 0, "{}: {}", script.path, calm.told);
        if round == 0 {
            cluster.control("snapshot", &json!({ "name": promise(script) }));
        }
    }
    let differs = cluster.differs(script);
    assert!(differs.is_empty(), "{}: {differs:?}", script.path);
    let journal = cluster.home.0.path().join("state/chami/journal.jsonl");
    let (mut counts, mut kept) = (Counts::new(), 0);
    let first = number("CHAMI_SEED", 1) * 1000;
    for seed in first..first + number("CHAMI_RUNS", RUNS) {
        cluster.control("restore", &begin);
        // A run that was stopped before its first write left none.
        let _ = fs::remove_file(&journal);
        cluster.proxy.arm(seed, script.one_in);
        let ended = cluster.run(script.path, script.words);
        let faults = cluster.proxy.seen();
        let late = faults
            .iter()
            .any(|(_, fault)| matches!(fault, fault_proxy::Fault::LateThere(_)));
        cluster.proxy.settle();
        cluster.proxy.arm(0, 0);
        *counts.entry(ended.status).or_default() += 1;
        let journaled = kept::compared(&journal, late, |path| cluster.ask("GET", path, None));
        kept += journaled.as_ref().copied().unwrap_or_default();
        if let Some(wrong) = wrong(&cluster, script, &ended).or(journaled.err()) {
            let Ended { status, out, told } = ended;
            return Err(format!(
                "{} with seed {seed}: {wrong}\nstatus {status}\n{out}{told}faults: {faults:#?}",
                script.path
            ));
        }
    }
    Ok((counts, kept))
}

#[test]
#[allow(clippy::print_stdout)] // how it went, for who asks with --nocapture
fn scripts_end_truly_whatever_fails_underneath_them() {
    let runs: Vec<_> = SCRIPTS
        .iter()
        .map(|script| thread::spawn(move || (script.path, stressed(script))))
        .collect();
    let mut all = Counts::new();
    let (mut found, mut records) = (Vec::new(), 0);
    for run in runs {
        match run.join().expect("it ends") {
            (path, Ok((counts, kept))) => {
                println!("{path}: {counts:?}, {kept} records as journaled");
                records += kept;
                for (status, count) in counts {
                    *all.entry(status).or_default() += count;
                }
            }
            (_, Err(wrong)) => found.push(wrong),
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    // Else nothing was tried.
    assert!(
        all.contains_key(&0) && all.len() > 3 && records > 0,
        "{all:?}"
    );
}
