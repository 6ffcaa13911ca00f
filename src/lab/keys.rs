//! The keys that sign the labs' tokens: made once per user, at the first token, and shared by that user's labs.
//!
//! Two issuers, as in the two generations of the release: hydra signs RS256, tokensmith PS256. SMD takes a token whose
//! `kid` names a key of its JWKS and whose algorithm is that key's own.
use super::dirs::{private_dir, unusable};
use crate::{
    fault::{Fault, Kind},
    services::site::Signer,
};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, encode,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Whose key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Issuer {
    Hydra,
    /// The recordings of real services call it `good`: theirs was the only one.
    #[serde(alias = "good")]
    Tokensmith,
    /// A key that no JWKS holds: a forger's.
    Other,
}

impl Issuer {
    /// The issuers whose keys the JWKS publishes.
    pub(crate) const KNOWN: [Self; 2] = [Self::Hydra, Self::Tokensmith];

    fn index(self) -> usize {
        self as usize
    }

    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::Hydra => Algorithm::RS256,
            Self::Tokensmith | Self::Other => Algorithm::PS256,
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Hydra => "hydra.pem",
            Self::Tokensmith => "tokensmith.pem",
            Self::Other => "other.pem",
        }
    }
}

pub(crate) struct Key {
    pub(crate) kid: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) signs: EncodingKey,
    pub(crate) checks: DecodingKey,
    pub(crate) public: Jwk,
}

pub(crate) struct Keys {
    dir: PathBuf,
    /// Where a key is made when nothing can be written there: for a lab that keeps nothing.
    spare: Option<PathBuf>,
    found: Mutex<[Option<Arc<Key>>; 3]>,
}

impl Keys {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self {
            dir,
            spare: None,
            found: Mutex::default(),
        }
    }

    pub(crate) fn or_else(self, spare: Option<PathBuf>) -> Self {
        Self { spare, ..self }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The issuer's key; made if this user has none yet.
    pub(crate) fn get(&self, issuer: Issuer) -> Result<Arc<Key>, Fault> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut found[issuer.index()];
        if let Some(key) = slot {
            return Ok(key.clone());
        }
        let make = || {
            let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048);
            pair.map(|pair| pair.serialize_pem())
        };
        let mut path = self.dir.join(issuer.file());
        let pem = read_or_make(&path, make).or_else(|fault| {
            let spare = self.spare.as_ref().ok_or(fault)?;
            path = spare.join(issuer.file());
            read_or_make(&path, make)
        })?;
        let key = Arc::new(parse(&pem, issuer).map_err(|error| {
            Fault::new(Kind::Io, format!("{}: no RSA key: {error}", path.display()))
                .hint("remove that file: a new key is made, and tokens signed with the old one end")
        })?);
        *slot = Some(key.clone());
        Ok(key)
    }

    /// The published keys. One that was never made has signed nothing: it is not made to be told.
    fn made(&self) -> impl Iterator<Item = Arc<Key>> {
        let dirs = || std::iter::once(&self.dir).chain(&self.spare);
        let made = move |issuer: &Issuer| dirs().any(|dir| dir.join(issuer.file()).exists());
        let known = Issuer::KNOWN.into_iter().filter(made);
        known.filter_map(|issuer| self.get(issuer).ok())
    }

    /// The published key of that id, if a token can have been signed with it.
    pub(crate) fn find(&self, kid: &str) -> Option<Arc<Key>> {
        self.made().find(|key| key.kid == kid)
    }

    /// What the JWKS holds: tokensmith's key, and hydra's once it has signed something.
    pub(crate) fn published(&self) -> Result<Vec<Jwk>, Fault> {
        self.get(Issuer::Tokensmith)?;
        Ok(self.made().map(|key| key.public.clone()).collect())
    }
}

/// tokensmith's half: it signs, and tells its public key.
pub(crate) struct Smith(pub(crate) Arc<Keys>);

impl Signer for Smith {
    fn sign(&self, claims: &Map<String, Value>) -> Result<String, Fault> {
        let key = self.0.get(Issuer::Tokensmith)?;
        let mut header = Header::new(key.algorithm);
        header.kid = Some(key.kid.clone());
        encode(&header, claims, &key.signs)
            .map_err(|e| Fault::internal(format!("no token can be signed: {e}")))
    }

    fn public(&self) -> Result<Value, Fault> {
        let key = self.0.get(Issuer::Tokensmith)?;
        serde_json::to_value(&key.public)
            .map_err(|e| Fault::internal(format!("no key can be told: {e}")))
    }
}

fn parse(pem: &str, issuer: Issuer) -> Result<Key, jsonwebtoken::errors::Error> {
    let algorithm = issuer.algorithm();
    let signs = EncodingKey::from_rsa_pem(pem.as_bytes())?;
    let mut public = Jwk::from_encoding_key(&signs, algorithm)?;
    let kid = public.thumbprint(ThumbprintHash::SHA256)?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok(Key {
        kid,
        algorithm,
        checks: DecodingKey::from_jwk(&public)?,
        signs,
        public,
    })
}

/// The file's text; made by the first who asks, whichever process that is.
pub(crate) fn read_or_make<E: std::fmt::Display>(
    path: &Path,
    make: impl FnOnce() -> Result<String, E>,
) -> Result<String, Fault> {
    let io = |error: &std::io::Error| unusable(path, error);
    match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        text => return text.map_err(|e| io(&e)),
    }
    let dir = path.parent().unwrap_or(path);
    private_dir(dir)?;
    let text = make().map_err(|e| Fault::internal(format!("{}: {e}", path.display())))?;
    // A temporary file is the user's alone (0600) and takes its name only if nobody was faster.
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(|e| unusable(dir, &e))?;
    file.write_all(text.as_bytes()).map_err(|e| io(&e))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(text),
        Err(lost) if lost.error.kind() == std::io::ErrorKind::AlreadyExists => {
            fs::read_to_string(path).map_err(|e| io(&e))
        }
        Err(lost) => Err(io(&lost.error)),
    }
}
