//! Who a device is, from its chip's unique number.
//!
//! The number itself says where and when the chip was made, so a hash of it goes out instead.

use probe_core::finding::DeviceId;

/// A chip's unique number, in octets.
pub const UNIQUE_OCTETS: usize = 12;

/// What keeps the two hashes apart, so that none is a part of the other.
const FOR_MAC: u8 = 1;
const FOR_DEVICE: u8 = 2;

/// The hardware address: a single machine's, and locally administered (IEEE 802, 8.2).
pub fn mac(unique: &[u8; UNIQUE_OCTETS]) -> [u8; 6] {
    let [a, b, c, d, e, f, ..] = hash(FOR_MAC, unique).to_be_bytes();
    [a & 0b1111_1100 | 0b10, b, c, d, e, f]
}

/// The device's name in its findings.
pub fn device_id(unique: &[u8; UNIQUE_OCTETS]) -> DeviceId {
    DeviceId(hash(FOR_DEVICE, unique).to_be_bytes())
}

/// FNV-1a with 64 bits over `purpose` and the number. Chips of one wafer differ in a few bits;
/// SplitMix64's last steps spread them over all octets and let no two numbers meet that had not
/// met before.
fn hash(purpose: u8, unique: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for octet in core::iter::once(&purpose).chain(unique) {
        hash = (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Made with another implementation.
    #[test]
    fn chips_have_the_addresses_that_they_always_had() {
        let table: [([u8; UNIQUE_OCTETS], [u8; 6], u64); 3] = [
            (
                [
                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                ],
                [0x7a, 0xcf, 0x55, 0xbf, 0x33, 0xda],
                0x792d_c33e_4eea_5f99,
            ),
            (
                [
                    0x2d, 0x00, 0x3a, 0x00, 0x14, 0x51, 0x33, 0x31, 0x36, 0x30, 0x33, 0x39,
                ],
                [0xee, 0x1e, 0xb7, 0x1d, 0xd3, 0xd7],
                0x5436_232d_784e_3914,
            ),
            (
                [
                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                ],
                [0xca, 0x83, 0x63, 0x3a, 0xfe, 0xe2],
                0xac27_14c6_fe1f_19bc,
            ),
        ];
        for (unique, address, device) in table {
            assert_eq!(mac(&unique), address, "{unique:02x?}");
            assert_eq!(device_id(&unique).0, device.to_be_bytes(), "{unique:02x?}");
        }
    }

    #[test]
    fn neighbours_on_a_wafer_are_strangers_on_a_wire() {
        let mut seen = BTreeSet::new();
        for x in 0..64 {
            for y in 0..64 {
                let unique = [x, 0, y, 0, 0x14, b'Q', b'3', b'1', b'6', b'0', b'3', b'9'];
                let address = mac(&unique);
                assert_eq!(
                    address[0] & 0b11,
                    0b10,
                    "one machine's, locally administered"
                );
                seen.insert(address);
            }
        }
        assert_eq!(seen.len(), 64 * 64);
    }
}
