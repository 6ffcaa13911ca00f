//! Prose on a narrow screen: broken between words, not in the middle of one.
use super::Style;
use unicode_width::UnicodeWidthStr;

/// What stands before the next thing to type. The terminal wraps such a line, and who copies it gets it in one piece.
const TYPED: [&str; 2] = ["hint: ", "fix: "];

/// A text as a screen of this width shows it. What is to be typed keeps its lines, and so do the deeper lines below it:
/// its further lines. What a broken line goes on with stands `hang` columns deeper than the line.
pub fn fold(text: &str, style: &Style, hang: usize) -> String {
    let mut lines = Vec::new();
    let mut typed = None;
    for line in text.split('\n') {
        let said = plain(line);
        let deep = indent(&said);
        let goes_on = typed.is_some_and(|it| deep > it);
        if !goes_on {
            typed = TYPED
                .iter()
                .any(|it| said[deep..].starts_with(it))
                .then_some(deep);
        }
        if typed.is_some() {
            lines.push(line.to_owned());
        } else {
            broken(&mut lines, line, style.width, deep + hang);
        }
    }
    lines.join("\n")
}

fn broken(lines: &mut Vec<String>, line: &str, width: usize, indent: usize) {
    let mut piece = String::new();
    for word in line.split_inclusive(' ') {
        let full = seen(&piece) + seen(word.trim_end()) > width;
        if full && !piece.trim().is_empty() {
            lines.push(piece.trim_end().to_owned());
            piece = " ".repeat(indent);
        }
        piece.push_str(word);
    }
    lines.push(piece);
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The columns that a text takes; what paints it takes none.
fn seen(text: &str) -> usize {
    plain(text).width()
}

/// A text without what paints it.
fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.filter_map(|it| Some(it.split_once('m')?.1));
    rest.fold(first, |out, part| out + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Style = Style {
        width: 30,
        ..Style::WHOLE
    };

    #[test]
    fn prose_breaks_between_words() {
        let text = "\x1b[1;31mnot_found\x1b[0m: no group of that name\n  at boot.lua:3, in a_function_of_a_name";
        assert_eq!(
            fold(text, &NARROW, 4),
            "\x1b[1;31mnot_found\x1b[0m: no group of that\n    name\n  at boot.lua:3, in\n      a_function_of_a_name"
        );
        let long = "error: https://demo.openchami.cluster:8443/hsm/v2/State/Components";
        assert_eq!(
            fold(long, &NARROW, 4).lines().count(),
            2,
            "what has no space stays whole"
        );
        assert_eq!(fold(text, &Style::WHOLE, 4), text);
    }

    #[test]
    fn what_is_to_be_typed_stays_in_one_piece() {
        for typed in [
            "  \x1b[2mhint:\x1b[0m sudo chami -u http://127.0.0.1:9 -e 'head.dir(\"/a\", { owner = \"root\" })'",
            "fix: sudo systemctl restart coresmd-coredhcp",
            "   fix: for _, id in ipairs(ids) do\n          smd.component.delete(id)\n        end",
        ] {
            assert_eq!(fold(typed, &NARROW, 4), typed);
        }
        let then = "fix: smd.component.delete(id)\nseen: SMD knows it by another name";
        assert_eq!(
            fold(then, &NARROW, 2),
            "fix: smd.component.delete(id)\nseen: SMD knows it by another\n  name"
        );
    }
}
