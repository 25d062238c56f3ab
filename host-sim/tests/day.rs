//! A day leaves nothing in use, and one that leaks is caught.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{cell::Cell, time::Duration};

use firmware::env::{Buffers, Env, Network};
use host_sim::day::{Broken, Day, HOURS, draw};
use probe_core::{
    finding::RecordId,
    scope::Depth,
    time::{Instant, Millis},
};
use support::seeds;

/// Long enough for something that has leaked to be seen, and for the last hour.
const SHORT_HOURS: u32 = 5;

/// The first thing that is wrong. It names its seed, and what shows it again.
fn first(day: &Day, broken: Vec<Broken>) -> Broken {
    let found = broken.into_iter().next().expect("it is caught");
    let (seed, hours) = (day.seed, day.hours);
    let told = found.to_string();
    assert!(told.starts_with(&format!("seed {seed}: ")), "{told}");
    assert_eq!(
        found.replay(),
        format!(
            "host-sim day --seeds {seed}..{} --hours {hours} --pcap day-{seed}.pcap",
            seed + 1
        )
    );
    found
}

#[test]
fn a_day_leaves_nothing_in_use() {
    for seed in seeds(1) {
        let day = draw(seed, HOURS);
        let outcome = day.run(None).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(day.broken(&outcome), []);
        let shown = &outcome.shown;
        assert!(shown.rest.len() > 20, "{} quiet points", shown.rest.len());
        assert!(
            outcome.report.given.renewals > 100,
            "{:?}",
            outcome.report.given
        );
        assert!(shown.lacks.len() >= 2, "{:?}", shown.lacks);
        let all = shown.decided + shown.undecided;
        assert!(
            shown.decided * 100 >= all * 90,
            "{} of {all}",
            shown.decided
        );
    }
}

#[test]
fn the_same_seed_is_the_same_day() {
    let wire = || {
        let outcome = draw(5, SHORT_HOURS).run(None);
        outcome.unwrap_or_else(|why| panic!("{why}")).report.wire
    };
    assert_eq!(wire(), wire());
}

#[test]
fn a_socket_that_is_not_given_back_is_caught() {
    let day = draw(1, SHORT_HOURS);
    let outcome = day.run_with(None, &|_| true, async |env| {
        env.sleep_until(Instant::BOOT + Millis::from_mins(90)).await;
        let mut buffers = Buffers::new();
        let nobody = "192.0.2.254:25".parse().unwrap();
        let kept = env.network().connect(nobody, Instant::NEVER, &mut buffers);
        let _ = kept.await;
    });
    let outcome = outcome.unwrap_or_else(|why| panic!("{why}"));
    let found = first(&day, day.broken(&outcome));
    assert!(
        found.what.contains("rest: after 1 h 56 min") && found.what.contains("sockets: 1"),
        "{found}"
    );
}

#[test]
fn a_record_that_is_never_acknowledged_is_caught() {
    let day = draw(1, SHORT_HOURS);
    // The host goes without a word for the last record of the first scan.
    let withheld = Cell::new(None);
    let stores = |record: RecordId| {
        let is_last = usize::try_from(record.number) == Ok(day.slow[0].len());
        if is_last {
            withheld.set(Some(record));
        }
        !is_last
    };
    let outcome = day.run_with(None, &stores, async |_| {});
    let outcome = outcome.unwrap_or_else(|why| panic!("{why}"));
    assert!(
        withheld.get().is_some(),
        "the first scan has that many records"
    );
    let found = first(&day, day.broken(&outcome));
    assert!(
        found.what.contains("rest: after 0 h 56 min") && found.what.contains("records: 1"),
        "{found}"
    );
}

#[test]
fn the_list_of_a_day_is_every_personality() {
    let day = draw(1, HOURS);
    assert_eq!(day.list.len(), host_sim::parade::suspects().len());
    assert_eq!(day.scope.depth, Depth::Quick);
    assert!(
        day.cuts
            .iter()
            .all(|cut| cut.from < Duration::from_secs(24 * 3_600))
    );
}
