//! What a store keeps, counted: records have numbers without gaps, and none is there twice.

use std::path::Path;

use crate::{
    failure::{Failure, Result},
    place, run,
};

/// The program that counts, an example of host-tool.
pub(crate) const COUNTER: &str = "store-count";

/// What a store keeps.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Of each start of each device.
    pub(crate) boots: Vec<Boot>,
    /// Findings that repeat a revision of a job.
    pub(crate) again: u32,
    /// Records that a device could not keep.
    pub(crate) lost: u32,
    /// Scans that were begun.
    pub(crate) scans: u32,
    /// How often the target was asked that was asked most often.
    pub(crate) asked: u32,
    /// What came to sinks.
    pub(crate) arrivals: u32,
}

/// Records of one start of a device.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Boot {
    pub(crate) device: String,
    pub(crate) boot: u32,
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) records: u32,
}

impl Boot {
    /// Whether every number from the first to the last is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.first == 1 && self.last == self.records
    }
}

/// Counts a store.
pub(crate) fn count(store: &Path) -> Result<Count> {
    let program = place::target().join("debug/examples").join(COUNTER);
    let said = run::output(run::command(&[program.as_os_str()]).arg(store))?;
    read(&said).ok_or_else(|| Failure::new(format!("{COUNTER} said:\n{said}")))
}

fn read(said: &str) -> Option<Count> {
    let mut count = Count::default();
    for line in said.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["again", again] => count.again = again.parse().ok()?,
            ["lost", lost] => count.lost = lost.parse().ok()?,
            ["scans", scans] => count.scans = scans.parse().ok()?,
            ["asked", asked] => count.asked = asked.parse().ok()?,
            ["arrivals", arrivals] => count.arrivals = arrivals.parse().ok()?,
            [device, boot, first, last, records] => count.boots.push(Boot {
                device: (*device).to_owned(),
                boot: boot.parse().ok()?,
                first: first.parse().ok()?,
                last: last.parse().ok()?,
                records: records.parse().ok()?,
            }),
            _ => return None,
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_shows() {
        let count =
            read("7165 1 1 9 9\n7165 2 1 9 8\n7165 3 2 9 9\nagain 0\nlost 1\nscans 3\nasked 2\narrivals 4\n")
                .unwrap();
        let whole: Vec<bool> = count.boots.iter().map(Boot::is_whole).collect();
        assert_eq!((whole, count.lost), (vec![true, false, false], 1));
        assert_eq!((count.scans, count.asked, count.arrivals), (3, 2, 4));
        assert_eq!(read("what is this"), None);
    }
}
