//! What became of a piece of Lua: its values, or a report of what went wrong.
use super::{
    inspect::{self, Style},
    shape::Shape,
    trace::Place,
};
use crate::fault::{Fault, Kind};
use std::fmt;

/// The answer to one input.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // one at a time, and faults are large on purpose
pub enum Reply {
    /// It ran and gave nothing to show.
    Nothing,
    /// What it gave, nil and all.
    Values(Vec<Shape>),
    /// It is the beginning of something: more lines are needed.
    Incomplete,
    Failed(Report),
    /// The code asked to end the process with this status.
    Exit(u8),
}

/// What went wrong, why, where, and what to type next.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// None: an error of Lua itself or of the user's own, not a fault of chami.
    pub kind: Option<Kind>,
    pub message: String,
    pub fault: Option<Fault>,
    /// What to type next, for an error that is no fault.
    pub advice: Option<String>,
    pub place: Option<Place>,
}

impl Report {
    pub(crate) fn of_fault(fault: Fault, place: Option<Place>) -> Self {
        Self {
            kind: Some(fault.kind),
            message: fault.message.clone(),
            fault: Some(fault),
            advice: None,
            place,
        }
    }

    /// An error that is no fault. Lua puts the place in front of the text: it is said once only.
    pub(crate) fn of_text(text: &str, place: Option<Place>) -> Self {
        let mut text = text.trim_end();
        if let Some(place) = &place {
            let front = format!("{}:{}: ", place.chunk, place.line);
            text = text.strip_prefix(front.as_str()).unwrap_or(text);
        }
        Self {
            kind: None,
            message: text.to_owned(),
            fault: None,
            advice: None,
            place,
        }
    }

    /// The status of a process that ends with this.
    pub fn exit_code(&self) -> u8 {
        self.kind.map_or(1, Kind::exit_code)
    }

    /// What and why, what to type next, where it happened: up to three lines.
    pub fn text(&self, style: &Style) -> String {
        let place = self.place.as_ref().map(Place::to_string);
        match &self.fault {
            Some(fault) => inspect::fault(fault, place.as_deref(), style),
            None => inspect::error(&self.message, self.hint(), place.as_deref(), style),
        }
    }

    pub fn hint(&self) -> Option<&str> {
        let fault = self.fault.as_ref();
        fault.map_or(self.advice.as_deref(), |fault| fault.hint.as_deref())
    }
}

impl From<Fault> for Report {
    fn from(fault: Fault) -> Self {
        Self::of_fault(fault, None)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&Style::WHOLE))
    }
}
