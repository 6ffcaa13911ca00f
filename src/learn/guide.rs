//! An exercise at the prompt: the words `:next`, `:check`, `:hint` and their like.
//!
//! Takes words and gives texts; knows neither terminal nor command line, so that tests lead it by the hand. Parts run in
//! the session itself: what a step calls `local` is there for the next line that is typed. The checks are read apart from
//! it (`Session::open`): nothing the student defines can change what they ask.
mod back;
mod checks;
mod copy;
mod enter;
mod parts;
mod words;

use super::{
    course::{Course, Exercise},
    page::Look,
    progress::{Book, Ground, Place, now},
    script::Script,
    session::{Opened, Session},
};
use crate::{
    fault::Fault,
    shell::{Reply, Report, Shell},
};
pub use words::{WORDS, Word};

/// Where the student works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub ground: Ground,
    /// What the target is called.
    pub target: String,
    /// The option that leads another session there, as `--lab=learn-301`.
    pub option: String,
    /// A lab that this exercise has for itself: it may be set back without asking.
    pub own: bool,
    /// It ends with its session, and so does the place in it.
    pub fleeting: bool,
}

/// What a course session is made of.
pub struct Desk<'a> {
    pub shell: &'a Shell,
    pub course: &'a Course,
    pub exercise: &'a Exercise,
    pub site: Site,
    pub book: Book,
    pub look: Look,
}

/// What the student is shown, as it comes.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // one at a time, as Reply is
pub enum Shown {
    Text(String),
    /// What became of Lua.
    Reply(Reply),
}

/// Takes what is shown.
pub type Show<'s> = dyn FnMut(Shown) + 's;

/// One exercise with a student at it.
pub struct Guide<'a> {
    desk: Desk<'a>,
    session: Session<'a>,
    script: Script,
    opened: Opened,
    place: Place,
    greeting: String,
}

impl Guide<'_> {
    /// What to say at first: what was loaded, the goal, what to type.
    pub fn greeting(&self) -> &str {
        &self.greeting
    }

    /// What the student should know of his progress: that it is not kept, and why. Said once.
    pub fn notice(&mut self) -> Option<String> {
        self.desk.book.notice()
    }

    fn id(&self) -> &str {
        &self.desk.exercise.id
    }

    fn at(&self) -> (&str, Ground) {
        (self.id(), self.desk.site.ground)
    }

    /// Keeps the place to come back to.
    fn keep_place(&mut self) {
        let (id, ground) = (self.id().to_owned(), self.desk.site.ground);
        let fleeting = self.desk.site.fleeting;
        let place = self.place.clone();
        let shown = place.next;
        self.desk.book.change(|progress| {
            let record = progress.touch(&id, ground, now());
            record.shown = record.shown.max(shown);
            record.place = (!fleeting).then_some(place);
        });
    }

    /// Header and checks once more, as the file has them.
    fn reopen(&self) -> Result<(), Report> {
        self.session.open(self.desk.exercise).map(drop)
    }
}

/// The next thing that can be typed is worth a line of its own.
fn say(show: &mut Show, text: impl Into<String>) {
    show(Shown::Text(text.into()));
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

/// A number that a word was given, from 1 to `most`; none given is none.
fn number(word: &str, text: &str, most: usize) -> Result<Option<usize>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<usize>() {
        Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
        _ => {
            let what = format!(":{word} wants a number from 1 to {most}; got \"{text}\"");
            Err(Fault::bad_argument(what).hint(":steps lists the parts with their numbers"))
        }
    }
}
