//! The VM from outside: natives, faults, printing, the prompt's memory.
mod background;
mod interrupt;
mod memory;
mod prompt;
mod tasks;
mod values;

use super::{
    Declare, Natives, Options, Reply, Vm,
    inspect::Style,
    print::Captured,
    shape::{Limit, Shape},
};
use crate::{
    clock::{Clock, Wall},
    fault::{Fault, Kind},
    journal::{Journal, Setup},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    state: Option<String>,
    #[serde(rename = "Net-Type")]
    net: Option<String>,
    nid: Option<Vec<u32>>,
}

#[derive(Serialize)]
struct Record {
    id: &'static str,
    role: Option<String>,
    tags: Vec<String>,
}

fn natives(n: &mut Natives) {
    n.sync("double", |(x,): (i64,)| Ok(x * 2));
    n.sync("filter", |(f,): (Filter,)| Ok((f.net.or(f.state), f.nid)));
    n.sync("two", |(a, b): (String, Option<u8>)| Ok((a, b)));
    n.sync("echo", |(value,): (serde_json::Value,)| Ok(value));
    n.sync("record", |(): ()| {
        Ok(Record {
            id: "x0",
            role: None,
            tags: Vec::new(),
        })
    });
    n.read("wait", |(ms,): (u64,)| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Ok(ms)
    });
    n.read("stall", |(): ()| {
        std::future::pending::<Result<(), Fault>>()
    });
    n.read("panic", |(): ()| async {
        panic!("on purpose") as Result<(), Fault>
    });
    n.read("lost", |(): ()| async {
        let fault = Fault::not_found("no component x9").status(404);
        Err::<(), _>(fault.hint("smd.component.list()"))
    });
    n.write("refused", |(): ()| async {
        Err::<(), _>(Fault::new(Kind::Conflict, "there already"))
    });
    n.write("hang_write", |(): ()| {
        std::future::pending::<Result<(), Fault>>()
    });
    n.write("change", |(name,): (String,)| async move { Ok(name) });
}

/// A VM whose global `t` holds the natives above.
fn vm() -> (Vm, Captured) {
    vm_on(Arc::new(Wall), natives)
}

fn vm_on(clock: Arc<dyn Clock>, natives: fn(&mut Natives)) -> (Vm, Captured) {
    vm_with(clock, natives, None)
}

fn vm_with(
    clock: Arc<dyn Clock>,
    natives: fn(&mut Natives),
    memory: Option<usize>,
) -> (Vm, Captured) {
    let mut modules = BTreeMap::<&'static str, Declare>::new();
    modules.insert("t", Box::new(natives));
    let out = Captured::default();
    let sink = out.sink();
    let vm = Vm::start(Options {
        journal: Journal::new(Setup::memory()),
        sink,
        screen: Arc::default(),
        modules,
        style: Style::WHOLE,
        clock,
        gate: Arc::default(),
        memory,
    })
    .expect("a VM starts");
    vm.ask(|host| {
        let natives = host.natives_of("t").expect("t declares natives");
        host.lua
            .globals()
            .set("t", natives)
            .expect("globals take it");
    })
    .expect("the VM answers");
    (vm, out)
}

fn prompt(vm: &Vm, source: &str) -> Reply {
    vm.prompt(source, Limit::Whole)
}

/// The one value of an input, as text; anything else as Rust prints it.
fn text(vm: &Vm, source: &str) -> String {
    match prompt(vm, source) {
        Reply::Values(values) => match values.as_slice() {
            [Shape::Text(text)] => text.clone(),
            other => format!("{other:?}"),
        },
        Reply::Failed(report) => report.to_string(),
        other => format!("{other:?}"),
    }
}

fn int(value: i64) -> Reply {
    Reply::Values(vec![Shape::Int(value)])
}

#[test]
fn natives_answer() {
    let (vm, _) = vm();
    assert_eq!(prompt(&vm, "t.double(21)"), int(42));
    assert_eq!(prompt(&vm, "t.wait(1)"), int(1));
    assert_eq!(text(&vm, "t.change 'x0'"), "x0");
}

#[test]
fn a_fault_is_a_table_that_pcall_can_read() {
    let (vm, _) = vm();
    let code = "select(2, pcall(t.lost)).kind .. ' ' .. select(2, pcall(t.lost)).status";
    assert_eq!(text(&vm, code), "not_found 404");
    let code = "tostring(select(2, pcall(t.lost)))";
    assert_eq!(text(&vm, code), "not_found (404): no component x9");
}

#[test]
fn a_fault_at_the_prompt_says_what_to_type_and_where() {
    let (vm, _) = vm();
    let script = "local function boot_all()\n  return t.lost(), 1\nend\nboot_all()";
    assert_eq!(
        text(&vm, script),
        "not_found (404): no component x9\n  hint: smd.component.list()\n  at:   prompt:2, in boot_all"
    );
    assert_eq!(text(&vm, "_err.kind"), "not_found");
}

#[test]
fn a_panic_in_a_native_is_a_fault() {
    let (vm, _) = vm();
    assert_eq!(text(&vm, "select(2, pcall(t.panic)).kind"), "internal");
}

#[test]
fn natives_can_be_listed() {
    let (vm, _) = vm();
    let natives = vm.natives().expect("all load");
    let change = natives.iter().find(|n| n.name == "change");
    let change = change.expect("declared above");
    assert_eq!(
        (change.module.as_str(), change.access),
        ("t", super::Access::Write)
    );
}

#[test]
fn print_goes_to_the_sink() {
    let (vm, out) = vm();
    prompt(
        &vm,
        "print('a', nil, 3.0, setmetatable({}, { __tostring = function() return 'me' end }))",
    );
    prompt(&vm, "io.write('x', 1, '\\n'):write('')");
    assert_eq!(out.take(), "a\tnil\t3.0\tme\nx1\n");
    assert!(text(&vm, "io.write({})").contains("bad argument #1 to 'write'"));
}

#[test]
fn leaving_cannot_be_caught() {
    let (vm, _) = vm();
    let code = "while true do pcall(function() os.exit(3) end) end";
    assert_eq!(prompt(&vm, code), Reply::Exit(3));
    assert_eq!(prompt(&vm, "os.exit(false)"), Reply::Exit(1));
    assert_eq!(prompt(&vm, "1"), int(1));
}

#[test]
fn scripts_get_their_arguments() {
    let (vm, _) = vm();
    let script = b"#!/usr/bin/env chami\nlocal a, b = ...\nreturn a .. b .. arg[0] .. arg[2]";
    let args = ["x".to_owned(), "y".to_owned()];
    let reply = vm.script(script, std::path::Path::new("s.lua"), &args);
    assert_eq!(
        reply,
        Reply::Values(vec![Shape::Text("xys.luay".to_owned())])
    );
    let Reply::Failed(report) =
        vm.script(b"#!x\n\nerror('no')", std::path::Path::new("s.lua"), &[])
    else {
        panic!("it raises");
    };
    assert_eq!(report.to_string(), "error: no\n  at:   s.lua:3");
}

#[test]
fn expressions_and_statements_run() {
    let (vm, _) = vm();
    assert_eq!(vm.expression("1 + 1", "=-e", &[]), int(2));
    assert_eq!(vm.expression("local x = 1 return x", "=-e", &[]), int(1));
    assert_eq!(vm.expression("local x = 1", "=-e", &[]), Reply::Nothing);
    let Reply::Failed(report) = vm.expression("return 1 +* 2", "=-e", &[]) else {
        panic!("no Lua");
    };
    assert_eq!(report.exit_code(), 1);
    assert_eq!(report.to_string(), "error: unexpected symbol near '*'");
}
