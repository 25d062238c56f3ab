//! No first message before the host holds the job.

use super::*;
use crate::testing::PROVING;

impl Site {
    fn delivering(list: Vec<Suspect>, allowed: bool) -> Self {
        let mut site = Self::new(list);
        site.connect();
        let mut scope = scope();
        scope.delivery.allowed = allowed;
        let proving = Proving {
            deliver: true,
            ..PROVING
        };
        site.host.start(at(0), SCAN, &scope, proving).unwrap();
        site.talk();
        site
    }

    /// The job has something to send a message under.
    fn park_before_delivery(&mut self, job: &Job) {
        let parked = Parked::before_delivery_for_test(job.target, job.serial);
        assert!(parked.awaits_acknowledgement());
        let (now, evidence) = (self.now(), Evidence::new(Probe::Relay));
        let until = now + Millis(1);
        self.prober
            .park(now, job, until, parked, &evidence)
            .unwrap();
    }

    fn no_job(&mut self) -> bool {
        !matches!(self.prober.next(self.now()), Next::Job(_))
    }
}

#[test]
fn a_job_waits_for_the_host_before_its_first_message() {
    let mut site = Site::delivering(vec![suspect("10.0.0.1"), suspect("10.0.1.1")], true);
    let job = site.job();
    assert!(job.deliver);
    assert_eq!(job.date, Utc(UTC_S));
    site.park_before_delivery(&job);
    site.now_ms = 1_000;
    // The other one is not held up.
    let other = site.job();
    assert_ne!(other.serial, job.serial);
    site.finish(&other).unwrap();
    for ms in [2_000, 60_000, 23 * 3_600_000] {
        site.now_ms = ms;
        assert!(site.no_job(), "{ms}");
        // Heard and not stored is not enough.
        site.talk();
        assert!(site.no_job(), "{ms}");
    }
    // The host stores what it has, in the order of the records.
    site.host.stored(RecordId { boot: 1, number: 1 });
    site.talk();
    let again = site.job();
    assert_eq!((again.serial, again.revision), (job.serial, 1));
    assert!(again.deliver);
    // What is parked from here on waits for nobody.
    site.park(&again, site.now_ms + 15_000).unwrap();
    site.now_ms += 15_000;
    assert!(site.job().deliver);
}

#[test]
fn an_acknowledgement_of_another_record_is_none() {
    let mut site = Site::delivering(vec![suspect("10.0.0.1"), suspect("10.0.1.1")], true);
    let job = site.job();
    site.now_ms = 1_000;
    let other = site.job();
    site.finish(&other).unwrap();
    site.park_before_delivery(&job);
    site.talk();
    site.host.stored(RecordId { boot: 1, number: 1 });
    site.talk();
    site.now_ms = 5_000;
    assert!(site.no_job(), "only the other one's finding is stored");
    site.host.stored(RecordId { boot: 1, number: 2 });
    site.talk();
    assert_eq!(site.job().serial, job.serial);
}

#[test]
fn a_host_that_never_acknowledges_ends_the_job_without_a_message() {
    let mut site = Site::delivering(vec![suspect("10.0.0.1")], true);
    let job = site.job();
    site.park_before_delivery(&job);
    let hours = u64::from(scope().rates.parked_hours_max);
    site.now_ms = hours * 3_600_000 - 1;
    assert!(site.no_job());
    site.now_ms += 1;
    let again = site.job();
    assert_eq!(again.serial, job.serial);
    assert!(!again.deliver, "nobody would know whose message it is");
    site.finish(&again).unwrap();
    assert_eq!(site.prober.phase(), Phase::Ended(Ended::ListDone));
}

#[test]
fn nothing_is_delivered_that_scope_and_host_do_not_both_want() {
    for (allowed, deliver) in [(false, true), (true, false), (false, false)] {
        let mut site = Site::new(vec![suspect("10.0.0.1")]);
        site.connect();
        let mut scope = scope();
        scope.delivery.allowed = allowed;
        let proving = Proving { deliver, ..PROVING };
        site.host.start(at(0), SCAN, &scope, proving).unwrap();
        site.talk();
        assert!(!site.job().deliver);
    }
}

#[test]
fn what_came_back_while_a_job_was_parked_goes_out_with_it() {
    let mut site = Site::delivering(vec![suspect("10.0.0.1")], true);
    let job = site.job();
    assert!(job.returned.is_empty());
    site.park(&job, 15_000).unwrap();
    site.prober.schedule.returned(job.serial, PairId::DECIDING);
    site.now_ms = 15_000;
    let again = site.job();
    assert_eq!(again.returned, PairSet::of(PairId::DECIDING));
    let tester = site.prober.tester().unwrap();
    let setup = again.setup(&tester);
    assert_eq!(
        (setup.returned, setup.date),
        (again.returned, Utc(UTC_S + 15))
    );
    // And stays with it.
    site.park(&again, 30_000).unwrap();
    site.now_ms = 30_000;
    assert_eq!(site.job().returned, again.returned);
}
