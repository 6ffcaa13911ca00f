//! libvirt's errors as faults: which kind, and where chami knows more than libvirt says, the next thing to do.
use crate::{connections::uri, elsewhere};
use chami::{
    fault::{Fault, Kind},
    services::libvirt::types::unknown::{Sort, not_running, running, unknown_beside},
};
use virt::{
    connect::Connect,
    error::{Error, ErrorNumber},
};

/// What an error's number stands for. `None`: a number younger than the binding.
fn number(error: &Error) -> Option<ErrorNumber> {
    Result::from(error.code()).ok()
}

fn kind(error: &Error) -> Kind {
    use ErrorNumber as N;
    let text = error.message();
    match number(error) {
        Some(
            N::NoDomain
            | N::NoNetwork
            | N::NoStoragePool
            | N::NoStorageVolume
            | N::NoDomainSnapshot,
        ) => Kind::NotFound,
        Some(N::OperationInvalid | N::DomExist | N::NetworkExist | N::StorageVolExist) => {
            Kind::Conflict
        }
        Some(N::OperationFailed) if text.contains("already") => Kind::Conflict,
        Some(N::XmlError | N::XmlDetail | N::XmlInvalidSchema | N::InvalidArg | N::InvalidMac) => {
            Kind::BadArgument
        }
        Some(
            N::NoSupport | N::OperationUnsupported | N::ConfigUnsupported | N::ArgumentUnsupported,
        ) => Kind::Unsupported,
        Some(N::AuthFailed | N::AuthCancelled | N::AuthUnavailable) => Kind::Unauthorized,
        Some(N::AccessDenied | N::OperationDenied) => Kind::Forbidden,
        Some(N::OperationTimeout) => Kind::Timeout,
        Some(N::NoConnect | N::InvalidConn | N::GnutlsError | N::Rpc) => Kind::Unreachable,
        _ => Kind::Refused,
    }
}

/// Whether the driver does not know something, rather than refuse it.
pub(crate) fn is_unsupported(error: &Error) -> bool {
    matches!(kind(error), Kind::Unsupported | Kind::BadArgument)
}

/// An error as libvirt words it.
#[allow(clippy::needless_pass_by_value)] // as `map_err` gives it
pub(crate) fn plain(error: Error) -> Fault {
    let kind = kind(&error);
    let fault = Fault::new(kind, error.message());
    match kind {
        Kind::Forbidden | Kind::Unauthorized => fault.hint(
            "who may manage machines is in the group libvirt: sudo usermod -aG libvirt $USER, and log in anew",
        ),
        Kind::Unreachable => fault.hint("the next call connects anew; is libvirtd up? systemctl status libvirtd"),
        Kind::Conflict if fault.message.contains("already exists with uuid") => {
            fault.hint("leave <uuid> out, and it is replaced; another <name> is another one")
        }
        Kind::Unsupported => fault.hint("virsh.uri() tells which libvirt this is, and not every driver does everything"),
        _ => fault,
    }
}

/// The same about a domain, whose state explains what libvirt only hints at.
pub(crate) fn of_domain(domain: &str) -> impl Fn(Error) -> Fault {
    move |error| {
        let text = error.message().to_owned();
        if text.contains("is already running") || text.contains("already active") {
            return running(domain);
        }
        if text.contains("is not running") {
            return not_running(domain);
        }
        plain(error)
    }
}

/// The same about something that was looked up by its name: what there is tells what may have been meant.
pub(crate) fn lookup(
    connect: &Connect,
    sort: Sort,
    asked: &str,
    error: Error,
    known: impl FnOnce() -> Vec<String>,
) -> Fault {
    if kind(&error) == Kind::NotFound {
        let (known, uri) = (known(), uri(connect));
        let other = elsewhere::look(&uri, sort);
        return unknown_beside(sort, asked, &known, &uri, other.as_ref());
    }
    plain(error)
}

/// Why nobody answered at a URI.
pub(crate) fn no_connection(uri: Option<&str>, error: &Error) -> Fault {
    let place = uri.unwrap_or("libvirt");
    let text = error.message();
    let message = format!("{place} does not answer: {text}");
    let lower = text.to_lowercase();
    if lower.contains("no connection driver") || number(error) == Some(ErrorNumber::InvalidArg) {
        return Fault::bad_argument(format!("{place} is no libvirt: {text}"))
            .hint("qemu:///system, qemu:///session, qemu+ssh://root@head/system, test:///default");
    }
    if lower.contains("permission denied")
        || matches!(kind(error), Kind::Unauthorized | Kind::Forbidden)
    {
        return Fault::new(Kind::Forbidden, message).hint(
            "who may manage machines is in the group libvirt: sudo usermod -aG libvirt $USER, and log in anew",
        );
    }
    let hint = if lower.contains("no such file") || lower.contains("connection refused") {
        "is libvirt installed and up? systemctl start libvirtd (virtqemud on newer systems); \
         uri = \"test:///default\" is a libvirt that needs no server"
    } else {
        "virsh.connect URI chooses another one"
    };
    Fault::new(Kind::Unreachable, message).hint(hint)
}
