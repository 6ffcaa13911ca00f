//! What a machine on the wire fetched by HTTP: from the gateway, and from the artifact server.
use super::{
    super::{
        S3, firmware, ipxe,
        network::{Got, Lost},
        seed, told,
        turn::{Seen, Turn},
    },
    Machines,
};
use crate::world::{Evidence, Image, Owner, Stage};
use url::Url;

/// A request of a machine on the wire, and what became of it.
pub(in crate::lab) struct Fetch {
    pub(in crate::lab) method: String,
    /// As it was asked for, from its scheme on.
    pub(in crate::lab) url: String,
    pub(in crate::lab) status: u16,
    /// What went out, and how much there was to send, where that was known before.
    pub(in crate::lab) sent: u64,
    pub(in crate::lab) size: Option<u64>,
    /// All of it went out, as whoever sent it says.
    pub(in crate::lab) ended: bool,
    /// Of an answer with a part only: which bytes of how many.
    pub(in crate::lab) part: Option<Part>,
    /// Empty where it is long.
    pub(in crate::lab) text: String,
}

/// Which part of something an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab) struct Part {
    first: u64,
    last: u64,
    all: u64,
}

impl Part {
    /// As a header says it: `bytes 0-99/1000`.
    pub(in crate::lab) fn read(header: &str) -> Option<Self> {
        let (span, all) = header.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = span.split_once('-')?;
        Some(Self {
            first: first.parse().ok()?,
            last: last.parse().ok()?,
            all: all.parse().ok()?,
        })
    }

    /// Whoever has what was before it has all of it.
    fn is_rest(self) -> bool {
        self.last + 1 >= self.all
    }
}

impl Fetch {
    fn path(&self) -> String {
        let url = Url::parse(&self.url).ok();
        let path = url.map(|it| it.path().to_owned()).unwrap_or_default();
        path.strip_prefix(S3).map(str::to_owned).unwrap_or(path)
    }

    fn good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// All that was to be sent went out.
    fn done(&self) -> bool {
        let all = self.size.map_or(self.ended, |size| self.sent >= size);
        self.good() && all
    }

    fn seen<'a>(&self, stage: Stage, owner: Owner, got: &'a Result<Got, Lost>) -> Seen<'a> {
        Seen {
            stage,
            owner,
            request: format!("{} {}", self.method, self.url),
            got: got.as_ref(),
        }
    }

    /// An answer, in the words of the simulated machines.
    fn got(&self) -> Got {
        Got {
            status: self.status,
            bytes: self.sent,
            text: self.text.clone(),
        }
    }

    /// How much came of a file, or why none did.
    fn file(&self, name: &str) -> String {
        let mib = |bytes: u64| bytes >> 20;
        let sent = mib(self.sent);
        let broke = |size: Option<u64>| {
            let size = size.map_or_else(String::new, |size| format!(" of {}", mib(size)));
            format!("the {name} broke off after {sent}{size} MiB")
        };
        match self.part.filter(|part| part.all > self.sent) {
            _ if !self.good() => format!("no {name}: {}", told::status(self.status)),
            Some(part) if !self.done() => broke(Some(part.all - part.first)),
            Some(part) if part.is_rest() => {
                let all = mib(part.all);
                format!("the {name} came whole, {all} MiB, the last {sent} of it when it went on")
            }
            Some(part) => format!("a part of the {name} came, {sent} of {} MiB", mib(part.all)),
            None if self.done() => format!("the {name} came whole, {sent} MiB"),
            None => broke(self.size),
        }
    }
}

/// The stage that a request belongs to.
fn stage(fetch: &Fetch, turn: &Turn) -> Option<Stage> {
    let path = fetch.path();
    if path.ends_with("/boot/v1/bootscript") {
        return Some(Stage::Script);
    }
    if let Some(asked) = path.strip_prefix("/cloud-init/") {
        return match asked {
            "meta-data" => Some(Stage::MetaData),
            "user-data" => Some(Stage::UserData),
            "vendor-data" => Some(Stage::VendorData),
            _ if asked.starts_with("phone-home") => Some(Stage::PhoneHome),
            _ => {
                let group = asked.strip_suffix(".yaml");
                let group = group.filter(|name| !name.contains('/'));
                group.map(|_| Stage::Groups)
            }
        };
    }
    let is = |url: &str| Url::parse(url).is_ok_and(|it| it.path() == path);
    let image = |image: &Option<Image>| image.as_ref().is_some_and(|it| is(&it.url));
    let cmdline = turn.boot.kernel.as_ref().map(|it| it.args.as_str());
    let root = cmdline.and_then(|it| told::argument(it, "root"));
    let root = root.and_then(|it| it.strip_prefix("live:"));
    if image(&turn.boot.kernel) {
        Some(Stage::Kernel)
    } else if image(&turn.boot.initrd) {
        Some(Stage::Initrd)
    } else {
        root.filter(|it| is(it)).map(|_| Stage::Rootfs)
    }
}

impl Machines {
    /// A request that came by the wire, answered.
    pub(in crate::lab) async fn came_by_http(&self, name: &str, fetch: Fetch) {
        // Outside, for the world is locked within.
        let images = self.images(&fetch.text);
        let turn = self.add(name, |turn| match stage(&fetch, turn) {
            Some(Stage::Script) => scripted(turn, &fetch, images),
            Some(stage) => note(turn, stage, &fetch),
            None => {}
        });
        let home = |turn: &Turn| turn.told == [Stage::PhoneHome] && turn.boot.has(Stage::PhoneHome);
        let Some(mut turn) = turn.filter(home) else {
            return;
        };
        // The release has no heartbeat that would say so.
        turn.told.clear();
        self.ready(&mut turn).await;
        let stages = turn.boot.stages;
        self.add(name, |now| {
            let ready = stages.into_iter().find(|it| it.stage == Stage::Ready);
            if let Some(ready) = ready {
                now.evidence(ready);
            }
        });
    }

    /// What a script has its firmware load.
    fn images(&self, script: &str) -> [Option<Image>; 2] {
        let image = |url: String, args: String| {
            Some(Image {
                kernel: self.kernel_at(&url),
                url,
                args,
                bytes: 0,
            })
        };
        let mut images = [None, None];
        if !ipxe::is_script(script) {
            return images;
        }
        for at in 0..script.lines().count() {
            match ipxe::line(script, at).map(|line| line.command) {
                Some(ipxe::Command::Kernel { url, args }) => images[0] = image(url, args),
                Some(ipxe::Command::Initrd { url }) => images[1] = image(url, String::new()),
                _ => {}
            }
        }
        images
    }
}

/// What its firmware was given to run.
fn scripted(turn: &mut Turn, fetch: &Fetch, images: [Option<Image>; 2]) {
    let got: Result<Got, Lost> = Ok(fetch.got());
    let seen = fetch.seen(Stage::Script, Owner::Bss, &got);
    if fetch.status != 200 || !ipxe::is_script(&fetch.text) {
        turn.saw(seen, false, firmware::no_script(&fetch.url, &got));
        return;
    }
    let boots = ipxe::names_kernel(&fetch.text);
    if !boots {
        turn.boot.back_to(Stage::Script);
    }
    turn.saw(seen, boots, firmware::scripted(boots));
    [turn.boot.kernel, turn.boot.initrd] = images;
}

/// What was fetched later.
fn note(turn: &mut Turn, stage: Stage, fetch: &Fetch) {
    let (ok, got) = (fetch.good(), Ok(fetch.got()));
    let seen = |owner| fetch.seen(stage, owner, &got);
    let or = |good: String, bad: &dyn Fn(&str) -> String| {
        if ok { good } else { bad(&told::answer(&got)) }
    };
    match stage {
        Stage::Kernel => {
            turn.boot.cmdline = turn.boot.kernel.as_ref().map(|it| it.args.clone());
            turn.saw(seen(Owner::Artifacts), fetch.done(), fetch.file("kernel"));
        }
        Stage::Initrd => turn.saw(seen(Owner::Artifacts), fetch.done(), fetch.file("initrd")),
        Stage::Rootfs => {
            // That its system asked for an address was the first word of it, and no try.
            let word = |it: &Evidence| it.stage == stage && it.owner == Owner::Node;
            turn.boot.stages.retain(|it| !word(it));
            let what = fetch.file("root file system");
            turn.saw(seen(Owner::Artifacts), fetch.done(), what);
        }
        Stage::MetaData => {
            let what = match fetch.status {
                422 => seed::unknown(turn.ip()),
                _ => or(seed::KNOWN.to_owned(), &|why| {
                    format!("no meta-data: {why}")
                }),
            };
            turn.saw(seen(Owner::CloudInit), ok, what);
        }
        Stage::UserData => {
            let what = or(seed::EMPTY.to_owned(), &seed::no_user_data);
            turn.saw(seen(Owner::CloudInit), ok, what);
        }
        Stage::VendorData => {
            let what = or(seed::vendor(&fetch.text), &seed::no_vendor_data);
            turn.saw(seen(Owner::CloudInit), ok, what);
        }
        Stage::Groups => group(turn, fetch),
        Stage::PhoneHome => {
            let what = or(seed::HOME.to_owned(), &seed::not_home);
            turn.saw(seen(Owner::CloudInit), ok, what);
        }
        _ => {}
    }
}

/// One of the files that vendor-data includes; all of them are one stage.
fn group(turn: &mut Turn, fetch: &Fetch) {
    let path = fetch.path();
    let name = path.rsplit('/').next().unwrap_or_default();
    let good = turn.boot.has(Stage::Groups);
    if fetch.good() && good {
        let bytes = fetch.sent;
        turn.amend(Stage::Groups, |known| {
            let listed = known.what.split(": ").nth(1).unwrap_or_default();
            if listed.split(", ").all(|it| it != name) {
                known.what = format!("{}, {name}", known.what);
                known.bytes = known.bytes.map(|it| it + bytes);
            }
        });
        return;
    }
    let failed = turn.boot.evidence(Stage::Groups).is_some() && !good;
    if fetch.good() && failed {
        return;
    }
    let got = Ok(fetch.got());
    let what = if fetch.good() {
        format!("the groups' files came: {name}")
    } else {
        format!("{name} did not come: {}", told::answer(&got))
    };
    turn.saw(
        fetch.seen(Stage::Groups, Owner::CloudInit, &got),
        fetch.good(),
        what,
    );
}
