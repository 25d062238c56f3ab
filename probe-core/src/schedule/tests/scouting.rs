//! Who is asked first, when, and what becomes of it.

use super::*;
use crate::schedule::{SCOUT_WAITS, SCOUTED_TARGETS_MAX, Scouting};

/// A long list, and a shell that knows every way until 100 s.
fn scouting() -> Schedule {
    let mut schedule = Schedule::new(1);
    schedule.set_many_lines(true);
    for is_ipv4 in [true, false] {
        schedule.scouts_until(is_ipv4, at(100_000));
    }
    schedule
}

/// What is sent from `from_ms` on, each with its moment and whether it is sent again.
fn sent(schedule: &mut Schedule, from_ms: u64, until_ms: u64) -> Vec<(u64, String, bool)> {
    let mut sent = Vec::new();
    let mut now_ms = from_ms;
    while now_ms < until_ms {
        match schedule.scout(at(now_ms)) {
            Scouting::Try { target, again, .. } => {
                sent.push((now_ms, target.address().to_string(), again));
            }
            Scouting::Wait(until) => {
                assert!(until > at(now_ms), "it waits for what has come");
                now_ms = until.as_millis();
            }
            Scouting::Nothing => break,
        }
    }
    sent
}

#[test]
fn a_silent_target_is_asked_three_times_and_is_dead_behind_the_last_pause() {
    let mut schedule = scouting();
    queue(&mut schedule, at(0), 0, target("10.0.0.1"));
    let one = "10.0.0.1".to_owned();
    assert_eq!(
        sent(&mut schedule, 0, 6_000),
        [
            (0, one.clone(), false),
            (1_000, one.clone(), true),
            (3_000, one, true)
        ]
    );
    let all: u64 = SCOUT_WAITS.iter().map(|wait| wait.0).sum();
    assert_eq!(schedule.silent(at(all - 1)), None);
    assert_eq!(schedule.silent(at(all)), Some((target("10.0.0.1"), at(0))));
    schedule.died(at(all), SCAN, target("10.0.0.1"));
    assert!(schedule.is_empty());
    assert_eq!(
        queue(&mut schedule, at(all), 1, target("10.0.0.1")),
        Queueing::Refused(Refusal::Duplicate)
    );
}

#[test]
fn first_tries_keep_the_spacing_of_device_and_network() {
    let mut schedule = scouting();
    for (index, address) in (0..).zip(["10.0.0.1", "10.0.0.2", "10.0.1.1", "10.0.0.3"]) {
        queue(&mut schedule, at(0), index, target(address));
    }
    let firsts: Vec<_> = sent(&mut schedule, 0, 900)
        .into_iter()
        .map(|(at, address, _)| (at, address))
        .collect();
    let spacing = u64::from(Rates::DEFAULT.network_spacing_ms);
    let device = 1_000 / u64::from(Rates::DEFAULT.connections_per_second_max);
    assert_eq!(
        firsts,
        [
            (0, "10.0.0.1".to_owned()),
            (device, "10.0.1.1".to_owned()),
            (spacing, "10.0.0.2".to_owned()),
            (2 * spacing, "10.0.0.3".to_owned()),
        ]
    );
}

#[test]
fn who_answers_goes_to_a_worker_and_only_once_is_waited_for() {
    let mut schedule = scouting();
    queue(&mut schedule, at(0), 0, target("10.0.0.1"));
    assert!(matches!(schedule.next(at(0), SCAN), Whose::Wait(_)));
    assert_eq!(sent(&mut schedule, 0, 10).len(), 1);
    let endpoint = target("10.0.0.1").endpoint();
    assert_eq!(
        schedule.scouted_target(endpoint),
        Some((target("10.0.0.1"), at(0)))
    );
    schedule.scout_answered(endpoint);
    assert_eq!(schedule.scouted_target(endpoint), None);
    assert_eq!(sent(&mut schedule, 10, 60_000), []);
    let turn = turn(&mut schedule, at(1_000));
    assert_eq!(turn.target, target("10.0.0.1"));
    assert_eq!(schedule.scouted_targets(), 0);
    schedule.finish(turn.serial);
    assert!(schedule.is_empty());
}

#[test]
fn without_a_way_workers_take_what_waits_and_what_was_being_asked() {
    let mut schedule = scouting();
    queue(&mut schedule, at(0), 0, target("10.0.0.1"));
    queue(&mut schedule, at(0), 1, target("10.0.1.1"));
    assert!(matches!(schedule.scout(at(0)), Scouting::Try { .. }));
    schedule.scouts_until(true, Instant::BOOT);
    assert_eq!(schedule.scout(at(10)), Scouting::Nothing);
    assert_eq!(schedule.silent(at(50_000)), None, "silence without a way");
    for expected in ["10.0.0.1", "10.0.1.1"] {
        let turn = turn(&mut schedule, at(60_000));
        assert_eq!(turn.target, target(expected));
        schedule.finish(turn.serial);
        schedule.handed = None;
    }
    assert!(schedule.is_empty());
}

#[test]
fn few_lines_known_domains_and_places_where_all_answer_are_for_workers() {
    type Change = fn(&mut Schedule);
    let changes: [(&str, Change, bool); 4] = [
        ("a long list", |_| {}, true),
        ("few lines", |of| of.set_many_lines(false), false),
        (
            "all answer",
            |of| (0..12).for_each(|_| of.answered(true)),
            false,
        ),
        (
            "silence again",
            |of| {
                (0..40).for_each(|_| of.answered(true));
                (0..5).for_each(|_| of.answered(false));
            },
            true,
        ),
    ];
    for (name, change, is_scouted) in changes {
        let mut schedule = scouting();
        queue(&mut schedule, at(0), 0, target("10.0.0.1"));
        change(&mut schedule);
        let tried = matches!(schedule.scout(at(0)), Scouting::Try { .. });
        assert_eq!(tried, is_scouted, "{name}");
        let turn = matches!(schedule.next(at(500), SCAN), Whose::Turn(_));
        assert_eq!(turn, !is_scouted, "{name}");
    }
    let mut schedule = scouting();
    let mut names = Names::new();
    names.learn_reverse(crate::name::Name::new("example.org").unwrap());
    schedule.queue(at(0), SCAN, 0, target("10.0.0.1"), &names, 0);
    assert_eq!(schedule.scout(at(0)), Scouting::Nothing);
    assert!(matches!(schedule.next(at(0), SCAN), Whose::Turn(_)));
}

#[test]
fn no_more_are_asked_at_once_than_there_is_room_for() {
    let mut schedule = scouting();
    schedule.set_rates(Rates {
        network_spacing_ms: 0,
        connections_per_second_max: 1_000,
        ..Rates::DEFAULT
    });
    let mut asked = 0;
    for index in 0..SCOUTED_TARGETS_MAX as u32 + 10 {
        let [_, _, high, low] = index.to_be_bytes();
        let one = target(&format!("10.0.{high}.{low}"));
        assert_eq!(queue(&mut schedule, at(0), index, one), Queueing::Queued);
        let now = at(u64::from(index) * 2);
        if matches!(schedule.scout(now), Scouting::Try { again: false, .. }) {
            asked += 1;
        }
    }
    assert_eq!(asked, SCOUTED_TARGETS_MAX);
    assert_eq!(schedule.scouted_targets(), SCOUTED_TARGETS_MAX);
    assert_eq!(schedule.queued_targets(), 10);
}
