//! What outlives a power cut: settings, and the records that the host has not acknowledged.
//!
//! Over any [`Flash`] that is written once and erased in pages. docs/flash-map.md says where it is on
//! each board, octet by octet. Only what may have to erase is waited for.

mod entry;
#[cfg(test)]
pub(crate) mod fake;
mod flash;
mod keeper;
mod outbox;
mod page;
mod settings;
#[cfg(test)]
mod tests;

use probe_core::{finding::RecordId, frame::RECORD_OCTETS_MAX};

use outbox::Outbox;
use settings::Settings;

pub use flash::{Flash, WORD_OCTETS};
pub use keeper::{Keeper, KeeperMemory, MARK_EVERY_MS};
pub use outbox::{Kept, NO_RECORD, OUTBOX_PAGES_MAX, OUTBOX_PAGES_MIN};
pub use settings::SETTINGS_PAGES;

/// The longest record or setting, in octets, in whole words.
pub const STORED_OCTETS_MAX: usize = RECORD_OCTETS_MAX.next_multiple_of(WORD_OCTETS);
/// The longest setting but the scope, in octets, in whole words.
pub const SMALL_OCTETS_MAX: usize = 64;

const _: () = assert!(SMALL_OCTETS_MAX.is_multiple_of(WORD_OCTETS));

/// Where on a flash what is. Offsets and lengths are in octets, from the flash's beginning, in
/// whole pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    /// Where the two pages of the settings begin.
    pub settings: u32,
    /// Where the outbox begins.
    pub outbox: u32,
    /// How long the outbox is.
    pub outbox_octets: u32,
}

/// A setting. All but the scope have at most [`SMALL_OCTETS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The number of this boot.
    Boot = 0,
    /// How the device is set up: [`probe_core::frame::about::Provision`].
    Provision = 1,
    /// The scope in force.
    Scope = 2,
    /// For how many minutes the device was powered since that scope came into force.
    Powered = 3,
    /// What tokens are made with: they come back to the sink for days.
    TokenKey = 4,
}

impl Key {
    pub(crate) const COUNT: usize = 5;
    const ALL: [Self; Self::COUNT] = [
        Self::Boot,
        Self::Provision,
        Self::Scope,
        Self::Powered,
        Self::TokenKey,
    ];
}

/// Why something was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no room until the host has acknowledged more.
    Full,
    /// The flash does not take what it is given.
    Broken,
    /// The map or the flash's granularity does not fit.
    Map,
}

/// How worn the flash is, and how full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wear {
    /// Pages in use.
    pub pages: u16,
    /// How often all of them together were erased.
    pub erases: u32,
    /// How often the one was that was erased most often.
    pub erases_max: u32,
    /// Octets that the outbox has free without an erase.
    pub outbox_free_octets: u32,
    /// Records that were read and were not what was written.
    pub spoiled: u32,
}

impl Wear {
    fn page(&mut self, erases: u32) {
        self.pages = self.pages.saturating_add(1);
        self.erases = self.erases.saturating_add(erases);
        self.erases_max = self.erases_max.max(erases);
    }
}

/// Settings and outbox on one flash.
#[derive(Debug)]
pub struct Storage<F> {
    flash: F,
    settings: Settings,
    outbox: Outbox,
}

impl<F: Flash> Storage<F> {
    const FITS: () = assert!(
        F::PAGE_OCTETS.is_multiple_of(WORD_OCTETS as u32),
        "the flash does not erase whole words"
    );

    /// Finds what is there, and makes a new flash ready. `scratch` has [`STORED_OCTETS_MAX`].
    pub async fn mount(mut flash: F, map: Map, scratch: &mut [u8]) -> Result<Self, Failure> {
        const { Self::FITS };
        let settings = Settings::mount(&mut flash, map.settings, scratch).await?;
        let outbox = Outbox::mount(&mut flash, map.outbox, map.outbox_octets).await?;
        Ok(Self {
            flash,
            settings,
            outbox,
        })
    }

    /// The newest octets of a setting; `room` has [`STORED_OCTETS_MAX`].
    pub fn setting<'r>(&mut self, key: Key, room: &'r mut [u8]) -> Option<&'r [u8]> {
        self.settings.get(&mut self.flash, key, room)
    }

    /// Keeps a setting, of at most [`STORED_OCTETS_MAX`]. When it returns, it is kept; when the
    /// power fails before, the one before it is. `scratch` has room for the longest of the other
    /// settings: [`SMALL_OCTETS_MAX`] beside the scope, else [`STORED_OCTETS_MAX`].
    pub async fn set(
        &mut self,
        key: Key,
        octets: &[u8],
        scratch: &mut [u8],
    ) -> Result<(), Failure> {
        self.settings
            .put(&mut self.flash, key, octets, scratch)
            .await
    }

    /// Keeps a record behind all others. [`Failure::Full`]: keep it elsewhere until there is room.
    pub fn keep(&mut self, record: Kept<'_>) -> Result<(), Failure> {
        self.outbox.keep(&mut self.flash, record)
    }

    /// The first record behind `after` that can be read; `room` has [`STORED_OCTETS_MAX`].
    pub fn next_after<'r>(&mut self, after: RecordId, room: &'r mut [u8]) -> Option<Kept<'r>> {
        self.outbox.next_after(&mut self.flash, after, room)
    }

    /// The host has stored every record through `through`. Written by [`Storage::write_mark`].
    pub fn acknowledge(&mut self, through: RecordId) {
        self.outbox.acknowledge(through);
    }

    /// Every record through this one is acknowledged.
    pub const fn mark(&self) -> RecordId {
        self.outbox.mark()
    }

    /// Whether records wait for acknowledgement here.
    pub fn has_unacknowledged(&self) -> bool {
        self.outbox.has_unacknowledged()
    }

    /// Whether the flash does not say yet what is acknowledged.
    pub fn has_mark_to_write(&self) -> bool {
        self.outbox.has_mark_to_write()
    }

    /// Writes what is acknowledged. Without it nothing is lost: what the host has is sent again.
    pub fn write_mark(&mut self) -> Result<(), Failure> {
        self.outbox.write_mark(&mut self.flash)
    }

    /// Whether a page could be erased ahead.
    pub fn has_page_to_erase(&self) -> bool {
        self.outbox.has_page_to_erase()
    }

    /// Erases one page of the outbox that holds nothing any more. That takes seconds.
    pub async fn erase_ahead(&mut self) -> Result<(), Failure> {
        self.outbox.erase_one(&mut self.flash).await
    }

    /// How worn the flash is, and how full.
    pub fn wear(&self) -> Wear {
        let mut wear = Wear::default();
        self.settings.wear(&mut wear);
        self.outbox.wear(&mut wear);
        wear
    }

    /// Gives the flash back.
    pub fn into_flash(self) -> F {
        self.flash
    }
}
