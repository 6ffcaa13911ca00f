//! The environment of the process. A list of it hides what looks like a secret; asked for by name, a value is given.
use super::Builtin;
use crate::{fault::Fault, lua::Natives};
use std::{collections::BTreeMap, env};

pub(super) const BUILTIN: Builtin = Builtin {
    name: "env",
    natives: |n, _| natives(n),
};

fn natives(n: &mut Natives) {
    n.sync("get", |(name,): (String,)| get(&name));
    n.sync("list", |(): ()| {
        Ok(env::vars_os()
            .map(|(name, value)| {
                let name = name.to_string_lossy().into_owned();
                let value = if is_secret(&name) {
                    "(hidden)".to_owned()
                } else {
                    value.to_string_lossy().into_owned()
                };
                (name, value)
            })
            .collect::<BTreeMap<_, _>>())
    });
}

fn get(name: &str) -> Result<Option<String>, Fault> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(Fault::bad_argument(format!(
            "env.get: \"{name}\" cannot name a variable"
        )));
    }
    Ok(env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// Whether a variable of this name is likely to hold what nobody should read over a shoulder.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words = ["TOKEN", "SECRET", "PASSW", "_KEY", "APIKEY", "CREDENTIAL"];
    words.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "DEMO_ACCESS_TOKEN",
            "S3_SECRET",
            "db_password",
            "AWS_ACCESS_KEY_ID",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["PATH", "HOME", "KEYBOARD"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
