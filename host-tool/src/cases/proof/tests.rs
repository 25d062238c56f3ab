//! What came late, forged, for another's job, or before its job was known.

use std::net::SocketAddr;

use probe_core::{
    arrival::What,
    finding::DeviceId,
    token::{Key, Role},
    verdict::{Kind, Reason, Verdict},
};

use super::*;
use crate::{
    cases::{
        self,
        yard::{BEGAN, HOUR, NOW, TARGET, Yard},
    },
    store::{Decided, ObjectionNumber},
};

#[test]
fn a_message_that_comes_back_late_upgrades_the_finding_and_its_history_stays() {
    for (name, after) in [("hour", HOUR), ("two-days", 48 * HOUR)] {
        let mut yard = Yard::new(name);
        yard.found(1, TARGET);
        let before = yard.cases();
        assert_eq!(before[0].verdict().kind, Kind::Accepted);
        cases::keep_judgements(&mut yard.store, &before, NOW).unwrap();
        yard.returned(after, 1, TARGET);
        yard.returned(after + 5, 1, TARGET);
        let job = yard.cases()[0].latest().clone();
        let proved = Verdict {
            kind: Kind::Confirmed,
            reason: Reason::MessageReturned,
        };
        assert_eq!(job.verdict, proved);
        let at = Utc(yard.issued.0 + BEGAN + after);
        assert_eq!((job.proved.len(), job.proved[0].at), (2, at));
        let number = before[0].case.number;
        let kinds: Vec<(Kind, Utc)> = yard
            .store
            .judgements(number)
            .unwrap()
            .iter()
            .map(|it| (it.verdict.kind, it.seen))
            .collect();
        assert_eq!(
            kinds,
            [
                (Kind::Accepted, Utc(yard.issued.0 + BEGAN + 2)),
                (Kind::Confirmed, at),
                (Kind::Confirmed, Utc(at.0 + 5))
            ]
        );
    }
}

#[test]
fn what_proves_nothing_upgrades_nothing() {
    let mut yard = Yard::new("nothing");
    yard.found(1, TARGET);
    yard.found(2, "192.0.2.2:25");
    let other = "192.0.2.2:25";
    let recipient = yard.token(Role::Recipient, 1, TARGET);
    let message = yard.token(Role::Message, 1, TARGET);
    let strange = Signer::new(&Key::new([8; 16]), yard.device);
    let target: SocketAddr = TARGET.parse().unwrap();
    let forged = |role| Some(strange.sign(role, JobSerial(1), recipient.pair(), 12, target));
    // As another device would have signed its own job of that number.
    let theirs = Signer::new(&yard.key, DeviceId(*b"simother"));
    let theirs = |role| Some(theirs.sign(role, JobSerial(1), recipient.pair(), 12, target));
    let whole = |after, envelope, content| (after, What::Message, envelope, content);
    for (after, what, envelope, content) in [
        // Six days are over.
        whole(145 * HOUR, Some(recipient), Some(message)),
        whole(HOUR, forged(Role::Recipient), forged(Role::Message)),
        whole(HOUR, Some(recipient), forged(Role::Message)),
        whole(HOUR, Some(recipient), None),
        whole(HOUR, Some(message), Some(message)),
        whole(HOUR, theirs(Role::Recipient), theirs(Role::Message)),
        // Of another target's job.
        whole(
            HOUR,
            Some(yard.token(Role::Recipient, 1, other)),
            Some(yard.token(Role::Message, 1, other)),
        ),
        (HOUR, What::Callout, Some(recipient), None),
        (HOUR, What::Visit, Some(recipient), None),
        (HOUR, What::Message, None, Some(message)),
    ] {
        yard.came(after, what, envelope, content);
        assert_eq!(yard.kinds(), [Kind::Accepted, Kind::Accepted]);
    }
    yard.returned(HOUR, 1, TARGET);
    assert_eq!(yard.kinds(), [Kind::Confirmed, Kind::Accepted]);
}

#[test]
fn what_comes_before_its_job_is_known_counts_once_it_is() {
    let mut yard = Yard::new("unknown");
    yard.returned(60, 1, TARGET);
    assert_eq!(yard.store.arrivals().unwrap().len(), 1);
    yard.found(1, TARGET);
    assert_eq!(yard.kinds(), [Kind::Confirmed]);
}

#[test]
fn messages_are_out_until_they_return_or_their_window_ends() {
    let mut yard = Yard::new("out");
    yard.found(1, TARGET);
    yard.found(2, "192.0.2.2:25");
    let began = yard.issued.0 + BEGAN;
    let until = Utc(began + 144 * HOUR);
    let out = |yard: &Yard, after| all_out(&yard.cases(), Utc(began + after));
    let expected = |messages| Some(Out { messages, until });
    assert_eq!(out(&yard, HOUR), expected(2));
    yard.returned(HOUR, 1, TARGET);
    assert_eq!(out(&yard, 2 * HOUR), expected(1));
    assert_eq!(out(&yard, 144 * HOUR), None);
}

#[test]
fn whoever_objects_is_excluded_until_a_person_decides() {
    let mut yard = Yard::new("objection");
    let message = yard.token(Role::Message, 1, TARGET);
    yard.came(60, What::Objection, None, Some(message));
    let excluded = |yard: &Yard| -> Vec<(String, String)> {
        let exclusions = yard.store.exclusions().unwrap();
        let named = exclusions.into_iter().map(|it| {
            let crate::store::Excluded::Network(network) = it.what else {
                panic!("an address");
            };
            (network.address.to_string(), it.reason)
        });
        named.collect()
    };
    let waits = "objection 1, waiting for a decision".to_owned();
    let remote = ("198.51.100.7".to_owned(), waits.clone());
    assert_eq!(excluded(&yard), std::slice::from_ref(&remote));
    // The job that it quotes ends later.
    yard.found(1, TARGET);
    let target = ("192.0.2.1".to_owned(), waits);
    assert_eq!(excluded(&yard), [remote, target]);
    assert_eq!(yard.cases()[0].objection, Some(ObjectionNumber(1)));
    yard.returned(HOUR, 1, TARGET);
    let letter = |yard: &Yard| cases::facts::decision(&yard.cases()[0], Default::default());
    use crate::letters::model::{Decision, Occasion, WhyNone};
    assert_eq!(letter(&yard), Decision::NoLetter(WhyNone::Objection));

    let first = ObjectionNumber(1);
    assert_eq!(yard.store.decide(first, Decided::Kept, NOW), Ok(true));
    assert_eq!(excluded(&yard)[1].1, "objection 1, kept");
    assert_eq!(letter(&yard), Decision::Write(Occasion::Confirmed));
    assert_eq!(yard.store.decide(first, Decided::Lifted, NOW), Ok(true));
    assert_eq!(excluded(&yard), []);
    let second = ObjectionNumber(2);
    assert_eq!(yard.store.decide(second, Decided::Kept, NOW), Ok(false));
}

#[test]
fn a_quoted_token_that_nobody_made_excludes_no_target() {
    let mut yard = Yard::new("forged-objection");
    yard.found(1, TARGET);
    let strange = Signer::new(&Key::new([8; 16]), yard.device);
    let forged = strange.sign(Role::Message, JobSerial(1), 4, 12, TARGET.parse().unwrap());
    yard.came(60, What::Objection, None, Some(forged));
    let objections = yard.store.objections().unwrap();
    assert_eq!((objections.len(), objections[0].about.len()), (1, 0));
    assert_eq!(yard.cases()[0].objection, None);
}
