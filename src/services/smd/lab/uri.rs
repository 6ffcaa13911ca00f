//! The little that discovery needs to know of URLs.
use super::wire;

/// A URL without scheme and host; what is none stays as it is.
pub(super) fn local(uri: &str) -> String {
    if uri.starts_with("http") {
        path_of(uri)
    } else {
        uri.to_owned()
    }
}

/// The path of a URL or of a part of one.
pub(super) fn path_of(uri: &str) -> String {
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    let uri = &uri[..end];
    let rest = uri.split_once("://").map(|(_, rest)| rest);
    let path = match rest.or_else(|| uri.strip_prefix("//")) {
        Some(rest) => rest.find('/').map_or("", |at| &rest[at..]),
        None => uri,
    };
    wire::unescape(path, false).unwrap_or_else(|| path.to_owned())
}

/// What stands beside something: `/redfish/v1/Chassis/Self` and `Power` give `/redfish/v1/Chassis/Power`.
pub(super) fn beside(path: &str, name: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let kept: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let root = if path.starts_with('/') { "/" } else { "" };
    let folder = kept.join("/");
    match folder.as_str() {
        "" => format!("{root}{name}"),
        folder => format!("{root}{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_their_host() {
        for (given, wanted) in [
            (
                "https://h:8443/redfish/v1/Systems/x?y=1",
                "/redfish/v1/Systems/x",
            ),
            ("/redfish/v1/Systems/x", "/redfish/v1/Systems/x"),
            ("https://h", ""),
            ("", ""),
        ] {
            assert_eq!(path_of(given), wanted);
        }
        assert_eq!(
            beside("/redfish/v1/Chassis/Self", "Power"),
            "/redfish/v1/Chassis/Power"
        );
        assert_eq!(beside("Self", "Power"), "Power");
    }
}
