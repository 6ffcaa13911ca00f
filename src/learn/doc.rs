//! An exercise as a page to read: comments as prose, code as code, checks as the end, hints folded. Markdown.
// Writing to a String cannot fail.
use super::{
    course::Exercise,
    scene::scene,
    script::{Block, Script},
    session::{Header, Opened, Session},
    text::Kind,
};
use crate::shell::{Report, Shell};
use std::fmt::Write as _;

/// The whole page. Nothing of the steps is run.
pub fn page(exercise: &Exercise, shell: &Shell) -> Result<String, Report> {
    let opened = Session::new(shell).open(exercise)?;
    let script = Script::read(&exercise.text);
    let mut out = head(&opened.header, &script);
    out.extend(done_when(&opened));
    let (setting, _) = scene(&script);
    if !setting.is_empty() {
        out.push("## Names used below".to_owned());
        out.extend(setting.iter().map(block));
    }
    for (at, part) in script.parts.iter().enumerate() {
        let kind = match part.kind {
            Kind::Step => "",
            Kind::Look => " (a look: nothing changes)",
        };
        out.push(format!("## {}. {}{kind}", at + 1, part.title));
        out.extend(part.blocks.iter().map(block));
    }
    if !script.tries.is_empty() {
        out.push("## Try".to_owned());
        let lines = script.tries.iter().enumerate();
        let lines = lines.map(|(at, text)| format!("{}. {text}", at + 1));
        out.push(lines.collect::<Vec<_>>().join("\n"));
    }
    Ok(out.join("\n\n") + "\n")
}

fn head(header: &Header, script: &Script) -> Vec<String> {
    let mut out = vec![format!("# {} {}", header.id, header.title)];
    if !script.opening.is_empty() {
        out.push(script.opening.clone());
    }
    out.push(format!("**Goal.** {}", header.goal));
    let mut facts = Vec::new();
    if let Some(minutes) = header.minutes {
        facts.push(format!("About {minutes} minutes."));
    }
    if !header.needs.is_empty() {
        facts.push(format!("Begins where {} ends.", header.needs.join(" and ")));
    }
    facts.push(format!("`chami learn {}` opens it at a prompt.", header.id));
    out.push(facts.join(" "));
    out
}

fn done_when(opened: &Opened) -> Vec<String> {
    let mut out = vec!["## You are done when".to_owned()];
    for check in &opened.checks {
        let mut item = format!("- {}", check.title);
        if !check.hint.is_empty() {
            item += "\n\n  <details><summary>Hints</summary>\n";
            for (at, hint) in check.hint.iter().enumerate() {
                let _ = write!(item, "\n  {}. {}", at + 1, escaped(hint));
            }
            item += "\n\n  </details>";
        }
        out.push(item);
    }
    out
}

/// Inside a fold, Markdown would take these for HTML or emphasis.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for letter in text.chars() {
        code ^= letter == '`';
        if !code && ['<', '*', '_'].contains(&letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn block(block: &Block) -> String {
    match block {
        Block::Prose(text) => text.clone(),
        Block::Code(text) => {
            let mut fence = "```".to_owned();
            while text.contains(&fence) {
                fence.push('`');
            }
            format!("{fence}lua\n{text}\n{fence}")
        }
    }
}
