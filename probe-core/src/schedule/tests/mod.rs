//! The schedule's rules, one by one; all of them together in [`model`].

mod model;
mod scouting;

use super::*;
use crate::{scope::fixture, suspect::Suspect, time::Utc};

const SCAN: ScanId = ScanId(1);
const DAY_MS: u64 = 24 * 3_600_000;

fn target(address: &str) -> Target {
    let suspect = Suspect {
        address: address.parse().unwrap(),
        port: 25,
        names: heapless::Vec::new(),
    };
    let scope = fixture::scope(&["10.0.0.0/8", "2001:db8::/32"]);
    scope.admit(&suspect, Utc(5_000)).unwrap()
}

fn at(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

fn queue(schedule: &mut Schedule, now: Instant, index: u32, target: Target) -> Queueing {
    schedule.queue(now, SCAN, index, target, &Names::new(), 0)
}

fn turn(schedule: &mut Schedule, now: Instant) -> Turn {
    match schedule.next(now, SCAN) {
        Whose::Turn(turn) => turn,
        other => panic!("no turn but {other:?}"),
    }
}

#[test]
fn a_target_is_told_twice_and_probed_once() {
    let mut schedule = Schedule::new(1);
    let (now, one) = (at(0), target("10.0.0.1"));
    let duplicate = Queueing::Refused(Refusal::Duplicate);
    assert_eq!(queue(&mut schedule, now, 0, one), Queueing::Queued);
    assert_eq!(queue(&mut schedule, now, 1, one), duplicate);
    let job = turn(&mut schedule, now);
    assert_eq!(queue(&mut schedule, now, 2, one), duplicate);
    schedule.park(
        now,
        job.serial,
        at(5_000),
        1,
        &job.names,
        Parked::for_test(job.target, job.serial),
        None,
    );
    assert_eq!(queue(&mut schedule, now, 3, one), duplicate);
    let job = turn(&mut schedule, at(5_000));
    schedule.finish(job.serial);
    assert_eq!(queue(&mut schedule, now, 4, one), duplicate);
    // Another scan may have it again.
    let another = schedule.queue(now, ScanId(2), 0, one, &Names::new(), 0);
    assert_eq!(another, Queueing::Queued);
}

#[test]
fn refusals_count_for_a_day_over_all_scans() {
    let mut schedule = Schedule::new(1);
    let one = target("10.0.0.1");
    queue(&mut schedule, at(0), 0, one);
    let job = turn(&mut schedule, at(0));
    assert_eq!(job.refusals_max, 10);
    schedule.spent(at(10), job.serial, 4);
    schedule.spent(at(20), job.serial, 5);
    assert_eq!(schedule.may_open(at(30), job.serial), Opening::Now);
    schedule.connection_closed(job.serial);
    schedule.spent(at(40), job.serial, 1);
    assert_eq!(
        schedule.may_open(at(500), job.serial),
        Opening::No(Refusal::RefusalsSpent)
    );
    schedule.finish(job.serial);
    let again = |schedule: &mut Schedule, ms, scan| {
        schedule.queue(at(ms), ScanId(scan), 0, one, &Names::new(), 0)
    };
    let spent = Queueing::Refused(Refusal::RefusalsSpent);
    assert_eq!(again(&mut schedule, 60, 2), spent);
    assert_eq!(again(&mut schedule, 40 + DAY_MS - 1, 2), spent);
    assert_eq!(again(&mut schedule, 40 + DAY_MS, 2), Queueing::Queued);
}

#[test]
fn refusals_that_the_host_tells_of_count_like_our_own() {
    let mut schedule = Schedule::new(1);
    schedule.set_rates(Rates {
        target_refusals_max: 20,
        ..Rates::DEFAULT
    });
    let names = Names::new();
    let (one, two) = (target("10.0.0.1"), target("10.1.0.1"));
    let spent = Queueing::Refused(Refusal::RefusalsSpent);
    // Too few are left for a battery.
    assert_eq!(schedule.queue(at(0), SCAN, 0, one, &names, 12), spent);
    let queueing = schedule.queue(at(0), SCAN, 0, two, &names, 6);
    assert_eq!(queueing, Queueing::Queued);
    let job = turn(&mut schedule, at(0));
    assert_eq!(job.refusals_max, 14);
    schedule.spent(at(10), job.serial, 5);
    assert_eq!(schedule.running_refusals(job.serial), 5);
    schedule.finish(job.serial);
    // The host tells of others' refusals again, and ours are not among them.
    let mut again = |ms, told| schedule.queue(at(ms), ScanId(2), 0, two, &names, told);
    assert_eq!(again(20, 7), spent);
    assert_eq!(again(10 + DAY_MS, 7), Queueing::Queued);
}

#[test]
fn what_the_host_has_told_is_not_forgotten_because_another_store_knows_less() {
    let mut schedule = Schedule::new(1);
    let (one, names) = (target("10.0.0.1"), Names::new());
    schedule.queue(at(0), SCAN, 0, one, &names, 1);
    let job = turn(&mut schedule, at(0));
    schedule.spent(at(10), job.serial, 3);
    schedule.finish(job.serial);
    let queueing = schedule.queue(at(20), ScanId(2), 0, one, &names, 0);
    assert_eq!(queueing, Queueing::Queued);
    let Whose::Turn(job) = schedule.next(at(5_000), ScanId(2)) else {
        panic!("no turn");
    };
    assert_eq!(job.refusals_max, 6);
}

#[test]
fn a_job_whose_target_has_refused_enough_is_parked_for_a_day_or_not_at_all() {
    let mut schedule = Schedule::new(1);
    queue(&mut schedule, at(0), 0, target("10.0.0.1"));
    let job = turn(&mut schedule, at(0));
    let soon = at(310_000);
    assert_eq!(schedule.may_park(at(50), job.serial, soon), Some(soon));
    schedule.spent(at(50), job.serial, 10);
    // A day from its last refusal is just over 24 hours from now for a job that is parked now.
    assert_eq!(
        schedule.may_park(at(50), job.serial, soon),
        Some(at(50 + DAY_MS))
    );
    schedule.set_rates(Rates {
        parked_hours_max: 23,
        ..Rates::DEFAULT
    });
    assert_eq!(schedule.may_park(at(50), job.serial, soon), None);
    assert_eq!(schedule.may_park(at(50), JobSerial(7), soon), None);
}

#[test]
fn a_job_that_goes_back_leaves_no_connection_behind() {
    let mut schedule = Schedule::new(1);
    schedule.set_rates(Rates {
        network_connections_max: 1,
        ..Rates::DEFAULT
    });
    for (index, address) in (0..).zip(["10.0.0.1", "10.0.0.2", "10.0.0.3"]) {
        queue(&mut schedule, at(0), index, target(address));
    }
    for (ms, parks) in [(0, false), (1_000, true), (2_000, false)] {
        let job = turn(&mut schedule, at(ms));
        assert_eq!(schedule.may_open(at(ms), job.serial), Opening::Now);
        if parks {
            let parked = Parked::for_test(job.target, job.serial);
            schedule.park(at(ms), job.serial, at(9_000), 1, &job.names, parked, None);
        } else {
            schedule.finish(job.serial);
        }
    }
}

#[test]
fn serials_are_never_used_twice_and_end_before_they_would_be() {
    let mut schedule = Schedule::new(BOOT_MAX);
    queue(&mut schedule, at(0), 0, target("10.0.0.1"));
    let job = turn(&mut schedule, at(0));
    assert_eq!(job.serial, JobSerial(0x00ff_ff00_0001));
    schedule.jobs = JOBS_OF_A_BOOT_MAX - DEAD_SERIALS_KEPT - 1;
    queue(&mut schedule, at(0), 1, target("10.0.1.1"));
    queue(&mut schedule, at(0), 2, target("10.0.2.1"));
    let job = turn(&mut schedule, at(1_000));
    assert_eq!(job.serial, JobSerial(0x00ff_ffff_dfff));
    assert!(matches!(
        schedule.next(at(2_000), SCAN),
        Whose::SerialsSpent
    ));
    // Those who have died by then have numbers still.
    let kept = u16::try_from(DEAD_SERIALS_KEPT).unwrap();
    assert_eq!(schedule.dead_serials(1), Some(JobSerial(0x00ff_ffff_e000)));
    assert_eq!(schedule.dead_serials(kept), None);
    assert_eq!(
        schedule.dead_serials(kept - 1),
        Some(JobSerial(0x00ff_ffff_e001))
    );
    assert_eq!(schedule.dead_serials(1), None);
    assert_eq!(schedule.queued_targets(), 1, "it is still there to be told");

    let mut schedule = Schedule::new(BOOT_MAX + 1);
    queue(&mut schedule, at(0), 0, target("10.0.0.1"));
    assert!(matches!(schedule.next(at(0), SCAN), Whose::SerialsSpent));
}

#[test]
fn a_full_queue_is_told_and_counted() {
    let mut schedule = Schedule::new(1);
    for index in 0..QUEUED_TARGETS_MAX as u32 {
        let one = target(&format!("10.0.{index}.1"));
        assert_eq!(queue(&mut schedule, at(0), index, one), Queueing::Queued);
    }
    let one_more = target("10.1.0.1");
    assert_eq!(queue(&mut schedule, at(0), 99, one_more), Queueing::Full);
    assert_eq!(schedule.limits().queue, 1);
    turn(&mut schedule, at(0));
    assert_eq!(queue(&mut schedule, at(0), 99, one_more), Queueing::Queued);
}

#[test]
fn a_network_too_many_waits_until_another_is_quiet() {
    let mut schedule = Schedule::new(1);
    let hour = 3_600_000;
    schedule.set_rates(Rates {
        network_spacing_ms: hour,
        connections_per_second_max: 1_000,
        ..Rates::DEFAULT
    });
    for index in 0..NETWORKS_WATCHED_MAX as u32 {
        let now = at(u64::from(index));
        queue(
            &mut schedule,
            now,
            index,
            target(&format!("10.0.{index}.1")),
        );
        let job = turn(&mut schedule, now);
        schedule.finish(job.serial);
    }
    queue(&mut schedule, at(200), 200, target("10.1.0.1"));
    let hour = u64::from(hour);
    assert!(matches!(schedule.next(at(200), SCAN), Whose::Wait(until) if until == at(hour)));
    assert_eq!(schedule.limits().networks, 1);
    turn(&mut schedule, at(hour));
}

#[test]
fn the_spacing_of_a_network_holds_over_a_restart() {
    let minute = 60_000;
    let rates = Rates {
        network_spacing_ms: minute,
        ..Rates::DEFAULT
    };
    let mut before = Schedule::new(1);
    before.set_rates(rates);
    queue(&mut before, at(500), 0, target("10.0.0.1"));
    turn(&mut before, at(500));

    let mut schedule = Schedule::new(2);
    schedule.set_rates(rates);
    schedule.resume(at(7));
    queue(&mut schedule, at(10), 0, target("10.0.0.2"));
    queue(&mut schedule, at(10), 1, target("10.0.1.1"));
    let end = at(7 + u64::from(minute));
    assert!(matches!(schedule.next(at(10), SCAN), Whose::Wait(until) if until == end));
    assert!(matches!(
        schedule.next(at(6 + u64::from(minute)), SCAN),
        Whose::Wait(_)
    ));
    let job = turn(&mut schedule, end);
    assert_eq!(schedule.may_open(end, job.serial), Opening::Now);
    // From here on each network is known by itself.
    turn(&mut schedule, end + Millis(1_000));
}

#[test]
fn the_ledger_forgets_the_oldest_target_that_is_not_in_hand() {
    let mut schedule = Schedule::new(1);
    schedule.set_rates(Rates {
        network_spacing_ms: 0,
        connections_per_second_max: 1_000,
        ..Rates::DEFAULT
    });
    let each = |index: u32| target(&format!("10.{}.{}.1", index / 250, index % 250));
    // The first stays in hand, the second is the oldest of the others.
    queue(&mut schedule, at(0), 0, each(0));
    let kept = turn(&mut schedule, at(0));
    for index in 1..=LEDGER_TARGETS_MAX as u32 {
        let now = at(u64::from(index));
        queue(&mut schedule, now, index, each(index));
        let job = turn(&mut schedule, now);
        schedule.finish(job.serial);
    }
    assert_eq!(schedule.limits().ledger, 1);
    schedule.finish(kept.serial);
    let now = at(1_000);
    let duplicate = Queueing::Refused(Refusal::Duplicate);
    assert_eq!(queue(&mut schedule, now, 900, each(0)), duplicate);
    assert_eq!(queue(&mut schedule, now, 901, each(2)), duplicate);
    assert_eq!(queue(&mut schedule, now, 902, each(1)), Queueing::Queued);
}
