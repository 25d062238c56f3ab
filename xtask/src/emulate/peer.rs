//! Peers on the loopback interface, each with manners of its own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crate::failure::{Failure, Result};

/// How a peer behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manners {
    /// A mail server that relays for nobody.
    Closed,
    /// A mail server that takes every recipient.
    Open,
    /// The same, after [`SLOW`].
    Slow,
    /// No mail server at all.
    Ssh,
}

/// How long a slow peer takes to greet.
const SLOW: Duration = Duration::from_secs(3);

/// A peer that listens until the program ends.
pub(super) struct Peer {
    port: u16,
    calls: Arc<AtomicUsize>,
}

impl Peer {
    /// Listens on a free port of the loopback interface.
    pub(super) fn serve(manners: Manners) -> Result<Self> {
        Self::serve_at(IpAddr::V4(Ipv4Addr::LOCALHOST), manners)
    }

    /// Listens on a free port of this address.
    pub(super) fn serve_at(address: IpAddr, manners: Manners) -> Result<Self> {
        let failed = |error| Failure::new(format!("a peer on {address}: {error}"));
        let listener = TcpListener::bind((address, 0)).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::Relaxed);
                // A caller that goes away ends the talk, and nothing else.
                thread::spawn(move || talk(manners, stream));
            }
        });
        Ok(Self { port, calls })
    }

    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there were.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

fn talk(manners: Manners, mut stream: TcpStream) -> std::io::Result<()> {
    let reader = BufReader::new(stream.try_clone()?);
    if manners == Manners::Ssh {
        return stream.write_all(b"SSH-2.0-OpenSSH_9.2p1\r\n");
    }
    if manners == Manners::Slow {
        thread::sleep(SLOW);
    }
    stream.write_all(b"220 mx.peer.example ESMTP\r\n")?;
    for line in reader.split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line).to_ascii_uppercase();
        let verb = line.split_ascii_whitespace().next().unwrap_or_default();
        stream.write_all(answer(manners, verb).as_bytes())?;
        if verb == "QUIT" {
            break;
        }
    }
    Ok(())
}

fn answer(manners: Manners, verb: &str) -> &'static str {
    match (verb, manners) {
        ("EHLO", _) => "250-mx.peer.example\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n",
        ("QUIT", _) => "221 2.0.0 Bye\r\n",
        ("RCPT", Manners::Closed | Manners::Slow) => "554 5.7.1 <you>: Relay access denied\r\n",
        ("HELO" | "MAIL" | "RCPT" | "RSET", _) => "250 2.0.0 Ok\r\n",
        _ => "502 5.5.2 Command not recognized\r\n",
    }
}
