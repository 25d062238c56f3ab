//! What is kept on this board's flash, found before anything else begins: the number of this boot
//! is there.

use embassy_futures::select::{Either, select};
use embassy_time::Timer;
use firmware::storage::{Keeper, KeeperMemory};
use probe_core::frame::about::Reset;
use static_cell::ConstStaticCell;

use super::{Board, Parts, ThisBoard, Watchdog as _, report};

pub(super) type BoardKeeper = Keeper<'static, <ThisBoard as Board>::Flash>;

static MEMORY: ConstStaticCell<KeeperMemory> = ConstStaticCell::new(KeeperMemory::new());

/// How often the watchdog is fed meanwhile, in milliseconds: a new flash is erased first.
const FEED_EVERY_MS: u64 = 500;

/// Finds what is there and counts this boot. `None` where there is no flash, or it is broken: then
/// everything is in memory only.
pub(super) async fn start(parts: &mut Parts<ThisBoard>) -> Option<BoardKeeper> {
    let flash = parts.flash.take()?;
    let forget = parts.restart.reset == Reset::Factory;
    let watchdog = &mut parts.watchdog;
    let feeding = async {
        loop {
            watchdog.feed();
            Timer::after_millis(FEED_EVERY_MS).await;
        }
    };
    let starting = Keeper::start(flash, ThisBoard::MAP, MEMORY.take(), forget);
    match select(starting, feeding).await {
        Either::First(Ok(keeper)) => {
            parts.boot = keeper.boot();
            if let Some(provision) = keeper.provision() {
                parts.addressing = provision.into();
            }
            Some(keeper)
        }
        Either::First(Err(_)) => {
            report::flash_broken();
            None
        }
        Either::Second(never) => never,
    }
}
