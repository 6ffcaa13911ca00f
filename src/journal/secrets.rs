//! Takes secrets out of images: tokens, private keys, passwords. What is hidden cannot be put back, and undo says so.
use super::Picture;
use crate::secret;
use serde_json::Value;

/// Hides every secret; the records that had one, as `RESOURCE ID`.
pub(super) fn hide(picture: &mut Picture) -> Vec<String> {
    let mut hidden = Vec::new();
    for (resource, records) in picture {
        for (id, record) in records {
            if veil(record) {
                hidden.push(key(resource, id));
            }
        }
    }
    hidden
}

pub(super) fn key(resource: &str, id: &str) -> String {
    format!("{resource} {id}")
}

/// Hides the secrets of one record; whether there were any.
pub(super) fn veil(value: &mut Value) -> bool {
    secret::hide_json(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_held_a_secret_is_named_and_the_rest_stays() {
        let whole = json!({ "label": "io", "description": "I/O nodes", "tags": ["a"] });
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";
        let endpoint = json!({ "ID": "x0c0s0b0", "Password": "initial0", "MACAddr": "" });
        let mut picture = Picture::from([
            (
                "group".to_owned(),
                [
                    ("io".to_owned(), whole.clone()),
                    (
                        "gw".to_owned(),
                        json!({ "description": format!("use {token}") }),
                    ),
                ]
                .into(),
            ),
            (
                "endpoint".to_owned(),
                [("x0c0s0b0".to_owned(), endpoint)].into(),
            ),
        ]);
        let hidden = hide(&mut picture);
        assert_eq!(hidden, ["endpoint x0c0s0b0", "group gw"]);
        assert_eq!(picture["group"]["io"], whole);
        let kept = format!("{picture:?}");
        assert!(
            !kept.contains("eyJ") && !kept.contains("initial0"),
            "{kept}"
        );
    }
}
