//! What nodes fetch, as themselves or impersonated.
use super::{
    Lab,
    answer::{Answer, Reply},
    metadata::{self, Machine},
    route::Asker,
    smd::Lost,
};
use base64::{
    Engine as _, alphabet,
    engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig},
};

/// What a node without a base URL of its own is told, in a cluster without one.
pub(super) const BASE_URL: &str = "http://cloud-init:27777";
const EMPTY: &[u8] = b"#cloud-config";

pub(super) fn user_data() -> Answer {
    Answer::guessed(EMPTY.to_vec())
}

/// The id asked for, or that of the node with the source address; `Err`: what the server says of such an address.
async fn who(lab: &Lab, asker: Asker<'_>, source: &str) -> Result<String, String> {
    if !asker.id.is_empty() {
        return Ok(asker.id.to_owned());
    }
    let known = lab.smd.known().await;
    let id = known.id_of(source).map(str::to_owned);
    id.ok_or_else(|| format!("IP address {source} not found for an xname in nodes"))
}

pub(super) async fn meta_data(lab: &Lab, asker: Asker<'_>, source: &str) -> Reply {
    let nobody = |_| Answer::bare(422);
    let id = who(lab, asker, source).await.map_err(nobody)?;
    let component = lab
        .smd
        .component(&id)
        .await
        .map_err(|lost| no_component(&id, &lost))?;
    let known = lab.smd.known().await;
    let machine = Machine {
        nid: component.nid,
        ip: known.ip_of(&id),
        groups: known.groups(&id).unwrap_or_default(),
    };
    let text = lab.shelf.read(|store| {
        let info = lab.instances.of(store, &component.id);
        metadata::write(store, &machine, &info)
    });
    Ok(Answer::of("application/x-yaml", text.into_bytes()))
}

fn no_component(id: &str, lost: &Lost) -> Answer {
    match lost {
        Lost::Unknown => Answer::error(404, format!("node {id} not found in SMD")),
        Lost::Refused(status) => {
            let code = axum::http::StatusCode::from_u16(*status).unwrap_or_default();
            let reason = code.canonical_reason().unwrap_or_default();
            let words = format!(
                "failed to get component information for node {id}: SMD response returned {status} {reason}"
            );
            Answer::error(500, words)
        }
        Lost::Other => {
            let words = "internal error occurred fetching component information for node";
            Answer::error(500, format!("{words} {id}"))
        }
    }
}

/// The list of files to include: one for each group, whether or not there is anything in it.
pub(super) async fn vendor_data(lab: &Lab, asker: Asker<'_>, source: &str) -> Reply {
    let nobody = |_| Answer::bare(422);
    let id = who(lab, asker, source).await.map_err(nobody)?;
    let known = lab.smd.known().await;
    let (cluster, own) = lab.shelf.read(|store| {
        let cluster = store.defaults().map(|defaults| defaults.base_url.clone());
        let own = lab.instances.of(store, &id).base_url.clone();
        (cluster.unwrap_or_default(), own)
    });
    let base = lab.bases.next(asker.impersonated, &cluster, &own);
    let mut list = String::from("#include\n");
    for group in known.groups(&id).unwrap_or_default() {
        for part in [base.as_str(), "/", group, ".yaml\n"] {
            list.push_str(part);
        }
    }
    Ok(Answer::guessed(list.into_bytes()))
}

/// A group's file; nothing in it is rendered, that is the node's work.
pub(super) async fn file(lab: &Lab, asker: Asker<'_>, group: &str, source: &str) -> Reply {
    let nobody = |words| Answer::error(500, words);
    let id = who(lab, asker, source).await.map_err(nobody)?;
    let known = lab.smd.known().await;
    let mut groups = known.groups(&id).unwrap_or_default().iter();
    if !groups.any(|name| name == group) {
        let words = format!(
            "node {id} is not a member of group {group} (node and/or group may not exist in SMD)"
        );
        return Err(Answer::error(404, words));
    }
    lab.shelf.read(|store| {
        let Some(group) = store.group(group) else {
            return Ok(Answer::guessed(EMPTY.to_vec()));
        };
        let content = &group.file.content;
        if group.file.encoding != "base64" {
            return Ok(Answer::guessed(content.clone().into_bytes()));
        }
        decoded(content).map(Answer::guessed).map_err(|at| {
            let words = "failed to base64-decode cloud-config: illegal base64 data at input byte";
            Answer::error(500, format!("{words} {at}"))
        })
    })
}

/// As Go decodes: lines may be broken, and bits that stand for nothing may be set.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// `Err`: where it stops being base64.
fn decoded(text: &str) -> Result<Vec<u8>, usize> {
    let bare: String = text.split(['\r', '\n']).collect();
    LENIENT
        .decode(&bare)
        .map_err(|_| broken_at(text.as_bytes()))
}

/// The place Go names: of a wrong letter that letter, of an end that comes too soon the last four letters' beginning.
fn broken_at(text: &[u8]) -> usize {
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let mut letters = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| !b"\r\n".contains(byte));
    let mut count = 0;
    while let Some((at, &byte)) = letters.next() {
        if digit(byte) {
            count += 1;
            continue;
        }
        if byte != b'=' || count % 4 < 2 {
            return at;
        }
        if count % 4 == 2 {
            match letters.next() {
                Some((_, b'=')) => {}
                Some((at, _)) => return at - 1,
                None => return text.len(),
            }
        }
        return letters.next().map_or(text.len(), |(at, _)| at);
    }
    text.len() - count % 4
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn base64_breaks_where_it_does_in_go() {
        for (text, place) in [
            ("PG*x", 2),
            ("***", 0),
            ("abc", 0),
            ("PGgxPg", 4),
            ("PGgx=", 4),
            ("PGgxPg==x", 8),
            ("P", 0),
            ("====", 0),
        ] {
            assert_eq!(decoded(text), Err(place), "{text}");
        }
        for text in ["PGgxPg==", "PGgx\nPg==", "PGgxPh==\r\n"] {
            assert_eq!(decoded(text), Ok(b"<h1>".to_vec()), "{text}");
        }
    }
}
