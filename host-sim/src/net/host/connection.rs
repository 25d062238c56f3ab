//! One connection of a host, between its socket and a conversation.

use std::{net::SocketAddr, time::Duration};

use smoltcp::{
    iface::SocketHandle,
    socket::tcp::{Socket, State},
};

use crate::server::{Call, Conversation, Turn};

/// A connection of a host's, and the conversation at its end.
pub(super) struct Connection {
    pub(super) port: u16,
    pub(super) caller: SocketAddr,
    pub(super) handle: SocketHandle,
    pub(super) conversation: Box<dyn Conversation>,
    stage: Stage,
    /// What the server has said; up to `sent` the socket has it.
    unsent: Vec<u8>,
    sent: usize,
    /// Lent to each turn.
    room: Vec<u8>,
    pub(super) timer: Option<Duration>,
    resetting: bool,
    /// What the server wants to open.
    pub(super) calls: Vec<Call>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Opening,
    Open,
    /// The server is done; what it said may still be leaving.
    Closing,
    Closed,
}

impl Connection {
    pub(super) fn new(
        port: u16,
        caller: SocketAddr,
        handle: SocketHandle,
        conversation: Box<dyn Conversation>,
    ) -> Self {
        Self {
            port,
            caller,
            handle,
            conversation,
            stage: Stage::Opening,
            unsent: Vec::new(),
            sent: 0,
            room: Vec::new(),
            timer: None,
            resetting: false,
            calls: Vec::new(),
        }
    }

    /// Moves octets and events between the socket and the conversation; says whether any moved.
    pub(super) fn advance(&mut self, now: Duration, socket: &mut Socket<'static>) -> bool {
        let mut busy = false;
        if self.stage == Stage::Opening && socket.may_send() {
            self.stage = Stage::Open;
            self.turn(now, |conversation, turn| conversation.on_open(turn));
            busy = true;
        }
        while self.stage == Stage::Open && socket.can_recv() {
            let octets = socket
                .recv(|octets| (octets.len(), octets.to_vec()))
                .expect("a socket that can receive does");
            self.turn(now, |conversation, turn| {
                conversation.on_octets(&octets, turn)
            });
            busy = true;
        }
        if self.stage == Stage::Open && self.timer.is_some_and(|due| due <= now) {
            self.timer = None;
            self.turn(now, |conversation, turn| conversation.on_timer(turn));
            busy = true;
        }
        if self.is_stirred() {
            self.turn(now, |conversation, turn| conversation.on_stir(turn));
            busy = true;
        }
        while self.is_unsent() && socket.can_send() {
            self.sent += socket
                .send_slice(&self.unsent[self.sent..])
                .expect("a socket that can send does");
            busy = true;
        }
        let caller_left = self.stage == Stage::Open && socket.state() == State::CloseWait;
        let said_everything = !self.is_unsent() && socket.send_queue() == 0;
        if self.stage == Stage::Closing && self.resetting && said_everything {
            self.stage = Stage::Closed;
            socket.abort();
            return true;
        }
        let is_done = self.stage == Stage::Closing && !self.resetting && !self.is_unsent();
        if is_done || caller_left {
            self.stage = Stage::Closed;
            self.timer = None;
            socket.close();
            busy = true;
        }
        busy
    }

    fn is_stirred(&self) -> bool {
        self.stage == Stage::Open && self.conversation.is_stirred()
    }

    fn is_unsent(&self) -> bool {
        self.sent < self.unsent.len()
    }

    fn turn(&mut self, now: Duration, event: impl FnOnce(&mut dyn Conversation, &mut Turn)) {
        let room = std::mem::take(&mut self.room);
        let mut turn = Turn::in_room(now, self.timer, room);
        event(self.conversation.as_mut(), &mut turn);
        self.room = turn.octets;
        if self.is_unsent() {
            self.unsent.append(&mut self.room);
        } else {
            std::mem::swap(&mut self.unsent, &mut self.room);
            self.sent = 0;
        }
        self.timer = turn.timer;
        self.calls.append(&mut turn.calls);
        if turn.closing {
            self.resetting = turn.resetting;
            self.stage = Stage::Closing;
        }
    }
}
