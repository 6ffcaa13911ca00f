//! CSV text and lists of records, as spreadsheets and asset databases write them (RFC 4180): every value is text.
use super::Builtin;
use crate::{fault::Fault, lua::Natives};
use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};
use serde_json::{Map, Value};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "csv",
    natives: |n, _| natives(n),
};

fn natives(n: &mut Natives) {
    n.sync("decode", |(text, separator): (String, Option<String>)| {
        decode(&text, separator.as_deref())
    });
    n.sync(
        "encode",
        |(records, columns): (Vec<Map<String, Value>>, Option<Vec<String>>)| {
            encode(&records, columns)
        },
    );
}

fn decode(text: &str, separator: Option<&str>) -> Result<Vec<Map<String, Value>>, Fault> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(separator)?)
        .trim(Trim::All)
        .from_reader(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
    let head = reader.headers().map_err(|e| malformed(&e))?.clone();
    named(&head)?;
    let mut records = Vec::new();
    for line in reader.records() {
        let line = line.map_err(|e| malformed(&e))?;
        let cells = head.iter().zip(line.iter());
        records.push(
            cells
                .map(|(name, cell)| (name.into(), cell.into()))
                .collect(),
        );
    }
    Ok(records)
}

fn delimiter(separator: Option<&str>) -> Result<u8, Fault> {
    match separator.map(str::as_bytes) {
        None => Ok(b','),
        Some([byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        Some(_) => Err(
            Fault::bad_argument("csv.decode: a separator is one character")
                .hint(r#"such as ";", or "\t" for a tab"#),
        ),
    }
}

/// Every column has a name, and each another.
fn named(head: &StringRecord) -> Result<(), Fault> {
    let mut seen = Vec::new();
    for (at, name) in head.iter().enumerate() {
        let wrong = if name.is_empty() {
            format!("column {} of line 1 has no name", at + 1)
        } else if seen.contains(&name) {
            format!("line 1 names two columns \"{name}\"")
        } else {
            seen.push(name);
            continue;
        };
        return Err(Fault::bad_argument(format!("csv.decode: {wrong}"))
            .hint("the first line names the columns: xname,nid,mac"));
    }
    Ok(())
}

fn malformed(error: &csv::Error) -> Fault {
    Fault::bad_argument(format!("csv.decode: {error}"))
        .hint("each line has as many cells as the first; a cell with a comma in it is quoted")
}

fn encode(records: &[Map<String, Value>], columns: Option<Vec<String>>) -> Result<String, Fault> {
    let columns = columns.unwrap_or_else(|| all_columns(records));
    let mut out = WriterBuilder::new().from_writer(Vec::new());
    let broken = |e: &dyn std::fmt::Display| Fault::internal(format!("csv.encode: {e}"));
    out.write_record(&columns).map_err(|e| broken(&e))?;
    for record in records {
        let cells = columns.iter().map(|name| cell(name, record.get(name)));
        let cells: Vec<String> = cells.collect::<Result<_, _>>()?;
        out.write_record(cells).map_err(|e| broken(&e))?;
    }
    let bytes = out.into_inner().map_err(|e| broken(&e))?;
    String::from_utf8(bytes).map_err(|e| broken(&e))
}

/// The names that occur, in the order of their first occurrence.
fn all_columns(records: &[Map<String, Value>]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in records.iter().flat_map(Map::keys) {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns
}

fn cell(name: &str, value: Option<&Value>) -> Result<String, Fault> {
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Bool(_) | Value::Number(_)) => {
            Ok(value.map(ToString::to_string).unwrap_or_default())
        }
        Some(Value::Array(_) | Value::Object(_)) => Err(Fault::bad_argument(format!(
            "csv.encode: {name} holds a table, and a cell one value"
        ))
        .hint("table.concat(list, \" \") makes one text of a list")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_write_is_read() {
        let text = "\u{feff}xname, nid,note\r\nx1,1,\"a, \"\"b\"\"\"\r\nx2,,\r\n";
        let records = decode(text, None).expect("well formed");
        assert_eq!(records.len(), 2);
        assert_eq!(records[0]["note"], "a, \"b\"");
        assert_eq!(records[1]["nid"], "");
        let again = decode(&encode(&records, None).expect("plain"), None);
        assert_eq!(again.expect("well formed"), records);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, said) in [
            ("a,b\n1,2\n3\n", "line: 3"),
            ("a,a\n1,2\n", "two columns \"a\""),
            ("a,\n1,2\n", "column 2"),
        ] {
            let fault = decode(text, None).expect_err("refused");
            assert!(fault.message.contains(said), "{}", fault.message);
        }
        assert!(decode("a;b\n1;2\n", Some(";;")).is_err());
        assert_eq!(decode("a;b\n1;2\n", Some(";")).expect("read")[0]["b"], "2");
    }
}
