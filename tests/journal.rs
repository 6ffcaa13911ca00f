//! Every write is journaled and can be taken back, or says why not: a table over all natives that write, so that a new one
//! without a line here fails.
#[path = "support/stage.rs"]
mod stage;

use chami::{
    lua::{inspect::Style, shape::Limit},
    shell::Reply,
};
use stage::{Stage, root};
use std::{collections::BTreeSet, fmt::Write as _, fs};

/// A write, and what must be there first.
#[derive(Clone, Debug, Default)]
struct Case {
    name: String,
    needs: String,
    write: String,
}

/// A part of the table.
fn cases(part: &str) -> Vec<Case> {
    let path = root().join("tests/journal/writes.txt");
    let text = fs::read_to_string(path).expect("the table");
    let mut cases: Vec<Case> = Vec::new();
    let mut inside = false;
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        if let Some(name) = line.strip_prefix("== ") {
            inside = part.is_empty() || name == part;
        } else if !inside {
        } else if let Some(needs) = line.strip_prefix("  needs: ") {
            needs.clone_into(&mut cases.last_mut().expect("a case").needs);
        } else if let Some(write) = line.strip_prefix("  write: ") {
            write.clone_into(&mut cases.last_mut().expect("a case").write);
        } else {
            cases.push(Case {
                name: line.to_owned(),
                ..Case::default()
            });
        }
    }
    assert!(!cases.is_empty(), "no part {part:?}");
    cases
}

/// What makes arguments.
const HELPERS: &str = r#"
    function unit(n) return { ID = "x1000c0s0b0n0d0", MemoryLocationInfo = { Id = "DIMM0" },
        PopulatedFRU = { MemoryFRUInfo = { CapacityMiB = 8192, Manufacturer = "Sam", SerialNumber = n } } } end
    function scn(state) return { Subscriber = "me", Url = "http://127.0.0.1:9/scn", States = { state } } end
    local function system(n) return { uri = "/redfish/v1/Systems/" .. n, name = "n" .. n, actions = { "On" },
        uuid = "4d1c2c4e-6c3f-4b6e-9d8e-0d1c2b3a4f5" .. n } end
    twins = { { ID = "x1000c0s1b0", SchemaVersion = 1, Systems = { system(0), system(1) } } }
    boot = { kernel = "http://h/k", initrd = "http://h/i", params = "ro" }"#;

/// Writes that change no record of a cluster and no file of the user's.
const UNKEPT: &[(&str, &str)] = &[
    ("dhcp.probe", "a DHCP server keeps its leases itself"),
    ("journal.undo", "it keeps its own entry"),
    ("lab.artifact.delete", "the lab keeps its states itself"),
    ("lab.artifact.put", "the lab keeps its states itself"),
    ("lab.bootstrap_token", "it is used up once, or ends"),
    ("lab.clock.advance", "time does not go back"),
    ("lab.condition", "the lab keeps its states itself"),
    ("lab.dhcp.set", "the lab keeps its states itself"),
    ("lab.discard", "the lab keeps its states itself"),
    ("lab.fork", "the lab keeps its states itself"),
    ("lab.power", "a machine that was off does not remember"),
    (
        "lab.release",
        "what real machines did is no record of anybody here",
    ),
    ("lab.remove", "the lab keeps its states itself"),
    ("lab.reset", "the lab keeps its states itself"),
    ("lab.restore", "the lab keeps its states itself"),
    ("lab.snapshot", "the lab keeps its states itself"),
    (
        "virsh.Console:send",
        "what is typed on a console is the guest's",
    ),
    ("virsh.console", "what is typed on a console is the guest's"),
];

/// What moves at each write whatever is in it: counters, moments, the order of writing, SMD's own log.
const RESTLESS: &str = r#"
    local restless = { turn = true, LastUpdate = true, DiscoveryInfo = true, last_update = true }
    local logs = { counters = true, hardware_history = true }
    local left = {}
    for _, d in ipairs(lab.diff "before") do
        local fields = {}
        for _, field in ipairs(d.fields) do
            if not restless[field] then fields[#fields + 1] = field end
        end
        if not logs[d.table] and (d.change ~= "changed" or #fields > 0) then
            left[#left + 1] = ("%s.%s %s %s: %s: %s -> %s"):format(d.service, d.table, d.key, d.change,
                table.concat(fields, ","), inspect(d.before), inspect(d.after))
        end
    end
    return table.concat(left, "\n")"#;

struct Play {
    stage: Stage,
}

impl Play {
    fn new() -> Self {
        let stage = Stage::new(true, Style::WHOLE, Limit::Whole);
        let play = Self { stage };
        let dir = play.stage.home.path().join("files");
        fs::create_dir(&dir).expect("a directory");
        play.run(&format!("dir = '{}'", dir.display()))
            .expect("a global");
        play.run(HELPERS).expect("prepared");
        play
    }

    fn run(&self, code: &str) -> Result<String, String> {
        match self.stage.shell.run(code, &[]) {
            Reply::Values(values) => Ok(values
                .first()
                .map(|value| match serde_json::to_value(value) {
                    Ok(serde_json::Value::String(text)) => text,
                    Ok(value) => value.to_string(),
                    Err(error) => error.to_string(),
                })
                .unwrap_or_default()),
            Reply::Nothing => Ok(String::new()),
            Reply::Failed(report) => Err(report.to_string()),
            other => Err(format!("{other:?}")),
        }
    }

    /// The lab as exercise 301 leaves it, with what the case needs.
    fn prepare(&self, needs: &str) -> Result<(), String> {
        self.run("lab.reset 'tutorial'")?;
        self.run(needs)?;
        self.run("lab.snapshot 'before'").map(drop)
    }

    fn files(&self) -> String {
        let mut paths = vec![self.stage.home.path().to_owned()];
        let mut text = String::new();
        while let Some(path) = paths.pop() {
            let _ = write!(text, "{}", path.display());
            if path.is_dir() {
                let mut inside: Vec<_> = fs::read_dir(&path)
                    .expect("a directory")
                    .flatten()
                    .map(|entry| entry.path())
                    .collect();
                inside.sort();
                paths.extend(inside);
            } else {
                let _ = write!(text, ": {:?}", fs::read(&path).expect("a file"));
            }
            text.push('\n');
        }
        text
    }

    /// Writes, and takes it back; what is not as before then.
    fn there_and_back(&self, case: &Case) -> Result<String, String> {
        self.prepare(&case.needs)?;
        let files = self.files();
        self.run(&case.write)
            .map_err(|e| format!("the write: {e}"))?;
        let call = self.run("local all = journal(); return all[#all].call")?;
        if call != case.name {
            return Err(format!("the newest entry is of {call}"));
        }
        let changed = self.run(RESTLESS)?.is_empty() && files == self.files();
        if changed {
            return Err("the write changed nothing".to_owned());
        }
        let after = self.files();
        self.run("undone = undo()")?;
        let mut left = self.run(RESTLESS)?;
        if files != self.files() {
            let _ = write!(
                left,
                "files:\n{files}then\n{after}and now\n{}",
                self.files()
            );
        }
        Ok(left)
    }
}

fn all_back(part: &str) {
    let play = Play::new();
    let mut wrong = String::new();
    for case in &cases(part) {
        match play.there_and_back(case) {
            Ok(left) if left.is_empty() => {}
            Ok(left) => {
                let _ = writeln!(
                    wrong,
                    "{}: {}\n  left behind:\n{left}",
                    case.name, case.write
                );
            }
            Err(error) => {
                let _ = writeln!(wrong, "{}: {}\n  {error}", case.name, case.write);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn components_come_back_with_their_groups_and_locks() {
    all_back("components");
}

#[test]
fn endpoints_come_back_with_what_is_behind_them() {
    all_back("endpoints");
}

#[test]
fn groups_and_partitions_come_back() {
    all_back("sets");
}

#[test]
fn hardware_maps_and_subscriptions_come_back() {
    all_back("others");
}

#[test]
fn boot_parameters_come_back() {
    all_back("booting");
}

#[test]
fn configurations_come_back() {
    all_back("configuring");
}

#[test]
fn machines_and_their_networks_come_back() {
    all_back("machines");
}

#[test]
fn the_head_node_comes_back() {
    all_back("head");
}

#[test]
fn files_come_back() {
    all_back("files");
}

#[test]
fn what_has_a_number_comes_back_under_another() {
    let play = Play::new();
    for Case { name, needs, write } in &cases("anew") {
        play.prepare(needs).expect("prepared");
        play.run(write).expect("written");
        play.run("undo()").unwrap_or_else(|e| panic!("{name}: {e}"));
        let there = play.run("return smd.scn.list()[1].Subscriber");
        assert_eq!(there.as_deref(), Ok("me"), "{name}");
    }
}

#[test]
fn what_no_api_takes_back_is_journaled_with_its_reason() {
    let play = Play::new();
    for Case { name, needs, write } in &cases("one way") {
        play.prepare(needs)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        play.run(write).unwrap_or_else(|e| panic!("{name}: {e}"));
        let code = "local all = journal(); local newest = all[#all]
            local ok, fault = pcall(undo, newest.id)
            return newest.call .. ' ' .. tostring(ok) .. ' ' .. fault.kind .. ' ' .. tostring(#journal.get(newest.id).one_way > 5)";
        let told = play.run(code).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(told, format!("{name} false unsupported true"));
    }
}

#[test]
fn every_write_is_in_a_table() {
    let stage = Stage::new(true, Style::WHOLE, Limit::Whole);
    let natives = stage.shell.natives().expect("natives load");
    let cases: BTreeSet<String> = cases("").into_iter().map(|case| case.name).collect();
    let mut wrong = Vec::new();
    for native in natives
        .iter()
        .filter(|it| it.access == chami::lua::Access::Write)
    {
        let name = native.to_string();
        let unkept = UNKEPT.iter().any(|(unkept, _)| *unkept == name);
        if native.journaled == unkept {
            wrong.push(format!(
                "{name}: journaled {}, excused {unkept}",
                native.journaled
            ));
        } else if !unkept && !cases.contains(&name) {
            wrong.push(format!("{name} has no case here"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
