//! What the binding does not wrap: DHCP leases, figures of domains, events. The only `unsafe` of the helper.
//!
//! Each block says why it is sound. Common to all: what libvirt hands out is copied at once, and given back to it; a
//! pointer of ours that it keeps is one to a box which it gives back when it is done (`let_go`).
#![allow(unsafe_code)]
use chami::services::libvirt::types::{Event, Lease};
use serde_json::{Map, Value};
use std::{
    collections::VecDeque,
    ffi::{CStr, CString, c_char, c_int, c_void},
    ptr,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};
use virt::{connect::Connect, domain::Domain, error::Error, network::Network};
use virt_sys as sys;

/// Runs libvirt's event loop for as long as the process lives. Before the first connection, or none has events.
pub(crate) fn start_events() {
    if virt::event::event_register_default_impl().is_err() {
        return;
    }
    thread::spawn(|| {
        loop {
            if virt::event::event_run_default_impl().is_err() {
                // It does not mend by haste.
                thread::park_timeout(Duration::from_millis(100));
            }
        }
    });
}

/// A text of C's; none for a null pointer.
///
/// # Safety
/// `text` is null or points to bytes that end with a zero, and stays so during the call.
unsafe fn text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}

/// The addresses that libvirt has lent on a network.
pub(crate) fn leases(network: &Network, mac: Option<&str>) -> Result<Vec<Lease>, Error> {
    let mac = mac.map(CString::new).transpose()?;
    let mac = mac.as_ref().map_or(ptr::null(), |mac| mac.as_ptr());
    let mut list: *mut sys::virNetworkDHCPLeasePtr = ptr::null_mut();
    // SAFETY: the network is alive while it is borrowed, `mac` is null or a text that outlives the call, `list` is ours.
    let count = unsafe { sys::virNetworkGetDHCPLeases(network.as_ptr(), mac, &raw mut list, 0) };
    let Ok(count) = usize::try_from(count) else {
        return Err(Error::last_error());
    };
    let mut found = Vec::with_capacity(count);
    for place in 0..count {
        // SAFETY: libvirt has filled `count` places with pointers to leases, which are ours until they are freed below;
        // their texts are null or end with a zero.
        unsafe {
            let lease = *list.add(place);
            let kind = u32::try_from((*lease).type_).unwrap_or(sys::VIR_IP_ADDR_TYPE_IPV4);
            found.push(Lease {
                expiry_time: moment((*lease).expirytime),
                mac_address: text((*lease).mac),
                protocol: if kind == sys::VIR_IP_ADDR_TYPE_IPV6 {
                    "ipv6"
                } else {
                    "ipv4"
                }
                .to_owned(),
                ip_address: format!(
                    "{}/{}",
                    text((*lease).ipaddr).unwrap_or_default(),
                    (*lease).prefix
                ),
                hostname: text((*lease).hostname),
                client_id: text((*lease).clientid),
            });
            sys::virNetworkDHCPLeaseFree(lease);
        }
    }
    // SAFETY: the list itself comes from malloc, says libvirt, and nobody else has it; null is fine.
    unsafe { libc::free(list.cast()) };
    Ok(found)
}

fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |it| it.to_string())
}

/// A domain's name and its figures.
pub(crate) type Figures = (String, Map<String, Value>);

/// The figures libvirt has of one domain, or of all.
pub(crate) fn stats(connect: &Connect, domain: Option<&Domain>) -> Result<Vec<Figures>, Error> {
    let mut list: *mut sys::virDomainStatsRecordPtr = ptr::null_mut();
    // SAFETY: connection and domain are alive while they are borrowed; the list of domains ends with null, as it must.
    let count = unsafe {
        match domain {
            Some(domain) => {
                let mut one = [domain.as_ptr(), ptr::null_mut()];
                sys::virDomainListGetStats(one.as_mut_ptr(), 0, &raw mut list, 0)
            }
            None => sys::virConnectGetAllDomainStats(connect.as_ptr(), 0, &raw mut list, 0),
        }
    };
    let Ok(count) = usize::try_from(count) else {
        return Err(Error::last_error());
    };
    let mut found = Vec::with_capacity(count);
    for place in 0..count {
        // SAFETY: libvirt has filled `count` places with records, each with a domain and `nparams` parameters, which live
        // until the list is freed below.
        unsafe {
            let record = *list.add(place);
            let name = text(sys::virDomainGetName((*record).dom)).unwrap_or_default();
            let mut figures = Map::new();
            for at in 0..usize::try_from((*record).nparams).unwrap_or(0) {
                let parameter = &*(*record).params.add(at);
                let key = text(parameter.field.as_ptr()).unwrap_or_default();
                figures.insert(key, figure(parameter));
            }
            found.push((name, figures));
        }
    }
    // SAFETY: this frees what libvirt allocated above, once.
    unsafe { sys::virDomainStatsRecordListFree(list) };
    Ok(found)
}

/// The value of a parameter.
///
/// # Safety
/// `type_` says which member of the union holds, as libvirt sets it.
unsafe fn figure(parameter: &sys::virTypedParameter) -> Value {
    let value = &parameter.value;
    // SAFETY: the caller's promise; a text is null or ends with a zero.
    unsafe {
        match u32::try_from(parameter.type_).unwrap_or_default() {
            sys::VIR_TYPED_PARAM_INT => value.i.into(),
            sys::VIR_TYPED_PARAM_UINT => value.ui.into(),
            sys::VIR_TYPED_PARAM_LLONG => value.l.into(),
            sys::VIR_TYPED_PARAM_ULLONG => value.ul.into(),
            sys::VIR_TYPED_PARAM_DOUBLE => value.d.into(),
            sys::VIR_TYPED_PARAM_BOOLEAN => (value.b != 0).into(),
            sys::VIR_TYPED_PARAM_STRING => text(value.s).into(),
            _ => Value::Null,
        }
    }
}

/// Where events wait for somebody to ask for them.
#[derive(Default)]
pub(crate) struct Queue {
    events: Mutex<VecDeque<Event>>,
    news: Condvar,
}

/// So many wait at most; then the oldest go.
const MOST: usize = 10_000;

impl Queue {
    fn put(&self, event: Event) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == MOST {
            events.pop_front();
        }
        events.push_back(event);
        self.news.notify_all();
    }

    /// All there are; waits a while for the first.
    pub(crate) fn take(&self, wait: Duration) -> Vec<Event> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .news
            .wait_timeout_while(events, wait, |events| events.is_empty());
        let (mut events, _) = waited.unwrap_or_else(PoisonError::into_inner);
        events.drain(..).collect()
    }
}

/// Events that are being listened to, until this is dropped.
pub(crate) struct Watch {
    connect: Connect,
    callbacks: Vec<c_int>,
    pub(crate) queue: Arc<Queue>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        for callback in &self.callbacks {
            // SAFETY: the number came from registering at this very connection, which is alive.
            unsafe { sys::virConnectDomainEventDeregisterAny(self.connect.as_ptr(), *callback) };
        }
    }
}

type Generic = unsafe extern "C" fn(sys::virConnectPtr, sys::virDomainPtr, *mut c_void);
type Lifecycle =
    unsafe extern "C" fn(sys::virConnectPtr, sys::virDomainPtr, c_int, c_int, *mut c_void);

/// Listens to what happens to one domain, or to all.
pub(crate) fn watch(connect: &Connect, domain: Option<&Domain>) -> Result<Watch, Error> {
    let mut watch = Watch {
        connect: connect.clone(),
        callbacks: Vec::new(),
        queue: Arc::default(),
    };
    // SAFETY: libvirt's way to take callbacks of several forms is to have them cast to one; it calls each with the
    // arguments of its event, and `lifecycle` has those of VIR_DOMAIN_EVENT_ID_LIFECYCLE.
    let cast = unsafe { std::mem::transmute::<Lifecycle, Generic>(lifecycle) };
    for (id, callback) in [
        (sys::VIR_DOMAIN_EVENT_ID_LIFECYCLE, cast),
        (sys::VIR_DOMAIN_EVENT_ID_REBOOT, rebooted as Generic),
    ] {
        let queue = Box::into_raw(Box::new(Arc::clone(&watch.queue)));
        // SAFETY: connection and domain are alive while they are borrowed; the box is libvirt's from here on, which gives
        // it to `let_go` once when it needs it no more.
        let number = unsafe {
            sys::virConnectDomainEventRegisterAny(
                connect.as_ptr(),
                domain.map_or(ptr::null_mut(), |domain| domain.as_ptr()),
                id.cast_signed(),
                Some(callback),
                queue.cast(),
                Some(let_go),
            )
        };
        if number < 0 {
            // SAFETY: libvirt did not take it, so it is ours again.
            drop(unsafe { Box::from_raw(queue) });
            return Err(Error::last_error());
        }
        watch.callbacks.push(number);
    }
    Ok(watch)
}

/// # Safety
/// Called by libvirt with what `watch` gave it.
unsafe extern "C" fn let_go(queue: *mut c_void) {
    // SAFETY: it is the box of `watch`, and this is the last that is heard of it.
    drop(unsafe { Box::from_raw(queue.cast::<Arc<Queue>>()) });
}

/// # Safety
/// Called by libvirt with a domain that is alive during the call, and what `watch` gave it.
unsafe extern "C" fn lifecycle(
    _: sys::virConnectPtr,
    domain: sys::virDomainPtr,
    event: c_int,
    detail: c_int,
    queue: *mut c_void,
) {
    let (event, detail) = words(event, detail);
    // SAFETY: the caller's promise.
    unsafe { tell(domain, queue, event, detail) };
}

/// # Safety
/// As of `lifecycle`.
unsafe extern "C" fn rebooted(
    _: sys::virConnectPtr,
    domain: sys::virDomainPtr,
    queue: *mut c_void,
) {
    // SAFETY: the caller's promise.
    unsafe { tell(domain, queue, "rebooted", None) };
}

/// # Safety
/// The domain is alive, and `queue` is the box of `watch`, which is not freed while a callback runs.
unsafe fn tell(domain: sys::virDomainPtr, queue: *mut c_void, event: &str, detail: Option<&str>) {
    // SAFETY: the caller's promise; a domain's name lives as long as the domain.
    let (name, queue) = unsafe {
        (
            text(sys::virDomainGetName(domain)),
            &*queue.cast::<Arc<Queue>>(),
        )
    };
    queue.put(Event {
        domain: name.unwrap_or_default(),
        event: event.to_owned(),
        detail: detail.map(str::to_owned),
    });
}

/// In libvirt's words, as `virsh event` prints them.
fn words(event: c_int, detail: c_int) -> (&'static str, Option<&'static str>) {
    const WORDS: &[(&str, &[&str])] = &[
        ("defined", &["added", "updated", "renamed", "snapshot"]),
        ("undefined", &["removed", "renamed"]),
        (
            "started",
            &["booted", "migrated", "restored", "snapshot", "event wakeup"],
        ),
        (
            "suspended",
            &[
                "paused",
                "migrated",
                "I/O error",
                "watchdog",
                "restored",
                "snapshot",
                "API error",
                "post-copy",
                "post-copy error",
            ],
        ),
        (
            "resumed",
            &[
                "unpaused",
                "migrated",
                "snapshot",
                "post-copy",
                "post-copy failed",
            ],
        ),
        (
            "stopped",
            &[
                "shutdown",
                "destroyed",
                "crashed",
                "migrated",
                "saved",
                "failed",
                "snapshot",
            ],
        ),
        ("shutdown", &["finished", "guest request", "host request"]),
        ("pmsuspended", &["memory", "disk"]),
        ("crashed", &["panicked", "crashloaded"]),
    ];
    let at = |number: c_int| usize::try_from(number).unwrap_or(usize::MAX);
    match WORDS.get(at(event)) {
        Some((word, details)) => (word, details.get(at(detail)).copied()),
        None => ("unknown", None),
    }
}
