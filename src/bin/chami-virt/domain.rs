//! Domains.
use crate::{
    ask::told,
    blame::{self, of_domain, plain},
    shim,
};
use chami::{
    fault::{Fault, Kind},
    services::libvirt::{
        types::{
            Address, Call, Change, Dominfo, Domstats, Interface, Listed, Nvram, Screenshot,
            unknown::Sort,
        },
        xml,
    },
};
use serde_json::Value;
use std::{fs, io::Write as _, time::Duration};
use virt::{
    connect::Connect,
    domain::{Domain, DomainState},
    stream::Stream,
};

/// Does what a call about domains asks; none: it is about something else.
pub(crate) fn answer(connect: &Connect, call: Call) -> Option<Result<Value, Fault>> {
    let at = |name: &str| find(connect, name);
    Some(match call {
        Call::List { all, inactive } => list(connect, all, inactive).and_then(told),
        Call::Dominfo { domain } => at(&domain).and_then(|it| told(info(&it)?)),
        Call::Domiflist { domain } => at(&domain).and_then(|it| told(interfaces(&it)?)),
        Call::Domifaddr { domain, source } => addresses(connect, &domain, &source).and_then(told),
        Call::Dumpxml { domain, inactive } => {
            at(&domain).and_then(|it| told(document(&it, inactive)?))
        }
        Call::Domstats { domain } => stats(connect, domain.as_deref()).and_then(told),
        Call::Define { xml, .. } => define(connect, &xml).and_then(told),
        Call::Create { xml } => create(connect, &xml).and_then(told),
        Call::Start { domain } => done(connect, &domain, |it| it.create().map(drop)),
        Call::Shutdown { domain } => done(connect, &domain, |it| it.shutdown().map(drop)),
        Call::Reboot { domain } => done(connect, &domain, |it| it.reboot(0).map(drop)),
        Call::Reset { domain } => done(connect, &domain, |it| it.reset().map(drop)),
        Call::Destroy { domain } => done(connect, &domain, |it| it.destroy().map(drop)),
        Call::Suspend { domain } => done(connect, &domain, |it| it.suspend().map(drop)),
        Call::Resume { domain } => done(connect, &domain, |it| it.resume().map(drop)),
        Call::Undefine { domain, nvram } => undefine(connect, &domain, nvram).and_then(told),
        Call::Autostart { domain, disable } => {
            done(connect, &domain, |it| it.set_autostart(!disable).map(drop))
        }
        Call::Setmem {
            domain,
            kib,
            change,
        } => setmem(connect, &domain, kib, change),
        Call::Setvcpus {
            domain,
            count,
            change,
        } => setvcpus(connect, &domain, count, change),
        Call::SendKey {
            domain,
            keys,
            holdtime,
        } => send_key(connect, &domain, keys, holdtime).and_then(told),
        Call::Screenshot {
            domain,
            path,
            screen,
        } => screenshot(connect, &domain, &path, screen).and_then(told),
        _ => return None,
    })
}

fn all(connect: &Connect) -> Vec<Domain> {
    connect.list_all_domains(0).unwrap_or_default()
}

/// By name, by number, or by UUID, as virsh does.
pub(crate) fn find(connect: &Connect, asked: &str) -> Result<Domain, Fault> {
    let by_name = match connect.lookup_domain_by_name(asked) {
        Ok(domain) => return Ok(domain),
        Err(error) => error,
    };
    if let Ok(id) = asked.parse()
        && let Ok(domain) = connect.lookup_domain_by_id(id)
    {
        return Ok(domain);
    }
    if asked.len() == 36
        && let Ok(domain) = connect.lookup_domain_by_uuid_string(asked)
    {
        return Ok(domain);
    }
    let names = || {
        all(connect)
            .iter()
            .filter_map(|it| it.name().ok())
            .collect()
    };
    Err(blame::lookup(connect, Sort::Domain, asked, by_name, names))
}

/// In virsh's words.
fn state(domain: &Domain) -> Result<String, Fault> {
    let (state, _) = domain.state().map_err(plain)?;
    let state = Result::from(state).unwrap_or(DomainState::NoState);
    Ok(match state {
        DomainState::NoState => "no state",
        DomainState::Running => "running",
        DomainState::Blocked => "idle",
        DomainState::Paused => "paused",
        DomainState::Shutdown => "in shutdown",
        DomainState::Shutoff => "shut off",
        DomainState::Crashed => "crashed",
        DomainState::PMSuspended => "pmsuspended",
    }
    .to_owned())
}

fn list(connect: &Connect, all: bool, inactive: bool) -> Result<Vec<Listed>, Fault> {
    let flags = match (all, inactive) {
        (true, _) => {
            virt_sys::VIR_CONNECT_LIST_DOMAINS_ACTIVE | virt_sys::VIR_CONNECT_LIST_DOMAINS_INACTIVE
        }
        (_, true) => virt_sys::VIR_CONNECT_LIST_DOMAINS_INACTIVE,
        _ => virt_sys::VIR_CONNECT_LIST_DOMAINS_ACTIVE,
    };
    let found = connect.list_all_domains(flags).map_err(plain)?;
    let mut listed = Vec::with_capacity(found.len());
    for domain in found {
        listed.push(Listed {
            id: domain.id(),
            name: domain.name().map_err(plain)?,
            // One that goes meanwhile has none.
            state: state(&domain).unwrap_or_else(|_| "no state".to_owned()),
        });
    }
    listed.sort_by_key(|it| (it.id.is_none(), it.id, it.name.clone()));
    Ok(listed)
}

pub(crate) fn info(domain: &Domain) -> Result<Dominfo, Fault> {
    let info = domain.info().map_err(plain)?;
    Ok(Dominfo {
        id: domain.id(),
        name: domain.name().map_err(plain)?,
        uuid: domain.uuid_string().map_err(plain)?,
        os_type: domain.os_type().map_err(plain)?,
        state: state(domain)?,
        cpus: info.nr_virt_cpu,
        cpu_time: Duration::from_nanos(info.cpu_time).as_secs_f64(),
        max_memory: info.max_mem,
        used_memory: info.memory,
        persistent: domain.is_persistent().map_err(plain)?,
        // Not for a domain that is gone when it is off.
        autostart: domain.autostart().unwrap_or(false),
    })
}

/// Does something to a domain, and tells how it is then.
fn done(
    connect: &Connect,
    name: &str,
    act: impl FnOnce(&Domain) -> Result<(), virt::error::Error>,
) -> Result<Value, Fault> {
    let domain = find(connect, name)?;
    act(&domain).map_err(of_domain(name))?;
    match info(&domain) {
        Ok(info) => told(info),
        // A transient one is gone with its end.
        Err(fault) if fault.kind == Kind::NotFound => told(gone(&domain)),
        Err(fault) => Err(fault),
    }
}

/// What is left to tell of a domain that is no more.
fn gone(domain: &Domain) -> Dominfo {
    Dominfo {
        id: None,
        name: domain.name().unwrap_or_default(),
        uuid: domain.uuid_string().unwrap_or_default(),
        os_type: String::new(),
        state: "shut off".to_owned(),
        cpus: 0,
        cpu_time: 0.0,
        max_memory: 0,
        used_memory: 0,
        persistent: false,
        autostart: false,
    }
}

fn document(domain: &Domain, inactive: bool) -> Result<String, Fault> {
    let flags = if inactive {
        virt_sys::VIR_DOMAIN_XML_INACTIVE
    } else {
        0
    };
    domain.xml_desc(flags).map_err(plain)
}

fn interfaces(domain: &Domain) -> Result<Vec<Interface>, Fault> {
    let root = xml::domain::document(&document(domain, false)?, "domain")?;
    Ok(xml::domain::interfaces(&root))
}

fn addresses(connect: &Connect, name: &str, source: &str) -> Result<Vec<Address>, Fault> {
    let domain = find(connect, name)?;
    let ask = |source| {
        let found = domain
            .interface_addresses(source, 0)
            .map_err(of_domain(name))?;
        let flat = found.into_iter().flat_map(|nic| {
            let (name, mac) = (nic.name, nic.hwaddr);
            nic.addrs.into_iter().map(move |it| Address {
                name: name.clone(),
                mac_address: mac.clone(),
                protocol: if it.typed == i64::from(virt_sys::VIR_IP_ADDR_TYPE_IPV6) {
                    "ipv6"
                } else {
                    "ipv4"
                }
                .to_owned(),
                address: format!("{}/{}", it.addr, it.prefix),
            })
        });
        Ok(flat.collect::<Vec<_>>())
    };
    let (lease, arp) = (
        virt_sys::VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
        virt_sys::VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
    );
    match source {
        "lease" => ask(lease),
        "arp" => ask(arp),
        "agent" => ask(virt_sys::VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT),
        "any" => {
            let lent = ask(lease)?;
            // Not every driver knows the ARP table.
            Ok(if lent.is_empty() {
                ask(arp).unwrap_or_default()
            } else {
                lent
            })
        }
        odd => {
            let fault = Fault::bad_argument(format!("no addresses come from {odd:?}"));
            Err(fault.did_you_mean(odd, ["lease", "agent", "arp", "any"]))
        }
    }
}

fn stats(connect: &Connect, name: Option<&str>) -> Result<Vec<Domstats>, Fault> {
    let domain = name.map(|name| find(connect, name)).transpose()?;
    let found = shim::stats(connect, domain.as_ref()).map_err(plain)?;
    let one = |(domain, stats)| Domstats { domain, stats };
    Ok(found.into_iter().map(one).collect())
}

fn define(connect: &Connect, xml: &str) -> Result<Dominfo, Fault> {
    info(&connect.define_domain_xml(xml).map_err(plain)?)
}

fn create(connect: &Connect, xml: &str) -> Result<Dominfo, Fault> {
    info(&connect.create_domain_xml(xml, 0).map_err(plain)?)
}

fn undefine(connect: &Connect, name: &str, nvram: Nvram) -> Result<Dominfo, Fault> {
    let domain = find(connect, name)?;
    let gone = info(&domain)?;
    let variables = match nvram {
        Nvram::Remove => virt_sys::VIR_DOMAIN_UNDEFINE_NVRAM,
        Nvram::Keep => virt_sys::VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,
    };
    let result = domain.undefine_flags(variables).map(drop).or_else(|error| {
        // Drivers without firmware of that sort do not know the flag.
        if blame::is_unsupported(&error) {
            domain.undefine().map(drop)
        } else {
            Err(error)
        }
    });
    result.map_err(snapshots_left(name))?;
    Ok(gone)
}

fn snapshots_left(name: &str) -> impl Fn(virt::error::Error) -> Fault {
    move |error| {
        let fault = of_domain(name)(error);
        if fault.message.contains("snapshots") {
            let hint = format!(
                "virsh.snapshot_list {name:?} shows them, virsh.snapshot_delete removes one"
            );
            return fault.hint(hint);
        }
        fault
    }
}

/// libvirt's flags for which definition is changed; neither of both is the present one.
fn flags(change: Change) -> u32 {
    let mut flags = 0;
    if change.config {
        flags |= virt_sys::VIR_DOMAIN_AFFECT_CONFIG;
    }
    if change.live {
        flags |= virt_sys::VIR_DOMAIN_AFFECT_LIVE;
    }
    flags
}

fn setmem(connect: &Connect, name: &str, kib: u64, change: Change) -> Result<Value, Fault> {
    let most = if change.maximum {
        virt_sys::VIR_DOMAIN_MEM_MAXIMUM
    } else {
        0
    };
    let domain = find(connect, name)?;
    let max = domain.max_memory().map_err(plain)?;
    if !change.maximum && kib > max {
        let message = format!("{kib} KiB are more than the {max} KiB the domain may have");
        return Err(Fault::bad_argument(message)
            .hint("{ maximum = true, config = true } raises the most it may have"));
    }
    done(connect, name, |it| {
        it.set_memory_flags(kib, flags(change) | most).map(drop)
    })
}

fn setvcpus(connect: &Connect, name: &str, count: u32, change: Change) -> Result<Value, Fault> {
    let most = if change.maximum {
        virt_sys::VIR_DOMAIN_VCPU_MAXIMUM
    } else {
        0
    };
    done(connect, name, |it| {
        it.set_vcpus_flags(count, flags(change) | most).map(drop)
    })
}

fn send_key(connect: &Connect, name: &str, mut keys: Vec<u32>, holdtime: u32) -> Result<(), Fault> {
    let domain = find(connect, name)?;
    let count = i32::try_from(keys.len()).unwrap_or(i32::MAX);
    let linux = virt_sys::VIR_KEYCODE_SET_LINUX;
    let sent = domain.send_key(linux, holdtime, keys.as_mut_ptr(), count, 0);
    sent.map_err(of_domain(name))
}

fn screenshot(connect: &Connect, name: &str, path: &str, screen: u32) -> Result<Screenshot, Fault> {
    let domain = find(connect, name)?;
    let stream = Stream::new(connect, 0).map_err(plain)?;
    let mime_type = domain
        .screenshot(&stream, screen, 0)
        .map_err(of_domain(name))?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| {
            let _ = stream.clone().abort();
            Fault::io(path, &error).hint("a picture is put into a file that is not there yet")
        })?;
    let (mut buffer, mut bytes) = ([0; 16384], 0);
    loop {
        let came = stream.recv(&mut buffer).map_err(plain)?;
        let Ok(count) = usize::try_from(came) else {
            break;
        };
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count])
            .map_err(|e| Fault::io(path, &e))?;
        bytes += count as u64;
    }
    stream.finish().map_err(plain)?;
    Ok(Screenshot {
        path: path.to_owned(),
        mime_type,
        bytes,
    })
}
