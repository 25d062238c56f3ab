//! What the system's errors say about the peer.

use std::io;

use probe_core::dialogue::OpenFailure;

/// Why a connection did not open.
pub(super) fn of_connecting(error: &io::Error) -> OpenFailure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => OpenFailure::Refused,
        io::ErrorKind::TimedOut => OpenFailure::NoAnswer,
        // Out of files, of memory, or of local ports: nothing that the peer has done.
        _ if is_exhaustion(error) => OpenFailure::NoSlot,
        // No route, a router's or this computer's own refusal to go there.
        _ => OpenFailure::Unreachable,
    }
}

fn is_exhaustion(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AddrInUse
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::OutOfMemory
            | io::ErrorKind::WouldBlock
    ) || matches!(error.raw_os_error(), Some(EMFILE | ENFILE | ENOBUFS))
}

/// Too many open files, of this process and of the system, and no room for buffers. The numbers
/// of the first two are the same on every Unix.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;
#[cfg(target_os = "linux")]
const ENOBUFS: i32 = 105;
#[cfg(not(target_os = "linux"))]
const ENOBUFS: i32 = 55;

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_linux_says() {
        for (errno, failure) in [
            (111, OpenFailure::Refused),     // ECONNREFUSED
            (104, OpenFailure::Refused),     // ECONNRESET
            (110, OpenFailure::NoAnswer),    // ETIMEDOUT
            (113, OpenFailure::Unreachable), // EHOSTUNREACH
            (101, OpenFailure::Unreachable), // ENETUNREACH
            (1, OpenFailure::Unreachable),   // EPERM, from a packet filter
            (24, OpenFailure::NoSlot),       // EMFILE
            (23, OpenFailure::NoSlot),       // ENFILE
            (105, OpenFailure::NoSlot),      // ENOBUFS
            (99, OpenFailure::NoSlot),       // EADDRNOTAVAIL
        ] {
            let error = io::Error::from_raw_os_error(errno);
            assert_eq!(of_connecting(&error), failure, "{error}");
        }
    }
}
