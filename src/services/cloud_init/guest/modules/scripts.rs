//! `bootcmd` and `runcmd`: lists of commands, each a line for the shell or a list of words.
use crate::services::cloud_init::guest::{script, value, work::Work};
use serde_json::Value;

/// Each command as the shell would read it; what is no command fails the module.
fn lines(node: &Work, key: &str) -> Result<Vec<script::Line>, String> {
    let items = match node.config.get(key) {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(other) => {
            return Err(format!(
                "Input to shellify was type '{}'. Expected list or tuple.",
                value::sort(other)
            ));
        }
    };
    let mut lines = Vec::new();
    for item in items {
        match item {
            Value::Null => {}
            Value::Array(words) => {
                lines.push(script::Line::Words(words.iter().map(value::text).collect()));
            }
            Value::String(text) => lines.push(script::Line::Shell(text.clone())),
            other => {
                return Err(format!(
                    "Unable to shellify type '{}'. Expected list, string, tuple. Got: {}",
                    value::sort(other),
                    value::text(other)
                ));
            }
        }
    }
    Ok(lines)
}

pub(super) fn bootcmd(node: &mut Work) -> Result<(), String> {
    let lines = lines(node, "bootcmd")?;
    match script::run(node, "bootcmd", &lines) {
        0 => Ok(()),
        status => {
            node.warn("util.py", "Failed to run bootcmd module bootcmd");
            Err(format!("the last command of bootcmd ended with {status}"))
        }
    }
}

/// A list that is none fails here, and nothing of it is run.
pub(super) fn runcmd_form(node: &mut Work) -> Result<(), String> {
    lines(node, "runcmd").map(|_| ())
}

pub(super) fn runcmd(node: &mut Work) -> Result<(), String> {
    let Ok(lines) = lines(node, "runcmd") else {
        return Ok(());
    };
    match script::run(node, "runcmd", &lines) {
        0 => Ok(()),
        status => {
            let folder = "/var/lib/cloud/instance/scripts";
            let told = format!("Failed to run module scripts-user (scripts in {folder})");
            node.warn("cc_scripts_user.py", &told);
            Err(format!("the last command of runcmd ended with {status}"))
        }
    }
}
