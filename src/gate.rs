//! What a session may change: the one place that says no to a write before anything of it is sent.
//!
//! Asked on Lua's thread at each call of a native that writes to the target (`lua/native.rs`). In plan mode it lets the
//! call go on, and the wire stops what would change something (`call`).
use crate::fault::{Fault, Kind};
use std::sync::atomic::{AtomicBool, Ordering};

/// What the user said about writes.
#[derive(Default)]
pub struct Rules {
    /// The target as messages name it: `demo`.
    pub target: String,
    /// `--read-only`
    pub read_only: bool,
    /// `--plan`
    pub plan: bool,
    /// `--max-nodes`
    pub max_nodes: Option<usize>,
    pub first: First,
    /// Told what a plan would send, as it comes: for scripts, whose values nobody sees.
    pub tell: Option<fn(&str)>,
}

/// What the first write of a session needs.
#[derive(Default)]
pub enum First {
    /// Nothing: somebody named the target, or it is a lab.
    #[default]
    Free,
    /// Nobody is there to be asked.
    Refused,
    /// A yes to this question.
    Asked(Box<dyn Fn(&str) -> bool + Send + Sync>),
}

/// How many records a write names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    Some(usize),
    All,
    /// Nobody can tell before it is done.
    Unknown,
}

/// The rules of a session, and whether its first write is behind it.
#[derive(Default)]
pub struct Gate {
    rules: Rules,
    open: AtomicBool,
}

impl Gate {
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            open: AtomicBool::new(false),
        }
    }

    pub fn plans(&self) -> bool {
        self.rules.plan
    }

    pub fn max_nodes(&self) -> Option<usize> {
        self.rules.max_nodes
    }

    /// Who is told each line of a plan, where nobody would see the value.
    pub fn tell(&self) -> Option<fn(&str)> {
        self.rules.tell
    }

    /// Whether a write that stays on this machine may go on.
    pub fn at_home(&self, call: &str) -> Result<(), Fault> {
        if !self.rules.read_only {
            return Ok(());
        }
        let what = format!("{call} was not done: this session only reads (--read-only)");
        Err(Fault::new(Kind::Refused, what)
            .hint("leave --read-only out to write; --plan shows what would be sent"))
    }

    /// Whether something may be changed that no plan can show.
    pub fn outside(&self, call: &str) -> Result<(), Fault> {
        self.at_home(call)?;
        if !self.rules.plan {
            return Ok(());
        }
        let what = format!("{call} was not done: this session only plans (--plan)");
        Err(Fault::new(Kind::Refused, what)
            .hint("leave --plan out to do it; of fs.* a plan shows what it would write"))
    }

    /// Whether anything is forbidden at all.
    pub fn restricts(&self) -> bool {
        self.rules.plan || self.rules.read_only
    }

    /// Whether a write to the target may go on.
    pub fn pass(&self, call: &str, touched: Touched) -> Result<(), Fault> {
        self.at_home(call)?;
        if let Some(most) = self.rules.max_nodes {
            within(call, touched, most)?;
        }
        if self.rules.plan || self.open.load(Ordering::Relaxed) {
            return Ok(());
        }
        let target = &self.rules.target;
        match &self.rules.first {
            First::Free => {}
            First::Refused => {
                let what = format!(
                    "{call} was not sent: {target} is a real cluster that only the configuration names"
                );
                return Err(Fault::new(Kind::Refused, what).hint(format!(
                    "chami -C {target} writes there, --plan shows what would be sent, --lab is the simulated cluster"
                )));
            }
            First::Asked(ask) => {
                let question = format!(
                    "{call} is the first write of this session, and {target} is a real cluster. Write there?"
                );
                if !ask(&question) {
                    let what = format!("{call} was not sent: you did not say yes");
                    return Err(Fault::new(Kind::Refused, what).hint(format!(
                        "chami -C {target} does not ask; --plan shows what would be sent"
                    )));
                }
            }
        }
        self.open.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Refuses what concerns more nodes than allowed.
pub fn within(call: &str, touched: Touched, most: usize) -> Result<(), Fault> {
    let what = match touched {
        Touched::Some(count) if count <= most => return Ok(()),
        Touched::Some(count) => format!("{count} nodes"),
        Touched::All => "every record there is".to_owned(),
        Touched::Unknown => "an unknown number of nodes".to_owned(),
    };
    let message = format!("{call} was not sent: it concerns {what}, and --max-nodes is {most}");
    Err(Fault::new(Kind::Refused, message)
        .hint("name fewer, or give a larger --max-nodes; --plan shows what would be sent"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, atomic::AtomicUsize};

    fn message(gate: &Gate, touched: Touched) -> Option<String> {
        gate.pass("smd.group.delete", touched)
            .err()
            .map(|f| f.message)
    }

    #[test]
    fn a_session_that_only_reads_writes_nowhere() {
        let gate = Gate::new(Rules {
            read_only: true,
            ..Rules::default()
        });
        let said = message(&gate, Touched::Some(1)).expect("refused");
        assert!(said.contains("--read-only"), "{said}");
        assert!(gate.at_home("fs.write").is_err());
        assert!(gate.outside("os.remove").is_err());
    }

    #[test]
    fn too_many_nodes_are_refused_and_all_is_always_too_many() {
        let gate = Gate::new(Rules {
            max_nodes: Some(5),
            ..Rules::default()
        });
        assert_eq!(message(&gate, Touched::Some(5)), None);
        let said = message(&gate, Touched::Some(6)).expect("refused");
        assert!(said.contains("6 nodes, and --max-nodes is 5"), "{said}");
        assert!(message(&gate, Touched::All).is_some());
        assert!(message(&gate, Touched::Unknown).is_some());
        assert!(gate.at_home("fs.write").is_ok());
    }

    #[test]
    fn the_first_write_asks_until_somebody_says_yes_and_never_again() {
        let asked = Arc::new(AtomicUsize::new(0));
        let its = asked.clone();
        let gate = Gate::new(Rules {
            target: "demo".into(),
            first: First::Asked(Box::new(move |question| {
                assert!(question.contains("demo is a real cluster"), "{question}");
                its.fetch_add(1, Ordering::Relaxed) > 0
            })),
            ..Rules::default()
        });
        assert!(message(&gate, Touched::Some(1)).is_some());
        assert_eq!(message(&gate, Touched::Some(1)), None);
        assert_eq!(message(&gate, Touched::Some(1)), None);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn where_nobody_can_be_asked_only_a_plan_passes() {
        let rules = |plan| Rules {
            target: "demo".into(),
            plan,
            first: First::Refused,
            ..Rules::default()
        };
        let fault = Gate::new(rules(false)).pass("smd.group.delete", Touched::Some(1));
        let hint = fault.expect_err("refused").hint.expect("a hint");
        assert!(hint.starts_with("chami -C demo"), "{hint}");
        assert_eq!(message(&Gate::new(rules(true)), Touched::Some(1)), None);
        assert!(Gate::new(rules(true)).outside("os.remove").is_err());
        assert!(Gate::new(rules(false)).outside("os.remove").is_ok());
    }
}
