//! chami-lua(7): what can be typed, from the text that `help()` has.
use super::{page as begin, prose, row, text};
use crate::lua::{
    docs::{Index, Module},
    help, library,
};
use clap_mangen::roff::Roff;

pub(super) fn page() -> String {
    let docs = library::index();
    let mut roff = begin(
        "chami-lua",
        "what can be typed at chami's prompt and in its scripts",
    );
    roff.control("SH", ["DESCRIPTION"]);
    if let Some(start) = docs.module(help::START) {
        prose(&mut roff, &start.text);
    }
    for module in docs
        .modules()
        .filter(|m| m.name != help::START && m.is_public())
    {
        section(&mut roff, module);
    }
    faults(&mut roff, &docs);
    roff.control("SH", ["SEE ALSO"]);
    row(
        &mut roff,
        "chami(1), chami-exercises(7)",
        "help(FUNCTION) says more of each.",
    );
    text(&roff)
}

/// A module: what it is for, and a line for each function.
fn section(roff: &mut Roff, module: &Module) {
    roff.control("SH", [module.name.to_uppercase().as_str()]);
    prose(roff, &module.text);
    for function in module.public() {
        row(roff, &function.signature(), function.summary());
    }
}

/// What is raised, in the words of the record's own class.
fn faults(roff: &mut Roff, docs: &Index) {
    let Some(class) = docs.class("fault.Fault") else {
        return;
    };
    roff.control("SH", ["FAULTS"]);
    prose(roff, &class.text);
    for field in &class.fields {
        row(roff, field.key(), &field.text);
    }
}
