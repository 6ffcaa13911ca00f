//! `bug_report`: all that a report of a defect should say, in one file, without secrets.
use super::{
    Builtin, Context,
    fs::{off, plain},
    version::Facts,
};
use crate::{
    config::{Setting, Which},
    fault::{Fault, Kind},
    http::Http,
    lua::Natives,
    tape::Report,
};
use serde_json::Value;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "bug_report",
    natives,
};

/// A service that takes longer to say its version is left out.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Where services say which they are.
const SERVICES: &[(&str, &str)] = &[
    ("smd", "/hsm/v2/service/ready"),
    ("bss", "/boot/v1/service/version"),
    ("cloud-init", "/cloud-init/version"),
];

fn natives(n: &mut Natives, context: &Context) {
    let context = context.clone();
    n.read("write", move |(path, lua): (Option<String>, String)| {
        let context = context.clone();
        async move {
            let text = text(&context, lua).await;
            off(move || match path {
                Some(path) => create(&plain(&path), &text),
                None => anywhere(&text),
            })
            .await
        }
    });
}

async fn text(context: &Context, lua: String) -> String {
    let facts = Facts::of_this_build();
    let chami = format!("{} ({}, {})", facts.chami, facts.target, facts.profile);
    let mut versions = vec![
        ("chami".to_owned(), chami),
        ("Lua".to_owned(), lua),
        ("system".to_owned(), system()),
    ];
    // Nobody is asked, and no lab is started, for a session that has asked nothing.
    let last = context.desk.last();
    if !last.is_empty() {
        versions.extend(services(&context.http).await);
    }
    let settings = context.session.show(None, Which::default());
    let settings = match settings {
        Ok(all) => all.into_iter().map(told).collect(),
        Err(fault) => vec![("not readable".to_owned(), fault.to_string())],
    };
    Report { versions, settings }.text(&context.desk, &last)
}

fn told(setting: Setting) -> (String, String) {
    let value = match setting.value {
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let from = setting.from.unwrap_or_default();
    (setting.key, format!("{value} ({from})"))
}

fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .map(|name| name.trim_matches('"').to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let name = name.unwrap_or_else(|| std::env::consts::OS.to_owned());
    format!("{name} {}", kernel.trim()).trim().to_owned()
}

/// What each service says of itself, all asked at once.
async fn services(http: &Http) -> Vec<(String, String)> {
    let ask = |path: &'static str| {
        let request = http.url("GET", path).timeout(PATIENCE);
        tokio::time::timeout(PATIENCE, request.raw())
    };
    let [(_, one), (_, two), (_, three)] = SERVICES else {
        return Vec::new();
    };
    let (one, two, three) = tokio::join!(ask(one), ask(two), ask(three));
    let said = |answer: Result<Result<crate::http::Answer, Fault>, _>| match answer {
        Ok(Ok(answer)) => format!("{} {}", answer.status, answer.text().trim()),
        Ok(Err(fault)) => fault.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    let names = SERVICES.iter().map(|(name, _)| (*name).to_owned());
    names.zip([said(one), said(two), said(three)]).collect()
}

/// `chami-report.md` in the working directory, or the first free name after it.
fn anywhere(text: &str) -> Result<String, Fault> {
    let name = |number: u32| match number {
        1 => PathBuf::from("chami-report.md"),
        more => PathBuf::from(format!("chami-report-{more}.md")),
    };
    let mut number = 1;
    while name(number).exists() && number < 1000 {
        number += 1;
    }
    create(&name(number), text)
}

/// Writes a new file for its user alone and gives its path.
fn create(path: &Path, text: &str) -> Result<String, Fault> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let message = format!("{}: that file exists", path.display());
            Fault::new(Kind::Conflict, message).hint("bug_report() finds a free name")
        }
        _ => Fault::io(path, &error),
    })?;
    file.write_all(text.as_bytes())
        .map_err(|error| Fault::io(path, &error))?;
    Ok(path.display().to_string())
}
