//! How careful and how patient a session is.
use crate::{clock, gate::Rules};
use std::time::Duration;

#[derive(clap::Args)]
#[command(next_help_heading = "Care")]
pub(super) struct CareArgs {
    /// Write nothing
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// Send nothing that changes something, and show what would be sent
    #[arg(long, conflicts_with = "read_only", global = true)]
    pub(super) plan: bool,
    /// Refuse a call that writes to more nodes: those it names
    #[arg(long, value_name = "N", global = true)]
    max_nodes: Option<usize>,
    /// How long to wait for an answer, as 30s or 2m
    #[arg(long, value_name = "SPAN", value_parser = span, global = true)]
    pub(super) timeout: Option<Duration>,
    /// How often to repeat what can be repeated
    #[arg(long, value_name = "N", global = true)]
    pub(super) retries: Option<u32>,
}

fn span(text: &str) -> Result<Duration, String> {
    clock::duration(text).map_err(|fault| fault.message)
}

impl CareArgs {
    pub(super) fn rules(&self) -> Rules {
        Rules {
            read_only: self.read_only,
            plan: self.plan,
            max_nodes: self.max_nodes,
            ..Rules::default()
        }
    }
}
