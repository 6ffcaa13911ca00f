//! Which users and groups a configuration asks for, in all the spellings it may have.
use crate::services::cloud_init::guest::{image, value};
use serde_json::{Map, Value};

/// A user that is asked for, and what is said about it.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) config: Map<String, Value>,
    pub(super) default: bool,
}

/// Name by name, each with its members.
pub(super) fn groups(given: Option<&Value>) -> Result<Vec<(String, Vec<String>)>, String> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |name: &str, members: Vec<String>| match found
        .iter_mut()
        .find(|(known, _)| known == name)
    {
        Some((_, there)) => there.extend(members),
        None => found.push((name.to_owned(), members)),
    };
    match given {
        None => {}
        Some(Value::String(text)) => {
            for name in text.trim().split(',') {
                add(name, Vec::new());
            }
        }
        Some(Value::Object(map)) => {
            for (name, members) in map {
                add(name, value::words(members));
            }
        }
        Some(Value::Array(items)) => {
            for item in items {
                match item {
                    Value::String(name) => add(name, Vec::new()),
                    Value::Object(map) => {
                        for (name, members) in map {
                            match members {
                                Value::Array(_) => add(name, value::words(members)),
                                Value::String(member) => add(name, vec![member.clone()]),
                                other => {
                                    return Err(format!(
                                        "Bad group member type {}",
                                        value::sort(other)
                                    ));
                                }
                            }
                        }
                    }
                    other => return Err(format!("Unknown group name type {}", value::sort(other))),
                }
            }
        }
        Some(other) => {
            return Err(format!(
                "Group config must be list, dict or string type only but found {}",
                value::sort(other)
            ));
        }
    }
    for (_, members) in &mut found {
        members.sort();
        members.dedup();
    }
    Ok(found)
}

/// A name and what is said about it.
type Named = (String, Map<String, Value>);

/// In the order in which they are made.
pub(super) fn users(config: &Map<String, Value>) -> Result<Vec<Wanted>, String> {
    let old = match config.get("user") {
        Some(Value::String(name)) if !name.is_empty() => Some(Map::from_iter([(
            "name".to_owned(),
            Value::from(name.as_str()),
        )])),
        Some(Value::Object(map)) if !map.is_empty() => Some(map.clone()),
        _ => None,
    };
    let mut users = listed(config.get("users"))?;
    if old.is_some() && !users.iter().any(|(name, _)| name == "default") {
        users.push(("default".to_owned(), Map::new()));
    }
    for (_, config) in &mut users {
        let keys = std::mem::take(config).into_iter();
        let spelled = keys.map(|(key, value)| (key.replace('-', "_").trim().to_owned(), value));
        *config = spelled.filter(|(key, _)| !key.is_empty()).collect();
    }
    let mut named = None;
    if let Some(at) = users.iter().position(|(name, _)| name == "default") {
        let (_, own) = users.remove(at);
        let mut general = old.unwrap_or_default();
        first_wins(&mut general, &image::default_user());
        let name = general
            .shift_remove("name")
            .map(|it| value::text(&it))
            .unwrap_or_default();
        named = Some(name.clone());
        merge_default(&mut users, name, general, &own);
    }
    Ok(users
        .into_iter()
        .map(|(name, config)| Wanted {
            default: named.as_ref() == Some(&name),
            name,
            config,
        })
        .collect())
}

/// The default user is the image's, with what is said about `default` and about its name.
fn merge_default(
    users: &mut Vec<Named>,
    name: String,
    mut general: Map<String, Value>,
    own: &Map<String, Value>,
) {
    let at = users.iter().position(|(known, _)| *known == name);
    let mut said = at.map(|at| users.remove(at).1).unwrap_or_default();
    let mut groups = said.get("groups").map(value::words).unwrap_or_default();
    groups.extend(general.shift_remove("groups").iter().flat_map(value::words));
    groups.sort();
    groups.dedup();
    said.insert("groups".to_owned(), Value::from(groups.join(",")));
    first_wins(&mut general, own);
    first_wins(&mut general, &said);
    users.push((name, general));
}

fn first_wins(config: &mut Map<String, Value>, more: &Map<String, Value>) {
    for (key, value) in more {
        config.entry(key.clone()).or_insert_with(|| value.clone());
    }
}

fn listed(given: Option<&Value>) -> Result<Vec<Named>, String> {
    let mut users: Vec<Named> = Vec::new();
    let mut add = |name: String, config: Map<String, Value>| match users
        .iter_mut()
        .find(|(known, _)| *known == name)
    {
        Some((_, there)) => first_wins(there, &config),
        None => users.push((name, config)),
    };
    match given {
        Some(Value::Array(items)) => {
            for item in items {
                match item {
                    Value::String(_) | Value::Array(_) => {
                        for name in value::words(item) {
                            add(name, Map::new());
                        }
                    }
                    Value::Object(map) => {
                        let mut map = map.clone();
                        let name = map.shift_remove("name");
                        let name = name.map_or_else(|| "default".to_owned(), |it| value::text(&it));
                        add(name, map);
                    }
                    other => {
                        return Err(format!(
                            "User config must be dictionary/list or string  types only and not {}",
                            value::sort(other)
                        ));
                    }
                }
            }
        }
        Some(Value::Object(map)) => {
            for (name, config) in map {
                match config {
                    Value::Object(config) => add(name.clone(), config.clone()),
                    Value::Array(_) | Value::Null => {
                        return Err(format!(
                            "Unmappable user value type {} for key {name}",
                            value::sort(config)
                        ));
                    }
                    word if value::is_true(word) => add(name.clone(), Map::new()),
                    _ => {}
                }
            }
        }
        Some(text @ Value::String(_)) => {
            let mut names = value::words(text);
            names.sort();
            for name in names {
                add(name, Map::new());
            }
        }
        _ => {}
    }
    Ok(users)
}
