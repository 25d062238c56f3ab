//! Servers on this computer's sockets.

use std::{
    cell::{Cell, RefCell},
    fmt, io,
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::spawn_local,
    time::{Instant, sleep},
};

use super::{Stand, block_on, connection::converse};
use crate::{peers::Peer, server::Server};

/// How many connections one server holds; it resets the next one.
pub const CONNECTIONS_OF_ONE_MAX: usize = crate::net::host::CONNECTIONS_MAX;
/// How many connections all servers hold together: fewer than a program may open files.
pub const CONNECTIONS_MAX: usize = 512;
/// How long a listener rests after the system gave it no connection, for want of files or memory.
const REST: Duration = Duration::from_millis(100);

/// Servers that listen and do not answer yet.
#[derive(Debug)]
pub struct Serving {
    listeners: Vec<(std::net::TcpListener, Peer)>,
    stands: Vec<Stand>,
}

/// What has come and gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Connections that were answered.
    pub connections: u64,
    /// Connections that were reset at once, because a limit was reached.
    pub turned_away: u64,
}

/// A server could not listen.
#[derive(Debug)]
pub struct NotBound {
    /// The server and its place.
    pub stand: Stand,
    /// Why not.
    pub error: io::Error,
}

impl fmt::Display for NotBound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stand, error } = self;
        let name = stand.peer.personality.name;
        write!(
            out,
            "{name} cannot listen at {}: {error}; choose another place with --listen",
            stand.at
        )
    }
}

impl std::error::Error for NotBound {}

impl Serving {
    /// Opens a socket for each stand.
    ///
    /// # Errors
    /// When one of them cannot be had; then none is kept.
    pub fn bind(stands: Vec<Stand>) -> Result<Self, NotBound> {
        let mut listeners = Vec::new();
        let mut bound = Vec::new();
        for stand in stands {
            match listen(stand.at) {
                Ok((listener, at)) => {
                    listeners.push((listener, stand.peer.clone()));
                    bound.push(Stand { at, ..stand });
                }
                Err(error) => return Err(NotBound { stand, error }),
            }
        }
        Ok(Self {
            listeners,
            stands: bound,
        })
    }

    /// Who listens where.
    pub fn stands(&self) -> &[Stand] {
        &self.stands
    }

    /// Answers until `stop` is there; what is open then ends with the program's sockets.
    ///
    /// # Errors
    /// When the system gives no means to wait for sockets.
    pub fn until<T>(self, stop: impl Future<Output = T>) -> io::Result<(T, Served)> {
        block_on(async {
            let began = Instant::now();
            let house = Rc::new(House::default());
            for (listener, peer) in self.listeners {
                let listener = TcpListener::from_std(listener)?;
                let server = Rc::new(OneServer {
                    server: RefCell::new(peer.server()),
                    open: Cell::new(0),
                    house: Rc::clone(&house),
                });
                spawn_local(answer_all(listener, server, began));
            }
            let stopped = stop.await;
            Ok((stopped, house.served.get()))
        })?
    }
}

fn listen(at: SocketAddr) -> io::Result<(std::net::TcpListener, SocketAddr)> {
    let listener = std::net::TcpListener::bind(at)?;
    listener.set_nonblocking(true)?;
    let at = listener.local_addr()?;
    Ok((listener, at))
}

#[derive(Default)]
struct House {
    open: Cell<usize>,
    served: Cell<Served>,
}

struct OneServer {
    server: RefCell<Box<dyn Server>>,
    open: Cell<usize>,
    house: Rc<House>,
}

async fn answer_all(listener: TcpListener, server: Rc<OneServer>, began: Instant) {
    loop {
        let Ok((stream, caller)) = listener.accept().await else {
            sleep(REST).await;
            continue;
        };
        let Some(place) = OneServer::place(&server) else {
            turn_away(stream);
            continue;
        };
        let conversation = server.server.borrow_mut().answer(caller);
        spawn_local(async move {
            // A caller that resets the connection has ended it, and there is nobody to tell.
            let _ = converse(stream, conversation, began).await;
            drop(place);
        });
    }
}

fn turn_away(stream: TcpStream) {
    // Where no reset can be had the connection is closed, which says the same more politely.
    let _ = stream.set_zero_linger();
}

impl OneServer {
    /// Room for a connection, unless a limit is reached.
    fn place(server: &Rc<Self>) -> Option<Place> {
        let house = &server.house;
        let full =
            server.open.get() >= CONNECTIONS_OF_ONE_MAX || house.open.get() >= CONNECTIONS_MAX;
        let mut served = house.served.get();
        if full {
            served.turned_away += 1;
        } else {
            served.connections += 1;
            server.open.update(|open| open + 1);
            house.open.update(|open| open + 1);
        }
        house.served.set(served);
        (!full).then(|| Place(Rc::clone(server)))
    }
}

/// Room for one connection.
struct Place(Rc<OneServer>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.update(|open| open - 1);
        self.0.house.open.update(|open| open - 1);
    }
}
