//! The keeper: what of the prober must outlive a power cut goes to flash, and comes back.
//!
//! ```text
//! start ─▶ boot number ─▶ Prober ─▶ restore (scope, minutes, what waits) ─▶ keep, for ever
//! ```
//!
//! A record is kept as soon as it is made, whether or not a host is there: what a host has
//! acknowledged by then is not written at all.

use core::cell::RefCell;

use embassy_futures::select::select;
use embedded_storage_async::nor_flash::NorFlash;
use probe_core::{
    frame::{
        ScopeDigest,
        about::{FlashState, Level, Provision},
        decode_message, encode_message,
    },
    prober::Prober,
    schedule::BOOT_MAX,
    scope::Scope,
    time::{Instant, Millis},
    token,
};

use super::{Failure, Kept, Key, Map, SMALL_OCTETS_MAX, STORED_OCTETS_MAX, Storage};
use crate::{
    bell::{Bell, LinkBells},
    env::Env,
    log,
};

/// How long a mark may wait, in milliseconds: each costs a word, and a host that stores a hundred
/// times a minute needs one.
pub const MARK_EVERY_MS: u64 = 2_000;
/// How often the keeper looks at the clock, in milliseconds: the scope's minutes are kept.
const LOOK_EVERY_MS: u64 = 1_000;
/// What the keeper works with; static on a board.
pub struct KeeperMemory {
    room: [u8; STORED_OCTETS_MAX],
}

impl KeeperMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            room: [0; STORED_OCTETS_MAX],
        }
    }
}

impl Default for KeeperMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// Storage, and what of the prober it has.
pub struct Keeper<'m, F> {
    storage: Storage<F>,
    memory: &'m mut KeeperMemory,
    boot: u32,
    provision: Option<Provision>,
    /// The scope that is on flash, and its minutes.
    scope: Option<(ScopeDigest, u32)>,
    /// The key that is on flash.
    token_key: Option<token::Key>,
    mark_due: Instant,
    state: Option<FlashState>,
    is_full: bool,
    is_broken: bool,
}

impl<'m, F: NorFlash> Keeper<'m, F> {
    /// Finds what is on flash and counts this boot. From here on its number is never used again,
    /// whatever happens.
    pub async fn start(flash: F, map: Map, memory: &'m mut KeeperMemory) -> Result<Self, Failure> {
        let KeeperMemory { room } = memory;
        let mut storage = Storage::mount(flash, map, room).await?;
        let before = storage
            .setting(Key::Boot, room)
            .await
            .and_then(decode_message::<u32>)
            .unwrap_or(0);
        // A scan that begins beyond ends at once, and says why: no job has a number then.
        let boot = before.saturating_add(1).min(BOOT_MAX.saturating_add(1));
        let mut octets = [0; SMALL_OCTETS_MAX];
        storage
            .set(Key::Boot, encoded(&boot, &mut octets), room)
            .await?;
        let provision = storage
            .setting(Key::Provision, room)
            .await
            .and_then(decode_message::<Provision>)
            .filter(|provision| provision.check().is_ok());
        Ok(Self {
            storage,
            memory,
            boot,
            provision,
            scope: None,
            token_key: None,
            mark_due: Instant::BOOT,
            state: None,
            is_full: false,
            is_broken: false,
        })
    }

    /// The number of this boot.
    pub const fn boot(&self) -> u32 {
        self.boot
    }

    /// How the device is set up, where it has been.
    pub const fn provision(&self) -> Option<Provision> {
        self.provision
    }

    /// Forgets how the device is set up, its scope and its key, as for a reset to factory. Boots are counted
    /// on, because findings are named after them, and what a host has not stored stays.
    pub async fn forget(&mut self) {
        for key in [Key::Provision, Key::Scope, Key::Powered, Key::TokenKey] {
            // What a broken flash still has is read again at the next start.
            let _ = self.storage.set(key, &[], &mut self.memory.room).await;
        }
        self.provision = None;
    }

    /// Gives the prober what was in force, and the records that wait. Before the link speaks.
    pub async fn restore(&mut self, now: Instant, prober: &RefCell<Prober>) {
        let KeeperMemory { room } = &mut *self.memory;
        let powered = self
            .storage
            .setting(Key::Powered, room)
            .await
            .and_then(decode_message::<(ScopeDigest, u32)>);
        if let Some(octets) = self.storage.setting(Key::Scope, room).await
            && let Some(scope) = decode_message::<Scope>(octets)
        {
            let digest = ScopeDigest::of(&scope);
            let minutes = match powered {
                Some((of, minutes)) if of == digest => minutes,
                Some(_) | None => 0,
            };
            if prober.borrow_mut().restore_scope(now, &scope, minutes) {
                self.scope = Some((digest, minutes));
            }
        }
        if let Some(octets) = self.storage.setting(Key::TokenKey, room).await
            && let Some(key) = decode_message::<token::Key>(octets)
        {
            self.token_key = Some(key);
            prober.borrow_mut().restore_key(key);
        }
        let waits = self.storage.has_unacknowledged();
        log::flash_found(waits);
        let mut prober = prober.borrow_mut();
        prober.resume(self.storage.mark(), waits);
        prober.log(
            now,
            Level::Info,
            &[if waits {
                "flash: records of an earlier boot wait"
            } else {
                "flash: nothing waits"
            }],
        );
    }

    /// Keeps what is to be kept, for ever. `bell` says that there may be something; `link` and
    /// `workers` are told when there is news for them.
    pub(crate) async fn keep<E: Env>(
        &mut self,
        env: &E,
        prober: &RefCell<Prober>,
        bell: &Bell,
        link: &LinkBells,
        workers: &[Bell],
    ) {
        loop {
            if self.turn(env.now(), prober).await {
                link.ring();
                workers.iter().for_each(Bell::ring);
                continue;
            }
            let due = env.now() + Millis(LOOK_EVERY_MS);
            select(bell.wait(), env.sleep_until(due)).await;
        }
    }

    /// Does the most urgent thing; false when there was nothing to do.
    async fn turn(&mut self, now: Instant, prober: &RefCell<Prober>) -> bool {
        let acknowledged = prober.borrow().acknowledged();
        self.storage.acknowledge(acknowledged);
        let did = self.save_a_record(now, prober).await
            || self.lend_a_record(prober).await
            || self.keep_provision(prober).await
            || self.keep_scope(now, prober).await
            || self.keep_token_key(now, prober).await
            || self.erase_ahead(now, prober).await
            || self.write_mark(now).await;
        self.tell_state(prober);
        did
    }

    async fn save_a_record(&mut self, now: Instant, prober: &RefCell<Prober>) -> bool {
        if self.is_broken || self.is_full && !self.storage.has_page_to_erase() {
            return false;
        }
        let room = &mut self.memory.room;
        let Some(unsaved) = prober.borrow().unsaved(room) else {
            return false;
        };
        let record = Kept {
            id: unsaved.id,
            began_ms: unsaved.began_ms,
            octets: room.get(..unsaved.octets).unwrap_or_default(),
        };
        match self.storage.keep(record).await {
            Ok(()) => {
                self.is_full = false;
                prober.borrow_mut().record_saved(unsaved.id.number);
                true
            }
            Err(Failure::Full) => {
                if !self.is_full {
                    log::flash_full();
                    let text = "flash: full; work waits for the host to store what there is";
                    prober.borrow_mut().log(now, Level::Warning, &[text]);
                }
                self.is_full = true;
                false
            }
            Err(Failure::Broken | Failure::Map) => {
                self.broke(now, prober);
                true
            }
        }
    }

    async fn lend_a_record(&mut self, prober: &RefCell<Prober>) -> bool {
        let Some(behind) = prober.borrow().wanted() else {
            return false;
        };
        let found = self.storage.next_after(behind, &mut self.memory.room).await;
        let mut prober = prober.borrow_mut();
        match found {
            Some(Kept {
                id,
                began_ms,
                octets,
            }) => prober.lend(behind, id, began_ms, octets),
            None => prober.lend_nothing(behind),
        }
        true
    }

    async fn keep_provision(&mut self, prober: &RefCell<Prober>) -> bool {
        let Some(provision) = prober.borrow().provision_to_keep() else {
            return false;
        };
        let mut octets = [0; SMALL_OCTETS_MAX];
        let octets = encoded(&provision, &mut octets);
        let room = &mut self.memory.room;
        let kept = self.storage.set(Key::Provision, octets, room).await;
        prober.borrow_mut().provisioned(provision, kept.is_ok());
        true
    }

    /// The scope first: when the power fails before its minutes are kept, they begin anew, and
    /// never go on from another scope's.
    async fn keep_scope(&mut self, now: Instant, prober: &RefCell<Prober>) -> bool {
        let in_force = prober.borrow().scope_in_force(now);
        let Some((digest, minutes)) = in_force.filter(|_| in_force != self.scope) else {
            return false;
        };
        if self.is_broken {
            return false;
        }
        let KeeperMemory { room } = &mut *self.memory;
        let mut small = [0; SMALL_OCTETS_MAX];
        if self.scope.is_none_or(|(kept, _)| kept != digest) {
            let count = prober.borrow().copy_scope(room);
            let octets = count
                .and_then(|count| room.get(..count))
                .unwrap_or_default();
            // All other settings are small.
            if self
                .storage
                .set(Key::Scope, octets, &mut small)
                .await
                .is_err()
            {
                self.broke(now, prober);
                return true;
            }
        }
        let octets = encoded(&(digest, minutes), &mut small);
        if self.storage.set(Key::Powered, octets, room).await.is_err() {
            self.broke(now, prober);
        }
        self.scope = Some((digest, minutes));
        true
    }

    async fn keep_token_key(&mut self, now: Instant, prober: &RefCell<Prober>) -> bool {
        let in_use = prober.borrow().key();
        let Some(key) = in_use.filter(|_| in_use != self.token_key && !self.is_broken) else {
            return false;
        };
        let mut octets = [0; SMALL_OCTETS_MAX];
        let octets = encoded(&key, &mut octets);
        let room = &mut self.memory.room;
        if self.storage.set(Key::TokenKey, octets, room).await.is_err() {
            self.broke(now, prober);
        }
        self.token_key = Some(key);
        true
    }

    async fn erase_ahead(&mut self, now: Instant, prober: &RefCell<Prober>) -> bool {
        if self.is_broken || !self.storage.has_page_to_erase() {
            return false;
        }
        if self.storage.erase_ahead().await.is_err() {
            self.broke(now, prober);
        }
        true
    }

    async fn write_mark(&mut self, now: Instant) -> bool {
        if self.is_broken || now < self.mark_due || !self.storage.has_mark_to_write() {
            return false;
        }
        self.mark_due = now + Millis(MARK_EVERY_MS);
        // Without it the host is sent again what it has.
        let _ = self.storage.write_mark().await;
        false
    }

    /// From here on records are in memory only, and the host is told.
    fn broke(&mut self, now: Instant, prober: &RefCell<Prober>) {
        if !self.is_broken {
            self.is_broken = true;
            log::flash_broke();
            let text = "flash: it takes nothing any more; records are kept in memory only";
            prober.borrow_mut().log(now, Level::Error, &[text]);
        }
    }

    fn tell_state(&mut self, prober: &RefCell<Prober>) {
        let wear = self.storage.wear();
        let state = FlashState {
            pages: wear.pages,
            erases: wear.erases,
            erases_max: wear.erases_max,
            free_octets: wear.outbox_free_octets,
            spoiled: wear.spoiled,
            broken: self.is_broken,
        };
        if self.state != Some(state) {
            self.state = Some(state);
            prober.borrow_mut().flash_fares(state);
        }
    }
}

/// `value` as it is kept.
fn encoded<'o, T: serde::Serialize>(value: &T, octets: &'o mut [u8; SMALL_OCTETS_MAX]) -> &'o [u8] {
    let mut count = 0;
    let fits = encode_message(value, &mut |octet| match octets.get_mut(count) {
        Some(place) => {
            *place = octet;
            count += 1;
            true
        }
        None => false,
    });
    octets.get(..fits.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
