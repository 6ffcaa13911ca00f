//! Storage pools and volumes.
use crate::{
    ask::told,
    blame::{self, plain},
};
use chami::{
    fault::Fault,
    services::libvirt::types::{
        Call, ListedPool, ListedVol, PoolInfo, VolInfo,
        unknown::{Sort, unknown},
    },
};
use serde_json::Value;
use virt::{connect::Connect, error::Error, storage_pool::StoragePool, storage_vol::StorageVol};

/// Does what a call about storage asks; none: it is about something else.
pub(crate) fn answer(connect: &Connect, call: Call) -> Option<Result<Value, Fault>> {
    let at = |name: &str| find(connect, name);
    Some(match call {
        Call::PoolList { all, inactive } => list(connect, all, inactive).and_then(told),
        Call::PoolInfo { pool } => at(&pool).and_then(|it| told(info(&it)?)),
        Call::PoolDefine { xml } => connect
            .define_storage_pool_xml(&xml, 0)
            .map_err(plain)
            .and_then(|it| told(info(&it)?)),
        Call::PoolBuild { pool } => done(connect, &pool, |it| it.build(0).map(drop)),
        Call::PoolAutostart { pool, disable } => {
            done(connect, &pool, |it| it.set_autostart(!disable).map(drop))
        }
        Call::PoolRefresh { pool } => done(connect, &pool, |it| it.refresh(0).map(drop)),
        Call::PoolStart { pool } => at(&pool).and_then(|it| {
            it.create(0).map_err(without_place(&pool))?;
            told(info(&it)?)
        }),
        Call::PoolDestroy { pool } => done(connect, &pool, |it| it.destroy().map(drop)),
        Call::PoolUndefine { pool } => at(&pool).and_then(|it| {
            let gone = info(&it)?;
            it.undefine().map_err(plain)?;
            told(gone)
        }),
        Call::VolList { pool } => at(&pool).and_then(|it| told(volumes(&it)?)),
        Call::VolInfo { pool, vol } => {
            at(&pool).and_then(|it| told(vol_info(&find_vol(&it, &vol)?)?))
        }
        Call::VolCreate { pool, xml } => at(&pool).and_then(|it| {
            let made = StorageVol::create_xml(&it, &xml, 0).map_err(plain)?;
            told(vol_info(&made)?)
        }),
        Call::VolDelete { pool, vol } => at(&pool).and_then(|it| {
            let found = find_vol(&it, &vol)?;
            let gone = vol_info(&found)?;
            found.delete(0).map_err(plain)?;
            told(gone)
        }),
        _ => return None,
    })
}

fn find(connect: &Connect, asked: &str) -> Result<StoragePool, Fault> {
    connect.lookup_storage_pool_by_name(asked).map_err(|error| {
        let names = || {
            let all = connect.list_all_storage_pools(0).unwrap_or_default();
            all.iter().filter_map(|it| it.name().ok()).collect()
        };
        blame::lookup(connect, Sort::Pool, asked, error, names)
    })
}

/// Does something to a pool, and tells how it is then.
fn done(
    connect: &Connect,
    name: &str,
    act: impl FnOnce(&StoragePool) -> Result<(), Error>,
) -> Result<Value, Fault> {
    let pool = find(connect, name)?;
    act(&pool).map_err(plain)?;
    told(info(&pool)?)
}

/// A pool that is only defined may have nothing to stand on yet.
fn without_place(pool: &str) -> impl Fn(Error) -> Fault {
    move |error| {
        let fault = plain(error);
        if fault.message.contains("No such file or directory") {
            return fault.hint(format!("virsh.pool_build {pool:?} makes its directory"));
        }
        fault
    }
}

fn list(connect: &Connect, all: bool, inactive: bool) -> Result<Vec<ListedPool>, Fault> {
    let flags = match (all, inactive) {
        (true, _) => 0,
        (_, true) => virt_sys::VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE,
        _ => virt_sys::VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE,
    };
    let mut listed = Vec::new();
    for pool in connect.list_all_storage_pools(flags).map_err(plain)? {
        listed.push(ListedPool {
            name: pool.name().map_err(plain)?,
            state: if pool.is_active().map_err(plain)? {
                "active"
            } else {
                "inactive"
            }
            .to_owned(),
            autostart: pool.autostart().unwrap_or(false),
        });
    }
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listed)
}

fn info(pool: &StoragePool) -> Result<PoolInfo, Fault> {
    let sizes = pool.info().map_err(plain)?;
    let state = match sizes.state {
        virt_sys::VIR_STORAGE_POOL_BUILDING => "building",
        virt_sys::VIR_STORAGE_POOL_RUNNING => "running",
        virt_sys::VIR_STORAGE_POOL_DEGRADED => "degraded",
        virt_sys::VIR_STORAGE_POOL_INACCESSIBLE => "inaccessible",
        _ => "inactive",
    };
    Ok(PoolInfo {
        name: pool.name().map_err(plain)?,
        uuid: pool.uuid_string().map_err(plain)?,
        state: state.to_owned(),
        persistent: pool.is_persistent().map_err(plain)?,
        autostart: pool.autostart().unwrap_or(false),
        capacity: sizes.capacity,
        allocation: sizes.allocation,
        available: sizes.available,
    })
}

fn volumes(pool: &StoragePool) -> Result<Vec<ListedVol>, Fault> {
    let mut listed = Vec::new();
    for vol in pool.list_all_volumes(0).map_err(plain)? {
        listed.push(ListedVol {
            name: vol.name().map_err(plain)?,
            path: vol.path().map_err(plain)?,
        });
    }
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listed)
}

fn find_vol(pool: &StoragePool, asked: &str) -> Result<StorageVol, Fault> {
    pool.lookup_storage_vol_by_name(asked).map_err(|error| {
        let fault = plain(error);
        if fault.kind != chami::fault::Kind::NotFound {
            return fault;
        }
        let known: Vec<String> = volumes(pool)
            .unwrap_or_default()
            .into_iter()
            .map(|it| it.name)
            .collect();
        let pool = pool.name().unwrap_or_default();
        unknown(Sort::Vol, asked, &known, &format!("pool {pool}"))
    })
}

fn vol_info(vol: &StorageVol) -> Result<VolInfo, Fault> {
    let info = vol.info().map_err(plain)?;
    let kind = match info.kind {
        virt_sys::VIR_STORAGE_VOL_FILE => "file",
        virt_sys::VIR_STORAGE_VOL_BLOCK => "block",
        virt_sys::VIR_STORAGE_VOL_DIR => "dir",
        virt_sys::VIR_STORAGE_VOL_NETWORK => "network",
        virt_sys::VIR_STORAGE_VOL_NETDIR => "netdir",
        virt_sys::VIR_STORAGE_VOL_PLOOP => "ploop",
        _ => "unknown",
    };
    Ok(VolInfo {
        name: vol.name().map_err(plain)?,
        kind: kind.to_owned(),
        capacity: info.capacity,
        allocation: info.allocation,
        path: vol.path().map_err(plain)?,
    })
}
