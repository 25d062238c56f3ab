//! The list as a session gives it to a device that may have had a part of it.

use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
};

use probe_core::{host_link::Line, suspect::Suspect};

/// The lines that a device is given, as it counts them: one after the other, without those that are left out.
///
/// A boot that was given lines once is given the same ones again, whatever has its end meanwhile and whoever
/// gives them: it may ask for any of them, and goes on at the one where it was.
pub(super) struct Lines<'a> {
    list: &'a [Suspect],
    given: Vec<usize>,
    /// Refusals that the device does not know of, where there are any.
    refusals: HashMap<SocketAddr, u8>,
}

impl<'a> Lines<'a> {
    /// None of `list`.
    pub(super) fn none_of(list: &'a [Suspect]) -> Self {
        Self {
            list,
            given: Vec::new(),
            refusals: HashMap::new(),
        }
    }

    /// All of them from here on, but those whose bit is set in `left_out`.
    pub(super) fn give(&mut self, left_out: &[u8]) {
        let is_left_out = |line: usize| {
            let octet = left_out.get(line / 8).copied().unwrap_or(0);
            octet >> (line % 8) & 1 == 1
        };
        self.given = (0..self.list.len())
            .filter(|line| !is_left_out(*line))
            .collect();
    }

    /// Tells the device of these refusals with the lines.
    pub(super) fn know(&mut self, refusals: Vec<(SocketAddr, u32)>) {
        let short = |count: u32| u8::try_from(count).unwrap_or(u8::MAX);
        self.refusals = refusals
            .into_iter()
            .map(|(target, count)| (target, short(count)))
            .collect();
    }

    /// The line of an index.
    pub(super) fn line(&self, index: u32) -> Option<Line> {
        let index = usize::try_from(index).ok()?;
        let suspect = self.list.get(*self.given.get(index)?)?.clone();
        let refusals = self.refusals.get(&target(&suspect));
        Some(Line {
            refusals: refusals.copied().unwrap_or(0),
            suspect,
        })
    }

    /// Which lines are about targets that have had their end, a bit for each.
    pub(super) fn left_out(&self, ended: &BTreeSet<SocketAddr>) -> Vec<u8> {
        let has_end = |line: &Suspect| ended.contains(&target(line));
        let octet = |lines: &[Suspect]| {
            let bits = lines.iter().enumerate();
            bits.fold(0, |octet, (bit, line)| {
                octet | u8::from(has_end(line)) << bit
            })
        };
        self.list.chunks(8).map(octet).collect()
    }
}

/// Under which address findings know it.
fn target(line: &Suspect) -> SocketAddr {
    SocketAddr::new(line.address.to_canonical(), line.port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspects(count: u8) -> Vec<Suspect> {
        let suspect = |low| Suspect {
            address: [192, 0, 2, low].into(),
            port: 25,
            names: heapless::Vec::new(),
        };
        (0..count).map(suspect).collect()
    }

    #[test]
    fn what_has_its_end_is_left_out_and_the_others_move_up() {
        let list = suspects(20);
        let mut lines = Lines::none_of(&list);
        assert_eq!(lines.line(0), None);
        lines.give(&[]);
        let line = |lines: &Lines<'_>, index| lines.line(index).map(|line| line.suspect);
        assert_eq!(line(&lines, 19).as_ref(), list.last());
        assert_eq!(lines.line(20), None);
        let ended = [0, 7, 8, 19].map(|low| SocketAddr::from(([192, 0, 2, low], 25)));
        let left_out = lines.left_out(&ended.into());
        assert_eq!(left_out, [0x81, 0x01, 0x08]);
        lines.give(&left_out);
        assert_eq!(line(&lines, 0).as_ref(), list.get(1));
        assert_eq!(line(&lines, 6).as_ref(), list.get(9));
        assert_eq!(line(&lines, 15).as_ref(), list.get(18));
        assert_eq!(lines.line(16), None);
    }
}
