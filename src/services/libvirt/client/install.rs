//! Machines that are ordered without a document, as `virt-install` makes them.
use super::At;
use crate::{
    call,
    fault::{Fault, Kind},
    services::libvirt::{
        types::{Call, Dominfo, Nvram},
        xml::install,
    },
};

/// A domain that does not run.
const OFF: &str = "shut off";

impl At {
    /// The document of a machine as it is ordered; how it runs goes by what libvirt says it can.
    pub async fn order(&self, order: &install::Order) -> Result<String, Fault> {
        if order.kind.is_some() && order.arch.is_none() {
            return order.xml("");
        }
        let capabilities = self.ask::<String>(Call::Capabilities).await?;
        order.xml(install::kind_of(&capabilities, order.arch.as_deref())?)
    }

    /// Defines a machine as it is ordered, and starts it unless it is said otherwise. One that cannot start is not kept, as
    /// with virt-install: the order that is mended finds the room free. One that runs is kept, and one that may be about to.
    pub async fn install(&self, order: &install::Order) -> Result<Dominfo, Fault> {
        let domain = order.name.clone();
        let xml = self.order(order).await?;
        self.has_room(order).await?;
        // Whoever was quicker since has the name: what stands there is theirs, and is left alone.
        let defined = self.step(Call::Define { xml, new: true }).await;
        let mut info = match defined {
            Err(fault) if fault.kind == Kind::Conflict => {
                let there = self.ask::<Dominfo>(Call::Dominfo { domain }).await;
                return Err(there.map_or(fault, |there| in_use(&there)));
            }
            defined => defined?,
        };
        let more = self.further(order).await;
        match more {
            Ok(more) => info = more.or(info),
            Err(fault) if info.is_some() => return Err(self.taken_back(fault, domain).await),
            Err(fault) => return Err(fault),
        }
        // What was planned is told in its place.
        info.ok_or_else(|| Fault::new(Kind::NoEffect, "only planned"))
    }

    /// Takes the definition back of what cannot start. Who got no answer looks first: the start may have been done, or be
    /// under way, and of a machine that runs nothing may be taken.
    async fn taken_back(&self, fault: Fault, domain: String) -> Fault {
        let name = domain.clone();
        let asked = Call::Dominfo {
            domain: domain.clone(),
        };
        let state = self.ask::<Dominfo>(asked).await.map(|it| it.state);
        let unheard = matches!(fault.kind, Kind::Timeout | Kind::Unreachable);
        if unheard || state.as_ref().is_ok_and(|state| state != OFF) {
            return kept(fault, &name, state.ok().as_deref());
        }
        let nvram = Nvram::Remove;
        let gone = self.ask::<Dominfo>(Call::Undefine { domain, nvram }).await;
        let gone = gone.map_or_else(|fault| fault.kind == Kind::NotFound, |_| true);
        gone_back(fault, &name, gone)
    }

    /// As virt-install, which touches no domain that is there, and gives no card an address that one has.
    async fn has_room(&self, order: &install::Order) -> Result<(), Fault> {
        let domain = order.name.clone();
        match self.ask::<Dominfo>(Call::Dominfo { domain }).await {
            Ok(there) => return Err(in_use(&there)),
            Err(fault) if fault.kind == Kind::NotFound => {}
            Err(fault) => return Err(fault),
        }
        let Some(mac) = &order.mac else {
            return Ok(());
        };
        let all = self.macs().await?;
        let its = |macs: &[String]| macs.iter().any(|it| it.eq_ignore_ascii_case(mac));
        let Some((owner, _)) = all.into_iter().find(|(_, macs)| its(macs)) else {
            return Ok(());
        };
        let message = format!(
            "{mac} is {owner}'s already: of two such machines each gets what is the other's"
        );
        Err(Fault::new(Kind::Conflict, message).hint(format!(
            "leave mac out, and one is made; virsh.domiflist {owner:?} shows that one's"
        )))
    }

    /// What comes after the definition.
    async fn further(&self, order: &install::Order) -> Result<Option<Dominfo>, Fault> {
        let domain = order.name.clone();
        let mut info = None;
        if order.autostart == Some(true) {
            let (domain, disable) = (domain.clone(), false);
            info = self.step(Call::Autostart { domain, disable }).await?;
        }
        if order.start != Some(false) {
            info = self.step(Call::Start { domain }).await?.or(info);
        }
        Ok(info)
    }

    /// One of several steps; of one that is only planned nothing comes back.
    async fn step(&self, call: Call) -> Result<Option<Dominfo>, Fault> {
        call::whole(self.ask(call).await.map(Some))
    }
}

/// A fault with which the definition stays.
fn kept(mut fault: Fault, name: &str, state: Option<&str>) -> Fault {
    let how = match state {
        Some(OFF) => "it is shut off so far".to_owned(),
        Some(state) => format!("it is {state}"),
        None => "libvirt does not say how it is".to_owned(),
    };
    let begin = format!("{name} is defined, and {how}; its definition is kept: ");
    fault.message.insert_str(0, &begin);
    fault.hint(format!(
        "virsh.domstate {name:?} shows how it goes on; virsh.destroy {name:?} and virsh.undefine {name:?} take it away"
    ))
}

fn gone_back(mut fault: Fault, name: &str, gone: bool) -> Fault {
    let end = if gone {
        format!("{name} cannot start, and nothing of it is kept: ")
    } else {
        format!("{name} cannot start, and its definition is left (virsh.undefine {name:?}): ")
    };
    fault.message.insert_str(0, &end);
    fault
}

fn in_use(there: &Dominfo) -> Fault {
    let name = &there.name;
    let message = format!(
        "there is a domain {name} already, and it is {}",
        there.state
    );
    Fault::new(Kind::Conflict, message).hint(format!(
        "virsh.start {name:?} starts it; virsh.undefine {name:?} makes room for a new one"
    ))
}
