//! The course at the true prompt, on a pseudo terminal.
#[path = "support/terminal.rs"]
#[allow(dead_code)] // the prompt's own tests use the rest
mod terminal;

use std::{fs, path::PathBuf};
use terminal::{CTRL_C, CTRL_D, Terminal};

fn leaves(mut terminal: Terminal) {
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn a_student_at_an_exercise() {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("learn-prompt");
    // There is none before the first run.
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("a home");
    let mut terminal = Terminal::open_quietly(&home, &["learn", "301"]);
    terminal.sees("301  Static discovery");
    terminal.sees("goal    SMD knows five nodes");
    terminal.sees("--lab=learn-301");
    terminal.sees(":next   shows and runs the first of 7 parts");
    terminal.sees("learn 301 ❯ ");
    terminal.types(":ne\t\r");
    terminal.sees("1 of 7 · look  Read the file");
    terminal.sees("172.16.0.101");
    terminal.sees("(:next is look 2, Write one)");
    terminal.types(":nxt\r");
    terminal.sees("did you mean :next?");
    terminal.types("print(7 * 7) while true do end\r");
    terminal.sees("49\r\n");
    terminal.types(CTRL_C);
    terminal.sees("interrupted: ");
    terminal.types("discover.static 'data/nodes.yaml'\r");
    terminal.sees("created");
    terminal.tab_shows(":why x1000c0s0b4", "x1000c0s0b4n0");
    terminal.types("\r");
    terminal.sees("x1000c0s0b4n0: ");
    terminal.types(":check\r");
    terminal.sees("pass  five nodes have the NIDs 1 to 5");
    terminal.sees("301 is done, with 0 hints.");
    terminal.sees("❯ ");
    leaves(terminal);

    let mut terminal = Terminal::open_quietly(&home, &["learn", "301"]);
    terminal.sees("as you left it");
    terminal.sees(":next   shows and runs part 2 of 7: Write one");
    terminal.sees("❯ ");
    terminal.types(":undo\r");
    terminal.sees("Taken back: discover.static 'data/nodes.yaml'");
    terminal.types("#smd.component.list() + 40\r");
    terminal.sees("\n40");
    terminal.sees("❯ ");
    leaves(terminal);
}

#[test]
fn who_comes_back_is_told_which_names_are_gone() {
    let home = tempfile::tempdir().expect("a home");
    let file = home.path().join("900-names.lua");
    let text = "exercise { id = \"900\", title = \"Names\", goal = \"to see them\" }\n\n\
        check \"one\" {\n  got = function() return #smd.group.list() end,\n  want = 1,\n}\n\n\
        step \"Make it\"\nlocal label = \"a\"\nsmd.group.add(label)\n\n\
        look \"See it\"\nprint(label)\n";
    fs::write(&file, text).expect("written");
    let words = ["learn", file.to_str().expect("text")];
    let home = home.path().to_owned();
    let mut terminal = Terminal::open_quietly(&home, &words);
    terminal.types(":next\r");
    terminal.sees("(:next is look 2, See it)");
    terminal.sees("❯ ");
    leaves(terminal);
    let mut terminal = Terminal::open_quietly(&home, &words);
    terminal.sees("missing label (step 1): later parts use");
    terminal.sees("❯ ");
    leaves(terminal);
}
