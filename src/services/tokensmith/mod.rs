//! tokensmith, the token service: one-time bootstrap tokens become access tokens, and refresh tokens renew them.
//!
//! What may surprise: a bootstrap token can be used once, and is made on the head node, never by the API. A refresh token
//! is replaced at each use; an old one is refused, but what stands for its family goes on (the documentation says that it
//! is revoked). Ten wrong tokens within a minute shut a client out; the documentation says five. The administration of the
//! identity provider is meant for loopback, and a gateway on the same host makes everybody's request such a one.
pub mod client;
pub mod lab;
mod lua;
pub mod store;
#[cfg(test)]
mod tests;
pub mod types;

use super::Service;

pub const SERVICE: Service = Service {
    name: "tokensmith",
    natives: lua::natives,
    lab: Some(lab::front),
};
