//! The natives behind `lib-lua/cloud_init.lua` and `lib-lua/cloud_init/`: declarations only.
mod render;

use crate::{http::Http, lua::Natives};

pub(super) fn natives(n: &mut Natives, _: &Http) {
    render::natives(n);
}
