//! SMD of itself: ready, alive, and the words it takes.
use super::{
    Lab,
    answer::{Answer, Reply},
    route::Call,
};
use crate::services::smd::{store::words, types::Values, xname};

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn ready(_: &Lab, _: &Call) -> Reply {
    Ok(Answer::notice("HSM is healthy"))
}

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn alive(_: &Lab, _: &Call) -> Reply {
    Ok(Answer::bare(204))
}

/// All words, or those of one field.
fn values(field: &str) -> Answer {
    let asked = |name: &str| field.is_empty() || field == name;
    let list = |name: &str, words: &words::Words| asked(name).then(|| words.list());
    let kinds = || xname::kinds().into_iter().map(str::to_owned).collect();
    Answer::json(&Values {
        arch: list("arch", &words::ARCH),
        class: list("class", &words::CLASS),
        flag: list("flag", &words::FLAG),
        net_type: list("nettype", &words::NET_TYPE),
        role: list("role", &words::ROLE),
        sub_role: list("subrole", &words::SUB_ROLE),
        state: list("state", &words::STATE),
        kind: asked("type").then(kinds),
    })
}

macro_rules! values {
    ($($handler:ident($field:literal);)*) => {$(
        #[allow(clippy::unnecessary_wraps)] // a handler like the others
        pub(super) fn $handler(_: &Lab, _: &Call) -> Reply {
            Ok(values($field))
        }
    )*};
}

values! {
    all_values("");
    arch("arch");
    class("class");
    flag("flag");
    net_type("nettype");
    role("role");
    sub_role("subrole");
    state("state");
    kind("type");
}
