//! Frames of the link, written and read by what docs/wire-format.md says alone: for whoever looks
//! at a device from outside.

use crate::{
    failure::{Failure, Result},
    place,
};

/// A message of the document's vectors to the device.
pub(crate) fn documented(name: &str) -> Result<Vec<u8>> {
    let path = place::workspace().join("docs/wire-format.md");
    let text = place::read(&path)?;
    let odd = || Failure::new(format!("{}: no vector to-device/{name}", path.display()));
    let begin = format!("```message to-device/{name}\n");
    let (_, rest) = text.split_once(&begin).ok_or_else(odd)?;
    let (vector, _) = rest.split_once("```").ok_or_else(odd)?;
    let words = vector.lines().flat_map(|line| {
        let octets = line.split('#').next().unwrap_or_default();
        octets.split_ascii_whitespace()
    });
    words
        .map(|word| u8::from_str_radix(word, 16).map_err(|_| odd()))
        .collect()
}

/// The version of frames and messages that the document describes.
const FORMAT: u8 = 3;

/// A message in a frame of its own, behind a zero.
pub(crate) fn of(message: &[u8]) -> Vec<u8> {
    let mut raw = vec![FORMAT, 3, 0, 0];
    raw.extend(message);
    raw.extend(crc(&raw).to_le_bytes());
    let mut frame = vec![0];
    let mut block = Vec::new();
    for octet in raw {
        if octet != 0 {
            block.push(octet);
        }
        if octet == 0 || block.len() == 254 {
            frame.push(block.len() as u8 + 1);
            frame.append(&mut block);
        }
    }
    frame.push(block.len() as u8 + 1);
    frame.extend(block);
    frame.push(0);
    frame
}

/// The messages of whole frames that carry one each.
pub(crate) fn messages(octets: &[u8]) -> Vec<Vec<u8>> {
    let frames = octets.split(|octet| *octet == 0);
    frames.filter_map(message).collect()
}

fn message(frame: &[u8]) -> Option<Vec<u8>> {
    let (mut raw, mut rest) = (Vec::new(), frame);
    while let Some((code, behind)) = rest.split_first() {
        let (block, next) = behind.split_at_checked(usize::from(*code).checked_sub(1)?)?;
        raw.extend(block);
        if *code != u8::MAX && !next.is_empty() {
            raw.push(0);
        }
        rest = next;
    }
    let (checked, sum) = raw.split_last_chunk::<4>()?;
    let is_whole = crc(checked) == u32::from_le_bytes(*sum) && checked.starts_with(&[FORMAT, 3]);
    is_whole.then(|| checked.get(4..).map(<[u8]>::to_vec))?
}

/// CRC-32 of IEEE 802.3.
fn crc(octets: &[u8]) -> u32 {
    let sum = octets.iter().fold(u32::MAX, |sum, octet| {
        (0..8).fold(sum ^ u32::from(*octet), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    });
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_documented() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
        for name in ["hello", "suspect", "scope"] {
            let message = documented(name).unwrap();
            let frame = of(&message);
            assert!(frame[1..frame.len() - 1].iter().all(|octet| *octet != 0));
            assert_eq!(messages(&frame), std::slice::from_ref(&message), "{name}");
            let mut spoilt = frame.clone();
            spoilt[7] ^= 1;
            assert_eq!(messages(&spoilt), [[]; 0] as [[u8; 0]; 0], "{name}");
        }
        // The document's own frame has the number 1.
        let message = documented("hello").unwrap();
        let documented = [
            3, 3, 3, 1, 1, 0x0b, 3, 0xc0, 0x8d, 0xf6, 0xd7, 6, 0xf2, 0x61, 0xb3, 0xff, 0,
        ];
        assert_eq!(messages(&documented), [message]);
    }
}
