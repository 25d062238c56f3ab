//! Peers on this computer's loopback interface, which QEMU's user-mode network calls 10.0.2.2.

use std::{fmt::Write as _, path::Path, time::Duration};

use super::{
    Emulated,
    errand::Errand,
    machine::{Machine, Setup},
    peer::{Manners, Peer},
};
use crate::{failure::Result, finding::Finding};

/// Where the board finds this computer.
pub(super) const HOST: &str = "10.0.2.2";

/// How long a scan may take; one takes less than a second.
const SCANNED_WITHIN: Duration = Duration::from_secs(30);

/// Who is scanned, and what has to be found.
const PEERS: [(&str, Manners, &str, &str); 3] = [
    ("closed", Manners::Closed, "closed", "relay-denied"),
    ("open", Manners::Open, "suspected", "accepts-anything"),
    ("not SMTP", Manners::Ssh, "inconclusive", "not-smtp"),
];

/// One of each, on ports of their own, so that nobody asked them before.
pub(super) struct Peers(Vec<Peer>);

impl Peers {
    pub(super) fn serve() -> Result<Self> {
        let peers = PEERS.map(|(_, manners, _, _)| Peer::serve(manners));
        Ok(Self(peers.into_iter().collect::<Result<_>>()?))
    }

    /// A scan of these peers, and of `others`, which the scope does not hold.
    pub(super) fn errand(&self, folder: &Path, name: &str, others: &[&Peer]) -> Result<Errand> {
        let ports: Vec<u16> = self.0.iter().map(Peer::port).collect();
        let list = self.0.iter().chain(others.iter().copied());
        let list: Vec<String> = list
            .map(|peer| format!("{HOST},{},", peer.port()))
            .collect();
        Errand::prepare(folder, name, &[format!("{HOST}/32")], &ports, &list)
    }

    /// Holds findings against what has to be found.
    pub(super) fn judge(&self, emulated: &mut Emulated, who: &str, findings: &[Finding]) {
        for ((name, _, verdict, reason), peer) in PEERS.iter().zip(&self.0) {
            let mut of_peer = findings.iter().filter(|of| of.port == peer.port());
            let Some(finding) = of_peer.next() else {
                emulated.check(false, format!("{who}: no finding about {name}"));
                continue;
            };
            let found = (finding.verdict.as_str(), finding.reason.as_str());
            writeln!(
                emulated.table,
                "{who:<12} {name:<9} {:<13} {}",
                found.0, found.1
            )
            .expect("strings take everything");
            emulated.check(
                found == (*verdict, *reason),
                format!("{who}: {name}: expected {verdict} ({reason}), found {found:?}"),
            );
            emulated.check(
                peer.calls() > 0,
                format!("{who}: {name} was found and never called"),
            );
        }
        emulated.check(
            findings.len() == PEERS.len(),
            format!("{who}: {} findings of {}", findings.len(), PEERS.len()),
        );
    }
}

/// Two hosts one after the other through one board, which goes on: the second knows nothing of the
/// first.
pub(super) fn two_hosts(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let stranger = Peer::serve(Manners::Open)?;
    let board = Machine::start(folder, &Setup::on_loopback("board"))?;
    for host in ["first host", "second host"] {
        let peers = Peers::serve()?;
        let errand = peers.errand(folder, &host.replace(' ', "-"), &[&stranger])?;
        let said = errand.scan(&board, SCANNED_WITHIN)?;
        peers.judge(emulated, host, &Finding::parse_all(&said.out)?);
    }
    emulated.check(
        stranger.calls() == 0,
        "a peer outside the scope was called".to_owned(),
    );
    Ok(())
}
