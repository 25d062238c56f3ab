//! Proxies: whoever connects a stranger to anywhere. A probe asks one to connect to our own sink.

mod protocol;

pub use protocol::{PROTOCOLS, Protocol, Protocols};
