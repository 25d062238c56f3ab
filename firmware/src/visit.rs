//! A visit: a host that calls over the network speaks with the prober, as a visitor.

use core::cell::RefCell;

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use probe_core::{
    frame::FRAME_OCTETS_MAX,
    prober::{Prober, Visitor},
    time::Millis,
};

use crate::{
    env::Env,
    link::{Bells, LINK_PIECE_OCTETS, Link},
    log,
};

/// How long a frame may take to be taken by the network, in milliseconds.
pub const VISIT_WRITE_WITHIN_MS: u64 = 10_000;

/// What a visit borrows, static on a board.
pub struct VisitMemory {
    visitor: RefCell<Visitor>,
    piece: [u8; LINK_PIECE_OCTETS],
    frame: [u8; FRAME_OCTETS_MAX],
}

impl VisitMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            visitor: RefCell::new(Visitor::new()),
            piece: [0; LINK_PIECE_OCTETS],
            frame: [0; FRAME_OCTETS_MAX],
        }
    }
}

impl Default for VisitMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// Speaks with a visitor until it goes or is sent away.
pub(crate) async fn receive<E: Env, R: Read, W: Write>(
    env: &E,
    prober: &RefCell<Prober>,
    bells: Bells<'_>,
    link: Link<R, W>,
    memory: &mut VisitMemory,
) {
    let VisitMemory {
        visitor,
        piece,
        frame,
    } = memory;
    prober
        .borrow_mut()
        .visitor_came(env.now(), visitor.get_mut());
    log::visit_begun();
    let desk = Desk {
        env,
        prober,
        bells,
        visitor,
    };
    select(
        desk.listen(link.reader, piece),
        desk.tell(link.writer, frame),
    )
    .await;
    prober.borrow_mut().visitor_left(visitor.get_mut());
    bells.ring_all();
    log::visit_over();
}

/// Where a visitor is received.
struct Desk<'a, E> {
    env: &'a E,
    prober: &'a RefCell<Prober>,
    bells: Bells<'a>,
    visitor: &'a RefCell<Visitor>,
}

impl<E: Env> Desk<'_, E> {
    /// Returns when the visitor has gone.
    async fn listen<R: Read>(&self, mut reader: R, piece: &mut [u8]) {
        while let Ok(count @ 1..) = reader.read(piece).await {
            let octets = piece.get(..count).unwrap_or_default();
            let now = self.env.now();
            let visitor = &mut self.visitor.borrow_mut();
            self.prober
                .borrow_mut()
                .visitor_received(now, visitor, octets);
            self.bells.ring_all();
        }
    }

    /// Returns when the visit is over, or what is said is not taken.
    async fn tell<W: Write>(&self, mut writer: W, frame: &mut [u8]) {
        loop {
            let now = self.env.now();
            let count = {
                let mut prober = self.prober.borrow_mut();
                prober.guard_counted(self.env.guard_counters());
                prober.visitor_transmit(now, &mut self.visitor.borrow_mut(), frame)
            };
            let by = self.env.sleep_until(now + Millis(VISIT_WRITE_WITHIN_MS));
            let Some(count) = count else {
                let flushed = select(writer.flush(), by).await;
                let is_over = self.visitor.borrow().is_over(now);
                if is_over || !matches!(flushed, Either::First(Ok(()))) {
                    return;
                }
                let due = {
                    let visitor = self.visitor.borrow();
                    self.prober.borrow().visitor_due(now, &visitor)
                };
                let due = due.max(now + Millis(1));
                select(self.bells.link.visit.wait(), self.env.sleep_until(due)).await;
                continue;
            };
            self.bells.ring_others();
            let octets = frame.get(..count).unwrap_or_default();
            let written = select(writer.write_all(octets), by).await;
            if !matches!(written, Either::First(Ok(()))) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
