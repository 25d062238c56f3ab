//! Where on a board's flash what is. docs/flash-map.md says it octet by octet, and why.

use firmware::storage::Map;

/// A page of the second bank, in octets.
const PAGE: u32 = 128 * 1024;

/// The second bank of an STM32H743, and QEMU's stand-in for it: four pages for an update, two for
/// settings, two for the outbox. Offsets count from the bank's beginning.
pub(super) const SECOND_BANK: Map = Map {
    settings: 4 * PAGE,
    outbox: 6 * PAGE,
    outbox_octets: 2 * PAGE,
};
