//! Tab and what is proposed, at the true prompt on a pseudo terminal.
#[path = "support/terminal.rs"]
#[allow(dead_code)] // the prompt's other tests use the rest
mod terminal;

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};
use terminal::{CTRL_C, CTRL_D, Terminal};

fn home(name: &str) -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tab-{name}"));
    // There is none before the first run.
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("a home");
    home
}

#[test]
fn tab_knows_keys_words_and_live_names() {
    let mut terminal = Terminal::open(&home("tab"));
    terminal.types("smd.component.list{ sta\t");
    terminal.sees("smd.component.list{ state = ");
    terminal.types("Rea\t");
    terminal.sees("\"Ready\"");
    terminal.types(" }\r");
    terminal.sees("{}");
    terminal.types(
        "#discover.static('data/nodes.yaml').components, smd.group.ensure('io', {}).label\r",
    );
    terminal.sees("\"io\"");
    terminal.tab_shows("nodes.nids \"x1000c0s0b4", "x1000c0s0b4n0");
    terminal.types("\"\r");
    terminal.sees("{ 5 }");
    terminal.tab_shows("nodes.nids \"compute5, @i", "compute5, @io");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn tab_knows_what_the_hypervisor_has() {
    let mut terminal = Terminal::open(&home("virsh"));
    // Nobody has told SMD of any node.
    terminal.tab_shows("virsh.net_info(\"op", "openchami-net");
    terminal.types("\").active\r");
    terminal.sees("true");
    terminal.tab_shows("virsh.start(\"c", "compute");
    terminal.types("2\")[1].name\r");
    terminal.sees("\"compute2\"");
    terminal.types("#virsh.install{ name = 'login', network = \"op\t");
    terminal.sees("openchami-net");
    terminal.types("\" }.name\r");
    terminal.sees("5");
    terminal.tab_shows("virsh.destroy(\"lo", "login");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn tab_knows_files() {
    let home = home("files");
    fs::create_dir(home.join("my notes")).expect("a folder");
    fs::write(home.join("my notes/first.txt"), "dear diary").expect("a file");
    let mut terminal = Terminal::open(&home);
    terminal.types("discover.plan 'data/nodes-o\t");
    terminal.sees("data/nodes-old.yaml");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    terminal.types(&format!("fs.read '{}/my\t", home.display()));
    terminal.sees("/my notes/");
    terminal.types("f\t'\r");
    terminal.sees("\"dear diary\"");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn what_is_proposed_goes_with_the_line() {
    let mut terminal = Terminal::open_in_colour(&home("grey"));
    terminal.types("print(6 * 7)\r");
    terminal.sees("\n42");
    terminal.types("pri");
    terminal.sees("\x1b[90mnt(6 * 7)");
    terminal.types(CTRL_C);
    // Removed, and a new line begun.
    terminal.sees("\x1b[J");
    terminal.sees("❯ ");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn ten_thousand_names_do_not_slow_the_keys() {
    let mut terminal = Terminal::open(&home("many"));
    terminal.types("many = {} for i = 0, 9999 do many[i + 1] = { ID = ('x%dc0s0b0n%d'):format(1000 + i // 100, i % 100), Type = 'Node', State = 'On', NID = i + 1 } end\r");
    terminal.types("#smd.component.add(many)\r");
    terminal.sees("\n10000");
    terminal.tab_shows("nodes.nids \"x1099c", "x1099c0s0b0n");
    let mut times = Vec::new();
    for letter in "xyzzyplughxyzzyplugh".chars() {
        let begun = Instant::now();
        terminal.types(&letter.to_string());
        terminal.sees(&letter.to_string());
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let median = times[times.len() / 2];
    // Ten milliseconds are promised for a build that is optimised, on a machine with nothing else to do.
    assert!(median <= Duration::from_millis(50), "{times:?}");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    terminal.types("#nodes.xnames 'x1000c0s0b0n0'\r");
    terminal.sees("\n1");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}
