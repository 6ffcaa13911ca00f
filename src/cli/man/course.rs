//! chami-exercises(7): the course, with the goal of each exercise in its own words.
use super::{page as begin, pairs, prose, row, text};
use crate::{
    learn::{
        Course, Ground, Progress, WORDS,
        roster::{Listed, roster},
    },
    shell::{Report, Shell},
};
use clap_mangen::roff::Roff;

const ABOUT: &str = "An exercise is a Lua file that is read from top to bottom: what is to be reached, checks that ask the \
cluster whether it is, and parts with their reasons. chami learn lists all exercises and how far one is; chami learn ID \
opens one at a prompt, on a lab that holds what it needs. The same file runs on a real head node: chami -C CLUSTER FILE.";

const AUTHORS: &[(&str, &str)] = &[
    (
        "chami learn new ID TITLE",
        "Writes the skeleton of an exercise.",
    ),
    (
        "chami learn lint FILE",
        "Tells what an exercise lacks, by line.",
    ),
    (
        "chami learn --test FILE",
        "Tries the laws: it fails as shipped and passes when solved, and each step matters.",
    ),
    (
        "chami learn doc ID",
        "Prints an exercise as a page to read.",
    ),
    (
        "chami learn --report out.json",
        "Writes what was done, with how many hints, for the instructor.",
    ),
];

/// The shell reads what the exercises say of themselves.
pub(super) fn page(shell: &Shell) -> Result<String, Report> {
    let course = Course::embedded()?;
    let mut roff = begin("chami-exercises", "the OpenCHAMI course in chami");
    roff.control("SH", ["DESCRIPTION"]);
    prose(&mut roff, ABOUT);
    roff.control("SH", ["EXERCISES"]);
    for one in roster(&course, shell, &Progress::default(), Ground::Lab)? {
        exercise(&mut roff, &one);
    }
    roff.control("SH", ["WORDS AT THE PROMPT OF AN EXERCISE"]);
    for word in WORDS {
        let typed = format!(":{} {}", word.name, word.takes);
        row(&mut roff, typed.trim_end(), word.about);
    }
    let mut out = text(&roff);
    out += &text(&pairs("FOR AUTHORS AND INSTRUCTORS", AUTHORS));
    out += &text(&pairs("SEE ALSO", &[("chami(1), chami-lua(7)", "")]));
    Ok(out)
}

fn exercise(roff: &mut Roff, one: &Listed) {
    let mut about = one.header.goal.clone();
    if let Some(minutes) = one.header.minutes {
        about += &format!(" About {minutes} minutes.");
    }
    if !one.header.needs.is_empty() {
        about += &format!(" Begins where {} ends.", one.header.needs.join(" and "));
    }
    row(roff, &format!("{}  {}", one.id, one.title), &about);
}
