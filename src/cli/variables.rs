//! The environment variables that are chami's own, for `--help` and the manual page alike.

pub(super) const OWN: &[(&str, &str)] = &[
    (
        "<CLUSTER>_ACCESS_TOKEN",
        "the token for a cluster of the configuration: DEMO_ACCESS_TOKEN for demo",
    ),
    (
        "CHAMI_LUA_MEMORY",
        "the memory Lua may take, as 512MiB or 4GiB",
    ),
    (
        "CHAMI_JOURNAL",
        "off: what is written is not kept, and cannot be undone",
    ),
    (
        "CHAMI_PAGER",
        "what shows long results at the prompt, before PAGER and less; off: nothing does",
    ),
    (
        "CHAMI_DHCP_LOG",
        "coresmd's log on a head node: a file, in place of its unit's journal",
    ),
    (
        "CHAMI_LIB",
        "a directory whose Lua files go before those of the library",
    ),
];

/// A line each, in columns.
pub(super) fn lines() -> String {
    let line = |(name, text): &(&str, &str)| format!("\n    {name:<24} {text}");
    OWN.iter().map(line).collect()
}
