//! Making records: everything that the host must not miss.

use core::net::{IpAddr, SocketAddr};

use serde::Serialize;

use super::{Job, OutboxFull, Prober, count};
use crate::{
    evidence::Evidence,
    finding::{CLOSED_FINDING_OCTETS_MAX, Finding, Lost, Over, RecordId, Refused},
    frame::{ToHost, encode_message, message::Ended},
    outbox::NotTaken,
    scope::Refusal,
    suspect::Suspect,
    time::Instant,
    verdict::{Kind, RULES, judge},
};

impl Prober {
    /// Records what `job` has seen. A finding that can never fit is lost, and that is recorded.
    pub(super) fn record_finding(
        &mut self,
        now: Instant,
        job: &Job,
        last: bool,
        evidence: &Evidence,
    ) -> Result<(), OutboxFull> {
        let id = self.next_record();
        let verdict = judge(evidence);
        let mut finding = Finding {
            boot: id.boot,
            number: id.number,
            job: job.serial,
            revision: job.revision,
            last,
            target: job.target.endpoint(),
            probe: job.probe,
            depth: job.depth,
            lab: self.scope().is_some_and(|scope| scope.lab),
            path_checked: self.is_path_checked(job.target.port()),
            began: job.began,
            ended: now,
            rules: RULES,
            verdict,
            evidence,
            refusals: self.schedule.running_refusals(job.serial),
        };
        let shortened;
        let over = octets_over(&finding);
        if over > 0 {
            let octets_max = evidence.transcript_octets().saturating_sub(over);
            shortened = evidence.with_transcript_within(octets_max);
            finding.evidence = &shortened;
        }
        match self.outbox.push(&ToHost::Finding(finding)) {
            Ok(()) => Ok(()),
            Err(NotTaken::Full) => {
                count(&mut self.outbox_full);
                Err(OutboxFull)
            }
            Err(NotTaken::TooLong) => {
                self.record(&ToHost::<&Evidence>::Lost(Lost {
                    id,
                    job: job.serial,
                    target: job.target.endpoint(),
                    last,
                    verdict,
                }))?;
                self.outbox.count_lost();
                Ok(())
            }
        }
    }

    /// Records that a line of the list is not probed.
    pub(super) fn record_refused(
        &mut self,
        index: u32,
        suspect: &Suspect,
        why: Refusal,
    ) -> Result<(), OutboxFull> {
        let id = self.next_record();
        self.record(&ToHost::<&Evidence>::Refused(Refused {
            id,
            index,
            suspect: SocketAddr::new(suspect.address, suspect.port),
            why,
        }))
    }

    /// Records what never had its turn and what does not come back, as much as there is room for.
    pub(super) fn tell_what_is_left(&mut self) -> Result<(), OutboxFull> {
        let why = match self.ended() {
            Some(Ended::Expired | Ended::PoweredMinutes) => Refusal::Expired,
            _ => Refusal::ScanEnded,
        };
        self.give_up(None, why)
    }

    /// Records of whatever waits or is parked, where there is an `address` only of what is there,
    /// that it is not probed, as much as there is room for.
    pub(super) fn give_up(
        &mut self,
        address: Option<IpAddr>,
        why: Refusal,
    ) -> Result<(), OutboxFull> {
        while let Some((index, target)) = self.schedule.first_waiting(address) {
            let id = self.next_record();
            self.record(&ToHost::<&Evidence>::Refused(Refused {
                id,
                index,
                suspect: target.endpoint(),
                why,
            }))?;
            self.schedule.drop_waiting(index);
            count(&mut self.list.refused);
        }
        while let Some(parked) = self.schedule.first_parked(address) {
            let id = self.next_record();
            let over = Over {
                id,
                job: parked.serial(),
                revisions: parked.revisions,
                target: parked.target().endpoint(),
                why,
            };
            self.record(&ToHost::<&Evidence>::Over(over))?;
            self.schedule.drop_parked(over.job);
            count(&mut self.list.done);
        }
        Ok(())
    }

    pub(super) fn record<T: Serialize>(&mut self, record: &T) -> Result<(), OutboxFull> {
        self.outbox.push(record).map_err(|_| {
            count(&mut self.outbox_full);
            OutboxFull
        })
    }

    pub(super) fn next_record(&self) -> RecordId {
        RecordId {
            boot: self.boot,
            number: self.outbox.next_number(),
        }
    }
}

/// How many octets a finding's message is over what its verdict is worth.
fn octets_over(finding: &Finding<&Evidence>) -> usize {
    const MESSAGE_NUMBER_OCTETS: usize = 1;
    match finding.verdict.kind {
        Kind::Closed => encode_message(finding, &mut |_| true)
            .unwrap_or(0)
            .saturating_add(MESSAGE_NUMBER_OCTETS)
            .saturating_sub(CLOSED_FINDING_OCTETS_MAX),
        Kind::Confirmed | Kind::Accepted | Kind::Suspected | Kind::Inconclusive => 0,
    }
}
