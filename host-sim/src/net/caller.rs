//! A host behind the router that calls the device over TCP.

use std::{cell::RefCell, collections::VecDeque, net::SocketAddr, rc::Rc, time::Duration};

use smoltcp::{
    iface::{Interface, SocketHandle, SocketSet},
    socket::tcp::{Socket, SocketBuffer, State},
    wire::IpAddress,
};

use crate::pipe::{PipeEnd, PipeReader, PipeWriter, pipe};

/// Octets of a call's receive buffer, and of its send buffer.
const BUFFER_OCTETS: usize = 4_096;
/// How long a call waits for an answer, whatever it waits for.
const PATIENCE: Duration = Duration::from_secs(30);
/// The first port that a host calls from.
const FIRST_PORT: u16 = 40_000;

/// Calls that wait for their host to make them.
pub(crate) type Requests = Rc<RefCell<VecDeque<(SocketAddr, PipeEnd)>>>;

/// Whoever makes a host behind the router call the device.
#[derive(Clone, Default)]
pub struct Caller(Requests);

impl Caller {
    /// Calls. A call that nobody answers, or that is refused, ends for whoever reads; dropping the
    /// end hangs up.
    pub fn call(&self, device: SocketAddr) -> PipeEnd {
        let (ours, theirs) = pipe();
        self.0.borrow_mut().push_back((device, theirs));
        ours
    }

    pub(crate) fn requests(&self) -> Requests {
        Rc::clone(&self.0)
    }
}

/// The calls of one host.
#[derive(Default)]
pub(crate) struct Calls {
    requests: Requests,
    calls: Vec<Call>,
    made: u16,
}

struct Call {
    handle: SocketHandle,
    reader: PipeReader,
    /// Gone when the device has said its last.
    writer: Option<PipeWriter>,
    is_closing: bool,
}

impl Calls {
    pub(crate) fn of(requests: Requests) -> Self {
        Self {
            requests,
            ..Self::default()
        }
    }

    /// Whether there is something to do that no packet and no timer announces.
    pub(crate) fn is_stirred(&self, sockets: &SocketSet<'static>) -> bool {
        !self.requests.borrow().is_empty()
            || self.calls.iter().any(|call| {
                let socket = sockets.get::<Socket<'_>>(call.handle);
                call.reader.has_octets() && socket.can_send()
                    || call.reader.is_over() && !call.is_closing
                    || socket.can_recv() && call.room() > 0
            })
    }

    /// Makes the calls that wait.
    pub(crate) fn begin(
        &mut self,
        from: IpAddress,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
    ) {
        for (device, end) in self.requests.borrow_mut().drain(..) {
            let buffer = || SocketBuffer::new(vec![0; BUFFER_OCTETS]);
            let mut socket = Socket::new(buffer(), buffer());
            socket.set_nagle_enabled(false);
            socket.set_timeout(Some(PATIENCE.into()));
            let port = FIRST_PORT + self.made;
            self.made += 1;
            socket
                .connect(interface.context(), device, (from, port))
                .expect("a new socket connects from a host with an address");
            let (reader, writer) = end.split();
            self.calls.push(Call {
                handle: sockets.add(socket),
                reader,
                writer: Some(writer),
                is_closing: false,
            });
        }
    }

    /// Moves octets both ways; says whether any moved.
    pub(crate) fn advance(&mut self, sockets: &mut SocketSet<'static>) -> bool {
        let mut busy = false;
        for call in &mut self.calls {
            busy |= call.advance(sockets.get_mut::<Socket<'_>>(call.handle));
        }
        busy
    }

    pub(crate) fn forget_ended(&mut self, sockets: &mut SocketSet<'static>) {
        self.calls.retain(|call| {
            let state = sockets.get::<Socket<'_>>(call.handle).state();
            let over = matches!(state, State::Closed | State::TimeWait);
            if over {
                sockets.remove(call.handle);
            }
            !over
        });
    }
}

impl Call {
    fn room(&self) -> usize {
        self.writer.as_ref().map_or(0, PipeWriter::room)
    }

    fn advance(&mut self, socket: &mut Socket<'static>) -> bool {
        let mut busy = false;
        while socket.can_send() && self.reader.has_octets() {
            let room = socket.send_capacity() - socket.send_queue();
            let octets = self.reader.take_now(room);
            socket
                .send_slice(&octets)
                .expect("a socket that can send does");
            busy = true;
        }
        while let Some(writer) = &mut self.writer
            && socket.can_recv()
            && writer.room() > 0
        {
            let room = writer.room();
            socket
                .recv(|octets| {
                    let count = octets.len().min(room);
                    writer.give_now(&octets[..count]);
                    (count, ())
                })
                .expect("a socket that can receive does");
            busy = true;
        }
        let has_ended = match socket.state() {
            State::SynSent | State::SynReceived => false,
            _ => !socket.may_recv(),
        };
        if has_ended && self.writer.take().is_some() {
            busy = true;
        }
        if !self.is_closing && (self.reader.is_over() || has_ended) {
            self.is_closing = true;
            socket.close();
            busy = true;
        }
        busy
    }
}
