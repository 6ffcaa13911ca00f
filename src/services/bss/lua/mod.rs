//! The natives behind `lib-lua/bss.lua`: declarations only.
use crate::{http::Http, lua::Natives};
pub(super) fn natives(_n: &mut Natives, _http: &Http) {}
