//! `task.*`: several calls at a time, failures, time.
use super::{int, natives, prompt, text, vm, vm_on};
use crate::{
    clock::{Clock, Pending},
    fault::Fault,
    lua::Reply,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A clock that stands still until somebody sleeps, and remembers each sleep.
struct Jumping {
    now: Mutex<Timestamp>,
    sleeps: Mutex<Vec<u128>>,
}

impl Jumping {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            now: Mutex::new(Timestamp::UNIX_EPOCH),
            sleeps: Mutex::default(),
        })
    }

    fn slept(&self) -> Vec<u128> {
        let sleeps = self.sleeps.lock().expect("nobody panics with it");
        sleeps.iter().copied().filter(|ms| *ms > 0).collect()
    }
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("nobody panics with it")
    }

    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            let mut now = self.now.lock().expect("nobody panics with it");
            *now += SignedDuration::try_from(span).expect("short");
            let mut sleeps = self.sleeps.lock().expect("nobody panics with it");
            sleeps.push(span.as_millis());
            Ok(())
        })
    }

    fn jumps(&self) -> bool {
        true
    }
}

#[test]
fn parallel_calls_overlap_and_results_keep_their_order() {
    let (vm, _) = vm();
    let begin = Instant::now();
    let code = "table.concat(task.parallel{
        function() t.wait(200) return 'a' end, function() return t.change 'b' end, function() t.wait(200) return 'c' end }, ' ')";
    assert_eq!(text(&vm, code), "a b c");
    assert!(begin.elapsed() < Duration::from_millis(390));
}

#[test]
fn groups_nest() {
    let (vm, _) = vm();
    let code = "
        local function both(n)
          return function()
            local r = task.parallel{ function() return t.wait(n) end, function() return t.wait(n + 1) end }
            return r[1] + r[2]
          end
        end
        local r = task.parallel{ both(1), both(10), function() return task.parallel{ both(100) }[1] end }
        return r[1] * 1000000 + r[2] * 1000 + r[3]";
    assert_eq!(prompt(&vm, code), int(3_021_201));
}

#[test]
fn no_more_run_at_once_than_the_limit_allows() {
    let (vm, _) = vm();
    prompt(&vm, "now, most = 0, 0");
    let code = "
        local list = {} for i = 1, 100 do list[i] = i end
        local out = task.map(list, function(i)
          now = now + 1 most = math.max(now, most)
          t.wait(0)
          now = now - 1
          return i * 2
        end, { limit = 7 })
        return most * 1000 + #out + out[100]";
    assert_eq!(prompt(&vm, code), int(7300));
}

#[test]
fn the_first_failure_ends_the_others_and_tells_what_was_sent() {
    let (vm, _) = vm();
    let code = "
        ended = 0
        local function slow()
          local on_end <close> = setmetatable({}, { __close = function() ended = ended + 1 end })
          t.stall()
        end
        task.parallel{ slow, function() t.change 'x' pcall(t.refused) t.change 'y' t.stall() end, function() t.wait(30) t.lost() end,
          function() task.parallel{ slow, slow } end, function() t.wait(20) return t.hang_write() end }";
    let said = text(&vm, code);
    assert!(
        said.starts_with("not_found (404): no component x9"),
        "{said}"
    );
    assert_eq!(
        text(&vm, "_err.message"),
        "no component x9; writes begun: t.change ×2, t.hang_write (not answered)"
    );
    assert_eq!(prompt(&vm, "ended"), int(3));
}

#[test]
fn plain_errors_pass_through() {
    let (vm, _) = vm();
    let said = text(&vm, "task.map({ 1 }, function() error('mine', 0) end)");
    assert_eq!(said, "error: mine");
}

#[test]
fn keep_going_collects_failures() {
    let (vm, _) = vm();
    let code = "
        local ok, e = pcall(task.map, { 'x0', 'x1', 'x2' }, function(x)
          if x == 'x1' then t.lost() end
          if x == 'x2' then error('odd', 0) end
          return x
        end, { keep_going = true })
        return e.kind .. ' ' .. e.message .. ' ' .. e.items[1].node .. ' ' .. e.items[1].fault.kind
          .. ' ' .. e.items[2].fault.message .. ' ' .. e.results[1]";
    assert_eq!(text(&vm, code), "partial 2 of 3 failed x1 not_found odd x0");
}

#[test]
fn where_a_task_cannot_yield_it_waits() {
    let (vm, _) = vm();
    let code = "
        local function sorted()
          local list = { 3, 1, 2 }
          table.sort(list, function(a, b) return task.parallel{ function() return t.wait(a) end }[1] < t.wait(b) end)
          return table.concat(list)
        end
        local function generated()
          local sum = 0
          for n in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(t.wait(i)) end end) do sum = sum + n end
          return sum
        end
        local r = task.parallel{ sorted, generated, sorted }
        return r[1] .. r[2] .. r[3]";
    assert_eq!(text(&vm, code), "1236123");
}

#[test]
fn a_task_that_yields_to_nobody_is_told() {
    let (vm, _) = vm();
    let said = text(&vm, "task.parallel{ function() coroutine.yield(1) end }");
    assert!(said.contains("a task cannot yield"), "{said}");
}

#[test]
fn what_takes_too_long_is_ended() {
    let (vm, _) = vm();
    let said = text(&vm, "task.timeout('20ms', function() t.hang_write() end)");
    assert!(said.starts_with("timeout: not done within 20ms"), "{said}");
    assert_eq!(
        text(&vm, "_err.message"),
        "not done within 20ms; writes begun: t.hang_write (not answered)"
    );
    assert_eq!(
        prompt(&vm, "task.timeout(5, function() return t.wait(3) end)"),
        int(3)
    );
    let nested =
        "task.parallel{ function() return pcall(task.timeout, 0.01, t.stall) and 1 or 2 end }[1]";
    assert_eq!(prompt(&vm, nested), int(2));
}

#[test]
fn retry_repeats_what_may_pass() {
    let (vm, _) = vm();
    let code = "
        local n = 0
        return task.retry(function() n = n + 1 if n < 3 then t.lost() end return n end, { every = 0.001, on = { 'not_found' } })";
    assert_eq!(prompt(&vm, code), int(3));
    assert!(text(&vm, "task.retry(t.lost)").starts_with("not_found"));
}

#[test]
fn on_a_clock_that_jumps_sleepers_take_turns() {
    let clock = Jumping::new();
    let (vm, _) = vm_on(clock.clone(), natives);
    let begin = Instant::now();
    let code = "
        local order = {}
        local function nap(name, span) return function() task.sleep(span) order[#order + 1] = name end end
        task.parallel{ nap('long', '1h'), nap('short', '10m'), nap('also', '10m'), function() t.wait(20) order[#order + 1] = 'call' end }
        task.sleep '1m'
        return table.concat(order, ' ')";
    assert_eq!(text(&vm, code), "call short also long");
    assert_eq!(clock.slept(), [600_000, 3_000_000, 60_000]);
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_timeout_counts_time_that_was_jumped() {
    let clock = Jumping::new();
    let (vm, _) = vm_on(clock.clone(), natives);
    let wait = "task.wait(function() return false end, { within = '1m', every = '20s' })";
    let said = text(&vm, wait);
    assert!(said.starts_with("timeout: not done within 1m"), "{said}");
    assert_eq!(clock.slept(), [20_000, 20_000, 20_000]);
    let said = text(&vm, "task.timeout('30ms', t.stall)");
    assert!(said.starts_with("timeout"), "{said}");
    assert_eq!(clock.slept().len(), 3, "nothing slept, so no time passed");
}

#[test]
fn a_fault_made_in_lua_is_one() {
    let (vm, _) = vm();
    let said = text(
        &vm,
        "fault.raise('refused', 'not on a Friday', { hint = 'wait' })",
    );
    assert_eq!(said, "refused: not on a Friday\n  hint: wait");
    let said = text(&vm, "fault.raise('refuse', 'x')");
    assert!(said.contains("did you mean \"refused\"?"), "{said}");
    assert!(matches!(
        prompt(&vm, "fault.new('io', 'x')"),
        Reply::Values(_)
    ));
}
