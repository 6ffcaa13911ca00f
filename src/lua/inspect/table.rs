//! Lists of records as aligned columns that fit the width.
use super::{BOLD, DIM, Style, block, cell::compact, scalar::width};
use crate::lua::shape::{Key, Shape};

/// Nested values in a cell get so much room before they are abridged.
const NESTED: usize = 36;
/// No column is made narrower than this to let another one in.
const NARROW: usize = 16;
const GAP: usize = 2;
/// So few records may stand one below the other, where a sentence would be cut in a table.
const FEW: usize = 12;

pub(super) fn is_table(items: &[Shape]) -> bool {
    let named = |fields: &[(Key, Shape)]| {
        !fields.is_empty() && fields.iter().all(|(k, _)| matches!(k, Key::Name(_)))
    };
    !items.is_empty()
        && items
            .iter()
            .all(|item| matches!(item, Shape::Record(fields) if named(fields)))
}

struct Column<'a> {
    name: &'a str,
    cells: Vec<String>,
    right: bool,
    /// Every cell is a MAC: half of one is of no use.
    macs: bool,
    /// Some cell is a sentence: half of one is of no use either.
    says: bool,
    /// What it needs, and what it gets.
    natural: usize,
    width: usize,
}

pub(super) fn table(items: &[Shape], style: &Style) -> String {
    let mut columns = columns(items);
    let says: Vec<&str> = columns
        .iter()
        .filter(|it| it.says)
        .map(|it| it.name)
        .collect();
    let dropped = fit(&mut columns, style.width);
    let cut = |name: &&&str| {
        let column = columns.iter().find(|it| it.name == **name);
        column.is_none_or(|it| it.width < it.natural)
    };
    if items.len() <= FEW && says.iter().any(|name| cut(&name)) {
        return below(items, style);
    }
    let mut lines = vec![style.paint(BOLD, &row(&columns, None))];
    lines.extend((0..items.len()).map(|at| row(&columns, Some(at))));
    if !dropped.is_empty() {
        let how = if style.prompt { "; _[1] shows all" } else { "" };
        let note = format!("… also {}{how}", dropped.join(", "));
        lines.push(style.paint(DIM, &note));
    }
    lines.join("\n")
}

/// Record below record.
fn below(items: &[Shape], style: &Style) -> String {
    let record = |item: &Shape| match item {
        Shape::Record(fields) => block(fields, style),
        other => super::inspect(other, style),
    };
    let records: Vec<String> = items.iter().map(record).collect();
    records.join("\n\n")
}

/// Kernel arguments are none.
fn is_sentence(text: &str) -> bool {
    let letters = |word: &&str| {
        let word = word.trim_end_matches([',', '.', ':', ';']);
        word.len() > 1 && word.chars().all(char::is_alphabetic)
    };
    text.split(' ').filter(letters).count() > 4
}

/// Columns in the order their names first appear.
fn columns(items: &[Shape]) -> Vec<Column<'_>> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let Shape::Record(fields) = item else {
            continue;
        };
        let mut after = 0;
        for (key, value) in fields {
            let name = key.text();
            let place = columns.iter().position(|c| c.name == name);
            let place = place.unwrap_or_else(|| {
                columns.insert(after, Column::new(name, items.len()));
                after
            });
            after = place + 1;
            columns[place].set(at, value);
        }
    }
    columns
}

impl<'a> Column<'a> {
    fn new(name: &'a str, rows: usize) -> Self {
        Self {
            name,
            cells: vec![String::new(); rows],
            right: true,
            macs: true,
            says: false,
            natural: width(name),
            width: width(name),
        }
    }

    fn set(&mut self, at: usize, value: &Shape) {
        let text = compact(value, NESTED);
        self.right &= matches!(value, Shape::Int(_) | Shape::Float(_));
        self.macs &= is_mac(&text);
        self.says |= matches!(value, Shape::Text(text) if is_sentence(text));
        self.natural = self.natural.max(width(&text));
        self.width = self.natural;
        self.cells[at] = text;
    }

    /// How narrow it may become.
    fn least(&self) -> usize {
        if self.macs { self.natural } else { NARROW }
    }

    /// No record says anything here.
    fn is_void(&self) -> bool {
        let void = |cell: &String| matches!(cell.as_str(), "" | "\"\"" | "{}");
        self.cells.iter().all(void)
    }
}

/// Narrows the widest columns, then drops columns, empty ones first and else the last, until the table fits; returns the
/// names of those dropped.
fn fit<'a>(columns: &mut Vec<Column<'a>>, room: usize) -> Vec<&'a str> {
    let names: Vec<&str> = columns.iter().map(|c| c.name).collect();
    // What a record is called by is of no use cut: rather another column goes, unless hardly any room would be left.
    let whole = columns.first().is_some_and(|c| c.natural <= room / 8 * 7);
    loop {
        let total = columns.iter().map(|c| c.width + GAP).sum::<usize>();
        let over = total.saturating_sub(room.saturating_add(GAP));
        let first = usize::from(whole && columns.len() > 1);
        let wide = (first..columns.len()).filter(|&at| columns[at].width > columns[at].least());
        match wide.max_by_key(|&at| columns[at].width) {
            _ if over == 0 => break,
            Some(at) => {
                let column = &mut columns[at];
                column.width = column.width.saturating_sub(over).max(column.least());
            }
            None if columns.len() > 1 => {
                let void = columns.iter().rposition(Column::is_void);
                let other = || columns.iter().skip(1).rposition(|it| !it.macs);
                let least = void.or_else(|| other().map(|at| at + 1));
                columns.remove(least.unwrap_or(columns.len() - 1));
            }
            None => break,
        }
    }
    give_back(columns, room);
    let kept = |name: &&str| columns.iter().any(|c| c.name == *name);
    names.into_iter().filter(|name| !kept(name)).collect()
}

fn is_mac(text: &str) -> bool {
    let parts = || text.split(':');
    let pair = |it: &str| it.len() == 2 && it.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts().count() == 6 && parts().all(pair)
}

/// Room that dropping a column left over goes to those that had been narrowed.
fn give_back(columns: &mut [Column<'_>], room: usize) {
    let total = columns.iter().map(|c| c.width + GAP).sum::<usize>();
    let mut spare = (room.saturating_add(GAP)).saturating_sub(total);
    for column in columns {
        let more = column.natural.saturating_sub(column.width).min(spare);
        column.width += more;
        spare -= more;
    }
}

/// One line of the table; without a number, its head.
fn row(columns: &[Column<'_>], at: Option<usize>) -> String {
    let cell = |column: &Column<'_>| {
        let text = at.map_or(column.name, |at| &column.cells[at]);
        let text = cut(text, column.width);
        let pad = " ".repeat(column.width.saturating_sub(width(&text)));
        if column.right {
            pad + &text
        } else {
            text + &pad
        }
    };
    let cells: Vec<String> = columns.iter().map(cell).collect();
    cells.join(&" ".repeat(GAP)).trim_end().to_owned()
}

/// The text in at most `room` columns. Paths and addresses lose their middle: they begin alike, and differ at the end.
fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let left = room.saturating_sub(1);
    if !text.contains('/') || text.contains(' ') {
        return head(text.chars(), left) + "…";
    }
    // With little room the end alone is of use: all addresses begin with http:.
    let share = if left < 24 { 0 } else { left / 3 };
    let first = head(text.chars(), share);
    let last = head(text.chars().rev(), left - width(&first));
    let last: String = last.chars().rev().collect();
    format!("{first}…{last}")
}

/// As many letters as have room.
fn head(letters: impl Iterator<Item = char>, room: usize) -> String {
    let mut out = String::new();
    let mut taken = 0;
    for letter in letters {
        taken += width(letter.encode_utf8(&mut [0; 4]));
        if taken > room {
            break;
        }
        out.push(letter);
    }
    out
}
