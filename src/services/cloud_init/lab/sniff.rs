//! The media type of a body nobody named, guessed as Go's HTTP library does from its first bytes.
//!
//! Most bodies are text. A group's file can be anything: gzip is what cloud-init itself understands. Left out are films and
//! sounds that are told by more than how they begin.

/// How many bytes are looked at.
const SEEN: usize = 512;

const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\xef\xbb\xbf", super::answer::TEXT),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"BM", "image/bmp"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/x-gzip"),
    (b"Rar!\x1a\x07\x00", "application/x-rar-compressed"),
    (b"Rar!\x1a\x07\x01\x00", "application/x-rar-compressed"),
    (b"\0\0\x01\0", "image/x-icon"),
    (b"\0\0\x02\0", "image/x-icon"),
    (b"ID3", "audio/mpeg"),
    (b"OggS\0", "application/ogg"),
    (b"MThd\0\0\0\x06", "audio/midi"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"OTTO", "font/otf"),
    (b"\0\x01\0\0", "font/ttf"),
    (b"ttcf", "font/collection"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\0asm", "application/wasm"),
];

/// What HTML may begin with, when a space or `>` follows.
const TAGS: &[&str] = &[
    "<!doctype html",
    "<html",
    "<head",
    "<script",
    "<iframe",
    "<h1",
    "<div",
    "<font",
    "<table",
    "<a",
    "<style",
    "<title",
    "<b",
    "<body",
    "<br",
    "<p",
    "<!--",
];

pub(super) fn media(body: &[u8]) -> &'static str {
    let seen = &body[..body.len().min(SEEN)];
    let blank = |byte: &&u8| b"\t\n\x0c\r ".contains(byte);
    let text = &seen[seen.iter().take_while(blank).count()..];
    if TAGS.iter().any(|tag| opens(text, tag.as_bytes())) {
        return "text/html; charset=utf-8";
    }
    if text.starts_with(b"<?xml") {
        return "text/xml; charset=utf-8";
    }
    match seen {
        [0xfe, 0xff, _, _, ..] => return "text/plain; charset=utf-16be",
        [0xff, 0xfe, _, _, ..] => return "text/plain; charset=utf-16le",
        _ => {}
    }
    if let Some((_, media)) = MAGIC.iter().find(|(magic, _)| seen.starts_with(magic)) {
        return media;
    }
    let binary = |byte: &u8| matches!(byte, 0x00..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    if text.iter().any(binary) {
        "application/octet-stream"
    } else {
        super::answer::TEXT
    }
}

fn opens(text: &[u8], tag: &[u8]) -> bool {
    let head = text.get(..tag.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(tag))
        && matches!(text.get(tag.len()), Some(b' ' | b'>'))
}

#[cfg(test)]
mod tests {
    use super::media;

    #[test]
    fn bodies_are_told_apart_by_their_first_bytes() {
        for (body, expected) in [
            (&b"#cloud-config\n"[..], "text/plain; charset=utf-8"),
            (b"\n <HTML>", "text/html; charset=utf-8"),
            (b"<b", "text/plain; charset=utf-8"),
            (b"<body", "text/plain; charset=utf-8"),
            (b"<?xml version", "text/xml; charset=utf-8"),
            (b"\x1f\x8b\x08\0", "application/x-gzip"),
            (b"a\x00b", "application/octet-stream"),
            (b"\xc3\xa4", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(media(body), expected, "{body:?}");
        }
    }
}
