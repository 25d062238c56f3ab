//! Paths and commands: either the whole line within the limits, or a reason.

use probe_core::smtp::{COMMAND_OCTETS_MAX, Command, path};

/// The first octet is the room in the buffer, twice; the rest is a path.
pub(crate) fn check(octets: &[u8]) {
    let Some((room, text)) = octets.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let mut out = [0xaa; COMMAND_OCTETS_MAX];
    let (lent, beyond) = out.split_at_mut(usize::from(*room) * 2);
    let written = Command::Rcpt(text).write(lent);
    assert!(beyond.iter().all(|octet| *octet == 0xaa));
    match written {
        Ok(octets) => {
            assert!(text.len() <= path::PATH_OCTETS_MAX);
            assert_eq!(lent[..octets], *format!("RCPT TO:{text}\r\n").as_bytes());
        }
        Err(_) => assert!(path::measure(text).is_err() || text.len() + 10 > lent.len()),
    }
}
