//! The first look at a text: whether anything in it could be a secret. One pass, no copy; wrong only on the safe side.

/// A text without any of these, in any case, holds no secret.
const MARKS: &[&str] = &[
    "-----begin",
    ":dk:",
    ":rk:",
    "@",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "access-key",
    "accesskey",
    "assertion",
    "authoriz",
    "base64",
    "basic ",
    "bearer",
    "code_verifier",
    "cookie",
    "credential",
    "curl",
    "deputykey",
    "eyj",
    "h4si",
    "i2nsb3vk",
    "passphrase",
    "passw",
    "private_key",
    "privatekey",
    "psk",
    "pwd",
    "reservationkey",
    "secret",
    "token",
];

/// Which marks begin with a letter, as `from..to`; they stand in the order of their letters.
const BY_LETTER: [(usize, usize); 256] = {
    let mut table = [(0, 0); 256];
    let mut at = 0;
    while at < MARKS.len() {
        let letter = MARKS[at].as_bytes()[0];
        let begin = at;
        while at < MARKS.len() && MARKS[at].as_bytes()[0] == letter {
            at += 1;
        }
        table[letter as usize] = (begin, at);
        table[letter.to_ascii_uppercase() as usize] = (begin, at);
    }
    table
};

pub(super) fn suspicious(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        let (from, to) = BY_LETTER[usize::from(*byte)];
        from < to
            && MARKS[from..to]
                .iter()
                .any(|mark| begins(&bytes[at..], mark))
    })
}

/// The second letter decides nearly always.
fn begins(bytes: &[u8], mark: &str) -> bool {
    let mark = mark.as_bytes();
    let second = mark.get(1).is_none_or(|letter| {
        bytes
            .get(1)
            .is_some_and(|byte| byte.eq_ignore_ascii_case(letter))
    });
    second
        && bytes
            .get(..mark.len())
            .is_some_and(|here| here.eq_ignore_ascii_case(mark))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_marks_stand_in_order() {
        assert!(super::MARKS.is_sorted_by_key(|mark| mark.as_bytes()[0]));
    }

    #[test]
    fn no_name_of_a_secret_is_passed_over() {
        for name in crate::secret::field::ENDINGS {
            assert!(super::suspicious(&format!("{name}: x")), "{name}");
        }
    }
}
