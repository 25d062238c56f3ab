//! The virtual internet: the device's link, a router, and the hosts behind it.
//!
//! ```text
//! device (embassy-net) == link ==[router]-- path --[host: smoltcp + servers]
//!                                         \- path --[host: ...]
//! ```

pub mod caller;
pub(crate) mod delay;
pub mod giver;
pub(crate) mod host;
pub(crate) mod internet;
pub mod link;
pub(crate) mod router;
