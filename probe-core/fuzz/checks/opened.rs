//! What becomes of a connection that a dialogue has asked for.

use std::net::SocketAddr;

use probe_core::dialogue::{Input, OpenFailure};

/// 0 to 4 are failures and all else is success, from `local` to `remote`.
pub(crate) const fn opened(kind: u8, local: SocketAddr, remote: SocketAddr) -> Input<'static> {
    match kind {
        0 => Input::OpenFailed(OpenFailure::Refused),
        1 => Input::OpenFailed(OpenFailure::NoAnswer),
        2 => Input::OpenFailed(OpenFailure::Unreachable),
        3 => Input::OpenFailed(OpenFailure::NoSlot),
        4 => Input::OpenFailed(OpenFailure::OutOfScope),
        _ => Input::Opened { local, remote },
    }
}
