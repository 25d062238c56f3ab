//! Which DHCP server has given the address (RFC 2131): the stack renews it there, and says no name.

use core::net::Ipv4Addr;

const MESSAGE: usize = 14 + 20 + 8;
const CLIENT_HARDWARE: usize = MESSAGE + 28;
const COOKIE: usize = MESSAGE + 236;
const OPTIONS: usize = COOKIE + 4;
const MESSAGE_TYPE: u8 = 53;
const SERVER_IDENTIFIER: u8 = 54;
const ACK: u8 = 5;

/// The server whose acknowledgement for the hardware address `own` `frame` is.
pub(super) fn server(frame: &[u8], own: [u8; 6]) -> Option<Ipv4Addr> {
    // IPv4 without options, UDP from a server's port to a client's; a reply.
    let is_dhcp = frame.get(12..15) == Some(&[8, 0, 0x45])
        && frame.get(23) == Some(&17)
        && frame.get(34..38) == Some(&[0, 67, 0, 68])
        && frame.get(MESSAGE) == Some(&2)
        && frame.get(COOKIE..OPTIONS) == Some(&[99, 130, 83, 99]);
    if !is_dhcp || frame.get(CLIENT_HARDWARE..CLIENT_HARDWARE + 6) != Some(&own) {
        return None;
    }
    let mut options = frame.get(OPTIONS..)?;
    let (mut is_ack, mut server) = (false, None);
    while let Some((code, rest)) = options.split_first() {
        if *code == 0 {
            options = rest;
            continue;
        }
        let Some((length, rest)) = rest.split_first() else {
            break;
        };
        let Some((value, rest)) = rest.split_at_checked(usize::from(*length)) else {
            break;
        };
        match *code {
            MESSAGE_TYPE => is_ack = value == [ACK],
            SERVER_IDENTIFIER => server = <[u8; 4]>::try_from(value).ok().map(Ipv4Addr::from),
            _ => {}
        }
        options = rest;
    }
    server.filter(|_| is_ack)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [u8; 6] = [2, 0, 0x5e, 0, 0, 2];

    fn message(kind: u8) -> Vec<u8> {
        let mut frame = vec![0; OPTIONS];
        frame[12..15].copy_from_slice(&[8, 0, 0x45]);
        frame[23] = 17;
        frame[34..38].copy_from_slice(&[0, 67, 0, 68]);
        frame[MESSAGE] = 2;
        frame[CLIENT_HARDWARE..CLIENT_HARDWARE + 6].copy_from_slice(&OWN);
        frame[COOKIE..OPTIONS].copy_from_slice(&[99, 130, 83, 99]);
        frame.extend([0, 53, 1, kind, 54, 4, 192, 0, 2, 9, 255]);
        frame
    }

    #[test]
    fn only_an_acknowledgement_for_us_names_the_server() {
        let ack = message(ACK);
        assert_eq!(server(&ack, OWN), Some(Ipv4Addr::new(192, 0, 2, 9)));
        assert_eq!(server(&ack, [2; 6]), None, "another client's");
        assert_eq!(server(&message(6), OWN), None, "a refusal");
        for octets in 0..ack.len() - 1 {
            let cut = server(&ack[..octets], OWN);
            assert_eq!(cut, None, "{octets} octets");
        }
    }
}
