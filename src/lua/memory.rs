//! How much memory Lua may take: a loop that grows a table ends in a fault, and the session goes on.
//!
//! mlua counts what Lua's allocator gives out and refuses what would pass the limit; Lua then collects its garbage, tries
//! once more and raises. Where the system itself refuses memory the process would end, hence the limit stays at half of
//! what the system gives: of the machine's memory, of its control group's, of `ulimit -v`. What natives keep in Rust (a
//! body on its way) does not count.
use crate::fault::{Fault, Kind};
use mlua::{Error, Lua, Result, Value};
use std::{env, fs, path::Path};

/// Sets another limit: `CHAMI_LUA_MEMORY=512MiB`.
pub const VARIABLE: &str = "CHAMI_LUA_MEMORY";

const MIB: usize = 1 << 20;
const GIB: usize = 1 << 30;
/// As much as anybody's script needs, and no more than a laptop has.
const MOST: usize = 4 * GIB;
/// The library itself wants to be loaded.
const LEAST: usize = 16 * MIB;
/// Each input gets at least so much, so that `big = nil` can be typed when memory is full.
const ROOM: usize = 8 * MIB;
/// What Lua raises.
const WORDS: &str = "not enough memory";

/// The limit of one VM.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    limit: usize,
    /// The user chose it.
    chosen: bool,
}

impl Memory {
    /// What the variable says, or else what suits this machine.
    pub(crate) fn of_environment() -> std::result::Result<Self, Fault> {
        let (limit, chosen) = match env::var(VARIABLE) {
            Ok(text) if !text.trim().is_empty() => (size(&text)?, true),
            _ => (suitable().unwrap_or(usize::MAX).clamp(LEAST, MOST), false),
        };
        Ok(Self { limit, chosen })
    }

    pub(crate) const fn of(limit: usize) -> Self {
        Self {
            limit,
            chosen: true,
        }
    }

    pub(crate) fn install(self, lua: &Lua) -> Result<()> {
        lua.set_app_data(self);
        lua.set_memory_limit(self.limit).map(|_| ())
    }

    /// Before a run.
    pub(crate) fn begin(self, lua: &Lua) {
        if lua.used_memory() + ROOM > self.limit {
            // Fails only in a finaliser of the user's.
            let _ = lua.gc_collect();
        }
        // mlua's own states can always be limited.
        let _ = lua.set_memory_limit(self.limit.max(lua.used_memory() + ROOM));
    }

    /// After a run: its report has room of its own.
    pub(crate) fn end(self, lua: &Lua) {
        let _ = lua.set_memory_limit(self.limit.max(lua.used_memory()) + ROOM);
    }

    fn fault(self) -> Fault {
        let limit = written(self.limit);
        let hint = if self.chosen {
            format!("{VARIABLE} sets this limit; a list that is not kept whole takes less")
        } else {
            format!(
                "a list that is not kept whole takes less; {VARIABLE}={} gives Lua more",
                written(2 * self.limit).replace(' ', "")
            )
        };
        let message = format!("Lua wants more memory than the {limit} it may take");
        Fault::new(Kind::Refused, message).hint(hint)
    }
}

/// The fault of a raised value, if it was raised for want of memory. (Lua itself takes whoever raises these very words for
/// its own.)
pub(crate) fn raised(lua: &Lua, raised: &Value) -> Option<Fault> {
    let lack = match raised {
        Value::String(text) => text.as_bytes().as_ref() == WORDS.as_bytes(),
        Value::Error(error) => is_lack(error),
        _ => false,
    };
    lack.then(|| fault(lua))
}

/// Whether a call into Lua failed for want of memory.
pub(crate) fn is_lack(error: &Error) -> bool {
    match error {
        Error::MemoryError(_) => true,
        Error::CallbackError { cause, .. } => is_lack(cause),
        _ => false,
    }
}

/// The fault of a call into Lua that fails for no other reason.
pub(crate) fn or_defect(lua: &Lua, error: &Error) -> Fault {
    if is_lack(error) {
        return fault(lua);
    }
    Fault::internal(error.to_string())
}

/// What that is to the user.
pub(crate) fn fault(lua: &Lua) -> Fault {
    match lua.app_data_ref::<Memory>() {
        Some(memory) => memory.fault(),
        None => Fault::internal(WORDS),
    }
}

/// `512MiB`, `4GiB`, `1.5GiB`.
fn size(text: &str) -> std::result::Result<usize, Fault> {
    let text = text.trim();
    let wrong = |why: &str| {
        Fault::bad_argument(format!("{VARIABLE}: \"{text}\" {why}"))
            .hint(format!("a size is written like {VARIABLE}=512MiB or 4GiB"))
    };
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = match text[digits.len()..].trim() {
        "KiB" => 1 << 10,
        "MiB" => MIB,
        "GiB" => GIB,
        "TiB" => GIB << 10,
        _ => return Err(wrong("is no size in KiB, MiB or GiB")),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let thousandths = format!("{part:0<3}");
    let number = |text: &str| text.parse::<usize>().ok();
    let bytes = match (number(whole), thousandths.get(..3).and_then(number)) {
        (Some(whole), Some(part)) if part < 1000 => {
            let part = unit * part / 1000;
            whole.checked_mul(unit).and_then(|it| it.checked_add(part))
        }
        _ => return Err(wrong("is no size")),
    };
    match bytes {
        Some(bytes) if bytes >= LEAST => Ok(bytes.min(isize::MAX.unsigned_abs() / 2)),
        Some(_) => Err(wrong(&format!(
            "is less than the {} chami needs",
            written(LEAST)
        ))),
        None => Err(wrong("is more than there can be")),
    }
}

fn written(bytes: usize) -> String {
    let (unit, name) = if bytes >= GIB {
        (GIB, "GiB")
    } else {
        (MIB, "MiB")
    };
    let tenths = (bytes >> 10) * 10 / (unit >> 10);
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        part => format!("{}.{part} {name}", tenths / 10),
    }
}

/// Half of the least of what the system gives; None where it does not say. Of a process's address space much is no
/// memory: the stacks of threads, and what allocators set aside.
fn suitable() -> Option<usize> {
    let read = |path: &Path| fs::read_to_string(path).ok();
    let proc = Path::new("/proc");
    let machine = read(&proc.join("meminfo")).and_then(|text| of_meminfo(&text));
    let process = read(&proc.join("self/limits")).and_then(|text| of_limits(&text));
    let process = process.map(|space| space / 2);
    let groups = read(&proc.join("self/cgroup")).unwrap_or_default();
    let files = groups.lines().flat_map(of_cgroup);
    let group = files.filter_map(|path| read(Path::new(&path))?.trim().parse().ok());
    group
        .chain(machine)
        .chain(process)
        .min()
        .map(|least| least / 2)
}

/// `MemTotal:       24044124 kB`
fn of_meminfo(text: &str) -> Option<usize> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: usize = line.split_whitespace().next()?.parse().ok()?;
    kib.checked_mul(1 << 10)
}

/// `Max address space         8589934592           unlimited            bytes`; the soft limit counts.
fn of_limits(text: &str) -> Option<usize> {
    let soft = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let limits = [soft("Max address space"), soft("Max data size")];
    limits.into_iter().flatten().min()
}

/// The files that may limit this control group and those above it: `0::/user.slice/x`, `5:memory:/x`.
fn of_cgroup(line: &str) -> Vec<String> {
    let mut parts = line.splitn(3, ':');
    let (root, file) = match (parts.next(), parts.next()) {
        (Some("0"), Some("")) => ("/sys/fs/cgroup", "memory.max"),
        (_, Some("memory")) => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        _ => return Vec::new(),
    };
    let path = Path::new(parts.next().unwrap_or("/"));
    let above = path.ancestors().map(|path| path.display().to_string());
    above
        .map(|path| format!("{root}{}/{file}", path.trim_end_matches('/')))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        let read = |text: &str| size(text).map(written).map_err(|fault| fault.message);
        assert_eq!(read("512MiB"), Ok("512 MiB".into()));
        assert_eq!(read(" 1.5 GiB "), Ok("1.5 GiB".into()));
        assert_eq!(size("2GiB"), Ok(2 * GIB));
        for wrong in [
            "",
            "512",
            "512MB",
            "x",
            "-1GiB",
            "1..5GiB",
            "1.ßGiB",
            "99999999999TiB",
            "8KiB",
            "GiB",
            "1.5.5GiB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_the_system_gives_is_read() {
        assert_eq!(
            of_meminfo("MemTotal:       2048 kB\nMemFree: 1 kB\n"),
            Some(2 * MIB)
        );
        let limits = "Max data size             unlimited            unlimited            bytes\n\
                      Max address space         8589934592           unlimited            bytes\n";
        assert_eq!(of_limits(limits), Some(8 * GIB));
        assert_eq!(
            of_limits("Max data size   unlimited  unlimited bytes\n"),
            None
        );
        let files = of_cgroup("0::/user.slice/x");
        let all = [
            "/sys/fs/cgroup/user.slice/x/memory.max",
            "/sys/fs/cgroup/user.slice/memory.max",
            "/sys/fs/cgroup/memory.max",
        ];
        assert_eq!(files, all);
        assert!(of_cgroup("4:cpu:/x").is_empty());
        assert!(suitable().is_none_or(|limit| limit > 0));
    }
}
