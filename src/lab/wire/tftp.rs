//! TFTP on an interface: the script `default`, which coresmd has built in, and iPXE's binaries from the system's package.
use super::taken;
use crate::{fault::Fault, lab::machines::Machines};
use async_tftp::{
    packet,
    server::{Handler, TftpServer, TftpServerBuilder},
};
use futures_util::io::{AsyncRead, Cursor, Sink, sink};
use std::{
    collections::HashMap,
    fs, io,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const PORT: u16 = 69;
const SCRIPT: &[u8] = b"#!ipxe\nreboot\n";
/// Where distributions put iPXE.
const FOLDERS: [&str; 3] = ["/usr/lib/ipxe", "/usr/share/ipxe", "/boot"];
/// What coresmd calls a binary, and what distributions do.
const NAMES: [(&str, &[&str]); 5] = [
    ("undionly.kpxe", &["undionly.kpxe"]),
    ("ipxe-i386.efi", &["ipxe-i386.efi", "i386-efi/ipxe.efi"]),
    (
        "ipxe-x86_64.efi",
        &["ipxe-x86_64.efi", "ipxe.efi", "x86_64-efi/ipxe.efi"],
    ),
    ("ipxe-arm32.efi", &["ipxe-arm32.efi", "arm32-efi/ipxe.efi"]),
    ("ipxe-arm64.efi", &["ipxe-arm64.efi", "arm64-efi/ipxe.efi"]),
];

/// A file by the name that firmware asks for.
fn found(name: &str) -> Option<PathBuf> {
    let (_, names) = NAMES.iter().find(|(known, _)| *known == name)?;
    let places = FOLDERS
        .iter()
        .flat_map(|folder| names.iter().map(move |name| Path::new(folder).join(name)));
    places.into_iter().find(|path| path.is_file())
}

/// So many transfers go on at once: each has a socket, and anybody on the wire may ask.
const TRANSFERS: usize = 64;
/// How often a block is sent again to who says nothing.
const AGAIN: u32 = 5;

/// Each file is read once.
pub(super) struct Files {
    known: HashMap<String, Arc<[u8]>>,
    turns: Arc<Semaphore>,
    machines: Arc<Machines>,
}

impl Files {
    fn new(machines: Arc<Machines>) -> Self {
        Self {
            known: HashMap::new(),
            turns: Arc::new(Semaphore::new(TRANSFERS)),
            machines,
        }
    }

    fn bytes(&mut self, name: &str) -> Result<Arc<[u8]>, packet::Error> {
        if name == "default" {
            return Ok(SCRIPT.into());
        }
        if let Some(bytes) = self.known.get(name) {
            return Ok(Arc::clone(bytes));
        }
        let path = found(name).ok_or(packet::Error::FileNotFound)?;
        let bytes: Arc<[u8]> = fs::read(path)
            .map_err(|_| packet::Error::FileNotFound)?
            .into();
        self.known.insert(name.to_owned(), Arc::clone(&bytes));
        Ok(bytes)
    }
}

/// A file on its way to somebody.
pub(super) struct Reading {
    bytes: Cursor<Arc<[u8]>>,
    _turn: OwnedSemaphorePermit,
    machines: Arc<Machines>,
    to: IpAddr,
    name: String,
}

/// Over, however far it came.
impl Drop for Reading {
    fn drop(&mut self) {
        let size = u64::try_from(self.bytes.get_ref().len()).unwrap_or(u64::MAX);
        let sent = Some((self.bytes.position().min(size), size));
        self.machines.came_by_tftp(self.to, &self.name, sent);
    }
}

impl AsyncRead for Reading {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.bytes).poll_read(context, room)
    }
}

impl Handler for Files {
    type Reader = Reading;
    type Writer = Sink;

    async fn read_req_open(
        &mut self,
        from: &SocketAddr,
        path: &Path,
    ) -> Result<(Self::Reader, Option<u64>), packet::Error> {
        let name = path.to_string_lossy();
        let name = name.trim_start_matches('/');
        let turn = Arc::clone(&self.turns).try_acquire_owned();
        let turn = turn.map_err(|_| packet::Error::Msg("too many transfers at once".to_owned()))?;
        let bytes = self.bytes(name).inspect_err(|_| {
            self.machines.came_by_tftp(from.ip(), name, None);
        })?;
        let size = u64::try_from(bytes.len()).ok();
        let reading = Reading {
            bytes: Cursor::new(bytes),
            _turn: turn,
            machines: Arc::clone(&self.machines),
            to: from.ip(),
            name: name.to_owned(),
        };
        Ok((reading, size))
    }

    async fn write_req_open(
        &mut self,
        _: &SocketAddr,
        _: &Path,
        _: Option<u64>,
    ) -> Result<Self::Writer, packet::Error> {
        let _ = sink();
        Err(packet::Error::PermissionDenied)
    }
}

pub(super) struct Server(TftpServer<Files>);

pub(super) async fn open(ip: Ipv4Addr, machines: Arc<Machines>) -> Result<Server, Fault> {
    let socket = UdpSocket::bind((ip, PORT)).map_err(|error| taken(PORT, &error))?;
    let wrong = |error: async_tftp::Error| Fault::internal(format!("TFTP: {error}"));
    let builder = TftpServerBuilder::with_handler(Files::new(machines))
        .max_send_retries(AGAIN)
        .std_socket(socket)
        .map_err(wrong)?;
    Ok(Server(builder.build().await.map_err(wrong)?))
}

impl Server {
    pub(super) async fn run(self) {
        let _ = self.0.serve().await;
    }
}
