//! Values on standard output, in the form asked for.
use super::{Failure, Outcome};
use crate::{
    fault::{Fault, Kind},
    lua::{
        inspect::{self, Style},
        shape::{Key, Shape},
    },
};
use clap::ValueEnum;
use std::io::{self, ErrorKind, Write};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For reading: aligned columns, bare strings
    Table,
    /// One line
    Json,
    /// Indented
    JsonPretty,
    Yaml,
    /// A list of records, with a head line
    Csv,
}

/// The status of a process whose reader went away, as shells report SIGPIPE.
const PIPE_CLOSED: u8 = 141;

/// What the code gave: nothing and nil are one, several values are an array.
pub(super) fn joined(mut values: Vec<Shape>) -> Shape {
    match values.len() {
        0 => Shape::Nil,
        1 => values.remove(0),
        count => Shape::List(values, count),
    }
}

/// The text of a value; empty when there is nothing to print.
pub(super) fn text(value: &Shape, format: Format, style: &Style) -> Result<String, Fault> {
    let mut text = match format {
        Format::Table => inspect::plain(value, style),
        Format::Json => serde_json::to_string(value).map_err(|e| no_data(&e))?,
        Format::JsonPretty => serde_json::to_string_pretty(value).map_err(|e| no_data(&e))?,
        Format::Yaml => serde_saphyr::to_string(value).map_err(|e| no_data(&e))?,
        Format::Csv => csv(value)?,
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

/// The text of something that is no value of Lua's.
pub(super) fn data(value: &impl serde::Serialize, format: Format) -> Result<String, Fault> {
    let value = serde_json::to_value(value).map_err(|e| no_data(&e))?;
    text(&Shape::from(value), format, &Style::WHOLE)
}

fn no_data(error: &dyn std::fmt::Display) -> Fault {
    Fault::bad_argument(format!("this value has no such form: {error}"))
        .hint("-F table shows any value; pick the fields that are data")
}

/// A head line and one line per record; what has parts of its own stands as JSON in its cell.
fn csv(value: &Shape) -> Result<String, Fault> {
    let value = value.data();
    let rows = match value {
        Shape::Nil => return Ok(String::new()),
        Shape::List(rows, _) => &rows[..],
        one => std::slice::from_ref(one),
    };
    let mut head: Vec<&str> = Vec::new();
    for row in rows {
        let mut after = 0;
        for (key, _) in fields(row)? {
            let known = head.iter().position(|name| *name == key.text());
            let place = known.unwrap_or_else(|| {
                head.insert(after, key.text());
                after
            });
            after = place + 1;
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    if !head.is_empty() {
        writer.write_record(&head).map_err(|e| no_data(&e))?;
    }
    for row in rows {
        let fields = fields(row)?;
        let cell = |name: &&str| {
            let field = fields.iter().find(|(key, _)| key.text() == *name);
            field.map_or(Ok(String::new()), |(_, value)| cell(value))
        };
        let cells: Vec<String> = head.iter().map(cell).collect::<Result<_, _>>()?;
        writer.write_record(&cells).map_err(|e| no_data(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| no_data(&e))?;
    String::from_utf8(bytes).map_err(|e| no_data(&e))
}

fn fields(row: &Shape) -> Result<&[(Key, Shape)], Fault> {
    match row.data() {
        Shape::Record(fields) => Ok(fields),
        _ => Err(Fault::bad_argument("csv takes a list of records")
            .hint("-F json and -F yaml take any value")),
    }
}

fn cell(value: &Shape) -> Result<String, Fault> {
    Ok(match value {
        Shape::Nil | Shape::Null => String::new(),
        Shape::Text(text) => text.clone(),
        other => serde_json::to_string(other).map_err(|e| no_data(&e))?,
    })
}

/// Writes to standard output and sees to it that it arrived.
pub(super) fn print(text: &str) -> Outcome {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Status(PIPE_CLOSED)),
        Err(error) => {
            let text = format!("standard output: {error}");
            Err(Fault::new(Kind::Io, text).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, Shape)]) -> Shape {
        let field = |(name, value): &(&str, Shape)| (Key::Name((*name).to_owned()), value.clone());
        Shape::Record(fields.iter().map(field).collect())
    }

    fn shown(value: &Shape, format: Format) -> String {
        text(value, format, &Style::WHOLE).expect("it has this form")
    }

    #[test]
    fn a_string_is_bare_for_people_and_quoted_for_programs() {
        let word = Shape::Text("a b".to_owned());
        assert_eq!(shown(&word, Format::Table), "a b\n");
        assert_eq!(shown(&word, Format::Json), "\"a b\"\n");
        assert_eq!(shown(&word, Format::Yaml), "a b\n");
    }

    #[test]
    fn nil_is_nothing_for_people_and_null_for_programs() {
        let none = joined(vec![]);
        assert_eq!(shown(&none, Format::Table), "");
        assert_eq!(shown(&none, Format::Csv), "");
        assert_eq!(shown(&none, Format::Json), "null\n");
        assert_eq!(shown(&none, Format::JsonPretty), "null\n");
    }

    #[test]
    fn several_values_are_an_array() {
        let values = joined(vec![Shape::Int(1), Shape::Nil, Shape::Float(2.0)]);
        assert_eq!(shown(&values, Format::Json), "[1,null,2.0]\n");
    }

    #[test]
    fn csv_has_the_columns_of_all_records() {
        let list = vec![Shape::Text("x,1".to_owned()), Shape::Int(2)];
        let rows = vec![
            record(&[("ID", Shape::Text("a".into())), ("NID", Shape::Int(1))]),
            record(&[
                ("ID", Shape::Null),
                ("IPs", Shape::List(list, 2)),
                ("NID", Shape::Int(2)),
            ]),
        ];
        let count = rows.len();
        let text = shown(&Shape::List(rows, count), Format::Csv);
        assert_eq!(text, "ID,IPs,NID\na,,1\n,\"[\"\"x,1\"\",2]\",2\n");
    }

    #[test]
    fn what_is_no_data_is_refused() {
        let opaque = Shape::Opaque("function (built in)".to_owned());
        let fault = text(&opaque, Format::Json, &Style::WHOLE).expect_err("no data");
        assert_eq!(fault.kind, Kind::BadArgument);
        assert!(text(&Shape::Int(1), Format::Csv, &Style::WHOLE).is_err());
        assert_eq!(shown(&opaque, Format::Table), "function (built in)\n");
    }
}
