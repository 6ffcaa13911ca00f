//! `smd.iface`.
use super::{
    super::client::{Client, Filter, InterfaceFields},
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
    n.write(
        "iface_add",
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.add_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.write(
        "iface_set",
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.set_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.write(
        "iface_update",
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.update_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.write(
        "iface_ensure",
        with(smd, |smd, (mac, fields): Fields| async move {
            smd.ensure_interface(&mac, fields.unwrap_or_default()).await
        }),
    );
    n.write(
        "iface_delete",
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
    n.write(
        "address_add",
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
    n.write(
        "address_update",
        with(
            smd,
            |smd, (mac, ip, place): (String, String, Place)| async move {
                smd.update_address(&mac, &ip, place.network).await
            },
        ),
    );
    n.write(
        "address_delete",
        with(smd, |smd, (mac, ip): (String, String)| async move {
            smd.delete_address(&mac, &ip).await
        }),
    );
}
