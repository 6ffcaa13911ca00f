//! Memory ends: the run fails, what there was stays, and the VM goes on.
use super::{int, natives, prompt, vm_with};
use crate::{
    clock::Wall,
    fault::Kind,
    lua::{Reply, Vm, print::Captured},
};
use std::sync::Arc;

const MIB: usize = 1 << 20;

fn small(limit: usize) -> (Vm, Captured) {
    vm_with(Arc::new(Wall), natives, Some(limit))
}

#[test]
fn a_run_that_wants_too_much_fails_and_the_session_goes_on() {
    let (vm, _) = small(32 * MIB);
    prompt(&vm, "kept = 7");
    for source in [
        "return ('x'):rep(1e9)",
        "local l = {} while true do l[#l + 1] = {} end",
        "local l = {} for i = 1, math.huge do l[i] = i end",
        "local s = 'x' while true do s = s .. s end",
        "local l = {} while true do l[#l + 1] = ('x'):rep(1000) .. #l end",
        "return table.concat({ ('x'):rep(2e7), ('y'):rep(2e7) })",
        "return ('x'):rep(1000):gsub('x', ('y'):rep(1e5))",
        "local l = {} while true do l[#l + 1] = coroutine.create(print) end",
        "local function f() return f end local l = {} while true do l[#l + 1] = function() return l end end",
        "coroutine.wrap(function() local l = {} while true do l[#l + 1] = {} end end)()",
        "local l = {} while true do local ok, e = pcall(function() while true do l[#l + 1] = {} end end) if not ok then error(e, 0) end end",
        "task.map({ 1, 2 }, function() local l = {} while true do l[#l + 1] = {} end end)",
        "table.sort({ 1, 2, 3 }, function() local l = {} while true do l[#l + 1] = {} end end)",
        "return setmetatable({}, { __index = function() return ('x'):rep(1e9) end }).x",
        "return t.echo(t.echo{ ('x'):rep(1.2e7) })[1] .. ('x'):rep(1.8e7)",
        "local a = {} for i = 1, 1e5 do a[i] = i end local all = {} while true do all[#all + 1] = t.echo(a) end",
    ] {
        let Reply::Failed(report) = prompt(&vm, source) else {
            panic!("{source} did not fail");
        };
        assert_eq!(report.kind, Some(Kind::Refused), "{source}: {report}");
        assert!(report.message.contains("32 MiB"), "{source}: {report}");
        let hint = report.hint().unwrap_or_default();
        assert!(hint.contains("CHAMI_LUA_MEMORY"), "{source}: {report}");
        assert_eq!(prompt(&vm, "_err.kind == 'refused' and kept"), int(7));
        assert_eq!(
            prompt(
                &vm,
                "task.map({ 1, 2 }, function(x) return t.wait(x) end)[2]"
            ),
            int(2),
            "after {source}"
        );
    }
    assert_eq!(
        prompt(
            &vm,
            "select(2, pcall(string.rep, 'x', 1e9)) == 'not enough memory' and 1"
        ),
        int(1)
    );
}

#[test]
fn what_fills_memory_can_be_let_go() {
    let (vm, _) = small(32 * MIB);
    for fill in [
        "t = {} while true do t[#t + 1] = {} end",
        "t = {} while true do t[#t + 1] = ('x'):rep(50) .. #t end",
        "t = {} for i = 1, math.huge do t = { t, t } end",
    ] {
        assert!(matches!(prompt(&vm, fill), Reply::Failed(_)), "{fill}");
        assert!(matches!(prompt(&vm, fill), Reply::Failed(_)), "{fill}");
        assert_eq!(prompt(&vm, "t = nil return 1"), int(1), "{fill}");
        assert_eq!(
            prompt(&vm, "return #('x'):rep(1e7)"),
            int(10_000_000),
            "{fill}"
        );
    }
}

/// Natives, facades and the report of what went wrong allocate too; wherever it ends, nothing may abort.
#[test]
fn wherever_memory_ends_the_process_does_not() {
    let (vm, _) = small(32 * MIB);
    let sources = [
        "t.filter{ state = 'x', nid = { 1, 2, 3 } }",
        "t.filter{ stat = 'x' }",
        "t.record().tags",
        "t.lost()",
        "pcall(t.refused)",
        "task.map({ 1, 2, 3 }, function(x) return t.wait(0) end)",
        "coroutine.wrap(function() return t.echo{ a = { b = { {}, {} } } } end)()",
        "json.decode('[1, [2, {\"a\": null}]]')",
    ];
    for source in sources {
        let mut lacked = 0;
        for spare in (0..24_000).step_by(64) {
            let source =
                format!("local out = {{ pcall(function() return {source} end) }} return 1");
            let reply = vm.ask(move |host| {
                let function = host.lua.load(source).into_function().expect("Lua");
                host.lua.gc_collect().expect("no finaliser");
                let limit = host.lua.used_memory() + spare;
                host.lua.set_memory_limit(limit).expect("a limit");
                let out = host.lua.load("return 1").eval::<i64>().is_ok();
                let ran = function.call::<i64>(());
                host.lua.set_memory_limit(0).expect("no limit");
                out && ran.is_ok()
            });
            lacked += usize::from(!reply.expect("the VM answers"));
        }
        assert!(lacked > 0, "{source} was never short of memory");
        assert_eq!(prompt(&vm, "1 + 1"), int(2), "{source}");
    }
}
