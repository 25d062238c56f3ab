//! The list as a session gives it to a device that may start anew meanwhile.

use std::{cell::RefCell, collections::HashSet, net::SocketAddr};

use probe_core::{scope::Refusal, suspect::Suspect};

use crate::store::Record;

/// The lines that a device is given. One that has started anew has forgotten its scan and asks for
/// the list again from the first line: then whatever has an end already is left out.
pub(super) struct Lines<'a> {
    list: &'a [Suspect],
    /// Which of them the device was given, as it counts: it may ask for any of them again, and
    /// must be given the same.
    given: RefCell<Vec<usize>>,
    /// What has an end.
    ended: HashSet<SocketAddr>,
    /// Ends count: before the device has started anew nothing has an end before it was given, and
    /// a target that the list names twice is the device's to refuse.
    is_again: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(list: &'a [Suspect]) -> Self {
        Self {
            list,
            given: RefCell::default(),
            ended: HashSet::new(),
            is_again: false,
        }
    }

    /// The line of an index, as the device counts: lines are counted one after the other.
    pub(super) fn line(&self, index: u32) -> Option<Suspect> {
        let index = usize::try_from(index).ok()?;
        let mut given = self.given.borrow_mut();
        while given.len() <= index {
            let from = given.last().map_or(0, |last| last + 1);
            let mut behind = self.list.iter().enumerate().skip(from);
            let (next, _) = behind.find(|(_, line)| !self.is_left_out(line))?;
            given.push(next);
        }
        self.list.get(*given.get(index)?).cloned()
    }

    /// The device has told this, in whichever of its boots. What an earlier one left behind comes
    /// after the greeting, so it leaves out lines that are not given yet.
    pub(super) fn heard(&mut self, record: &Record) {
        match record {
            Record::Finding(finding) if finding.last => {
                self.ended.insert(finding.target);
            }
            Record::Lost(lost) if lost.last => {
                self.ended.insert(lost.target);
            }
            // Another line names the same target, and that one has its own end.
            Record::Refused(refused) if refused.why == Refusal::Duplicate => {}
            Record::Refused(refused) => {
                self.ended.insert(refused.suspect);
            }
            Record::Over(over) => {
                self.ended.insert(over.target);
            }
            Record::Dead(range) => self.ended.extend(range.targets()),
            Record::Finding(_) | Record::Lost(_) | Record::Arrival(_) => {}
        }
    }

    /// The device counts from the first line again.
    pub(super) fn begin_anew(&mut self) {
        self.is_again |= !self.given.get_mut().is_empty();
        self.given.get_mut().clear();
    }

    fn is_left_out(&self, line: &Suspect) -> bool {
        self.is_again
            && self
                .ended
                .contains(&SocketAddr::new(line.address, line.port))
    }
}
