//! What nmap's smtp-open-relay says about servers of the lab.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use super::{
    plan::{NEAR, Scanner},
    servers::Server,
    tools,
};
use crate::{failure::Result, run};

/// Its verdict on each server over IPv4, in a few words; it asks all of them at once, from next door.
pub(super) fn verdicts(servers: &[&Server]) -> Result<BTreeMap<IpAddr, String>> {
    ask(&NEAR, servers.iter().map(|server| server.ipv4()))
}

/// Its verdict on one address, asked from where `scanner` is.
pub(super) fn verdict(scanner: &Scanner, address: Ipv4Addr) -> Result<String> {
    let verdict = ask(scanner, [address])?.remove(&IpAddr::V4(address));
    Ok(verdict.unwrap_or_else(|| "no verdict".to_owned()))
}

fn ask(
    scanner: &Scanner,
    addresses: impl IntoIterator<Item = Ipv4Addr>,
) -> Result<BTreeMap<IpAddr, String>> {
    let mut command = tools::nmap(scanner)?;
    command.args(["-n", "-Pn", "-p", "25", "--script", "smtp-open-relay"]);
    command.args(addresses.into_iter().map(|address| address.to_string()));
    run::output(&mut command).map(|said| read(&said))
}

fn read(said: &str) -> BTreeMap<IpAddr, String> {
    let mut verdicts = BTreeMap::new();
    for report in said.split("Nmap scan report for ").skip(1) {
        let address = report
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok());
        let verdict = report
            .lines()
            .find_map(|line| line.split_once("smtp-open-relay: "))
            .map(|(_, words)| in_short(words.trim()));
        if let (Some(address), Some(verdict)) = (address, verdict) {
            verdicts.insert(address, verdict);
        }
    }
    verdicts
}

/// `Server is an open relay (14/16 tests)`, and what it says of a server that refuses all.
fn in_short(words: &str) -> String {
    if let Some((_, tests)) = words.split_once("is an open relay (") {
        let tests = tests.trim_end_matches(')').trim_end_matches(" tests");
        format!("open {tests}")
    } else if words.contains("doesn't seem to be an open relay") {
        "closed".to_owned()
    } else {
        "no verdict".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_stand_under_their_addresses() {
        let said = "Starting Nmap\n\
            Nmap scan report for 192.0.2.10\nHost is up.\n25/tcp open  smtp\n\
            |_smtp-open-relay: Server doesn't seem to be an open relay, all tests failed\n\n\
            Nmap scan report for 192.0.2.11\n25/tcp open  smtp\n\
            | smtp-open-relay: Server is an open relay (14/16 tests)\n|  MAIL FROM:<> -> RCPT TO:<a@b>\n\n\
            Nmap scan report for 192.0.2.12\n25/tcp open  smtp\n";
        let verdicts: Vec<_> = read(said)
            .into_iter()
            .map(|(address, verdict)| format!("{address} {verdict}"))
            .collect();
        assert_eq!(verdicts, ["192.0.2.10 closed", "192.0.2.11 open 14/16"]);
    }
}
