//! The helper process: started at the first question, and anew after it ended, whyever. Lines of JSON go to its standard
//! input and come from its standard output; several questions may be under way.
use super::{answered, question};
use crate::{
    fault::{Fault, Kind},
    services::libvirt::types::{Answer, Call},
};
use serde_json::Value;
use std::{
    collections::HashMap,
    env, io,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{Mutex as Turn, oneshot, watch},
};

/// What the program is called.
const NAME: &str = "chami-virt";
/// So much of what it complained of last is told.
const COMPLAINT: usize = 600;

/// In place of `CHAMI_VIRT`: tests of this process share their environment.
#[cfg(test)]
pub(in crate::services::libvirt) static NAMED: std::sync::OnceLock<PathBuf> =
    std::sync::OnceLock::new();

/// The helper of a session; nothing runs before the first question.
#[derive(Default)]
pub(super) struct Helper {
    running: Turn<Option<Running>>,
    next: AtomicU64,
}

struct Running {
    child: Child,
    input: ChildStdin,
    shared: Arc<Shared>,
}

/// What the process's reader and those who wait have in common.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Whether it has said its last.
    ended: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
    complaint: String,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complaint(&self) -> String {
        self.state().complaint.trim().to_owned()
    }
}

/// Takes a question back when nobody waits for its answer any more.
struct Waiting {
    shared: Arc<Shared>,
    id: u64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.shared.state().waiting.remove(&self.id);
    }
}

impl Helper {
    pub(super) async fn ask(
        &self,
        uri: Option<String>,
        call: Call,
        patience: Duration,
        stuck: Stuck,
    ) -> Result<Value, Fault> {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let told = call.spelled().0;
        let waits = Duration::try_from_secs_f64(call.waits()).unwrap_or_default();
        let line = serde_json::to_string(&question(id, uri, call))
            .map_err(|e| Fault::internal(format!("a question to the helper: {e}")))?;
        // One that is stopped reads nothing, and a full pipe waits for ever.
        let sent = tokio::time::timeout(patience, self.send(id, &line, &told)).await;
        let Ok(sent) = sent else {
            self.running.lock().await.take();
            return Err(Stuck::Ends.fault(&told, patience));
        };
        let (shared, answer) = sent?;
        let _waiting = Waiting {
            shared: Arc::clone(&shared),
            id,
        };
        match tokio::time::timeout(patience + waits, answer).await {
            Ok(Ok(answer)) => answered(answer),
            Ok(Err(_)) => Err(self.died(&shared, &told).await),
            Err(_) => {
                if stuck == Stuck::Ends {
                    self.end(&shared).await;
                }
                Err(stuck.fault(&told, patience))
            }
        }
    }

    /// Sends a line to the process, which is started when there is none.
    async fn send(
        &self,
        id: u64,
        line: &str,
        told: &str,
    ) -> Result<(Arc<Shared>, oneshot::Receiver<Answer>), Fault> {
        let mut running = self.running.lock().await;
        let ended = running.as_ref().is_some_and(|it| *it.shared.ended.borrow());
        if ended {
            *running = None;
        }
        let process = match &mut *running {
            Some(process) => process,
            none => none.insert(start()?),
        };
        let (sender, answer) = oneshot::channel();
        process.shared.state().waiting.insert(id, sender);
        let shared = Arc::clone(&process.shared);
        let mut sent = process
            .input
            .write_all(format!("{line}\n").as_bytes())
            .await;
        if sent.is_ok() {
            sent = process.input.flush().await;
        }
        drop(running);
        if sent.is_err() {
            return Err(self.died(&shared, told).await);
        }
        Ok((shared, answer))
    }

    /// Why the process that was asked is no more. Nobody needs to do anything: the next question starts another.
    async fn died(&self, shared: &Arc<Shared>, told: &str) -> Fault {
        let mut running = self.running.lock().await;
        let mut how = "it was ended".to_owned();
        if let Some(mut process) = running.take_if(|it| Arc::ptr_eq(&it.shared, shared)) {
            let ended = tokio::time::timeout(Duration::from_secs(2), process.child.wait()).await;
            if let Ok(Ok(status)) = ended {
                how = status.to_string();
            }
        }
        drop(running);
        // What it complained of last may still be on its way.
        let mut last = shared.ended.subscribe();
        let ended = last.wait_for(|ended| *ended);
        let _ = tokio::time::timeout(Duration::from_secs(2), ended).await;
        let complaint = shared.complaint();
        if complaint.contains("shared libraries") {
            let message = format!("{NAME} cannot start here: {complaint}");
            return Fault::new(Kind::Unsupported, message).hint(
                "it needs libvirt's library: apt install libvirt0, dnf install libvirt-libs",
            );
        }
        let message =
            format!("{NAME}, which speaks to libvirt, ended while it was asked for {told} ({how})");
        let fault = Fault::new(Kind::Unreachable, message).hint(
            "the next call starts it anew; look first whether this one was done: virsh.list{ all = true }",
        );
        if complaint.is_empty() {
            fault
        } else {
            fault.cause(complaint)
        }
    }

    async fn end(&self, shared: &Arc<Shared>) {
        let mut running = self.running.lock().await;
        if let Some(mut process) = running.take_if(|it| Arc::ptr_eq(&it.shared, shared)) {
            let _ = process.child.kill().await;
        }
    }
}

/// What becomes of the process when a question hangs in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    /// It ends, with whatever is open: somebody asked for this.
    Ends,
    /// It goes on without that answer, for those who have something open.
    Waits,
}

impl Stuck {
    fn fault(self, told: &str, patience: Duration) -> Fault {
        let message = format!(
            "libvirt did not answer to {told} within {:.0} s",
            patience.as_secs_f64()
        );
        let well = "is libvirtd well? systemctl status libvirtd";
        Fault::new(Kind::Timeout, message).hint(match self {
            Self::Ends => format!(
                "what hung was ended, and the next call starts anew; {{ timeout = \"2m\" }} waits longer; {well}"
            ),
            Self::Waits => well.to_owned(),
        })
    }
}

/// Where the helper is: named by the environment, or beside this program.
fn program() -> Result<PathBuf, Fault> {
    #[cfg(test)]
    let said = NAMED.get().map(|path| path.clone().into_os_string());
    #[cfg(not(test))]
    let said = env::var_os("CHAMI_VIRT");
    let named = said.filter(|path| !path.is_empty());
    let (path, place) = if let Some(path) = named {
        let path = PathBuf::from(path);
        let place = format!("at {}, which CHAMI_VIRT names", path.display());
        (path, place)
    } else {
        let own = env::current_exe().map_err(|e| Fault::io("/proc/self/exe", &e))?;
        (own.with_file_name(NAME), "beside chami".to_owned())
    };
    if path.is_file() {
        return Ok(path);
    }
    let message = format!("libvirt is spoken to by a helper, {NAME}, and there is none {place}");
    Err(Fault::new(Kind::Unsupported, message).hint(
        "where libvirt-dev is installed: cargo build --release --features libvirt, and put target/release/chami-virt \
         beside chami, or its path into CHAMI_VIRT; a lab's machines need none: chami --lab",
    ))
}

fn start() -> Result<Running, Fault> {
    let program = program()?;
    let refused = |e: io::Error| {
        let message = format!("{} cannot be started: {e}", program.display());
        Fault::new(Kind::Unsupported, message).hint("CHAMI_VIRT names another one")
    };
    let mut command = Command::new(&program);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        // Ctrl-C at the prompt is the prompt's.
        .process_group(0);
    let mut child = command.spawn().map_err(refused)?;
    let pipe = || Fault::internal("the helper came without its pipes");
    let input = child.stdin.take().ok_or_else(pipe)?;
    let output = child.stdout.take().ok_or_else(pipe)?;
    let errors = child.stderr.take().ok_or_else(pipe)?;
    let shared = Arc::new(Shared::default());
    let complaints = tokio::spawn(listen(errors, Arc::clone(&shared)));
    let its = Arc::clone(&shared);
    tokio::spawn(async move {
        read(output, &its).await;
        // What it said at its end belongs to why it ended.
        let _ = tokio::time::timeout(Duration::from_secs(1), complaints).await;
        its.ended.send_replace(true);
        // Whoever waits learns that nothing comes.
        its.state().waiting.clear();
    });
    Ok(Running {
        child,
        input,
        shared,
    })
}

/// Hands out answers until there are no more.
async fn read(output: ChildStdout, shared: &Shared) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(answer) = serde_json::from_str::<Answer>(&line) else {
            return;
        };
        let waiting = shared.state().waiting.remove(&answer.id);
        if let Some(waiting) = waiting {
            // Whoever asked has gone: so be it.
            let _ = waiting.send(answer);
        }
    }
}

/// Keeps the end of what it complains of.
async fn listen(mut errors: tokio::process::ChildStderr, shared: Arc<Shared>) {
    let mut bytes = [0; 1024];
    while let Ok(count) = errors.read(&mut bytes).await {
        if count == 0 {
            return;
        }
        let mut state = shared.state();
        state
            .complaint
            .push_str(&String::from_utf8_lossy(&bytes[..count]));
        let more = state.complaint.len().saturating_sub(COMPLAINT);
        if more > 0 {
            let place = state
                .complaint
                .char_indices()
                .map(|(at, _)| at)
                .find(|at| *at >= more);
            state.complaint.drain(..place.unwrap_or(0));
        }
    }
}
