//! What a session took from its command line, the environment and the files when it began. A later write to a file does
//! not change it, so `config.show()` says it beside what the files say now.
use super::{Ask, Config, Files, Place, Setting, Target};
use crate::secret;

#[derive(Clone, Debug, Default)]
pub struct Session {
    pub files: Files,
    /// The name of the target.
    pub target: String,
    /// Keys `session.…`: what holds until the end.
    pub taken: Vec<Setting>,
}

impl Session {
    /// A session on no target in particular.
    pub fn new(files: Files) -> Self {
        Self {
            files,
            target: "lab".to_owned(),
            taken: Vec::new(),
        }
    }

    /// The session that `ask` and `config` led to.
    pub fn on(files: Files, ask: &Ask, config: &Config, target: &Target) -> Self {
        let mut taken = vec![Setting::new(
            "session.target",
            target.name.clone(),
            target_from(ask, config),
        )];
        if let Place::Gateway(url) = &target.place
            && !url.is_empty()
        {
            let from = match &ask.uri {
                Some(_) => "-u".to_owned(),
                None => format!("cluster {}", target.name),
            };
            taken.push(Setting::new(
                "session.uri",
                secret::hide(url).into_owned(),
                from,
            ));
        }
        taken.push(token(ask, target));
        Self {
            files,
            target: target.name.clone(),
            taken,
        }
    }
}

fn target_from(ask: &Ask, config: &Config) -> &'static str {
    match (&ask.cluster, &ask.uri, &ask.lab, &config.default_cluster) {
        (Some(_), ..) => "-C",
        (_, Some(_), ..) => "-u",
        (_, _, Some(_), _) => "--lab",
        (.., Some(_)) => "default-cluster",
        _ => "built-in",
    }
}

/// Whether there is a token, and whose; never the token.
fn token(ask: &Ask, target: &Target) -> Setting {
    let (value, from) = match (&ask.token, &target.variable) {
        (Some(_), _) => ("(hidden)", "-t".to_owned()),
        _ if ask.no_token => ("none", "--no-token".to_owned()),
        _ if !target.auth => ("none", "enable-auth".to_owned()),
        (_, Some(variable)) if target.token.is_some() => ("(hidden)", variable.clone()),
        (_, Some(variable)) => ("none", format!("{variable} is not set")),
        _ if !matches!(target.place, Place::Gateway(_)) => ("(hidden)", "the lab".to_owned()),
        _ => ("none", "built-in".to_owned()),
    };
    Setting::new("session.token", value, from)
}
