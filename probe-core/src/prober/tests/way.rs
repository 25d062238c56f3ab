//! The way to a sink elsewhere is tried before anybody is asked.

use super::*;
use crate::{
    path_check::Path,
    prober::{PATH_TRIED_AGAIN_AFTER, PATH_TRIES_MAX, PathJob},
    schedule::Scouting,
};

const SINK: &str = "198.51.100.25:25";

fn elsewhere() -> Scope {
    let mut scope = scope();
    scope.identity.sink_address = Some("198.51.100.25".parse().unwrap());
    scope
}

impl Site {
    fn scanning_under(scope: &Scope, list: Vec<Suspect>) -> Self {
        let mut site = Self::new(list);
        site.connect();
        site.host.start(at(0), SCAN, scope, PROVING).unwrap();
        site.talk();
        site
    }

    fn way(&mut self) -> PathJob {
        match self.prober.next(self.now()) {
            Next::Path(job) => job,
            other => panic!("no check but {other:?}"),
        }
    }

    /// What whoever listens to the link knows of the way.
    fn told(&self) -> Option<Path> {
        let progress = |message: &ToHost| match message {
            ToHost::Progress(progress) => Some(progress.path),
            _ => None,
        };
        self.heard.iter().rev().find_map(progress).flatten()
    }
}

fn suspect_at(address: &str, port: u16) -> Suspect {
    Suspect {
        port,
        ..suspect(address)
    }
}

#[test]
fn nobody_is_asked_before_our_sink_is_found() {
    let list = vec![suspect("10.0.0.1"), suspect_at("10.0.0.1", 587)];
    let mut site = Site::scanning_under(&elsewhere(), list);
    let sink = Some(SINK.parse().unwrap());
    assert_eq!(site.prober.sink_elsewhere(true), None);
    assert_eq!(site.prober.sink_elsewhere(false), sink);
    site.prober.scouts_until(true, at(60_000));
    assert_eq!(site.prober.scout(at(0)), Scouting::Nothing);

    let way = site.way();
    assert_eq!(site.prober.sink_elsewhere(true), sink);
    assert!(matches!(site.prober.next(at(5)), Next::Idle), "one tries");
    assert_eq!(site.prober.scout(at(5)), Scouting::Nothing);

    let path = Path::Open { visited: true };
    site.prober.path_checked(at(40), way, path);
    site.talk();
    assert_eq!(site.told(), Some(path));
    assert_eq!(site.prober.sink_elsewhere(true), None);
    site.prober.scouts_until(true, at(0));

    site.now_ms = 70_000;
    let mut checked = Vec::new();
    for _ in 0..2 {
        let job = site.job();
        site.finish(&job).unwrap();
        site.now_ms += 10_000;
    }
    site.talk();
    for message in &site.heard {
        if let ToHost::Finding(finding) = message {
            checked.push((finding.target.port(), finding.path_checked));
        }
    }
    checked.sort_unstable();
    checked.dedup();
    // At another port than the sink's somebody else may answer all the same.
    assert_eq!(checked, [(25, true), (587, false)]);
}

#[test]
fn a_way_that_is_closed_is_tried_again_and_then_the_scan_is_over() {
    let mut site = Site::scanning_under(&elsewhere(), vec![suspect("10.0.0.1")]);
    for tried in 1..=PATH_TRIES_MAX {
        let way = site.way();
        let again = site.now() + PATH_TRIED_AGAIN_AFTER;
        site.prober.path_checked(site.now(), way, Path::NoAnswer);
        if tried < PATH_TRIES_MAX {
            assert!(matches!(site.prober.next(site.now()), Next::Wait(at) if at == again));
            site.now_ms = again.as_millis();
        }
    }
    assert!(matches!(site.prober.next(site.now()), Next::Idle));
    site.talk_and_store();
    assert_eq!(site.refusals(), [(0, Refusal::ScanEnded)]);
    assert_eq!(site.prober.phase(), Phase::Ended(Ended::NoPath));
    assert_eq!(site.told(), Some(Path::NoAnswer));
}

#[test]
fn a_way_that_opens_late_is_open() {
    let mut site = Site::scanning_under(&elsewhere(), vec![suspect("10.0.0.1")]);
    for path in [Path::TurnedAway(421), Path::Open { visited: false }] {
        let way = site.way();
        site.prober.path_checked(site.now(), way, path);
        site.now_ms += PATH_TRIED_AGAIN_AFTER.0;
    }
    site.job();
}

#[test]
fn where_there_is_no_way_none_is_tried() {
    let of = |change: fn(&mut Scope)| {
        let mut scope = elsewhere();
        change(&mut scope);
        scope
    };
    for (name, scope) in [
        (
            "the device is the sink",
            of(|scope| scope.sink_ports.push(25).unwrap()),
        ),
        (
            "nobody knows where the sink is",
            of(|scope| scope.identity.sink_address = None),
        ),
        (
            "nobody is asked at the sink's port",
            of(|scope| scope.ports = [587].into_iter().collect()),
        ),
        ("a laboratory", of(|scope| scope.lab = true)),
    ] {
        let port = scope.ports[0];
        let mut site = Site::scanning_under(&scope, vec![suspect_at("10.0.0.1", port)]);
        site.job();
        site.talk();
        assert_eq!(site.told(), None, "{name}");
    }
}

#[test]
fn a_check_of_a_scan_that_is_over_says_nothing_about_the_next() {
    let mut site = Site::scanning_under(&elsewhere(), vec![suspect("10.0.0.1")]);
    let old = site.way();
    site.prober.stop(site.now(), Stop::Button);
    assert_eq!(site.prober.sink_elsewhere(true), None);
    site.talk_and_store();
    site.prober.path_checked(site.now(), old, Path::Refused);
    assert_eq!(site.prober.path(), None);

    let next = ScanId(SCAN.0 + 1);
    site.host
        .start(site.now(), next, &elsewhere(), PROVING)
        .unwrap();
    site.talk();
    let new = site.way();
    let open = Path::Open { visited: true };
    site.prober.path_checked(site.now(), old, open);
    assert!(matches!(site.prober.next(site.now()), Next::Idle));
    site.prober.path_checked(site.now(), new, open);
    site.job();
}
