//! Virtual time, a log, and a network of scripted peers.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use probe_core::{
    dialogue::OpenFailure,
    frame::message::{GuardCounters, NetworkState},
    time::Instant,
};

use super::peer::{Connection, Peer};
use crate::env::{Buffers, CallBuffers, Env, Network};

/// So many polls at one moment are a busy loop.
const POLLS_AT_ONE_MOMENT_MAX: u32 = 1_000;

/// Where a test plays.
#[derive(Default)]
pub(crate) struct Stage {
    now_ms: Cell<u64>,
    timers: RefCell<Vec<(u64, u64, Waker)>>,
    timers_made: Cell<u64>,
    peers: RefCell<VecDeque<Peer>>,
    log: RefCell<String>,
    connections_open: Cell<u32>,
}

impl Stage {
    /// A stage on which connections meet these peers, in this order.
    pub(crate) fn new(peers: impl IntoIterator<Item = Peer>) -> Self {
        Self {
            peers: RefCell::new(peers.into_iter().collect()),
            ..Self::default()
        }
    }

    /// Writes a line with the moment, in milliseconds.
    pub(crate) fn log(&self, line: impl AsRef<str>) {
        let line = format!("{:>6} {}\n", self.now_ms.get(), line.as_ref());
        self.log.borrow_mut().push_str(&line);
    }

    /// What was logged against `expected`, which may be indented and aligned.
    pub(crate) fn assert_log(&self, expected: &str) {
        let trimmed = |text: &str| -> Vec<String> {
            text.lines()
                .map(|line| match line.trim().split_once(' ') {
                    Some((moment, rest)) => format!("{moment} {}", rest.trim()),
                    None => line.trim().to_owned(),
                })
                .filter(|line| !line.is_empty())
                .collect()
        };
        let log = self.log.borrow();
        assert_eq!(trimmed(&log), trimmed(expected), "the log was:\n{log}");
    }

    /// How many connections are open.
    pub(crate) fn connections_open(&self) -> u32 {
        self.connections_open.get()
    }

    pub(super) fn connection_opened(&self) {
        self.connections_open.set(self.connections_open.get() + 1);
    }

    pub(super) fn connection_closed(&self) {
        self.connections_open.set(self.connections_open.get() - 1);
    }

    /// Runs `future` to its end. Time passes only while nothing else can be done.
    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        let mut polls = 0;
        loop {
            if flag.0.swap(false, Ordering::Relaxed) {
                polls += 1;
                assert!(polls < POLLS_AT_ONE_MOMENT_MAX, "this loops busily");
                match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    Poll::Ready(output) => return output,
                    Poll::Pending => continue,
                }
            }
            polls = 0;
            self.pass_time();
        }
    }

    fn pass_time(&self) {
        let mut timers = self.timers.borrow_mut();
        let due_ms = timers
            .iter()
            .map(|(due_ms, ..)| *due_ms)
            .min()
            .expect("somebody waits for a moment that comes");
        self.now_ms.set(due_ms);
        timers.retain(|(at_ms, _, waker)| {
            let due = *at_ms <= due_ms;
            if due {
                waker.wake_by_ref();
            }
            !due
        });
    }
}

impl Env for Stage {
    type Network = Self;

    fn now(&self) -> Instant {
        Instant::from_millis(self.now_ms.get())
    }

    async fn sleep_until(&self, at: Instant) {
        let id = self.timers_made.get();
        self.timers_made.set(id + 1);
        let _timer = Timer { stage: self, id };
        poll_fn(|cx| {
            if self.now() >= at {
                return Poll::Ready(());
            }
            let mut timers = self.timers.borrow_mut();
            timers.retain(|(_, of, _)| *of != id);
            if at < Instant::NEVER {
                timers.push((at.as_millis(), id, cx.waker().clone()));
            }
            Poll::Pending
        })
        .await;
    }

    fn network(&self) -> &Self {
        self
    }

    fn random(&self, octets: &mut [u8]) {
        octets.fill(4);
    }

    fn guard_counters(&self) -> GuardCounters {
        GuardCounters::default()
    }

    fn network_state(&self) -> NetworkState {
        NetworkState::default()
    }
}

impl Network for Stage {
    type Stream<'a> = Connection<'a>;

    async fn connect<'a>(
        &'a self,
        remote: SocketAddr,
        by: Instant,
        _buffers: &'a mut Buffers,
    ) -> Result<Connection<'a>, OpenFailure> {
        self.log(format!("connect {remote}"));
        let peer = self.peers.borrow_mut().pop_front();
        match peer.expect("one peer for each connection") {
            Peer::Fails(OpenFailure::NoAnswer) => {
                self.sleep_until(by).await;
                Err(OpenFailure::NoAnswer)
            }
            Peer::Fails(failure) => Err(failure),
            Peer::Plays(steps) => Ok(Connection::new(self, steps)),
            Peer::Calls(_) => panic!("it is not called, it calls"),
        }
    }

    async fn accept<'a>(
        &'a self,
        port: u16,
        _buffers: &'a mut CallBuffers,
        _is_called: &'a Cell<bool>,
    ) -> Result<Connection<'a>, OpenFailure> {
        self.log(format!("listen {port}"));
        let calls = |peer: &Peer| matches!(peer, Peer::Calls(_));
        let next = self.peers.borrow_mut().pop_front_if(|peer| calls(peer));
        match next {
            Some(Peer::Calls(steps)) => {
                self.log("accept");
                Ok(Connection::new(self, steps))
            }
            _ => std::future::pending().await,
        }
    }

    fn datagrams(
        &self,
        remote: SocketAddr,
        local_port: u16,
    ) -> Result<Connection<'_>, OpenFailure> {
        self.log(format!("datagrams to {remote} from {local_port}"));
        let peer = self.peers.borrow_mut().pop_front();
        match peer.expect("one peer for each socket") {
            Peer::Fails(failure) => Err(failure),
            Peer::Plays(steps) => Ok(Connection::new(self, steps).datagrams_from(remote)),
            Peer::Calls(_) => panic!("it is not called, it calls"),
        }
    }
}

/// A timer that is forgotten when nobody waits for it any more.
struct Timer<'a> {
    stage: &'a Stage,
    id: u64,
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        let mut timers = self.stage.timers.borrow_mut();
        timers.retain(|(_, of, _)| *of != self.id);
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
