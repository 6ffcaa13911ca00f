//! Whose a directory or a file is, and who may do what with it: what differs is changed, and what came of it compared.
use super::{Client, dir::is_planned};
use crate::{
    fault::{Fault, Kind},
    services::head::types::{Call, Dress, Entry, Ids, bits, is_system, stays},
};

/// What chown takes away from a mode: setuid and setgid; and the sticky bit, which goes with them.
const SPECIAL: u32 = 0o7000;

/// What is to be, with the numbers behind the names: they are known before anything is done.
#[derive(Clone, Debug, Default)]
pub(super) struct Fitting {
    pub(super) dress: Dress,
    ids: Ids,
}

impl Fitting {
    /// The same for what is there already: only what differs is left of it.
    fn open(&self, now: Option<&Entry>) -> Dress {
        let differs = |want: Option<u32>, have: Option<u32>| want.is_some() && want != have;
        let mode = |mode: &&String| now.is_none_or(|it| bits(&it.mode) != bits(mode));
        let wanted = |word: &Option<String>, is_open: bool| word.clone().filter(|_| is_open);
        Dress {
            owner: wanted(
                &self.dress.owner,
                differs(self.ids.uid, now.map(|it| it.uid)),
            ),
            group: wanted(
                &self.dress.group,
                differs(self.ids.gid, now.map(|it| it.gid)),
            ),
            mode: self.dress.mode.as_ref().filter(mode).cloned(),
        }
    }
}

impl Client {
    /// Refuses a user or a group that the machine does not have.
    pub(super) async fn fitting(&self, dress: Dress) -> Result<Fitting, Fault> {
        let (owner, group) = (dress.owner.clone(), dress.group.clone());
        let ids = match (&owner, &group) {
            (None, None) => Ids::default(),
            _ => self.ask(Call::Who { owner, group }).await?,
        };
        Ok(Fitting { dress, ids })
    }

    /// Gives what is there its owner, group and mode where they differ; says whether one did.
    pub(super) async fn dress(
        &self,
        path: &str,
        now: Option<&Entry>,
        fitting: &Fitting,
    ) -> Result<bool, Fault> {
        let open = fitting.open(now);
        if open == Dress::default() {
            return Ok(false);
        }
        if is_system(path) && now.is_none_or(|it| it.kind == "directory") {
            return Err(stays(path));
        }
        let (owner, group) = (open.owner, open.group);
        let given = owner.is_some() || group.is_some();
        if given {
            let path = path.to_owned();
            self.act(Call::Chown { path, owner, group }).await?;
        }
        let has = now.map(|it| it.mode.clone());
        // Another owner costs a file its setuid bit, and what is not said stays.
        let lost = given.then(|| fitting.dress.mode.clone().or(has));
        let lost = lost.flatten().filter(|mode| bits(mode) & SPECIAL != 0);
        if let Some(mode) = open.mode.or(lost) {
            let path = path.to_owned();
            self.act(Call::Chmod { path, mode }).await?;
        }
        Ok(true)
    }

    /// What stands there now, which must be as it was to be: some file systems, and some users, keep less than they take.
    pub(super) async fn came(&self, path: &str, fitting: &Fitting) -> Result<Option<Entry>, Fault> {
        let now = self.look_at(path).await?;
        let open = fitting.open(now.as_ref());
        let entry = match now {
            Some(entry) if open != Dress::default() && !is_planned() => entry,
            now => return Ok(now),
        };
        let words = [
            ("owner", open.owner, entry.owner),
            ("group", open.group, entry.group),
            ("mode", open.mode, entry.mode),
        ];
        let words = words.into_iter().filter_map(|(what, wanted, is)| {
            Some(format!(
                "{what} {} was asked for, and it is {is} all the same",
                wanted?
            ))
        });
        let message = format!("{path}: {}", words.collect::<Vec<_>>().join("; "));
        Err(Fault::new(Kind::NoEffect, message)
            .hint("its file system does not keep that, or only root may set it"))
    }
}
