//! Messages to octets and back, with postcard.

use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize};

use super::{CRC, ScopeDigest};
use crate::scope::Scope;

/// Encodes `message` through `put`, which says `false` when it has no room; then nothing more is
/// put and the answer is `None`. Else the answer is the number of octets.
///
/// Where the octets go is told at run time: were it told by a type, every message would be in a
/// program once for each place that messages go to.
pub fn encode_message<T: Serialize>(message: &T, put: &mut dyn FnMut(u8) -> bool) -> Option<usize> {
    postcard::serialize_with_flavor(message, Putting { put, octets: 0 }).ok()
}

/// Decodes a message that fills `octets`; `None` when they are none, or more than one.
pub fn decode_message<'a, T: Deserialize<'a>>(octets: &'a [u8]) -> Option<T> {
    match postcard::take_from_bytes(octets) {
        Ok((message, [])) => Some(message),
        _ => None,
    }
}

impl ScopeDigest {
    /// The digest of `scope`.
    pub fn of(scope: &Scope) -> Self {
        let mut digest = CRC.digest();
        encode_message(scope, &mut |octet| {
            digest.update(&[octet]);
            true
        });
        Self(digest.finalize())
    }
}

struct Putting<'a> {
    put: &'a mut dyn FnMut(u8) -> bool,
    octets: usize,
}

impl Flavor for Putting<'_> {
    type Output = usize;

    fn try_push(&mut self, octet: u8) -> postcard::Result<()> {
        if (self.put)(octet) {
            self.octets = self.octets.saturating_add(1);
            Ok(())
        } else {
            Err(postcard::Error::SerializeBufferFull)
        }
    }

    fn finalize(self) -> postcard::Result<usize> {
        Ok(self.octets)
    }
}
