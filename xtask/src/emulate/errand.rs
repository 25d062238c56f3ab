//! What postern is sent out with through a board: a scope, a list, a store.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::machine::Machine;
use crate::{
    failure::{Failure, Result},
    place,
    run::{self, Said},
};

/// A scan through a board, prepared.
pub(crate) struct Errand {
    folder: PathBuf,
    name: String,
    delivers: bool,
}

impl Errand {
    /// Writes scope and list into `folder`. `networks` and `ports` are as a scope file has them; a
    /// line of `list` is one of CSV with address, port and domains.
    pub(crate) fn prepare(
        folder: &Path,
        name: &str,
        networks: &[String],
        ports: &[u16],
        list: &[String],
    ) -> Result<Self> {
        let errand = Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            delivers: false,
        };
        place::write(&errand.scope(), &scope(networks, ports))?;
        let lines = format!("address,port,domains\n{}\n", list.join("\n"));
        place::write(&errand.list(), &lines)?;
        Ok(errand)
    }

    /// Sends test messages as well, to the sink that the device is at this address.
    pub(crate) fn delivering(mut self, sink: &str, port: u16) -> Result<Self> {
        self = self.with_sink_at(sink)?;
        let scope = place::read(&self.scope())?;
        // There is no resolver here that knows our names.
        let messages = format!("lab = true\ndelivery = \"on\"\nsink_ports = [{port}]\n");
        place::write(&self.scope(), &format!("{messages}{scope}"))?;
        self.delivers = true;
        Ok(self)
    }

    /// Our sink is at this address.
    pub(crate) fn with_sink_at(self, sink: &str) -> Result<Self> {
        let named = format!("sink_domain = \"sink.example\"\nsink_address = {sink:?}\n");
        let scope = place::read(&self.scope())?.replace("sink_domain = \"sink.example\"\n", &named);
        place::write(&self.scope(), &scope)?;
        Ok(self)
    }

    pub(crate) fn scope(&self) -> PathBuf {
        self.file("toml")
    }

    pub(crate) fn list(&self) -> PathBuf {
        self.file("csv")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.file("db")
    }

    /// `postern scan` through a board.
    pub(crate) fn command(&self, board: &Machine) -> Command {
        let mut command = run::command(&[place::postern()]);
        command.arg("scan").arg("--json");
        command
            .arg("--link")
            .arg(format!("unix:{}", board.link().display()));
        command.arg("--scope").arg(self.scope());
        command.arg("--targets").arg(self.list());
        command.arg("--store").arg(self.store());
        if self.delivers {
            command.arg("--deliver");
        }
        command
    }

    /// Scans to the end; what postern said is kept beside the list. Anything but success in time is a
    /// failure.
    pub(crate) fn scan(&self, board: &Machine, within: Duration) -> Result<Said> {
        let said = run::capture_within(&mut self.command(board), within)?;
        place::write(&self.file("jsonl"), &said.out)?;
        place::write(&self.file("log"), &said.err)?;
        if said.status == Some(0) {
            return Ok(said);
        }
        Err(Failure::new(format!(
            "postern scan ended with {:?} and not with 0 within {} s:\n{}\nThe board said:\n{}",
            said.status,
            within.as_secs(),
            said.err,
            board.said()
        )))
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }
}

fn scope(networks: &[String], ports: &[u16]) -> String {
    format!(
        r#"contact = "lab@probe.example"
abuse_page = "https://probe.example/"
issued = 2026-01-01
expires = 2100-01-01
networks = {networks:?}
ports = {ports:?}
depth = "standard"
[authority]
kind = "consent"
reference = "our own computer"
[identity]
helo = "near.probe.example"
sender_domain = "probe.example"
sink_domain = "sink.example"
[rates]
network_connections_max = 16
network_spacing_ms = 0
"#
    )
}
