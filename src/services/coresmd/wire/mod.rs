//! DHCP and TFTP on a real network: a probe that asks as a node would, a watch of what goes by, a file fetched.
//!
//! DHCP is asked from any MAC, which no ordinary socket can do, and answers go to that MAC: so frames are written and read
//! as they are on the interface. That wants a capability; TFTP wants none.
mod frame;
mod probe;
mod rival;
mod socket;
mod tftp;
mod watch;

pub use frame::unicast;
pub use probe::{Heard, Probed, Wanted, aside, probe};
pub use rival::rival;
pub use socket::{Here, Raw, interfaces};
pub use tftp::{Fetch, fetch, understands};
pub use watch::{Look, Sight, watch};
