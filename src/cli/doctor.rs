//! `chami doctor [SET]`: all checks at once, for a look in the morning and for cron.
//!
//! Ends with 0 when all is well and with 6, as `chami why`, when something is wrong.
use super::{
    Outcome,
    output::Format,
    target::TargetArgs,
    verdict::{Asked, judged},
};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Which nodes: a set as nid[1-5], @compute, an xname; without one all of SMD
    nodes: Option<String>,
    /// A nodes file to compare SMD with
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
}

/// The report, as text or as data, and whether something is wrong.
const CODE: &str = "return require('doctor')._report(...)";

pub(super) fn run(target: &TargetArgs, args: Args, format: Option<Format>) -> Outcome {
    judged(
        target,
        &Asked {
            code: CODE,
            whom: args.nodes,
            file: args.file,
        },
        format,
    )
}
