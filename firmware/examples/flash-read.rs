//! Reads an appliance's flash from a file, as QEMU's stand-in leaves it: a line `mark BOOT NUMBER`, then
//! `BOOT NUMBER` for each record that waits for its host. For whoever cuts the power of one.

use std::{env, error::Error, fs};

use embassy_futures::block_on;
use firmware::storage::{Flash, Map, STORED_OCTETS_MAX, Storage, WORD_OCTETS};

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

impl Copy {
    fn place(&mut self, at: u32, octets: usize) -> Option<&mut [u8]> {
        let from = at as usize;
        self.0.get_mut(from..from.checked_add(octets)?)
    }
}

impl Flash for Copy {
    const PAGE_OCTETS: u32 = PAGE as u32;

    fn read(&mut self, at: u32, octets: &mut [u8]) -> bool {
        let kept = self.place(at, octets.len());
        kept.map(|kept| octets.copy_from_slice(kept)).is_some()
    }

    fn write(&mut self, at: u32, word: &[u8; WORD_OCTETS]) -> bool {
        let place = self.place(at, WORD_OCTETS);
        place.map(|place| place.copy_from_slice(word)).is_some()
    }

    async fn erase(&mut self, at: u32) -> bool {
        self.place(at, PAGE).map(|page| page.fill(0xff)).is_some()
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
    while let Some(record) = storage.next_after(after, &mut room) {
        after = record.id;
        println!("{} {}", after.boot, after.number);
    }
    Ok(())
}
