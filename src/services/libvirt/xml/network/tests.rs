//! Networks that are none, and those that libvirt writes.
use super::*;
use crate::{fault::Kind, services::libvirt::xml::parse};

fn read(inside: &str) -> Element {
    parse(&format!("<network><name>n</name>{inside}</network>")).expect("well-formed")
}

#[test]
fn what_libvirt_would_take_in_silence_is_refused() {
    for (inside, word) in [
        ("<bridge>virbr-openchami</bridge>", "_name"),
        ("<forward>nat</forward>", "_mode"),
        ("<ip>172.16.0.254/24</ip>", "_address"),
        ("<bridge name='virbr-openchami-2'/>", "15 letters"),
        ("<ip address='172.16.0.2544'/>", "<ip address="),
        ("<ip address='10.0.0.1' netmask='255.0.255.0'/>", "netmask="),
        ("<ip address='10.0.0.1' prefix='33'/>", "prefix="),
        ("<ip family='ipv6' address='10.0.0.1'/>", "IPv6 only"),
        (
            "<ip address='10.0.0.1'><dhcp><range start='0.0.0.0' end='255.255.255.255'/></dhcp></ip>",
            "its own network",
        ),
        (
            "<ip address='10.0.0.1'><dhcp><range start='10.0.0.9' end='10.0.0.2'/></dhcp></ip>",
            "lower",
        ),
    ] {
        let fault = sound(&read(inside)).expect_err(inside);
        assert_eq!(fault.kind, Kind::BadArgument, "{inside}");
        let hint = fault.hint.unwrap_or_default();
        assert!(hint.contains(word), "{inside}: {hint}");
    }
}

#[test]
fn what_libvirt_writes_is_sound() {
    for inside in [
        "",
        "<bridge name='virbr-openchami' stp='on' delay='0'/><ip address='172.16.0.254' netmask='255.255.255.0'/>",
        "<forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward><ip address='10.0.0.1' prefix='24'>\
         <dhcp><range start='10.0.0.2' end='10.0.0.254'/></dhcp></ip>",
        "<ip family='ipv6' address='fd00::1' prefix='64'/>",
    ] {
        sound(&read(inside)).expect(inside);
    }
}

#[test]
fn without_a_mask_the_class_counts() {
    let of = |text: &str| nets(&read(&format!("<ip address='{text}'/>")))[0];
    assert_eq!(of("10.0.0.1").prefix_len(), 8);
    assert_eq!(of("172.16.0.254").prefix_len(), 16);
    assert_eq!(of("192.168.122.1").prefix_len(), 24);
    assert!(meet(&[of("172.16.0.254")], &[of("172.16.3.1")]));
    assert!(!meet(&[of("172.16.0.254")], &[of("172.17.3.1")]));
}
