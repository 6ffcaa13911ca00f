//! Connections to libvirts, kept by URI; one that broke is made anew.
use crate::blame;
use chami::fault::Fault;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use virt::connect::Connect;

#[derive(Default)]
pub(crate) struct Connections {
    open: Mutex<HashMap<Option<String>, Connect>>,
}

impl Connections {
    /// The one at a URI; without one libvirt itself chooses, as it does for virsh.
    pub(crate) fn at(&self, uri: Option<&str>) -> Result<Connect, Fault> {
        let key = uri.map(str::to_owned);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connect) = open.get(&key) {
            if connect.is_alive().unwrap_or(false) {
                return Ok(connect.clone());
            }
            open.remove(&key);
        }
        // Others must not wait while this one is looked for.
        drop(open);
        let connect = Connect::open(uri).map_err(|error| blame::no_connection(uri, &error))?;
        // So that a server that has gone is noticed; not every driver can.
        let _ = connect.set_keep_alive(5, 6);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(open.entry(key).or_insert(connect).clone())
    }
}

/// As libvirt has it.
pub(crate) fn uri(connect: &Connect) -> String {
    connect.uri().unwrap_or_else(|_| "libvirt".to_owned())
}
