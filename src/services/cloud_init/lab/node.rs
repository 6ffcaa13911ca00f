//! What nodes fetch, as themselves or impersonated.
use super::{
    Lab,
    answer::{Answer, Reply},
    metadata::{self, Machine},
    route::Asker,
    smd::Lost,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

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
        list += &format!("{base}/{group}.yaml\n");
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

/// Lines may be broken; `Err`: where it stops being base64.
fn decoded(text: &str) -> Result<Vec<u8>, usize> {
    let bare: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    STANDARD
        .decode(&bare)
        .map_err(|error| illegal(text, &error))
}

fn illegal(text: &str, error: &base64::DecodeError) -> usize {
    use base64::DecodeError::{InvalidByte, InvalidLastSymbol};
    let bare = match error {
        InvalidByte(at, _) | InvalidLastSymbol(at, _) => *at,
        _ => return text.len(),
    };
    // counted in what was sent, line ends included
    let mut places = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    places.nth(bare).map_or(text.len(), |(at, _)| at)
}
