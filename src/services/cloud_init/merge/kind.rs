//! What a text is to cloud-init: how it begins decides.
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    CloudConfig,
    Template,
    Script,
    Boothook,
    PartHandler,
    Include,
    CloudConfigArchive,
    CloudConfigJsonp,
    /// A message of several parts.
    Mime,
    Empty,
    Unknown,
}

/// How each kind begins, the longest first.
const BEGINNINGS: &[(&str, Kind)] = &[
    ("#cloud-config-archive", Kind::CloudConfigArchive),
    ("#cloud-config-jsonp", Kind::CloudConfigJsonp),
    ("## template: jinja", Kind::Template),
    ("#cloud-boothook", Kind::Boothook),
    ("#cloud-config", Kind::CloudConfig),
    ("#part-handler", Kind::PartHandler),
    ("#include", Kind::Include),
    ("#!", Kind::Script),
];

pub(super) fn of(text: &str) -> Kind {
    if text.is_empty() {
        return Kind::Empty;
    }
    let head: String = text.chars().take(4096).collect();
    if head.to_lowercase().contains("mime-version:") {
        return Kind::Mime;
    }
    let text = text.trim_start().to_lowercase();
    let found = BEGINNINGS
        .iter()
        .find(|(begins, _)| text.starts_with(begins));
    found.map_or(Kind::Unknown, |(_, kind)| *kind)
}

impl Kind {
    /// Why such a text does not become part of the configuration.
    pub(super) const fn refusal(self) -> Option<&'static str> {
        Some(match self {
            Self::CloudConfig => return None,
            Self::Template => "what it renders to is a template again",
            Self::Script => "it is a script: the node runs it, and merges nothing",
            Self::Boothook => "it is a boothook: the node runs it early, and merges nothing",
            Self::PartHandler => "it is Python code for the node, which is not simulated",
            Self::Include => "it includes other texts, which is not simulated",
            Self::CloudConfigArchive => "it is an archive of texts, which is not simulated",
            Self::CloudConfigJsonp => "it is a JSON patch, which is not simulated",
            Self::Mime => "it is a MIME message, which is not simulated",
            Self::Empty => "it is empty",
            Self::Unknown => {
                "the node does not know what it is: its first line is not #cloud-config"
            }
        })
    }
}
