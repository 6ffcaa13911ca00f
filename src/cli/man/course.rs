//! chami-exercises(7): the course.
use super::{page as begin, prose, row, text};
use crate::{fault::Fault, learn::Course};
use clap_mangen::roff::Roff;

const ABOUT: &str = "An exercise is a Lua file that is read from top to bottom: what is to be reached, checks that \
ask the cluster whether it is, and steps with their reasons. `chami learn` lists them all, `chami learn ID` opens one on \
a lab of its own. The same file runs on a real head node: chami -C CLUSTER FILE.";

pub(super) fn page() -> Result<String, Fault> {
    let course = Course::embedded()?;
    let mut roff = begin("chami-exercises", "the OpenCHAMI course in chami");
    roff.control("SH", ["DESCRIPTION"]);
    prose(&mut roff, ABOUT);
    roff.control("SH", ["EXERCISES"]);
    list(&mut roff, &course);
    roff.control("SH", ["SEE ALSO"]);
    row(
        &mut roff,
        "chami(1), chami-lua(7)",
        "chami learn --hint ID tells an exercise's goal and hints.",
    );
    Ok(text(&roff))
}

fn list(roff: &mut Roff, course: &Course) {
    for exercise in &course.exercises {
        let stem = exercise
            .path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        row(roff, &exercise.id, &stem);
    }
}
