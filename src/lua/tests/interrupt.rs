//! Ctrl-C: whatever runs stops, nothing holds on, and the VM goes on as if nothing had been.
use super::{int, prompt, vm};
use crate::{
    fault::Kind,
    lua::{Reply, Report, Vm},
};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Runs `source` and interrupts it as soon as it says that it is under way.
fn stopped(vm: &Vm, source: &str) -> Report {
    let (reply, took) = thread::scope(|scope| {
        let run = scope.spawn(|| (prompt(vm, source), Instant::now()));
        // The VM takes one job after another: until this one begins a press finds nothing to stop.
        let pressed = loop {
            let now = Instant::now();
            if vm.interrupt() || run.is_finished() {
                break now;
            }
            thread::yield_now();
        };
        let (reply, end) = run.join().expect("the VM answers");
        (reply, end.duration_since(pressed))
    });
    assert!(took < Duration::from_secs(2), "{source} took {took:?}");
    match reply {
        Reply::Failed(report) => report,
        other => panic!("{source} gave {other:?}"),
    }
}

#[test]
fn everything_stops() {
    let (vm, _) = vm();
    prompt(
        &vm,
        "function loop() while true do end end function co(f) return coroutine.wrap(f)() end",
    );
    for source in [
        "loop()",
        "for i = 1, math.huge do end",
        "local function f() return f() end f()",
        "while true do pcall(loop) end",
        "while true do pcall(pcall, loop) end",
        "while true do pcall(error) end",
        "while true do xpcall(loop, loop) end",
        "xpcall(error, loop)",
        "co(loop)",
        "while true do pcall(co, loop) end",
        "co(function() while true do pcall(co, loop) end end)",
        "while true do coroutine.resume(coroutine.create(loop)) end",
        "local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end",
        "local c = coroutine.create(function() local x <close> = setmetatable({}, { __close = loop }) coroutine.yield() end) \
         coroutine.resume(c) coroutine.close(c)",
        "table.sort({ 1, 2, 3 }, function() loop() end)",
        "table.sort({ 1, 2, 3 }, function() while true do pcall(loop) end end)",
        "('x'):gsub('x', loop)",
        "tostring(setmetatable({}, { __tostring = loop }))",
        "print(setmetatable({}, { __tostring = loop }))",
        "return setmetatable({}, { __index = loop }).x",
        "load(loop)",
        "t.stall()",
        "while true do pcall(t.stall) end",
        "while true do pcall(co, t.stall) end",
        "while true do pcall(t.double, 1) end",
        "while true do pcall(t.change, 'x') end",
        "task.map({ 1, 2, 3 }, function() t.stall() end)",
        "while true do pcall(task.map, { 1, 2 }, loop) end",
        "task.parallel{ function() task.parallel{ t.stall, function() t.stall() end } end, function() while true do t.wait(0) end end }",
        "task.timeout('1h', function() while true do pcall(task.sleep, '1h') end end)",
        "task.sleep '1h'",
        "task.retry(function() fault.raise('unreachable', 'x') end, { times = 100, every = 60 })",
    ] {
        let report = stopped(&vm, source);
        assert_eq!(report.kind, Some(Kind::Interrupted), "{source}: {report}");
        assert_eq!(prompt(&vm, "1 + 1"), int(2), "after {source}");
        assert_eq!(
            prompt(&vm, "task.parallel{ function() return t.wait(1) end }[1]"),
            int(1)
        );
    }
}

#[test]
fn the_fault_says_what_was_sent() {
    let (vm, out) = vm();
    let code = "t.change 'a' t.change 'b' \
        task.parallel{ t.hang_write, function() print 'sent' t.stall() end }";
    let reply = thread::scope(|scope| {
        let run = scope.spawn(|| prompt(&vm, code));
        let mut said = String::new();
        while !said.ends_with('\n') {
            thread::yield_now();
            said += &out.take();
        }
        vm.interrupt();
        run.join().expect("the VM answers")
    });
    let Reply::Failed(report) = reply else {
        panic!("it was stopped");
    };
    let cause = report.fault.and_then(|fault| fault.cause);
    let sent = "writes begun: t.change ×2, t.hang_write (not answered)";
    assert_eq!(cause.as_deref(), Some(sent));
}

#[test]
fn a_press_while_nothing_runs_is_no_press() {
    let (vm, _) = vm();
    assert!(!vm.interrupt());
    assert_eq!(prompt(&vm, "t.wait(1)"), int(1));
}

#[test]
fn shells_stop_one_by_one() {
    let ((one, _), (other, _)) = (vm(), vm());
    thread::scope(|scope| {
        let busy = scope.spawn(|| prompt(&other, "for i = 1, 3e7 do end return 7"));
        let report = stopped(&one, "while true do end");
        assert_eq!(report.kind, Some(Kind::Interrupted));
        assert_eq!(busy.join().expect("the VM answers"), int(7));
    });
}

#[test]
fn a_coroutine_that_was_suspended_meanwhile_can_be_used() {
    let (vm, _) = vm();
    let endless = "step = coroutine.wrap(function() while true do coroutine.yield(7) end end)";
    prompt(&vm, endless);
    stopped(&vm, "step() while true do end");
    assert_eq!(prompt(&vm, "step()"), int(7));
}
