//! The simulator's servers behind an Ethernet wire, at whose other end the board is.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Stdio},
};

use tinyjson::JsonValue;

use super::machine::{self, Setup};
use crate::{
    failure::{Failure, Result},
    run, simulated,
};

/// `host-sim serve`, until it is dropped.
pub(super) struct World {
    child: Child,
    wire: std::path::PathBuf,
    /// Whom it serves.
    pub(super) servers: Vec<Server>,
    /// Words of the board's command line: who it has to be.
    words: Vec<String>,
}

/// A server of the world.
pub(super) struct Server {
    pub(super) personality: String,
    pub(super) address: String,
    pub(super) host: String,
    pub(super) domains: Vec<String>,
    /// Verdict and reason of a standard battery, without test messages and with them.
    pub(super) expected: (String, String),
    pub(super) delivered: (String, String),
}

/// The board's address at the wire.
pub(super) const BOARD: &str = "10.20.30.2";
/// Where the world has our sink, if the board is not it.
pub(super) const SINK_ELSEWHERE: &str = "192.0.2.250";
/// The port on which it is the sink.
pub(super) const SINK_PORT: u16 = 25;

impl World {
    /// Serves `world`, which is `parade` or the path of a scenario.
    pub(super) fn serve(world: &Path) -> Result<Self> {
        Self::serve_with("wire", world, &[])
    }

    /// The same, whose servers send mail to the board. The name tells the wire from others.
    pub(super) fn serve_sending(name: &str, world: &Path) -> Result<Self> {
        Self::serve_with(name, world, &["--sink", &SINK_PORT.to_string()])
    }

    fn serve_with(name: &str, world: &Path, more: &[&str]) -> Result<Self> {
        let wire = machine::short_path(name);
        let mut command = simulated::host_sim(&["serve", "--json", "--world"]);
        command.arg(world).args(more);
        command.args(["--wire", &format!("unix:{}", wire.display())]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        let out = child.stdout.take().expect("it was asked for");
        let mut served = Self {
            child,
            wire,
            servers: Vec::new(),
            words: Vec::new(),
        };
        for line in BufReader::new(out).lines() {
            let line = line.map_err(|error| Failure::new(format!("host-sim serve: {error}")))?;
            if served.take(&line).is_none() {
                return Err(Failure::new(format!("host-sim serve said: {line}")));
            }
            if line.contains("\"ready\"") {
                return Ok(served);
            }
        }
        Err(Failure::new("host-sim serve ended before it was ready"))
    }

    /// A board at the wire.
    pub(super) fn board(&self, name: &'static str) -> Setup {
        let socket = format!(
            "stream,id=wire,server=off,addr.type=unix,addr.path={}",
            self.wire.display()
        );
        let wire = ["-netdev", &socket, "-net", "nic,model=lan9118,netdev=wire"];
        Setup {
            wire: wire.map(str::to_owned).to_vec(),
            words: self.words.clone(),
            ..Setup::on_loopback(name)
        }
    }

    fn take(&mut self, line: &str) -> Option<()> {
        let value: JsonValue = line.parse().ok()?;
        let object: &HashMap<String, JsonValue> = value.get()?;
        if let (Some(device), Some(gateways)) = (object.get("device"), object.get("gateways")) {
            let first = |list: &JsonValue| texts(list)?.into_iter().next();
            self.words = vec![
                format!("address={}", first(device)?),
                format!("gateway={}", first(gateways)?),
            ];
        } else if !object.contains_key("ready") {
            let text = |name: &str| object.get(name)?.get::<String>().cloned();
            let verdict = |name: &str| {
                let depths: &HashMap<String, JsonValue> = object.get(name)?.get()?;
                let verdict: &HashMap<String, JsonValue> = depths.get("standard")?.get()?;
                let word = |name: &str| verdict.get(name)?.get::<String>().cloned();
                Some((word("verdict")?, word("reason")?))
            };
            self.servers.push(Server {
                personality: text("personality")?,
                address: text("address")?,
                host: text("host")?,
                domains: texts(object.get("domains")?)?,
                expected: verdict("expected")?,
                delivered: verdict("delivered")?,
            });
        }
        Some(())
    }
}

fn texts(list: &JsonValue) -> Option<Vec<String>> {
    let list: &Vec<JsonValue> = list.get()?;
    list.iter().map(|text| text.get().cloned()).collect()
}

impl Drop for World {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.wire);
    }
}
