//! The configuration with which the lab's coredhcp answers on an interface.
use crate::{
    fault::Fault,
    lab::house::House,
    services::{
        coresmd::{
            render::{Wanted, render},
            types::{LAB, Running},
            wire::{Here, interfaces},
        },
        site::Ground,
    },
};
use std::net::Ipv4Addr;

/// The server's configuration says the interface's own address, where that is another than the tutorial's. What is to be
/// said of it: one that somebody gave the lab is for the lab's own wire, and one for this interface may not fit.
pub(super) async fn configure(
    house: &House,
    interface: &str,
    here: &Here,
    http: u16,
) -> Result<Vec<String>, Fault> {
    let (first, last) = pool(here.ip, here.netmask)?;
    let wanted = Wanted {
        interface: interface.to_owned(),
        server: here.ip.to_string(),
        netmask: here.netmask.to_string(),
        boot: Some(format!("http://{}:{http}", here.ip)),
        pool: (first.to_string(), last.to_string()),
        ..Wanted::default()
    };
    let (own, text) = (render(&Wanted::default())?, render(&wanted)?);
    let mut notices = Vec::new();
    if server(house).await?.config != own {
        notices.push(format!(
            "the coredhcp.yaml that lab.dhcp.set gave this lab does not count on {interface}, which has one made for it: \
             lab.dhcp.get().config"
        ));
    }
    house.peers.reconfigure(Ground {
        text: text.clone(),
        place: format!("{interface} {}:{http}", here.ip),
        interfaces: interfaces(),
    })?;
    let now = server(house).await?;
    if now.config != text {
        notices.push(format!(
            "its coredhcp.yaml is the one that lab.dhcp.set gave it for {interface}: lab.dhcp.reset() takes it back"
        ));
    }
    notices.extend(now.why.map(|why| format!("no node gets an answer: {why}")));
    Ok(notices)
}

/// How the lab's DHCP server is.
async fn server(house: &House) -> Result<Running, Fault> {
    let (_, body) = house.peers.get(&format!("{LAB}/server")).await?;
    serde_json::from_slice(&body).map_err(|error| Fault::internal(format!("a record: {error}")))
}

/// Addresses for strangers: the tutorial's .200 to .250 where these fit, else the last quarter of the network, or the second
/// one where this machine is in that.
fn pool(ip: Ipv4Addr, netmask: Ipv4Addr) -> Result<(Ipv4Addr, Ipv4Addr), Fault> {
    let (own, mask) = (u32::from(ip), u32::from(netmask));
    let (net, size) = (own & mask, !mask);
    let apart = |(first, last): &(u32, u32)| !(*first..=*last).contains(&(own - net));
    let tutorial = (size == 255).then_some((200, 250));
    let quarters = [
        (size - size / 4, size.saturating_sub(2)),
        (size / 4, size / 2),
    ];
    let found = tutorial.into_iter().chain(quarters);
    let found = found
        .filter(|(first, last)| *first > 0 && first < last)
        .find(apart);
    let (first, last) = found.ok_or_else(|| {
        let message = format!("{ip} is in a network too small for strangers beside its nodes");
        Fault::bad_argument(message).hint("an address with a prefix of /28 or shorter")
    })?;
    Ok((Ipv4Addr::from(net + first), Ipv4Addr::from(net + last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_lent_what_is_in_the_network_and_not_its_own() {
        let pool = |ip: &str, mask: &str| {
            let found = pool(
                ip.parse().expect("an address"),
                mask.parse().expect("a mask"),
            );
            found.map(|(first, last)| format!("{first}-{last}"))
        };
        let good = |ip, mask| pool(ip, mask).expect("a pool");
        assert_eq!(
            good("172.16.0.254", "255.255.255.0"),
            "172.16.0.200-172.16.0.250"
        );
        assert_eq!(
            good("172.16.0.210", "255.255.255.0"),
            "172.16.0.63-172.16.0.127"
        );
        assert_eq!(good("10.1.1.5", "255.255.255.192"), "10.1.1.48-10.1.1.61");
        assert!(pool("10.0.0.1", "255.255.255.254").is_err());
    }
}
