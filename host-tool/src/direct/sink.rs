//! The core's sink on this computer's sockets, for whoever keeps what comes: a sink outside, without a
//! device.

use std::{
    cell::RefCell,
    future::pending,
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::{Duration, SystemTime},
};

use probe_core::{
    arrival::Arrival,
    dialogue::{Answer, Close, Dialogue, End, Input, Output, Question, TRANSMIT_OCTETS_MIN},
    name::Name,
    sink::{Found, Setup, Sink, token_of},
    time::{Instant, Utc},
    token::{Key, Nonce, Token},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::{LocalSet, spawn_local},
};

use super::env::Clock;

/// How many connections a sink on this computer has at once. Who calls then waits in the system's
/// queue.
pub const SESSIONS_MAX: usize = 64;

/// How many octets are read at once.
const PIECE_OCTETS: usize = 4_096;

/// How long the system may be out of what a connection takes before it is asked again.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What a sink is.
#[derive(Clone, Debug)]
pub struct House {
    /// What it makes its nonces with.
    pub key: Key,
    /// Its domain.
    pub domain: Name,
    /// The domain of our senders, where bounces come to.
    pub sender_domain: Name,
    /// Its address, where that is not the one that clients connect to.
    pub address: Option<IpAddr>,
}

/// Whoever keeps what comes.
pub trait Keep {
    /// Whether a token's code is right; `None` where its job is not known. A wrong one is refused.
    fn is_right(&mut self, token: &Token) -> Option<bool>;

    /// Keeps what came at `now`, so that it is not lost. False puts the peer off: it asks again.
    fn keep(&mut self, now: Utc, arrival: &Arrival) -> bool;

    /// Somebody has connected, or could not be received.
    fn called(&mut self, _remote: std::io::Result<SocketAddr>) {}

    /// That connection is over, and so many recipients were refused in it.
    fn over(&mut self, _remote: SocketAddr, _refused: u32) {}
}

/// Receives whoever calls, for ever: drop it to end. The first listener is the one for mail servers; on
/// the others clients of HTTP may call as well.
///
/// It works inside a tokio runtime with time and network.
pub async fn receive(listeners: Vec<TcpListener>, house: House, keep: Rc<RefCell<dyn Keep>>) {
    let hall = Rc::new(Hall {
        house,
        keep,
        clock: Clock(std::time::Instant::now()),
        free: Rc::new(Semaphore::new(SESSIONS_MAX)),
    });
    let receiving = async {
        for (place, listener) in listeners.into_iter().enumerate() {
            spawn_local(Rc::clone(&hall).listen(listener, place > 0));
        }
        pending().await
    };
    LocalSet::new().run_until(receiving).await
}

/// What every connection needs.
struct Hall {
    house: House,
    keep: Rc<RefCell<dyn Keep>>,
    clock: Clock,
    free: Rc<Semaphore>,
}

impl Hall {
    async fn listen(self: Rc<Self>, listener: TcpListener, speaks_http: bool) {
        loop {
            // It is never closed.
            let Ok(place) = self.free.acquire().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, remote)) => {
                    // The place is given back when the connection is over.
                    place.forget();
                    self.keep.borrow_mut().called(Ok(remote));
                    spawn_local(Rc::clone(&self).receive(stream, remote, speaks_http));
                }
                Err(error) => {
                    self.keep.borrow_mut().called(Err(error));
                    tokio::time::sleep(TRY_AGAIN_AFTER).await;
                }
            }
        }
    }

    async fn receive(self: Rc<Self>, stream: TcpStream, remote: SocketAddr, speaks_http: bool) {
        let refused = self.converse(stream, remote, speaks_http).await;
        self.keep.borrow_mut().over(remote, refused);
        self.free.add_permits(1);
    }

    /// Drives the dialogue; how many recipients it refused.
    async fn converse(&self, mut stream: TcpStream, remote: SocketAddr, speaks_http: bool) -> u32 {
        let Ok(local) = stream.local_addr() else {
            return 0;
        };
        // Without it replies come later; nothing else.
        let _ = stream.set_nodelay(true);
        let mut random = [0; 3];
        getrandom::fill(&mut random).expect("the system's generator works from early boot on");
        let mut sink = Sink::new(Setup {
            domain: self.house.domain.clone(),
            sender_domain: self.house.sender_domain.clone(),
            address: self.house.address,
            nonce: Nonce::issue(&self.house.key, utc(), random),
            speaks_http,
        });
        let mut piece = [0; PIECE_OCTETS];
        let mut until = self
            .turn(&mut sink, &mut stream, Input::Accepted { local, remote })
            .await;
        while let Some(at) = until {
            let read = self.clock.until(at, stream.read(&mut piece)).await;
            let input = match read {
                Some(Ok(0)) => Input::Ended(End::Fin),
                Some(Ok(count)) => Input::Received {
                    octets: &piece[..count],
                    source: None,
                },
                Some(Err(_)) => Input::Ended(End::Reset),
                None => Input::Timeout,
            };
            until = self.turn(&mut sink, &mut stream, input).await;
        }
        sink.refused()
    }

    /// One input and what comes of it; until when the sink waits, or `None` when it is over.
    async fn turn(
        &self,
        sink: &mut Sink,
        stream: &mut TcpStream,
        input: Input<'_>,
    ) -> Option<Instant> {
        let mut lent = [0; TRANSMIT_OCTETS_MIN];
        let mut late = false;
        let generation = sink.generation();
        let mut turn = sink.turn(self.clock.now(), generation, input);
        let until = loop {
            match turn.next(&mut lent) {
                Output::Ask(question) => {
                    let answer = self.answer(&question);
                    turn.answer(&answer);
                }
                Output::Transmit { octets, by, .. } => {
                    let written = self
                        .clock
                        .until(by, stream.write_all(&lent[..octets]))
                        .await;
                    // A connection that has ended says so when it is read.
                    late |= written.is_none();
                }
                Output::Close(Close::Fin) => {
                    // What does not arrive was nobody's any more.
                    let _ = stream.shutdown().await;
                }
                Output::Close(Close::Abort) => {
                    let _ = socket2::SockRef::from(&*stream).set_linger(Some(Duration::ZERO));
                }
                Output::Wait { until, .. } => break Some(until),
                Output::Done => break None,
                // A sink opens, secures and parks nothing.
                Output::Open { .. }
                | Output::Secure { .. }
                | Output::Observed(_)
                | Output::Park { .. } => {}
            }
        };
        if late && until.is_some() {
            let ended = Input::Ended(End::WriteDeadline);
            return Box::pin(self.turn(sink, stream, ended)).await;
        }
        until
    }

    fn answer(&self, question: &Question<'_>) -> Answer {
        let mut keep = self.keep.borrow_mut();
        match question {
            Question::Recipient(recipient) => {
                let keep = RefCell::new(&mut *keep);
                match token_of(recipient, |token| keep.borrow_mut().is_right(token)) {
                    Found::Token(token) => Answer::Token(token),
                    Found::Forged | Found::Nothing => Answer::No,
                }
            }
            Question::Record(arrival) if keep.keep(utc(), arrival) => Answer::Yes,
            Question::Record(_) => Answer::No,
        }
    }
}

fn utc() -> Utc {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Utc(since.map_or(0, |since| since.as_secs()))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use probe_core::{arrival::What, finding::JobSerial, token::Role};

    use super::*;

    #[derive(Default)]
    struct Book {
        kept: Vec<(What, String)>,
        refused: u32,
    }

    impl Keep for Book {
        fn is_right(&mut self, _token: &Token) -> Option<bool> {
            None
        }

        fn keep(&mut self, now: Utc, arrival: &Arrival) -> bool {
            assert!(now.0 > 1_700_000_000);
            self.kept
                .push((arrival.what, arrival.recipient.to_string()));
            true
        }

        fn over(&mut self, _remote: SocketAddr, refused: u32) {
            self.refused += refused;
        }
    }

    /// Plays a client in a thread of its own against a sink; what it heard, and what was kept.
    fn called(place: usize, says: &'static str) -> (String, Rc<RefCell<Book>>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let book = Rc::new(RefCell::new(Book::default()));
        let keep: Rc<RefCell<dyn Keep>> = Rc::<RefCell<Book>>::clone(&book);
        let heard = runtime.block_on(async {
            let mut listeners = Vec::new();
            for _ in 0..2 {
                listeners.push(TcpListener::bind("127.0.0.1:0").await.unwrap());
            }
            let endpoint = listeners[place].local_addr().unwrap();
            let client = tokio::task::spawn_blocking(move || {
                let mut stream = std::net::TcpStream::connect(endpoint).unwrap();
                stream.write_all(says.as_bytes()).unwrap();
                let mut heard = String::new();
                stream.read_to_string(&mut heard).unwrap();
                heard
            });
            let house = House {
                key: Key::new([7; 16]),
                domain: Name::new("sink.example.net").unwrap(),
                sender_domain: Name::new("sink.example.net").unwrap(),
                address: None,
            };
            let receiving = receive(listeners, house, keep);
            let over = async {
                let heard = client.await.unwrap();
                tokio::task::yield_now().await;
                heard
            };
            tokio::select! {
                () = receiving => unreachable!("it receives for ever"),
                heard = over => heard,
            }
        });
        (heard, book)
    }

    #[test]
    fn a_message_comes_in_and_a_stranger_does_not() {
        let token = Token::unsigned(Role::Recipient, JobSerial(1), 4, 0).text();
        let says = format!(
            "HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<x@example.com>\r\n\
             RCPT TO:<{token}@sink.example.net>\r\nDATA\r\n\r\n.\r\nQUIT\r\n"
        );
        let (heard, book) = called(0, Box::leak(says.into_boxed_str()));
        let codes: Vec<&str> = heard.lines().map(|line| &line[..3]).collect();
        assert_eq!(
            codes,
            ["220", "250", "250", "550", "250", "354", "250", "221"]
        );
        let kept = (What::Message, format!("{token}@sink.example.net"));
        assert_eq!(book.borrow().kept, [kept]);
    }

    #[test]
    fn a_client_of_http_gets_a_nonce_on_the_second_port() {
        let (heard, _) = called(1, "GET / HTTP/1.0\r\n\r\n");
        let (head, nonce) = heard.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n"),
            "{head}"
        );
        assert!(Nonce::find(&Key::new([7; 16]), nonce.as_bytes(), Utc(utc().0 - 60)).is_some());
    }
}
