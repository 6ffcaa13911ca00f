//! chami(1): the same text as `--help`, and what that has no room for.
use super::{memory, pairs, row};
use crate::{
    cli::{Cli, variables},
    fault::Kind,
};
use clap::CommandFactory;
use clap_mangen::{Man, roff::Roff};
use std::{collections::BTreeMap, io};

pub(super) fn page() -> String {
    memory(write)
}

fn write(out: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(Cli::command())
        .manual("chami")
        .source(concat!("chami ", env!("CARGO_PKG_VERSION")));
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    verbs().to_writer(out)?;
    statuses().to_writer(out)?;
    pairs("ENVIRONMENT", &[variables::OWN, ENVIRONMENT].concat()).to_writer(out)?;
    pairs("FILES", FILES).to_writer(out)?;
    pairs("EXAMPLES", EXAMPLES).to_writer(out)?;
    pairs("SEE ALSO", SEE_ALSO).to_writer(out)
}

const SEE_ALSO: &[(&str, &str)] = &[
    (
        "chami-lua(7)",
        "What can be typed at the prompt and in scripts.",
    ),
    ("chami-exercises(7)", "The course."),
];

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
    (
        "~/.local/state/chami/",
        "Labs, history, journal and the course's progress.",
    ),
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
