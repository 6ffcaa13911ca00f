//! The true prompt on a pseudo terminal: typing, Tab, several lines, Ctrl-C, history, Ctrl-D.
#[path = "support/peer.rs"]
mod peer;
#[path = "support/terminal.rs"]
mod terminal;

use peer::Peer;
use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};
use terminal::{CTRL_C, CTRL_D, CTRL_R, Terminal, UP};

fn home(name: &str) -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // There is none before the first run.
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("a home");
    home
}

#[test]
fn a_session_at_the_prompt() {
    let home = home("prompt");
    let mut terminal = Terminal::open(&home);
    terminal.types("40 + 2\r");
    terminal.sees("\n42");
    terminal.types("for i = 7, 8 do\rprint(i * 11)\rend\r");
    terminal.sees("  … ");
    terminal.sees("\n77");
    terminal.sees("\n88");
    terminal.types("nodeset.exp\t");
    terminal.sees("nodeset.expand");
    terminal.types(" 'a[1-2]'\r");
    terminal.sees("{ \"a1\", \"a2\" }");
    terminal.sees("lab ❯ ");
    terminal.types("half of a line");
    terminal.sees("line");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    terminal.types("print(7 * 7) while true do end\r");
    terminal.sees("49\r\n");
    terminal.types(CTRL_C);
    terminal.sees("interrupted: ");
    terminal.sees("lab ❯ ");
    terminal.types("token = 'sesame'\r");
    terminal.sees("lab ❯ ");
    terminal.types("6 * 7 * 10\r");
    terminal.sees("\n420");
    terminal.sees("lab ❯ ");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);

    let history = fs::read_to_string(home.join(".local/state/chami/history")).expect("a history");
    assert!(
        history.contains("6 * 7 * 10") && !history.contains("sesame"),
        "{history}"
    );
    assert!(history.contains("print(i * 11)"), "{history}");

    let mut terminal = Terminal::open(&home);
    terminal.types(UP);
    terminal.sees("6 * 7 * 10");
    terminal.types("\r");
    terminal.sees("\n420");
    terminal.types("os.exit(3)\r");
    terminal.leaves_with(3);
}

#[test]
fn the_first_write_on_a_real_cluster_is_asked_about() {
    let (home, peer) = (home("question"), Peer::start());
    let config = on_peer(&home, &peer);
    let words = ["-c", config.to_str().expect("UTF-8")];
    let mut terminal = Terminal::open_on(&home, &words, "demo (no token) ❯ ");
    let write = "http.delete('/status/404', { any_status = true }).status + 1\r";
    for answer in ["n\r", "\r", CTRL_C] {
        terminal.types(write);
        terminal.sees("demo is a real cluster. Write there? [y/N] ");
        terminal.types(answer);
        if answer == CTRL_C {
            terminal.sees("interrupted: ");
        } else {
            terminal.sees("refused: http.delete was not sent: you did not say yes");
        }
        terminal.sees("❯ ");
    }
    terminal.types(write);
    terminal.sees("[y/N] ");
    terminal.types("y\r");
    terminal.sees("405");
    terminal.types(write);
    terminal.sees("405");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn the_last_press_leaves_whatever_hangs() {
    let mut terminal = Terminal::open(&home("presses"));
    terminal.types("print(7 * 7) print(('a'):rep(30):find(('a*'):rep(30) .. 'b'))\r");
    terminal.sees("49\r\n");
    terminal.types(CTRL_C);
    terminal.sees("Ctrl-C once more leaves");
    terminal.types(CTRL_C);
    terminal.leaves_with(130);
}

#[test]
fn history_is_searched() {
    let home = home("history");
    let mut terminal = Terminal::open(&home);
    for (line, value) in [
        ("20 + 3", "\n23"),
        ("'abc' .. 4", "\"abc4\""),
        ("30 + 4", "\n34"),
    ] {
        terminal.types(&format!("{line}\r"));
        terminal.sees(value);
        terminal.sees("lab ❯ ");
    }
    terminal.types("20");
    terminal.types(UP);
    terminal.sees("20 + 3");
    terminal.types("\r");
    terminal.sees("\n23");
    terminal.types(CTRL_R);
    terminal.sees("(reverse-i-search)`'");
    terminal.types("abc");
    terminal.sees("'abc' .. 4");
    terminal.types("\r");
    terminal.sees("\n\"abc4\"");
    // Pasted at once, several lines are one input.
    terminal.types("\x1b[200~for i = 5, 6 do\n  print(i * 50)\nend\x1b[201~");
    terminal.types("\r");
    terminal.sees("\n250");
    terminal.sees("\n300");
    terminal.types(UP);
    terminal.sees("print(i * 50)");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    for _ in 0..6 {
        terminal.types(UP);
    }
    terminal.sees("30 + 4");
    terminal.types("\r");
    terminal.sees("\n34");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

/// A target whose clock is the wall's, so that a pause is a pause.
fn on_peer(home: &Path, peer: &Peer) -> PathBuf {
    let config = home.join("config.yaml");
    let text = format!(
        "default-cluster: demo\nclusters:\n- name: demo\n  cluster:\n    uri: {}\n    enable-auth: false\n",
        peer.url
    );
    fs::write(&config, text).expect("written");
    config
}

#[test]
fn what_goes_on_in_the_background_stands_above_the_line() {
    let (home, peer) = (home("background"), Peer::start());
    let config = on_peer(&home, &peer);
    let words = ["-c", config.to_str().expect("UTF-8")];
    let mut terminal = Terminal::open_on(&home, &words, "demo (no token) ❯ ");
    terminal.types("job = task.background(function() task.sleep('1s') print('ding', 6 * 7) return 9 * 9 end, 'bell')\r");
    terminal.types("print('half a line");
    terminal.sees("half a line");
    terminal.sees("ding\t42\r\n");
    terminal.sees("[1] bell done: 81");
    terminal.sees("print('half a line");
    terminal.types(" is whole')\r");
    terminal.sees("\nhalf a line is whole");
    terminal.types("job.state, #task.jobs()\r");
    terminal.sees("\"done\"\r\n0");
    terminal.types("job = task.background(function() task.sleep('1h') end)\r");
    terminal.types("#task.jobs(), job:cancel().state\r");
    terminal.sees("1\r\n\"cancelled\"");
    terminal.types("task.background(function() print('busy', 6 * 7) while true do end end)\r");
    terminal.sees("busy\t42");
    // A press between the end of an input and the next prompt is nobody's: then one presses again.
    let stopped = (0..20).any(|_| {
        terminal.types(CTRL_C);
        terminal.shows("failed: stopped by Ctrl-C")
    });
    assert!(stopped, "Ctrl-C did not stop the job");
    terminal.types("40 + 7, #task.jobs()\r");
    terminal.sees("47\r\n0");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn long_work_says_how_far_it_has_come() {
    let (home, peer) = (home("progress"), Peer::start());
    let config = on_peer(&home, &peer);
    let words = ["-c", config.to_str().expect("UTF-8")];
    let mut terminal = Terminal::open_on(&home, &words, "demo (no token) ❯ ");
    terminal.types("many = {} for i = 1, 30 do many[i] = i end\r");
    terminal.types(
        "#task.map(many, function() task.sleep('100ms') end, { limit = 2 }) ~= 0 or 6 * 7\r",
    );
    terminal.sees("tasks ");
    terminal.sees("/30 ");
    terminal.sees("42");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn whoever_waits_for_an_answer_is_told_for_which() {
    // It takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("its address").port();
    let mut terminal = Terminal::open(&home("silent"));
    terminal.types(&format!("http.get('http://127.0.0.1:{port}/ready')\r"));
    terminal.sees(&format!(
        "waiting for GET http://127.0.0.1:{port}/ready (Ctrl-C gives up)"
    ));
    terminal.types(CTRL_C);
    terminal.sees("interrupted: ");
    terminal.types("20 + 5\r");
    terminal.sees("\n25");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn ctrl_c_ends_whatever_there_is() {
    let mut terminal = Terminal::open(&home("everywhere"));
    terminal.types("for i = 1, 2 do\r");
    terminal.sees("  … ");
    terminal.types(CTRL_C);
    terminal.sees("lab ❯ ");
    terminal.types("!echo $((40 + 3)); sleep 20\r");
    terminal.sees("\n43");
    terminal.interrupts("(signal: 2");
    terminal.sees("lab ❯ ");
    terminal.types("watch(function() return 'seen ' .. 6 * 7 end, '50ms')\r");
    terminal.sees("every 50ms");
    terminal.sees("seen 42");
    terminal.types(CTRL_C);
    terminal.sees("interrupted: ");
    terminal.types("print('reading', 8 * 9) io.read('l')\r");
    terminal.sees("reading\t72");
    terminal.types(CTRL_C);
    terminal.sees("interrupted: ");
    terminal.types("20 + 5\r");
    terminal.sees("\n25");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn a_long_value_goes_through_the_pager() {
    let mut terminal = Terminal::open(&home("pager"));
    terminal.types(
        "rows = {} for i = 1, 60 do rows[i] = { ID = 'row' .. i, At = i } end return rows\r",
    );
    terminal.sees("page(_) shows all");
    terminal.types("page(_)\r");
    terminal.sees("paged:60  row60");
    terminal.types("page 'one line'\r");
    terminal.sees("\none line");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn a_session_begins_with_the_users_own_file_and_ends_as_a_script() {
    let home = home("saved");
    let file = home.join("my.lua");
    fs::create_dir_all(home.join(".config/chami")).expect("made");
    let init = "function mine() return 'from ' .. 'init' end\nnosuch()\n";
    fs::write(home.join(".config/chami/init.lua"), init).expect("written");
    let mut terminal = Terminal::open_quietly(&home, &[]);
    terminal.sees("init.lua:2");
    terminal.sees("the session goes on");
    terminal.types("mine() .. ''\r");
    terminal.sees("\"from init\"");
    terminal.types("local names = { 'a', 'b' }\r");
    terminal.types("nosuch()\r");
    terminal.types("smd.group.list?\r");
    terminal.types("for _, name in ipairs(names) do print('group', name, 6 * 7) end\r");
    terminal.sees("group\tb\t42");
    terminal.types(&format!("save {:?}\r", file.display().to_string()));
    terminal.sees("left_out");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
    let ran = Command::new(env!("CARGO_BIN_EXE_chami"))
        .arg(&file)
        .env_clear()
        .env("HOME", &home)
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_eq!(text, "group\ta\t42\ngroup\tb\t42\n", "{ran:?}");
    let mut terminal = Terminal::open_quietly(&home, &["--no-init"]);
    terminal.types("mine\r");
    terminal.sees("nil");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn what_happens_in_the_lab_stands_above_the_line() {
    let mut terminal = Terminal::open(&home("watched"));
    terminal.types("lab.watch 'compute[1-2]'\r");
    terminal.sees("lab ❯ ");
    terminal.types("job = task.background(function() lab.power('compute[1-3]', 'on') return 6 * 7 end, 'switch')\r");
    terminal.types("print('half a line");
    terminal.sees("half a line");
    // The lab's time is the wall's: nobody does anything now, and the machine asks for an address by and by.
    terminal.sees("compute1  power        it was switched on\r\n");
    terminal.sees("compute2  power        it was switched on\r\n");
    terminal.sees("[1] switch done: 42");
    terminal.sees("print('half a line");
    terminal.types(" is whole')\r");
    terminal.sees("\nhalf a line is whole");
    terminal.types("lab.clock.advance '60s' ~= nil, 7 * 11\r");
    terminal.sees("compute1  offer        coresmd knows no address");
    terminal.sees("true\r\n77");
    terminal.types("half");
    terminal.sees("half");
    terminal.types(CTRL_C);
    terminal.sees("(the lab is no longer watched)");
    terminal.types("lab.power('compute1', 'off')[1].power .. 6 * 7\r");
    terminal.sees("\n\"off42\"");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}

#[test]
fn who_prints_much_holds_no_line_up() {
    let (home, peer) = (home("busy"), Peer::start());
    let config = on_peer(&home, &peer);
    let words = ["-c", config.to_str().expect("UTF-8")];
    let mut terminal = Terminal::open_on(&home, &words, "demo (no token) ❯ ");
    terminal.types("job = task.background(function() local i = 0 while not stop do i = i + 1 print('row', i) if i % 50 == 0 then task.sleep('1ms') end end print('last', 6 * 7) end)\r");
    for count in 0..80 {
        terminal.types(&format!("print('mark', {count} * 7)\r"));
        terminal.sees(&format!("mark\t{}\r\n", count * 7));
        terminal.sees("❯ ");
    }
    terminal.types("stop = true\r");
    terminal.sees("last\t42\r\n");
    terminal.sees("[1] ");
    terminal.types("6 * 11\r");
    terminal.sees("\n66");
    terminal.types(CTRL_D);
    terminal.leaves_with(0);
}
