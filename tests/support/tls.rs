//! TLS servers whose certificates are good or wrong in one way each, and the CA that signed all but one of them.
use super::peer;
use chami::http::provider;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

/// The servers' URLs by what is the matter with them, and the CA in PEM form.
pub(crate) struct Servers {
    pub(crate) urls: Vec<(&'static str, String)>,
    pub(crate) ca: String,
}

/// What may be the matter: a name for it, the name in the certificate, its first and last year, whether the CA is ours,
/// and by how many seconds the server's clock differs.
const SORTS: &[(&str, &str, i32, i32, bool, i64)] = &[
    ("GOOD", "localhost", 2020, 3000, true, 0),
    ("OTHER_NAME", "demo.openchami.cluster", 2020, 3000, true, 0),
    ("EXPIRED", "localhost", 2010, 2020, true, 0),
    ("EXPIRED_AN_HOUR", "localhost", 2010, 2020, true, -3600),
    ("NOT_YET", "localhost", 2999, 3000, true, 0),
    ("NOT_YET_AN_HOUR", "localhost", 2999, 3000, true, 3600),
    ("UNKNOWN_ROOT", "localhost", 2020, 3000, false, 0),
];

impl Servers {
    pub(crate) fn start() -> Self {
        provider();
        let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
        let start = |&(sort, name, from, to, known, apart): &(&'static str, &str, _, _, _, _)| {
            let authority = if known { &ours } else { &theirs };
            (sort, serve(authority.server(name, from, to), apart))
        };
        Self {
            urls: SORTS.iter().map(start).collect(),
            ca: ours.pem,
        }
    }
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = params.self_signed(&key).expect("a CA").pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    fn server(&self, name: &str, from: i32, to: i32) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let signed = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![signed.der().clone()], key)
            .expect("a server")
    }
}

/// Serves until the process ends; its URL says `localhost`, for that is the name that certificates have.
fn serve(config: ServerConfig, apart: i64) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let config = Arc::new(config);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || talk(stream, config, apart));
        }
    });
    format!("https://localhost:{port}")
}

/// One request; whoever does not speak TLS is told so as haproxy does.
fn talk(mut stream: TcpStream, config: Arc<ServerConfig>, apart: i64) {
    let mut first = [0];
    if matches!(stream.peek(&mut first), Ok(1)) && first != [0x16] {
        let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
        let _ = lines.find(String::is_empty);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 48\r\nconnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
        return;
    }
    let Ok(connection) = ServerConnection::new(config) else {
        return;
    };
    let mut tls = StreamOwned::new(connection, stream);
    // A client that does not like the certificate goes away.
    let _ = match apart {
        0 => peer::answer(&mut tls),
        // What nobody has read would take the answer with it when the connection is closed.
        _ => peer::asked(&mut tls).and_then(|_| peer::dated(&mut tls, apart)),
    };
    tls.conn.send_close_notify();
    let _ = tls.flush();
}
