//! Templates and cloud-configs from a small grammar, for comparing with cloud-init.
use std::fmt::Write;

/// A small generator of numbers (xorshift): the same seed gives the same inventions.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("it is small")
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

const PATHS: &[&str] = &[
    "v1.local_hostname",
    "instance_id",
    "ds.meta_data.hostname",
    "ds.meta_data['cluster-name']",
    "ds.meta_data.cluster_name",
    "ds.meta_data.instance_data.v1.public_keys",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute.mounts",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute.mounts[1].what",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute.slots",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute.ratio",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute.nothing",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute.text",
    "ds.meta_data.instance_data.v1.vendor_data.groups.compute.empty",
    "nope",
    "ds.nope",
    "ds.meta_data['no-such']",
    "ds.nope.deeper",
];
const LITERALS: &[&str] = &[
    "'a'",
    "\"it's\"",
    "''",
    "1",
    "0",
    "-3",
    "2.5",
    "true",
    "False",
    "none",
    "[]",
    "[1, 'b', none]",
    "{'k': 1}",
    "('x', 2)",
];
const FILTERS: &[&str] = &[
    "upper",
    "lower",
    "string",
    "default('d')",
    "default('e', true)",
    "length",
    "list",
    "join('-')",
    "tojson",
    "trim",
    "capitalize",
    "replace('a', 'b')",
    "first",
    "string | length",
];

fn operand(dice: &mut Dice) -> String {
    let words = if dice.roll(3) == 0 { LITERALS } else { PATHS };
    let word = dice.pick(words).to_owned();
    // Jinja2 folds what is constant before it is asked for, faults included; the data are not.
    if words == PATHS && dice.roll(3) == 0 {
        format!("{word} | {}", dice.pick(FILTERS))
    } else {
        word
    }
}

fn condition(dice: &mut Dice) -> String {
    let (a, b) = (operand(dice), operand(dice));
    match dice.roll(6) {
        0 => format!("({a}) == ({b})"),
        1 => format!("not ({a})"),
        2 => format!("({a}) and ({b})"),
        3 => format!(
            "{} is {}",
            dice.pick(PATHS),
            dice.pick(&[
                "defined",
                "undefined",
                "none",
                "string",
                "mapping",
                "not defined"
            ])
        ),
        4 => format!(
            "{} in {}",
            dice.pick(&["'hostname'", "'nope'"]),
            dice.pick(&["ds.meta_data", "ds.meta_data.hostname", "nope"])
        ),
        _ => a,
    }
}

fn expression(dice: &mut Dice) -> String {
    let (a, b) = (operand(dice), operand(dice));
    match dice.roll(8) {
        0 => format!("({a}) ~ ({b})"),
        1 => format!("({a}) or ({b})"),
        2 => format!("{a} if {} else {b}", condition(dice)),
        3 => format!("'%s/%s' % ({}, {})", dice.pick(PATHS), dice.pick(PATHS)),
        4 => format!("[{}, {}]", dice.pick(PATHS), dice.pick(LITERALS)),
        _ => a,
    }
}

fn block(dice: &mut Dice, depth: usize, out: &mut String) {
    let (open, close) = (
        dice.pick(&["{%", "{%", "{%-"]),
        dice.pick(&["%}", "%}", "-%}"]),
    );
    // Writing to a string cannot fail.
    let _ = match dice.roll(if depth > 2 { 4 } else { 8 }) {
        0 => write!(out, "key: {{{{ {} }}}}", expression(dice)),
        1 => write!(
            out,
            "  plain {}",
            dice.pick(&["text", "{ brace", "# note", "100%", "ü"])
        ),
        2 => write!(
            out,
            "{{# {} #}}",
            dice.pick(&["gone", "{{ not }}", "two\nlines"])
        ),
        3 => write!(out, "{{{{- {} -}}}}", expression(dice)),
        4 => {
            let _ = writeln!(out, "{open} if {} {close}", condition(dice));
            blocks(dice, depth + 1, out);
            if dice.roll(2) == 0 {
                let _ = writeln!(out, "{{% else %}}");
                blocks(dice, depth + 1, out);
            }
            write!(out, "{open} endif {close}")
        }
        5 => {
            let over = dice.pick(&[
                "[1, 2]",
                "ds.meta_data.instance_data.v1.public_keys",
                "nope",
                "'ab'",
                "range(3)",
            ]);
            let _ = write!(
                out,
                "{open} for x in {over} {close}\n{{{{ loop.index }}}}:{{{{ x }}}}"
            );
            blocks(dice, depth + 1, out);
            write!(out, "{open} endfor {close}")
        }
        6 => write!(
            out,
            "{open} set y = {} {close}{{{{ y }}}}",
            dice.pick(LITERALS)
        ),
        _ => write!(
            out,
            "{open} raw {close}\n{{{{ {} }}}}\n{{% endraw %}}",
            dice.pick(PATHS)
        ),
    };
    out.push_str(dice.pick(&["\n", "\n", "\n\n", " ", ""]));
}

fn blocks(dice: &mut Dice, depth: usize, out: &mut String) {
    for _ in 0..=dice.roll(3) {
        block(dice, depth, out);
    }
}

pub(crate) fn template(dice: &mut Dice) -> String {
    let mut out = "## template: jinja\n#cloud-config\n".to_owned();
    blocks(dice, 0, &mut out);
    out
}

fn tree(dice: &mut Dice, depth: usize) -> String {
    match dice.roll(if depth > 2 { 4 } else { 8 }) {
        0 => dice.pick(&["1", "yes", "0644", "2.5", "~"]).to_owned(),
        1..=3 => dice.pick(&["text", "'quoted'", "\"two words\""]).to_owned(),
        4 | 5 => {
            let items: Vec<String> = (0..dice.roll(4)).map(|_| tree(dice, depth + 1)).collect();
            format!("[{}]", items.join(", "))
        }
        _ => {
            let keys = ["a", "b", "c", "d"];
            let entries: Vec<String> = (0..dice.roll(4))
                .map(|_| format!("{}: {}", dice.pick(&keys), tree(dice, depth + 1)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn request(dice: &mut Dice) -> String {
    let mut settings = |words: &[&str]| {
        let chosen: Vec<String> = words
            .iter()
            .filter(|_| dice.roll(3) == 0)
            .map(|&word| word.to_owned())
            .collect();
        chosen.join(",")
    };
    let maps = settings(&[
        "replace",
        "no_replace",
        "recurse_list",
        "recurse_str",
        "recurse_array",
        "allow_delete",
    ]);
    let list = settings(&[
        "append",
        "prepend",
        "no_replace",
        "replace",
        "recurse_dict",
        "recurse_list",
        "recurse_str",
    ]);
    let text = settings(&["append"]);
    let all = [
        format!("dict({maps})"),
        format!("list({list})"),
        format!("str({text})"),
    ];
    let kept: Vec<&String> = all.iter().filter(|_| dice.roll(5) > 0).collect();
    let kept: Vec<&str> = kept.into_iter().map(String::as_str).collect();
    kept.join("+")
}

pub(crate) fn parts(dice: &mut Dice) -> String {
    let count = 2 + dice.roll(2);
    let part = |dice: &mut Dice| {
        let mut text = format!("#cloud-config\nmerge_how: \"{}\"\n", request(dice));
        for key in ["a", "b", "c"] {
            if dice.roll(4) > 0 {
                let _ = writeln!(text, "{key}: {}", tree(dice, 0));
            }
        }
        text
    };
    (0..count)
        .map(|_| part(dice))
        .collect::<Vec<_>>()
        .join("=====\n")
}
