//! The initramfs's part: the root file system that the kernel's arguments name.
use super::{
    Machines,
    network::{Agent, Asked, Got, Lost},
    told,
    turn::{Seen, Turn, download},
};
use crate::world::{Image, Next, Owner, Stage};

/// What an image is made for.
fn kernel(image: Option<&Image>) -> Option<&str> {
    image.and_then(|it| it.kernel.as_deref())
}

/// The address of the root file system; `Err`: whose fault it is that there is none, and why.
fn address(turn: &Turn) -> Result<String, (Owner, String)> {
    let boot = &turn.boot;
    let (running, made) = (kernel(boot.kernel.as_ref()), kernel(boot.initrd.as_ref()));
    if let (Some(running), Some(made)) = (running, made)
        && running != made
    {
        let what = format!(
            "the initrd is made for the kernel {made} and {running} runs: no module fits, so there is no network"
        );
        return Err((Owner::Node, what));
    }
    let cmdline = boot.cmdline.as_deref().unwrap_or_default();
    let Some(root) = told::argument(cmdline, "root") else {
        let what = "the kernel's arguments have no root=: dracut does not know what to mount";
        return Err((Owner::Bss, what.to_owned()));
    };
    root.strip_prefix("live:")
        .map(str::to_owned)
        .ok_or_else(|| {
            let what = format!("root={root}: the lab's machines boot from root=live:http://… only");
            (Owner::Node, what)
        })
}

/// What a system takes besides its image, in MiB: the kernel, and a start on the layer that is written to.
const ASIDE: u64 = 512;

impl Machines {
    /// An initial file system without the modules for it does not know `root=live:http://…`.
    fn can_fetch(&self, turn: &Turn, url: String) -> Result<String, (Owner, String)> {
        let initrd = turn.boot.initrd.as_ref();
        let kept = initrd.and_then(|it| self.artifact_at(&it.url));
        if kept.is_none_or(|it| it.fetches_root()) {
            return Ok(url);
        }
        let what = format!(
            "dracut does not know how to handle root=live:{url}: the initrd is made without livenet"
        );
        Err((Owner::Artifacts, what))
    }

    pub(super) async fn rootfs(&self, turn: &mut Turn) {
        let found = address(turn).and_then(|url| self.can_fetch(turn, url));
        let url = match found {
            Ok(url) => url,
            Err((owner, what)) => {
                turn.tell(Stage::Rootfs, owner, false, what);
                return;
            }
        };
        let asked = Asked {
            method: "GET",
            url: &url,
            from: turn.ip(),
            agent: Agent::System,
            form: None,
        };
        let got = self.fetch(&asked).await;
        self.fetched_root(turn, &url, &got);
    }

    fn fetched_root(&self, turn: &mut Turn, url: &str, got: &Result<Got, Lost>) {
        let seen = Seen {
            stage: Stage::Rootfs,
            owner: Owner::Artifacts,
            request: format!("GET {url}"),
            got: got.as_ref(),
        };
        let Some(answer) = got.as_ref().ok().filter(|it| it.status == 200) else {
            let what = format!("no root file system: {}", told::answer(got));
            turn.saw(seen, false, what);
            return;
        };
        let (made, running) = (self.kernel_at(url), kernel(turn.boot.kernel.as_ref()));
        if let (Some(running), Some(made)) = (running, &made)
            && running != made
        {
            let what = format!(
                "the root file system has the modules of {made} and {running} runs: no network after the switch to it"
            );
            let owner = Owner::Node;
            turn.saw(Seen { owner, ..seen }, false, what);
            return;
        }
        let mib = answer.bytes >> 20;
        let memory = self.built(&turn.machine.name).mib;
        if mib + ASIDE > memory {
            let owner = Owner::Power;
            let what = format!(
                "no space left on device: the root file system of {mib} MiB and what is written over it do not fit into {memory} MiB of memory"
            );
            turn.saw(Seen { owner, ..seen }, false, what);
            return;
        }
        turn.saw(
            seen,
            true,
            format!("the root file system is in memory, {mib} MiB"),
        );
        turn.then(
            Next::MetaData { tries: 1 },
            download(answer.bytes, false) + 20.0,
        );
    }
}
