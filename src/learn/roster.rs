//! The course as a list: what is done of it, and what to do next.
use super::{
    course::Course,
    page::Look,
    progress::{Ground, Progress, Record},
    session::{Header, Session},
};
use crate::shell::{Report, Shell};
use serde::Serialize;
use std::collections::BTreeSet;

/// How far an exercise is, by what was kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Open,
    Begun,
    Done,
}

/// One exercise with what was kept of it.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: String,
    pub title: String,
    pub header: Header,
    /// The titles of its checks.
    pub checks: Vec<String>,
    /// How many parts it has.
    pub parts: usize,
    pub record: Record,
}

impl Listed {
    pub fn stage(&self) -> Stage {
        match &self.record {
            record if record.done.is_some() => Stage::Done,
            record if record.worked() => Stage::Begun,
            _ => Stage::Open,
        }
    }
}

/// All exercises in their order. No cluster is asked.
pub fn roster(
    course: &Course,
    shell: &Shell,
    progress: &Progress,
    ground: Ground,
) -> Result<Vec<Listed>, Report> {
    let session = Session::new(shell);
    let mut list = Vec::new();
    for exercise in &course.exercises {
        let opened = session.open(exercise)?;
        list.push(Listed {
            id: exercise.id.clone(),
            title: opened.header.title.clone(),
            header: opened.header,
            checks: opened.checks.into_iter().map(|check| check.title).collect(),
            parts: super::script::Script::read(&exercise.text).len(),
            record: progress
                .record(&exercise.id, ground)
                .cloned()
                .unwrap_or_default(),
        });
    }
    Ok(list)
}

/// What to do next: what was begun last; else the first open one behind the one done last, or what that needs; else the
/// first that is open and whose needs are done; else the first open one.
pub fn next(list: &[Listed]) -> Option<&Listed> {
    let begun = list.iter().filter(|it| it.stage() == Stage::Begun);
    if let Some(last) = begun.max_by_key(|it| it.record.last) {
        return Some(last);
    }
    let done: BTreeSet<&str> = list
        .iter()
        .filter(|it| it.stage() == Stage::Done)
        .map(|it| it.id.as_str())
        .collect();
    let exists = |id: &str| list.iter().any(|it| it.id == id);
    let ready = |it: &&Listed| {
        let mut needs = it.header.needs.iter().map(String::as_str);
        needs.all(|id| done.contains(id) || !exists(id))
    };
    let finished = list.iter().enumerate();
    let finished = finished.filter(|(_, it)| it.stage() == Stage::Done);
    let recent = finished.max_by_key(|(_, it)| it.record.last);
    let is_open = |it: &&Listed| it.stage() == Stage::Open;
    let behind = recent.and_then(|(at, _)| list[at + 1..].iter().find(is_open));
    let mut open = list.iter().filter(is_open);
    behind
        .map(|it| first_need(list, it))
        .or_else(|| open.clone().find(ready))
        .or_else(|| open.next())
}

/// What is to be done before an exercise: of its needs the first that is open, and of that one's; else itself.
fn first_need<'a>(list: &'a [Listed], mut it: &'a Listed) -> &'a Listed {
    let open = |id: &String| {
        let mut all = list.iter();
        all.find(|one| one.id == *id && one.stage() == Stage::Open)
    };
    // Where two need each other it ends all the same.
    for _ in list {
        match it.header.needs.iter().find_map(open) {
            Some(need) => it = need,
            None => break,
        }
    }
    it
}

/// The list as a student reads it.
pub fn table(list: &[Listed], look: &Look) -> String {
    let done = list.iter().filter(|it| it.stage() == Stage::Done).count();
    let mut lines = vec![
        format!("The course: {done} of {} done", list.len()),
        String::new(),
    ];
    let widest = list.iter().map(|it| it.title.chars().count()).max();
    let widest = widest.unwrap_or_default();
    for it in list {
        let (word, painted) = match it.stage() {
            Stage::Done => ("done", look.green("done ")),
            Stage::Begun => ("begun", "begun".to_owned()),
            Stage::Open => ("open", look.dim("open ")),
        };
        let (title, told) = (it.title.chars().count(), told(it, word, list));
        // A column that does not fit gives up its alignment before its end.
        let used = it.id.len() + title + told.chars().count() + 11;
        let pad = (widest - title).min(look.width.saturating_sub(used));
        let line = format!(
            "  {}  {painted}  {}{}  {}",
            it.id,
            it.title,
            " ".repeat(pad),
            look.dim(&told)
        );
        lines.push(line.trim_end().to_owned());
    }
    lines.push(String::new());
    lines.push(match next(list) {
        Some(next) if next.stage() == Stage::Begun => {
            format!("chami learn {}  takes you back to it", next.id)
        }
        Some(next) => format!("chami learn {}  is next: {}", next.id, next.title),
        None => "All are done. chami learn ID opens one again; its last words are what to try."
            .to_owned(),
    });
    lines.join("\n") + "\n"
}

/// What is worth a word beside the title.
fn told(it: &Listed, word: &str, list: &[Listed]) -> String {
    let hints = match it.record.hints() {
        0 => None,
        1 => Some("1 hint".to_owned()),
        count => Some(format!("{count} hints")),
    };
    let when = it
        .record
        .done
        .map(|done| done.strftime("%e %b %Y").to_string().trim().to_owned());
    let parts: Vec<String> = match word {
        "done" => when.into_iter().chain(hints).collect(),
        "begun" => {
            let at =
                it.record.place.as_ref().map(|place| {
                    format!("part {} of {}", (place.next + 1).min(it.parts), it.parts)
                });
            at.into_iter().chain(hints).collect()
        }
        _ => {
            let minutes = it.header.minutes.map(|it| format!("{it} min"));
            // A state that no exercise leads to is made for the student, who need not know of it.
            let exists = |id: &&String| list.iter().any(|one| one.id == **id);
            let needs: Vec<&str> = it
                .header
                .needs
                .iter()
                .filter(exists)
                .map(|id| &**id)
                .collect();
            let needs = (!needs.is_empty()).then(|| format!("after {}", needs.join(", ")));
            minutes.into_iter().chain(needs).collect()
        }
    };
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn listed(id: &str, needs: &[&str], begun: Option<i64>, done: bool) -> Listed {
        let at = |second| Timestamp::from_second(second).ok();
        let record = Record {
            begun: begun.and_then(at),
            last: begun.and_then(at),
            done: begun.filter(|_| done).and_then(at),
            shown: usize::from(begun.is_some()),
            ..Record::default()
        };
        let header = Header {
            id: id.to_owned(),
            title: format!("About {id}"),
            goal: "All is well.".to_owned(),
            needs: needs.iter().map(|&it| it.to_owned()).collect(),
            seed: Vec::new(),
            minutes: Some(10),
            once: false,
            backend: crate::learn::session::Backend::Any,
        };
        Listed {
            id: id.to_owned(),
            title: header.title.clone(),
            header,
            checks: Vec::new(),
            parts: 3,
            record,
        }
    }

    #[test]
    fn what_was_begun_comes_first_then_what_is_ready() {
        let id = |list: &[Listed]| next(list).map(|it| it.id.clone());
        let mut list = vec![
            listed("401", &["301"], None, false),
            listed("402", &["201"], None, false),
            listed("301", &[], None, false),
        ];
        assert_eq!(
            id(&list).as_deref(),
            Some("402"),
            "its need is no exercise here"
        );
        list[1] = listed("402", &["201"], Some(1), true);
        assert_eq!(id(&list).as_deref(), Some("301"));
        list[2] = listed("301", &[], Some(3), true);
        assert_eq!(id(&list).as_deref(), Some("401"));
        list[1] = listed("402", &[], Some(2), false);
        assert_eq!(id(&list).as_deref(), Some("402"));
    }

    #[test]
    fn who_began_in_the_middle_goes_on_there() {
        let mut list = vec![
            listed("101", &[], None, false),
            listed("301", &[], Some(1), true),
            listed("303", &[], None, false),
        ];
        let id = |list: &[Listed]| next(list).map(|it| it.id.clone());
        assert_eq!(id(&list).as_deref(), Some("303"));
        list[2] = listed("303", &[], Some(2), true);
        assert_eq!(id(&list).as_deref(), Some("101"), "what was left out");
    }

    #[test]
    fn who_began_at_the_end_does_first_what_the_next_one_needs() {
        let list = vec![
            listed("101", &[], None, false),
            listed("301", &[], None, false),
            listed("402", &["301"], None, false),
            listed("405", &["401"], Some(1), true),
            listed("406", &["402"], None, false),
            listed("691", &["689"], None, false),
        ];
        assert_eq!(next(&list).map(|it| it.id.as_str()), Some("301"));
    }

    #[test]
    fn the_list_says_where_one_is() {
        let list = [
            listed("301", &[], Some(86_400), true),
            listed("402", &["301"], None, false),
        ];
        let want = "The course: 1 of 2 done\n\n  301  done   About 301  2 Jan 1970\n  \
                    402  open   About 402  10 min, after 301\n\nchami learn 402  is next: About 402\n";
        assert_eq!(table(&list, &Look::PLAIN), want);
    }
}
