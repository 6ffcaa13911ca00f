//! The server of itself, and what otherwise only nodes send.
use super::super::types::{PublicKey, Tunnel, Version};
use super::{Client, fault};
use crate::fault::{Fault, Kind};
use serde::{Deserialize, Serialize};

/// What a node tells when its configuration is done.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhoneHome {
    pub pub_key_rsa: String,
    pub pub_key_ecdsa: String,
    pub pub_key_ed25519: String,
    pub instance_id: String,
    pub hostname: String,
    pub fqdn: String,
}

impl PhoneHome {
    fn form(&self) -> String {
        let fields = [
            ("pub_key_rsa", &self.pub_key_rsa),
            ("pub_key_ecdsa", &self.pub_key_ecdsa),
            ("pub_key_ed25519", &self.pub_key_ed25519),
            ("instance_id", &self.instance_id),
            ("hostname", &self.hostname),
            ("fqdn", &self.fqdn),
        ];
        let pair = |(name, text): (&str, &String)| format!("{name}={}", encoded(text));
        fields.map(pair).join("&")
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

impl Client {
    pub async fn version(&self) -> Result<Version, Fault> {
        self.api.get(&["version"]).send().await
    }

    /// Whether the server answers; it has no other sign of health.
    pub async fn status(&self) -> Result<String, Fault> {
        self.version().await?;
        Ok("cloud-init is running".to_owned())
    }

    /// Says what node `id` says when it is done.
    pub async fn phone_home(&self, id: &str, told: &PhoneHome) -> Result<(), Fault> {
        let request = self.api.post(&["phone-home", id]);
        let form = "application/x-www-form-urlencoded";
        request.body(told.form(), form).nothing().await
    }

    /// Asks for a WireGuard tunnel from where this request comes from.
    pub async fn wg_init(&self, public_key: &str) -> Result<Tunnel, Fault> {
        let key = PublicKey {
            public_key: public_key.to_owned(),
        };
        if public_key.trim().is_empty() {
            return Err(Fault::bad_argument("a tunnel wants a public key")
                .hint("wg pubkey < private.key prints one"));
        }
        let answer = self.api.post(&["wg-init"]).json(&key).raw().await?;
        if answer.status == 500 && answer.body.is_empty() {
            // it panics where its tunnels should be
            let message = "cloud-init makes no tunnels: it runs without WireGuard";
            return Err(fault(Kind::Refused, message)
                .status(500)
                .hint("WIREGUARD_SERVER of the cloud-init server turns it on"));
        }
        answer.success()?.json()
    }
}
