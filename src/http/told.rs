//! Calls that go another way than HTTP's, in the sight of whoever watches the session as its requests are; a tape answers
//! them too.
use super::{
    Http,
    watch::{Body, Exchange, Loss, Outcome, Sight},
};
use crate::{
    fault::{Fault, Kind},
    secret,
};
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// What is asked, as it is told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The tool it is a command of, in small letters, which no method of HTTP is: `virsh`.
    pub tool: &'static str,
    pub service: &'static str,
    /// The command's words: `start compute1`.
    pub words: String,
    /// What goes along that is no word; null: nothing.
    pub with: Value,
}

impl Told {
    fn body(&self) -> Vec<u8> {
        match &self.with {
            Value::Null => Vec::new(),
            value => serde_json::to_vec(value).unwrap_or_default(),
        }
    }

    fn exchange(&self, body: &[u8], depth: usize) -> Exchange {
        Exchange {
            at: Timestamp::now(),
            call: None,
            service: Some(self.service),
            method: self.tool.to_owned(),
            url: String::new(),
            base: String::new(),
            variable: None,
            place: self.words.clone(),
            headers: Vec::new(),
            body: Body::cut(body, depth),
            outcome: Outcome::Abandoned,
            took: Duration::ZERO,
            attempt: 1,
        }
    }
}

/// Whether an exchange's method is a tool's name: its answers have no status.
pub fn is_tool(method: &str) -> bool {
    method.starts_with(|c: char| c.is_ascii_lowercase())
}

impl Http {
    /// Asks by `work`, or of a tape; whoever watches is told.
    pub async fn told(
        &self,
        told: &Told,
        work: impl Future<Output = Result<Value, Fault>>,
    ) -> Result<Value, Fault> {
        let options = self.options();
        let body = told.body();
        let sight = options.watch.depth().map(|depth| {
            let exchange = told.exchange(&body, depth);
            (depth, Sight::new(&options.watch, depth, exchange))
        });
        let out = match &options.play {
            Some(play) => answer(play.answer(told.tool, &told.words, &body).await, told),
            None => work.await,
        };
        if let Some((depth, sight)) = sight {
            sight.came(outcome(&out, depth));
        }
        out
    }
}

fn outcome(out: &Result<Value, Fault>, depth: usize) -> Outcome {
    match out {
        Ok(value) => Outcome::Answer {
            status: 200,
            headers: Vec::new(),
            body: Body::cut(&serde_json::to_vec(value).unwrap_or_default(), depth),
        },
        Err(fault) => Outcome::Fault {
            fault: fault.clone(),
            loss: Loss::Unknown,
        },
    }
}

/// What stands on a tape.
fn answer(outcome: Outcome, told: &Told) -> Result<Value, Fault> {
    match outcome {
        Outcome::Answer { body, .. } => serde_json::from_slice(&body.bytes).map_err(|error| {
            let line = secret::hide(&told.words).into_owned();
            let message = format!(
                "{} {line}: the tape's answer is no JSON: {error}",
                told.tool
            );
            Fault::new(Kind::Protocol, message)
        }),
        Outcome::Fault { fault, .. } => Err(fault),
        Outcome::Abandoned => Err(Fault::internal("a tape gave no answer")),
    }
}
