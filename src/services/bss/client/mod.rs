//! A typed client of BSS: no Lua, no printing.
//!
//! BSS's answers do not always tell what happened: it says 200 to names it does not store, merges where one thinks it
//! replaces, and adds one sort of identity where three were given. So a write here looks before and after, once each, and
//! returns what was read back, one record per identity. Whatever would touch every node by leaving something out is
//! refused before it is sent.
mod delete;
mod hosts;
mod params;
mod replace;
mod restore;
mod wanted;

pub use hosts::{Fetches, ScriptFor};
pub use params::Narrow;
pub use wanted::{Wanted, Whose};

use super::types::{DumpState, ServiceStatus};
use crate::{
    fault::{Fault, Kind},
    http::{Api, Http},
};

#[derive(Clone)]
pub struct Client {
    api: Api,
}

impl Client {
    pub fn new(http: &Http) -> Self {
        Self {
            api: http.service("bss", "/boot/v1"),
        }
    }

    /// BSS of itself and of what it stands on. That one of them is down is an answer too.
    pub async fn status(&self) -> Result<ServiceStatus, Fault> {
        let answer = self.api.get(&["service", "status", "all"]).raw().await?;
        match answer.status {
            500 => answer.json(),
            _ => answer.success()?.json(),
        }
    }

    pub async fn version(&self) -> Result<ServiceStatus, Fault> {
        let answer = self.api.get(&["service", "version"]).raw().await?;
        if answer.status == 500 {
            return Err(
                fault(Kind::Refused, "BSS does not find the file with its version")
                    .status(500)
                    .hint("it looks for .version where it was started; its image has one"),
            );
        }
        answer.success()?.json()
    }

    /// Everything BSS knows at once; nothing is an empty list.
    pub async fn dump_state(&self) -> Result<DumpState, Fault> {
        let mut state: DumpState = self.api.get(&["dumpstate"]).send().await?;
        state.components.get_or_insert_default();
        let params = state.params.take().unwrap_or_default();
        state.params = Some(params::tidy(params));
        Ok(state)
    }
}

fn fault(kind: Kind, message: impl Into<String>) -> Fault {
    Fault::new(kind, message).service("bss")
}
