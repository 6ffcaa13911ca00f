//! Boot scripts: who gets which, what is added to the arguments, and what is noted of it.
use super::{Bss, Smd, mac, xname};
use serde_json::json;

const SELF: &str = "https://demo.openchami.cluster/apis/bss/boot/v1/bootscript";

fn booting(params: &str) -> Bss {
    let bss = Bss::beside(&Smd::discovered(2));
    bss.put(&json!({ "macs": [mac(0)], "kernel": "K", "initrd": "I", "params": params }));
    bss
}

fn kernel_line(bss: &Bss, query: &str) -> String {
    let script = bss.script(query);
    let line = script.lines().nth(1).unwrap_or_default();
    let line = line.strip_prefix("kernel --name kernel K ");
    let line = line.and_then(|line| line.strip_suffix(" || goto boot_retry"));
    line.unwrap_or(&script).to_owned()
}

#[test]
fn a_known_node_with_parameters_boots() {
    let bss = booting("quiet");
    let script = bss.script("mac=52:54:00:BE:EF:01&retry=0x10");
    assert_eq!(
        script,
        format!(
            "#!ipxe\nkernel --name kernel K initrd=initrd quiet xname={} nid=1 \
             BOOTIF=01-52-54-00-BE-EF-01 ds=nocloud-net;s=localhost/ || goto boot_retry\n\
             initrd --name initrd I || goto boot_retry\nboot || goto boot_retry\n:boot_retry\nsleep 30\n\
             chain {SELF}?mac=52:54:00:BE:EF:01&retry=17\n\n",
            xname(0)
        )
    );
    bss.put(&json!({ "hosts": [xname(1)], "kernel": "K" }));
    let script = bss.script(&format!("name={}", xname(1)));
    assert!(
        !script.contains("initrd") && !script.contains("BOOTIF"),
        "{script}"
    );
    assert!(script.contains(&format!(
        "chain {SELF}?mac={}&retry=1\n",
        mac(1).to_uppercase()
    )));
}

#[test]
fn arguments_that_are_there_are_not_added_again() {
    let first = "mac=52:54:00:be:ef:01";
    let bss = booting("xname=mine nid=9 BOOTIF=x ds=none");
    assert_eq!(
        kernel_line(&bss, first),
        "initrd=initrd xname=mine nid=9 BOOTIF=x ds=none"
    );
    let cut = booting("a rd.initrd=9 b ds=x");
    assert!(kernel_line(&cut, first).starts_with("initrd=initrd a rd. b ds=x xname="));
    let last = booting("xname=a nid=1 BOOTIF=x ds=y initrd=z");
    let (status, said) = last.get(&format!("/bootscript?{first}"));
    assert_eq!(status, 500, "{said}");
    assert!(
        said.as_str().is_some_and(|s| s.contains("crashes here")),
        "{said}"
    );
}

#[test]
fn everybody_else_is_asked_to_come_again() {
    let smd = Smd::discovered(1);
    smd.add(1, "On", false);
    smd.add(2, "Empty", true);
    let bss = Bss::beside(&smd);
    bss.pass(100);
    for n in 0..3 {
        bss.put(&json!({ "macs": [mac(n)], "kernel": "K" }));
    }
    let again = |whose: &str, ts: i64| {
        format!("#!ipxe\nsleep 10\nchain {SELF}?{whose}&arch=${{buildarch}}&ts={ts}\n\n")
    };
    let by_mac = |n| format!("mac={}", mac(n));
    assert!(bss.script(&by_mac(0)).contains("kernel"), "this one boots");
    for n in 1..3 {
        assert_eq!(bss.script(&by_mac(n)), again(&by_mac(n), 100));
    }
    assert_eq!(bss.script("mac=junk&ts=7"), again("mac=junk", 7));
    assert_eq!(bss.script("nid=77"), again("nid=77", 100));
    assert_eq!(bss.script("name=x9c0s0b0n0"), again("name=x9c0s0b0n0", 100));
    let upper = again(&format!("mac={}", mac(0).to_uppercase()), 100);
    assert_eq!(
        bss.script("nid=1"),
        upper,
        "its parameters stand under its MAC"
    );
    let (status, _) = bss.get("/bootscript?mac=junk&arch=x86_64");
    assert_eq!(status, 500);
    for query in ["", "?name=", "?nid=-1", "?nid=x"] {
        let (status, said) = bss.get(&format!("/bootscript{query}"));
        assert_eq!(
            (status, said),
            (400, "Need a mac=, name=, or nid= parameter".into())
        );
    }
}

#[test]
fn what_a_script_cannot_be_made_of_is_said() {
    let by = "/bootscript?mac=52:54:00:be:ef:01";
    let spire = booting("${SPIRE_JOIN_TOKEN}");
    let (status, said) = spire.get(by);
    assert!(
        status == 404 && said.as_str().is_some_and(|s| s.contains("api/token")),
        "{said}"
    );
    assert_eq!(spire.get(&format!("{by}&json=1")).0, 500);
    let s3 = booting("p");
    s3.put(&json!({ "kernel": "s3://boot/K" }));
    let words = "EmptyStaticCreds: static credentials are empty";
    assert_eq!(s3.get(by), (404, words.into()));
    let (status, parts) = s3.get(&format!("{by}&json=1"));
    assert_eq!(
        (status, &parts["kernel"]["path"]),
        (200, &json!("s3://boot/K"))
    );
    let (_, parts) = s3.get("/bootscript?mac=junk&json=1");
    let nobody = json!({
        "params": "kernel  BOOTIF=01-junk ds=nocloud-net;s=localhost/",
        "kernel": { "path": "" }, "initrd": { "path": "" },
    });
    assert_eq!(parts, nobody, "nobody needs to be known");
}

#[test]
fn each_script_that_boots_is_noted() {
    let bss = booting("p");
    bss.pass(5);
    for query in [
        "mac=52:54:00:be:ef:01",
        "mac=52:54:00:be:ef:01",
        "mac=junk",
        "nid=1",
    ] {
        bss.script(query);
    }
    let row = json!({ "name": xname(0), "endpoint": "bootscript", "last_epoch": 5 });
    assert_eq!(bss.get("/endpoint-history"), (200, json!([row, row])));
    let (_, none) = bss.get("/endpoint-history?endpoint=user-data");
    assert_eq!(none, json!([]));
    let (_, one) = bss.get(&format!(
        "/endpoint-history?name={}&endpoint=bootscript",
        xname(0)
    ));
    assert_eq!(one, json!([row, row]));
    let (status, said) = bss.get("/endpoint-history?name=it's");
    assert!(
        status == 500 && said.as_str().is_some_and(|s| s.contains(r#"name="it's""#)),
        "{said}"
    );
}
