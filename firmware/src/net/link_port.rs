//! The link port: the configured host calls, and is answered, one call at a time.

use core::net::IpAddr;

use embassy_net::tcp::TcpSocket;
use probe_core::{dialogue::Close, time::Millis};

use super::{Line, Random, StackEnv, StackStream, now, sleep_until};
use crate::{
    appliance::Appliance,
    env::{Env, Stream as _},
    guard::HostDoor,
    link::Link,
    visit::{VISIT_WRITE_WITHIN_MS, VisitMemory},
};

/// How many octets a call may hold unread.
const RECEIVE_OCTETS: usize = 256;
/// How many octets a call may hold unsent: a frame.
const SEND_OCTETS: usize = 1_024;

/// What the link port borrows, static on a board.
pub struct LinkPortMemory {
    visit: VisitMemory,
    receive: [u8; RECEIVE_OCTETS],
    send: [u8; SEND_OCTETS],
}

impl LinkPortMemory {
    /// Empty memory.
    pub const fn new() -> Self {
        Self {
            visit: VisitMemory::new(),
            receive: [0; RECEIVE_OCTETS],
            send: [0; SEND_OCTETS],
        }
    }
}

impl Default for LinkPortMemory {
    fn default() -> Self {
        Self::new()
    }
}

/// A socket that could not be had or listen, or whose call ended before it began, is tried again
/// after that.
const AGAIN_AFTER: Millis = Millis(100);

impl<R: Random> StackEnv<'_, R> {
    /// Answers whoever may call through `door`, for ever, with a socket of the stack beside those of
    /// [`StackEnv::new`]. The guard must have the same door: it keeps everybody else from the
    /// socket.
    pub async fn answer<E: Env, const N: usize>(
        &self,
        env: &E,
        door: HostDoor,
        appliance: &Appliance<'_, N>,
        memory: &mut LinkPortMemory,
    ) -> ! {
        let LinkPortMemory {
            visit,
            receive,
            send,
        } = memory;
        loop {
            let Some(mut call) = self.accept(door, receive, send).await else {
                sleep_until(now() + AGAIN_AFTER).await;
                continue;
            };
            if let Line::Tcp { socket, .. } = &mut call.0 {
                let (reader, writer) = socket.split();
                let link = Link { reader, writer };
                appliance.receive(env, link, visit).await;
            }
            call.close(Close::Fin).await;
        }
    }

    /// Waits for a call.
    async fn accept<'s>(
        &'s self,
        door: HostDoor,
        receive: &'s mut [u8],
        send: &'s mut [u8],
    ) -> Option<StackStream<'s, 's>> {
        let mut socket = TcpSocket::new(self.network.stack, receive, send);
        socket.set_nagle_enabled(false);
        // Whoever no longer acknowledges has gone, whichever state the connection is in.
        let patience = embassy_time::Duration::from_millis(VISIT_WRITE_WITHIN_MS);
        socket.set_timeout(Some(patience));
        socket.accept(door.local_port).await.ok()?;
        let remote = socket.remote_endpoint()?;
        let call = StackStream(Line::Tcp {
            socket,
            _slot: None,
        });
        (IpAddr::from(remote.addr) == door.address).then_some(call)
    }
}
