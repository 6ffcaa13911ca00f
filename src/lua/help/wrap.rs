//! Text in lines of a given width, and in columns.
use unicode_width::UnicodeWidthStr;

/// Breaks each paragraph anew; lines that are indented stay as they are.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let kept = line.is_empty() || line.starts_with([' ', '-', '|']);
        if kept {
            lines.push(line.to_owned());
            open = false;
            continue;
        }
        for word in line.split_whitespace() {
            match lines.last_mut() {
                Some(last) if open && last.width() + 1 + word.width() <= width => {
                    last.push(' ');
                    last.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
            open = true;
        }
    }
    lines
}

/// Rows whose columns are aligned; the last column is broken to fit the width.
pub(super) fn columns<const N: usize>(rows: &[[String; N]], width: usize) -> Vec<String> {
    let wide = |column: usize| rows.iter().map(|row| row[column].width()).max();
    let widths: Vec<usize> = (0..N - 1)
        .map(|column| wide(column).unwrap_or_default())
        .collect();
    let left: usize = widths.iter().filter(|w| **w > 0).map(|w| w + 2).sum();
    let mut lines = Vec::new();
    for row in rows {
        let mut head = String::new();
        for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            head.push_str(cell);
            head.push_str(&" ".repeat(width + 2 - cell.width()));
        }
        let room = width.saturating_sub(left);
        let mut last = wrap(&row[N - 1], room.max(24)).into_iter();
        lines.push(format!("{head}{}", last.next().unwrap_or_default()));
        lines.extend(last.map(|line| format!("{}{line}", " ".repeat(left))));
    }
    lines.iter().map(|l| l.trim_end().to_owned()).collect()
}
