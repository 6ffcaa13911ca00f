//! Background jobs: they go on between the inputs, outlive what is typed and what is stopped, and end with a script.
use super::{int, prompt, text, vm};
use crate::lua::{Reply, Vm, print::Captured};
use std::{
    thread,
    time::{Duration, Instant},
};

/// Waits until this was printed; what is asked between lets the VM rest.
fn seen(out: &Captured, want: &str) -> String {
    let (begin, mut all) = (Instant::now(), String::new());
    while begin.elapsed() < Duration::from_secs(10) {
        all += &out.take();
        if all.contains(want) {
            return all;
        }
        thread::park_timeout(Duration::from_millis(5));
    }
    panic!("never printed {want:?}: {all}");
}

fn begin(vm: &Vm, body: &str) {
    let code = format!("job = task.background(function() {body} end, 'one')");
    assert_eq!(prompt(vm, &code), Reply::Nothing);
}

#[test]
fn a_job_goes_on_while_nothing_is_typed() {
    let (vm, out) = vm();
    begin(&vm, "t.wait(30) print 'half' t.wait(30) return 6 * 7");
    assert_eq!(text(&vm, "job.state"), "running");
    let all = seen(&out, "42\n");
    assert_eq!(all, "half\n[1] one done: 42\n");
    assert_eq!(prompt(&vm, "job.value"), int(42));
    assert_eq!(prompt(&vm, "#task.jobs()"), int(0));
}

#[test]
fn a_job_outlives_other_runs_and_their_end() {
    let (vm, out) = vm();
    begin(&vm, "for _ = 1, 5 do t.wait(20) end return 'there'");
    assert_eq!(prompt(&vm, "t.wait(30)"), int(30));
    assert!(text(&vm, "task.parallel{ t.lost, t.stall }").contains("no component"));
    let stopped = thread::scope(|scope| {
        let run = scope.spawn(|| text(&vm, "t.stall()"));
        while !vm.interrupt() && !run.is_finished() {
            thread::yield_now();
        }
        run.join().expect("it answers")
    });
    assert!(stopped.contains("interrupted"), "{stopped}");
    seen(&out, "[1] one done: \"there\"");
}

#[test]
fn jobs_fail_and_are_cancelled() {
    let (vm, out) = vm();
    begin(&vm, "t.lost()");
    seen(&out, "[1] one failed: not_found (404): no component x9");
    begin(&vm, "t.stall()");
    assert_eq!(text(&vm, "task.jobs()[1].name"), "one");
    assert_eq!(text(&vm, "job:cancel().state"), "cancelled");
    assert_eq!(prompt(&vm, "#task.jobs()"), int(0));
    begin(
        &vm,
        "task.map({ 1, 2, 3 }, function(n) t.wait(5) print('item', n) end)",
    );
    assert!(seen(&out, "one done").contains("item\t3"));
}

#[test]
fn a_job_that_only_computes_can_be_stopped() {
    let (vm, out) = vm();
    begin(&vm, "while true do end");
    while !vm.interrupt() {
        thread::yield_now();
    }
    seen(&out, "one failed: stopped by Ctrl-C");
    assert_eq!(prompt(&vm, "#task.jobs() + t.double(2)"), int(4));
    begin(&vm, "t.wait(1) return 'again'");
    seen(&out, "one done: \"again\"");
}

#[test]
fn where_a_script_ends_its_jobs_are_waited_for() {
    let (vm, out) = vm();
    let code = "task.background(function() t.wait(40) print 'late' end) print 'end'";
    assert_eq!(vm.expression(code, "=-e", &[]), Reply::Nothing);
    assert_eq!(out.take(), "end\nlate\n[1] job 1 done\n");
}
