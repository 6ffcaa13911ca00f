//! The shell as its users see it: builtins, lazy modules, several shells side by side.
mod config;
mod files;

use super::{Options, Shell};
use crate::{
    clock::Pending,
    fault::Fault,
    http::{self, Base, Http, Locate},
    lua::{Reply, print::Captured, shape::Shape},
};
use std::sync::Arc;

/// A target that is never reached.
struct Nowhere;

impl Locate for Nowhere {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(async { Err(Fault::internal("no test speaks to a cluster here")) })
    }
}

fn shell() -> (Shell, Captured) {
    let out = Captured::default();
    let mut options = Options::new(Http::new(Arc::new(Nowhere), http::Options::default()));
    options.sink = out.sink();
    (Shell::new(options).expect("a shell starts"), out)
}

fn text(shell: &Shell, source: &str) -> String {
    match shell.eval(source) {
        Reply::Values(values) => match values.as_slice() {
            [Shape::Text(text)] => text.clone(),
            other => format!("{other:?}"),
        },
        Reply::Failed(report) => report.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn json_keeps_what_it_reads() {
    let (shell, _) = shell();
    let code = r#"json.encode(json.decode('{"b":[],"a":null,"c":{"d":[1,2.5]}}'))"#;
    assert_eq!(text(&shell, code), r#"{"a":null,"b":[],"c":{"d":[1,2.5]}}"#);
    assert_eq!(
        text(&shell, "json.encode{ a = json.array{}, b = {} }"),
        r#"{"a":[],"b":{}}"#
    );
    assert_eq!(text(&shell, "tostring(json.null)"), "null");
}

#[test]
fn bad_json_is_told_by_place() {
    let (shell, _) = shell();
    assert_eq!(
        text(&shell, "json.decode '{\\n  \"a\": tru }'"),
        "bad_argument: json.decode: line 2, column 11: expected ident\n  \
         hint: JSON has double quotes only, no comments, and no comma behind the last entry"
    );
}

#[test]
fn a_module_that_is_assigned_over_is_told() {
    let (shell, out) = shell();
    let warning = "warning: json is a module; it stays reachable as chami.json\n";
    shell.eval("json = 5");
    assert_eq!(out.take(), warning);
    assert_eq!(text(&shell, "chami.json.encode{ 1 }"), "[1]");
    shell.eval("local json = 6");
    shell.eval("json = 7");
    assert_eq!(out.take(), warning);
}
