//! One connection on a real socket.

use std::{collections::VecDeque, io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::server::{Conversation, Turn};

/// How many octets wait for a caller who does not read; with more, the server neither speaks nor
/// listens until some have left.
pub const UNSENT_OCTETS_MAX: usize = 128 * 1_024;
/// A connection on which nothing has happened for so long is reset.
pub const IDLE_MAX: Duration = Duration::from_secs(900);
/// How long a caller has to close its side after the server has closed.
pub const CLOSING_MAX: Duration = Duration::from_secs(5);
/// Octets taken from a socket at once.
const READ_OCTETS_MAX: usize = 4_096;

/// How a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Close,
    Reset,
}

struct Line {
    conversation: Box<dyn Conversation>,
    /// The moment that servers call zero.
    began: Instant,
    unsent: VecDeque<u8>,
    timer: Option<Duration>,
    ending: Option<Ending>,
}

/// Holds `conversation` with whoever is at the other end of `stream`, to the end.
///
/// # Errors
/// When the caller resets the connection.
pub(super) async fn converse(
    mut stream: TcpStream,
    conversation: Box<dyn Conversation>,
    began: Instant,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut line = Line {
        conversation,
        began,
        unsent: VecDeque::new(),
        timer: None,
        ending: None,
    };
    match line.hold(&mut stream).await? {
        Ending::Reset => stream.set_zero_linger(),
        Ending::Close => {
            stream.shutdown().await?;
            // Closing with octets unread would reset the connection, and the caller might lose
            // what the server said last.
            let mut late = [0; READ_OCTETS_MAX];
            let drain = async { while let Ok(1..) = stream.read(&mut late).await {} };
            // Whoever keeps talking is reset by the system.
            let _ = timeout(CLOSING_MAX, drain).await;
            Ok(())
        }
    }
}

impl Line {
    async fn hold(&mut self, stream: &mut TcpStream) -> io::Result<Ending> {
        let (mut reader, mut writer) = stream.split();
        let mut octets = [0; READ_OCTETS_MAX];
        self.turn(|conversation, turn| conversation.on_open(turn));
        loop {
            if let Some(ending) = self.ending
                && self.unsent.is_empty()
            {
                return Ok(ending);
            }
            let listens = self.ending.is_none() && self.unsent.len() < UNSENT_OCTETS_MAX;
            let due = self.began + self.timer.unwrap_or_default();
            tokio::select! {
                biased;
                sent = writer.write(self.unsent.as_slices().0), if !self.unsent.is_empty() => {
                    self.unsent.drain(..sent?);
                }
                () = sleep_until(due), if listens && self.timer.is_some() => {
                    self.timer = None;
                    self.turn(|conversation, turn| conversation.on_timer(turn));
                }
                count = reader.read(&mut octets), if listens => match octets.get(..count?) {
                    None | Some([]) => self.ending = Some(Ending::Close),
                    Some(octets) => {
                        self.turn(|conversation, turn| conversation.on_octets(octets, turn));
                    }
                },
                () = sleep(IDLE_MAX) => return Ok(Ending::Reset),
            }
        }
    }

    fn turn(&mut self, event: impl FnOnce(&mut dyn Conversation, &mut Turn)) {
        let mut turn = Turn::new(self.began.elapsed(), self.timer);
        event(self.conversation.as_mut(), &mut turn);
        self.unsent.extend(turn.sent());
        self.timer = turn.timer();
        if turn.is_reset() {
            self.ending = Some(Ending::Reset);
        } else if turn.is_closed() {
            self.ending = Some(Ending::Close);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net,
        thread::{self, JoinHandle},
    };

    use super::*;
    use crate::serve::block_on;

    /// Greets, and acts on what it hears: `close`, `reset`, `later` (an octet after a second of
    /// the server's own time), or octets without end.
    struct Obedient;

    impl Conversation for Obedient {
        fn on_open(&mut self, turn: &mut Turn) {
            turn.send(b"hello\n");
        }

        fn on_octets(&mut self, octets: &[u8], turn: &mut Turn) {
            match octets {
                b"close" => {
                    turn.send(b"bye\n");
                    turn.close();
                }
                b"reset" => turn.reset(),
                b"later" => turn.wake_at(turn.now() + Duration::from_millis(20)),
                _ => turn.send(&[b'x'; UNSENT_OCTETS_MAX]),
            }
        }

        fn on_timer(&mut self, turn: &mut Turn) {
            turn.send(b"now\n");
            turn.close();
        }
    }

    /// A caller of an obedient server; the thread ends with the conversation.
    fn caller() -> (net::TcpStream, JoinHandle<io::Result<()>>) {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let caller = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let server = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            stream.set_nonblocking(true).unwrap();
            block_on(async {
                let stream = TcpStream::from_std(stream)?;
                converse(stream, Box::new(Obedient), Instant::now()).await
            })?
        });
        (caller, server)
    }

    fn hear_all(caller: &mut net::TcpStream) -> (String, io::Result<usize>) {
        let mut heard = Vec::new();
        let ended = caller.read_to_end(&mut heard);
        (String::from_utf8(heard).unwrap(), ended)
    }

    fn told(word: &str) -> (String, io::Result<usize>) {
        let (mut caller, server) = caller();
        let mut greeting = [0; 6];
        caller.read_exact(&mut greeting).unwrap();
        caller.write_all(word.as_bytes()).unwrap();
        let heard = hear_all(&mut caller);
        drop(caller);
        server.join().unwrap().unwrap();
        heard
    }

    #[test]
    fn a_close_comes_after_the_last_word() {
        let (heard, ended) = told("close");
        assert_eq!((heard.as_str(), ended.is_ok()), ("bye\n", true));
    }

    #[test]
    fn a_reset_is_a_reset() {
        let (heard, ended) = told("reset");
        assert_eq!(heard, "");
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }

    #[test]
    fn a_deadline_comes() {
        let (heard, ended) = told("later");
        assert_eq!((heard.as_str(), ended.is_ok()), ("now\n", true));
    }

    #[test]
    fn what_arrives_after_the_close_takes_nothing_from_the_last_word() {
        let (mut caller, server) = caller();
        caller.write_all(b"close").unwrap();
        let mut last = [0; 10];
        caller.read_exact(&mut last).unwrap();
        caller.write_all(&[b'y'; 10_000]).unwrap();
        assert_eq!(hear_all(&mut caller).1.unwrap(), 0, "closed, not reset");
        drop(caller);
        assert_eq!(&last, b"hello\nbye\n");
        server.join().unwrap().unwrap();
    }

    #[test]
    fn a_caller_who_leaves_is_let_go() {
        let (mut caller, server) = caller();
        caller.shutdown(net::Shutdown::Write).unwrap();
        let (heard, ended) = hear_all(&mut caller);
        assert_eq!((heard.as_str(), ended.is_ok()), ("hello\n", true));
        server.join().unwrap().unwrap();
    }

    #[test]
    fn a_caller_who_does_not_read_is_not_listened_to() {
        let (mut caller, server) = caller();
        caller.set_nonblocking(true).unwrap();
        // The system's own buffers end, because ours does.
        let mut written = 0_usize;
        let full = loop {
            match caller.write(&[b'z'; 65_536]) {
                Ok(count) => written += count,
                Err(error) => break error,
            }
            assert!(written < 1 << 30, "a gibibyte was taken");
            thread::yield_now();
        };
        assert_eq!(full.kind(), io::ErrorKind::WouldBlock);
        drop(caller);
        server.join().unwrap().unwrap_err();
    }
}
