//! `chami why [NODES]`: why a node does not come up; without a node, or of a set, which nodes have something wrong.
//!
//! Ends with 0 when nothing is found wrong and with 6, as a check that fails, when something is.
use super::{
    Outcome,
    output::Format,
    target::TargetArgs,
    verdict::{Asked, judged},
};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The node: xname, NID, MAC or name, or a set as @compute; without one all nodes are asked about
    node: Option<String>,
    /// A nodes file to compare SMD with
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
}

/// The verdicts, as text or as data, and whether something is wrong.
const CODE: &str = "return require('node.why').report(...)";

pub(super) fn run(target: &TargetArgs, args: Args, format: Option<Format>) -> Outcome {
    judged(
        target,
        &Asked {
            code: CODE,
            whom: args.node,
            file: args.file,
        },
        format,
    )
}
