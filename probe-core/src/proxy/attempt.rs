//! Which attempt of a job: the octet that stands in its token.

use serde::{Deserialize, Deserializer, Serialize};

use super::{PROTOCOLS, Protocol};

/// How many of the sink's ports a protocol is tried with.
pub const PLACES: usize = 2;

/// One attempt of a job: a protocol and the place of a port of the sink, as one octet: the protocol's
/// number, and 32 for the second port. It stands in the token that is sent, where a relay has its pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct AttemptId(u8);

/// What a place adds.
const PLACE: u8 = 32;

impl AttemptId {
    /// The control: CONNECT to a name that cannot exist. It proves nothing by itself.
    pub const CONTROL: Self = Self(PLACE - 1);

    /// The attempt under `protocol` towards the sink's first (0) or second port.
    pub const fn new(protocol: Protocol, place: usize) -> Self {
        let number = protocol as u8;
        Self(if place == 0 { number } else { number | PLACE })
    }

    /// The attempt that a token names.
    pub fn of_octet(octet: u8) -> Option<Self> {
        let id = Self(octet);
        let is_known = octet < 2 * PLACE && id.protocol().is_some();
        (is_known || id == Self::CONTROL).then_some(id)
    }

    /// Its octet.
    pub const fn octet(self) -> u8 {
        self.0
    }

    /// How it asks; `None` for the control.
    pub fn protocol(self) -> Option<Protocol> {
        PROTOCOLS.get(usize::from(self.0 % PLACE)).copied()
    }

    /// The place of the sink's port in the scope, 0 or 1.
    pub const fn place(self) -> usize {
        (self.0 / PLACE) as usize
    }
}

impl<'de> Deserialize<'de> for AttemptId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let octet = u8::deserialize(input)?;
        Self::of_octet(octet).ok_or_else(|| serde::de::Error::custom("no such attempt"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_an_octet() {
        for (number, protocol) in (0_u8..).zip(PROTOCOLS) {
            for place in 0..PLACES {
                let id = AttemptId::new(protocol, place);
                assert_eq!(id.octet(), number + 32 * place as u8);
                assert_eq!(AttemptId::of_octet(id.octet()), Some(id));
                assert_eq!((id.protocol(), id.place()), (Some(protocol), place));
            }
        }
        assert_eq!(AttemptId::CONTROL.protocol(), None);
        for octet in [11, 30, 43, 63, 64, 96, 255] {
            assert_eq!(AttemptId::of_octet(octet), None, "{octet}");
        }
    }
}
