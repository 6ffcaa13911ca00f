//! groupadd and useradd, with the settings of Rocky Linux: numbers from 1000, a group of one's own, bash.
use crate::services::cloud_init::guest::{
    types::{Group, Guest, User},
    value,
    work::Work,
};
use serde_json::{Map, Value};

/// Numbers that are given away; what is below belongs to the system.
const FIRST: u32 = 1000;
const LAST: u32 = 60_000;
/// The group of those without one of their own.
const USERS: u32 = 100;
const SYSTEM: std::ops::RangeInclusive<u32> = 201..=999;

/// Makes a group, unless it is there.
pub(super) fn group(node: &mut Work, name: &str) {
    if node.guest.any_group(name).is_some() {
        let told = format!("Skipping creation of existing group '{name}'");
        node.warn("__init__.py", &told);
    } else if valid(name) {
        let gid = node.guest.next_gid(None);
        node.guest.new_group(name, gid);
    } else {
        node.warn("util.py", &format!("Failed to create group {name}"));
        node.note(format!(
            "groups: groupadd: '{name}' is not a valid group name"
        ));
    }
}

fn valid(name: &str) -> bool {
    let letters = name.strip_suffix('$').unwrap_or(name);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !letters.is_empty()
        && name.len() <= 32
        && !letters.starts_with('-')
        && !matches!(letters, "." | "..")
        && letters.chars().all(fits)
        && !letters.chars().all(|c| c.is_ascii_digit())
}

/// Makes a user, unless it is there.
pub(super) fn add(node: &mut Work, name: &str, config: &Map<String, Value>) -> Result<(), String> {
    if let Some(there) = node.guest.account(name) {
        node.guest.keep(there);
        return Ok(());
    }
    let given = config.get("groups").filter(|it| value::full(it));
    let groups = given.map(value::words).unwrap_or_default();
    if !groups.is_empty() && config.get("create_groups").is_none_or(value::full) {
        for wanted in groups.iter().chain(&text(config, "primary_group")) {
            if node.guest.any_group(wanted).is_none() {
                group(node, wanted);
            }
        }
    }
    let user = useradd(&mut node.guest, name, config, &groups).map_err(|why| {
        node.warn("util.py", &format!("Failed to create user {name}"));
        format!("Failed to create user {name}: useradd: {why}; those after it are not made either")
    })?;
    let homeless = config.get("no_create_home").is_some_and(value::full) || is_system(config);
    if !homeless {
        node.guest.make_directory(&user.home);
    }
    node.guest.users.push(user);
    for wanted in groups {
        node.guest.join(name, &wanted);
    }
    Ok(())
}

/// The user as useradd makes it, or what it says instead.
fn useradd(
    guest: &mut Guest,
    name: &str,
    config: &Map<String, Value>,
    groups: &[String],
) -> Result<User, String> {
    if !valid(name) {
        return Err(format!("invalid user name '{name}'"));
    }
    if let Some(absent) = groups.iter().find(|it| guest.any_group(it).is_none()) {
        return Err(format!("group '{absent}' does not exist"));
    }
    let uid = uid(guest, config)?;
    let gid = match text(config, "primary_group") {
        Some(primary) => match guest.group_named(&primary) {
            Some(group) => group.gid,
            None => return Err(format!("group '{primary}' does not exist")),
        },
        None if config.get("no_user_group").is_some_and(value::full) => USERS,
        None if guest.any_group(name).is_some() => {
            return Err(format!(
                "group {name} exists - if you want to add this user to that group, use -g."
            ));
        }
        None => {
            let gid = guest.next_gid(Some(uid));
            guest.new_group(name, gid);
            gid
        }
    };
    Ok(User {
        name: name.to_owned(),
        uid,
        gid,
        gecos: text(config, "gecos").unwrap_or_default(),
        home: text(config, "homedir").unwrap_or_else(|| format!("/home/{name}")),
        shell: text(config, "shell").unwrap_or_else(|| "/bin/bash".to_owned()),
        ..User::default()
    })
}

/// What is not text is passed over.
fn text(config: &Map<String, Value>, key: &str) -> Option<String> {
    match config.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn is_system(config: &Map<String, Value>) -> bool {
    config.get("system").is_some_and(value::full)
}

/// The number asked for, or the next free one.
fn uid(guest: &Guest, config: &Map<String, Value>) -> Result<u32, String> {
    let taken: Vec<u32> = guest.accounts().iter().map(|user| user.uid).collect();
    if let Some(asked) = config.get("uid") {
        let asked = value::text(asked);
        if !asked.is_empty() {
            let uid = asked
                .parse()
                .map_err(|_| format!("invalid user ID '{asked}'"))?;
            if taken.contains(&uid) {
                return Err(format!("UID {uid} is not unique"));
            }
            return Ok(uid);
        }
    }
    if is_system(config) {
        let lowest = taken.iter().filter(|id| SYSTEM.contains(id)).min();
        return Ok(lowest.map_or(*SYSTEM.end(), |id| id - 1));
    }
    Ok(after(&taken))
}

/// The number behind the highest that is taken.
fn after(taken: &[u32]) -> u32 {
    let given = taken.iter().filter(|id| (FIRST..=LAST).contains(*id));
    match given.max() {
        Some(highest) if *highest < LAST => highest + 1,
        Some(_) => (FIRST..=LAST)
            .find(|id| !taken.contains(id))
            .unwrap_or(LAST),
        None => FIRST,
    }
}

impl Guest {
    /// A group by name or number.
    fn group_named(&self, name: &str) -> Option<Group> {
        let number = name.parse().ok();
        self.any_group(name).or_else(|| {
            let all = self.all_groups();
            all.into_iter().find(|group| Some(group.gid) == number)
        })
    }

    /// The number for a new group: a user's own number if that is free.
    fn next_gid(&self, wanted: Option<u32>) -> u32 {
        let taken: Vec<u32> = self.all_groups().iter().map(|group| group.gid).collect();
        match wanted.filter(|gid| !taken.contains(gid)) {
            Some(gid) => gid,
            None => after(&taken),
        }
    }

    fn new_group(&mut self, name: &str, gid: u32) {
        self.groups.push(Group {
            name: name.to_owned(),
            gid,
            members: Vec::new(),
        });
    }

    /// Adds a user to a group.
    pub(super) fn join(&mut self, user: &str, group: &str) {
        if let Some(mut account) = self.account(user)
            && !account.groups.iter().any(|it| it == group)
        {
            account.groups.push(group.to_owned());
            self.keep(account);
        }
        if let Some(group) = self.groups.iter_mut().find(|it| it.name == group)
            && !group.members.iter().any(|it| it == user)
        {
            group.members.push(user.to_owned());
        }
    }

    /// Stores what is known of a user.
    pub(in crate::services::cloud_init::guest) fn keep(&mut self, user: User) {
        match self.users.iter_mut().find(|it| it.name == user.name) {
            Some(there) => *there = user,
            None => self.users.push(user),
        }
    }
}
