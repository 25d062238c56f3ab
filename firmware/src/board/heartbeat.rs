//! The heartbeat: looks after promises, the watchdog, the lamp and the button.

use core::cell::RefCell;

use embassy_time::Timer;
use firmware::{
    duty::Promises,
    net::now,
    panel::{Button, Press, lamp},
    restart::Ending,
};
use probe_core::prober::{Prober, Stop};

use super::{
    Board, Panel, ThisBoard, Watchdog, kept, report,
    tasks::{BoardAppliance, TASKS, name},
};

/// How often in a row a promise is found broken before it is believed, two seconds: after a pause
/// of the whole board everybody is late, and who is polled first is not to judge the others.
const BROKEN_LOOKS: u64 = 2_000 / ThisBoard::LOOK_EVERY_MS;

/// What the heartbeat looks after.
pub(super) struct Heart {
    pub(super) prober: &'static RefCell<Prober>,
    pub(super) appliance: &'static BoardAppliance,
    pub(super) promises: &'static Promises<TASKS>,
    pub(super) watchdog: <ThisBoard as Board>::Watchdog,
    pub(super) panel: <ThisBoard as Board>::Panel,
    /// This boot followed a fault, which no host has heard of yet.
    pub(super) after_fault: bool,
}

/// Beats for ever.
#[embassy_executor::task]
pub(super) async fn beat(mut heart: Heart) -> ! {
    let mut button = Button::new(now(), heart.panel.is_pressed());
    let mut broken_looks: u64 = 0;
    loop {
        let now = now();
        match button.look(now, heart.panel.is_pressed()) {
            Some(Press::Stop) => heart.appliance.stop(now, Stop::Button),
            Some(Press::Factory) => {
                kept::leave(Ending::Factory, None);
                ThisBoard::restart();
            }
            None => {}
        }
        heart.show();
        match heart.promises.broken(now) {
            None => {
                broken_looks = 0;
                heart.watchdog.feed();
            }
            Some(task) => {
                broken_looks = broken_looks.saturating_add(1);
                if broken_looks >= BROKEN_LOOKS {
                    let (name, number) = name(task);
                    report::overdue(name, number);
                    kept::leave(Ending::Overdue, Some((name, number, "")));
                    ThisBoard::restart();
                }
            }
        }
        Timer::after_millis(ThisBoard::LOOK_EVERY_MS).await;
    }
}

impl Heart {
    fn show(&mut self) {
        let prober = self.prober.borrow();
        let (phase, anchored) = (prober.phase(), prober.is_anchored());
        drop(prober);
        self.after_fault &= !anchored;
        let lamp = lamp(phase, anchored, self.after_fault);
        self.panel.light(lamp.is_on(now()));
    }
}
