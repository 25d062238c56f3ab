//! A simulated internet behind a wire that reaches out of the program: an emulator, or anything
//! else that speaks Ethernet, takes the device's place.
//!
//! Router, paths and hosts are the simulation's own; their time is real. Whoever is at the wire
//! must use the addresses of the world's device ([`DeviceNet`](crate::world::DeviceNet)), or
//! nothing finds its way back.

mod echo;
mod medium;
#[cfg(unix)]
mod stream;

use std::{
    io::{self, Write},
    task::{Context, Waker},
    time::{Duration, SystemTime},
};

use embassy_net_driver::{Driver as _, RxToken as _, TxToken as _};
use probe_core::time::Utc;
use tokio::time::{Instant, sleep_until};

pub use medium::{NoWire, Wire};

use self::{
    echo::Echo,
    medium::{Medium, Outside},
};
use super::block_on;
use crate::{
    build, clock,
    drive::ROUNDS_AT_A_MOMENT_MAX,
    faults::{Switch, Tally},
    net::{internet::Internet, link::DeviceEnd},
    observer::{Observer, Seen},
    post::Log,
    world::World,
};

/// How long nothing is waited for when nothing is due.
const NOTHING_DUE: Duration = Duration::from_secs(3_600);

/// A wire that is plugged in at our end.
pub struct Plugged {
    world: World,
    medium: Medium,
    capture: Option<Box<dyn Write>>,
}

impl Plugged {
    /// Opens our end of `wire`, with `world` behind it, in which it is the date that it really is.
    ///
    /// # Errors
    /// When the sockets that the wire names cannot be had.
    pub fn new(world: World, wire: &Wire) -> io::Result<Self> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Ok(Self {
            world: World {
                began: since.map_or(world.began, |since| Utc(since.as_secs())),
                ..world
            },
            medium: Medium::open(wire)?,
            capture: None,
        })
    }

    /// Writes a capture of the wire, in pcap format.
    pub fn capturing(mut self, capture: impl Write + 'static) -> Self {
        self.capture = Some(Box::new(capture));
        self
    }

    /// Carries frames both ways until `stop` is there.
    ///
    /// # Errors
    /// When the capture cannot be written, or the wire breaks in a way that no new caller mends.
    pub fn until<T>(self, stop: impl Future<Output = T>) -> io::Result<(T, Seen)> {
        let observer = Observer::new(None, self.world.device, self.capture);
        let (device, internet) = build::internet(
            &self.world,
            &observer,
            &Switch::default(),
            &Tally::default(),
            &[],
            &Log::default(),
        );
        let mut ends = Ends {
            device,
            internet,
            echo: Echo::of(&self.world),
        };
        let stopped = block_on(async {
            let mut outside = self.medium.start()?;
            tokio::select! {
                stopped = stop => Ok(stopped),
                error = ends.carry(&mut outside) => Err(error),
            }
        })??;
        Ok((stopped, observer.finish()?))
    }
}

struct Ends {
    device: DeviceEnd,
    internet: Internet,
    echo: Echo,
}

impl Ends {
    /// Carries frames for ever; what it returns is why it could not.
    async fn carry(&mut self, outside: &mut Outside) -> io::Error {
        loop {
            self.settle(outside).await;
            let due = self
                .internet
                .next()
                .map_or(NOTHING_DUE, |due| due.saturating_sub(clock::now()));
            tokio::select! {
                frame = outside.receive() => match frame {
                    Ok(frame) => self.take(&frame, outside).await,
                    Err(error) => return error,
                },
                () = sleep_until(Instant::now() + due) => {}
            }
        }
    }

    /// Takes a frame from outside.
    async fn take(&mut self, frame: &[u8], outside: &mut Outside) {
        let mut context = Context::from_waker(Waker::noop());
        if let Some(room) = self.device.transmit(&mut context) {
            room.consume(frame.len(), |octets| octets.copy_from_slice(frame));
        }
        if let Some(answer) = self.echo.answer(frame) {
            outside.send(&answer).await;
        }
    }

    /// Lets everything act that is due, and sends out what comes of it.
    async fn settle(&mut self, outside: &mut Outside) {
        for _ in 0..ROUNDS_AT_A_MOMENT_MAX {
            if !self.internet.advance(clock::now()) {
                break;
            }
        }
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let received = self.device.receive(&mut context).map(|(frame, _)| frame);
            let Some(frame) = received else {
                return;
            };
            outside.send(&frame.consume(|octets| octets.to_vec())).await;
        }
    }
}
