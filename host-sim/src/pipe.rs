//! The cable between an appliance and its host: octets both ways, in memory.

use std::{
    cell::RefCell,
    collections::VecDeque,
    convert::Infallible,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

use embedded_io_async::{ErrorType, Read, Write};

/// How many octets each direction holds before a writer waits.
pub const PIPE_OCTETS_MAX: usize = 4_096;

/// Two ends; what one writes the other reads.
pub fn pipe() -> (PipeEnd, PipeEnd) {
    let (one, other) = (Rc::default(), Rc::default());
    (
        PipeEnd {
            reader: PipeReader(Rc::clone(&one)),
            writer: PipeWriter(Rc::clone(&other)),
        },
        PipeEnd {
            reader: PipeReader(other),
            writer: PipeWriter(one),
        },
    )
}

/// A socket on the device and the plug that fits: the cable between them can be pulled and put
/// back.
pub fn socket() -> (Plug, Socket) {
    let slot = Rc::default();
    (Plug(Rc::clone(&slot)), Socket { slot, cable: None })
}

/// What the host holds.
pub struct Plug(Rc<RefCell<Slot>>);

/// What the device holds. A cable stays in it when the device loses power.
pub struct Socket {
    slot: Rc<RefCell<Slot>>,
    cable: Option<PipeEnd>,
}

#[derive(Default)]
struct Slot {
    end: Option<PipeEnd>,
    waiting: Option<Waker>,
}

impl Plug {
    /// Connects by a new cable. Drop the end of the one before first: the device speaks on one at
    /// a time.
    pub fn connect(&self) -> PipeEnd {
        let (host, device) = pipe();
        let mut slot = self.0.borrow_mut();
        slot.end = Some(device);
        wake(&mut slot.waiting);
        host
    }
}

impl Socket {
    /// The cable that is in the socket, or else the next one that comes.
    pub async fn accept(&mut self) -> &mut PipeEnd {
        if self.cable.is_none() {
            self.cable = Some(self.plugged().await);
        }
        self.cable.as_mut().expect("there is a cable")
    }

    /// Lets go of the cable, whose other end is gone.
    pub fn unplug(&mut self) {
        self.cable = None;
    }

    /// Loses what has arrived: nobody has listened.
    pub(crate) fn clear(&mut self) {
        if let Some(cable) = &self.cable {
            cable.reader.clear();
        }
    }

    async fn plugged(&self) -> PipeEnd {
        poll_fn(|context| {
            let mut slot = self.slot.borrow_mut();
            if let Some(end) = slot.end.take() {
                return Poll::Ready(end);
            }
            slot.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

/// One end. Dropping it lets the other end read what is left, then nothing more; what the other
/// end writes is then lost, as on a cable that was pulled.
pub struct PipeEnd {
    reader: PipeReader,
    writer: PipeWriter,
}

/// The half of an end that reads.
pub struct PipeReader(Rc<RefCell<Direction>>);

/// The half of an end that writes.
pub struct PipeWriter(Rc<RefCell<Direction>>);

impl PipeEnd {
    /// The two halves, for whoever reads and writes at once.
    pub fn split(self) -> (PipeReader, PipeWriter) {
        (self.reader, self.writer)
    }

    /// The same, lent.
    pub fn halves(&mut self) -> (&mut PipeReader, &mut PipeWriter) {
        (&mut self.reader, &mut self.writer)
    }
}

#[derive(Default)]
struct Direction {
    octets: VecDeque<u8>,
    reader_gone: bool,
    writer_gone: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl PipeReader {
    /// Whether something is there to be read.
    pub(crate) fn has_octets(&self) -> bool {
        !self.0.borrow().octets.is_empty()
    }

    /// Whether nothing is there, and nothing will come.
    pub(crate) fn is_over(&self) -> bool {
        let incoming = self.0.borrow();
        incoming.octets.is_empty() && incoming.writer_gone
    }

    /// Takes what is there, at most `count` octets.
    pub(crate) fn take_now(&mut self, count: usize) -> Vec<u8> {
        let mut incoming = self.0.borrow_mut();
        let count = count.min(incoming.octets.len());
        let octets = incoming.octets.drain(..count).collect();
        wake(&mut incoming.writer);
        octets
    }

    fn clear(&self) {
        let mut incoming = self.0.borrow_mut();
        incoming.octets.clear();
        wake(&mut incoming.writer);
    }
}

impl ErrorType for PipeReader {
    type Error = Infallible;
}

impl Read for PipeReader {
    async fn read(&mut self, octets: &mut [u8]) -> Result<usize, Infallible> {
        poll_fn(|context| {
            let mut incoming = self.0.borrow_mut();
            if octets.is_empty() || (incoming.octets.is_empty() && incoming.writer_gone) {
                return Poll::Ready(Ok(0));
            }
            if incoming.octets.is_empty() {
                incoming.reader = Some(context.waker().clone());
                return Poll::Pending;
            }
            let count = octets.len().min(incoming.octets.len());
            for (place, octet) in octets.iter_mut().zip(incoming.octets.drain(..count)) {
                *place = octet;
            }
            wake(&mut incoming.writer);
            Poll::Ready(Ok(count))
        })
        .await
    }
}

impl Drop for PipeReader {
    fn drop(&mut self) {
        let mut incoming = self.0.borrow_mut();
        incoming.reader_gone = true;
        incoming.octets.clear();
        wake(&mut incoming.writer);
    }
}

impl PipeWriter {
    /// How many octets can be written now.
    pub(crate) fn room(&self) -> usize {
        PIPE_OCTETS_MAX.saturating_sub(self.0.borrow().octets.len())
    }

    /// Writes `octets`, for which there is room.
    pub(crate) fn give_now(&mut self, octets: &[u8]) {
        let mut outgoing = self.0.borrow_mut();
        outgoing.octets.extend(octets);
        wake(&mut outgoing.reader);
    }
}

impl ErrorType for PipeWriter {
    type Error = Infallible;
}

impl Write for PipeWriter {
    async fn write(&mut self, octets: &[u8]) -> Result<usize, Infallible> {
        poll_fn(|context| {
            let mut outgoing = self.0.borrow_mut();
            if outgoing.reader_gone {
                return Poll::Ready(Ok(octets.len()));
            }
            let room = PIPE_OCTETS_MAX.saturating_sub(outgoing.octets.len());
            if room == 0 && !octets.is_empty() {
                outgoing.writer = Some(context.waker().clone());
                return Poll::Pending;
            }
            let count = room.min(octets.len());
            outgoing.octets.extend(octets.iter().take(count));
            wake(&mut outgoing.reader);
            Poll::Ready(Ok(count))
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Drop for PipeWriter {
    fn drop(&mut self) {
        let mut outgoing = self.0.borrow_mut();
        outgoing.writer_gone = true;
        wake(&mut outgoing.reader);
    }
}

impl ErrorType for PipeEnd {
    type Error = Infallible;
}

impl Read for PipeEnd {
    async fn read(&mut self, octets: &mut [u8]) -> Result<usize, Infallible> {
        self.reader.read(octets).await
    }
}

impl Write for PipeEnd {
    async fn write(&mut self, octets: &[u8]) -> Result<usize, Infallible> {
        self.writer.write(octets).await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        self.writer.flush().await
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Context};

    use super::*;

    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(future).poll(&mut context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn what_one_end_writes_the_other_reads() {
        let (mut host, mut device) = pipe();
        let mut octets = [0; 8];
        assert_eq!(now(device.read(&mut octets)), None, "nothing there yet");
        assert_eq!(now(host.write(b"frame")), Some(Ok(5)));
        assert_eq!(now(device.read(&mut octets[..3])), Some(Ok(3)));
        assert_eq!(now(device.read(&mut octets[3..])), Some(Ok(2)));
        assert_eq!(&octets[..5], b"frame");
    }

    #[test]
    fn a_full_pipe_makes_the_writer_wait() {
        let (mut host, mut device) = pipe();
        let long = [7; PIPE_OCTETS_MAX + 1];
        assert_eq!(now(host.write(&long)), Some(Ok(PIPE_OCTETS_MAX)));
        assert_eq!(now(host.write(&long)), None);
        assert_eq!(now(device.read(&mut [0; 2])), Some(Ok(2)));
        assert_eq!(now(host.write(&long)), Some(Ok(2)));
    }

    #[test]
    fn a_cable_is_pulled_and_put_back() {
        let (plug, mut socket) = socket();
        assert!(now(socket.accept()).is_none(), "nothing is plugged in");
        for round in [b"one", b"two"] {
            let mut host = plug.connect();
            let device = now(socket.accept()).expect("a cable");
            assert_eq!(now(host.write(round)), Some(Ok(3)));
            drop(host);
            let mut octets = [0; 8];
            assert_eq!(now(device.read(&mut octets)), Some(Ok(3)));
            assert_eq!(&octets[..3], round);
            assert_eq!(now(device.read(&mut octets)), Some(Ok(0)));
            socket.unplug();
        }
    }

    #[test]
    fn a_cable_stays_and_loses_what_nobody_heard() {
        let (plug, mut socket) = socket();
        let mut host = plug.connect();
        now(socket.accept()).expect("a cable");
        assert_eq!(now(host.write(b"lost")), Some(Ok(4)));
        socket.clear();
        assert_eq!(now(host.write(b"heard")), Some(Ok(5)));
        let device = now(socket.accept()).expect("the same cable");
        let mut octets = [0; 8];
        assert_eq!(now(device.read(&mut octets)), Some(Ok(5)));
        assert_eq!(now(device.write(b"yes")), Some(Ok(3)));
        assert_eq!(now(host.read(&mut octets)), Some(Ok(3)));
    }

    #[test]
    fn a_pulled_cable_ends_reading_and_swallows_writing() {
        let (mut host, mut device) = pipe();
        assert_eq!(now(host.write(b"bye")), Some(Ok(3)));
        drop(host);
        let mut octets = [0; 8];
        assert_eq!(now(device.read(&mut octets)), Some(Ok(3)));
        assert_eq!(now(device.read(&mut octets)), Some(Ok(0)));
        assert_eq!(now(device.write(b"anyone?")), Some(Ok(7)));
    }
}
