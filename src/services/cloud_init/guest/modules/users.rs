//! Groups and users: who is wanted (`wanted`), and what useradd makes of it (`account`).
mod account;
mod wanted;

use crate::services::cloud_init::guest::{value, work::Work};
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// Keys that a user without a home cannot have.
const NEED_HOME: &[&str] = &["ssh_authorized_keys", "ssh_import_id", "ssh_redirect_user"];
const NO_HOME: &[&str] = &["no_create_home", "system"];

/// Whom `default` means, if such a user is wanted.
pub(super) fn default_name(config: &Map<String, Value>) -> Option<String> {
    let wanted = wanted::users(config).ok()?;
    let found = wanted.iter().find(|user| user.default);
    found.map(|user| user.name.clone())
}

pub(super) fn users_groups(node: &mut Work) -> Result<(), String> {
    let users = wanted::users(&node.config)?;
    let groups = wanted::groups(node.config.get("groups"))?;
    for (name, members) in &groups {
        account::group(node, name);
        for member in members {
            if node.guest.account(member).is_none() {
                let told = format!(
                    "Unable to add group member '{member}' to group '{name}'; user does not exist."
                );
                node.warn("__init__.py", &told);
                node.note(format!(
                    "groups: {member} is no user yet and does not join {name}"
                ));
                continue;
            }
            node.guest.join(member, name);
        }
    }
    for user in users {
        one(node, &user)?;
    }
    Ok(())
}

fn one(node: &mut Work, user: &wanted::Wanted) -> Result<(), String> {
    let name = &user.name;
    let has = |keys: &[&str]| -> Vec<String> {
        let set = keys
            .iter()
            .filter(|key| user.config.get(**key).is_some_and(value::full));
        set.map(|key| (*key).to_owned()).collect()
    };
    let (needs, without) = (has(NEED_HOME), has(NO_HOME));
    if !needs.is_empty() && !without.is_empty() {
        return Err(format!(
            "Not creating user {name}. Key(s) {} cannot be provided with {}",
            needs.join(", "),
            without.join(", ")
        ));
    }
    if user.config.contains_key("snapuser") {
        node.note(format!(
            "users: {name} is a user of snap, which this system has not"
        ));
        return Ok(());
    }
    account::add(node, name, &user.config)?;
    passwords(node, name, &user.config);
    sudo(node, name, user.config.get("sudo"))?;
    match user.config.get("ssh_authorized_keys") {
        None | Some(Value::Null) => {}
        Some(keys @ (Value::Array(_) | Value::Object(_))) => {
            let keys: Vec<String> = match keys {
                Value::Array(items) => items.iter().map(value::text).collect(),
                Value::Object(map) => map.values().map(value::text).collect(),
                _ => Vec::new(),
            };
            node.guest.authorize(name, &keys, None);
        }
        Some(Value::String(key)) => node.guest.authorize(name, std::slice::from_ref(key), None),
        Some(other) => {
            let sort = value::sort(other);
            node.warn("__init__.py", &format!("Invalid type '<class '{sort}'>' detected for 'ssh_authorized_keys', expected list, string, dict, or set."));
        }
    }
    for key in [
        "ssh_import_id",
        "ssh_redirect_user",
        "expiredate",
        "inactive",
        "selinux_user",
    ] {
        if user.config.get(key).is_some_and(value::full) {
            node.note(format!("users: {key} of {name} is noted, not simulated"));
        }
    }
    Ok(())
}

/// Whether there is a password, and whether it is locked; the password itself is passed over.
fn passwords(node: &mut Work, name: &str, config: &Map<String, Value>) {
    let Some(mut user) = node.guest.account(name) else {
        return;
    };
    let given = ["passwd", "hashed_passwd", "plain_text_passwd"];
    user.has_password |= given
        .iter()
        .any(|key| config.get(*key).is_some_and(value::full));
    user.lock_passwd = config.get("lock_passwd").is_none_or(value::full);
    node.guest.keep(user);
}

fn sudo(node: &mut Work, name: &str, rules: Option<&Value>) -> Result<(), String> {
    let rules: Vec<String> = match rules {
        None => return Ok(()),
        Some(rules) if !value::full(rules) => return Ok(()),
        Some(Value::String(rule)) => vec![rule.clone()],
        Some(Value::Array(rules)) => rules.iter().map(value::text).collect(),
        Some(other) => {
            return Err(format!(
                "Can not create sudoers rule addition with type '{}'",
                value::sort(other)
            ));
        }
    };
    let path = "/etc/sudoers.d/90-cloud-init-users";
    let there = node.guest.file(path).map(|file| file.content.clone());
    let mut text = there.unwrap_or_else(|| "# Created by cloud-init\n".to_owned());
    _ = writeln!(text, "\n# User rules for {name}");
    for rule in &rules {
        _ = writeln!(text, "{name} {rule}");
    }
    node.guest.write(path, text.as_bytes(), 0o440);
    if let Some(mut user) = node.guest.account(name) {
        user.sudo.extend(rules);
        node.guest.keep(user);
    }
    Ok(())
}

/// `chpasswd` and `password`: who has a password afterwards.
pub(super) fn set_passwords(node: &mut Work) -> Result<(), String> {
    let mut names: Vec<String> = Vec::new();
    if let Some(Value::Object(chpasswd)) = node.get("chpasswd") {
        if let Some(Value::Array(users)) = chpasswd.get("users") {
            names.extend(
                users
                    .iter()
                    .filter_map(|user| Some(user.get("name")?.as_str()?.to_owned())),
            );
        }
        let lines: Vec<String> = match chpasswd.get("list") {
            Some(Value::String(text)) => text.lines().map(str::to_owned).collect(),
            Some(Value::Array(items)) => items.iter().map(value::text).collect(),
            _ => Vec::new(),
        };
        names.extend(
            lines
                .iter()
                .filter_map(|line| Some(line.split_once(':')?.0.to_owned())),
        );
    }
    if names.is_empty() && node.get("password").is_some() {
        names.extend(default_name(&node.config));
    }
    let mut missing = Vec::new();
    for name in names {
        match node.guest.account(&name) {
            Some(mut user) => {
                (user.has_password, user.lock_passwd) = (true, false);
                node.guest.keep(user);
            }
            None => missing.push(name),
        }
    }
    if let Some(asked) = node.get("ssh_pwauth") {
        let asked = if value::is_true(&asked) { "yes" } else { "no" };
        node.note(format!(
            "ssh_pwauth: sshd is told {asked}; nobody logs in to a simulated node"
        ));
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("chpasswd: no such user: {}", missing.join(", ")))
}
