//! `id` and `getent`: who there is, and in which groups.
use super::{Answer, good, not_simulated};
use crate::services::cloud_init::guest::types::{Group, Guest, Ran, User};
use std::fmt::Write;

pub(super) fn id(guest: &Guest, command: &str, words: &[&str]) -> Answer {
    let name = match words {
        [] => "root",
        [name] if !name.starts_with('-') => name,
        _ => return Err(not_simulated(command)),
    };
    let by_number = |user: &User| name.parse() == Ok(user.uid);
    let found = guest
        .account(name)
        .or_else(|| guest.accounts().into_iter().find(by_number));
    let Some(user) = found else {
        return Ok(Ran {
            status: 1,
            output: format!("id: ‘{name}’: no such user\n"),
        });
    };
    let all = guest.all_groups();
    let named = |gid: u32| all.iter().find(|it| it.gid == gid);
    let shown = |group: &Group| format!("{}({})", group.gid, group.name);
    let own = named(user.gid).map_or_else(|| user.gid.to_string(), shown);
    let mut groups = vec![own.clone()];
    let others = all
        .iter()
        .filter(|it| it.gid != user.gid && it.members.contains(&user.name));
    groups.extend(others.map(shown));
    good(format!(
        "uid={}({}) gid={own} groups={}\n",
        user.uid,
        user.name,
        groups.join(",")
    ))
}

/// A line of /etc/passwd.
fn line(user: &User) -> String {
    let User {
        name,
        uid,
        gid,
        gecos,
        home,
        shell,
        ..
    } = user;
    format!("{name}:x:{uid}:{gid}:{gecos}:{home}:{shell}\n")
}

fn group_line(group: &Group) -> String {
    format!(
        "{}:x:{}:{}\n",
        group.name,
        group.gid,
        group.members.join(",")
    )
}

pub(super) fn passwd(guest: &Guest) -> String {
    guest.accounts().iter().map(line).collect()
}

pub(super) fn group(guest: &Guest) -> String {
    guest.all_groups().iter().map(group_line).collect()
}

pub(super) fn getent(guest: &Guest, command: &str, words: &[&str]) -> Answer {
    let (database, names) = match words {
        [database @ ("passwd" | "group"), names @ ..] => (*database, names),
        _ => return Err(not_simulated(command)),
    };
    if names.is_empty() {
        return good(if database == "passwd" {
            passwd(guest)
        } else {
            group(guest)
        });
    }
    let mut ran = Ran::default();
    for name in names {
        let number: Option<u32> = name.parse().ok();
        let found = if database == "passwd" {
            let fits = |it: &&User| it.name == *name || Some(it.uid) == number;
            guest.accounts().iter().find(fits).map(line)
        } else {
            let fits = |it: &&Group| it.name == *name || Some(it.gid) == number;
            guest.all_groups().iter().find(fits).map(group_line)
        };
        match found {
            Some(line) => _ = write!(ran.output, "{line}"),
            None => ran.status = 2,
        }
    }
    Ok(ran)
}
