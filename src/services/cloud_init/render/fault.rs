//! Why a template could not be rendered: the line, the reason, and what to write instead.
use super::filters::NOT_SIMULATED;
use crate::fault::{Fault, Kind};
use minijinja::{Error, ErrorKind};

/// A fault and its place in the file, from 1; a column is known where the line is as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    pub line: usize,
    pub column: Option<usize>,
    pub fault: Fault,
}

impl Trouble {
    pub(super) fn new(line: usize, fault: Fault) -> Self {
        Self {
            line,
            column: None,
            fault,
        }
    }

    /// An error of the engine; lines are the file's, whose first one is the header.
    pub(super) fn of(error: &Error, source: &str) -> Self {
        let before = error.range().and_then(|range| source.get(..range.start));
        let column = before.map(|before| {
            let begin = before.rfind('\n').map_or(0, |at| at + 1);
            before[begin..].chars().count() + 1
        });
        Self {
            line: error.line().map_or(1, |line| line + 1),
            column,
            fault: trouble(error, source),
        }
    }
}

fn trouble(error: &Error, source: &str) -> Fault {
    if error.kind() == ErrorKind::OutOfFuel {
        return endless(error);
    }
    let line = error.line().map_or(1, |line| line + 1);
    let what = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    let place = error.range().and_then(|range| source.get(range));
    let place = place
        .map(str::trim)
        .filter(|it| !it.is_empty() && !it.contains('\n'));
    let told = match place {
        Some(place) => format!("line {line}: {what} (in `{place}`)"),
        None => format!("line {line}: {what}"),
    };
    let absent = matches!(
        error.kind(),
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction
    );
    let not_here = absent
        && NOT_SIMULATED
            .iter()
            .any(|name| what.split(' ').any(|word| word == *name));
    let formats = what.contains("% operator on unsupported types string");
    if not_here || formats || error.kind() == ErrorKind::UnknownMethod {
        return Fault::new(Kind::Unsupported, told)
            .hint("a node knows it, the simulation does not; `cloud-init devel render` on a node shows the result");
    }
    let fault = Fault::bad_argument(told);
    if what.contains("- operator") {
        let spelled = place.map(|it| it.replace(" - ", "-").replace('-', "_"));
        let spelled = spelled.unwrap_or_else(|| "instance_id".to_owned());
        return fault.hint(format!(
            "a dash is a minus sign to Jinja: write `{spelled}`"
        ));
    }
    match error.kind() {
        ErrorKind::SyntaxError => fault.hint("see https://jinja.palletsprojects.com for the syntax"),
        ErrorKind::UndefinedError => fault.hint(
            "the node leaves such a text out as a whole; `cloud_init.template.names` lists what can be named",
        ),
        _ => fault.hint("the node leaves such a text out as a whole"),
    }
}

/// The engine gave up; a node would go on.
fn endless(error: &Error) -> Fault {
    let place = error.line().map(|line| format!("line {}: ", line + 1));
    let place = place.unwrap_or_default();
    Fault::bad_argument(format!("{place}the template does too much work"))
        .hint("loops inside loops multiply: go through fewer things")
}

/// A fact was used that only the node knows.
pub(super) fn only_there(path: &str) -> Fault {
    let name = path.rsplit('.').next().unwrap_or(path);
    Fault::bad_argument(format!(
        "{path} is known only on the node, not to its meta-data"
    ))
    .hint(format!("say what it is: {{ facts = {{ {name} = … }} }}"))
}
