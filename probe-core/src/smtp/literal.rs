//! Address literals (RFC 5321, 4.1.3), with the tag `IPv6:` that testers forget.

use core::net::IpAddr;

use ufmt::uWrite;

/// Writes `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
pub fn write<W: uWrite>(address: IpAddr, out: &mut W) -> Result<(), W::Error> {
    out.write_str("[")?;
    if address.is_ipv6() {
        out.write_str("IPv6:")?;
    }
    write_bare(address, out)?;
    out.write_str("]")
}

/// Writes `192.0.2.1` or `2001:db8::1`.
pub fn write_bare<W: uWrite>(address: IpAddr, out: &mut W) -> Result<(), W::Error> {
    match address {
        IpAddr::V4(v4) => {
            for (place, octet) in v4.octets().iter().enumerate() {
                if place > 0 {
                    out.write_str(".")?;
                }
                write_decimal(*octet, out)?;
            }
            Ok(())
        }
        IpAddr::V6(v6) => write_groups(v6.segments(), out),
    }
}

fn write_decimal<W: uWrite>(octet: u8, out: &mut W) -> Result<(), W::Error> {
    if octet >= 100 {
        out.write_char(char::from(b'0'.saturating_add(octet / 100)))?;
    }
    if octet >= 10 {
        out.write_char(char::from(b'0'.saturating_add(octet / 10 % 10)))?;
    }
    out.write_char(char::from(b'0'.saturating_add(octet % 10)))
}

/// The form of RFC 5952: lower case, and the first longest run of at least two zero groups as `::`.
fn write_groups<W: uWrite>(groups: [u16; 8], out: &mut W) -> Result<(), W::Error> {
    let (gap_at, gap_groups) = longest_gap(groups);
    let gap_end = gap_at.saturating_add(gap_groups);
    for (place, group) in groups.iter().enumerate() {
        if place >= gap_at && place < gap_end {
            if place == gap_at {
                out.write_str("::")?;
            }
            continue;
        }
        if place > 0 && place != gap_end {
            out.write_str(":")?;
        }
        write_hexadecimal(*group, out)?;
    }
    Ok(())
}

/// Where the run begins, and how many groups it has; 8 and none where there is no run.
fn longest_gap(groups: [u16; 8]) -> (usize, usize) {
    let mut best = (groups.len(), 0);
    let mut run = 0_usize;
    for (place, group) in groups.iter().enumerate() {
        run = if *group == 0 {
            run.saturating_add(1)
        } else {
            0
        };
        if run >= 2 && run > best.1 {
            best = (place.saturating_add(1).saturating_sub(run), run);
        }
    }
    best
}

fn write_hexadecimal<W: uWrite>(group: u16, out: &mut W) -> Result<(), W::Error> {
    let mut leading = true;
    for shift in [12, 8, 4, 0] {
        let digit = ((group >> shift) & 15) as u8;
        leading = leading && digit == 0 && shift > 0;
        if !leading {
            let letter = match digit {
                0..=9 => b'0'.saturating_add(digit),
                _ => b'a'.saturating_add(digit.saturating_sub(10)),
            };
            out.write_char(char::from(letter))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_carry_their_tag() {
        for (address, expected) in [
            ("192.0.2.1", "[192.0.2.1]"),
            ("255.10.100.0", "[255.10.100.0]"),
            ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("::", "[IPv6:::]"),
            ("::1", "[IPv6:::1]"),
            ("fe80::", "[IPv6:fe80::]"),
            ("2001:db8:0:1:1:1:1:1", "[IPv6:2001:db8:0:1:1:1:1:1]"),
            ("2001:0:0:1:0:0:0:1", "[IPv6:2001:0:0:1::1]"),
            (
                "2001:db8:a0b:12f0:c:20:300:4000",
                "[IPv6:2001:db8:a0b:12f0:c:20:300:4000]",
            ),
        ] {
            let mut text = heapless::String::<64>::new();
            write(address.parse().unwrap(), &mut text).unwrap();
            assert_eq!(text.as_str(), expected);
        }
    }
}
