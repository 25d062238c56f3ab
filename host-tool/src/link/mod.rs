//! Links: what carries a session to an appliance.

mod carried;
mod direct;
mod sim;

use std::{fs::File, io, path::PathBuf};

use host_sim::world::World;
use jiff::Timestamp;

use crate::{
    problem::{Place, Problem},
    session::{self, Outcome, Scan, SessionError, Watch},
    store::Store,
    visit::{self, Errand},
};

/// The links of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// The built-in simulator, in the demonstration's world.
    Sim,
    /// The built-in simulator, in a scenario's world.
    Scenario(PathBuf),
    /// This computer's own sockets.
    Direct,
    /// An appliance whose serial port is a Unix socket.
    #[cfg(unix)]
    Unix(PathBuf),
    /// An appliance on a serial port.
    #[cfg(unix)]
    Serial(PathBuf),
    /// An appliance's link port over the network: for its findings, its log and what it says of
    /// itself, and for nothing that would change what it does.
    Tcp(String, u16),
}

/// What a user may set about a link.
pub struct Settings {
    /// The simulated world.
    pub world: World,
    /// The simulated world's date.
    pub began: Timestamp,
    /// Where a capture of the wire goes.
    pub capture: Option<File>,
}

/// Why a link did not carry a scan to its end.
#[derive(Debug)]
pub enum LinkError {
    /// The link itself cannot be used as asked.
    Unusable(String),
    /// Nobody is at the other end.
    NotThere(io::Error),
    /// What was asked for goes over a serial port only.
    NotTrusted,
    /// The session failed.
    Session(SessionError),
    /// The simulation did not come to its end.
    Simulation {
        /// The world's seed.
        seed: u64,
        /// Why not.
        why: String,
    },
    /// So many frames left the simulated device that the scope does not allow, the first of them
    /// in words.
    Strayed {
        /// The world's seed.
        seed: u64,
        /// How many.
        total: u64,
        /// Some of them.
        told: Vec<String>,
    },
}

/// What `--link` may be, for messages.
pub const LINKS: &str =
    "    sim            the built-in simulator: a world of mail servers in virtual time
    sim:FILE       the same, in the world of a scenario file
    direct         this computer's own sockets
    serial:PATH    an appliance on a serial port, such as serial:/dev/ttyACM0
    unix:PATH      an appliance whose serial port is a Unix socket, such as one in QEMU
    tcp:HOST:PORT  an appliance's link port over the network: `postern appliance` only";

impl Link {
    /// Reads what follows `--link`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let place = || Place::named(format!("--link {text}"));
        let (kind, rest) = text
            .split_once(':')
            .map_or((text, None), |(k, r)| (k, Some(r)));
        let links = || format!("one of the links of this version:\n{LINKS}");
        match (kind, rest) {
            ("sim", None) => Ok(Self::Sim),
            ("sim", Some("")) => Err(Problem::new(place(), "no scenario file is named", links())),
            ("sim", Some(file)) => Ok(Self::Scenario(PathBuf::from(file))),
            ("direct", None) => Ok(Self::Direct),
            ("direct", Some(rest)) => Err(Problem::new(
                place(),
                format!("`{kind}` takes nothing after it, but got `{rest}`"),
                links(),
            )),
            #[cfg(unix)]
            ("unix", Some(path)) if !path.is_empty() => Ok(Self::Unix(path.into())),
            #[cfg(unix)]
            ("unix", _) => Err(Problem::new(
                place(),
                "the path of the socket is missing",
                "unix:PATH, as in --link unix:/run/postern.sock",
            )),
            #[cfg(unix)]
            ("serial", Some(path)) if !path.is_empty() => Ok(Self::Serial(path.into())),
            #[cfg(unix)]
            ("serial", _) => Err(Problem::new(
                place(),
                "the path of the serial port is missing",
                "serial:PATH, as in --link serial:/dev/ttyACM0",
            )),
            ("tcp", rest) => tcp(rest.unwrap_or_default()).ok_or_else(|| {
                Problem::new(
                    place(),
                    "the host or its port is missing",
                    "tcp:HOST:PORT, as in --link tcp:192.0.2.10:7323 or --link tcp:[2001:db8::10]:7323",
                )
            }),
            _ => Err(Problem::new(place(), "there is no such link", links())),
        }
    }

    /// Runs a scan over this link.
    pub fn scan(
        &self,
        settings: Settings,
        scan: &Scan<'_>,
        store: &mut dyn Store,
        watch: &mut dyn Watch,
    ) -> Result<Outcome, LinkError> {
        match self {
            Self::Sim | Self::Scenario(_) => sim::scan(settings, scan, store, watch),
            Self::Direct => direct::scan(scan, store, watch),
            #[cfg(unix)]
            Self::Unix(_) | Self::Serial(_) => carried::over(self, async |reader, writer| {
                session::run(reader, writer, scan, store, watch).await
            })?
            .map_err(LinkError::Session),
            Self::Tcp(..) => Err(LinkError::NotTrusted),
        }
    }

    /// Whether the appliance at its other end is a simulated one.
    pub const fn is_simulated(&self) -> bool {
        matches!(self, Self::Sim | Self::Scenario(_))
    }

    /// Whether scope, scans and set-up may go over this link: whoever holds its other end has the
    /// appliance in hand.
    pub const fn is_trusted(&self) -> bool {
        !matches!(self, Self::Tcp(..))
    }

    /// Runs an errand at the appliance at the other end.
    pub fn visit(&self, errand: &mut Errand<'_>) -> Result<(), LinkError> {
        carried::over(self, async |reader, writer| {
            visit::run(reader, writer, errand).await
        })?
        .map_err(LinkError::Session)
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sim => write!(out, "sim"),
            Self::Scenario(file) => write!(out, "sim:{}", file.display()),
            Self::Direct => write!(out, "direct"),
            #[cfg(unix)]
            Self::Unix(path) => write!(out, "unix:{}", path.display()),
            #[cfg(unix)]
            Self::Serial(path) => write!(out, "serial:{}", path.display()),
            Self::Tcp(host, port) if host.contains(':') => write!(out, "tcp:[{host}]:{port}"),
            Self::Tcp(host, port) => write!(out, "tcp:{host}:{port}"),
        }
    }
}

fn tcp(rest: &str) -> Option<Link> {
    let (host, port) = rest.rsplit_once(':')?;
    let bare = host.strip_prefix('[').and_then(|of| of.strip_suffix(']'));
    // An address of IPv6 without brackets leaves open which of its colons is before the port.
    let host = match bare {
        Some(host) => host,
        None if host.contains(':') => return None,
        None => host,
    };
    let port = port.parse().ok().filter(|port| *port != 0)?;
    (!host.is_empty()).then(|| Link::Tcp(host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_they_are_written() {
        for text in [
            "sim",
            "sim:world.toml",
            "direct",
            "unix:/run/postern.sock",
            "serial:/dev/ttyACM0",
            "tcp:192.0.2.10:7323",
            "tcp:[2001:db8::10]:7323",
            "tcp:probe.example:7323",
        ] {
            let link = Link::parse(text).unwrap();
            assert_eq!(link.to_string(), text);
            assert_eq!(link.is_trusted(), !text.starts_with("tcp"), "{text}");
        }
        for text in [
            "",
            "serial",
            "serial:",
            "unix:",
            "tcp",
            "tcp:",
            "tcp:host",
            "tcp::25",
            "tcp:host:0",
            "tcp:host:70000",
            "tcp:2001:db8::10:25",
            "udp:host:25",
        ] {
            assert!(Link::parse(text).is_err(), "{text}");
        }
    }
}
