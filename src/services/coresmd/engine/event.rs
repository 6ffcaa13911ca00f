//! Lines of the server's log, as it writes them.
use std::fmt;

/// A line, without its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// info, warning, error, fatal.
    pub level: &'static str,
    /// `plugins/coresmd`, `server`.
    pub prefix: &'static str,
    pub msg: String,
    pub fields: Vec<(&'static str, Value)>,
}

/// A field's value: text is put in quotes where it must, anything else stands bare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Bare(String),
}

impl Event {
    fn new(level: &'static str, prefix: &'static str, msg: impl Into<String>) -> Self {
        Self {
            level,
            prefix,
            msg: msg.into(),
            fields: Vec::new(),
        }
    }

    pub(super) fn info(prefix: &'static str, msg: impl Into<String>) -> Self {
        Self::new("info", prefix, msg)
    }

    pub(super) fn warning(prefix: &'static str, msg: impl Into<String>) -> Self {
        Self::new("warning", prefix, msg)
    }

    pub(super) fn error(prefix: &'static str, msg: impl Into<String>) -> Self {
        Self::new("error", prefix, msg)
    }

    /// The start ends here.
    pub fn fatal(msg: &str) -> Self {
        Self::new("fatal", "main", msg)
    }

    /// The start goes on without a setting.
    pub fn refused(msg: &str) -> Self {
        Self::new("error", "plugins/coresmd", msg)
    }

    pub fn doubtful(msg: &str) -> Self {
        Self::new("warning", "plugins/coresmd", msg)
    }

    pub(super) fn text(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((key, Value::Text(value.into())));
        self
    }

    pub(super) fn bare(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.fields.push((key, Value::Bare(value.to_string())));
        self
    }
}

/// As logrus with the prefixed formatter prints it, fields in order; the prefix stands among them.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "level={} msg={:?}", self.level, self.msg)?;
        let prefix = Value::Text(self.prefix.to_owned());
        let mut fields: Vec<(&str, &Value)> = self
            .fields
            .iter()
            .map(|(key, value)| (*key, value))
            .collect();
        fields.push(("prefix", &prefix));
        fields.sort_by_key(|(key, _)| *key);
        for (key, value) in fields {
            match value {
                Value::Text(text) if quotes(text) => write!(f, " {key}={text:?}")?,
                Value::Text(text) | Value::Bare(text) => write!(f, " {key}={text}")?,
            }
        }
        Ok(())
    }
}

fn quotes(text: &str) -> bool {
    !text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
}
