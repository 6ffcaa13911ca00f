//! What the prompt keeps from line to line.
use super::{int, prompt, text, vm};
use crate::lua::Reply;

#[test]
fn locals_of_the_top_level_stay() {
    let (vm, _) = vm();
    for line in [
        "local x, y = 1, 2",
        "local function add(a, b) local x = a return x + b end",
        "local z <const> = add(x, y)",
        "local empty",
        "x = x + 10",
    ] {
        assert_eq!(prompt(&vm, line), Reply::Nothing, "{line}");
    }
    assert_eq!(prompt(&vm, "x * 100 + z"), int(1103));
    assert_eq!(text(&vm, "rawget(_G, 'x') == nil and 'private'"), "private");
    assert_eq!(text(&vm, "tostring(empty)"), "nil");
}

#[test]
fn other_assignments_are_global() {
    let (vm, _) = vm();
    prompt(&vm, "g = 5");
    assert_eq!(prompt(&vm, "_G.g"), int(5));
    assert_eq!(prompt(&vm, "load('return g')()"), int(5));
}

#[test]
fn a_local_may_be_made_of_its_older_self() {
    let (vm, _) = vm();
    prompt(&vm, "n = 1");
    prompt(&vm, "local n = n + 1");
    assert_eq!(prompt(&vm, "n * 10 + _G.n"), int(21));
}

#[test]
fn strings_comments_and_blocks_are_left_alone() {
    let (vm, _) = vm();
    let source = r#"
        local a = "local b = 1" -- local c = 2
        local d = [==[ local e ]] = 3 ]==] --[[ local f ]]
        do local g = 4 end
        local h = function() local i = 5 return i end
        for _, j in ipairs{ 1 } do local k = j end
        if a then local l = 6 end
        repeat local m = 7 until m == 7
        return a .. d .. h()
    "#;
    assert_eq!(text(&vm, source), "local b = 1 local e ]] = 3 5");
    for name in ["b", "c", "e", "f", "g", "i", "k", "l", "m"] {
        assert_eq!(text(&vm, &format!("tostring({name})")), "nil", "{name}");
    }
}

#[test]
fn a_variable_that_closes_stays_local() {
    let (vm, out) = vm();
    prompt(
        &vm,
        "local it <close> = setmetatable({}, { __close = function() print 'closed' end })",
    );
    assert_eq!(out.take(), "closed\n");
}

#[test]
fn half_an_input_asks_for_more() {
    let (vm, _) = vm();
    for half in ["for i = 1, 2 do", "f(", "x =", "local s = [[", "1 +", "{"] {
        assert_eq!(prompt(&vm, half), Reply::Incomplete, "{half}");
    }
    for wrong in ["end", "x y", "local = 1", "'open"] {
        assert!(matches!(prompt(&vm, wrong), Reply::Failed(_)), "{wrong}");
    }
}

#[test]
fn the_last_value_is_kept() {
    let (vm, _) = vm();
    prompt(&vm, "41");
    assert_eq!(prompt(&vm, "_ + 1"), int(42));
    assert_eq!(prompt(&vm, "local y = 3"), Reply::Nothing);
    assert_eq!(prompt(&vm, "_"), int(42));
}
