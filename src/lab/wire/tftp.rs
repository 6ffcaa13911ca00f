//! TFTP on an interface: the script `default`, which coresmd has built in, and iPXE's binaries from the system's package.
use super::taken;
use crate::fault::Fault;
use async_tftp::{
    packet,
    server::{Handler, TftpServer, TftpServerBuilder},
};
use futures_util::io::{Cursor, Sink, sink};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
};

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

pub(super) struct Files;

impl Handler for Files {
    type Reader = Cursor<Vec<u8>>;
    type Writer = Sink;

    async fn read_req_open(
        &mut self,
        _: &SocketAddr,
        path: &Path,
    ) -> Result<(Self::Reader, Option<u64>), packet::Error> {
        let name = path.to_string_lossy();
        let name = name.trim_start_matches('/');
        let bytes = if name == "default" {
            SCRIPT.to_vec()
        } else {
            let path = found(name).ok_or(packet::Error::FileNotFound)?;
            fs::read(path).map_err(|_| packet::Error::FileNotFound)?
        };
        let size = u64::try_from(bytes.len()).ok();
        Ok((Cursor::new(bytes), size))
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

pub(super) async fn open(ip: Ipv4Addr) -> Result<Server, Fault> {
    let socket = UdpSocket::bind((ip, PORT)).map_err(|error| taken(PORT, &error))?;
    let wrong = |error: async_tftp::Error| Fault::internal(format!("TFTP: {error}"));
    let builder = TftpServerBuilder::with_handler(Files)
        .std_socket(socket)
        .map_err(wrong)?;
    Ok(Server(builder.build().await.map_err(wrong)?))
}

impl Server {
    pub(super) async fn run(self) {
        let _ = self.0.serve().await;
    }
}
