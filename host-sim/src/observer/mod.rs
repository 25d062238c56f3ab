//! Whoever looks at the device's wire: the capture and its checksum, the counts, and the third
//! check of the scope.
//!
//! The check shares no code with the device: it reads the frames with smoltcp's wire types and
//! compares addresses by itself.

mod allowed;
mod reading;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt,
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::Duration,
};

use sha2::{Digest, Sha256};
use smoltcp::wire::{EthernetFrame, TcpSeqNumber};

pub use allowed::Allowed;

use self::reading::{Segment, asked_for, datagram, link_protocol};
use crate::{net::router, pcap, world::DeviceNet};

/// How many strays are kept in full; all are counted.
pub const STRAYS_KEPT_MAX: usize = 16;
/// For how long after its last SYN the device may ask on its link for somebody who has called its sink.
const CALLER_ASKED_FOR: Duration = Duration::from_secs(10 * 60);

/// A first SYN that left the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// When.
    pub at: Duration,
    /// Towards whom.
    pub remote: SocketAddr,
    /// From when on it was established, where it was.
    pub established: Option<Duration>,
    /// When the device had seen its end, or ended it.
    pub ended: Option<Duration>,
}

/// A frame that should not have left the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// When.
    pub at: Duration,
    /// What it was.
    pub what: String,
}

impl fmt::Display for Stray {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}: {}", self.at, self.what)
    }
}

/// What was seen on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Frames that left the device.
    pub frames_out: u64,
    /// Frames that reached it.
    pub frames_in: u64,
    /// Octets of both.
    pub octets: u64,
    /// SHA-256 of the capture, as `sha256sum` says it of the file.
    pub pcap_sha256: String,
    /// Octets of the capture.
    pub pcap_octets: u64,
    /// Every first SYN of the device, in order.
    pub connections: Vec<Connection>,
    /// The same towards a sink elsewhere: they concern nobody but us, and no rate of the scope.
    pub way: Vec<Connection>,
    /// The most of [`Seen::connections`] that were established at once.
    pub open_max: usize,
    /// Frames that left the device and should not have; empty without an [`Allowed`].
    pub strays: Vec<Stray>,
    /// How many there were, kept or not.
    pub strays_total: u64,
}

impl Seen {
    /// How many connections went to each target.
    pub fn connections_by_target(&self) -> BTreeMap<SocketAddr, usize> {
        let mut counts = BTreeMap::new();
        for connection in &self.connections {
            *counts.entry(connection.remote).or_default() += 1;
        }
        counts
    }

    fn connection(&mut self, progress: &Progress) -> Option<&mut Connection> {
        let connections = if progress.is_way {
            &mut self.way
        } else {
            &mut self.connections
        };
        connections.get_mut(progress.index)
    }
}

/// The eyes on the wire, shared with the link.
#[derive(Clone)]
pub(crate) struct Observer(Rc<RefCell<State>>);

struct State {
    seen: Seen,
    checksum: Sha256,
    capture: Option<Box<dyn Write>>,
    capture_error: Option<io::Error>,
    allowed: Option<Allowed>,
    tracked: BTreeMap<(SocketAddr, u16), Progress>,
    /// The device's link.
    link: DeviceNet,
    /// Who has called which port of the device, and when last.
    callers: BTreeMap<(SocketAddr, u16), Duration>,
    established: usize,
}

/// How far a connection has come.
#[derive(Clone, Copy)]
struct Progress {
    /// The device's initial sequence number: a SYN with another one is another connection.
    initial: TcpSeqNumber,
    /// It goes to the sink elsewhere.
    is_way: bool,
    /// Which of [`Seen::connections`], or of [`Seen::way`], it is.
    index: usize,
    answered: bool,
    established: bool,
    ours_ended: bool,
    theirs_ended: bool,
}

impl Observer {
    /// What leaves the device on this `link` is held against `allowed`.
    pub(crate) fn new(
        allowed: Option<Allowed>,
        link: DeviceNet,
        capture: Option<Box<dyn Write>>,
    ) -> Self {
        let mut state = State {
            seen: Seen::default(),
            checksum: Sha256::new(),
            capture,
            capture_error: None,
            allowed,
            tracked: BTreeMap::new(),
            link,
            callers: BTreeMap::new(),
            established: 0,
        };
        state.capture(&pcap::header());
        Self(Rc::new(RefCell::new(state)))
    }

    pub(crate) fn leaves_device(&self, at: Duration, frame: &[u8]) {
        let mut state = self.0.borrow_mut();
        state.seen.frames_out += 1;
        state.frame(at, frame);
        state.check(at, frame);
    }

    pub(crate) fn reaches_device(&self, at: Duration, frame: &[u8]) {
        let mut state = self.0.borrow_mut();
        state.seen.frames_in += 1;
        state.frame(at, frame);
        if let Ok(frame) = EthernetFrame::new_checked(frame)
            && let Some(segment) = Segment::read(&frame)
        {
            if segment.syn && !segment.ack {
                let caller = (segment.source, segment.destination.port());
                state.callers.insert(caller, at);
            }
            state.follow(
                at,
                &(segment.source, segment.destination.port()),
                &segment,
                false,
            );
        }
    }

    /// The device has lost its power, and with it every connection.
    pub(crate) fn power_cut(&self, at: Duration) {
        let mut state = self.0.borrow_mut();
        let State { seen, tracked, .. } = &mut *state;
        for progress in tracked.values() {
            if let Some(connection) = seen.connection(progress) {
                connection.ended = Some(at);
            }
        }
        tracked.clear();
        state.established = 0;
    }

    /// Ends the capture.
    pub(crate) fn finish(&self) -> io::Result<Seen> {
        let mut state = self.0.borrow_mut();
        if let Some(error) = state.capture_error.take() {
            return Err(error);
        }
        if let Some(capture) = &mut state.capture {
            capture.flush()?;
        }
        let digest = std::mem::take(&mut state.checksum).finalize();
        let mut seen = std::mem::take(&mut state.seen);
        seen.pcap_sha256 = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        Ok(seen)
    }
}

impl State {
    fn frame(&mut self, at: Duration, frame: &[u8]) {
        self.seen.octets += frame.len() as u64;
        self.capture(&pcap::record_header(at, frame));
        self.capture(frame);
    }

    fn capture(&mut self, octets: &[u8]) {
        self.checksum.update(octets);
        self.seen.pcap_octets += octets.len() as u64;
        if self.capture_error.is_none()
            && let Some(capture) = &mut self.capture
            && let Err(error) = capture.write_all(octets)
        {
            self.capture_error = Some(error);
        }
    }

    /// Follows the device's connections, and holds what leaves it against the scope.
    fn check(&mut self, at: Duration, octets: &[u8]) {
        let Ok(frame) = EthernetFrame::new_checked(octets) else {
            return self.stray(at, || "a frame without a header".into());
        };
        if let Some(segment) = Segment::read(&frame) {
            let key = (segment.destination, segment.source.port());
            let known = self.tracked.get(&key).map(|progress| progress.initial);
            if segment.syn && !segment.ack && known != Some(segment.sequence) {
                let remote = segment.destination;
                let is_way = self
                    .allowed
                    .as_ref()
                    .is_some_and(|allowed| allowed.outside_sink == Some(remote));
                let connections = if is_way {
                    &mut self.seen.way
                } else {
                    &mut self.seen.connections
                };
                self.tracked.insert(
                    key,
                    Progress {
                        initial: segment.sequence,
                        is_way,
                        index: connections.len(),
                        answered: false,
                        established: false,
                        ours_ended: false,
                        theirs_ended: false,
                    },
                );
                connections.push(Connection {
                    at,
                    remote,
                    established: None,
                    ended: None,
                });
            }
            self.follow(at, &key, &segment, true);
            let remote = segment.destination;
            let begins = segment.syn && !segment.ack;
            let Some(allowed) = &self.allowed else {
                return;
            };
            let port = segment.source.port();
            let answers = !begins
                && allowed.sink_ports.contains(&port)
                && self.callers.contains_key(&(remote, port));
            if !answers && !allowed.allows_segment(key.1, remote) {
                self.stray(at, || format!("TCP to {remote} from port {port}"));
            }
            return;
        }
        if let Some(allowed) = &self.allowed
            && datagram(&frame).is_some_and(|remote| allowed.allows_datagram(remote))
        {
            return;
        }
        if let Some(allowed) = &self.allowed
            && let Some(address) = asked_for(&frame)
            && !self.may_ask_for(at, allowed, address)
        {
            self.stray(at, || format!("asks on its link for {address}"));
        }
        let checked = self.allowed.as_ref().map(|of| link_protocol(&frame, of));
        if let Some(Err(what)) = checked {
            self.stray(at, || what);
        }
    }

    /// Whether the device has business with `address` on its link: it is the scope's, a router's, or that of somebody
    /// there who has called its sink of late.
    fn may_ask_for(&self, at: Duration, allowed: &Allowed, address: IpAddr) -> bool {
        let DeviceNet {
            gateway_v4,
            gateway_v6,
            ..
        } = self.link;
        let is_router = [
            gateway_v4.into(),
            gateway_v6.into(),
            router::LINK_LOCAL.into(),
        ]
        .contains(&address);
        let has_called = |((caller, port), called): (&(SocketAddr, u16), &Duration)| {
            caller.ip() == address
                && allowed.sink_ports.contains(port)
                && at.saturating_sub(*called) < CALLER_ASKED_FOR
        };
        is_router
            || allowed.allows_neighbour(address)
            || self.link.is_on_link(address) && self.callers.iter().any(has_called)
    }

    fn follow(&mut self, at: Duration, key: &(SocketAddr, u16), segment: &Segment, ours: bool) {
        let Some(progress) = self.tracked.get_mut(key) else {
            return;
        };
        progress.answered |= !ours && segment.syn;
        // An answer that comes after the device has given up is none: the device has to take it.
        let taken = ours && segment.ack && !segment.rst;
        if progress.answered && taken && !progress.established {
            progress.established = true;
            self.established += usize::from(!progress.is_way);
            self.seen.open_max = self.seen.open_max.max(self.established);
            if let Some(connection) = self.seen.connection(progress) {
                connection.established = Some(at);
            }
        }
        progress.ours_ended |= ours && segment.fin;
        progress.theirs_ended |= !ours && segment.fin;
        if segment.rst || (progress.ours_ended && progress.theirs_ended) {
            self.established -= usize::from(progress.established && !progress.is_way);
            if let Some(connection) = self.seen.connection(progress) {
                connection.ended = Some(at);
            }
            self.tracked.remove(key);
        }
    }

    fn stray(&mut self, at: Duration, what: impl FnOnce() -> String) {
        self.seen.strays_total += 1;
        if self.seen.strays.len() < STRAYS_KEPT_MAX {
            self.seen.strays.push(Stray { at, what: what() });
        }
    }
}

#[cfg(test)]
mod tests;
