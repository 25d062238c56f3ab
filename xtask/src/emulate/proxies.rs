//! The lab's proxies through a board: they connect to its own sink, and it asks the block list about them.

use std::{path::Path, time::Instant};

use super::{Emulated, real};
use crate::{
    failure::Result,
    finding::Finding,
    lab::{Capture, Port, proxies},
};

/// Scans the proxies of a lab that is up.
pub(super) fn through_board(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let port = Port::open()?;
    let through = proxies::through_board()?;
    let started = Instant::now();
    let (found, ()) = real::beside(folder, "proxies", &port, &through, || Ok(()))?;
    let wall = started.elapsed();
    let found = Finding::parse_all(&found)?;
    let capture = Capture::read(port.capture())?;
    emulated.add(proxies::hold_board(&found, &capture, wall));
    Ok(())
}
