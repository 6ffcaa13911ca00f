//! The head node itself, before and beside OpenCHAMI: its directories, names, kernel parameters, and what it is made of.
//!
//! There is no service to speak to. The seam is of our own (`types::Call`): small questions and changes, as a shell has
//! them, and two who answer: this machine (`client::here`), and for a lab its simulated head node (`lab`). What is to
//! be done is thought out once, over the seam (`client`): look first, change what differs, say what that was. So a second
//! call changes nothing, a plan shows each step, and the lab teaches what the machine does.
//!
//! What may surprise. The real machine is the one chami runs on, for nothing else can be changed without a service of its
//! own; whoever administers a head node from afar logs in there. chami never asks for more rights than it has: most of this
//! wants root, and a refusal says what to type. A kernel parameter lasts until the next boot unless it is `persistent`.
//! A file is replaced in one step; where it is a mount point of its own, as `/etc/hosts` in a container, that cannot be,
//! and its text is written in place.
pub mod client;
mod images;
pub mod lab;
mod lua;
pub mod store;
#[cfg(test)]
mod tests;
pub mod text;
pub mod types;

use super::Service;

pub const SERVICE: Service = Service {
    name: "head",
    natives: lua::natives,
    images: Some(images::images),
    lab: Some(lab::front),
};
