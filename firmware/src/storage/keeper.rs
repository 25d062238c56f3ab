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

use super::{Failure, Flash, Kept, Key, Map, SMALL_OCTETS_MAX, STORED_OCTETS_MAX, Storage};
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
    /// The scope that is on flash, and the minutes that are.
    scope: Option<(ScopeDigest, Option<u32>)>,
    /// The key that is on flash.
    token_key: Option<token::Key>,
    mark_due: Instant,
    state: Option<FlashState>,
    is_full: bool,
    is_broken: bool,
}

impl<'m, F: Flash> Keeper<'m, F> {
    /// Finds what is on flash and counts this boot. From here on its number is never used again,
    /// whatever happens.
    pub async fn start(flash: F, map: Map, memory: &'m mut KeeperMemory) -> Result<Self, Failure> {
        let KeeperMemory { room } = memory;
        let mut storage = Storage::mount(flash, map, room).await?;
        let before = storage
            .setting(Key::Boot, room)
            .and_then(decode_message::<u32>)
            .unwrap_or(0);
        // A scan that begins beyond ends at once, and says why: no job has a number then.
        let boot = before.saturating_add(1).min(BOOT_MAX.saturating_add(1));
        let mut octets = [0; SMALL_OCTETS_MAX];
        let count = encode(&boot, &mut octets);
        let octets = octets.get(..count).unwrap_or_default();
        storage.set(Key::Boot, octets, room).await?;
        let provision = storage
            .setting(Key::Provision, room)
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
    pub fn restore(&mut self, now: Instant, prober: &RefCell<Prober>) {
        let KeeperMemory { room } = &mut *self.memory;
        let powered = self
            .storage
            .setting(Key::Powered, room)
            .and_then(decode_message::<(ScopeDigest, u32)>);
        if let Some(octets) = self.storage.setting(Key::Scope, room)
            && let Some(scope) = decode_message::<Scope>(octets)
        {
            let digest = ScopeDigest::of(&scope);
            let minutes = match powered {
                Some((of, minutes)) if of == digest => minutes,
                Some(_) | None => 0,
            };
            if prober.borrow_mut().restore_scope(now, &scope, minutes) {
                self.scope = Some((digest, Some(minutes)));
            }
        }
        if let Some(octets) = self.storage.setting(Key::TokenKey, room)
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
        let mut small = [0; SMALL_OCTETS_MAX];
        let did = self.save_a_record(now, prober)
            || self.lend_a_record(prober)
            || if let Some((setting, octets)) = self.setting_to_keep(now, prober, &mut small) {
                let kept = self.keep_setting(&setting, octets, &mut small).await;
                self.setting_kept(now, prober, setting, kept);
                true
            } else if !self.is_broken && self.storage.has_page_to_erase() {
                if self.storage.erase_ahead().await.is_err() {
                    self.broke(now, prober);
                }
                true
            } else {
                self.write_mark(now);
                false
            };
        self.tell_state(prober);
        did
    }

    fn save_a_record(&mut self, now: Instant, prober: &RefCell<Prober>) -> bool {
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
        match self.storage.keep(record) {
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

    fn lend_a_record(&mut self, prober: &RefCell<Prober>) -> bool {
        let Some(behind) = prober.borrow().wanted() else {
            return false;
        };
        let found = self.storage.next_after(behind, &mut self.memory.room);
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

    /// A setting that is not on flash yet, and how many octets it has: the scope's are in the keeper's own
    /// memory then, the others' in `small`.
    ///
    /// The scope goes before its minutes: when the power fails between them, they begin anew, and never go on
    /// from another scope's.
    fn setting_to_keep(
        &mut self,
        now: Instant,
        prober: &RefCell<Prober>,
        small: &mut [u8; SMALL_OCTETS_MAX],
    ) -> Option<(Setting, usize)> {
        let prober = prober.borrow();
        if let Some(provision) = prober.provision_to_keep() {
            return Some((Setting::Provision(provision), encode(&provision, small)));
        }
        if self.is_broken {
            return None;
        }
        if let Some((digest, minutes)) = prober.scope_in_force(now) {
            let on_flash = self.scope.filter(|(kept, _)| *kept == digest);
            if on_flash.is_none() {
                let octets = prober.copy_scope(&mut self.memory.room);
                return Some((Setting::Scope(digest), octets.unwrap_or(0)));
            }
            if on_flash != Some((digest, Some(minutes))) {
                let octets = encode(&(digest, minutes), small);
                return Some((Setting::Powered(digest, minutes), octets));
            }
        }
        let key = prober.key().filter(|key| self.token_key != Some(*key))?;
        Some((Setting::TokenKey(key), encode(&key, small)))
    }

    /// Keeps the setting that has so many octets, where [`Keeper::setting_to_keep`] put them.
    fn keep_setting<'a>(
        &'a mut self,
        setting: &Setting,
        octets: usize,
        small: &'a mut [u8; SMALL_OCTETS_MAX],
    ) -> impl Future<Output = Result<(), Failure>> + use<'a, 'm, F> {
        let room = &mut self.memory.room[..];
        let (key, kept, scratch) = match setting {
            // All other settings are small.
            Setting::Scope(_) => (Key::Scope, room, &mut small[..]),
            Setting::Provision(_) => (Key::Provision, &mut small[..], room),
            Setting::Powered(..) => (Key::Powered, &mut small[..], room),
            Setting::TokenKey(_) => (Key::TokenKey, &mut small[..], room),
        };
        let kept = kept.get(..octets).unwrap_or_default();
        self.storage.set(key, kept, scratch)
    }

    fn setting_kept(
        &mut self,
        now: Instant,
        prober: &RefCell<Prober>,
        setting: Setting,
        kept: Result<(), Failure>,
    ) {
        if let Setting::Provision(provision) = setting {
            prober.borrow_mut().provisioned(provision, kept.is_ok());
            return;
        }
        if kept.is_err() {
            self.broke(now, prober);
        }
        match setting {
            Setting::Scope(digest) => self.scope = Some((digest, None)),
            Setting::Powered(digest, minutes) => self.scope = Some((digest, Some(minutes))),
            Setting::TokenKey(key) => self.token_key = Some(key),
            Setting::Provision(_) => {}
        }
    }

    fn write_mark(&mut self, now: Instant) {
        if self.is_broken || now < self.mark_due || !self.storage.has_mark_to_write() {
            return;
        }
        self.mark_due = now + Millis(MARK_EVERY_MS);
        // Without it the host is sent again what it has.
        let _ = self.storage.write_mark();
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

/// A setting that is to be kept.
enum Setting {
    Provision(Provision),
    Scope(ScopeDigest),
    /// The minutes of that scope.
    Powered(ScopeDigest, u32),
    TokenKey(token::Key),
}

/// Puts `value` down as it is kept, and says how many octets it has.
fn encode<T: serde::Serialize>(value: &T, octets: &mut [u8; SMALL_OCTETS_MAX]) -> usize {
    let mut count = 0;
    let fits = encode_message(value, &mut |octet| match octets.get_mut(count) {
        Some(place) => {
            *place = octet;
            count += 1;
            true
        }
        None => false,
    });
    fits.unwrap_or(0)
}

#[cfg(test)]
mod tests;
