//! The list as the host gives it to a device that may start anew meanwhile.

use std::{collections::BTreeSet, net::SocketAddr};

use probe_core::{frame::ToHost, suspect::Suspect};

/// The lines that a device is given. One that has started anew has forgotten its scan and asks for
/// the list again from the first line: then whatever has an end already is left out.
pub(crate) struct Lines {
    lines: Vec<Suspect>,
    ended: BTreeSet<SocketAddr>,
    boot: Option<u32>,
}

impl Lines {
    pub(crate) fn new(list: &[Suspect]) -> Self {
        Self {
            lines: list.to_vec(),
            ended: BTreeSet::new(),
            boot: None,
        }
    }

    /// The line of an index, as the device counts.
    pub(crate) fn line(&self, index: u32) -> Option<Suspect> {
        self.lines.get(usize::try_from(index).ok()?).cloned()
    }

    /// Looks at what the device has said, before it is given another line.
    pub(crate) fn heard(&mut self, message: &ToHost) {
        match message {
            ToHost::Hello(hello) => {
                let before = self.boot.replace(hello.boot);
                if before.is_some_and(|before| before != hello.boot) {
                    let ended = &self.ended;
                    self.lines
                        .retain(|line| !ended.contains(&SocketAddr::new(line.address, line.port)));
                }
            }
            ToHost::Finding(finding) if finding.last => {
                self.ended.insert(finding.target);
            }
            ToHost::Lost(lost) if lost.last => {
                self.ended.insert(lost.target);
            }
            ToHost::Over(over) => {
                self.ended.insert(over.target);
            }
            ToHost::Refused(refused) => {
                self.ended.insert(refused.suspect);
            }
            _ => {}
        }
    }
}
