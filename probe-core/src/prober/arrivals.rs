//! What comes to the sink: it is recorded for the host, and a job that still runs or is parked is
//! told what it proves.

use core::net::SocketAddr;

use super::{OutboxFull, Prober, count, hours_since};
use crate::{
    arrival::{Arrival, Sense, Unproved, What},
    evidence::Evidence,
    finding::JobSerial,
    frame::ToHost,
    time::Instant,
    token::Signer,
};

impl Prober {
    /// The target of a job that runs or is parked here.
    pub fn target_of(&self, job: JobSerial) -> Option<SocketAddr> {
        self.schedule.target_of(job).map(|target| target.endpoint())
    }

    /// Records an arrival, and says what it proves as far as this device knows. What its job is not
    /// known for here is kept all the same: the host knows more jobs.
    pub fn arrived(
        &mut self,
        now: Instant,
        signer: &Signer,
        arrival: Arrival,
    ) -> Result<Sense, OutboxFull> {
        let (Some(in_force), Some(anchor)) = (&self.scope, self.anchor) else {
            return Err(OutboxFull);
        };
        let hours = hours_since(&in_force.scope, anchor.utc(now));
        let job = arrival.envelope.map(|token| token.serial());
        let target = job.and_then(|job| self.target_of(job));
        let sense = arrival.sense(signer, target, hours);
        let what = arrival.what;
        let record = ToHost::<&Evidence>::Arrival(Arrival {
            id: self.next_record(),
            ..arrival
        });
        if let Err(full) = self.record(&record) {
            count(&mut self.sink.put_off);
            return Err(full);
        }
        match what {
            What::Message => count(&mut self.sink.messages),
            What::Callout => count(&mut self.sink.callouts),
            What::Objection => count(&mut self.sink.objections),
            What::Visit => {}
        }
        match sense {
            Sense::Relayed(pair) => {
                if let Some(job) = job {
                    self.schedule.returned(job, pair);
                }
            }
            Sense::Nothing(Unproved::Forged) => count(&mut self.sink.forged),
            Sense::Nothing(Unproved::OutOfWindow) => count(&mut self.sink.out_of_window),
            Sense::Nothing(Unproved::WrongRole) => count(&mut self.sink.wrong_role),
            Sense::Bounced(_)
            | Sense::CalledOut(_)
            | Sense::Visited(_)
            | Sense::Objected
            | Sense::Nothing(Unproved::NoToken | Unproved::NoJob | Unproved::NotOurMessage) => {}
        }
        self.settle(now);
        Ok(sense)
    }
}
