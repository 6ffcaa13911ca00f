//! Filters as SMD takes them: a field may be given several times, `!` before a value excludes it.
use super::{Store, Trouble, component::Row, said, sets::Sets, words};
use crate::services::smd::xname;
use serde::Deserialize;

/// Wanted and unwanted values of one field, in order: a filter may name thousands.
#[derive(Clone, Debug, Default)]
pub struct Pick {
    any: Vec<String>,
    none: Vec<String>,
}

impl Pick {
    /// Reads the values of one field; `norm` gives a value's own spelling. `None`: one is not of this field's words. An
    /// empty value asks for records without the field, where `empty_ok`.
    pub fn read(
        values: Vec<String>,
        empty_ok: bool,
        norm: impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let mut pick = Self::default();
        for value in values {
            let bare = value.trim_start_matches('!');
            let negated = value.starts_with('!');
            // only a leading mark negates; what else begins with one is an odd value
            let spelled = norm(if negated { bare } else { &value }).unwrap_or_default();
            if spelled.is_empty() && !(empty_ok && bare.is_empty()) {
                return None;
            }
            if negated {
                pick.none.push(spelled);
            } else {
                pick.any.push(spelled);
            }
        }
        pick.any.sort_unstable();
        pick.none.sort_unstable();
        Some(pick)
    }

    /// Any text.
    pub fn text(values: Vec<String>) -> Self {
        Self::read(values, true, |value| Some(value.to_owned())).unwrap_or_default()
    }

    /// xnames; an empty one matches nothing and is not refused.
    pub fn ids(values: Vec<String>) -> Result<Self, Trouble> {
        Self::read(values, true, xname::valid).ok_or(said::BAD_ID)
    }

    /// Types of component.
    pub fn kinds(values: Vec<String>) -> Result<Self, Trouble> {
        let norm = |word: &str| xname::kind_named(word).map(str::to_owned);
        Self::read(values, true, norm).ok_or(said::BAD_TYPE)
    }

    pub fn takes(&self, value: &str) -> bool {
        let among = |list: &[String]| {
            let found = list.binary_search_by(|entry| entry.as_str().cmp(value));
            found.is_ok()
        };
        (self.any.is_empty() || among(&self.any)) && !among(&self.none)
    }

    fn takes_option(&self, value: Option<&String>) -> bool {
        self.takes(value.map_or("", String::as_str))
    }
}

/// A filter over components as it comes in, from a query or a body.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ComponentFilter {
    pub id: Vec<String>,
    pub nid: Vec<String>,
    pub nid_start: Vec<String>,
    pub nid_end: Vec<String>,
    #[serde(rename = "type")]
    pub kind: Vec<String>,
    pub state: Vec<String>,
    pub flag: Vec<String>,
    pub enabled: Vec<String>,
    pub softwarestatus: Vec<String>,
    pub role: Vec<String>,
    pub subrole: Vec<String>,
    pub subtype: Vec<String>,
    pub arch: Vec<String>,
    pub class: Vec<String>,
    pub group: Vec<String>,
    pub partition: Vec<String>,
    pub locked: Vec<String>,
    pub reservation_disabled: Vec<String>,
}

/// A filter over components that was found to make sense.
#[derive(Clone, Debug)]
pub struct Selection {
    id: Pick,
    kind: Pick,
    state: Pick,
    flag: Pick,
    enabled: Pick,
    software_status: Pick,
    role: Pick,
    sub_role: Pick,
    subtype: Pick,
    arch: Pick,
    class: Pick,
    locked: Pick,
    reservation_disabled: Pick,
    nids: Nids,
    sets: Sets,
}

/// Which NIDs are asked for.
#[derive(Clone, Debug)]
enum Nids {
    All,
    Values { any: Vec<i64>, none: Vec<i64> },
    Ranges(Vec<(i64, i64)>),
}

impl ComponentFilter {
    /// Whether descendants are asked for: a query by type goes down the tree.
    pub fn goes_down(&self) -> bool {
        !self.kind.is_empty()
    }

    pub fn check(self) -> Result<Selection, Trouble> {
        let id = Pick::read(self.id, false, xname::valid).ok_or(said::BAD_ID)?;
        let kind = Pick::kinds(self.kind)?;
        let state = known(self.state, false, &words::STATE, said::BAD_STATE)?;
        let flag = known(self.flag, false, &words::FLAG, said::BAD_FLAG)?;
        let enabled = Pick::read(self.enabled, false, yes_or_no).ok_or(said::NO_MATCH)?;
        let role = known(self.role, true, &words::ROLE, said::BAD_ROLE)?;
        let sub_role = known(self.subrole, true, &words::SUB_ROLE, said::BAD_SUBROLE)?;
        let alphanumeric = |word: &str| {
            let plain = word.chars().all(char::is_alphanumeric);
            plain.then(|| word.to_owned())
        };
        let subtype = Pick::read(self.subtype, true, alphanumeric).ok_or(said::BAD_SUBTYPE)?;
        let arch = known(self.arch, true, &words::ARCH, said::BAD_ARCH)?;
        let class = known(self.class, true, &words::CLASS, said::BAD_CLASS)?;
        let nid = Pick::read(self.nid, false, digits).ok_or(said::NOT_AN_INT)?;
        let start = bounds(&self.nid_start)?;
        let end = bounds(&self.nid_end)?;
        let sets = Sets::read(self.group, self.partition)?;
        // what follows goes to the database unchecked, which takes some words for true and refuses others
        let boolean = |values| Pick::read(values, false, database_bool).ok_or_else(odd);
        Ok(Selection {
            id,
            kind,
            state,
            flag,
            enabled,
            software_status: Pick::text(self.softwarestatus),
            role,
            sub_role,
            subtype,
            arch,
            class,
            locked: boolean(self.locked)?,
            reservation_disabled: boolean(self.reservation_disabled)?,
            nids: nids(nid, start, end)?,
            sets,
        })
    }
}

fn known(
    values: Vec<String>,
    empty_ok: bool,
    words: &words::Words,
    refusal: Trouble,
) -> Result<Pick, Trouble> {
    let norm = |word: &str| words.find(word).map(str::to_owned);
    Pick::read(values, empty_ok, norm).ok_or(refusal)
}

fn yes_or_no(word: &str) -> Option<String> {
    match word.to_lowercase().as_str() {
        "true" | "t" | "1" => Some("true".into()),
        "false" | "f" | "0" => Some("false".into()),
        _ => None,
    }
}

/// PostgreSQL's reading of a boolean: any beginning of these words.
fn database_bool(word: &str) -> Option<String> {
    let word = word.trim().to_lowercase();
    let starts = |full: &str| !word.is_empty() && full.starts_with(&word);
    if word == "1" || ["true", "yes"].iter().any(|full| starts(full)) || word == "on" {
        Some("true".into())
    } else if word == "0"
        || ["false", "no"].iter().any(|full| starts(full))
        || (word.len() > 1 && starts("off"))
    {
        Some("false".into())
    } else {
        None
    }
}

/// The database cannot read a value as its column's type.
fn odd() -> Trouble {
    Trouble::Database("pq: invalid input syntax (22P02)".into())
}

/// A NID is digits only; none at all asks for components without one.
fn digits(word: &str) -> Option<String> {
    if word.is_empty() {
        return Some("-1".into());
    }
    word.chars().all(char::is_numeric).then(|| word.to_owned())
}

/// Ends of ranges, in the order given, for they go in pairs. A mark stays where it is: the database will stumble over it.
fn bounds(values: &[String]) -> Result<Vec<String>, Trouble> {
    let bound = |value: &String| {
        let bare = value.trim_start_matches('!');
        let mark = if value.starts_with('!') { "!" } else { "" };
        digits(bare).map(|number| format!("{mark}{number}"))
    };
    let bounds: Option<Vec<String>> = values.iter().map(bound).collect();
    bounds.ok_or(said::NOT_AN_INT)
}

/// What the database makes of NIDs: numbers of its own width.
fn nids(nid: Pick, start: Vec<String>, end: Vec<String>) -> Result<Nids, Trouble> {
    let numbers = |texts: Vec<String>| -> Result<Vec<i64>, Trouble> {
        let number = |text: String| text.parse().map_err(|_| odd());
        texts.into_iter().map(number).collect()
    };
    if start.is_empty() && end.is_empty() {
        let (mut any, none) = (numbers(nid.any)?, numbers(nid.none)?);
        any.sort_unstable();
        if any.is_empty() && none.is_empty() {
            return Ok(Nids::All);
        }
        return Ok(Nids::Values { any, none });
    }
    if !nid.none.is_empty() {
        return Err(odd());
    }
    let (starts, ends) = (numbers(start)?, numbers(end)?);
    let lowest = if starts.is_empty() { 0 } else { i64::MIN };
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for place in 0..starts.len().max(ends.len()) {
        let low = starts.get(place).copied().unwrap_or(lowest);
        let high = ends.get(place).copied().unwrap_or(i64::MAX);
        spans.push((low, high));
    }
    for number in numbers(nid.any)? {
        spans.push((number.max(lowest), number));
    }
    Ok(Nids::Ranges(spans))
}

impl Nids {
    fn takes(&self, nid: i64) -> bool {
        match self {
            Self::All => true,
            Self::Values { any, none } => {
                (any.is_empty() || any.binary_search(&nid).is_ok()) && !none.contains(&nid)
            }
            Self::Ranges(ranges) => ranges
                .iter()
                .any(|(low, high)| (*low..=*high).contains(&nid)),
        }
    }
}

impl Selection {
    /// Whether a component is selected.
    pub fn takes(&self, store: &Store, row: &Row) -> bool {
        let flag = |value: Option<bool>| if value == Some(true) { "true" } else { "false" };
        let c = row.component();
        self.id.takes(&c.id)
            && self.kind.takes_option(c.kind.as_ref())
            && self.state.takes_option(c.state.as_ref())
            && self.flag.takes_option(c.flag.as_ref())
            && self.enabled.takes(flag(c.enabled))
            && self
                .software_status
                .takes_option(c.software_status.as_ref())
            && self.role.takes_option(c.role.as_ref())
            && self.sub_role.takes_option(c.sub_role.as_ref())
            && self.subtype.takes_option(c.subtype.as_ref())
            && self.arch.takes_option(c.arch.as_ref())
            && self.class.takes_option(c.class.as_ref())
            && self.locked.takes(flag(c.locked))
            && self
                .reservation_disabled
                .takes(flag(c.reservation_disabled))
            && self.nids.takes(c.nid.unwrap_or(-1))
            && self.sets.take(store, &c.id)
    }

    /// Whether groups or partitions are asked for: then SMD joins tables.
    pub fn joins(&self) -> bool {
        self.sets != Sets::All
    }
}
