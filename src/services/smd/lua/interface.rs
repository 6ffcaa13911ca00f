//! `smd.iface`.
use super::{
    super::client::{Client, Filter, InterfaceFields},
    super::images::scope,
    super::types::IpAddress,
    Whom, whom, with,
};
use crate::lua::Natives;
use serde::Deserialize;

type Listing = (Option<Vec<String>>, Option<Filter>);
type Fields = (String, Option<InterfaceFields>);

/// What may be said of an address.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Place {
    network: String,
}

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "iface_list",
        with(smd, |smd, (components, filter): Listing| async move {
            smd.interfaces(components.as_deref(), &filter.unwrap_or_default())
                .await
        }),
    );
    n.read(
        "iface_get",
        with(smd, |smd, (mac,): (String,)| async move {
            smd.interface(&mac).await
        }),
    );
    n.change(
        "iface_add",
        |(mac, _): &Fields| scope::nic(mac),
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.add_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "iface_set",
        |(mac, _): &Fields| scope::nic(mac),
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.set_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "iface_update",
        |(mac, _): &Fields| scope::nic(mac),
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.update_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "iface_ensure",
        |(mac, _): &Fields| scope::nic(mac),
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.ensure_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "iface_delete",
        |(macs, all): &Whom| scope::nics(macs.as_ref(), *all),
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(macs) => smd.delete_interfaces(macs).await,
                None => smd.delete_all_interfaces().await,
            }
        }),
    );
    addresses(n, smd);
}

fn addresses(n: &mut Natives, smd: &Client) {
    n.change(
        "address_add",
        |(mac, ..): &(String, String, Option<Place>)| scope::nic(mac),
        with(
            smd,
            |smd, (mac, ip, place): (String, String, Option<Place>)| async move {
                let network = place.map(|place| place.network);
                smd.add_address(
                    &mac,
                    IpAddress {
                        ip_address: ip,
                        network,
                    },
                )
                .await
            },
        ),
    );
    n.change(
        "address_update",
        |(mac, ..): &(String, String, Place)| scope::nic(mac),
        with(
            smd,
            |smd, (mac, ip, place): (String, String, Place)| async move {
                smd.update_address(&mac, &ip, place.network).await
            },
        ),
    );
    n.change(
        "address_delete",
        |(mac, _): &(String, String)| scope::nic(mac),
        with(smd, |smd, (mac, ip): (String, String)| async move {
            smd.delete_address(&mac, &ip).await
        }),
    );
}
