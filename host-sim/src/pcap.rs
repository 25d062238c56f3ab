//! The capture format that every network tool reads: classic pcap, microseconds, Ethernet.

use std::time::Duration;

/// The file's header: magic number, version 2.4, no zone, snapshot length, link type Ethernet.
pub(crate) fn header() -> [u8; 24] {
    let mut header = [0; 24];
    let fields: [(usize, &[u8]); 5] = [
        (0, &0xa1b2_c3d4_u32.to_le_bytes()),
        (4, &2_u16.to_le_bytes()),
        (6, &4_u16.to_le_bytes()),
        (16, &SNAPSHOT_OCTETS_MAX.to_le_bytes()),
        (20, &LINK_TYPE_ETHERNET.to_le_bytes()),
    ];
    for (at, octets) in fields {
        header[at..at + octets.len()].copy_from_slice(octets);
    }
    header
}

/// What stands before one frame, dated `at` after the epoch of virtual time.
pub(crate) fn record_header(at: Duration, frame: &[u8]) -> [u8; 16] {
    let octets = u32::try_from(frame.len()).unwrap_or(u32::MAX);
    // The format has 32 bits of seconds; a virtual scan is shorter than 136 years.
    let seconds = u32::try_from(at.as_secs()).unwrap_or(u32::MAX);
    let mut head = [0; 16];
    for (place, field) in
        head.chunks_exact_mut(4)
            .zip([seconds, at.subsec_micros(), octets, octets])
    {
        place.copy_from_slice(&field.to_le_bytes());
    }
    head
}

const SNAPSHOT_OCTETS_MAX: u32 = 65_535;
const LINK_TYPE_ETHERNET: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_of_one_frame() {
        let mut file = header().to_vec();
        let frame = [0xab; 3];
        file.extend(record_header(Duration::from_micros(1_500_002), &frame));
        file.extend(frame);
        assert_eq!(
            file,
            [
                0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0,
                0, 0, // header
                1, 0, 0, 0, 0x22, 0xa1, 7, 0, 3, 0, 0, 0, 3, 0, 0, 0, 0xab, 0xab, 0xab,
            ]
        );
    }
}
