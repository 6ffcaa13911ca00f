//! The command line as clap sees it; what verbs do is tested where they do it.
use super::{Cli, Format, Verb};
use clap::{CommandFactory, Parser};

fn parsed(words: &[&str]) -> Cli {
    let words = std::iter::once("chami").chain(words.iter().copied());
    Cli::try_parse_from(words).expect("it parses")
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn a_file_takes_all_that_follows_it() {
    let cli = parsed(&["-F", "json", "boot.lua", "-e", "--lab", "x"]);
    assert_eq!(cli.format, Some(Format::Json));
    assert_eq!(cli.code, None);
    let Some(Verb::File(words)) = cli.verb else {
        panic!("no file")
    };
    assert_eq!(words, ["boot.lua", "-e", "--lab", "x"]);
    let Some(Verb::Run(args)) = parsed(&["run", "boot.lua", "-x", "-C", "y"]).verb else {
        panic!("no run")
    };
    assert_eq!(args.args, ["-x", "-C", "y"]);
}

#[test]
fn code_may_begin_with_a_dash() {
    assert_eq!(parsed(&["-e", "-1"]).code.as_deref(), Some("-1"));
    assert_eq!(
        parsed(&["-e", "--[[ x ]] 1"]).code.as_deref(),
        Some("--[[ x ]] 1")
    );
}

#[test]
fn cluster_options_stand_before_or_behind_a_verb() {
    for words in [["--lab=demo", "docs"], ["docs", "--lab=demo"]] {
        assert!(matches!(parsed(&words).verb, Some(Verb::Docs(_))));
    }
    let target = parsed(&["--lab", "boot.lua"])
        .target
        .target()
        .expect("a lab");
    assert_eq!(target.name, "lab");
}
