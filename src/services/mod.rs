//! Every service chami speaks to: one line each.
pub mod bss;
pub mod cloud_init;
pub mod coresmd;
pub mod head;
pub mod libvirt;
pub(crate) mod many;
pub mod rack;
pub mod site;
pub mod smd;
pub mod tokensmith;
pub(crate) mod twin;
mod wire;
pub mod xname;

use crate::{http::Http, journal::Images, lua::Natives};
use site::{Front, Site};
use std::sync::Arc;

/// Makes a service's records as the journal sees them.
pub type Seen = fn(&Http) -> Arc<dyn Images>;

/// What a service is made of: natives for its facade, and its simulation for the lab.
pub struct Service {
    /// The module's name in Lua and in `lib-lua/`.
    pub name: &'static str,
    /// Declares the natives its facade calls.
    pub natives: fn(&mut Natives, &Http),
    /// Its records as the journal sees them.
    pub images: Option<Seen>,
    /// Its simulated twin: routes over a store.
    pub lab: Option<fn(&Site) -> Front>,
}

pub const ALL: &[Service] = &[
    smd::SERVICE,
    smd::DISCOVER,
    bss::SERVICE,
    cloud_init::SERVICE,
    tokensmith::SERVICE,
    libvirt::SERVICE,
    coresmd::SERVICE,
    coresmd::TFTP,
    head::SERVICE,
];
