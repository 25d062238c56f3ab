//! What comes to the sink: it is recorded for the host, and a job that still runs or is parked is
//! told what it proves.

use core::net::{IpAddr, SocketAddr};

use super::{OutboxFull, Prober, count, hours_since};
use crate::{
    arrival::{Arrival, Sense, Unproved, What},
    evidence::Evidence,
    finding::JobSerial,
    frame::ToHost,
    proxy::AttemptId,
    time::Instant,
    token::Signer,
};

impl Prober {
    /// The target of a job that runs or is parked here.
    pub fn target_of(&self, job: JobSerial) -> Option<SocketAddr> {
        self.schedule.target_of(job).map(|target| target.endpoint())
    }

    /// Records an arrival, and says what it proves as far as this device knows. What its job is not
    /// known for here is kept all the same: the host knows more jobs. Before this boot has an anchor
    /// it is kept in memory only.
    ///
    /// Whoever objects is left alone from here on, recorded or not.
    pub fn arrived(
        &mut self,
        now: Instant,
        signer: &Signer,
        arrival: &Arrival,
    ) -> Result<Sense, OutboxFull> {
        let Some(in_force) = &self.scope else {
            return Err(OutboxFull);
        };
        let anchor = self.anchor;
        let hours = anchor.map_or(0, |anchor| hours_since(&in_force.scope, anchor.utc(now)));
        let job = arrival.envelope.map(|token| token.serial());
        let target = job.and_then(|job| self.target_of(job));
        let sense = arrival.sense(signer, target, hours);
        let news = match (sense, job) {
            (Sense::Relayed(pair), Some(job)) => self.schedule.returned(job, pair),
            (Sense::Visited(octet), Some(job)) => AttemptId::of_octet(octet)
                .is_some_and(|attempt| self.schedule.visited(job, attempt)),
            (Sense::Objected, _) => self.object(signer, arrival),
            _ => false,
        };
        if let Err(full) = self.record_arrival(now, news, arrival) {
            count(&mut self.sink.put_off);
            self.settle(now);
            return Err(full);
        }
        match arrival.what {
            What::Message => count(&mut self.sink.messages),
            What::Callout => count(&mut self.sink.callouts),
            What::Objection => count(&mut self.sink.objections),
            What::Visit => {}
        }
        match sense {
            Sense::Nothing(Unproved::Forged) => count(&mut self.sink.forged),
            Sense::Nothing(Unproved::OutOfWindow) => count(&mut self.sink.out_of_window),
            Sense::Nothing(Unproved::WrongRole) => count(&mut self.sink.wrong_role),
            Sense::Relayed(_)
            | Sense::Bounced(_)
            | Sense::CalledOut(_)
            | Sense::Visited(_)
            | Sense::Objected
            | Sense::Nothing(Unproved::NoToken | Unproved::NoJob | Unproved::NotOurMessage) => {}
        }
        self.settle(now);
        Ok(sense)
    }

    /// What is `news` is not counted against what may come unasked.
    #[inline(never)]
    fn record_arrival(
        &mut self,
        now: Instant,
        news: bool,
        arrival: &Arrival,
    ) -> Result<(), OutboxFull> {
        if !news && !self.unasked.take(now) {
            return Err(OutboxFull);
        }
        let record = ToHost::<&Evidence>::Arrival(Arrival {
            id: self.next_record(),
            ..arrival.clone()
        });
        self.record(&record)
    }

    /// Leaves alone who objects, and what they object to: the machine that brought the objection, and
    /// the target whose test message it quotes, as far as they are probed at all.
    fn object(&mut self, signer: &Signer, arrival: &Arrival) -> bool {
        let quoted = arrival.content.and_then(|token| {
            let target = self.target_of(token.serial())?;
            signer.verify(&token, target).then_some(target.ip())
        });
        let mut news = false;
        for address in [Some(arrival.remote.ip()), quoted].into_iter().flatten() {
            if self.is_in_scope(address) {
                news |= self.objections.add(address);
            }
        }
        news
    }

    fn is_in_scope(&self, address: IpAddr) -> bool {
        self.scope().is_some_and(|scope| scope.holds(address))
    }
}
