//! Gateways in the manner of WinGate: who connects says where to, in a line. There is no grant; only
//! the nonce tells.

use super::{
    setup::Destination,
    writing::{Written, all},
};
use crate::smtp::command::Line;

/// Writes the line.
pub(super) fn write(to: &Destination<'_>, out: &mut Line<'_>) -> Written {
    to.write(out)?;
    all(out, &["\r\n"])
}
