//! Makes a head node be as it is wanted: looks first, does the steps that are missing, and says what it changed.
//!
//! Who does the steps: this machine (`here`), or of a lab its simulated head node (`twin`).
mod dir;
mod dress;
mod file;
pub(super) mod here;
mod host;
mod lasting;
mod sysctl;
mod twin;

pub use dir::Wanted;
pub use host::Naming;
pub use sysctl::Setting;
pub(super) use sysctl::dotted;

use super::types::{self, Call, Entry, Survey};
use crate::{
    call::{self, Planned},
    fault::{Fault, Kind},
    http::Http,
};
use here::Here;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Clone)]
pub struct Client {
    http: Http,
    here: Here,
}

impl Client {
    pub fn new(http: &Http) -> Self {
        Self {
            http: http.clone(),
            here: Here::default(),
        }
    }

    /// The same over a machine that stands below a directory.
    #[cfg(test)]
    pub(super) fn below(http: &Http, here: Here) -> Self {
        Self {
            http: http.clone(),
            here,
        }
    }

    /// A tape holds what a lab's head node said; this machine is no part of one.
    async fn on_lab(&self) -> Result<bool, Fault> {
        let tape = self.http.options().play.is_some();
        Ok(tape || self.http.base().await?.is_lab())
    }

    pub(super) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, Fault> {
        let told = call.spelled().0;
        let value: Result<Value, Fault> = if self.on_lab().await? {
            twin::ask(&self.http, &call).await
        } else {
            self.here.ask(call).await
        };
        let value = value.map_err(|fault| fault.service("head"))?;
        serde_json::from_value(value).map_err(|error| {
            let message = format!("the head node's answer to {told} cannot be read: {error}");
            Fault::new(Kind::Protocol, message)
        })
    }

    /// Does a step; in a plan it is noted instead.
    pub(super) async fn act(&self, call: Call) -> Result<(), Fault> {
        if let Some(plan) = call::current().as_ref().and_then(|it| it.plan.as_ref()) {
            let (method, path, payload) = call.spelled();
            plan.add(Planned {
                method: method.to_owned(),
                path,
                payload,
            });
            return Ok(());
        }
        self.ask::<Value>(call).await.map(drop)
    }

    pub async fn survey(&self, nodes: u64) -> Result<Survey, Fault> {
        let mut survey: Survey = self.ask(Call::Survey).await?;
        survey.checks = types::checks(&survey, nodes);
        Ok(survey)
    }

    /// What stands at each of these paths; none: nothing.
    pub(super) async fn look(&self, paths: Vec<String>) -> Result<Vec<Option<Entry>>, Fault> {
        let links = false;
        self.ask(Call::Look { paths, links }).await
    }

    /// The same of links themselves.
    pub(super) async fn links(&self, paths: Vec<String>) -> Result<Vec<Option<Entry>>, Fault> {
        let links = true;
        self.ask(Call::Look { paths, links }).await
    }

    pub(super) async fn look_at(&self, path: &str) -> Result<Option<Entry>, Fault> {
        let mut found = self.look(vec![path.to_owned()]).await?;
        Ok(found.pop().flatten())
    }

    pub async fn stat(&self, path: &str) -> Result<Entry, Fault> {
        let path = path_of(path)?;
        let found = self.look_at(&path).await?;
        found.ok_or_else(|| {
            Fault::not_found(format!("{path}: there is nothing on the head node"))
                .hint(format!("head.dir {path:?} makes a directory"))
        })
    }

    /// What was refused to anybody but root says how root would do it: as this line of Lua.
    async fn told<T>(&self, done: Result<T, Fault>, line: &str) -> Result<T, Fault> {
        let mut fault = match done {
            Err(fault) if fault.kind == Kind::Forbidden => fault,
            done => return done,
        };
        let url = self.http.base().await.map(|base| base.url);
        let at = match url {
            // Root has a configuration of its own, and without one a lab.
            Ok(url) if !url.is_empty() => format!(" -u {url}"),
            _ => String::new(),
        };
        let line = line.replace('\'', r"'\''");
        fault.hint = Some(format!(
            "chami never uses sudo itself: sudo chami{at} -e '{line}'"
        ));
        Err(fault)
    }
}

/// A path as it is kept: from the root, written out, without a slash at its end.
pub(super) fn path_of(path: &str) -> Result<String, Fault> {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|it| !it.is_empty() && *it != ".")
        .collect();
    let hint = "a path of the head node begins with /, as in \"/opt/workdir\"";
    if !path.starts_with('/') {
        return Err(Fault::bad_argument(format!("{path:?} is no absolute path")).hint(hint));
    }
    if parts.contains(&"..") || path.contains('\0') {
        return Err(Fault::bad_argument(format!("{path:?} is not written out")).hint(hint));
    }
    Ok(format!("/{}", parts.join("/")))
}

/// A path and those above it, the root left out, the uppermost first.
pub(super) fn ancestors(path: &str) -> Vec<String> {
    let ends = path.match_indices('/').skip(1).map(|(at, _)| at);
    let mut all: Vec<String> = ends.map(|at| path[..at].to_owned()).collect();
    if path != "/" {
        all.push(path.to_owned());
    }
    all
}
