//! Every `---@example` of the library runs, each on a lab of its own, and gives the value that is written behind it.
//!
//! `--> VALUE` is the value as the prompt shows it or as `print` does; `--> raises KIND` wants that fault; without either
//! the example must not fail.
#[path = "support/stage.rs"]
mod stage;

use chami::{
    lua::{
        docs::{Example, Function},
        inspect::{Style, inspect, plain},
        library,
        shape::Limit,
    },
    shell::Reply,
};
use stage::Stage;
use std::thread;

/// What an example gave, in the forms it may be written in.
fn outcome(example: &Example) -> Result<Vec<String>, (String, String)> {
    let style = Style {
        width: 1000,
        ..Style::WHOLE
    };
    let stage = Stage::new(true, style, Limit::Whole);
    if let Some(state) = &example.state {
        let told = |text| ("no state".to_owned(), text);
        stage.enter(state).map_err(told)?;
    }
    match stage.shell.run(&example.code, &[]) {
        Reply::Failed(report) => {
            let kind = report.kind.map_or("error", chami::fault::Kind::name);
            Err((kind.to_owned(), report.to_string()))
        }
        Reply::Values(values) => {
            let all = |form: fn(&chami::lua::shape::Shape, &Style) -> String| {
                let texts: Vec<String> = values.iter().map(|value| form(value, &style)).collect();
                texts.join(", ")
            };
            Ok(vec![all(inspect), all(plain)])
        }
        _ => Ok(vec!["nil".to_owned()]),
    }
}

/// Lines without the space around them: a comment cannot keep it.
fn squeezed(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect()
}

fn judge(function: &Function, example: &Example) -> Option<String> {
    let want = example.value.as_deref();
    let wrong = match (outcome(example), want) {
        (Err((kind, text)), Some(want)) if want.starts_with("raises ") => {
            (format!("raises {kind}") != want).then_some(text)
        }
        (Err((_, text)), _) => Some(text),
        (Ok(_), None) => None,
        (Ok(have), Some(want)) => {
            let fits = have.iter().any(|text| squeezed(text) == squeezed(want));
            (!fits).then(|| format!("want {want}\nhave {}", have[0]))
        }
    };
    wrong.map(|text| {
        format!(
            "{}, line {}: {}\n{text}",
            function.path, example.line, example.code
        )
    })
}

#[test]
fn every_example_gives_what_it_says() {
    let index = library::index();
    let functions = index.modules().flat_map(|m| &m.functions);
    let examples = functions.flat_map(|f| f.examples.iter().map(move |example| (f, example)));
    let examples: Vec<_> = examples.collect();
    assert!(!examples.is_empty(), "no examples found");
    let wrong: Vec<String> = thread::scope(|scope| {
        let judge_all = |part: &[(&Function, &Example)]| -> Vec<String> {
            part.iter().filter_map(|(f, e)| judge(f, e)).collect()
        };
        let parts = examples.chunks(examples.len().div_ceil(4));
        let workers: Vec<_> = parts
            .map(|part| scope.spawn(move || judge_all(part)))
            .collect();
        let done = workers.into_iter();
        done.flat_map(|worker| worker.join().expect("judging does not panic"))
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
