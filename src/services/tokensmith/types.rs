//! tokensmith's wire types, with the names it uses.
use serde::{Deserialize, Serialize};
use std::fmt;

/// The grant types it knows.
pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub const REFRESH: &str = "refresh_token";
/// What a bootstrap token is called in an exchange.
pub const BOOTSTRAP: &str = "urn:openchami:params:oauth:token-type:bootstrap-token";
/// What comes out of one.
pub const ACCESS: &str = "urn:ietf:params:oauth:token-type:access-token";

/// An access token, and the refresh token that gets the next one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub access_token: String,
    pub token_type: String,
    /// Seconds.
    pub expires_in: i64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refresh_token: String,
    /// Seconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refresh_expires_in: i64,
    /// Words with spaces between them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    pub issued_token_type: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde wants it
fn is_zero(seconds: &i64) -> bool {
    *seconds == 0
}

/// A token is never shown, not even to a developer.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_in", &self.expires_in)
            .field("refresh_expires_in", &self.refresh_expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// How OAuth says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub error: String,
    #[serde(default)]
    pub error_description: String,
}

/// What `/health` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub cluster_id: String,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The identity provider whose tokens it exchanges.
    pub oidc_issuer: String,
    pub openchami_id: String,
    pub service: String,
    /// Whether services may come with a certificate in place of a bootstrap token.
    pub service_identity_ca_configured: bool,
    pub status: String,
}

/// The identity provider as tokensmith is set up for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    pub configured: bool,
    pub issuer_url: String,
    pub client_id: String,
    /// Whether user tokens may be made on the head node, past any identity provider.
    pub local_user_mint_enabled: bool,
}

/// What `/admin/oidc/config` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderAnswer {
    /// `ok`, `created`, `replaced`, `would_create` or `would_replace`.
    pub status: String,
    pub oidc: Provider,
}

/// A change of the identity provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderChange {
    pub issuer_url: String,
    pub client_id: String,
    pub replace_existing: bool,
    /// Only say what would be done.
    pub dry_run: bool,
}
