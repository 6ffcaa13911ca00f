use super::*;
use mlua::Lua;

const PRELUDE: &str =
    "--- chami, a shell.\n---\n--- Type this first:\n---   help \"word\"\nlocal prelude = {}\n";
const SMD: &str = r#"--- The state manager: what there is.
--- It forgets nothing.
local smd = { component = {} }

--- What is asked for.
---@class smd.Filter
---@field Type? string what sort
---@field State? string

---@class smd.Component
---@field ID string
---@field Type string

--- Lists components, one per line. A long explanation follows here, so long that it has to be broken somewhere.
---@param set? string|string[] which ones
---@param filter? smd.Filter of what sort
---@return smd.Component[] found in order
---@shell ochami smd component get
---@example #smd.component.list() --> 0
function smd.component.list(set, filter) end

--- Deletes components.
---@param set string which ones, every one of them; a thing that cannot be undone at all
---@example smd.component.delete "x1"
function smd.component.delete(set) end

return smd
"#;

const STYLE: Style = Style {
    width: 60,
    rows: 10,
    colour: false,
    prompt: true,
};

fn asked(code: &str) -> String {
    let lua = Lua::new();
    let docs = Index::new([
        ("@lib-lua/prelude.lua", "prelude", PRELUDE),
        ("@lib-lua/smd.lua", "smd", SMD),
    ]);
    let smd: Table = lua
        .load(SMD)
        .set_name("@lib-lua/smd.lua")
        .eval()
        .expect("smd loads");
    lua.globals().set("smd", smd).expect("a global");
    let own =
        "--- Boots it.\n---@param node string\nfunction boot(node) end\nfunction bare(a, b) end";
    lua.load(own)
        .set_name("@boot.lua")
        .exec()
        .expect("it loads");
    let subject = lua.load(code).eval().expect("it evaluates");
    let sources = |name: &str, _: &mlua::Function| (name == "@boot.lua").then(|| own.to_owned());
    help(&docs, &subject, &sources, &STYLE)
}

#[test]
fn a_function_is_explained_in_full() {
    assert_eq!(
        asked("return smd.component.list"),
        "smd.component.list(set?, filter?)
  Lists components, one per line. A long explanation follows
  here, so long that it has to be broken somewhere.

  set?     string|string[]  which ones
  filter?  smd.Filter       of what sort
  → found  smd.Component[]  in order

  smd.Filter
    Type?   string  what sort
    State?  string

  example  #smd.component.list()  → 0
  shell    ochami smd component get"
    );
}

#[test]
fn long_notes_are_broken_in_their_column() {
    assert_eq!(
        asked("return smd.component.delete"),
        "smd.component.delete(set)
  Deletes components.

  set  string  which ones, every one of them; a thing that
               cannot be undone at all

  example  smd.component.delete \"x1\""
    );
}

#[test]
fn modules_and_their_parts_list_their_functions() {
    let list = "
  smd.component.list    Lists components, one per line.
  smd.component.delete  Deletes components.";
    let whole = format!("smd\n  The state manager: what there is. It forgets nothing.\n{list}");
    assert_eq!(asked("return smd"), whole);
    assert_eq!(asked("return 'smd'"), whole);
    assert_eq!(
        asked("return smd.component"),
        format!("smd.component{list}")
    );
}

#[test]
fn users_own_functions_have_help_too() {
    let text = asked("return boot");
    assert_eq!(text, "boot(node)\n  Boots it.\n\n  node  string");
    assert_eq!(
        asked("return bare"),
        "bare(a, b)\n  Defined at boot.lua:4; lines of `---` above it would stand\n  here."
    );
    assert!(asked("return print").contains("manual"));
}

#[test]
fn a_record_is_explained_by_its_class() {
    assert_eq!(
        asked("return {ID = 1, Type = 2}"),
        "smd.Component\n  ID    string\n  Type  string"
    );
}

#[test]
fn a_word_is_searched_for() {
    assert_eq!(
        asked("return 'delete'"),
        "smd.component.delete  Deletes components."
    );
    assert_eq!(
        asked("return 'ochami COMPONENT'"),
        "smd.component.list  Lists components, one per line."
    );
    assert_eq!(
        asked("return 'delte'"),
        "nothing mentions \"delte\"; did you mean smd.component.delete?"
    );
    assert!(asked("return 'qqq'").ends_with("help() shows where to begin"));
}

#[test]
fn without_a_subject_it_says_where_to_begin() {
    assert_eq!(
        asked("return nil"),
        "chami, a shell.\n\n  Type this first:\n    help \"word\"\n\n  smd  The state manager: what there is."
    );
}

#[test]
fn the_reference_holds_it_all() {
    let docs = Index::new([("smd.lua", "smd", SMD)]);
    let text = reference(&docs);
    assert!(text.starts_with("# The reference\n\n## smd\n\nThe state manager"));
    let function = "### `smd.component.list(set?, filter?)`

Lists components, one per line. A long explanation follows here, so long that it has to be broken somewhere.

- set (`string|string[]`, optional): which ones
- filter (`smd.Filter`, optional): of what sort
- returns found (`smd.Component[]`): in order

In the shell: `ochami smd component get`

```lua
#smd.component.list()  --> 0
```
";
    assert!(text.contains(function), "{text}");
    assert!(text.contains(
        "### Record `smd.Filter`\n\nWhat is asked for.\n\n- Type (`string`, optional): what sort\n"
    ));
}
