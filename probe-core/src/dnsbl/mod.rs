//! Block lists (RFC 5782): databases of addresses that are asked by DNS.

mod zone;

pub use zone::{ERRORS_MAX, Meaning, OCCASIONS_MAX, ZONES_MAX, Zone};
