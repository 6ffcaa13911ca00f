//! Every service chami speaks to: one line each.
pub mod bss;
pub mod cloud_init;
pub(crate) mod many;
pub mod site;
pub mod smd;
pub mod tokensmith;
mod wire;
pub mod xname;

use crate::{http::Http, lua::Natives};
use site::{Front, Site};

/// What a service is made of: natives for its facade, and its simulation for the lab.
pub struct Service {
    /// The module's name in Lua and in `lib-lua/`.
    pub name: &'static str,
    /// Declares the natives its facade calls.
    pub natives: fn(&mut Natives, &Http),
    /// Its simulated twin: routes over a store.
    pub lab: Option<fn(&Site) -> Front>,
}

pub const ALL: &[Service] = &[
    smd::SERVICE,
    smd::DISCOVER,
    bss::SERVICE,
    cloud_init::SERVICE,
    tokensmith::SERVICE,
];
