//! Networks.
use super::{
    Said, about, act, ask, defined,
    options::{Autostarting, Dump, Leases, Listing, at},
    touch, with,
};
use crate::{
    lua::Natives,
    services::libvirt::{
        client::Client,
        images::NETWORK,
        types::{Call, Lease, ListedNet, NetInfo},
    },
};

pub(super) fn natives(n: &mut Natives, virsh: &Client) {
    n.read(
        "net_list",
        with(virsh, |virsh, (listing,): (Option<Listing>,)| async move {
            let Listing { all, inactive, uri } = listing.unwrap_or_default();
            ask::<Vec<ListedNet>>(virsh.at(at(uri)), Call::NetList { all, inactive }).await
        }),
    );
    about::<NetInfo>(n, virsh, "net_info", |network| Call::NetInfo { network });
    n.read(
        "net_dumpxml",
        with(
            virsh,
            |virsh, (network, said): (String, Option<Dump>)| async move {
                let Dump { inactive, uri } = said.unwrap_or_default();
                ask::<String>(virsh.at(at(uri)), Call::NetDumpxml { network, inactive }).await
            },
        ),
    );
    n.read(
        "net_dhcp_leases",
        with(
            virsh,
            |virsh, (network, said): (String, Option<Leases>)| async move {
                let Leases { mac, uri } = said.unwrap_or_default();
                ask::<Vec<Lease>>(virsh.at(at(uri)), Call::NetDhcpLeases { network, mac }).await
            },
        ),
    );
    let its = virsh.clone();
    n.change(
        "net_define",
        move |(xml, said): &(String, Said)| defined(&its, NETWORK, said.as_ref(), xml),
        with(virsh, |virsh, (xml, said): (String, Said)| async move {
            virsh.at(said).net_define(xml).await
        }),
    );
    act::<NetInfo>(n, virsh, "net_start", NETWORK, |network| Call::NetStart {
        network,
    });
    act::<NetInfo>(n, virsh, "net_destroy", NETWORK, |network| {
        Call::NetDestroy { network }
    });
    act::<NetInfo>(n, virsh, "net_undefine", NETWORK, |network| {
        Call::NetUndefine { network }
    });
    let its = virsh.clone();
    n.change(
        "net_autostart",
        move |(network, said): &(String, Option<Autostarting>)| {
            let said = said.as_ref().map(|said| at(said.uri.clone()));
            touch(&its, NETWORK, said.as_ref(), [network])
        },
        with(
            virsh,
            |virsh, (network, said): (String, Option<Autostarting>)| async move {
                let Autostarting { disable, uri } = said.unwrap_or_default();
                ask::<NetInfo>(virsh.at(at(uri)), Call::NetAutostart { network, disable }).await
            },
        ),
    );
}
