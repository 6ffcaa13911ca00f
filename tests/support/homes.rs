//! Where libraries are at home, for `architecture.rs`.

/// Where a library may be named: the crate, and the places (path prefixes under `src/`).
pub(crate) const HOMES: &[(&str, &[&str])] = &[
    ("mlua", &["lua", "builtins", "services/*/lua"]),
    ("reqwest", &["http"]),
    (
        "axum",
        &[
            "lab",
            "services/mod",
            "services/site",
            "services/*/lab",
            "services/*/tests",
        ],
    ),
    ("axum_server", &["lab"]),
    ("rustyline", &["repl"]),
    ("pulldown_cmark", &["book"]),
    ("indicatif", &["progress"]),
    ("dhcproto", &["services/coresmd/packet"]),
    ("etherparse", &["services/coresmd/wire"]),
    ("nix", &["services/coresmd/wire", "services/head/client"]),
    (
        "rusqlite",
        &["services/coresmd/leases", "services/coresmd/tests"],
    ),
    ("async_tftp", &["lab/wire"]),
    ("socket2", &["lab/wire"]),
];
