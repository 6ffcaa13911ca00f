//! What BSS knows of SMD, and when it asks again; and how fetches reach the disk.
use super::{Bss, Later, Smd, mac};
use crate::{
    fault::Fault,
    services::site::{Open, Timer},
    table::{Change, Journal},
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, atomic::Ordering};

fn known(bss: &Bss) -> usize {
    let (status, hosts) = bss.get("/hosts");
    assert_eq!(status, 200);
    hosts.as_array().map_or(0, Vec::len)
}

#[test]
fn smd_is_read_once_and_kept() {
    let smd = Smd::discovered(1);
    let bss = Bss::beside(&smd);
    bss.pass(50);
    assert_eq!(known(&bss), 1);
    smd.add(1, "On", true);
    bss.pass(5000);
    assert_eq!(known(&bss), 1, "for ever");
    assert_eq!(bss.ask("POST", "/hosts", &Value::Null).0, 204);
    assert_eq!(known(&bss), 2);
    smd.add(2, "On", true);
    bss.ask("POST", "/hosts", &Value::Null);
    assert_eq!(known(&bss), 2, "within the same second nothing is read");
    bss.pass(1);
    bss.ask("POST", "/hosts", &Value::Null);
    assert_eq!(known(&bss), 3);
    assert_eq!(smd.asked.load(Ordering::SeqCst), 3);
}

#[test]
fn a_refusal_is_no_empty_list() {
    let smd = Smd::discovered(1);
    let bss = Bss::beside(&smd);
    smd.broken.store(true, Ordering::SeqCst);
    assert_eq!(bss.get("/hosts").0, 500, "nothing is known");
    smd.broken.store(false, Ordering::SeqCst);
    assert_eq!(known(&bss), 1, "nothing was kept of that");
    smd.broken.store(true, Ordering::SeqCst);
    bss.pass(1);
    bss.ask("POST", "/hosts", &Value::Null);
    assert_eq!(known(&bss), 1, "what is known stays");
}

#[test]
fn an_unknown_node_has_smd_read_again() {
    let smd = Smd::discovered(0);
    let bss = Bss::beside(&smd);
    bss.put(&json!({ "macs": [mac(0)], "kernel": "K" }));
    assert_eq!(known(&bss), 0);
    smd.add(0, "On", true);
    let by = format!("mac={}", mac(0));
    assert!(
        bss.script(&by).contains("sleep 10"),
        "answered from what was known"
    );
    assert!(
        bss.script(&by).contains("kernel"),
        "known now, within the same second"
    );
    smd.add(1, "On", true);
    bss.get("/bootscript?mac=junk&arch=x86_64");
    assert_eq!(
        known(&bss),
        1,
        "one that says its architecture has nothing read"
    );
}

#[test]
fn a_restored_lab_has_heard_of_nobody() {
    let smd = Smd::discovered(1);
    let bss = Bss::beside(&smd);
    assert_eq!(known(&bss), 1);
    smd.add(1, "On", true);
    bss.store.restore(serde_json::Map::new()).expect("emptied");
    assert_eq!(known(&bss), 2);
}

#[test]
fn hosts_are_found_by_name_mac_and_nid() {
    let bss = Bss::beside(&Smd::discovered(2));
    let ids = |query: &str| {
        let (status, hosts) = bss.get(&format!("/hosts?{query}"));
        let ids = hosts
            .as_array()
            .map(|list| list.iter().map(|h| h["ID"].clone()).collect());
        ids.map_or((status, hosts), |ids: Vec<Value>| (status, ids.into()))
    };
    let one = || json!(["x1000c0s0b1n0"]);
    assert_eq!(ids("name=x1000c0s0b1n0"), (200, one()));
    assert_eq!(ids("mac=52:54:00:BE:ef:02"), (200, one()));
    assert_eq!(ids("nid=0x2"), (200, one()));
    assert_eq!(ids("nid=1,2").1.as_array().map(Vec::len), Some(2));
    assert_eq!(
        ids("name=x9"),
        (404, "Not Found - Unknown host name 'x9'".into())
    );
    assert_eq!(ids("nid=9"), (404, "Not Found - Unknown NID '9'".into()));
    assert_eq!(ids("nid=z"), (400, "Bad Request - Invalid nid 'z'".into()));
    let (_, state) = bss.get("/dumpstate");
    assert_eq!(state["Components"].as_array().map(Vec::len), Some(2));
    assert_eq!(state["Params"], Value::Null);
}

/// Counts lines.
#[derive(Default)]
struct Lines(Mutex<Vec<usize>>);

impl Journal for Lines {
    fn append(&self, _: &'static str, changes: &[Change]) -> Result<(), Fault> {
        self.0.lock().expect("unpoisoned").push(changes.len());
        Ok(())
    }
}

#[test]
fn a_thousand_fetches_are_one_line_in_the_journal() {
    let (journal, timer) = (Arc::new(Lines::default()), Arc::new(Later::default()));
    let later: Arc<dyn Timer> = timer.clone();
    let bss = Bss::with(&Smd::discovered(1), Arc::new(Open), journal.clone(), later);
    bss.put(&json!({ "macs": [mac(0)], "kernel": "K" }));
    let lines = || journal.0.lock().expect("unpoisoned").clone();
    let before = lines().len();
    for _ in 0..1000 {
        bss.script(&format!("mac={}", mac(0)));
    }
    assert_eq!(lines().len(), before, "no fetch waits for the disk");
    assert_eq!(bss.store.counts()["endpoint_access"], 1);
    let jobs = std::mem::take(&mut *timer.0.lock().expect("unpoisoned"));
    assert_eq!(jobs.len(), 1, "one job for all of them");
    for job in jobs {
        bss.runtime.block_on(job());
    }
    assert_eq!(lines()[before..], [1]);
    let (_, rows) = bss.get("/endpoint-history");
    assert_eq!(rows.as_array().map(Vec::len), Some(1000));
}
