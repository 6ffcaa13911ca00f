//! The fields of a token request: those of a form in the body, then those of the query.
use super::answer;
use axum::{
    body::Body,
    http::{HeaderMap, Response, Uri, header},
};

/// No form is larger.
const MOST: usize = 10 << 20;

pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// The first value of that name; none is an empty one.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// Reads what there is. A body of any other type counts as none.
pub(super) async fn read(
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<Form, Response<Body>> {
    let failed = || answer::refused(400, "invalid_request", "Failed to parse request");
    let media = headers.get(header::CONTENT_TYPE);
    let media = media.and_then(|value| value.to_str().ok()).unwrap_or("");
    let media = media.split(';').next().unwrap_or("").trim();
    let mut fields = Vec::new();
    if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let body = axum::body::to_bytes(body, MOST).await;
        let body = body.map_err(|_| failed())?;
        let text = std::str::from_utf8(&body).map_err(|_| failed())?;
        fields.extend(pairs(text).ok_or_else(failed)?);
    }
    fields.extend(pairs(uri.query().unwrap_or_default()).ok_or_else(failed)?);
    Ok(Form(fields))
}

/// `a=b&c=d`; none when it cannot be read, as Go's parser sees it: a broken escape, a semicolon.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let whole = |piece: &str| !piece.contains(';') && escapes_are_whole(piece);
    text.split('&').all(whole).then(|| {
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        pairs.into_owned().collect()
    })
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().iter().take(2);
        digits.filter(|byte| byte.is_ascii_hexdigit()).count() == 2
    })
}
