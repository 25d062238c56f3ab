//! Many who call a sink at once, none of whom it has to do with: Postfix's smtp-source, and swaks.

use std::{
    fmt::{self, Write as _},
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use super::{
    errand::{Errand, Suspect},
    link, network, nmap,
    plan::{BOARD, NEAR, Namespace, Scanner},
    prove::SINK_PORT,
    scan::Scanned,
    servers,
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
    place, run,
};

/// How many sessions are held at the same time.
const SESSIONS: u32 = 100;
/// How many messages are brought for each kind of recipient that is refused.
const MESSAGES: u32 = 300;
/// How many messages come with a token that is wrong: more than the sink keeps at once.
const FORGED: u32 = 1_100;
/// How many messages come to postmaster.
const OBJECTIONS: u32 = 5;

/// Many calls at a sink.
pub(crate) struct Flood<'a> {
    /// The sink, as a scanner: where it is.
    pub(crate) scanner: &'a Scanner,
    /// How many clients call at the same time; messages can be divided by it.
    pub(crate) clients: u32,
    /// How many sessions each of them holds. A client with several waits with all of them while nobody
    /// answers one.
    pub(crate) sessions: u32,
}

impl Flood<'_> {
    /// Brings so many messages to a recipient, each over a connection of its own, from among the servers.
    /// What is refused is refused, and the next one comes.
    pub(crate) fn bring(&self, messages: u32, recipient: &str) -> Result<()> {
        // Every server of the lab has a root; this one is a Postfix.
        let root = place::target().join("lab/roots").join("postfix-closed");
        let client = || {
            let mut command = network::within(Namespace::Servers);
            command
                .arg("chroot")
                .arg(&root)
                .arg("/usr/sbin/smtp-source");
            command.args(["-4", "-A", "-M", "flood.example"]);
            command.args(["-f", "somebody@flood.example", "-t", recipient]);
            command.args(["-s", &self.sessions.to_string()]);
            command.args(["-m", &(messages / self.clients).to_string()]);
            run::output(command.arg(self.place())).map(drop)
        };
        thread::scope(|threads| {
            let clients: Vec<_> = (0..self.clients).map(|_| threads.spawn(client)).collect();
            let mut clients = clients.into_iter();
            clients.try_for_each(|client| client.join().expect("running a program does not panic"))
        })
    }

    /// Whether it takes a recipient, and nothing of a message; swaks asks.
    pub(crate) fn takes(&self, recipient: &str) -> Result<bool> {
        const REFUSED: i32 = 24;
        let mut command = network::within(Namespace::Servers);
        command.args(["swaks", "--server", &self.place(), "--quit-after", "RCPT"]);
        command.args(["--helo", "flood.example", "--from", "<>"]);
        let said = run::capture(command.args(["--to", recipient]))?;
        match said.status {
            Some(0) => Ok(true),
            Some(REFUSED) => Ok(false),
            status => Err(Failure::new(format!(
                "swaks ended with {status:?}:\n{}",
                said.everything()
            ))),
        }
    }

    fn place(&self) -> String {
        format!("{}:{SINK_PORT}", self.scanner.ipv4)
    }
}

/// What a sink does with mail for others, as those see it who do not know it.
pub(crate) struct Relays {
    ours: Finding,
    nmap: String,
}

impl Relays {
    /// Scans a sink itself at full depth, from among the servers and under the names of `as_whom`; and has nmap
    /// ask it.
    pub(crate) fn ask(target: &Scanner, as_whom: &Scanner) -> Result<Self> {
        let scanner = Scanner {
            namespace: Namespace::Servers,
            ..*as_whom
        };
        let suspect = Suspect {
            address: target.ipv4.to_string(),
            domain: target.sink_domain.to_owned(),
        };
        let name = format!("at-{}", target.interface);
        let errand = Errand::prepare(&scanner, &name, &[suspect], "full")?.among(target.ipv4)?;
        errand.scan("direct")?;
        let ours = errand.finding()?;
        errand.keep_transcript(&ours)?;
        Ok(Self {
            ours,
            nmap: nmap::verdict(&scanner, target.ipv4)?,
        })
    }

    /// A sink that does not know a job takes its token for a user, wherever it stands in a local part. Nothing
    /// that names another domain is taken.
    pub(crate) fn for_nobody(&self) -> bool {
        let (verdict, reason) = (&*self.ours.verdict, &*self.ours.reason);
        (verdict, reason) == ("inconclusive", "local-or-relay") && self.nmap == "closed"
    }
}

impl fmt::Display for Relays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ours, nmap } = self;
        write!(
            f,
            "itself {} ({}) at full depth, {nmap} to nmap",
            ours.verdict, ours.reason
        )
    }
}

/// A recipient's token that went to `domain`, as a capture holds it.
pub(crate) fn token_in(capture: &Path, domain: &str) -> Result<String> {
    let octets = std::fs::read(capture).map_err(|error| Failure::at(capture, &error))?;
    let text = String::from_utf8_lossy(&octets);
    let end = format!("@{domain}>");
    let token = text
        .split("RCPT TO:<")
        .skip(1)
        .filter_map(|rest| rest.split_once(&end))
        .map(|(token, _)| token)
        .filter(|token| token.starts_with('r'))
        .filter(|token| token.bytes().all(|octet| octet.is_ascii_alphanumeric()))
        .last();
    token
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("{}: no token", capture.display())))
}

/// The token, with another code.
pub(crate) fn forged(token: &str) -> String {
    let mut octets = token.as_bytes().to_vec();
    if let Some(octet) = octets.iter_mut().rev().nth(3) {
        *octet = if *octet == b'a' { b'b' } else { b'a' };
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// What a board is sent out with to one server, with test messages.
pub(crate) fn one_through_board(
    name: &str,
    server: &str,
    sink_ports: &[u16],
) -> Result<Errand<'static>> {
    one(&BOARD, name, server, sink_ports)
}

fn one<'a>(
    scanner: &'a Scanner,
    name: &str,
    server: &str,
    sink_ports: &[u16],
) -> Result<Errand<'a>> {
    let list: Vec<_> = servers::as_shipped()
        .filter(|known| known.name == server)
        .map(|known| Suspect {
            address: known.ipv4().to_string(),
            domain: known.domain(),
        })
        .collect();
    Errand::prepare(scanner, name, &list, "quick")?.delivering(sink_ports)
}

/// Calls `postern sink`, which has to stay, to let nothing count that is not ours, and to count all of it.
pub(crate) fn flood() -> Result<Scanned> {
    let mut scanned = Scanned::default();
    // It makes a job that the sink knows.
    let errand = one(&NEAR, "flooded", "postfix-closed", &[SINK_PORT])?;
    errand.scan("direct")?;
    let token = token_in(&link::capture_file(&NEAR), NEAR.sink_domain)?;
    let before = errand.finding()?;
    let sink = Running::start(&errand)?;
    let flood = Flood {
        scanner: &NEAR,
        clients: 1,
        sessions: SESSIONS,
    };
    let domain = NEAR.sink_domain;
    let stranger = format!("nobody@{domain}");
    flood.bring(MESSAGES, &stranger)?;
    flood.bring(MESSAGES, "nobody@elsewhere.example")?;
    flood.bring(OBJECTIONS, &format!("postmaster@{domain}"))?;
    for (recipient, taken) in [(format!("{token}@{domain}"), true), (stranger, false)] {
        scanned.check(
            flood.takes(&recipient)? == taken,
            format!("<{recipient}> should be taken: {taken}, and was not so"),
        );
    }
    // Another store may know the job, so some are kept. They count for nothing here.
    flood.bring(FORGED, &format!("{}@{domain}", forged(&token)))?;
    let told = sink.end()?;
    let total = Total::read(&told)
        .ok_or_else(|| Failure::new(format!("postern sink told no total:\n{told}")))?;
    let expected = Total {
        connections: MESSAGES * 2 + OBJECTIONS + 2 + FORGED,
        failed: 0,
        refused: MESSAGES * 2 + 1,
        kept: OBJECTIONS + 1 + FORGED - total.put_off.min(FORGED),
        put_off: total.put_off,
    };
    scanned.check(
        total == expected && total.put_off > 0,
        format!("postern sink should count {expected:?}, and counts {total:?}"),
    );
    let after = errand.finding()?;
    scanned.check(
        after.verdict == before.verdict
            && after.returned().count() == before.returned().count()
            && after.arrivals.len() == before.arrivals.len() + 1,
        format!(
            "of {} arrivals one should be new, a callout: {}",
            before.arrivals.len(),
            after.arrivals.len()
        ),
    );
    let sink = Running::start(&errand)?;
    let relays = Relays::ask(&NEAR, &BOARD)?;
    sink.end()?;
    scanned.check(relays.for_nobody(), format!("postern sink: {relays}"));
    writeln!(
        scanned.table,
        "postern sink: {} connections, {SESSIONS} at a time; {} recipients refused, {} arrivals kept, {} put off; {relays}",
        total.connections, total.refused, total.kept, total.put_off,
    )
    .expect("strings take everything");
    Ok(scanned)
}

/// `postern sink` in the near scanner's place, until it is dropped.
struct Running {
    child: Child,
    told: BufReader<std::process::ChildStderr>,
}

impl Running {
    fn start(errand: &Errand<'_>) -> Result<Self> {
        let mut command = errand.postern("sink");
        command.args(["--listen", &format!("{}:{SINK_PORT}", NEAR.ipv4)]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        let told = BufReader::new(child.stderr.take().expect("it was asked for"));
        let mut running = Self { child, told };
        let mut said = String::new();
        while !said.contains(" listens on ") {
            if running.told.read_line(&mut said).unwrap_or(0) == 0 {
                return Err(Failure::new(format!(
                    "postern sink does not listen:\n{said}"
                )));
            }
        }
        Ok(running)
    }

    /// Ends it as control-C does, and returns what it tells then.
    fn end(mut self) -> Result<String> {
        let id = self.child.id().to_string();
        run::output(Command::new("kill").args(["-INT", &id]))?;
        let mut told = String::new();
        while self.told.read_line(&mut told).unwrap_or(0) > 0 {}
        let status = self.child.wait();
        match status {
            Ok(status) if status.success() => Ok(told),
            status => Err(Failure::new(format!(
                "postern sink ended with {status:?}:\n{told}"
            ))),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `postern sink` says when it ends.
#[derive(Debug, PartialEq, Eq)]
struct Total {
    connections: u32,
    failed: u32,
    refused: u32,
    kept: u32,
    put_off: u32,
}

impl Total {
    fn read(told: &str) -> Option<Self> {
        let line = told.lines().find(|line| line.contains("connections: "))?;
        let mut numbers = line
            .split(|letter: char| !letter.is_ascii_digit())
            .filter_map(|word| word.parse().ok());
        Some(Self {
            connections: numbers.next()?,
            failed: numbers.next()?,
            refused: numbers.next()?,
            kept: numbers.next()?,
            put_off: numbers.next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_read() {
        let told = "postern: connections: 905, and 0 that failed; recipients refused: 901; \
                    arrivals kept: 6, put off: 2\npostern: 1 test message is out\n";
        let total = Total {
            connections: 905,
            failed: 0,
            refused: 901,
            kept: 6,
            put_off: 2,
        };
        assert_eq!(Total::read(told), Some(total));
        assert_eq!(Total::read("postern: listens"), None);
    }

    #[test]
    fn another_code_is_another_token() {
        let token = "raaaaaaahaaaay2a66k6vkyinvyi";
        assert_eq!(forged(token), "raaaaaaahaaaay2a66k6vkyiavyi");
    }
}
