//! The list as a session gives it to a device that may have had a part of it.

use std::{collections::BTreeSet, net::SocketAddr};

use probe_core::suspect::Suspect;

/// The lines that a device is given, as it counts them: one after the other, without those that are left out.
///
/// A boot that was given lines once is given the same ones again, whatever has its end meanwhile and whoever
/// gives them: it may ask for any of them, and goes on at the one where it was.
pub(super) struct Lines<'a> {
    list: &'a [Suspect],
    given: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// None of `list`.
    pub(super) const fn none_of(list: &'a [Suspect]) -> Self {
        Self {
            list,
            given: Vec::new(),
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

    /// The line of an index.
    pub(super) fn line(&self, index: u32) -> Option<Suspect> {
        let index = usize::try_from(index).ok()?;
        self.list.get(*self.given.get(index)?).cloned()
    }

    /// Which lines are about targets that have had their end, a bit for each.
    pub(super) fn left_out(&self, ended: &BTreeSet<SocketAddr>) -> Vec<u8> {
        let has_end = |line: &Suspect| {
            let target = SocketAddr::new(line.address.to_canonical(), line.port);
            ended.contains(&target)
        };
        let octet = |lines: &[Suspect]| {
            let bits = lines.iter().enumerate();
            bits.fold(0, |octet, (bit, line)| {
                octet | u8::from(has_end(line)) << bit
            })
        };
        self.list.chunks(8).map(octet).collect()
    }
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
        assert_eq!(lines.line(19).as_ref(), list.last());
        assert_eq!(lines.line(20), None);
        let ended = [0, 7, 8, 19].map(|low| SocketAddr::from(([192, 0, 2, low], 25)));
        let left_out = lines.left_out(&ended.into());
        assert_eq!(left_out, [0x81, 0x01, 0x08]);
        lines.give(&left_out);
        assert_eq!(lines.line(0), Some(list[1].clone()));
        assert_eq!(lines.line(6), Some(list[9].clone()));
        assert_eq!(lines.line(15), Some(list[18].clone()));
        assert_eq!(lines.line(16), None);
    }
}
