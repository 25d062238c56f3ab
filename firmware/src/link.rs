//! The link to the host: frames both ways, in the prober's own words.

use core::cell::RefCell;

use embassy_futures::select::{Either, select};
use embedded_io_async::{ErrorType, Read, Write};
use probe_core::{
    frame::{
        FRAME_OCTETS_MAX,
        about::Level,
        message::{NetworkState, Phase},
    },
    path_check::Path,
    prober::Prober,
    time::{Instant, Millis},
};

use crate::{
    bell::{Bell, LinkBells},
    env::Env,
    log,
    scout::Post,
};

/// The two directions of a link, apart so that a host that reads slowly does not stop us from
/// listening.
pub struct Link<R, W> {
    /// From the host.
    pub reader: R,
    /// To the host.
    pub writer: W,
}

/// Why a link is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkEnd<R, W> {
    /// The host has closed it.
    Closed,
    /// Reading failed.
    Reading(R),
    /// Writing failed.
    Writing(W),
}

/// What a link says when it is over.
pub type LinkEndOf<R, W> = LinkEnd<<R as ErrorType>::Error, <W as ErrorType>::Error>;

/// How many octets are taken from the link at once.
pub const LINK_PIECE_OCTETS: usize = 256;

/// A link's buffers.
pub struct LinkMemory {
    piece: [u8; LINK_PIECE_OCTETS],
    frame: [u8; FRAME_OCTETS_MAX],
}

impl LinkMemory {
    /// Empty buffers.
    pub const fn new() -> Self {
        Self {
            piece: [0; LINK_PIECE_OCTETS],
            frame: [0; FRAME_OCTETS_MAX],
        }
    }
}

impl Default for LinkMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// Who is told of news.
#[derive(Clone, Copy)]
pub(crate) struct Bells<'a> {
    /// There may be news for the host.
    pub(crate) link: &'a LinkBells,
    /// The host had news for us, or took some.
    pub(crate) workers: &'a [Bell],
    /// The sink may have other ports now.
    #[cfg(not(feature = "relay-only"))]
    pub(crate) sessions: &'a [Bell],
    /// There may be something to keep.
    pub(crate) keeper: &'a Bell,
    /// There may be somebody to scout.
    pub(crate) post: &'a Post,
}

impl Bells<'_> {
    pub(crate) fn ring_all(self) {
        self.link.ring();
        self.ring_others();
    }

    pub(crate) fn ring_others(self) {
        self.keeper.ring();
        self.post.ring();
        self.workers.iter().for_each(Bell::ring);
        #[cfg(not(feature = "relay-only"))]
        self.sessions.iter().for_each(Bell::ring);
    }
}

/// Speaks with the host until the link is over.
pub(crate) async fn speak<E: Env, R: Read, W: Write>(
    env: &E,
    prober: &RefCell<Prober>,
    bells: Bells<'_>,
    link: Link<R, W>,
    memory: &mut LinkMemory,
) -> LinkEndOf<R, W> {
    let listening = listen(env, prober, bells, link.reader, &mut memory.piece);
    let telling = tell(env, prober, bells, link.writer, &mut memory.frame);
    log::link_up();
    let end = match select(listening, telling).await {
        Either::First(Ok(())) => LinkEnd::Closed,
        Either::First(Err(error)) => LinkEnd::Reading(error),
        Either::Second(error) => LinkEnd::Writing(error),
    };
    log::link_down();
    end
}

async fn listen<E: Env, R: Read>(
    env: &E,
    prober: &RefCell<Prober>,
    bells: Bells<'_>,
    mut reader: R,
    piece: &mut [u8],
) -> Result<(), R::Error> {
    loop {
        let count = reader.read(piece).await?;
        if count == 0 {
            return Ok(());
        }
        let octets = piece.get(..count).unwrap_or_default();
        prober.borrow_mut().link_received(env.now(), octets);
        bells.ring_all();
    }
}

/// Tells the log when a scan begins, is being ended, or is over.
fn log_phase(prober: &RefCell<Prober>, now: Instant, known: &mut Phase) {
    let mut prober = prober.borrow_mut();
    let phase = prober.phase();
    if core::mem::replace(known, phase) == phase {
        return;
    }
    match phase {
        Phase::Idle => {}
        Phase::Running => {
            log::scan_begun(prober.scope());
            prober.log(now, Level::Info, &["scan: begun"]);
        }
        Phase::Stopping(why) => {
            log::scan_ending(why);
            prober.log(now, Level::Info, &["scan: ending: ", why.as_str()]);
        }
        Phase::Ended(why) => {
            log::scan_over(why);
            prober.log(now, Level::Info, &["scan: over: ", why.as_str()]);
        }
    }
}

/// Tells the log what was found on the way to the sink.
fn log_path(prober: &RefCell<Prober>, now: Instant, known: &mut Option<Path>) {
    let mut prober = prober.borrow_mut();
    let path = prober.path();
    if core::mem::replace(known, path) != path
        && let Some(path) = path
    {
        let level = if path.is_open() {
            Level::Info
        } else {
            Level::Warning
        };
        prober.log(now, level, &["way to the sink: ", path.as_str()]);
    }
}

/// Tells the log what is lacking in the network, and when that has come.
fn log_network(prober: &RefCell<Prober>, now: Instant, network: NetworkState) {
    let mut prober = prober.borrow_mut();
    if prober.network().lack == network.lack {
        return;
    }
    match network.lack {
        None => prober.log(now, Level::Info, &["network: up"]),
        Some(lack) => prober.log(now, Level::Warning, &["network: lacks: ", lack.as_str()]),
    }
}

async fn tell<E: Env, W: Write>(
    env: &E,
    prober: &RefCell<Prober>,
    bells: Bells<'_>,
    mut writer: W,
    frame: &mut [u8],
) -> W::Error {
    let mut over = prober.borrow().ended();
    let mut phase = prober.borrow().phase();
    let mut path = prober.borrow().path();
    loop {
        let now = env.now();
        log_path(prober, now, &mut path);
        log_phase(prober, now, &mut phase);
        let network = env.network_state();
        log_network(prober, now, network);
        let count = {
            let mut prober = prober.borrow_mut();
            prober.guard_counted(env.guard_counters());
            prober.network_is(network);
            prober.link_transmit(now, frame)
        };
        // A guard, or the scope's hours, may end a scan behind the workers' backs.
        let ended = prober.borrow().ended();
        if ended != over || count.is_some() {
            over = ended;
            bells.ring_others();
        }
        let told = match count {
            Some(count) => {
                writer
                    .write_all(frame.get(..count).unwrap_or_default())
                    .await
            }
            None => {
                let flushed = writer.flush().await;
                let due = prober.borrow().link_due(now).max(now + Millis(1));
                select(bells.link.serial.wait(), env.sleep_until(due)).await;
                flushed
            }
        };
        if let Err(error) = told {
            return error;
        }
    }
}
