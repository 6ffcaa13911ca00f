//! What is not set, and what applies then.
use super::{Given, NAME};
use crate::services::coresmd::types::Finding;

/// Setting, what the server says, the value that applies.
type Unset = (&'static str, &'static str, &'static str);

impl Given {
    pub(super) fn defaults(&self, line: usize, lost: bool, findings: &mut Vec<Finding>) {
        if self.ca_cert.is_empty() {
            findings.push(no_ca(line, lost));
        }
        for (key, log, value) in self.unset() {
            let message = match value {
                "" => "is not set: host names stand without a domain".to_owned(),
                value => format!("is not set: it is {value}"),
            };
            let found = Finding::note(line, format!("{NAME}.{key}"), message);
            let value = if value.is_empty() {
                "openchami.cluster"
            } else {
                value
            };
            findings.push(found.fix(format!("{key}={value} says it")).log(log));
        }
    }

    fn unset(&self) -> Vec<Unset> {
        let all: [(bool, Unset); 6] = [
            (
                self.cache_valid.is_none(),
                ("cache_valid", "cache_valid unset, defaulting to 30s", "30s"),
            ),
            (
                self.lease_time.is_none(),
                ("lease_time", "lease_time unset, defaulting to 1h0m0s", "1h"),
            ),
            (
                self.tftp_port == 0,
                ("tftp_port", "tftp_port unset (0), defaulting to 69", "69"),
            ),
            (
                self.tftp_dir.is_empty(),
                (
                    "tftp_dir",
                    "tftp_dir unset, defaulting to /tftpboot",
                    "/tftpboot",
                ),
            ),
            (
                self.domain.is_empty(),
                ("domain", "domain unset, not configuring", ""),
            ),
            (
                self.rule_log.is_none(),
                ("rule_log", "rule_log unset, defaulting to info", "info"),
            ),
        ];
        all.into_iter()
            .filter(|(is_unset, _)| *is_unset)
            .map(|(_, it)| it)
            .collect()
    }
}

/// Where addresses are missing the server does not come so far as to read the file.
fn no_ca(line: usize, lost: bool) -> Finding {
    let message =
        "ca_cert is missing: the server warns that it would do without, and ends all the same";
    let found = Finding::fatal(line, format!("{NAME}.ca_cert"), message)
        .fix("ca_cert=/root_ca/root_ca.crt, the file inside the container")
        .log("ca_cert unset, TLS certificates will not be validated");
    if lost {
        return found;
    }
    found.log("failed to set CA certificate: failed to read CA certificate: open : no such file or directory")
}
