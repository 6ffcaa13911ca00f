//! Bodies as Go's decoders read them: names in any case, `null` as absent, and of a stream the first document only.
use super::answer::Answer;
use crate::services::{bss::types::BootParams, wire};
use serde_json::{Deserializer, Value};

/// Reads the first document of a body; `Err` says what is wrong, in the decoder's own words where it has few.
pub(super) fn first(body: &[u8]) -> Result<BootParams, String> {
    let mut documents = Deserializer::from_slice(body).into_iter::<Value>();
    match documents.next() {
        None => Err("EOF".into()),
        Some(Err(error)) if error.is_eof() => Err("unexpected EOF".into()),
        Some(Err(error)) => Err(error.to_string()),
        Some(Ok(value)) => wire::convert(value),
    }
}

/// Reads a body that is one document and nothing else.
pub(super) fn whole(body: &[u8]) -> Result<BootParams, String> {
    match serde_json::from_slice(body) {
        Err(error) if error.is_eof() => Err("unexpected end of JSON input".into()),
        Err(error) => Err(error.to_string()),
        Ok(value) => wire::convert(value),
    }
}

/// Refuses what is not six pairs of digits with colons. The line end is BSS's.
pub(super) fn check_macs(asked: &BootParams) -> Result<(), Answer> {
    let Some(bad) = asked.macs.iter().find(|mac| !is_mac(mac)) else {
        return Ok(());
    };
    let words = format!("Bad Request: invalid MAC address format: {bad}\n");
    Err(Answer::problem(400, words))
}

pub(super) fn is_mac(text: &str) -> bool {
    let pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.len() == 17 && text.split(':').all(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_as_go_reads_them() {
        let asked = first(br#"{"MACS":["a"],"nids":[null,3],"cloud-init":null} rest"#);
        let asked = asked.expect("lenient");
        assert_eq!((asked.macs.len(), asked.nids), (1, vec![0, 3]));
        assert_eq!(first(b" "), Err("EOF".into()));
        assert_eq!(first(b"{"), Err("unexpected EOF".into()));
        assert_eq!(first(b"null"), Ok(BootParams::default()));
        for body in [
            r#"{"nids":["a"]}"#,
            r#"{"nids":[5000000000]}"#,
            r#"{"nids":[1.5]}"#,
            r#"{"hosts":"x"}"#,
            r#"{"cloud-init":{"meta-data":"x"}}"#,
            r#"{"cloud-init":{"phone-home":{"fqdn":1}}}"#,
            "[]",
            "tru",
        ] {
            assert!(first(body.as_bytes()).is_err(), "{body}");
        }
        assert!(whole(b"{} x").is_err());
    }

    #[test]
    fn a_mac_is_six_pairs() {
        assert!(is_mac("52:54:00:BE:ef:01"));
        for bad in [
            "",
            "525400beef01",
            "52-54-00-be-ef-01",
            "52:54:00:be:ef:0g",
            "52:54:00:be:ef",
        ] {
            assert!(!is_mac(bad), "{bad}");
        }
    }
}
