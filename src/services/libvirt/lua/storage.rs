//! Storage pools and volumes. The journal says that they were changed; what was in them it does not keep.
use super::{
    Act, Said, about, ask,
    options::{Autostarting, Listing, Volume, at, bytes},
    with,
};
use crate::{
    fault::Fault,
    lua::Natives,
    services::libvirt::{
        client::Client,
        types::{Call, ListedPool, ListedVol, PoolInfo, VolInfo},
        xml::table,
    },
};
use serde_json::{Value, json};

pub(super) fn natives(n: &mut Natives, virsh: &Client) {
    n.read(
        "pool_list",
        with(virsh, |virsh, (listing,): (Option<Listing>,)| async move {
            let Listing { all, inactive, uri } = listing.unwrap_or_default();
            ask::<Vec<ListedPool>>(virsh.at(at(uri)), Call::PoolList { all, inactive }).await
        }),
    );
    about::<PoolInfo>(n, virsh, "pool_info", |pool| Call::PoolInfo { pool });
    about::<Vec<ListedVol>>(n, virsh, "vol_list", |pool| Call::VolList { pool });
    n.read(
        "vol_info",
        with(
            virsh,
            |virsh, (pool, vol, said): (String, String, Said)| async move {
                ask::<VolInfo>(virsh.at(said), Call::VolInfo { pool, vol }).await
            },
        ),
    );
    pools(n, virsh);
    volumes(n, virsh);
}

fn pools(n: &mut Natives, virsh: &Client) {
    n.one_way(
        "pool_define",
        "virsh.pool_undefine takes a pool away; one that it replaced is not kept",
        with(virsh, |virsh, (xml, said): (String, Said)| async move {
            ask::<PoolInfo>(virsh.at(said), Call::PoolDefine { xml }).await
        }),
    );
    n.one_way(
        "pool_autostart",
        "virsh.pool_autostart(POOL, { disable = true }), or without that, is the way back",
        with(
            virsh,
            |virsh, (pool, said): (String, Option<Autostarting>)| async move {
                let Autostarting { disable, uri } = said.unwrap_or_default();
                ask::<PoolInfo>(virsh.at(at(uri)), Call::PoolAutostart { pool, disable }).await
            },
        ),
    );
    let pools: [Act; 5] = [
        (
            "pool_build",
            "what a pool stands on may hold something by now",
            |pool| Call::PoolBuild { pool },
        ),
        (
            "pool_refresh",
            "libvirt looked, and changed nothing itself",
            |pool| Call::PoolRefresh { pool },
        ),
        ("pool_start", "virsh.pool_destroy stops a pool", |pool| {
            Call::PoolStart { pool }
        }),
        ("pool_destroy", "virsh.pool_start starts a pool", |pool| {
            Call::PoolDestroy { pool }
        }),
        ("pool_undefine", "its definition is not kept", |pool| {
            Call::PoolUndefine { pool }
        }),
    ];
    for (name, reason, call) in pools {
        n.one_way(
            name,
            reason,
            with(
                virsh,
                move |virsh, (pool, said): (String, Said)| async move {
                    ask::<PoolInfo>(virsh.at(said), call(pool)).await
                },
            ),
        );
    }
}

fn volumes(n: &mut Natives, virsh: &Client) {
    n.one_way(
        "vol_create",
        "virsh.vol_delete takes a volume away, with whatever was written into it since",
        with(
            virsh,
            |virsh, (pool, volume, said): (String, Volume, Said)| async move {
                let xml = document(&volume)?;
                ask::<VolInfo>(virsh.at(said), Call::VolCreate { pool, xml }).await
            },
        ),
    );
    n.one_way(
        "vol_delete",
        "what was in it is gone",
        with(
            virsh,
            |virsh, (pool, vol, said): (String, String, Said)| async move {
                ask::<VolInfo>(virsh.at(said), Call::VolDelete { pool, vol }).await
            },
        ),
    );
}

fn document(volume: &Volume) -> Result<String, Fault> {
    if volume.name.is_empty() {
        return Err(Fault::bad_argument("a volume needs a name and a capacity")
            .hint("virsh.vol_create(\"default\", { name = \"disk1.qcow2\", capacity = \"10GiB\", format = \"qcow2\" })"));
    }
    let capacity = bytes(&volume.capacity)?;
    let allocation = match &volume.allocation {
        Value::Null => 0,
        said => bytes(said)?,
    };
    let mut document = json!({
        "name": volume.name,
        "capacity": { "_unit": "bytes", "_": capacity },
        "allocation": { "_unit": "bytes", "_": allocation },
    });
    if let Some(format) = &volume.format {
        document["target"] = json!({ "format": { "_type": format } });
    }
    table::render("volume", &document)
}
