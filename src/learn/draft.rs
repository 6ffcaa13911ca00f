//! The skeleton of an exercise. It keeps every rule that `lint` holds, but for its open places.
use super::course::Course;
use crate::fault::{Fault, Kind};
use std::{
    fs::File,
    io::{ErrorKind, Write as _},
    path::PathBuf,
};

/// Stands where something is left to be written.
pub(super) const OPEN: &str = "???";

/// Writes it into the working directory and tells where; a file that is there is never touched.
pub fn write(course: &Course, id: &str, title: &str) -> Result<PathBuf, Fault> {
    if id.len() != 3 || id.parse::<u32>().is_err() {
        let what = format!("an exercise has a number of three digits; got \"{id}\"");
        return Err(Fault::bad_argument(what).hint("chami learn new 409 \"A title\""));
    }
    if let Some(there) = course.find(id) {
        let what = format!("exercise {id} is there already: {}", there.path.display());
        return Err(
            Fault::new(Kind::Conflict, what).hint("chami learn lists the numbers that are taken")
        );
    }
    let title = title.trim();
    if title.is_empty() || title.contains('\n') {
        return Err(Fault::bad_argument("an exercise has a title of one line"));
    }
    let path = PathBuf::from(format!("{id}-{}.lua", slug(title)));
    let mut file = File::create_new(&path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let what = format!("{} is there already, and stays as it is", path.display());
            Fault::new(Kind::Conflict, what)
        }
        _ => Fault::io(&path, &error),
    })?;
    file.write_all(skeleton(id, title).as_bytes())
        .map_err(|error| Fault::io(&path, &error))?;
    Ok(path)
}

fn slug(title: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            ' '
        }
    };
    let words: String = title.chars().map(plain).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.is_empty() {
        "exercise".to_owned()
    } else {
        words.join("-")
    }
}

pub(super) fn skeleton(id: &str, title: &str) -> String {
    let title = title.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        r#"-- ??? The concept, in a sentence or two: what a reader knows after this.

exercise {{
  id = "{id}", minutes = 15,
  title = "{title}",
  goal = "??? The end state in one sentence, as somebody who looks would find it.",
  needs = {{ "301" }}, seed = {{}},
}}

check "??? what must hold at the end" {{
  got  = function() return smd.group.member.list "compute" end,   -- ??? reads, never writes
  want = set "x1000c0s0b[0-4]n0",   -- ??? help(set) names the other matchers
  hint = {{ "??? A question that leads to the right service.",
           "??? A call that shows how things stand.",
           "??? The whole answer; only the last hint may hold it." }},
}}

look "??? See how things stand"
-- ??? Why before how, in two to five lines. A look leaves the cluster as it was.
print(smd.group.list())

step "??? Bring the goal nearer"
-- ??? Without any one step a check must fail; a second run must change nothing.
print(smd.group.list())

try "??? What to change, and to find out?"
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_the_name_of_a_file() {
        assert_eq!(
            slug("Rocky 9 → Rocky 8: on a subset!"),
            "rocky-9-rocky-8-on-a-subset"
        );
        assert_eq!(slug("→"), "exercise");
    }

    #[test]
    fn a_number_that_is_taken_or_none_is_refused() {
        let course = Course::embedded().expect("the course");
        let fault = write(&course, "301", "Again").expect_err("taken");
        assert_eq!(fault.kind, Kind::Conflict);
        for id in ["4", "4x9", "../", ""] {
            let fault = write(&course, id, "Odd").expect_err("no number");
            assert_eq!(fault.kind, Kind::BadArgument, "{id}");
        }
        let fault = write(&course, "999", " ").expect_err("no title");
        assert_eq!(fault.kind, Kind::BadArgument);
    }
}
