//! What postern is sent out with in the lab: a scope, a list of suspects, a store of its own.

use std::{fmt::Write as _, net::Ipv4Addr, path::PathBuf, process::Command};

use super::{
    network,
    plan::{RESOLVER, Scanner},
    servers::Server,
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
    place,
    run::{self, Said},
};

/// The networks that the lab's scope admits: the servers, and nobody else in their range.
const NETWORKS: [&str; 2] = ["192.0.2.0/26", "2001:db8:25::/120"];

/// One run of `postern scan`, prepared.
pub(crate) struct Errand<'a> {
    scanner: &'a Scanner,
    folder: PathBuf,
    /// Whether test messages are sent.
    delivers: bool,
}

impl<'a> Errand<'a> {
    /// Writes a scope of that depth and the list into a fresh folder.
    pub(crate) fn prepare(
        scanner: &'a Scanner,
        name: &str,
        suspects: &[Suspect],
        depth: &str,
    ) -> Result<Self> {
        let folder = place::target().join("lab/errands").join(name);
        place::make_fresh_folder(&folder)?;
        place::write(&folder.join("scope.toml"), &scope(scanner, depth)?)?;
        place::write(&folder.join("list.csv"), &list(suspects))?;
        Ok(Self {
            scanner,
            folder,
            delivers: false,
        })
    }

    /// Sends test messages as well, with every permission that there is, and receives what comes back on
    /// these ports.
    pub(crate) fn delivering(mut self, sink_ports: &[u16]) -> Result<Self> {
        let file = self.folder.join("scope.toml");
        let scope = place::read(&file)?.replace(
            "delivery = \"off\"\n",
            &format!(
                "delivery = \"on\"\n\
                 delivery_also = [\"forged-senders\", \"second-recipients\"]\n\
                 sink_ports = {sink_ports:?}\n"
            ),
        );
        place::write(&file, &scope)?;
        self.delivers = true;
        Ok(self)
    }

    /// Tries proxies instead, in each protocol on its ports, which shall connect to ours, and asks the block
    /// list of that table about them.
    pub(crate) fn at_proxies(
        self,
        protocols: &[(&str, Vec<u16>)],
        sink_ports: &[u16],
        list: &str,
    ) -> Result<Self> {
        let file = self.folder.join("scope.toml");
        let mut scope = place::read(&file)?.replace(
            "probes = [\"relay\"]\n",
            &format!("probes = [\"proxy\", \"dnsbl\"]\nsink_ports = {sink_ports:?}\n"),
        );
        let Scanner {
            ipv6, sink_domain, ..
        } = self.scanner;
        write!(
            scope,
            "[proxy]\nsink_address_ipv6 = \"{ipv6}\"\nsink_name = \"mx.{sink_domain}\"\n[proxy.ports]\n"
        )
        .expect("strings take everything");
        for (protocol, ports) in protocols {
            writeln!(scope, "{protocol} = {ports:?}").expect("strings take everything");
        }
        scope.push_str(list);
        place::write(&file, &scope)?;
        Ok(self)
    }

    /// Scans this address, and nobody of the lab's servers.
    pub(super) fn among(self, address: Ipv4Addr) -> Result<Self> {
        let file = self.folder.join("scope.toml");
        let networks = NETWORKS.map(|network| format!("{network:?}")).join(", ");
        let scope = place::read(&file)?.replace(&networks, &format!("\"{address}/32\""));
        place::write(&file, &scope)?;
        Ok(self)
    }

    /// Scans over a link, as `--link` has it, and keeps what was printed in the folder. Anything but
    /// success is a failure.
    pub(crate) fn scan(&self, link: &str) -> Result<Said> {
        let mut command = self.postern("scan");
        command.arg("--scope").arg(self.folder.join("scope.toml"));
        command.arg("--targets").arg(self.folder.join("list.csv"));
        command.args(["--link", link, "--json"]);
        if self.delivers {
            command.arg("--deliver");
        }
        let said = run::capture(&mut command)?;
        place::write(&self.folder.join("findings.jsonl"), &said.out)?;
        place::write(&self.folder.join("scan.log"), &said.err)?;
        if said.status == Some(0) {
            return Ok(said);
        }
        Err(Failure::new(format!(
            "postern scan ended with {:?} and not with 0:\n{}",
            said.status,
            said.everything()
        )))
    }

    /// The one finding that there is.
    pub(super) fn finding(&self) -> Result<Finding> {
        let said = run::output(self.postern("findings").arg("--json"))?;
        let mut findings = Finding::parse_all(&said)?;
        match findings.pop() {
            Some(finding) if findings.is_empty() => Ok(finding),
            _ => Err(Failure::new(format!("not one finding:\n{said}"))),
        }
    }

    /// Keeps a finding's transcript in the folder.
    pub(super) fn keep_transcript(&self, finding: &Finding) -> Result<()> {
        let mut command = self.postern("show");
        let shown = run::output(command.arg(finding.number.to_string()))?;
        let address = finding.address.to_string().replace(':', "-");
        let name = match (finding.probe.as_str(), finding.port) {
            ("relay", 25) => format!("{address}.txt"),
            ("proxy", port) => format!("{address}-{port}.txt"),
            (probe, _) => format!("{address}-{probe}.txt"),
        };
        place::write(&self.folder.join(name), &shown)
    }

    /// The folder with everything.
    pub(super) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// The program, in the scanner's namespace and with the errand's store.
    pub(super) fn postern(&self, subcommand: &str) -> Command {
        let mut command = network::within(self.scanner.namespace);
        command.arg(place::postern()).arg(subcommand);
        command.arg("--store").arg(self.folder.join("store.sqlite"));
        command
    }
}

/// A line of the list.
pub(crate) struct Suspect {
    pub(crate) address: String,
    pub(crate) domain: String,
}

/// Every address of these servers, with the domains that they serve.
pub(crate) fn suspects(servers: impl IntoIterator<Item = &'static Server>) -> Vec<Suspect> {
    servers
        .into_iter()
        .flat_map(|server| {
            super::addresses(server).map(|address| Suspect {
                address: address.to_string(),
                domain: server.domain(),
            })
        })
        .collect()
}

fn list(suspects: &[Suspect]) -> String {
    let mut text = "address,domains\n".to_owned();
    for Suspect { address, domain } in suspects {
        writeln!(text, "{address},{domain}").expect("strings take everything");
    }
    text
}

fn scope(scanner: &Scanner, depth: &str) -> Result<String> {
    let day = |when: &str| {
        let mut date = run::command(&["date", "--utc", "+%F", "--date", when]);
        run::output(&mut date).map(|day| day.trim().to_owned())
    };
    let (issued, expires) = (day("yesterday")?, day("2 days")?);
    let networks = NETWORKS.map(|network| format!("{network:?}")).join(", ");
    let Scanner {
        host_name,
        sender_domain,
        sink_domain,
        ipv4,
        ..
    } = scanner;
    Ok(format!(
        "contact = \"lab@{sender_domain}\"\n\
         abuse_page = \"https://{sender_domain}/\"\n\
         issued = {issued}\n\
         expires = {expires}\n\
         networks = [{networks}]\n\
         ports = [25]\n\
         probes = [\"relay\"]\n\
         depth = \"{depth}\"\n\
         delivery = \"off\"\n\
         lab = true\n\
         [authority]\n\
         kind = \"consent\"\n\
         reference = \"our own lab\"\n\
         [identity]\n\
         helo = \"{host_name}\"\n\
         sender_domain = \"{sender_domain}\"\n\
         sink_domain = \"{sink_domain}\"\n\
         sink_address = \"{ipv4}\"\n\
         resolver = \"{RESOLVER}\"\n\
         [rates]\n\
         network_connections_max = 16\n\
         network_spacing_ms = 0\n"
    ))
}
