//! The dialogue against servers as they are.

mod budgets;
mod cuts;
mod delivery;
mod farewells;
mod names;
mod records;
mod servers;
mod targets;
mod waiting;

use self::servers::{SERVERS, stutters};
use super::{
    PairId, Recipient, Sender,
    peer::{Talk, talk},
};
use crate::{evidence::Notes, relay::Outcome, scope::Depth};

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

#[test]
fn every_server_gets_its_verdict_at_every_depth() {
    let mut wrong = Vec::new();
    for (name, build, expected) in SERVERS {
        for (depth, expected) in DEPTHS.into_iter().zip(expected) {
            let talk = talk(depth, &mut build());
            if talk.words() != *expected {
                wrong.push(format!(
                    "{name}, {}: {} instead of {expected}\n{}\n{:?}\n",
                    depth.as_str(),
                    talk.words(),
                    talk.script(),
                    talk.evidence
                        .pairs()
                        .map(|line| (line.pair, line.outcome))
                        .collect::<Vec<_>>()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn outcome_of(talk: &Talk, sender: Sender, recipient: Recipient) -> Outcome {
    let pair = PairId::all()
        .find(|pair| pair.pair().sender == sender && pair.pair().recipient == recipient)
        .unwrap();
    talk.evidence.outcome(pair)
}

#[test]
fn replies_that_do_not_match_their_commands_accuse_nobody() {
    let talk = talk(Depth::Full, &mut stutters());
    assert!(talk.evidence.notes().contains(Notes::OUT_OF_STEP));
    assert!(
        PairId::all().all(|pair| !talk.evidence.outcome(pair).is_accepted()),
        "{}",
        talk.script()
    );
}
