//! The appliance: workers and a link around one prober.

use core::{cell::RefCell, convert::Infallible, future::pending};

use embassy_futures::{
    join::join_array,
    select::{Either, select},
};
use embedded_io_async::{Read, Write};
use embedded_storage_async::nor_flash::NorFlash;
use probe_core::{
    prober::{Prober, Stop},
    schedule::RUNNING_JOBS_MAX,
    scope::Identity,
    time::Instant,
};

use crate::{
    bell::Bell,
    env::Env,
    guard::ProberWarden,
    link::{self, Bells, Link, LinkEndOf, LinkMemory},
    scout::Post,
    storage::Keeper,
    worker::{Office, WorkerMemory},
};

/// How many workers a board has: fewer where it has nothing but the relay battery.
pub const WORKERS: usize = if cfg!(feature = "relay-only") { 8 } else { 16 };

const _: () = assert!(WORKERS <= RUNNING_JOBS_MAX, "a worker without a job");

/// All that an appliance of `N` workers lends to its tasks; static on a board.
pub struct Memory<const N: usize> {
    /// The workers'.
    pub workers: [WorkerMemory; N],
    /// The link's.
    pub link: LinkMemory,
}

impl<const N: usize> Memory<N> {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            workers: [const { WorkerMemory::new() }; N],
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
    identity: RefCell<Option<Identity>>,
    workers: [Bell; N],
    link: Bell,
    keeper: Bell,
    post: Post,
}

impl<'a, const N: usize> Appliance<'a, N> {
    /// An appliance around `prober`, which nobody may hold borrowed over an await.
    pub const fn new(prober: &'a RefCell<Prober>) -> Self {
        Self {
            prober,
            identity: RefCell::new(None),
            workers: [const { Bell::new() }; N],
            link: Bell::new(),
            keeper: Bell::new(),
            post: Post::new(),
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
        }
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
            identity: &self.identity,
            bell,
            workers: &self.workers,
            link: &self.link,
            keeper: &self.keeper,
            post: &self.post,
        };
        office.work(memory).await;
    }

    /// Speaks with the host until the link is over. May be called again with another link.
    pub async fn link<E: Env, R: Read, W: Write>(
        &self,
        env: &E,
        link: Link<R, W>,
        memory: &mut LinkMemory,
    ) -> LinkEndOf<R, W> {
        let bells = Bells {
            link: &self.link,
            workers: &self.workers,
            keeper: &self.keeper,
            post: &self.post,
        };
        link::speak(env, self.prober, bells, link, memory).await
    }

    /// Keeps on flash what must outlive a power cut, for ever. Call [`Keeper::restore`] first.
    pub async fn keep<E: Env, F: NorFlash>(&self, env: &E, keeper: &mut Keeper<'_, F>) {
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
    let working = async {
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
