//! The six words of v0.4.
use super::{Coresmd, NAME};
use crate::services::coresmd::{
    config::{
        Script,
        go::{self, Span},
        rule::Talk,
        words::Word,
    },
    types::Finding,
};

/// Reads the words one after another; the first that is wrong ends the server.
struct Words<'a> {
    words: &'a [Word],
    line: usize,
}

/// `None`: the server ends.
pub(in crate::services::coresmd::config) fn positional(
    words: &[Word],
    line: usize,
    findings: &mut Vec<Finding>,
) -> Option<Coresmd> {
    let read = Words { words, line }.read();
    read.map_err(|found| findings.push(found)).ok()
}

impl Words<'_> {
    fn text(&self, at: usize) -> &str {
        &self.words[at].text
    }

    fn fatal(&self, at: usize, name: &str, message: String, fix: &str, log: String) -> Finding {
        let line = self.words.get(at).map_or(self.line, |word| word.line);
        let setting = if name.is_empty() {
            NAME.to_owned()
        } else {
            format!("{NAME}.{name}")
        };
        Finding::fatal(line, setting, message).fix(fix).log(log)
    }

    fn read(&self) -> Result<Coresmd, Finding> {
        if self.words.len() != 6 {
            let log = "expected 6 arguments: base URL, boot script base URL, CA certificate path, cache duration, lease \
                       duration, single port mode";
            let count = self.words.len();
            let message =
                format!("coresmd v0.4 takes six words by their position, and here are {count}");
            let fix = "https://CLUSTER:8443 http://HEAD:8081 /root_ca/root_ca.crt 30s 1h false";
            return Err(self.fatal(usize::MAX, "", message, fix, log.to_owned()));
        }
        let cache = "failed to create new cache: failed to parse cache duration";
        Ok(Coresmd {
            line: self.line,
            svc_base_uri: self.uri(0, "svc_base_uri", "base URL")?,
            script: Script::Base(self.uri(1, "ipxe_base_uri", "boot script base URL")?),
            ca_cert: go::unquoted(self.text(2)).to_owned(),
            cache_valid: self.span(3, "cache_valid", cache)?,
            lease_time: self.span(4, "lease_time", "failed to parse lease duration")?,
            single_port: self.truth()?,
            tftp_dir: "/tftpboot".to_owned(),
            tftp_port: 69,
            domain: String::new(),
            rule_log: Talk::Info,
            rules: Vec::new(),
        })
    }

    fn uri(&self, at: usize, name: &str, what: &str) -> Result<String, Finding> {
        let text = self.text(at);
        let Some(why) = go::no_uri(text) else {
            return Ok(text.to_owned());
        };
        let log = format!("failed to parse {what}: parse {}: {why}", go::quoted(text));
        let message = format!("`{text}` is no address: {why}");
        Err(self.fatal(
            at,
            name,
            message,
            "an address as http://172.16.0.254:8081",
            log,
        ))
    }

    fn span(&self, at: usize, name: &str, what: &str) -> Result<Span, Finding> {
        let text = self.text(at);
        Span::read(text).ok_or_else(|| {
            let log = format!("{what}: time: invalid duration {}", go::quoted(text));
            let message = format!("`{text}` is no duration");
            self.fatal(
                at,
                name,
                message,
                "a number with its unit, as 30s, 5m, 1h",
                log,
            )
        })
    }

    fn truth(&self) -> Result<bool, Finding> {
        let text = self.text(5);
        go::truth(text).ok_or_else(|| {
            let log = format!("invalid single port toggle '{text}', use 'true' or 'false'");
            let message = format!("`{text}` is neither true nor false");
            self.fatal(5, "single_port", message, "true or false", log)
        })
    }
}
