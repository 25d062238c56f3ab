//! Links: what carries a session to an appliance.

mod direct;
mod sim;
#[cfg(unix)]
mod unix;

use std::{fs::File, io, path::PathBuf};

use host_sim::world::World;
use jiff::Timestamp;

use crate::{
    problem::{Place, Problem},
    session::{Outcome, Scan, SessionError, Watch},
    store::Store,
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
    "    sim        the built-in simulator: a world of mail servers in virtual time
    sim:FILE   the same, in the world of a scenario file
    direct     this computer's own sockets
    unix:PATH  an appliance whose serial port is a Unix socket, such as one in QEMU";

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
            ("serial" | "tcp", _) => Err(Problem::new(
                place(),
                format!("the link `{kind}` is not built in this version"),
                links(),
            )),
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
            Self::Unix(path) => unix::scan(path, scan, store, watch),
        }
    }
}
