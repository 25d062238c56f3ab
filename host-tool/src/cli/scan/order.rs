//! In which order the suspects are sent.
//!
//! A network is probed slowly, and an appliance keeps a few dozen suspects at a time. A list that
//! names one network after the other would fill it with suspects that wait for each other.

use std::collections::BTreeMap;

use probe_core::{suspect::Suspect, target::RateNetwork};

/// `list` with the networks taking turns, in the order in which the list first names them.
pub(super) fn interleaved(list: Vec<Suspect>) -> Vec<Suspect> {
    let mut members: BTreeMap<RateNetwork, usize> = BTreeMap::new();
    let mut first: BTreeMap<RateNetwork, usize> = BTreeMap::new();
    let mut keyed: Vec<_> = list
        .into_iter()
        .enumerate()
        .map(|(line, suspect)| {
            let network = RateNetwork::of(suspect.address.to_canonical());
            let round = members.entry(network).or_default();
            *round += 1;
            ((*round, *first.entry(network).or_insert(line)), suspect)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, suspect)| suspect).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_take_turns() {
        for (list, expected) in [
            (&[][..], &[][..]),
            (
                &["192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.1"],
                &["192.0.2.1", "198.51.100.1", "192.0.2.2", "192.0.2.3"],
            ),
            (
                &[
                    "2001:db8::1",
                    "2001:db8::2",
                    "::ffff:192.0.2.1",
                    "192.0.2.2",
                    "2001:db8:0:100::1",
                ],
                &[
                    "2001:db8::1",
                    "::ffff:192.0.2.1",
                    "2001:db8:0:100::1",
                    "2001:db8::2",
                    "192.0.2.2",
                ],
            ),
        ] {
            let suspects = |list: &[&str]| -> Vec<Suspect> {
                let suspect = |address: &&str| Suspect {
                    address: address.parse().unwrap(),
                    port: 25,
                    names: Default::default(),
                };
                list.iter().map(suspect).collect()
            };
            assert_eq!(interleaved(suspects(list)), suspects(expected));
        }
    }
}
