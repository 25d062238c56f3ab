//! The scope's rates, by a model that knows nothing but the wire.

use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    time::Duration,
};

use super::ends_are_seen;
use crate::{
    observer::Connection,
    trial::{Outcome, Trial},
};

/// The device counts in whole milliseconds.
const TICK: Duration = Duration::from_millis(1);

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let wire = &outcome.report.wire;
    let mut model = Model {
        spacing: Duration::from_millis(u64::from(trial.scope.rates.network_spacing_ms)),
        network_connections_max: usize::from(trial.scope.rates.network_connections_max),
        target_connections_max: usize::from(trial.scope.rates.target_connections_max),
        each_second_max: usize::from(trial.scope.rates.connections_per_second_max),
        last: BTreeMap::new(),
        second: VecDeque::new(),
        open: Vec::new(),
        ends_are_seen: ends_are_seen(&trial.world.faults),
        wrong: Vec::new(),
    };
    // A resolver is asked over TCP as well, outside the rates of those who are probed.
    let resolver = trial.scope.identity.resolver;
    let probes = wire.connections.iter();
    for connection in probes.filter(|of| Some(of.remote.ip()) != resolver) {
        model.opened(connection);
    }
    model.wrong
}

struct Model<'a> {
    spacing: Duration,
    network_connections_max: usize,
    target_connections_max: usize,
    each_second_max: usize,
    /// When each network saw its last connection.
    last: BTreeMap<(IpAddr, u8), Duration>,
    /// The connections of the last second.
    second: VecDeque<Duration>,
    open: Vec<&'a Connection>,
    ends_are_seen: bool,
    wrong: Vec<String>,
}

impl<'a> Model<'a> {
    fn opened(&mut self, connection: &'a Connection) {
        let (at, remote) = (connection.at, connection.remote);
        if let Some(before) = self.last.insert(network(remote.ip()), at)
            && at + TICK < before + self.spacing
        {
            let (apart, spacing) = (at - before, self.spacing);
            self.wrong.push(format!(
                "{remote} at {at:?}: {apart:?} after its network's last connection, not {spacing:?}"
            ));
        }
        self.count_second(at);
        self.open
            .retain(|open| open.ended.is_none_or(|ended| ended > at));
        self.count_open(connection);
    }

    fn count_second(&mut self, at: Duration) {
        self.second.push_back(at);
        while self
            .second
            .front()
            .is_some_and(|first| *first + Duration::from_secs(1) <= at + TICK)
        {
            self.second.pop_front();
        }
        let count = self.second.len();
        if count > self.each_second_max {
            let most = self.each_second_max;
            self.wrong.push(format!(
                "{count} connections in the second before {at:?}, not {most}"
            ));
        }
    }

    /// Counts what was established, and not what was given up and then answered after all.
    fn count_open(&mut self, connection: &'a Connection) {
        if !self.ends_are_seen {
            return;
        }
        let (at, remote) = (connection.at, connection.remote);
        let open: Vec<_> = self
            .open
            .iter()
            .filter(|open| open.established.is_some_and(|since| since <= at))
            .collect();
        let to_target = open.iter().filter(|open| open.remote == remote).count();
        let to_network = open
            .iter()
            .filter(|open| network(open.remote.ip()) == network(remote.ip()))
            .count();
        for (name, count, most) in [
            ("target", to_target, self.target_connections_max),
            ("network", to_network, self.network_connections_max),
        ] {
            if count >= most {
                self.wrong.push(format!(
                    "{remote} at {at:?}: its {name} has {count} open connections already, of {most}"
                ));
            }
        }
        self.open.push(connection);
    }
}

/// The /24 or /56 that an address lies in.
fn network(address: IpAddr) -> (IpAddr, u8) {
    match address {
        IpAddr::V4(v4) => (IpAddr::V4((u32::from(v4) & 0xffff_ff00).into()), 24),
        IpAddr::V6(v6) => (IpAddr::V6((u128::from(v6) >> 72 << 72).into()), 56),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_their_network() {
        let of = |address: &str| network(address.parse().unwrap());
        assert_eq!(of("192.0.2.1"), of("192.0.2.254"));
        assert_ne!(of("192.0.2.1"), of("192.0.3.1"));
        assert_eq!(of("2001:db8:0:ff::1"), of("2001:db8:0:aa::2"));
        assert_ne!(of("2001:db8:0:100::1"), of("2001:db8:0:200::1"));
    }
}
