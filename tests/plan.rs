//! A plan changes nothing, whatever is called: every example of the library runs in one.
#[path = "support/stage.rs"]
mod stage;

use chami::{
    fault::Kind,
    gate::Rules,
    lua::{inspect::Style, library, shape::Limit},
    shell::Reply,
};
use stage::Stage;

/// What is not as before, in words; nothing when the example left all as it was.
fn trace_of(code: &str, state: Option<&str>) -> Option<String> {
    let rules = Rules {
        plan: true,
        ..Rules::default()
    };
    let planning = Stage::ruled(true, Style::WHOLE, Limit::Whole, rules);
    planning.enter(state.unwrap_or("301")).expect("the state");
    let free = planning.free.as_ref().expect("a shell without rules");
    free.run("lab.snapshot 'before'", &[]);
    // What an example does with records it did not get back may fail, but not because of chami.
    if let Reply::Failed(report) = planning.shell.run(code, &[])
        && report.kind == Some(Kind::Internal)
    {
        return Some(report.to_string());
    }
    match free.run("return json.encode(lab.diff 'before')", &[]) {
        Reply::Values(values) => {
            let text = format!("{values:?}");
            (!text.contains("\"[]\"")).then_some(text)
        }
        other => Some(format!("{other:?}")),
    }
}

#[test]
fn no_example_changes_the_cluster_in_a_plan() {
    let index = library::index();
    let functions = index.modules().flat_map(|m| &m.functions);
    let examples = functions.flat_map(|f| f.examples.iter().map(move |example| (f, example)));
    let examples: Vec<_> = examples.collect();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let judge = |part: &[_]| -> Vec<String> {
            let told = |(f, e): &(&chami::lua::docs::Function, &chami::lua::docs::Example)| {
                let trace = trace_of(&e.code, e.state.as_deref())?;
                Some(format!("{}: {}\n{trace}", f.path, e.code))
            };
            part.iter().filter_map(told).collect()
        };
        let parts = examples.chunks(examples.len().div_ceil(4));
        let workers: Vec<_> = parts.map(|part| scope.spawn(move || judge(part))).collect();
        let done = workers.into_iter();
        done.flat_map(|worker| worker.join().expect("no panic"))
            .collect()
    });
    assert!(!examples.is_empty(), "no examples found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
