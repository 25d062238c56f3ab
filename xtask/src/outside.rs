//! Tools that nobody here wrote look at the simulator's servers on real sockets: to nmap and to swaks
//! they must be mail servers like any other.
//!
//! Both are sent to this computer's loopback interface and to ports of our own. swaks sends its message
//! there and nowhere else.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    io::{BufRead as _, BufReader},
    process::{Child, ExitCode, Stdio},
};

use tinyjson::JsonValue;

use crate::{
    cargo::cargo,
    debian,
    failure::{Failure, Result},
    machine::Lack,
    run::{self, Said},
    simulated,
};

/// The tools; the packages have the same names.
const TOOLS: [&str; 2] = ["nmap", "swaks"];
/// How long swaks waits for a reply, in seconds.
const SWAKS_WAITS: &str = "10";

/// What the tools must say of a personality.
struct Expected {
    personality: &'static str,
    /// How swaks ends that wants to deliver a message.
    swaks: Delivery,
    /// Words that nmap's smtp-commands prints.
    commands: &'static str,
    /// Words that nmap's smtp-open-relay prints. nmap asks with its own sixteen forms and draws its own
    /// conclusions, which need not be the truth.
    relay: &'static str,
}

/// How a delivery ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delivery {
    /// The server has taken the message.
    Taken,
    /// It refused the recipient.
    RecipientRefused,
    /// It hung up at MAIL.
    HungUp,
    /// It is no mail server.
    NoMail,
}

#[rustfmt::skip]
const EXPECTED: &[Expected] = &[
    Expected { personality: "closed-454", swaks: Delivery::RecipientRefused,
        commands: "closed-454.parade.example, PIPELINING", relay: "doesn't seem to be an open relay" },
    // The fourth command of broken syntax ends the connection, and nmap knows nothing further.
    Expected { personality: "closed-550", swaks: Delivery::RecipientRefused,
        commands: "closed-550.parade.example Hello", relay: "SMTP RSET: failed to receive data" },
    Expected { personality: "open", swaks: Delivery::Taken,
        commands: "open.parade.example, PIPELINING", relay: "open relay (16/16 tests)" },
    Expected { personality: "forged-local", swaks: Delivery::RecipientRefused,
        commands: "forged-local.parade.example, PIPELINING", relay: "open relay (1/16 tests)" },
    // nmap does not come back after five minutes.
    Expected { personality: "greylisting", swaks: Delivery::RecipientRefused,
        commands: "greylisting.parade.example, PIPELINING", relay: "doesn't seem to be an open relay" },
    Expected { personality: "drops-after-mail", swaks: Delivery::HungUp,
        commands: "drops-after-mail.parade.example, PIPELINING", relay: "failed to receive data" },
    Expected { personality: "not-smtp", swaks: Delivery::NoMail,
        commands: "Invalid SSH identification string", relay: "Invalid SSH identification string" },
];

impl Delivery {
    /// From the exit status, which swaks documents.
    fn of(said: &Said) -> Option<Self> {
        Some(match said.status? {
            0 => Self::Taken,
            24 => Self::RecipientRefused,
            6 => Self::HungUp,
            21 | 22 => Self::NoMail,
            _ => return None,
        })
    }
}

/// What came of it.
pub(crate) struct Looked {
    /// What each tool said of each server.
    pub(crate) table: String,
    /// Checks that held.
    pub(crate) held: u32,
    /// Checks that did not.
    pub(crate) broken: Vec<String>,
}

/// What this machine lacks, after packages were installed where that is allowed.
pub(crate) fn lack() -> Option<Lack> {
    let missing = || TOOLS.into_iter().find(|tool| !run::exists(tool));
    missing()?;
    let apt_said = debian::install_where_allowed(&TOOLS);
    missing().map(|tool| {
        Lack::new(
            format!("{tool} is not installed{apt_said}"),
            format!("apt-get install {}", TOOLS.join(" ")),
        )
    })
}

/// `cargo xtask outside`: what the tools said, and whether it was what they should say.
pub(crate) fn show() -> Result<ExitCode> {
    if let Some(lack) = lack() {
        return Err(Failure::new(lack.why).next(lack.get));
    }
    let looked = look()?;
    print!("{}", looked.table);
    for broken in &looked.broken {
        println!("did not hold: {broken}");
    }
    println!("{} held, {} did not", looked.held, looked.broken.len());
    Ok(ExitCode::from(u8::from(!looked.broken.is_empty())))
}

/// Serves the personalities and lets both tools look at them.
pub(crate) fn look() -> Result<Looked> {
    run::output(&mut cargo(&["build", "--package", "host-sim", "--bins"]))?;
    let served = Served::start()?;
    let seen = nmap(&served)?;
    let mut looked = Looked {
        table: String::new(),
        held: 0,
        broken: Vec::new(),
    };
    for expected in EXPECTED {
        let name = expected.personality;
        let port = served.port(name)?;
        let sent = swaks(port)?;
        let delivery = Delivery::of(&sent);
        let none = Seen::default();
        let seen = seen.get(&port).unwrap_or(&none);
        let told = delivery.map_or_else(|| "?".to_owned(), |it| format!("{it:?}"));
        writeln!(
            looked.table,
            "{name:<17} swaks: {told:<17} nmap: {}",
            seen.relay
        )
        .expect("strings take everything");
        looked.note(delivery == Some(expected.swaks), || {
            format!(
                "{name}: swaks: {:?} expected:\n{}",
                expected.swaks,
                sent.everything()
            )
        });
        for (script, words, said) in [
            ("smtp-commands", expected.commands, &seen.commands),
            ("smtp-open-relay", expected.relay, &seen.relay),
        ] {
            looked.note(said.contains(words), || {
                format!("{name}: {script}: expected `{words}`, nmap said `{said}`")
            });
        }
    }
    Ok(looked)
}

impl Looked {
    fn note(&mut self, held: bool, broken: impl FnOnce() -> String) {
        if held {
            self.held += 1;
        } else {
            self.broken.push(broken());
        }
    }
}

/// `host-sim serve`, for as long as this lives.
struct Served {
    child: Child,
    ports: HashMap<String, u16>,
}

impl Served {
    fn start() -> Result<Self> {
        let mut command = simulated::host_sim(&["serve", "--json", "--listen", "127.0.0.1:0"]);
        for expected in EXPECTED {
            command.args(["--only", expected.personality]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        let out = child.stdout.take().expect("it was asked for");
        let mut served = Self {
            child,
            ports: HashMap::new(),
        };
        for line in BufReader::new(out).lines() {
            let line = line.map_err(|error| Failure::new(format!("host-sim serve: {error}")))?;
            match Line::read(&line) {
                Some(Line::Ready) => return Ok(served),
                Some(Line::Server(name, port)) => {
                    served.ports.insert(name, port);
                }
                None => return Err(Failure::new(format!("host-sim serve said: {line}"))),
            }
        }
        Err(Failure::new("host-sim serve ended before it was ready"))
    }

    fn port(&self, personality: &str) -> Result<u16> {
        let port = self.ports.get(personality).copied();
        port.ok_or_else(|| Failure::new(format!("host-sim serve has no {personality}")))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, which `look` will have noticed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A line of `host-sim serve --json`.
#[derive(Debug, PartialEq)]
enum Line {
    Server(String, u16),
    Ready,
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let value: JsonValue = line.parse().ok()?;
        let object: &HashMap<String, JsonValue> = value.get()?;
        if object.contains_key("ready") {
            return Some(Self::Ready);
        }
        // JSON's numbers are floating; a port is small and whole.
        let port = *object.get("port")?.get::<f64>()? as u16;
        Some(Self::Server(
            object.get("personality")?.get::<String>()?.clone(),
            port,
        ))
    }
}

/// Sends a message to one of our own servers.
fn swaks(port: u16) -> Result<Said> {
    run::capture(
        run::command(&["swaks", "--server", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .args(["--helo", "probe.example", "--from", "probe@probe.example"])
            .args(["--to", "probe@sink.example", "--timeout", SWAKS_WAITS]),
    )
}

/// What nmap's scripts print of one port.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    commands: String,
    relay: String,
}

/// Runs both scripts against every port at once. The `+` has them run although the ports are not 25.
fn nmap(served: &Served) -> Result<BTreeMap<u16, Seen>> {
    let ports: Vec<_> = served.ports.values().map(u16::to_string).collect();
    let said = run::output(
        run::command(&["nmap", "-n", "-Pn", "-sT", "-p"])
            .arg(ports.join(","))
            .args(["--script", "+smtp-commands,+smtp-open-relay", "127.0.0.1"]),
    )?;
    Ok(read_nmap(&said))
}

/// Lines `PORT/tcp …`, each with the lines of its scripts, `|_NAME: …` or `| NAME: …`, below.
fn read_nmap(output: &str) -> BTreeMap<u16, Seen> {
    let mut seen = BTreeMap::<u16, Seen>::new();
    let mut port = None;
    for line in output.lines() {
        if let Some((number, _)) = line.split_once("/tcp ") {
            port = number.parse().ok();
        }
        let Some((entry, words)) = port.zip(line.strip_prefix('|')) else {
            continue;
        };
        let words = words.trim_start_matches('_').trim_start();
        let entry = seen.entry(entry).or_default();
        if let Some(said) = words.strip_prefix("smtp-commands: ") {
            entry.commands = said.to_owned();
        } else if let Some(said) = words.strip_prefix("smtp-open-relay: ") {
            entry.relay = said.to_owned();
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_server_are_read() {
        let server = r#"{"personality":"open","address":"127.0.0.1","port":2502}"#;
        assert_eq!(
            Line::read(server),
            Some(Line::Server("open".to_owned(), 2_502))
        );
        assert_eq!(Line::read(r#"{"ready":"8 servers"}"#), Some(Line::Ready));
        assert_eq!(Line::read("ready"), None);
    }

    #[test]
    fn what_the_scripts_print_is_told_apart_by_port() {
        let output = "\
PORT     STATE SERVICE
2501/tcp open  rtsclient
|_smtp-open-relay: Server doesn't seem to be an open relay, all tests failed
|_smtp-commands: closed-454.parade.example, PIPELINING
2502/tcp open  kentrox-prot
| smtp-commands: open.parade.example, PIPELINING
|_ HELP
";
        let seen = read_nmap(output);
        assert_eq!(
            seen[&2_501].relay,
            "Server doesn't seem to be an open relay, all tests failed"
        );
        assert_eq!(
            seen[&2_501].commands,
            "closed-454.parade.example, PIPELINING"
        );
        assert_eq!(seen[&2_502].commands, "open.parade.example, PIPELINING");
        assert_eq!(seen[&2_502].relay, "");
    }
}
