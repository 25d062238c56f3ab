//! What came to the sink is what the servers of the world did, and nobody is confirmed without the
//! very message that it relayed.
//!
//! The world's own ledger is what is believed here. Of our side only what the device recorded of an
//! arrival is looked at, and what the host took it for: never how it came to think so.

mod token;
mod visits;

use std::{collections::BTreeSet, net::SocketAddr};

use probe_core::{
    arrival::{Arrival, Marks, Sense, Unproved, What},
    relay::{Hello, PairId},
    verdict::Kind,
};

use self::token::Word;
use crate::{
    peers::Fate,
    post::{Done, Ledger, Reached, Run, Taken},
    proof::{Came, Judged},
    trial::{Outcome, Scan, Trial},
};

pub(super) fn look(trial: &Trial, outcome: &Outcome) -> Vec<String> {
    let world = World(&outcome.report.mail, &trial.scope.proxy.sink.ports);
    let mut wrong = BTreeSet::new();
    let scans = || {
        [Some(&outcome.first), outcome.retest.as_ref()]
            .into_iter()
            .flatten()
    };
    for judged in scans().flat_map(|scan| [&scan.when_over, &scan.in_the_end]) {
        wrong.extend(judged.came.iter().filter_map(|came| world.denies(came)));
        wrong.extend(unproved(&world, judged));
    }
    if trial.delivers() {
        // Whose arrivals went with the power nobody can be asked for.
        if outcome.report.cut_short.is_empty() {
            wrong.extend(lost(&world, outcome));
        }
        wrong.extend(scans().flat_map(let_off));
    }
    wrong.into_iter().collect()
}

/// Who is confirmed without a message of its own that came back.
fn unproved(world: &World<'_>, judged: &Judged) -> Vec<String> {
    let confirmed = judged.verdicts.iter();
    let confirmed = confirmed.filter(|(_, found)| found.kind == Kind::Confirmed);
    let unproved = confirmed.filter(|(target, _)| {
        let mut came = judged.came.iter();
        !came.any(|came| came.target == Some(**target) && world.proves(came, **target))
    });
    let told = |(target, _): (&SocketAddr, _)| {
        format!("{target} is confirmed without proof: nothing of its own came back")
    };
    unproved.map(told).collect()
}

/// Whose message came back, and who is not confirmed.
fn let_off(scan: &Scan) -> Vec<String> {
    let judged = &scan.in_the_end;
    let relayed = judged.came.iter().filter(|came| {
        let verdict = came.target.and_then(|target| judged.verdicts.get(&target));
        let is_confirmed = verdict.is_some_and(|found| found.kind == Kind::Confirmed);
        matches!(came.sense, Sense::Relayed(_)) && !is_confirmed
    });
    let told = |came: &Came| format!("{} came back, and nobody is confirmed", name(&came.arrival));
    relayed.map(told).collect()
}

/// Messages that the sink took, and that nobody has stored or knows the job of.
fn lost(world: &World<'_>, outcome: &Outcome) -> Vec<String> {
    let scans = [Some(&outcome.first), outcome.retest.as_ref()];
    let judged = scans.into_iter().flatten().map(|scan| &scan.in_the_end);
    let came: Vec<&Came> = judged.flat_map(|judged| &judged.came).collect();
    let taken = world
        .0
        .runs
        .iter()
        .filter(|run| run.reached == Reached::Accepted);
    let lost = taken.filter(|run| {
        let is_it = |came: &&Came| {
            let is_message = came.arrival.what == What::Message && came.target.is_some();
            is_message && is_of(&came.arrival, run)
        };
        !came.iter().any(is_it)
    });
    let told = |run: &Run| {
        let (at, from, to, what) = (run.at, run.from, &run.to, run.what);
        format!(
            "the sink took the message from {from} to {to} ({what:?} at {at:?}): it is not stored"
        )
    };
    lost.map(told).collect()
}

/// What the servers and proxies of the world have done, and the ports that proxies were asked for.
struct World<'a>(&'a Ledger, &'a [u16]);

impl World<'_> {
    /// What is wrong with an arrival, or with what it was taken for, if anything is.
    fn denies(&self, came: &Came) -> Option<String> {
        let arrival = &came.arrival;
        if arrival.what == What::Visit {
            return visits::denies(self.0, came, self.1);
        }
        if arrival.what == What::Objection {
            return (came.sense != Sense::Objected)
                .then(|| format!("{} is {:?}", name(arrival), came.sense));
        }
        let mut runs = self.runs_of(arrival).peekable();
        if runs.peek().is_none() {
            return Some(format!("{} was sent by nobody", name(arrival)));
        }
        let all: Vec<Sense> = runs
            .filter_map(|run| self.sense(arrival, run, came.target))
            .collect();
        (!all.contains(&came.sense)).then(|| {
            let (name, sense, target) = (name(arrival), came.sense, came.target);
            format!("{name} is taken for {sense:?} of {target:?}, and is one of {all:?}")
        })
    }

    /// Whether an arrival is the message that `target` has relayed, under a pair that it relays.
    fn proves(&self, came: &Came, target: SocketAddr) -> bool {
        if came.arrival.what == What::Visit {
            return visits::proves(self.0, came, self.1, target);
        }
        matches!(came.sense, Sense::Relayed(_))
            && self.runs_of(&came.arrival).any(|run| {
                let is_its_own = run.by == target && run.what == Done::Relayed;
                is_its_own && self.sense(&came.arrival, run, Some(target)) == Some(came.sense)
            })
    }

    /// The connections that an arrival can have come over.
    fn runs_of<'r>(&'r self, arrival: &'r Arrival) -> impl Iterator<Item = &'r Run> {
        let least = match arrival.what {
            What::Message => Reached::Sent,
            What::Callout | What::Objection | What::Visit => Reached::Named,
        };
        let runs = self.0.runs.iter().filter(move |run| run.reached >= least);
        runs.filter(|run| is_of(arrival, run))
    }

    /// What an arrival over `run` is, where the host knows that its job was on `target`.
    fn sense(&self, arrival: &Arrival, run: &Run, target: Option<SocketAddr>) -> Option<Sense> {
        let Some(target) = target else {
            return Some(Sense::Nothing(Unproved::NoJob));
        };
        let word = Word::in_text(&run.to)?;
        let pair = PairId::new(word.pair())?;
        let taken = run.taken.and_then(|place| self.0.taken.get(place));
        if run.by != target || taken.is_some_and(|taken| !is_pair(taken, pair)) {
            return None;
        }
        match (arrival.what, run.what, taken) {
            (What::Callout, ..) => Some(Sense::CalledOut(pair)),
            (What::Message, Done::Relayed, Some(taken)) => {
                let ours = Word::in_text(&taken.mail.recipients[taken.number].mailbox())?;
                let content = arrival.content?.text();
                let has_ours = Word::all_in(&taken.mail.message).any(|it| it.0 == content.as_str());
                let is_relayed = taken.fate == Fate::Relayed && ours == word && has_ours;
                is_relayed.then_some(Sense::Relayed(pair))
            }
            (What::Message, Done::Returned, Some(taken)) => {
                let ours = Word::in_text(&taken.mail.sender.mailbox())?;
                let is_returned = taken.fate == Fate::Bounced && ours == word;
                is_returned.then_some(Sense::Bounced(pair))
            }
            (What::Message, Done::Forged, _) => Some(Sense::Nothing(Unproved::NotOurMessage)),
            _ => None,
        }
    }
}

/// Whether the device's record of an arrival is what `run` said to it.
fn is_of(arrival: &Arrival, run: &Run) -> bool {
    let same = |kept: &str, said: &str, cut| {
        kept == said || (arrival.marks.contains(cut) && said.starts_with(kept))
    };
    arrival.remote.ip() == run.from
        && same(&arrival.helo, &run.helo, Marks::HELO_CUT)
        && same(
            &arrival.reverse_path,
            &run.reverse_path,
            Marks::REVERSE_PATH_CUT,
        )
        && same(&arrival.recipient, &run.to, Marks::RECIPIENT_CUT)
}

/// Whether a message has the forms that the pair in its token stands for.
fn is_pair(taken: &Taken, pair: PairId) -> bool {
    let pair = pair.pair();
    let hello = match pair.hello {
        Hello::Own => "own",
        Hello::Theirs => "theirs",
        Hello::Unknown => "unknown",
        Hello::Literal => "literal",
        Hello::Localhost => "localhost",
    };
    taken.hello == hello
        && taken.sender == Some(pair.sender.info().id)
        && taken.recipient == Some(pair.recipient.info().id)
}

fn name(arrival: &Arrival) -> String {
    let Arrival {
        id,
        what,
        remote,
        recipient,
        ..
    } = arrival;
    let (boot, number) = (id.boot, id.number);
    format!(
        "record {number} of boot {boot}, a {} from {remote} to {recipient},",
        what.as_str()
    )
}
