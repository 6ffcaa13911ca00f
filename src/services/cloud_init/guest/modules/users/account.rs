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
const SYSTEM: std::ops::RangeInclusive<u32> = 201..=999;

/// Makes a group, unless it is there.
pub(super) fn group(work: &mut Work, name: &str) -> Result<(), String> {
    if work.guest.any_group(name).is_some() {
        work.warn(
            "__init__.py",
            &format!("Skipping creation of existing group '{name}'"),
        );
        return Ok(());
    }
    if !valid(name) {
        work.warn("util.py", &format!("Failed to create group {name}"));
        work.note(format!(
            "groups: groupadd: '{name}' is not a valid group name"
        ));
        return Ok(());
    }
    let gid = work.guest.next_gid(None);
    work.guest.groups.push(Group {
        name: name.to_owned(),
        gid,
        members: Vec::new(),
    });
    Ok(())
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
pub(super) fn add(work: &mut Work, name: &str, config: &Map<String, Value>) -> Result<(), String> {
    if let Some(there) = work.guest.account(name) {
        if work.guest.user(name).is_none() {
            work.guest.keep(there);
        }
        return Ok(());
    }
    let text = |key: &str| match config.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let mut groups: Vec<String> = Vec::new();
    if let Some(given) = config.get("groups").filter(|it| value::full(it)) {
        groups = value::words(given);
    }
    let primary = text("primary_group");
    if !groups.is_empty() && config.get("create_groups").is_none_or(value::full) {
        for wanted in groups.iter().chain(&primary) {
            if work.guest.any_group(wanted).is_none() {
                group(work, wanted)?;
            }
        }
    }
    let refused = |why: String| format!("Failed to create user {name}: useradd: {why}");
    if !valid(name) {
        return Err(refused(format!("invalid user name '{name}'")));
    }
    if let Some(absent) = groups.iter().find(|it| work.guest.any_group(it).is_none()) {
        return Err(refused(format!("group '{absent}' does not exist")));
    }
    let uid = uid(&work.guest, config).map_err(refused)?;
    let gid = match &primary {
        Some(primary) => match work.guest.group_named(primary) {
            Some(group) => group.gid,
            None => return Err(refused(format!("group '{primary}' does not exist"))),
        },
        None if config.get("no_user_group").is_some_and(value::full) => 100,
        None if work.guest.any_group(name).is_some() => {
            return Err(refused(format!(
                "group {name} exists - if you want to add this user to that group, use -g."
            )));
        }
        None => {
            let gid = if is_system(config) {
                uid
            } else {
                work.guest.next_gid(Some(uid))
            };
            work.guest.groups.push(Group {
                name: name.to_owned(),
                gid,
                members: Vec::new(),
            });
            gid
        }
    };
    let home = text("homedir").unwrap_or_else(|| format!("/home/{name}"));
    let homeless = config.get("no_create_home").is_some_and(value::full) || is_system(config);
    if !homeless {
        work.guest.make_directory(&home);
    }
    work.guest.users.push(User {
        name: name.to_owned(),
        uid,
        gid,
        gecos: text("gecos").unwrap_or_default(),
        home,
        shell: text("shell").unwrap_or_else(|| "/bin/bash".to_owned()),
        ..User::default()
    });
    for wanted in groups {
        work.guest.join(name, &wanted);
    }
    Ok(())
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
