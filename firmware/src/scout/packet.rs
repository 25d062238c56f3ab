//! The two packets that scouting is about: our SYN, and what came back. Written and read without
//! the stack, the same for both families.

use core::net::{IpAddr, SocketAddr};

use heapless::Vec;

use crate::guard::SYN_OCTETS_MAX;

/// A frame with a SYN.
pub(super) type Frame = Vec<u8, SYN_OCTETS_MAX, u8>;

/// A TCP segment's header, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) sequence: u32,
    pub(super) acknowledged: u32,
    pub(super) flags: u8,
}

pub(super) const SYN: u8 = 0x02;
pub(super) const RST: u8 = 0x04;
pub(super) const ACK: u8 = 0x10;

const ETHERNET_OCTETS: usize = 14;
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const TCP: u8 = 6;
const HOPS: u8 = 64;
/// What a segment to us may carry: a packet of the shortest that IPv6 promises.
const SEGMENT_OCTETS_MAX: u16 = 1_220;
const WINDOW_OCTETS: u16 = 1_024;
/// Header and the option that names [`SEGMENT_OCTETS_MAX`].
const SYN_SEGMENT_OCTETS: u16 = 24;

/// Writes a SYN. `None` where the ends are not of one family.
pub(super) fn syn(
    own_hardware: [u8; 6],
    router_hardware: [u8; 6],
    source: SocketAddr,
    destination: SocketAddr,
    sequence: u32,
) -> Option<Frame> {
    let mut frame = Frame::new();
    let mut put = |octets: &[u8]| frame.extend_from_slice(octets).ok();
    put(&router_hardware)?;
    put(&own_hardware)?;
    match (source.ip(), destination.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            put(&IPV4.to_be_bytes())?;
            let [high, low] = (20 + SYN_SEGMENT_OCTETS).to_be_bytes();
            // Version and length, no class, no identification, not to be fragmented.
            let mut header = [
                0x45, 0, high, low, 0, 0, 0x40, 0, HOPS, TCP, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ];
            let [.., a, b, c, d, e, f, g, h] = &mut header;
            [*a, *b, *c, *d] = from.octets();
            [*e, *f, *g, *h] = to.octets();
            let sum = checksum(&[&header]);
            if let Some(place) = header.get_mut(10..12) {
                place.copy_from_slice(&sum.to_be_bytes());
            }
            put(&header)?;
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            put(&IPV6.to_be_bytes())?;
            let [high, low] = SYN_SEGMENT_OCTETS.to_be_bytes();
            put(&[0x60, 0, 0, 0, high, low, TCP, HOPS])?;
            put(&from.octets())?;
            put(&to.octets())?;
        }
        _ => return None,
    }
    let [mss_high, mss_low] = SEGMENT_OCTETS_MAX.to_be_bytes();
    let [window_high, window_low] = WINDOW_OCTETS.to_be_bytes();
    let [a, b] = source.port().to_be_bytes();
    let [c, d] = destination.port().to_be_bytes();
    let [e, f, g, h] = sequence.to_be_bytes();
    // Ports, sequence, nothing acknowledged, six words of header.
    let mut segment = [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        0,
        0,
        0,
        0,
        0x60,
        SYN,
        window_high,
        window_low,
        0,
        0,
        0,
        0,
        2,
        4,
        mss_high,
        mss_low,
    ];
    let sum = segment_checksum(source.ip(), destination.ip(), &segment);
    if let Some(place) = segment.get_mut(16..18) {
        place.copy_from_slice(&sum.to_be_bytes());
    }
    put(&segment)?;
    Some(frame)
}

/// Reads a whole segment that its checksum confirms.
pub(super) fn read(frame: &[u8]) -> Option<Segment> {
    parse(frame).and_then(|(segment, is_sound)| is_sound.then_some(segment))
}

/// Reads a whole segment, and says whether its checksum confirms it. In one that leaves, the
/// driver's hardware may write the checksum.
pub(super) fn parse(frame: &[u8]) -> Option<(Segment, bool)> {
    let (ethernet, packet) = frame.split_at_checked(ETHERNET_OCTETS)?;
    let kind = u16_at(ethernet, 12)?;
    let (from, to, segment): (IpAddr, IpAddr, &[u8]) = match kind {
        IPV4 => {
            let first = *packet.first()?;
            let header = usize::from(first & 0x0f) * 4;
            let total = usize::from(u16_at(packet, 2)?);
            // The bit that more follow, and the offset.
            let is_fragment = u16_at(packet, 6)? & 0x3fff != 0;
            if first >> 4 != 4 || header < 20 || is_fragment || *packet.get(9)? != TCP {
                return None;
            }
            let from = <[u8; 4]>::try_from(packet.get(12..16)?).ok()?;
            let to = <[u8; 4]>::try_from(packet.get(16..20)?).ok()?;
            (from.into(), to.into(), packet.get(header..total)?)
        }
        IPV6 => {
            let length = usize::from(u16_at(packet, 4)?);
            if *packet.first()? >> 4 != 6 || *packet.get(6)? != TCP {
                return None;
            }
            let from = <[u8; 16]>::try_from(packet.get(8..24)?).ok()?;
            let to = <[u8; 16]>::try_from(packet.get(24..40)?).ok()?;
            (from.into(), to.into(), packet.get(40..40 + length)?)
        }
        _ => return None,
    };
    if segment.len() < 20 {
        return None;
    }
    let is_sound = segment_checksum(from, to, segment) == 0;
    let segment = Segment {
        source: SocketAddr::new(from, u16_at(segment, 0)?),
        destination: SocketAddr::new(to, u16_at(segment, 2)?),
        sequence: u32_at(segment, 4)?,
        acknowledged: u32_at(segment, 8)?,
        flags: *segment.get(13)?,
    };
    Some((segment, is_sound))
}

/// The hardware address that a frame goes to.
pub(super) fn destination_hardware(frame: &[u8]) -> Option<[u8; 6]> {
    frame.get(..6)?.try_into().ok()
}

fn u16_at(octets: &[u8], place: usize) -> Option<u16> {
    let two = octets.get(place..)?.first_chunk()?;
    Some(u16::from_be_bytes(*two))
}

fn u32_at(octets: &[u8], place: usize) -> Option<u32> {
    let four = octets.get(place..)?.first_chunk()?;
    Some(u32::from_be_bytes(*four))
}

/// Over the segment and the addresses (RFC 9293, 3.1): 0 where the segment has the right one.
fn segment_checksum(from: IpAddr, to: IpAddr, segment: &[u8]) -> u16 {
    let length = u16::try_from(segment.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    let rest = [0, TCP, high, low];
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            checksum(&[&from.octets(), &to.octets(), &rest, segment])
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            checksum(&[&from.octets(), &to.octets(), &rest, segment])
        }
        _ => 1,
    }
}

/// The internet checksum (RFC 1071). All parts but the last have an even length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum: u32 = 0;
    for pair in parts.iter().flat_map(|part| part.chunks(2)) {
        let high = pair.first().copied().unwrap_or(0);
        let low = pair.get(1).copied().unwrap_or(0);
        sum = sum.wrapping_add(u32::from(u16::from_be_bytes([high, low])));
    }
    while let carry @ 1.. = sum >> 16 {
        sum = (sum & 0xffff) + carry;
    }
    !u16::try_from(sum).unwrap_or(0)
}

/// A SYN's frame with other flags and an acknowledgement.
#[cfg(test)]
pub(super) fn segment_for_test(
    from_hardware: [u8; 6],
    to_hardware: [u8; 6],
    source: SocketAddr,
    destination: SocketAddr,
    acknowledged: u32,
    flags: u8,
) -> Frame {
    let mut frame = syn(from_hardware, to_hardware, source, destination, 99).unwrap();
    let begin = frame.len() - usize::from(SYN_SEGMENT_OCTETS);
    let segment = &mut frame[begin..];
    segment[8..12].copy_from_slice(&acknowledged.to_be_bytes());
    segment[13] = flags;
    segment[16..18].fill(0);
    let sum = segment_checksum(source.ip(), destination.ip(), segment);
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [u8; 6] = [2, 0, 0, 0, 0, 1];
    const ROUTER: [u8; 6] = [2, 0, 0, 0, 0, 2];

    fn frame(from: &str, to: &str) -> Option<Frame> {
        let [from, to] = [from, to].map(|text| text.parse().unwrap());
        syn(OWN, ROUTER, from, to, 0x0102_0304)
    }

    #[test]
    fn what_is_written_is_read_over_both_families() {
        for (from, to, octets) in [
            ("10.0.0.2:1024", "192.0.2.7:25", 58),
            ("[fd00::2]:1024", "[2001:db8::7]:587", 78),
        ] {
            let frame = frame(from, to).unwrap();
            assert_eq!(frame.len(), octets);
            assert_eq!(destination_hardware(&frame), Some(ROUTER));
            let segment = Segment {
                source: from.parse().unwrap(),
                destination: to.parse().unwrap(),
                sequence: 0x0102_0304,
                acknowledged: 0,
                flags: SYN,
            };
            assert_eq!(read(&frame), Some(segment));
        }
        assert_eq!(frame("10.0.0.2:1024", "[2001:db8::7]:25"), None);
    }

    /// smoltcp's reading of the same octets, with its own checksums.
    #[test]
    fn the_stack_takes_it() {
        use smoltcp::{
            phy::ChecksumCapabilities,
            wire::{EthernetFrame, Ipv4Packet, Ipv4Repr, TcpControl, TcpPacket, TcpRepr},
        };
        let frame = frame("10.0.0.2:1024", "192.0.2.7:25").unwrap();
        let ethernet = EthernetFrame::new_checked(frame.as_slice()).unwrap();
        let packet = Ipv4Packet::new_checked(ethernet.payload()).unwrap();
        let all = ChecksumCapabilities::default();
        Ipv4Repr::parse(&packet, &all).unwrap();
        let tcp = TcpPacket::new_checked(packet.payload()).unwrap();
        let (from, to) = (packet.src_addr().into(), packet.dst_addr().into());
        let repr = TcpRepr::parse(&tcp, &from, &to, &all).unwrap();
        assert_eq!(repr.control, TcpControl::Syn);
        assert_eq!(repr.max_seg_size, Some(SEGMENT_OCTETS_MAX));
    }

    #[test]
    fn no_single_wrong_octet_is_taken_for_an_answer_and_no_cut_frame_is_read() {
        for (from, to) in [
            ("10.0.0.2:1024", "192.0.2.7:25"),
            ("[fd00::2]:1024", "[2001:db8::7]:587"),
        ] {
            let good = frame(from, to).unwrap();
            let segment = read(&good).unwrap();
            for place in 0..good.len() {
                assert_eq!(read(&good[..place]), None, "{from}: cut at {place}");
                for bit in 0..8 {
                    let mut bad = good.clone();
                    bad[place] ^= 1 << bit;
                    // Hardware addresses, class, hops and the header's own sum are nobody's here.
                    assert!(
                        read(&bad).is_none_or(|read| read == segment),
                        "{from}: bit {bit} of {place}"
                    );
                }
            }
        }
    }
}
