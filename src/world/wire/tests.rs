//! Who comes by the wire, and which machine that is.
use super::*;
use crate::world::Machines;

const OWN: &str = "52:54:00:be:ef:01";
const OTHER: &str = "52:54:00:00:00:99";
const PLACE: &str = "x1000c0s0b0n0";

fn comes(world: &mut World, mac: &str, place: Option<&str>, boots: bool) -> (String, bool) {
    let comer = Comer { mac, place, boots };
    world.on_wire(comer).expect("a machine")
}

#[test]
fn a_real_machine_takes_the_place_of_its_twin() {
    let mut world = World::new(&Machines::default(), 0);
    let mut come = |mac: &str, place: Option<&str>| comes(&mut world, mac, place, true);
    assert_eq!(come(OWN, None), ("compute1".to_owned(), true));
    assert_eq!(come(OWN, Some(PLACE)), ("compute1".to_owned(), false));
    assert_eq!(come(OTHER, None), (OTHER.to_owned(), true));
    assert_eq!(come(OTHER, None), (OTHER.to_owned(), false));
    let second = Some("x1000c0s0b1n0");
    assert_eq!(come(OTHER, second), ("compute2".to_owned(), true));
    assert!(come("52:54:00:00:00:98", Some("x9c0s0b0n0")).1);
    assert!(world.machine(OTHER).is_none(), "it was the same");
    let second = world.machine("compute2").expect("it is there");
    assert_eq!((second.mac.as_str(), second.wire), (OTHER, true));
    let placed = world.machine("52:54:00:00:00:98").expect("it is there");
    assert_eq!(placed.xname, "x9c0s0b0n0");
    assert_eq!(world.machines().count(), 6);
}

#[test]
fn another_interface_is_no_other_machine() {
    let mut world = World::new(&Machines::default(), 0);
    comes(&mut world, OWN, Some(PLACE), true);
    for place in [Some(PLACE), None] {
        let told = comes(&mut world, OTHER, place, false);
        assert_eq!(told, ("compute1".to_owned(), false));
    }
    let macs = |world: &World| {
        let machine = world.machine("compute1").expect("it is there");
        (machine.mac.clone(), machine.nics.clone())
    };
    assert_eq!(macs(&world), (OWN.to_owned(), vec![OTHER.to_owned()]));
    comes(&mut world, OTHER, Some(PLACE), true);
    assert_eq!(macs(&world), (OTHER.to_owned(), vec![OWN.to_owned()]));
    assert_eq!(world.machines().count(), 5);
    let (mac, boots) = ("de:ca:fc:0f:fe:e3", false);
    let bmc = Comer {
        mac,
        place: None,
        boots,
    };
    assert_eq!(world.on_wire(bmc), None);
    // SMD has it elsewhere now.
    let moved = comes(&mut world, OWN, Some("x1000c0s0b2n0"), false);
    assert_eq!(moved, ("compute3".to_owned(), true));
}

#[test]
fn one_that_is_released_is_its_twin_again() {
    let mut world = World::new(&Machines::default(), 0);
    let twin = world.machine("compute1").cloned();
    assert_eq!(world.release("compute1"), None, "it is not real");
    comes(&mut world, OWN, None, true);
    comes(&mut world, OTHER, Some(PLACE), false);
    assert_eq!(world.release("compute1"), twin);
    assert_eq!(world.machine("compute1"), twin.as_ref());
    comes(&mut world, OTHER, None, true);
    assert!(world.release(OTHER).is_some());
    assert!(world.machine(OTHER).is_none());
    assert!(comes(&mut world, OWN, None, true).1, "it comes back");
}

#[test]
fn of_many_strangers_the_last_are_remembered() {
    let mut world = World::new(&Machines::default(), 0);
    let mac = |number: i64| format!("02:00:00:00:{:02x}:{:02x}", number / 256, number % 256);
    for number in 0..600 {
        let (name, new) = comes(&mut world, &mac(number), None, true);
        assert!(new);
        let at = jiff::Timestamp::from_second(number).expect("a moment");
        world.put_boot(&name, Boot::new(1, at));
    }
    assert_eq!(world.machines().count(), 5 + STRANGERS);
    assert!(world.machine(&mac(599)).is_some() && world.machine(&mac(0)).is_none());
    assert_eq!(world.boots().count(), STRANGERS);
    assert_eq!(world.scrapped.len(), 0);
    world.scrap(&mac(599));
    assert_eq!(world.scrapped.len(), 0, "it has no UUID of its own");
}
