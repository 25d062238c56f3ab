//! Every personality of the simulator, scanned twice: by the library in virtual time, and by the
//! binary on the board, in real time. Both must find the same.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use tinyjson::JsonValue;

use super::{
    Emulated,
    alike::{self, Finding, findings},
    errand::Errand,
    machine::Machine,
    world::{self, World},
};
use crate::{
    failure::{Failure, Result},
    place, run,
};

/// Beyond the slowest server's own time: starting, spacing, waiting for a worker.
const BESIDES_S: u64 = 60;

/// The servers, and how long the library needs for each.
pub(super) struct Parade {
    /// The world as a scenario.
    pub(super) scenario: PathBuf,
    /// A line of the list for each server that is fast enough.
    pub(super) list: Vec<String>,
    /// Those that are not, and their seconds.
    slow: Vec<(String, u64)>,
    library: BTreeMap<String, Finding>,
    expected: BTreeMap<String, (String, (String, String))>,
    messages: Messages,
}

/// Whether test messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Messages {
    Off,
    /// They are, and servers that relay bring them to the board.
    On,
}

impl Messages {
    /// The folder's name for the files of such a parade.
    fn name(self, what: &'static str) -> String {
        match self {
            Self::Off => what.to_owned(),
            Self::On => format!("{what}-delivering"),
        }
    }

    /// So many servers at least must be fast enough.
    const fn least_servers(self) -> usize {
        match self {
            Self::Off => 40,
            Self::On => 25,
        }
    }
}

impl Parade {
    /// Lets the library scan them all. Those that take it longer than `patience_s` are slow. With test
    /// messages, only those count of which a message has shown something.
    pub(super) fn prepare(folder: &Path, messages: Messages, patience_s: u64) -> Result<Self> {
        let mut world = World::serve(Path::new("parade"))?;
        let servers = std::mem::take(&mut world.servers);
        drop(world);
        let name = messages.name("library");
        let mut text = format!(
            "about = \"Every personality once\"\ntargets = \"{name}.csv\"\nscope = \"{name}.toml\"\n",
        );
        let mut list = Vec::new();
        let mut expected = BTreeMap::new();
        // The board has no IPv6 on its command line.
        for server in servers.into_iter().filter(|of| !of.address.contains(':')) {
            write!(
                text,
                "[[peer]]\npersonality = {:?}\naddress = {:?}\nhost = {:?}\ndomains = {:?}\n",
                server.personality, server.address, server.host, server.domains
            )
            .expect("strings take everything");
            list.push(format!(
                "{},25,{}",
                server.address,
                server.domains.join(" ")
            ));
            let verdict = match messages {
                Messages::Off => server.expected,
                Messages::On => server.delivered,
            };
            expected.insert(server.address, (server.personality, verdict));
        }
        errand(folder, "library", messages, &list)?;
        let scenario = folder.join(messages.name("parade") + ".toml");
        place::write(&scenario, &text)?;
        let library = scan_in_virtual_time(folder, messages, &scenario)?;
        let mut slow = Vec::new();
        list.retain(|line| {
            let address = line.split(',').next().unwrap_or_default();
            let found = library.get(address);
            if messages == Messages::On && found.is_some_and(shows_no_message) {
                return false;
            }
            let took = found.and_then(seconds).unwrap_or(u64::MAX);
            if took > patience_s {
                let name = expected.get(address).map_or(address, |(name, _)| name);
                slow.push((name.to_owned(), took));
            }
            took <= patience_s
        });
        Ok(Self {
            scenario,
            list,
            slow,
            library,
            expected,
            messages,
        })
    }

    /// Scans those that are fast enough through a board, and compares.
    pub(super) fn scan(
        &self,
        folder: &Path,
        patience_s: u64,
        emulated: &mut Emulated,
    ) -> Result<()> {
        let (world, name) = match self.messages {
            Messages::Off => (World::serve(&self.scenario)?, "parade"),
            Messages::On => (World::serve_sending("sending", &self.scenario)?, "proof"),
        };
        let board = Machine::start(folder, &world.board(name))?;
        let errand = errand(folder, "board", self.messages, &self.list)?;
        let within = Duration::from_secs(patience_s + BESIDES_S);
        let board_found = findings(&errand.scan(&board, within)?.out)?;
        let mut alike = 0;
        for line in &self.list {
            let address = line.split(',').next().unwrap_or_default();
            let different = self.difference(address, board_found.get(address));
            alike += u32::from(different.is_none());
            emulated.check(different.is_none(), different.unwrap_or_default());
        }
        let count = self.list.len();
        emulated.check(
            board_found.len() == count && count >= self.messages.least_servers(),
            format!(
                "expected a finding about each of at least {} servers; {} about {count}",
                self.messages.least_servers(),
                board_found.len()
            ),
        );
        writeln!(
            emulated.table,
            "{alike} of {count} simulated servers{}: their truth, as the library finds it",
            match self.messages {
                Messages::Off => "",
                Messages::On => " with test messages",
            }
        )
        .expect("strings take everything");
        if !self.slow.is_empty() {
            let slow = self
                .slow
                .iter()
                .map(|(name, took)| format!("{name} {took} s"));
            let slow: Vec<String> = slow.collect();
            writeln!(
                emulated.table,
                "in virtual time only, over {patience_s} s: {}",
                slow.join(", ")
            )
            .expect("strings take everything");
        }
        Ok(())
    }

    /// What is wrong with the board's finding about a server, if anything.
    fn difference(&self, address: &str, found: Option<&Finding>) -> Option<String> {
        let (name, expected) = self.expected.get(address)?;
        let Some(found) = found else {
            return Some(format!("{name}: the board found nothing"));
        };
        let library = self.library.get(address)?;
        let word = |field: &str| match found.get(field) {
            Some(JsonValue::String(word)) => word.as_str(),
            _ => "",
        };
        let verdict = (word("verdict"), word("reason"));
        if verdict != (expected.0.as_str(), expected.1.as_str()) {
            return Some(format!("{name}: expected {expected:?}, found {verdict:?}"));
        }
        alike::difference(found, library).map(|difference| format!("{name}: {difference}"))
    }
}

/// The networks of the parade.
pub(super) fn networks() -> Vec<String> {
    ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]
        .map(str::to_owned)
        .to_vec()
}

/// What postern is sent out with to servers of the parade.
fn errand(
    folder: &Path,
    name: &'static str,
    messages: Messages,
    list: &[String],
) -> Result<Errand> {
    let errand = Errand::prepare(folder, &messages.name(name), &networks(), &[25], list)?;
    match messages {
        Messages::Off => Ok(errand),
        Messages::On => errand.delivering(world::BOARD, world::SINK_PORT),
    }
}

fn scan_in_virtual_time(
    folder: &Path,
    messages: Messages,
    scenario: &Path,
) -> Result<BTreeMap<String, Finding>> {
    let mut command = run::command(&[place::postern()]);
    command.args(["scan", "--json", "--link"]);
    command.arg(format!("sim:{}", scenario.display()));
    let store = folder.join(messages.name("library") + ".db");
    command.arg("--store").arg(store);
    if messages == Messages::On {
        command.arg("--deliver");
    }
    let said = run::capture(&mut command)?;
    // 1: not as the scenario expects it, which is without messages. Here everybody is held against more.
    match said.status {
        Some(0 | 1) => findings(&said.out),
        status => Err(Failure::new(format!(
            "{} ended with {status:?}:\n{}",
            run::describe(&command),
            said.err
        ))),
    }
}

/// Whether no message was sent, and nothing came.
fn shows_no_message(finding: &Finding) -> bool {
    matches!(finding.get("proof"), None | Some(JsonValue::Null))
}

/// How long a finding took.
fn seconds(finding: &Finding) -> Option<u64> {
    let at = |field: &str| {
        let text: &String = finding.get(field)?.get()?;
        let (month, rest) = text.split_at_checked("2026-10-".len())?;
        let (day, time) = rest.strip_suffix('Z')?.split_once('T')?;
        let mut seconds = day.parse::<u64>().ok()?;
        for (part, of) in time.split(':').zip([24, 60, 60]) {
            seconds = seconds * of + part.parse::<u64>().ok()?;
        }
        Some((month.to_owned(), seconds))
    };
    let (first, last) = (at("first_seen")?, at("last_seen")?);
    // A month is too long for anybody.
    (first.0 == last.0).then(|| last.1.saturating_sub(first.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_how_long_it_took() {
        let of = |first: &str, last: &str| {
            let line =
                format!(r#"{{"address":"192.0.2.1","first_seen":"{first}","last_seen":"{last}"}}"#);
            seconds(&findings(&line).unwrap()["192.0.2.1"])
        };
        assert_eq!(of("2026-10-01T08:00:01Z", "2026-10-01T08:01:31Z"), Some(90));
        assert_eq!(of("2026-10-01T23:59:59Z", "2026-10-02T00:00:01Z"), Some(2));
        assert_eq!(of("2026-10-31T23:59:59Z", "2026-11-01T00:00:01Z"), None);
        assert_eq!(of("yesterday", "2026-11-01T00:00:01Z"), None);
    }
}
