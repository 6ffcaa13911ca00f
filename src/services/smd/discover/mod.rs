//! Static discovery: a nodes file becomes components, Redfish endpoints, interfaces and groups in SMD.
//!
//! Reads both formats of `ochami discover static`, says what is wrong before SMD swallows it, compares before it writes,
//! and reads back what it wrote. Knows no Lua and no files: the text comes from the facade.
//!
//! Facts behind it (seen with SMD 2.20.5 and in its source): components go first, so that the file's NIDs win; an
//! endpoint's `Systems` and `Managers` become the node and BMC interfaces; SMD names the nodes of a BMC itself,
//! counting from n0; a `POST` of an endpoint answers 409 although all is stored, because the BMC's interface is inserted
//! twice; one endpoint a request, since `Systems` in a list are not read; `PATCH` of a group ignores members.
mod address;
mod apply;
mod convert;
mod file;
mod finding;
mod lint;
mod plan;
mod record;
#[cfg(test)]
mod tests;
mod tree;
mod wanted;

pub use apply::{Count, Report, apply, present};
pub use finding::{Finding, Level};
pub use lint::Options as LintOptions;
pub use plan::{Action, Change, Present, Resource, compare};
pub use wanted::{Interface, Wanted};

use crate::fault::{Fault, Item};
use file::NodesFile;
use serde::Deserialize;
use serde_json::Value;
use tree::Spot;

/// Where a nodes file comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What to call it in messages.
    pub name: String,
    /// YAML or JSON.
    #[serde(default)]
    pub text: Option<String>,
    /// The same shape as a Lua table.
    #[serde(default)]
    pub table: Option<Value>,
}

impl Source {
    fn read(self) -> Result<NodesFile, Fault> {
        let spot = match (self.text, self.table) {
            (Some(text), _) => Spot::of_text(&text, &self.name)?,
            (None, Some(table)) => Spot::of_value(table),
            (None, None) => {
                return Err(Fault::bad_argument("there is no nodes file to read")
                    .hint("give a path, the text itself, or a table with `bmcs` and `nodes`"));
            }
        };
        Ok(file::read(&spot))
    }
}

/// All that can be said about a nodes file without asking SMD.
pub fn lint(source: Source, options: &LintOptions) -> Result<Vec<Finding>, Fault> {
    lint::lint(&source.read()?, options)
}

/// The file in the new format, as YAML.
pub fn convert(source: Source) -> Result<String, Fault> {
    let name = source.name.clone();
    let file = source.read()?;
    refuse(&name, &file.findings)?;
    convert::yaml(&file)
}

/// What the file wants of SMD. Errors of the file are raised together; without `lint` it is taken as it is.
pub fn wanted(source: Source, lint: Option<&LintOptions>) -> Result<Wanted, Fault> {
    let name = source.name.clone();
    let file = source.read()?;
    if let Some(options) = lint {
        refuse(&name, &lint::lint(&file, options)?)?;
    }
    Ok(Wanted::of(&file))
}

/// A fault that lists every error among the findings.
fn refuse(name: &str, findings: &[Finding]) -> Result<(), Fault> {
    let errors: Vec<&Finding> = findings
        .iter()
        .filter(|f| f.level == Level::Error)
        .collect();
    let [first, rest @ ..] = &errors[..] else {
        return Ok(());
    };
    let place = |finding: &Finding| match finding.line {
        Some(line) => format!("{name}:{line}"),
        None => name.to_owned(),
    };
    let more = match rest.len() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let message = format!(
        "{}: {}: {}{more}",
        place(first),
        first.record,
        first.message
    );
    let item = |finding: &&Finding| Item {
        node: format!("{} {}", place(finding), finding.record),
        fault: Fault::bad_argument(finding.message.clone()).hint(finding.fix.clone()),
    };
    let fault = Fault::bad_argument(message).hint(first.fix.clone());
    Err(if rest.is_empty() {
        fault
    } else {
        fault.items(errors.iter().map(item).collect())
    })
}
