//! Worlds with proxies and block lists beside their servers, with and without faults.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use host_sim::{
    oracles::Oracle,
    proof::Senses,
    trial::{Draw, Trial, draw},
};
use probe_core::{
    arrival::{Arrival, Sense, What},
    evidence::Evidence,
    verdict::{Kind, Reason, Verdict, judge},
};
use support::seeds;

fn held(trial: &Trial) {
    let outcome = trial.run(None);
    let outcome = outcome.unwrap_or_else(|why| panic!("seed {}: {why}", trial.seed));
    let violations = trial.violations(&outcome);
    let told: Vec<_> = violations
        .iter()
        .map(|violation| format!("{violation}\n  again: {}", violation.replay("drawn")))
        .collect();
    assert!(told.is_empty(), "{told:#?}");
}

#[test]
fn every_oracle_holds_with_faults() {
    for seed in seeds(12) {
        held(&draw(seed, &Draw::Random).with_every_probe());
    }
}

#[test]
fn every_oracle_holds_without_faults() {
    for seed in seeds(12) {
        held(&draw(seed, &Draw::These(Box::default())).with_every_probe());
    }
}

#[test]
fn every_oracle_holds_with_messages() {
    for seed in seeds(3) {
        let trial = draw(seed, &Draw::These(Box::default())).with_every_probe();
        held(&trial.delivering());
    }
}

/// What these have shown was wrong once.
#[test]
fn seeds_that_broke_something() {
    for (seed, why) in [
        (
            381,
            "our address changes in mid-handshake: nobody has refused that",
        ),
        (290, "a gateway greets, and its connection to us is lost"),
        (467, "the same"),
        (292, "a proxy that takes names only cannot reach us"),
        (
            436,
            "the last line of a CONNECT comes together with the rest",
        ),
        (
            3997,
            "a proxy with no way to IPv4 is asked over IPv6, and the call is lost",
        ),
    ] {
        println!("seed {seed}: {why}");
        held(&draw(seed, &Draw::Random).with_every_probe());
    }
}

/// The first trial without faults that the oracle has something to say about.
fn caught(oracle: Oracle, judge: &dyn Fn(&Evidence) -> Verdict, senses: Senses<'_>) -> bool {
    let clean = Draw::These(Box::default());
    (0..20).any(|seed| {
        let trial = draw(seed, &clean).with_every_probe();
        let parts = host_sim::trial::Parts {
            judge,
            senses,
            ..trial.parts()
        };
        let outcome = trial.run_with(None, parts).unwrap();
        let violations = trial.violations(&outcome);
        violations
            .iter()
            .any(|violation| violation.oracle == oracle)
    })
}

#[test]
fn a_judge_that_takes_a_grant_for_proof_is_caught() {
    let hasty = |evidence: &Evidence| match judge(evidence) {
        Verdict {
            reason: Reason::Granted,
            ..
        } => Verdict {
            kind: Kind::Confirmed,
            reason: Reason::ConnectionReturned,
        },
        verdict => verdict,
    };
    assert!(caught(Oracle::Safety, &hasty, &Arrival::sense));
}

#[test]
fn a_host_that_takes_a_visit_for_another_attempt_is_caught() {
    let wrong =
        |arrival: &Arrival, signer: &_, target, hours| match arrival.sense(signer, target, hours) {
            Sense::Visited(octet) if arrival.what == What::Visit => Sense::Visited(octet ^ 32),
            sense => sense,
        };
    assert!(caught(Oracle::Proof, &judge, &wrong));
}
