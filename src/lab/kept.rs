//! What a lab keeps besides itself: snapshots by name, what differs from one, a second lab like this one.
use super::{
    diff::{Difference, differences},
    dirs::{lab_name, plain_name},
    house::House,
    labs::{self, Listed},
    status::Snapshot,
    tutorial,
};
use crate::fault::{Fault, Kind};

/// A snapshot taken now under that name would be a base without differences.
fn gone(name: &str) -> Fault {
    let message = format!("the snapshot \"{name}\" that this lab was restored from is gone");
    Fault::not_found(message)
        .hint("lab.diff NAME counts from another one; lab.snapshots() lists them")
}

impl House {
    pub(crate) fn snapshot(&self, name: &str) -> Result<Snapshot, Fault> {
        let _still = self.keeper.still();
        self.keeper.save(name, &self.live())
    }

    /// Puts a snapshot's records back; time goes on.
    pub(crate) fn restore(&self, name: &str) -> Result<(), Fault> {
        let whole = self.keeper.saved(name)?;
        self.replace(whole.stores, Some(name.to_owned()))
    }

    /// What differs from a snapshot, or from what the last reset or restore left. That somebody looked is no difference.
    pub(crate) fn diff(&self, from: Option<&str>) -> Result<Vec<Difference>, Fault> {
        let since = self.since().clone().filter(|_| from.is_none());
        let before = match from.or(since.as_deref()) {
            Some(name) if name == tutorial::NAME => tutorial::stores(self.new_world()?)?,
            Some(name) => {
                let saved = self.keeper.saved(name).map_err(|fault| match since {
                    Some(_) if fault.kind == Kind::NotFound => gone(name),
                    _ => fault,
                });
                saved?.stores
            }
            None => self.new_world()?,
        };
        let _still = self.keeper.still();
        let is_log = |service: &str, table: &str| {
            let mut stores = self.stores.iter().filter(|s| s.service() == service);
            stores.any(|store| store.logs().contains(&table))
        };
        Ok(differences(&before, &self.gather()?.stores, is_log))
    }

    pub(crate) fn snapshots(&self) -> Vec<Snapshot> {
        self.keeper.kept()
    }

    pub(crate) fn discard(&self, name: &str) -> Result<Snapshot, Fault> {
        self.keeper.discard(name)
    }

    /// Makes another lab of this user that holds what this one holds: records, machines, time, snapshots, and what was
    /// decided when it was made.
    pub(crate) fn fork(&self, name: &str) -> Result<Listed, Fault> {
        plain_name("lab", name)?;
        if name == labs::FRESH {
            let message = format!("\"{name}\" is the lab that ends with its process");
            return Err(Fault::bad_argument(message).hint("choose another name"));
        }
        let Some(home) = &self.labs else {
            let message = "neither XDG_STATE_HOME nor HOME says where the new lab can be kept";
            return Err(Fault::new(Kind::Io, message).hint("set HOME for the process of this lab"));
        };
        let to = home.join(lab_name(Some(name)));
        if to.exists() {
            return Err(labs::exists(name));
        }
        labs::sweep(home);
        let _still = self.keeper.still();
        let mut whole = self.live();
        whole.advanced = self.clock.handed_on();
        self.keeper
            .copy(&to, &self.config, &whole)
            .map_err(|fault| {
                let lost = fault.kind == Kind::Conflict;
                if lost { labs::exists(name) } else { fault }
            })?;
        Ok(labs::look(&to, Some(name.to_owned()), None))
    }
}
