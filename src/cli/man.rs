//! `chami man`: the manual page, from the same text as `--help`, and what that has no room for.
use super::{Cli, Outcome, output, variables};
use crate::fault::Kind;
use clap::CommandFactory;
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};
use std::{collections::BTreeMap, io};

pub(super) fn run() -> Outcome {
    output::print(&page().unwrap_or_default())
}

/// Fails only when memory cannot be written to.
fn page() -> io::Result<String> {
    let man = Man::new(Cli::command())
        .manual("chami")
        .source(concat!("chami ", env!("CARGO_PKG_VERSION")));
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    verbs().to_writer(&mut out)?;
    statuses().to_writer(&mut out)?;
    pairs("ENVIRONMENT", &[variables::OWN, ENVIRONMENT].concat()).to_writer(&mut out)?;
    pairs("FILES", FILES).to_writer(&mut out)?;
    pairs("EXAMPLES", EXAMPLES).to_writer(&mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "XDG_STATE_HOME, XDG_RUNTIME_DIR, XDG_CONFIG_HOME",
        "Where labs, history and journal are kept, where a running lab says how it is reached, and where your own library is.",
    ),
    (
        "HTTP_PROXY, HTTPS_PROXY, NO_PROXY",
        "Proxies. Loopback addresses and labs are never reached by way of one.",
    ),
    ("NO_COLOR, CLICOLOR, TERM", "Whether colours are shown."),
];

const FILES: &[(&str, &str)] = &[
    (
        "/etc/ochami/config.yaml, ~/.config/ochami/config.yaml",
        "The clusters, as ochami reads them; the second wins.",
    ),
    (
        "~/.config/chami/init.lua",
        "Lua that is run where a prompt begins; --no-init leaves it out.",
    ),
    ("~/.local/state/chami/", "Labs, history and journal."),
    (
        "~/.config/chami/lib-lua/",
        "Your own versions of library files.",
    ),
];

const EXAMPLES: &[(&str, &str)] = &[
    ("chami", "A prompt on your lab, a simulated cluster."),
    (
        "chami -e 'smd.component.list{ type = \"Node\" }' -F csv",
        "One line, its value as CSV.",
    ),
    (
        "chami -C demo --plan script.lua",
        "What a script would send to the cluster demo.",
    ),
    ("chami learn --list", "The exercises."),
];

/// What `--help` says of each verb.
fn verbs() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["VERBS"]);
    for verb in Cli::command().get_subcommands() {
        let about = verb.get_about().map(ToString::to_string);
        let name = format!("chami {}", verb.get_name());
        row(&mut roff, &name, &about.unwrap_or_default());
    }
    roff
}

/// The kinds of faults that end with each status.
fn statuses() -> Roff {
    let mut kinds = BTreeMap::<u8, Vec<&str>>::new();
    for kind in Kind::ALL {
        kinds.entry(kind.exit_code()).or_default().push(kind.name());
    }
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    row(&mut roff, "0", "All went well.");
    for (status, names) in kinds {
        let more = if status == 2 {
            ", and a command line that cannot be understood"
        } else {
            ""
        };
        row(
            &mut roff,
            &status.to_string(),
            &format!("{}{more}.", names.join(", ")),
        );
    }
    row(&mut roff, "141", "Whoever read the output went away.");
    roff
}

fn pairs(title: &str, rows: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (name, text) in rows {
        row(&mut roff, name, text);
    }
    roff
}

fn row(roff: &mut Roff, name: &str, text: &str) {
    roff.control("TP", []);
    roff.text([clap_mangen::roff::bold(name)]);
    roff.text([roman(text)]);
}
