//! The head node's ailments: which there are, and switching them.
use super::Machines;
use crate::{fault::Fault, services::site::Console, world::CONDITIONS};
use serde::{Deserialize, Serialize};

/// An ailment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub name: String,
    pub on: bool,
    /// It happens instead of lasting: it is never on.
    #[serde(default)]
    pub once: bool,
    pub what: String,
}

/// What happens once and is a service's own doing, by the condition's name.
pub(super) type Happenings = std::sync::Arc<[(String, Console)]>;

impl Machines {
    pub(super) fn conditions(&self) -> Vec<Condition> {
        let condition = |(name, once, what): &(&str, bool, &str)| Condition {
            name: (*name).to_owned(),
            on: self.world.read(|world| world.has(name)),
            once: *once,
            what: (*what).to_owned(),
        };
        CONDITIONS.iter().map(condition).collect()
    }

    pub(super) fn set_condition(
        &self,
        name: &str,
        on: bool,
        happenings: &Happenings,
    ) -> Result<(), Fault> {
        let Some((_, once, _)) = CONDITIONS.iter().find(|(known, ..)| *known == name) else {
            let known: Vec<&str> = CONDITIONS.iter().map(|(name, ..)| *name).collect();
            let message = format!("the lab knows no condition \"{name}\"");
            let hint = format!("known are: {}", known.join(", "));
            return Err(Fault::not_found(message).hint(hint));
        };
        if *once {
            let happening = happenings.iter().find(|(known, _)| known == name);
            if let Some((_, happen)) = happening.filter(|_| on) {
                happen(b"{}")?;
            }
            return Ok(());
        }
        self.world.write(|world| {
            world.set_condition(name, on);
            Ok(())
        })
    }
}
