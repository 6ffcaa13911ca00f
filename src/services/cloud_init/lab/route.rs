//! Which request goes where, as the server's router sees it: a trailing slash more or less is the same, a path with
//! escapes that need not be there is taken as it came, and a wrong method is told which are right.
use super::answer::Answer;
use crate::services::wire::unescape;
use axum::http::Method;

/// What a path stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Document,
    Version,
    UserData(Asker<'a>),
    MetaData(Asker<'a>),
    VendorData(Asker<'a>),
    File(Asker<'a>, &'a str),
    PhoneHome,
    Tunnel,
    Defaults,
    Instance(&'a str),
    Groups,
    Group(&'a str),
}

/// Whose data is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asker<'a> {
    /// Through `/admin/impersonation`: a handler of its own.
    pub(super) impersonated: bool,
    /// Empty: whoever has the source address.
    pub(super) id: &'a str,
}

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const PUT: &[Method] = &[Method::PUT];

impl Place<'_> {
    /// The methods there are for it.
    pub(super) fn methods(self) -> &'static [Method] {
        match self {
            Self::PhoneHome | Self::Tunnel => POST,
            Self::Instance(_) => PUT,
            Self::Defaults | Self::Groups => &[Method::GET, Method::POST],
            Self::Group(_) => &[Method::GET, Method::PUT, Method::DELETE],
            _ => GET,
        }
    }

    /// Whether somebody asks in a node's name: there is such a route only with IMPERSONATION=true.
    pub(super) fn impersonates(self) -> bool {
        match self {
            Self::UserData(asker)
            | Self::MetaData(asker)
            | Self::VendorData(asker)
            | Self::File(asker, _) => asker.impersonated,
            _ => false,
        }
    }
}

/// The methods the router has heard of; others are wrong wherever they go.
fn is_known(method: &Method) -> bool {
    const KNOWN: &[&str] = &[
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
    ];
    KNOWN.contains(&method.as_str())
}

/// The place a path leads to, if the method is right there.
pub(super) fn place<'a>(method: &Method, path: &'a str) -> Result<Place<'a>, Answer> {
    if !is_known(method) {
        return Err(Answer::not_allowed(&[]));
    }
    let place = find(path).ok_or_else(Answer::not_found)?;
    if place.methods().contains(method) {
        Ok(place)
    } else {
        Err(Answer::not_allowed(place.methods()))
    }
}

fn find(path: &str) -> Option<Place<'_>> {
    let mut segments = path.strip_prefix('/')?.split('/');
    let place = match (segments.next()?, segments.next()) {
        ("openapi.json", None) => Place::Document,
        ("version", None) => Place::Version,
        ("wg-init", None) => Place::Tunnel,
        ("phone-home", Some(id)) => (!id.is_empty()).then_some(Place::PhoneHome)?,
        ("admin", Some(kind)) => admin(kind, &mut segments)?,
        (name, None) => data(
            name,
            Asker {
                impersonated: false,
                id: "",
            },
        )?,
        _ => return None,
    };
    segments.next().is_none().then_some(place)
}

fn admin<'a>(kind: &str, rest: &mut impl Iterator<Item = &'a str>) -> Option<Place<'a>> {
    let named = |name: &'a str| (!name.is_empty()).then_some(name);
    Some(match (kind, rest.next()) {
        ("cluster-defaults", None) => Place::Defaults,
        ("groups", None) => Place::Groups,
        ("groups", Some(name)) => Place::Group(named(name)?),
        ("instance-info", Some(id)) => Place::Instance(named(id)?),
        ("impersonation", Some(id)) => data(
            rest.next()?,
            Asker {
                impersonated: true,
                id,
            },
        )?,
        _ => return None,
    })
}

fn data<'a>(name: &'a str, asker: Asker<'a>) -> Option<Place<'a>> {
    Some(match name {
        "user-data" => Place::UserData(asker),
        "meta-data" => Place::MetaData(asker),
        "vendor-data" => Place::VendorData(asker),
        // the name ends at the first dot, so a group with a dot in its name has no file
        _ => match name.split_once('.')? {
            (group, "yaml") => Place::File(asker, group),
            _ => return None,
        },
    })
}

/// The path as the router sees it; `Err`: the server does not even read the request.
pub(super) fn seen(path: &str) -> Result<String, Answer> {
    let bad = || Answer::text(400, "400 Bad Request");
    let decoded = unescape(path, false).ok_or_else(bad)?;
    Ok(match decoded.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter.to_owned(),
        _ if escape(&decoded) == path => decoded,
        _ => path.to_owned(),
    })
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
    text.bytes()
        .map(|byte| match byte {
            byte if plain(byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_where_the_routers_do() {
        let node = Asker {
            impersonated: true,
            id: "x0",
        };
        let whoever = Asker {
            impersonated: false,
            id: "",
        };
        for (path, expected) in [
            ("/admin/groups", Some(Place::Groups)),
            ("/admin/groups/", Some(Place::Groups)),
            ("/admin/groups//", None),
            ("/admin/groups/a%20b", Some(Place::Group("a b"))),
            ("/admin/groups/a%2Fb", Some(Place::Group("a%2Fb"))),
            ("/admin/groups/a%2Fb/", None),
            ("/admin/groups/a/b", None),
            ("/admin", None),
            ("/", None),
            ("/compute.yaml", Some(Place::File(whoever, "compute"))),
            ("/.yaml", Some(Place::File(whoever, ""))),
            ("/a.b.yaml", None),
            ("/version.yaml", Some(Place::File(whoever, "version"))),
            (
                "/admin/impersonation/x0/meta-data/",
                Some(Place::MetaData(node)),
            ),
            (
                "/admin/impersonation/x0/io.yaml",
                Some(Place::File(node, "io")),
            ),
            ("/admin/impersonation/x0", None),
            ("/phone-home/x0", Some(Place::PhoneHome)),
            ("/phone-home", None),
            ("/secure", None),
        ] {
            let seen = seen(path).expect("readable");
            assert_eq!(find(&seen), expected, "{path}");
        }
        assert!(seen("/admin/groups/%zz").is_err());
        let empty = Asker {
            impersonated: true,
            id: "",
        };
        assert_eq!(
            find("/admin/impersonation//meta-data"),
            Some(Place::MetaData(empty))
        );
    }
}
