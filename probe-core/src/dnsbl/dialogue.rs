//! The dialogue that asks block lists about one address.
//!
//! One lookup after the other, with a pause between them: for each zone in the scope's order its
//! two test addresses, unless what they show is known, then the target's address, then the reason
//! where the zone lists it. A zone that cannot be believed is not asked about the target. Nothing
//! is sent to the target itself.

use core::net::{IpAddr, SocketAddr};

use super::{
    answer::{Answer, Asked, Unknown},
    health::{Healths, asked_about},
    seen::Seen,
    zone::{ZONES_MAX, Zone},
};
use crate::{
    dialogue::{Dialogue, Generation, Input, OpenFailure, Output, Why},
    dns::{Lookup, Outcome, Question, RecordType, WireName, lookup::Lots},
    evidence::{Finish, Observation},
    target::Target,
    time::{Instant, Millis},
    token::{Key, drawn},
};

/// What a dialogue with block lists is told before it begins.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// Whom it asks about; only the address counts.
    pub target: Target,
    /// The resolver that the scope names.
    pub resolver: SocketAddr,
    /// The zones, in the scope's order; the first [`super::ZONES_MAX`] count.
    pub zones: &'a [Zone],
    /// From the beginning of one lookup to that of the next, also of the job before.
    pub spacing: Millis,
    /// Hours since the scope was issued when the job began.
    pub hours: u16,
    /// What is known of the zones.
    pub healths: Healths,
    /// Random octets that nobody may know. The core rolls no dice and the dialogue decides while it
    /// runs how many lookups there are, so the lots of each are made of these, by HMAC: who sees
    /// the lots of one cannot tell those of the next.
    pub seed: Lots,
}

/// One job's dialogue: at most [`DNSBL_DIALOGUE_OCTETS_MAX`] octets of memory, beside what is lent
/// and without the evidence.
#[derive(Debug)]
pub struct DnsblDialogue<'a> {
    lookup: Lookup<'a>,
    /// How many lookups have begun.
    lookups: u8,
    zones: &'a [Zone],
    address: IpAddr,
    spacing: Millis,
    hours: u16,
    healths: Healths,
    seed: Key,
    place: u8,
    stage: Stage,
}

/// The most memory that a dialogue takes, in octets.
pub const DNSBL_DIALOGUE_OCTETS_MAX: usize = 1_228;

// Checked wherever it is built: a microcontroller lays memory out differently from a computer.
const _: () = assert!(size_of::<DnsblDialogue<'static>>() <= DNSBL_DIALOGUE_OCTETS_MAX);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    NotBegun,
    Beginning,
    /// Before the zone in its place.
    AtZone,
    /// This is asked as soon as it may.
    Due(Asked),
    Asking(Asked),
    Ending(Finish),
    Over,
}

impl<'a> DnsblDialogue<'a> {
    /// A dialogue that has not begun. `message` takes what comes over TCP: of an answer that is
    /// longer the address counts as unknown, and the reason is cut.
    pub fn new(setup: Setup<'a>, message: &'a mut [u8]) -> Self {
        Self {
            lookup: Lookup::idle(setup.resolver, message),
            lookups: 0,
            zones: setup.zones.get(..ZONES_MAX).unwrap_or(setup.zones),
            address: setup.target.address(),
            spacing: setup.spacing,
            hours: setup.hours,
            healths: setup.healths,
            seed: Key::new(setup.seed),
            place: 0,
            stage: Stage::NotBegun,
        }
    }

    /// What is known of the zones now, for [`Healths::renew`].
    pub const fn healths(&self) -> &Healths {
        &self.healths
    }

    fn zone(&self) -> Option<&'a Zone> {
        self.zones.get(usize::from(self.place))
    }

    /// Whether the zone in its place is to be asked; the observation that says why not.
    fn at_zone(&mut self, now: Instant) -> Option<Seen<'a>> {
        let place = self.place;
        let Some(zone) = self.zone() else {
            self.stage = Stage::Ending(Finish::Tested);
            return None;
        };
        if self.address.is_ipv6() && !zone.ipv6 {
            self.leave();
            return Some(Seen::NoIpv6(place));
        }
        match self.healths.get(now, usize::from(place), self.address) {
            Some(Ok(())) => self.stage = Stage::Due(Asked::Address),
            Some(Err(unknown)) => {
                self.leave();
                return Some(Seen::Unhealthy { place, unknown });
            }
            None => self.stage = Stage::Due(Asked::MustBeListed),
        }
        None
    }

    /// To the next zone.
    const fn leave(&mut self) {
        self.place = self.place.saturating_add(1);
        self.stage = Stage::AtZone;
    }

    /// Until when the next lookup has to wait.
    fn due(&self) -> Instant {
        self.healths
            .asked()
            .map_or(Instant::BOOT, |asked| asked + self.spacing)
    }

    fn ask(&mut self, now: Instant, asked: Asked) {
        let kind = match asked {
            Asked::Text => RecordType::TXT,
            _ => RecordType::A,
        };
        let about = asked_about(asked, self.address);
        let name = self
            .zone()
            .and_then(|zone| WireName::listed(about, &zone.name).ok());
        // Every name has room behind every address.
        let Some(name) = name else {
            self.leave();
            return;
        };
        self.lookups = self.lookups.saturating_add(1);
        let lots = drawn(&self.seed, self.lookups);
        self.lookup.ask(Question { name, kind }, lots);
        self.lookup
            .input(now, self.lookup.generation(), &Input::Start);
        self.healths.note_asked(now);
        self.stage = Stage::Asking(asked);
    }

    /// The lookup is over: what there is to tell, if anything.
    fn conclude(&mut self, now: Instant, asked: Asked) -> Option<Tell<'a>> {
        let place = self.place;
        let (Some(zone), Some(report)) = (self.zone(), self.lookup.report()) else {
            self.leave();
            return None;
        };
        if report.outcome == Outcome::NotAsked(OpenFailure::OutOfScope) {
            self.stage = Stage::Ending(Finish::Stopped);
            return None;
        }
        if asked == Asked::Text {
            self.leave();
            return Some(Tell::Explained(place));
        }
        let answer = Answer::read(zone, report);
        match (asked, answer.as_health(asked)) {
            (Asked::MustBeListed, Ok(())) => {
                self.stage = Stage::Due(Asked::MustNotBeListed);
                None
            }
            (Asked::MustNotBeListed, Ok(())) => {
                self.found(now, Ok(()));
                self.stage = Stage::Due(Asked::Address);
                None
            }
            (Asked::MustBeListed | Asked::MustNotBeListed, Err(unknown)) => {
                self.found(now, Err(unknown));
                self.leave();
                Some(Tell::Seen(Seen::Unhealthy { place, unknown }))
            }
            (Asked::Address | Asked::Text, believed) => {
                if let Err(unknown) = believed
                    && unknown.why.is_lasting()
                {
                    self.found(now, Err(unknown));
                }
                if zone.txt && matches!(answer, Answer::Listed(_)) {
                    self.stage = Stage::Due(Asked::Text);
                } else {
                    self.leave();
                }
                Some(Tell::Answered(place, zone))
            }
        }
    }

    /// Notes how the zone in its place fares.
    fn found(&mut self, now: Instant, found: Result<(), Unknown>) {
        let place = usize::from(self.place);
        self.healths.set(now, place, self.address, found);
    }
}

impl Dialogue for DnsblDialogue<'_> {
    fn input(&mut self, now: Instant, generation: Generation, input: &Input<'_>) {
        match (self.stage, input) {
            (Stage::NotBegun, Input::Start) => self.stage = Stage::Beginning,
            (Stage::Asking(_), _) => self.lookup.input(now, generation, input),
            // Between lookups there is no connection: nothing but the time counts.
            _ => {}
        }
    }

    fn output<'a>(
        &'a mut self,
        now: Instant,
        received: &mut &[u8],
        transmit: &mut [u8],
    ) -> Output<'a> {
        *received = &[];
        let tell = loop {
            let tell = match self.stage {
                Stage::NotBegun | Stage::Over => return Output::Done,
                Stage::Beginning => {
                    self.stage = Stage::AtZone;
                    Some(Tell::Seen(Seen::Began {
                        zones: self.zones,
                        hours: self.hours,
                    }))
                }
                Stage::AtZone => self.at_zone(now).map(Tell::Seen),
                Stage::Due(asked) => {
                    let until = self.due();
                    if now < until {
                        let why = Why::Pause;
                        return Output::Wait { until, why };
                    }
                    self.ask(now, asked);
                    None
                }
                Stage::Asking(asked) if self.lookup.is_drained() => self.conclude(now, asked),
                Stage::Asking(_) => return self.lookup.output(now, received, transmit),
                Stage::Ending(finish) => {
                    self.stage = Stage::Over;
                    Some(Tell::Seen(Seen::Finished(finish)))
                }
            };
            if let Some(tell) = tell {
                break tell;
            }
        };
        Output::Observed(Observation::Dnsbl(match (tell, self.lookup.report()) {
            (Tell::Answered(place, zone), Some(report)) => Seen::Answered {
                place,
                zone,
                report,
            },
            (Tell::Explained(place), Some(report)) => Seen::Explained { place, report },
            (Tell::Seen(seen), _) => seen,
            // A lookup that is over has its report.
            (_, None) => return Output::Done,
        }))
    }

    fn generation(&self) -> Generation {
        self.lookup.generation()
    }
}

/// An observation; the lookup's report is still to be put to it.
enum Tell<'a> {
    Seen(Seen<'a>),
    Answered(u8, &'a Zone),
    Explained(u8),
}

#[cfg(test)]
mod tests;
