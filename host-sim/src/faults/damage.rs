//! One bit of a frame turned over.

use crc::{CRC_32_ISO_HDLC, Crc};

use super::Corruption;

/// The frame check sequence of Ethernet (IEEE 802.3, 3.2.9).
const CHECK: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
/// TCP, as IP names it.
const TCP: u8 = 6;
/// An IPv6 header's octets.
const IPV6_HEADER_OCTETS: usize = 40;

/// Turns over the bit `bit`, modulo those that there are, of `frame`, in which an IP packet stands
/// behind `link_header_octets`. Says whether the frame still arrives.
pub(super) fn damage(
    corruption: Corruption,
    frame: &mut Vec<u8>,
    link_header_octets: usize,
    bit: u64,
) -> bool {
    match corruption {
        Corruption::Checked => {
            let check = CHECK.checksum(frame).to_le_bytes();
            frame.extend_from_slice(&check);
            turn_over(frame, bit);
            let behind = frame.len() - check.len();
            let carried = frame.split_off(behind);
            carried == CHECK.checksum(frame).to_le_bytes()
        }
        Corruption::SegmentOnly => {
            if let Some(from) = segment(frame, link_header_octets)
                && let Some(segment) = frame.get_mut(from..)
            {
                turn_over(segment, bit);
            }
            true
        }
    }
}

fn turn_over(octets: &mut [u8], bit: u64) {
    let bits = (octets.len() as u64).saturating_mul(8);
    if let Some(bit) = bit.checked_rem(bits)
        && let Some(octet) = octets.get_mut(usize::try_from(bit / 8).unwrap_or(usize::MAX))
    {
        *octet ^= 1 << (bit % 8);
    }
}

/// Where the TCP segment of an IP packet begins, if it carries one.
fn segment(frame: &[u8], link_header_octets: usize) -> Option<usize> {
    let ip = frame.get(link_header_octets..)?;
    let first = *ip.first()?;
    let (protocol, header_octets) = match first >> 4 {
        4 => (*ip.get(9)?, usize::from(first & 0x0f) * 4),
        6 => (*ip.get(6)?, IPV6_HEADER_OCTETS),
        _ => return None,
    };
    (protocol == TCP).then_some(link_header_octets + header_octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sequence_sees_every_single_bit() {
        let frame: Vec<u8> = (0..60).collect();
        for bit in 0..64 * 8 {
            let mut hit = frame.clone();
            assert!(!damage(Corruption::Checked, &mut hit, 14, bit), "bit {bit}");
        }
    }

    #[test]
    fn a_segment_is_hit_and_nothing_before_it() {
        let mut ipv4 = vec![0; 14 + 20 + 24];
        ipv4[14] = 0x45;
        ipv4[14 + 9] = TCP;
        let mut ipv6 = vec![0; 14 + 40 + 24];
        ipv6[14] = 0x60;
        ipv6[14 + 6] = TCP;
        for (frame, from) in [(ipv4, 34), (ipv6, 54)] {
            for bit in 0..24 * 8 {
                let mut hit = frame.clone();
                assert!(damage(Corruption::SegmentOnly, &mut hit, 14, bit));
                assert_eq!(hit[..from], frame[..from]);
                assert_ne!(hit[from..], frame[from..]);
            }
        }
    }

    #[test]
    fn what_is_not_tcp_stays_whole() {
        let mut arp = vec![0; 14 + 28];
        assert!(damage(Corruption::SegmentOnly, &mut arp, 14, 77));
        assert_eq!(arp, vec![0; 14 + 28]);
    }
}
