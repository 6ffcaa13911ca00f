//! cloud-init on the node, as far as it fetches: meta-data, user-data, vendor-data, and what vendor-data includes.
//!
//! Where from stands on the kernel's command line, `ds=nocloud-net;s=URL`. Meta-data and user-data must come, or there is
//! no data source at all; vendor-data may fail, and so may each file it includes.
use super::{
    Machines, guest,
    network::{Agent, Asked, Got, Lost},
    told,
    turn::{Seen, Turn},
};
use crate::world::{Evidence, Next, Owner, Seed, Stage};
use std::collections::VecDeque;

/// So often cloud-init asks for its meta-data before it gives up.
const PATIENCE: u32 = 10;
/// So many files are included at most.
const MOST_FILES: u32 = 64;

/// What went well, in the words of the timeline.
pub(super) const KNOWN: &str = "cloud-init knows this node by its address";
pub(super) const EMPTY: &str = "an empty cloud-config, the same for every node";
pub(super) const HOME: &str = "the node told cloud-init that it is done";

pub(super) fn unknown(ip: &str) -> String {
    format!("cloud-init knows no node with the address this came from, which should be {ip}")
}

pub(super) fn no_user_data(answer: &str) -> String {
    format!("no user-data, and without them no data source: {answer}")
}

/// How much a vendor-data includes.
pub(super) fn vendor(text: &str) -> String {
    match includes(text).count() {
        0 => "vendor-data names no group's file: SMD has this node in no group".to_owned(),
        1 => "vendor-data includes the file of one group".to_owned(),
        many => format!("vendor-data includes the files of {many} groups"),
    }
}

pub(super) fn no_vendor_data(answer: &str) -> String {
    format!("no vendor-data, so no group's file either: {answer}")
}

pub(super) fn not_home(answer: &str) -> String {
    format!("the node could not tell that it is done: {answer}")
}

impl Machines {
    async fn system_asks(&self, turn: &Turn, url: &str) -> Result<Got, Lost> {
        let asked = Asked {
            method: "GET",
            url,
            from: turn.ip(),
            agent: Agent::System,
            form: None,
        };
        self.fetch(&asked).await
    }

    pub(super) async fn meta_data(&self, turn: &mut Turn, tries: u32) {
        let cmdline = turn.boot.cmdline.clone().unwrap_or_default();
        let base = match source(&cmdline) {
            Ok(base) => base,
            Err(what) => {
                turn.tell(Stage::MetaData, Owner::Bss, false, what);
                super::config::leave(turn);
                return;
            }
        };
        let url = format!("{base}meta-data");
        let got = self.system_asks(turn, &url).await;
        let evidence = seen(Stage::MetaData, &url, &got);
        match &got {
            Ok(answer) if answer.status == 200 => {
                turn.saw(evidence, true, KNOWN);
                turn.boot.seed = Some(Seed {
                    base,
                    meta_data: answer.text.clone(),
                    ..Seed::default()
                });
                turn.then(Next::UserData, 0.2);
            }
            _ => {
                let what = match &got {
                    Ok(answer) if answer.status == 422 => unknown(turn.ip()),
                    _ => format!("no meta-data: {}", told::answer(&got)),
                };
                turn.saw(evidence, false, what);
                if tries < PATIENCE {
                    let wait = if got == Err(Lost::TimedOut) { 6.0 } else { 1.0 };
                    turn.then(Next::MetaData { tries: tries + 1 }, wait);
                } else {
                    super::config::leave(turn);
                }
            }
        }
    }

    pub(super) async fn user_data(&self, turn: &mut Turn) {
        let Some(mut seed) = turn.boot.seed.take() else {
            return;
        };
        let url = format!("{}user-data", seed.base);
        let got = self.system_asks(turn, &url).await;
        let evidence = seen(Stage::UserData, &url, &got);
        if let Ok(answer) = &got
            && answer.status == 200
        {
            turn.saw(evidence, true, EMPTY);
            seed.user_data.clone_from(&answer.text);
            turn.then(Next::VendorData, 0.2);
        } else {
            turn.saw(evidence, false, no_user_data(&told::answer(&got)));
            super::config::leave(turn);
        }
        turn.boot.seed = Some(seed);
    }

    pub(super) async fn vendor_data(&self, turn: &mut Turn) {
        let Some(mut seed) = turn.boot.seed.take() else {
            return;
        };
        let url = format!("{}vendor-data", seed.base);
        let got = self.system_asks(turn, &url).await;
        let evidence = seen(Stage::VendorData, &url, &got);
        if let Ok(answer) = &got
            && answer.status == 200
        {
            turn.saw(evidence, true, vendor(&answer.text));
            seed.vendor_data.clone_from(&answer.text);
        } else {
            turn.saw(evidence, false, no_vendor_data(&told::answer(&got)));
        }
        turn.boot.seed = Some(seed);
        turn.then(Next::Groups, 0.3);
    }

    /// Fetches each file that vendor-data includes.
    pub(super) async fn groups(&self, turn: &mut Turn) {
        let Some(mut seed) = turn.boot.seed.take() else {
            return;
        };
        let mut waiting: VecDeque<String> =
            includes(&seed.vendor_data).map(str::to_owned).collect();
        let mut all = Fetched::default();
        while let Some(url) = waiting.pop_front() {
            // What is included may include; a circle ends where cloud-init's own depth would.
            if all.asked == MOST_FILES {
                break;
            }
            let got = self.system_asks(turn, &url).await;
            if let Ok(answer) = &got
                && answer.status == 200
            {
                all.bytes += answer.bytes;
                waiting.extend(includes(&answer.text).map(str::to_owned));
                seed.parts.push((url.clone(), answer.text.clone()));
            }
            all.add(&url, &got);
        }
        turn.evidence(all.evidence(turn));
        turn.boot.seed = Some(seed);
        turn.then(Next::Config, 2.5);
    }

    /// Says that it is done, as cloud-init's module of that name does.
    pub(super) async fn phone_home(&self, turn: &mut Turn) {
        let Some(seed) = turn.boot.seed.take() else {
            return;
        };
        let id = guest::instance_id(&seed.meta_data);
        let name = &turn.machine.name;
        let said = self
            .world
            .read(|world| guest::phone_home(world.inside(name)?));
        let url = said.unwrap_or_else(|| format!("{}phone-home/{id}", seed.base));
        let asked = Asked {
            method: "POST",
            url: &url,
            from: turn.ip(),
            agent: Agent::System,
            form: Some(format!("instance_id={id}")),
        };
        let got = self.fetch(&asked).await;
        let ok = got.as_ref().is_ok_and(|it| it.status == 200);
        let mut evidence = seen(Stage::PhoneHome, &url, &got);
        evidence.request = format!("POST {url}");
        let what = if ok {
            HOME.to_owned()
        } else {
            not_home(&told::answer(&got))
        };
        turn.saw(evidence, ok, what);
        turn.then(Next::Ready, 1.0);
    }
}

fn seen<'a>(stage: Stage, url: &str, got: &'a Result<Got, Lost>) -> Seen<'a> {
    Seen {
        stage,
        owner: Owner::CloudInit,
        request: format!("GET {url}"),
        got: got.as_ref(),
    }
}

/// The address to fetch from, or why there is none.
fn source(cmdline: &str) -> Result<String, String> {
    if ["cloud-init=disabled", "cloud-init=off"]
        .iter()
        .any(|word| cmdline.split_whitespace().any(|it| it == *word))
    {
        return Err("the kernel's arguments switch cloud-init off".to_owned());
    }
    let Some(ds) = told::argument(cmdline, "ds") else {
        return Err("the kernel's arguments have no ds=: cloud-init has no data source".to_owned());
    };
    let mut words = ds.split(';');
    let kind = words.next().unwrap_or_default();
    if !["nocloud-net", "nocloud"].contains(&kind) {
        return Err(format!(
            "ds={ds}: cloud-init on this image reads nocloud-net only"
        ));
    }
    let seed = words.find_map(|word| {
        let (key, value) = word.split_once('=')?;
        ["s", "seedfrom"].contains(&key).then_some(value)
    });
    let Some(seed) = seed else {
        return Err(format!("ds={ds} names no address: ;s=http://… is missing"));
    };
    if !seed.starts_with("http://") && !seed.starts_with("https://") {
        return Err(format!(
            "ds={ds}: cloud-init fetches from http://… only, and \"{seed}\" is no such address"
        ));
    }
    let slash = if seed.ends_with('/') { "" } else { "/" };
    Ok(format!("{seed}{slash}"))
}

/// The addresses that a text includes.
fn includes(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines();
    let is_list = lines.next().is_some_and(|it| it.trim_end() == "#include");
    let lines = lines.map(str::trim).filter(move |_| is_list);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What came of several requests.
#[derive(Default)]
struct Fetched {
    asked: u32,
    bytes: u64,
    names: Vec<String>,
    /// The first that failed: address, status, and how.
    failed: Option<(String, Option<u16>, String)>,
    last: Option<(String, u16)>,
}

impl Fetched {
    fn add(&mut self, url: &str, got: &Result<Got, Lost>) {
        self.asked += 1;
        let name = url.rsplit('/').next().unwrap_or(url);
        let status = got.as_ref().ok().map(|it| it.status);
        if status == Some(200) {
            self.names.push(name.to_owned());
            self.last = Some((url.to_owned(), 200));
        } else if self.failed.is_none() {
            let what = format!("{name} did not come: {}", told::answer(got));
            self.failed = Some((url.to_owned(), status, what));
        }
    }

    fn evidence(self, turn: &Turn) -> Evidence {
        let ok = self.failed.is_none();
        let (request, status, what) = match (self.failed, self.last) {
            (Some((url, status, what)), _) => (Some(url), status, what),
            (None, Some((url, status))) => {
                let what = format!("the groups' files came: {}", self.names.join(", "));
                (Some(url), Some(status), what)
            }
            (None, None) => (None, None, "there was no group's file to fetch".to_owned()),
        };
        Evidence {
            stage: Stage::Groups,
            at: turn.now,
            since: None,
            ok,
            owner: Owner::CloudInit,
            what,
            request: request.map(|url| format!("GET {url}")),
            status,
            bytes: (self.asked > 0).then_some(self.bytes),
            tries: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_read_from_the_arguments_or_refused_with_the_reason() {
        let found = source("x ds=nocloud-net;s=http://h:1/cloud-init y");
        assert_eq!(found.as_deref(), Ok("http://h:1/cloud-init/"));
        let found = source("ds=nocloud-net;h=a;s=https://h/");
        assert_eq!(found.as_deref(), Ok("https://h/"));
        for (cmdline, word) in [
            ("quiet", "no ds="),
            ("ds=nocloud-net", "names no address"),
            ("ds=nocloud-net;s=localhost/", "\"localhost/\""),
            ("ds=ec2", "nocloud-net only"),
            ("cloud-init=disabled ds=nocloud-net;s=http://h/", "switch"),
        ] {
            let why = source(cmdline).expect_err(cmdline);
            assert!(why.contains(word), "{cmdline}: {why}");
        }
    }

    #[test]
    fn only_an_include_list_includes() {
        let urls = |text| includes(text).collect::<Vec<_>>().len();
        assert_eq!(
            urls("#include\nhttp://a/x.yaml\n\n# no\nhttp://a/y.yaml\n"),
            2
        );
        assert_eq!(urls("#include\n"), 0);
        assert_eq!(urls("#cloud-config\nhttp://a/x.yaml\n"), 0);
    }
}
