//! Base32 in lower case without padding (RFC 4648, 6): letters that survive in every local part.

use ufmt::uWrite;

const ALPHABET: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz234567";

/// How many characters `octets` octets become.
pub const fn characters(octets: usize) -> usize {
    octets.saturating_mul(8).div_ceil(5)
}

/// Writes `octets` in base32.
pub fn write<W: uWrite>(octets: &[u8], out: &mut W) -> Result<(), W::Error> {
    let mut bits = 0_u16;
    let mut held = 0_u8;
    for octet in octets {
        bits = (bits << 8) | u16::from(*octet);
        held = held.saturating_add(8);
        while held >= 5 {
            held = held.saturating_sub(5);
            out.write_char(letter(bits >> held))?;
        }
    }
    if held > 0 {
        out.write_char(letter(bits << 5_u8.saturating_sub(held)))?;
    }
    Ok(())
}

fn letter(bits: u16) -> char {
    let index = usize::from(bits & 31);
    ALPHABET.get(index).copied().map_or('a', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_in_lower_case() {
        for (octets, expected) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            let mut text = heapless::String::<16>::new();
            write(octets.as_bytes(), &mut text).unwrap();
            assert_eq!(text.as_str(), expected);
            assert_eq!(characters(octets.len()), expected.len());
        }
        assert_eq!(characters(8), 13);
        assert_eq!(characters(16), 26);
    }
}
