//! What tokensmith keeps: the policies of bootstrap tokens, the families of refresh tokens, and who tried wrong ones.
//!
//! No token is kept, only its SHA-256. Pure: no HTTP, no clock, no chance; the caller says what time it is and brings the
//! tokens it has made.
use crate::{
    fault::Fault,
    table::{self, Rows, Table},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Wrong bootstrap tokens are counted over this time.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// So many within it, and the client is not listened to.
const ATTEMPTS: usize = 10;

/// Why the store did not do as it was asked.
#[derive(Debug, PartialEq)]
pub enum Refusal {
    /// Unknown, used or ended: nobody is told which.
    Invalid,
    /// Too many wrong tokens from this client.
    Throttled,
    /// The lab could not write its journal.
    Disk(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Disk(fault)
    }
}

/// What a token that is made from a bootstrap token may say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub subject: String,
    pub audience: String,
    pub scopes: Vec<String>,
}

/// A bootstrap token's policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    #[serde(flatten)]
    pub grant: Grant,
    /// The longest that refresh tokens got with it are good for.
    pub refresh_ttl: SignedDuration,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub consumed_at: Option<Timestamp>,
    pub consumed_by: String,
    /// The family of the refresh token that was given for it.
    pub family: String,
}

/// The refresh tokens that follow each other; the last one is good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Family {
    #[serde(flatten)]
    pub grant: Grant,
    pub current: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_used_at: Timestamp,
    pub usage_count: u64,
}

pub struct Store {
    policies: Table<Policy>,
    families: Table<Family>,
    /// When each client came with a wrong token. In memory only, as in reality.
    attempts: HashMap<String, Vec<Timestamp>>,
    /// The number given last.
    last: i128,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            policies: Table::new("bootstrap_tokens"),
            families: Table::new("refresh_families"),
            attempts: HashMap::new(),
            last: 0,
        }
    }
}

impl table::Store for Store {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![&self.policies, &self.families]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.policies, &mut self.families]
    }

    /// A reset or a restart forgets who tried.
    fn loaded(&mut self) {
        self.attempts.clear();
    }
}

/// What stands for a token in the store.
fn digest(token: &str) -> String {
    use std::fmt::Write as _;
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    sum.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Store {
    /// Keeps the policy of a new bootstrap token.
    pub fn put(&mut self, token: &str, policy: Policy) {
        self.policies.put(&digest(token), policy);
    }

    /// A number that none had before: the moment in nanoseconds, or the next one where time stands still.
    pub fn number(&mut self, now: Timestamp) -> i128 {
        self.last = now.as_nanosecond().max(self.last + 1);
        self.last
    }

    /// Whether this client has tried too often.
    pub fn listens_to(&mut self, client: &str, now: Timestamp) -> Result<(), Refusal> {
        let Some(times) = self.attempts.get_mut(client) else {
            return Ok(());
        };
        times.retain(|at| now.duration_since(*at) <= WINDOW);
        if times.len() >= ATTEMPTS {
            return Err(Refusal::Throttled);
        }
        Ok(())
    }

    /// Uses a bootstrap token up; `refresh` is the refresh token given for it. Only an unknown one counts as an attempt.
    pub fn redeem(
        &mut self,
        token: &str,
        refresh: &str,
        client: &str,
        now: Timestamp,
    ) -> Result<Policy, Refusal> {
        let key = digest(token);
        let Some(policy) = self.policies.get(&key).cloned() else {
            let times = self.attempts.entry(client.to_owned()).or_default();
            times.push(now);
            return Err(Refusal::Invalid);
        };
        if now > policy.expires_at || policy.consumed_at.is_some() {
            return Err(Refusal::Invalid);
        }
        let family = format!("family-{}", self.number(now));
        let expires_at = now.checked_add(policy.refresh_ttl);
        self.families.put(
            &family,
            Family {
                grant: policy.grant.clone(),
                current: digest(refresh),
                issued_at: now,
                expires_at: expires_at.unwrap_or(Timestamp::MAX),
                last_used_at: now,
                usage_count: 0,
            },
        );
        self.policies.update(&key, |policy| {
            policy.consumed_at = Some(now);
            client.clone_into(&mut policy.consumed_by);
            policy.family = family;
        });
        Ok(policy)
    }

    /// Puts the refresh token `next` in the place of one that is good.
    pub fn rotate(&mut self, token: &str, next: &str, now: Timestamp) -> Result<Family, Refusal> {
        let key = digest(token);
        let good =
            |(_, family): &(&str, &Family)| family.current == key && now <= family.expires_at;
        let found = self.families.iter().find(good);
        let found = found.map(|(id, family)| (id.to_owned(), family.clone()));
        let (id, family) = found.ok_or(Refusal::Invalid)?;
        self.families.update(&id, |family| {
            family.current = digest(next);
            family.last_used_at = now;
            family.usage_count += 1;
        });
        Ok(family)
    }
}
