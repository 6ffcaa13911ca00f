//! Masks: `node*`, `x1000c?s0b0n0`; as in a shell, but for whole names.

/// Whether `name` is what `mask` describes: `*` stands for any letters or none, `?` for any one.
pub fn matches(mask: &str, name: &str) -> bool {
    let (mask, name): (Vec<char>, Vec<char>) = (mask.chars().collect(), name.chars().collect());
    let (mut at, mut seen) = (0, 0);
    // Where to go on when the letters after the last `*` do not fit: with one letter more for the `*`.
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match mask.get(at) {
            Some('*') => {
                star = Some((at + 1, seen));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((after, taken)) = star else {
                    return false;
                };
                star = Some((after, taken + 1));
                (at, seen) = (after, taken + 1);
            }
        }
    }
    mask[at..].iter().all(|letter| *letter == '*')
}
