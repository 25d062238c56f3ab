//! The appliance: workers and a link around one prober.

use core::{cell::RefCell, convert::Infallible, future::pending};

#[cfg(not(feature = "relay-only"))]
use embassy_futures::join::join;
use embassy_futures::{
    join::join_array,
    select::{Either, select},
};
use embassy_net::Stack;
use embedded_io_async::{Read, Write};
use probe_core::{
    frame::message::NetworkState,
    prober::{Prober, Stop},
    schedule::RUNNING_JOBS_MAX,
    tester::Tester,
    time::Instant,
};

use crate::{
    bell::{Bell, LinkBells},
    conversation::Scratch,
    env::Env,
    follow::Follower,
    guard::{ProberWarden, Watch},
    link::{self, Bells, Link, LinkEndOf, LinkMemory},
    scout::Post,
    storage::{Flash, Keeper},
    worker::{Office, WorkerMemory},
};
#[cfg(not(feature = "relay-only"))]
use crate::{
    lookup::Lookups,
    sink::{Porch, SINK_SESSIONS, SessionMemory, Sessions},
    visit::{self, VisitMemory},
};

/// How many workers a board has: fewer where it has nothing but the relay battery.
pub const WORKERS: usize = if cfg!(feature = "relay-only") { 8 } else { 16 };

const _: () = assert!(WORKERS <= RUNNING_JOBS_MAX, "a worker without a job");

/// All that an appliance of `N` workers lends to its tasks; static on a board.
pub struct Memory<const N: usize> {
    /// The workers'.
    pub workers: [WorkerMemory; N],
    /// The sink's sessions'.
    #[cfg(not(feature = "relay-only"))]
    pub sessions: [SessionMemory; SINK_SESSIONS],
    /// The link's.
    pub link: LinkMemory,
}

impl<const N: usize> Memory<N> {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            workers: [const { WorkerMemory::new() }; N],
            #[cfg(not(feature = "relay-only"))]
            sessions: [const { SessionMemory::new() }; SINK_SESSIONS],
            link: LinkMemory::new(),
        }
    }
}

impl<const N: usize> Default for Memory<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// What the tasks of one appliance share. A board spawns [`Appliance::work`] and
/// [`Appliance::link`] as tasks of their own, so that each has its own waker; [`run`] joins them
/// where one task is enough.
pub struct Appliance<'a, const N: usize> {
    prober: &'a RefCell<Prober>,
    tester: RefCell<Option<Tester>>,
    scratch: Scratch,
    #[cfg(not(feature = "relay-only"))]
    lookups: Lookups,
    workers: [Bell; N],
    #[cfg(not(feature = "relay-only"))]
    sessions: Sessions,
    link: LinkBells,
    keeper: Bell,
    post: Post,
    follower: Bell,
}

impl<'a, const N: usize> Appliance<'a, N> {
    /// An appliance around `prober`, which nobody may hold borrowed over an await.
    pub const fn new(prober: &'a RefCell<Prober>) -> Self {
        Self {
            prober,
            tester: RefCell::new(None),
            scratch: Scratch::new(),
            #[cfg(not(feature = "relay-only"))]
            lookups: Lookups::new(),
            workers: [const { Bell::new() }; N],
            #[cfg(not(feature = "relay-only"))]
            sessions: Sessions::new(),
            link: LinkBells::new(),
            keeper: Bell::new(),
            post: Post::new(),
            follower: Bell::new(),
        }
    }

    /// Ends the scan that runs, and lets everybody know.
    pub fn stop(&self, now: Instant, why: Stop) {
        self.prober.borrow_mut().stop(now, why);
        self.link.ring();
        self.workers.iter().for_each(Bell::ring);
    }

    /// The warden of the guard around this appliance's network.
    pub const fn warden(&self) -> ProberWarden<'_> {
        ProberWarden {
            prober: self.prober,
            workers: &self.workers,
            link: &self.link,
            post: &self.post,
            follower: &self.follower,
        }
    }

    /// Follows what becomes of the network, for ever: its routers are the guard's doors, and whoever
    /// waits for it is told; `told` too.
    pub async fn follow<E: Env>(
        &self,
        env: &E,
        stack: Stack<'_>,
        watch: &Watch,
        told: impl FnMut(NetworkState),
    ) -> Infallible {
        let follower = Follower {
            env,
            stack,
            watch,
            bell: &self.follower,
            bells: self.bells(),
        };
        follower.follow(told).await
    }

    /// Runs jobs for ever, as the worker with this index, which is below `N`.
    pub async fn work<E: Env>(&self, env: &E, index: usize, memory: &mut WorkerMemory) {
        let Some(bell) = self.workers.get(index) else {
            return;
        };
        self.post.draw_key(env);
        let office = Office {
            env,
            prober: self.prober,
            tester: &self.tester,
            scratch: &self.scratch,
            #[cfg(not(feature = "relay-only"))]
            lookups: &self.lookups,
            bell,
            workers: &self.workers,
            link: &self.link,
            keeper: &self.keeper,
            post: &self.post,
        };
        office.work(memory).await;
    }

    /// Receives whoever calls the sink, for ever, as the session with this index, which is below
    /// [`SINK_SESSIONS`].
    #[cfg(not(feature = "relay-only"))]
    pub async fn sink<E: Env>(&self, env: &E, session: usize, memory: &mut SessionMemory) {
        let porch = Porch {
            env,
            prober: self.prober,
            sessions: &self.sessions,
            scratch: &self.scratch,
            session,
            workers: &self.workers,
            link: &self.link,
            keeper: &self.keeper,
            post: &self.post,
        };
        porch.receive(memory).await;
    }

    /// Speaks with the host until the link is over. May be called again with another link.
    pub async fn link<E: Env, R: Read, W: Write>(
        &self,
        env: &E,
        link: Link<R, W>,
        memory: &mut LinkMemory,
    ) -> LinkEndOf<R, W> {
        link::speak(env, self.prober, self.bells(), link, memory).await
    }

    /// Speaks with a host that calls over the network, until it goes or is sent away. One at a
    /// time.
    #[cfg(not(feature = "relay-only"))]
    pub async fn receive<E: Env, R: Read, W: Write>(
        &self,
        env: &E,
        link: Link<R, W>,
        memory: &mut VisitMemory,
    ) {
        visit::receive(env, self.prober, self.bells(), link, memory).await;
    }

    pub(crate) const fn bells(&self) -> Bells<'_> {
        Bells {
            link: &self.link,
            workers: &self.workers,
            #[cfg(not(feature = "relay-only"))]
            sessions: &self.sessions.bells,
            keeper: &self.keeper,
            post: &self.post,
        }
    }

    /// Keeps on flash what must outlive a power cut, for ever. Call [`Keeper::restore`] first.
    pub async fn keep<E: Env, F: Flash>(&self, env: &E, keeper: &mut Keeper<'_, F>) {
        let (prober, bell) = (self.prober, &self.keeper);
        keeper
            .keep(env, prober, bell, &self.link, &self.workers)
            .await;
    }
}

/// Runs an appliance in one task until its link is over. Jobs that still run are dropped without
/// a word to their targets: end the scan over the link first.
pub async fn run<E: Env, R: Read, W: Write, const N: usize>(
    env: &E,
    prober: &RefCell<Prober>,
    link: Link<R, W>,
    memory: &mut Memory<N>,
) -> LinkEndOf<R, W> {
    let appliance = Appliance::<N>::new(prober);
    let mut index = 0..N;
    let workers = memory.workers.each_mut().map(|memory| {
        let index = index.next().unwrap_or(N);
        appliance.work(env, index, memory)
    });
    #[cfg(not(feature = "relay-only"))]
    let sessions = {
        let mut session = 0..SINK_SESSIONS;
        memory.sessions.each_mut().map(|memory| {
            let session = session.next().unwrap_or(SINK_SESSIONS);
            appliance.sink(env, session, memory)
        })
    };
    let working = async {
        #[cfg(not(feature = "relay-only"))]
        join(join_array(workers), join_array(sessions)).await;
        #[cfg(feature = "relay-only")]
        join_array(workers).await;
        pending::<Infallible>().await
    };
    match select(appliance.link(env, link, &mut memory.link), working).await {
        Either::First(end) => end,
        Either::Second(never) => match never {},
    }
}

#[cfg(test)]
mod tests;
