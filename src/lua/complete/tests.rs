use super::*;
use mlua::Lua;

const SMD: &str = r#"--- The state manager.
local smd = { component = {}, group = { member = {} } }

---@alias smd.State "Ready"|"Off"|"On"

---@class smd.Base
---@field ID string

---@class smd.Component: smd.Base
---@field State smd.State
---@field Parts smd.Component[]

---@class smd.Filter
---@field Type? string
---@field State? smd.State|smd.State[]
---@field Deep? { inner: string, more?: smd.Filter }

--- Lists.
---@param set? string
---@param filter? smd.Filter
---@return smd.Component[]
function smd.component.list(set, filter) end

--- Gets.
---@param one string
---@return smd.Component
function smd.component.get(one) end

--- Finds.
---@param filter smd.Filter
function smd.component.find(filter) end

--- Sets.
---@param all smd.Filter[]
function smd.component.set(all) end

--- Adds.
function smd.group.member.add() end

--- Reads.
---@param file string
---@param node? string
function smd.load(file, node) end

return smd
"#;

/// Completes where `|` stands; the candidates as they would be inserted.
fn offered(text: &str) -> Vec<String> {
    let all = tried(text).1.candidates;
    all.into_iter().map(|c| c.text).collect()
}

fn tried(text: &str) -> (String, Completion) {
    tried_with(text, complete)
}

fn tried_with<T>(text: &str, look: impl FnOnce(&Scene, &str, usize) -> T) -> (String, T) {
    let lua = Lua::new();
    let docs = Index::new([("@lib-lua/smd.lua", "smd", SMD)]);
    let smd: mlua::Table = lua
        .load(SMD)
        .set_name("@lib-lua/smd.lua")
        .eval()
        .expect("smd loads");
    lua.globals().set("loaded", smd).expect("a global");
    let own = "_ = {{ID = 'x1', State = 'Ready', _hidden = 1, ['no-name'] = 2}}
        console = setmetatable({name = 'c'}, {__index = {send = print, close = print}})
        trap = setmetatable({}, {__index = function() error('touched') end})";
    lua.load(own).exec().expect("it runs");
    let lazy = [("smd", "smd"), ("smile", "smile")];
    let lazy = lazy.map(|(a, b)| (a.to_owned(), b.to_owned()));
    let scene = Scene {
        root: lua.globals(),
        docs: &docs,
        lazy: &lazy,
        live: &live(),
    };
    let pos = text.find('¦').expect("the cursor is marked");
    let line = text.replace('¦', "");
    let out = look(&scene, &line, pos);
    (line, out)
}

fn live() -> Live {
    let list = |text: &str| text.split(' ').map(str::to_owned).collect();
    Live {
        nodes: list("x1000c0s0b0n0 x1000c0s0b1n0 compute1"),
        places: list("x1000c0s0b0n0 x1000c0s0b0"),
        macs: list("52:54:00:be:ef:01"),
        groups: list("compute io"),
        snapshots: list("before"),
        domains: list("compute1 login"),
        networks: list("openchami-net"),
        pools: list("default"),
        vols: list("disk1.qcow2"),
        domain_snapshots: list("clean"),
        files: list("data/cloud-init/io.yaml data/nodes.yaml data/roles.yaml"),
    }
}

#[test]
fn what_the_hypervisor_has_is_offered_by_the_names_of_parameters() {
    let live = live();
    let fitting =
        |function: &str, slot: &str, typed: &str| live.fitting(function, slot, typed).names;
    assert_eq!(
        fitting("virsh.dominfo", "domain", ""),
        ["compute1", "login"]
    );
    assert_eq!(
        fitting("virsh.net_start", "network", "op"),
        ["openchami-net"]
    );
    // In virsh.install's table as well.
    assert_eq!(fitting("virsh.install", "network?", ""), ["openchami-net"]);
    assert_eq!(fitting("virsh.vol_info", "pool", ""), ["default"]);
    assert_eq!(fitting("virsh.vol_delete", "vol", ""), ["disk1.qcow2"]);
    assert_eq!(fitting("virsh.snapshot_revert", "snapshot", ""), ["clean"]);
    assert!(fitting("other.f", "domain", "").is_empty());
    let set = live.fitting("virsh.start", "set", "login,x");
    assert_eq!(
        (set.from, set.names[1], set.names[2]),
        (6, "login", "x1000c0s0b0n0")
    );
    assert_eq!(fitting("virsh.start", "set", "@"), ["compute", "io"]);
}

#[test]
fn names_come_from_live_tables_and_unloaded_modules() {
    assert_eq!(offered("sm¦"), ["smd", "smile"]);
    assert_eq!(offered("print(s¦)")[..2], ["select", "setmetatable"]);
    assert_eq!(offered("whi¦"), ["while"]);
    assert_eq!(offered("smd.¦"), ["component", "group", "load"]);
    assert_eq!(offered("loaded.¦"), ["component", "group", "load"]);
    assert_eq!(offered("smd.component.l¦"), ["list"]);
    assert_eq!(offered("loaded.component.l¦"), ["list"]);
    assert_eq!(offered("smd.group.member.¦"), ["add"]);
    assert_eq!(offered("local x = string.fo¦"), ["format"]);
}

#[test]
fn functions_are_listed_with_their_parameters() {
    for text in ["smd.component.li¦", "loaded.component.li¦"] {
        let (_, completion) = tried(text);
        assert_eq!(completion.candidates[0].label, "list(set?, filter?)");
    }
}

#[test]
fn the_start_is_where_the_word_begins() {
    let (line, completion) = tried("x = smd.component.li¦ + 1");
    assert_eq!(&line[..completion.start], "x = smd.component.");
}

#[test]
fn fields_of_values_and_of_results_to_come() {
    assert_eq!(offered("_[1].¦"), ["ID", "State"]);
    assert_eq!(offered("_[1]._¦"), ["_hidden"]);
    assert_eq!(offered("_[1].s¦"), ["State"]);
    assert_eq!(
        offered("smd.component.get('x').¦"),
        ["State", "Parts", "ID"]
    );
    assert_eq!(offered("smd.component.get 'x'.S¦"), ["State"]);
    assert_eq!(offered("smd.component.list()[1].Parts[i].I¦"), ["ID"]);
    assert_eq!(offered("loaded.component.list{ Type = 'x' }[1].I¦"), ["ID"]);
    assert!(offered("(a or b).¦").is_empty());
}

#[test]
fn methods_behind_a_colon() {
    assert_eq!(offered("console:¦"), ["close", "send"]);
    assert_eq!(offered("console.n¦"), ["name"]);
    assert!(offered("_[1].State:up¦").contains(&"upper".to_owned()));
    assert!(offered("trap.x¦").is_empty());
}

#[test]
fn keys_of_a_parameter() {
    assert_eq!(
        offered("smd.component.find{ ¦"),
        ["Type = ", "State = ", "Deep = "]
    );
    assert_eq!(offered("smd.component.find({ ty¦"), ["Type = "]);
    assert_eq!(
        offered("smd.component.list('x', { Type = f(1, 2), ¦"),
        ["State = ", "Deep = "]
    );
    assert_eq!(
        offered("smd.component.list(g(1, {2, 3}), {\n  St¦"),
        ["State = "]
    );
    assert_eq!(
        offered("smd.component.find{ Deep = { ¦"),
        ["inner = ", "more = "]
    );
    assert_eq!(
        offered("smd.component.find{ Deep = { more = { T¦"),
        ["Type = "]
    );
    assert_eq!(
        offered("smd.component.set{ { Type = 1 }, { S¦"),
        ["State = "]
    );
    assert_eq!(offered("smd.component.find{ sm¦"), ["smd", "smile"]);
    assert_eq!(offered("smd.component.list{ St¦"), ["State = "]);
    assert_eq!(
        offered("smd.component.list{ State = '¦"),
        ["Ready", "Off", "On"]
    );
    let (_, completion) = tried("smd.component.find{ Ty¦");
    assert_eq!(completion.candidates[0].label, "Type?: string");
}

#[test]
fn words_of_a_string() {
    assert_eq!(
        offered("smd.component.find{ State = \"¦"),
        ["Ready", "Off", "On"]
    );
    assert_eq!(offered("smd.component.find{ State = { 'O¦"), ["Off", "On"]);
    assert_eq!(offered("help \"smd.component.g¦"), ["smd.component.get"]);
    assert!(offered("print 'sm¦").is_empty());
}

#[test]
fn nothing_in_comments_and_numbers() {
    assert!(offered("x = 1 -- smd.¦").is_empty());
    assert!(offered("--[[ a\n smd.¦").is_empty());
    assert!(offered("x = 12.¦").is_empty());
    assert!(offered("x = 0x1f¦").is_empty());
    assert_eq!(offered("--[[ a ]] smd.g¦"), ["group"]);
    assert_eq!(offered("x = [[ a '\n ]] .. smd.g¦"), ["group"]);
}

#[test]
fn an_odd_offset_is_no_accident() {
    let lua = Lua::new();
    let docs = Index::default();
    let scene = Scene {
        root: lua.globals(),
        docs: &docs,
        lazy: &[],
        live: &Live::default(),
    };
    assert_eq!(complete(&scene, "é", 1), Completion::default());
    assert_eq!(complete(&scene, "x", 7), Completion::default());
}

#[test]
fn allowed_words_need_no_quote_typed() {
    assert_eq!(
        offered("smd.component.find{ State = ¦"),
        ["\"Ready\"", "\"Off\"", "\"On\""]
    );
    assert_eq!(offered("smd.component.find{ State = Re¦")[0], "\"Ready\"");
}

#[test]
fn names_of_the_cluster_in_strings() {
    assert_eq!(
        offered("smd.component.list('x1000c0s0b1¦"),
        ["x1000c0s0b1n0"]
    );
    assert_eq!(offered("smd.component.list 'comp¦"), ["compute1"]);
    assert_eq!(offered("smd.component.list('@¦"), ["@compute", "@io"]);
    assert_eq!(offered("smd.component.list('x1000c0s0b0n0,@i¦"), ["@io"]);
    assert_eq!(offered("smd.component.list({ 'comp¦"), ["compute1"]);
    assert_eq!(offered("smd.component.list(¦").len(), 3);
    let (line, completion) = tried("smd.component.list('@compute & x1¦");
    assert_eq!(&line[completion.start..], "x1");
}

#[test]
fn parameters_that_follow() {
    let hinted = |text: &str| tried_with(text, |scene, line, _| hint(scene, line)).1;
    assert_eq!(
        hinted("smd.component.list(¦").as_deref(),
        Some("set?, filter?)")
    );
    assert_eq!(
        hinted("smd.component.list('x',¦").as_deref(),
        Some("filter?)")
    );
    assert_eq!(hinted("smd.component.list('x', {},¦"), None);
    assert_eq!(hinted("x = (¦"), None);
}

#[test]
fn files_are_offered_where_one_is_wanted_and_part_by_part() {
    assert_eq!(offered("smd.load 'd¦'"), ["data/"]);
    assert_eq!(
        offered("smd.load 'data/¦'"),
        ["data/cloud-init/", "data/nodes.yaml", "data/roles.yaml"]
    );
    assert_eq!(offered("smd.load(\"data/n¦"), ["data/nodes.yaml"]);
    assert!(tried("smd.load '/etc/¦'").1.files);
    assert!(tried("dofile 'my¦'").1.files);
    assert!(!tried("smd.load('x', 'co¦')").1.files);
    assert!(!tried("smd.component.get 'x¦'").1.files);
}
