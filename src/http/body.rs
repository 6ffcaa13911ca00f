//! The body of an answer, piece by piece: more than anybody's inventory is refused before memory is taken for it.
use super::blame::{Asked, Lost};
use crate::fault::{Fault, Kind};
use reqwest::Response;

/// A hundred thousand nodes with all they hold are a fifth of it.
const MOST: u64 = 256 << 20;
/// A length that was only announced is believed up to here.
const BELIEVED: u64 = 1 << 20;

pub(super) async fn read(mut response: Response, asked: &Asked<'_>) -> Result<Vec<u8>, Lost> {
    let length = response.content_length().unwrap_or_default();
    if length > MOST {
        return Err(too_big(asked, &format!("announces a body of {length} bytes")).into());
    }
    let mut body = Vec::with_capacity(usize::try_from(length.min(BELIEVED)).unwrap_or_default());
    while let Some(piece) = response.chunk().await.map_err(|error| asked.lost(&error))? {
        if body.len() as u64 + piece.len() as u64 > MOST {
            return Err(too_big(asked, "sends a body without end").into());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn too_big(asked: &Asked<'_>, what: &str) -> Fault {
    let message = format!("{} {what}; chami takes {} MiB", asked.place(), MOST >> 20);
    let mut fault = Fault::new(Kind::Protocol, message)
        .cause(asked.line)
        .hint("ask for less: a filter, or one node set after another; is this the right path?");
    fault.service = asked.service.map(str::to_owned);
    fault
}
