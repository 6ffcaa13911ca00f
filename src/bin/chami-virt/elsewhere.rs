//! The other libvirt of this machine: the user's own beside the system's. What is not found in one is often in the other,
//! so that one is looked into, to read and no more; for a moment only, and only where that starts nothing large.
use chami::services::libvirt::types::unknown::{Other, Sort, other_uri};
use std::{
    env,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};
use virt::connect::Connect;

/// Longer nobody waits for a mere hint.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the other one has of that sort; none: it has no other, or nobody answers there.
pub(crate) fn look(uri: &str, sort: Sort) -> Option<Other> {
    let other = other_uri(uri).filter(|it| it.starts_with("qemu:///"))?;
    if other.contains("/session") && !session_runs() {
        return None;
    }
    let (sender, answer) = mpsc::channel();
    let asked = other.clone();
    // One that hangs hangs alone.
    thread::Builder::new()
        .spawn(move || sender.send(names(&asked, sort)))
        .ok()?;
    let names = answer.recv_timeout(PATIENCE).ok()??;
    Some(Other { uri: other, names })
}

fn names(uri: &str, sort: Sort) -> Option<Vec<String>> {
    let connect = Connect::open_read_only(Some(uri)).ok()?;
    let names: Vec<String> = match sort {
        Sort::Domain => {
            let all = connect.list_all_domains(0).ok()?;
            all.iter().filter_map(|it| it.name().ok()).collect()
        }
        Sort::Network => {
            let all = connect.list_all_networks(0).ok()?;
            all.iter().filter_map(|it| it.name().ok()).collect()
        }
        Sort::Pool => {
            let all = connect.list_all_storage_pools(0).ok()?;
            all.iter().filter_map(|it| it.name().ok()).collect()
        }
        Sort::Vol | Sort::Snapshot => return None,
    };
    Some(names)
}

/// Whether the user's own runs: whoever asks for it starts it, which is too much for a hint.
fn session_runs() -> bool {
    let below = |name: &str, rest: &str| Some(PathBuf::from(env::var_os(name)?).join(rest));
    let rooms = [
        below("XDG_RUNTIME_DIR", "libvirt"),
        below("XDG_CACHE_HOME", "libvirt"),
        below("HOME", ".cache/libvirt"),
    ];
    let sockets = ["libvirt-sock", "virtqemud-sock"];
    let is_there = |room: &Path| sockets.iter().any(|it| room.join(it).exists());
    rooms.iter().flatten().any(|room| is_there(room))
}
