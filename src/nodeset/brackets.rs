//! Brackets: `[0-4,7,010-100/10]`.
use super::{
    parse::Reader,
    pattern::{Range, grows},
};
use crate::fault::Fault;

/// Numbers with more digits than this, zeros before them included, are a slip of the finger.
const WIDEST: usize = 64;

/// Reads from `[` to `]`.
pub(super) fn ranges(reader: &mut Reader) -> Result<Vec<Range>, Fault> {
    reader.at += 1;
    let mut ranges = Vec::new();
    loop {
        reader.space();
        ranges.push(range(reader)?);
        reader.space();
        match reader.peek() {
            Some(',') => reader.at += 1,
            Some(']') => {
                reader.at += 1;
                return Ok(ranges);
            }
            None => {
                return Err(reader
                    .wrong("expected `,` or `]` inside the brackets")
                    .hint("close the bracket: node[1-3]"));
            }
            Some(_) => return Err(reader.wrong("expected `,` or `]` inside the brackets")),
        }
    }
}

/// What is wrong with digits right beside a bracket, and what would be right. They lengthen its numbers, and then not
/// every bracket can be read in one way only: ClusterShell takes `node1[8-12]` for 18 to 112.
pub(super) fn beside(
    before: &str,
    ranges: &[Range],
    stepped: bool,
    after: &str,
) -> Option<(&'static str, String)> {
    let digits = |letter: char| letter.is_ascii_digit();
    let (left, right) = (before.ends_with(digits), after.starts_with(digits));
    let whole = "write whole numbers inside the bracket";
    let growing = |range: &Range| range.from == 0 && range.width == 0 && range.to > 9;
    if (left || right) && ranges.iter().any(|range| range.from < 0) {
        return Some(("expected no digits beside negative numbers", whole.into()));
    }
    if right && (stepped || ranges.iter().any(growing)) {
        let expected = "expected no digits after a bracket with steps or growing numbers";
        return Some((expected, whole.into()));
    }
    let grown = grows(ranges).filter(|_| left && !right)?;
    let head = before.trim_end_matches(digits);
    let outside = &before[head.len()..];
    let hint = format!(
        "{whole}: {head}[{outside}{grown},{outside}{}], or pad them alike: {before}[0{grown}-{}]",
        grown + 1,
        grown + 1
    );
    Some(("expected numbers of one length after digits", hint))
}

fn range(reader: &mut Reader) -> Result<Range, Fault> {
    let start = reader.at;
    let from = number(reader)?;
    let mut to = from.clone();
    reader.space();
    let single = reader.peek() != Some('-');
    if !single {
        reader.at += 1;
        reader.space();
        let before = reader.at;
        to = number(reader)?;
        if reader.peek() == Some('-') {
            return Err(reader.wrong("expected `,` or `]` inside the brackets"));
        }
        let padded = from.padded() || to.padded();
        // `01-10` is padded to two digits, `8-12` not at all; `1-010` says both.
        if padded && (from.text.len() != to.text.len() || from.value < 0) {
            let digits = from.text.len();
            return Err(reader
                .wrong_at(
                    before,
                    &format!(
                        "expected both ends of the range with the same number of digits ({digits})"
                    ),
                )
                .hint(format!("{} would do", same_width(&from, &to))));
        }
        if to.value < from.value {
            return Err(reader
                .wrong_at(start, "expected a range that counts upwards")
                .hint(format!("did you mean {}-{}?", to.text, from.text)));
        }
    }
    let step = step(reader, single && from.value >= 0)?;
    Ok(Range {
        from: from.value,
        to: to.value,
        step,
        width: if from.padded() { from.text.len() } else { 0 },
    })
}

/// Both ends padded alike.
fn same_width(from: &Number, to: &Number) -> String {
    let width = from.text.len().max(to.text.len());
    format!("{:0>width$}-{:0>width$}", from.text, to.text)
}

fn step(reader: &mut Reader, single: bool) -> Result<u64, Fault> {
    reader.space();
    if reader.peek() != Some('/') {
        return Ok(1);
    }
    reader.at += 1;
    reader.space();
    let before = reader.at;
    let step = number(reader)?.value;
    match u64::try_from(step) {
        Ok(step) if step > 0 && (step == 1 || !single) => Ok(step),
        Ok(step) if step > 0 => Err(reader
            .wrong_at(before, "expected a step after a range only")
            .hint("every second one from 0 to 10 is 0-10/2")),
        _ => Err(reader
            .wrong_at(before, "expected a step of 1 or more")
            .hint("every second one from 0 to 10 is 0-10/2")),
    }
}

/// A number as it was written.
#[derive(Clone)]
struct Number {
    text: String,
    value: i128,
}

impl Number {
    fn padded(&self) -> bool {
        self.text.len() > 1 && self.text.starts_with('0')
    }
}

fn number(reader: &mut Reader) -> Result<Number, Fault> {
    let start = reader.at;
    let negative = reader.peek() == Some('-');
    if negative {
        reader.at += 1;
        reader.space();
    }
    let digits = reader.at;
    while reader.peek().is_some_and(|c| c.is_ascii_digit()) {
        reader.at += 1;
    }
    let sign = negative.then_some(&'-').into_iter();
    let text: String = sign.chain(&reader.letters[digits..reader.at]).collect();
    if digits == reader.at {
        let fault = reader.wrong("expected a number");
        return Err(match reader.peek() {
            Some(letter) if letter.is_alphabetic() || letter == '^' => {
                fault.hint("brackets hold numbers: node[1-3]; * stands for any letters, ? for one")
            }
            None => fault.hint("close the bracket: node[1-3]"),
            _ => fault,
        });
    }
    if reader.at - digits > WIDEST {
        return Err(reader
            .wrong_at(
                start,
                &format!("expected a number of at most {WIDEST} digits, zeros included"),
            )
            .hint("leading zeros make numbers alike in length: node[001-100]"));
    }
    let Ok(value) = text.parse() else {
        return Err(reader.wrong_at(start, "expected a number of at most 38 digits"));
    };
    let number = Number { text, value };
    if negative && reader.letters[digits] == '0' && reader.at > digits + 1 {
        return Err(reader.wrong_at(start, "expected a negative number without leading zeros"));
    }
    Ok(number)
}
