//! What the command line says of the exchanges: told, recorded, or played from a tape.
use crate::{
    config::{Files, Session, Setting},
    fault::Fault,
    shell::{Shell, Way},
    tape::{Player, Tape},
};
use clap::ArgAction;
use std::{path::PathBuf, sync::Arc};

#[derive(clap::Args)]
#[command(next_help_heading = "Requests")]
pub(super) struct TapeArgs {
    /// Tell each request on standard error; -vv with headers and bodies, secrets hidden
    #[arg(short = 'v', long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Record all requests and answers, without secrets, into a new file
    #[arg(long, value_name = "FILE", global = true)]
    record: Option<PathBuf>,
    /// Take all answers from a recorded file: no cluster, no network
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cluster", "cluster_uri", "lab"], global = true)]
    replay: Option<PathBuf>,
}

impl TapeArgs {
    /// Sets up what was asked for.
    pub(super) fn apply(&self, shell: &Shell) -> Result<(), Fault> {
        shell.desk().verbose(self.verbose);
        if let Some(path) = &self.record {
            shell.desk().record(path)?;
        }
        Ok(())
    }

    pub(super) fn replays(&self) -> bool {
        self.replay.is_some()
    }

    /// The way to the tape, if one is to be played, and a session on it.
    pub(super) fn way(&self) -> Result<Option<(Way, Session)>, Fault> {
        let Some(path) = &self.replay else {
            return Ok(None);
        };
        let player = Arc::new(Player::new(Tape::load(path)?));
        let taken = |key: &str, value: &str| Setting {
            key: key.to_owned(),
            value: Some(value.into()),
            from: Some("--replay".to_owned()),
            ..Setting::default()
        };
        let session = Session {
            files: Files::ours(),
            target: "tape".to_owned(),
            taken: vec![
                taken("session.target", "tape"),
                taken("session.recorded", player.target()),
            ],
        };
        Ok(Some((Way::of_tape(&player), session)))
    }
}
