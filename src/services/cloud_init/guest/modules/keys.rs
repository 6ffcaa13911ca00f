//! SSH keys: each user's own, and those for the user that `default` means and for root.
use super::users;
use crate::services::cloud_init::guest::{types::Guest, value, work::Work};

/// What stands before root's keys where root shall not log in.
const DISABLED: &str = "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command=\"echo \
                        'Please login as the user \\\"$USER\\\" rather than the user \\\"$DISABLE_USER\\\".';echo;\
                        sleep 10;exit 142\"";

/// The kinds of keys sshd knows.
const KINDS: &[&str] = &[
    "rsa",
    "ecdsa",
    "ed25519",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    "sk-ssh-ed25519@openssh.com",
    "ssh-dss-cert-v01@openssh.com",
    "ssh-dss",
    "ssh-ed25519-cert-v01@openssh.com",
    "ssh-ed25519",
    "ssh-rsa-cert-v01@openssh.com",
    "ssh-rsa",
    "ssh-xmss-cert-v01@openssh.com",
    "ssh-xmss@openssh.com",
];

#[allow(clippy::unnecessary_wraps)] // as every module
pub(super) fn ssh(node: &mut Work) -> Result<(), String> {
    let mut keys = Vec::new();
    if value::flag(&node.config, "allow_public_ssh_keys", true) {
        let served = node.instance.data["v1"]["public_ssh_keys"].as_array();
        keys.extend(served.into_iter().flatten().map(value::text));
    }
    if let Some(more) = node.get("ssh_authorized_keys") {
        keys.extend(value::words(&more));
    }
    let user = users::default_name(&node.config);
    if let Some(user) = &user {
        node.guest.authorize(user, &keys, None);
    }
    let options = value::flag(&node.config, "disable_root", true).then(|| {
        let words = node.config.get("disable_root_opts").map(value::text);
        let words = words.unwrap_or_else(|| DISABLED.to_owned());
        let words = words.replace("$USER", user.as_deref().unwrap_or("NONE"));
        words.replace("$DISABLE_USER", "root")
    });
    node.guest.authorize("root", &keys, options.as_deref());
    Ok(())
}

/// A key as cloud-init writes it: options, kind, key, comment; None for what is no key.
fn line(key: &str, options: Option<&str>) -> Option<String> {
    let key = key.trim();
    if key.is_empty() || key.starts_with('#') {
        return None;
    }
    let (own, rest) = match plain(key) {
        Some(_) => ("", key),
        None => past_options(key),
    };
    let key = plain(rest)?;
    let options = options.unwrap_or(own);
    Some(if options.is_empty() {
        key
    } else {
        format!("{options} {key}")
    })
}

fn plain(key: &str) -> Option<String> {
    let (kind, rest) = key.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    if !KINDS.contains(&kind) || rest.is_empty() {
        return None;
    }
    let (packed, comment) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Some(
        format!("{kind} {packed} {}", comment.trim_start())
            .trim_end()
            .to_owned(),
    )
}

/// Options end at the first blank that is not in quotes.
fn past_options(key: &str) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in key.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => return (&key[..at], key[at..].trim_start()),
            _ => {}
        }
    }
    (key, "")
}

/// Which key it is, whatever stands around it.
fn packed(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let kind = words.iter().position(|word| KINDS.contains(word))?;
    words.get(kind + 1).copied()
}

impl Guest {
    /// Puts keys into a user's authorized_keys; a key that is there is replaced.
    pub(super) fn authorize(&mut self, user: &str, keys: &[String], options: Option<&str>) {
        let Some(account) = self.account(user) else {
            return;
        };
        let path = format!(
            "{}/.ssh/authorized_keys",
            account.home.trim_end_matches('/')
        );
        let there = self.file(&path).map(|file| file.content.clone());
        let mut lines: Vec<String> = there
            .iter()
            .flat_map(|it| it.lines())
            .map(str::to_owned)
            .collect();
        for key in keys.iter().filter_map(|key| line(key, options)) {
            let same = lines.iter().position(|it| packed(it) == packed(&key));
            match same {
                Some(at) => lines[at] = key,
                None => lines.push(key),
            }
        }
        let mut text = lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        let file = self.write(&path, text.as_bytes(), 0o600);
        user.clone_into(&mut file.owner);
        let group = self
            .all_groups()
            .into_iter()
            .find(|it| it.gid == account.gid);
        if let Some(file) = self.files.iter_mut().find(|file| file.path == path) {
            file.group = group.map_or_else(|| account.gid.to_string(), |it| it.name);
        }
        if !lines.is_empty() || self.user(user).is_some() {
            let mut account = account;
            account.ssh_keys = lines;
            self.keep(account);
        }
    }
}
