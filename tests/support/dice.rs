//! Random node sets that are the same in each run.

/// A sequence of numbers (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap_or_default() % end
    }

    /// True once in `of` times.
    pub(crate) fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A bracket or, where `folded` is not asked for, a number.
    fn number(&mut self, folded: bool) -> String {
        let width = [0, 0, 0, 2, 3][self.below(5)];
        let write = |value: usize| format!("{value:0width$}");
        if !folded {
            return write(self.below(12));
        }
        let count = 1 + self.below(3);
        let part = |dice: &mut Self| {
            let from = dice.below(14);
            if dice.once_in(3) {
                return write(from);
            }
            let to = from + dice.below(9);
            let step = if dice.once_in(4) {
                format!("/{}", 1 + dice.below(4))
            } else {
                String::new()
            };
            let space = if dice.once_in(9) { " " } else { "" };
            format!("{}{space}-{space}{}{step}", write(from), write(to))
        };
        let parts: Vec<_> = (0..count).map(|_| part(self)).collect();
        let space = if self.once_in(9) { " " } else { "" };
        format!("[{}]", parts.join(&format!("{space},{space}")))
    }

    /// One word: a name, a pattern on up to four axes, an xname, a mask, a group.
    pub(crate) fn word(&mut self) -> String {
        match self.below(12) {
            0 => self
                .pick(&["login", "a", "b-mgmt", "gw.site", "52:54:00:be:ef:01"])
                .to_owned(),
            1 => self
                .pick(&[
                    "@io",
                    "@all",
                    "@rack1",
                    "@rack[1-2]",
                    "@odd:rack[2-3]",
                    "@odd:none",
                ])
                .to_owned(),
            2 => self
                .pick(&["@*", "@local:*", "@odd:*", "@@", "@@odd"])
                .to_owned(),
            3 => self
                .pick(&["a*", "*", "?1", "x*n0", "a[1-2]*", "b*-?"])
                .to_owned(),
            4 => {
                let (slot, bmc) = (self.number(true), self.number(true));
                format!("x1000c0s{slot}b{bmc}n{}", self.below(2))
            }
            5 => self.number(true),
            _ => {
                let mut word = self.pick(&["a", "b", "ab-", "a"]).to_owned();
                for axis in 0..=self.below(3).min(self.below(4)) {
                    let folded = self.below(3) > 0;
                    if axis > 0 {
                        word.push_str(self.pick(&["-", "b", "c"]));
                    }
                    word.push_str(&self.number(folded));
                }
                word + self.pick(&["", "", "", "-ib", "b"])
            }
        }
    }

    /// A whole set.
    pub(crate) fn expression(&mut self) -> String {
        let mut text = self.word();
        for _ in 0..self.below(5) {
            let space = if self.once_in(4) { " " } else { "" };
            let op = self.pick(&[",", ",", "!", "&", "^"]);
            text = format!("{text}{space}{op}{space}{}", self.word());
        }
        text
    }

    /// `text` with one letter more, less or other: mostly what neither shell reads.
    pub(crate) fn misspelt(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.below(letters.len());
        let letter = self
            .pick(&["[", "]", ",", "-", "/", "!", "0", "7", "x"])
            .chars()
            .next()
            .unwrap_or('x');
        match self.below(3) {
            0 => letters.insert(at, letter),
            1 => letters[at] = letter,
            _ => {
                letters.remove(at);
            }
        }
        letters.into_iter().collect()
    }

    /// Names with `axes` numbers, scattered in a box of `side` numbers on each axis.
    pub(crate) fn names(&mut self, axes: usize, side: usize, count: usize) -> Vec<String> {
        let width = [0, 0, 2][self.below(3)];
        let letters = ["x", "c", "s", "b", "n"];
        let name = |dice: &mut Self| {
            let numbers = letters[..axes]
                .iter()
                .map(|letter| format!("{letter}{:0width$}", dice.below(side) + 5));
            numbers.collect::<String>()
        };
        (0..count).map(|_| name(self)).collect()
    }
}
