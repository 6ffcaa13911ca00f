//! https for the lab: a CA of the user's own, a certificate signed by it, and an acceptor that makes both on the first
//! connection, because most sessions have none.
use super::keys::read_or_make;
use crate::{
    fault::{Fault, Kind},
    http::provider,
};
use axum_server::{
    accept::{Accept, NoDelayAcceptor},
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    version::TLS13,
};
use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};
use tokio::{net::TcpStream, sync::OnceCell};

/// The name the release gives the gateway.
pub(crate) const HOST: &str = "demo.openchami.cluster";

/// Where the user's CA is: its certificate is what clients are given.
pub(crate) fn ca_path(keys: &Path) -> PathBuf {
    keys.join("ca.pem")
}

/// The CA's key, with its certificate beside it; both made at the first need.
fn ca(keys: &Path) -> Result<KeyPair, Fault> {
    let key = read_or_make(&keys.join("ca-key.pem"), || {
        KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map(|pair| pair.serialize_pem())
    })?;
    let key = KeyPair::from_pem(&key).map_err(|e| broken(&keys.join("ca-key.pem"), &e))?;
    read_or_make(&ca_path(keys), || {
        ca_params()
            .self_signed(&key)
            .map(|certificate| certificate.pem())
    })?;
    Ok(key)
}

/// The same each time: what is signed needs them again.
fn ca_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named("chami lab CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Sees to it that the CA's certificate can be read at `ca_path`.
pub(crate) fn ensure_ca(keys: &Path) -> Result<(), Fault> {
    ca(keys).map(|_| ())
}

fn named(name: &str) -> DistinguishedName {
    let mut full = DistinguishedName::new();
    full.push(DnType::CommonName, name);
    full.push(DnType::OrganizationName, "chami");
    full
}

fn broken(path: &Path, error: &impl std::fmt::Display) -> Fault {
    let message = format!("{}: no usable CA: {error}", path.display());
    Fault::new(Kind::Tls, message)
        .hint("remove ca.pem and ca-key.pem there: a new CA is made at the next https connection")
}

/// A server certificate by the user's CA, for the gateway's name and the addresses it listens on.
fn server(keys: &Path, listen: IpAddr) -> Result<ServerConfig, Fault> {
    let ca_key = ca(keys)?;
    let fail = |e: &dyn std::fmt::Display| broken(&ca_path(keys), &e.to_string());
    let issuer = Issuer::new(ca_params(), ca_key);
    let mut names = vec![
        HOST.into(),
        "localhost".into(),
        "127.0.0.1".into(),
        "::1".into(),
    ];
    if !listen.is_unspecified() && !listen.is_loopback() {
        names.push(listen.to_string());
    }
    let mut params = CertificateParams::new(names).map_err(|e| fail(&e))?;
    params.distinguished_name = named(HOST);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| fail(&e))?;
    let certificate = params.signed_by(&key, &issuer).map_err(|e| fail(&e))?;
    provider();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // The release's haproxy takes nothing below TLS 1.3.
    let mut config = ServerConfig::builder_with_protocol_versions(&[&TLS13])
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .map_err(|e| fail(&e))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Takes TLS connections; the first one pays for the certificate.
#[derive(Clone)]
pub(crate) struct Lazy {
    keys: PathBuf,
    listen: IpAddr,
    ready: Arc<OnceCell<RustlsConfig>>,
}

impl Lazy {
    pub(crate) fn new(keys: PathBuf, listen: IpAddr) -> Self {
        let ready = Arc::default();
        Self {
            keys,
            listen,
            ready,
        }
    }

    async fn acceptor(&self) -> io::Result<RustlsAcceptor<NoDelayAcceptor>> {
        let make = || async {
            let config = server(&self.keys, self.listen).map_err(io::Error::other)?;
            Ok::<_, io::Error>(RustlsConfig::from_config(Arc::new(config)))
        };
        let config = self.ready.get_or_try_init(make).await?;
        Ok(RustlsAcceptor::new(config.clone()).acceptor(NoDelayAcceptor::new()))
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Lazy {
    type Stream = <RustlsAcceptor<NoDelayAcceptor> as Accept<TcpStream, S>>::Stream;
    type Service = <RustlsAcceptor<NoDelayAcceptor> as Accept<TcpStream, S>>::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let lazy = self.clone();
        Box::pin(async move { lazy.acceptor().await?.accept(stream, service).await })
    }
}
