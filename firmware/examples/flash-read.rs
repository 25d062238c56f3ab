//! Reads an appliance's flash from a file, as QEMU's stand-in leaves it: a line `mark BOOT NUMBER`, then
//! `BOOT NUMBER` for each record that waits for its host. For whoever cuts the power of one.

use std::{env, error::Error, fs};

use embassy_futures::block_on;
use embedded_storage_async::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use firmware::storage::{Map, STORED_OCTETS_MAX, Storage};

const PAGE: usize = 128 * 1024;
const OCTETS: usize = 8 * PAGE;
/// The map of the second bank: docs/flash-map.md.
const MAP: Map = Map {
    settings: 4 * PAGE as u32,
    outbox: 6 * PAGE as u32,
    outbox_octets: 2 * PAGE as u32,
};

/// The flash in memory; the file stays as it is.
struct Copy(Vec<u8>);

#[derive(Debug)]
struct OutOfBounds;

impl NorFlashError for OutOfBounds {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::OutOfBounds
    }
}

impl ErrorType for Copy {
    type Error = OutOfBounds;
}

impl ReadNorFlash for Copy {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, octets: &mut [u8]) -> Result<(), OutOfBounds> {
        let from = offset as usize;
        let kept = self.0.get(from..from + octets.len()).ok_or(OutOfBounds)?;
        octets.copy_from_slice(kept);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl NorFlash for Copy {
    const WRITE_SIZE: usize = 32;
    const ERASE_SIZE: usize = PAGE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), OutOfBounds> {
        let page = self.0.get_mut(from as usize..to as usize);
        page.ok_or(OutOfBounds)?.fill(0xff);
        Ok(())
    }

    async fn write(&mut self, offset: u32, octets: &[u8]) -> Result<(), OutOfBounds> {
        let from = offset as usize;
        let place = self.0.get_mut(from..from + octets.len());
        place.ok_or(OutOfBounds)?.copy_from_slice(octets);
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args()
        .nth(1)
        .ok_or("expected the path of a flash: flash-read FILE")?;
    let mut octets = fs::read(&file)?;
    octets.truncate(OCTETS);
    let mut room = [0; STORED_OCTETS_MAX];
    let mut storage = block_on(Storage::mount(Copy(octets), MAP, &mut room))
        .map_err(|failure| format!("{file}: {failure:?}"))?;
    let mut after = storage.mark();
    println!("mark {} {}", after.boot, after.number);
    while let Some(record) = block_on(storage.next_after(after, &mut room)) {
        after = record.id;
        println!("{} {}", after.boot, after.number);
    }
    Ok(())
}
