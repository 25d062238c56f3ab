//! What targets are called: the reverse names of their addresses (RFC 1035, 3.5), asked of the scope's
//! resolver before a job's first connection.
//!
//! Some servers relay for whoever claims to be of their own domain, and say that domain nowhere else.
//! Whether the name leads back to the address does not matter here: what is tested is whether the
//! server trusts it, not whether we do. Without a resolver in the scope nobody is asked.

use core::net::IpAddr;

use embassy_futures::select::{Either, select};
use probe_core::{
    dns::{Data, Outcome, Question, RecordType, Report, WireName},
    finding::Probe,
    name::Name,
    prober::Job,
    scope::Identity,
    tester::Tester,
    time::{Instant, Millis},
};

use crate::{
    bell::Bell,
    env::{Buffers, Env},
    log,
    lookup::{Lookups, ask},
    worker::Office,
};

/// How long a job waits for a name, the others that ask before it included.
pub const NAME_WITHIN: Millis = Millis::from_secs(10);
/// After so many questions in a row without an answer nobody is asked for a while: a name may be
/// somebody's who does not answer, all of them are our resolver's.
pub const SILENT_MAX: u8 = 3;
/// How long nobody is asked then.
pub const QUIET_FOR: Millis = Millis::from_mins(1);

/// Lets `job` learn what its target is called, if that is of use to it.
pub(crate) async fn learn<E: Env>(
    office: &Office<'_, E>,
    job: &mut Job,
    tester: &Tester,
    buffers: &mut Buffers,
) {
    let identity = &tester.identity;
    // A job that comes back repeats what it said before, octet for octet.
    let is_new = job.probe == Probe::Relay && job.parked.is_none();
    if !is_new || identity.resolver.is_none() || !job.names.want_reverse() {
        return;
    }
    let name = ask_for(office, job.target.address(), identity, buffers).await;
    office.workers.iter().for_each(Bell::ring);
    if let Some(name) = name {
        log::called_so(job, &name);
        job.names.learn_reverse(name);
    }
}

#[expect(
    clippy::await_holding_refcell_ref,
    reason = "the borrow is the turn: whoever does not get it waits for its bell"
)]
async fn ask_for<E: Env>(
    office: &Office<'_, E>,
    target: IpAddr,
    identity: &Identity,
    buffers: &mut Buffers,
) -> Option<Name> {
    let Office {
        env,
        prober,
        bell,
        lookups,
        scratch,
        ..
    } = *office;
    let until = env.now() + NAME_WITHIN;
    if env.now() < lookups.quiet_until.get() {
        return None;
    }
    let mut memory = lookups.turn(office, until).await?;
    // Somebody else may have found out meanwhile.
    if env.now() < lookups.quiet_until.get() {
        return None;
    }
    let question = Question {
        name: WireName::reverse(target).ok()?,
        kind: RecordType::PTR,
    };
    let asking = ask(env, prober, bell, question, buffers, &mut memory, scratch);
    let report = match select(asking, env.sleep_until(until)).await {
        Either::First(Some(report)) => Some(report),
        // The scan is over.
        Either::First(None) => return None,
        Either::Second(()) => None,
    };
    count(lookups, env.now(), report.as_ref());
    name_in(&report?, identity)
}

fn count(lookups: &Lookups, now: Instant, report: Option<&Report>) {
    let is_silent = report
        .is_none_or(|report| matches!(report.outcome, Outcome::NoAnswer | Outcome::NotAsked(_)));
    let silent = if is_silent {
        lookups.silent.get().saturating_add(1)
    } else {
        0
    };
    lookups.silent.set(silent);
    if silent >= SILENT_MAX {
        log::resolver_is_silent();
        lookups.quiet_until.set(now + QUIET_FOR);
    }
}

/// The first name that is one of a server, and none of our own.
fn name_in(report: &Report, identity: &Identity) -> Option<Name> {
    let is_of_use = |name: &Name| {
        name.as_str().contains('.')
            && *name != identity.helo
            && *name != identity.sender_domain
            && !name.is_under(&identity.sink_domain)
    };
    report
        .answers
        .iter()
        .filter_map(|data| match data {
            Data::Ptr(name) => name.to_name().ok(),
            _ => None,
        })
        .find(is_of_use)
}
