//! The closed vocabularies of SMD's enumerated fields: any case in, one spelling out.

/// One vocabulary: the words SMD lists, in its own spelling.
pub struct Words {
    spellings: &'static [&'static str],
    also: &'static [(&'static str, &'static str)],
}

const fn words(spellings: &'static [&'static str]) -> Words {
    Words {
        spellings,
        also: &[],
    }
}

pub const ARCH: Words = words(&["X86", "ARM", "UNKNOWN", "Other"]);
pub const CLASS: Words = words(&["River", "Mountain", "Hill"]);
pub const FLAG: Words = Words {
    spellings: &["OK", "Warning", "Alert", "Locked", "Unknown"],
    also: &[("warn", "Warning")],
};
pub const NET_TYPE: Words = words(&["Sling", "Infiniband", "Ethernet", "OEM", "None"]);
pub const ROLE: Words = words(&[
    "Compute",
    "Service",
    "System",
    "Application",
    "Storage",
    "Management",
]);
pub const SUB_ROLE: Words = words(&["Master", "Worker", "Storage"]);
pub const STATE: Words = words(&[
    "Unknown",
    "Empty",
    "Populated",
    "Off",
    "On",
    "Standby",
    "Halt",
    "Ready",
]);

impl Words {
    /// The word in its own spelling.
    pub fn find(&self, word: &str) -> Option<&'static str> {
        let same = |spelling: &&&str| spelling.eq_ignore_ascii_case(word);
        let other = || self.also.iter().find(|(key, _)| same(&key));
        self.spellings
            .iter()
            .find(same)
            .copied()
            .or_else(|| other().map(|(_, spelling)| *spelling))
    }

    /// Every word, once for each way to say it: `Warning` comes twice, for `warn` means it too.
    pub fn list(&self) -> Vec<String> {
        let also = self.also.iter().map(|(_, spelling)| spelling);
        let all = self.spellings.iter().chain(also);
        all.map(|word| (*word).to_owned()).collect()
    }
}

/// From which states a component may change to `state` without force; `None`: from none at all.
pub fn starts(state: &str) -> Option<&'static [&'static str]> {
    match state {
        "Off" => Some(&["Off", "On", "Standby", "Halt", "Ready"]),
        "On" => Some(&["On", "Off", "Standby", "Halt"]),
        "Standby" => Some(&["Standby", "Ready"]),
        "Halt" => Some(&["Halt", "Ready"]),
        "Ready" => Some(&["Ready", "On", "Off", "Standby", "Halt"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_case_and_listed_for_each_way_to_say_it() {
        assert_eq!(FLAG.find("WARN"), Some("Warning"));
        assert_eq!(ARCH.find("unknown"), Some("UNKNOWN"));
        assert_eq!(ROLE.find("pirate"), None);
        assert_eq!(ROLE.find(""), None);
        let warnings = FLAG.list().iter().filter(|w| *w == "Warning").count();
        assert_eq!(warnings, 2);
    }
}
