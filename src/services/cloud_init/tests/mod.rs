//! cloud-init tested: the client against the simulated service, and the latter asked over its router.
mod client;
mod lab;
mod site;
