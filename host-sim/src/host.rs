//! The plainest host that there can be: it gives a scope and a list, and keeps every record in
//! memory. For tests and `host-sim run`; the tool has a store.

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read, Write};
use probe_core::{
    arrival::Arrival,
    finding::{Finding, Refused},
    frame::{
        FRAME_OCTETS_MAX, ScanId, ToHost,
        message::{Ended, Proving},
    },
    host_link::{HostLink, Line},
    scope::{Scope, ScopeError},
    suspect::Suspect,
    time::Millis,
    token::Key,
};

use crate::{
    lines::Lines,
    pipe::{PipeEnd, Plug},
    simulation::Time,
};

/// What every simulated scan proves its findings with, so that a seed gives the same octets for ever.
pub const PROVING: Proving = Proving {
    key: Key::new(*b"simulated tokens"),
    deliver: false,
};

/// The same where messages are sent.
const DELIVERING: Proving = Proving {
    deliver: true,
    ..PROVING
};

/// How a scan under `scope` proves its findings: with messages wherever the scope allows them.
pub const fn proving(scope: &Scope) -> Proving {
    if scope.delivery.allowed {
        DELIVERING
    } else {
        PROVING
    }
}

/// What a scan has brought.
#[derive(Debug)]
pub struct Collected {
    /// Every finding, in order; parked jobs have more than one.
    pub findings: Vec<Finding>,
    /// Suspects that were not probed.
    pub refused: Vec<Refused>,
    /// What came to the device's sink.
    pub arrivals: Vec<Arrival>,
    /// Jobs whose last finding is no last one, and records that were lost.
    pub others: Vec<ToHost>,
    /// Why the scan ended.
    pub ended: Ended,
}

/// Runs one scan to its end.
pub async fn collect(
    link: PipeEnd,
    time: Time,
    scope: &Scope,
    list: &[Suspect],
) -> Result<Collected, ScopeError> {
    let mut link = link;
    run(&mut link, time, scope, list).await
}

/// The same, and comes back when it is `longer` over, for what has come to the sink meanwhile.
pub async fn collect_late(
    plug: &Plug,
    time: Time,
    scope: &Scope,
    list: &[Suspect],
    longer: Millis,
) -> Result<Collected, ScopeError> {
    let mut collected = run(&mut plug.connect(), time, scope, list).await?;
    time.sleep_until(time.now() + longer).await;
    for message in gather(&mut plug.connect(), time).await {
        if let ToHost::Arrival(arrival) = message {
            collected.arrivals.push(arrival);
        }
    }
    Ok(collected)
}

/// How long a host lets mail come where messages were sent: longer than any simulated server keeps one.
pub const MAIL_PAUSE: Millis = Millis::from_mins(50 * 60);

/// How long a host that comes back waits for one more record.
const QUIET: Millis = Millis::from_secs(10);

/// Takes what a device has kept for its host; everything that it says meanwhile.
pub(crate) async fn gather(link: &mut PipeEnd, time: Time) -> Vec<ToHost> {
    let mut host = Box::new(HostLink::new());
    host.connected(time.now(), time.utc());
    let mut messages = Vec::new();
    let (mut frame, mut octets) = ([0; FRAME_OCTETS_MAX], [0; FRAME_OCTETS_MAX]);
    let mut until = time.now() + QUIET;
    while time.now() < until {
        while let Some(count) = host.link_transmit(time.now(), |_| None, &mut frame) {
            let Ok(()) = link.write_all(&frame[..count]).await;
        }
        let due = host.link_due(time.now()).max(time.now() + Millis(1));
        let heard = select(link.read(&mut octets), time.sleep_until(due.min(until))).await;
        let Either::First(Ok(count)) = heard else {
            continue;
        };
        let mut rest = &octets[..count];
        while let Some(message) = host.received(time.now(), &mut rest) {
            if let Some(record) = message.record() {
                until = time.now() + QUIET;
                host.stored(record);
            }
            messages.push(message);
        }
    }
    messages
}

async fn run(
    link: &mut PipeEnd,
    time: Time,
    scope: &Scope,
    list: &[Suspect],
) -> Result<Collected, ScopeError> {
    let mut host = Box::new(HostLink::new());
    host.connected(time.now(), time.utc());
    host.start(time.now(), ScanId(1), scope, proving(scope))?;

    let mut lines = Lines::new(list);
    let (mut findings, mut refused, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let mut arrivals = Vec::new();
    let (mut frame, mut octets) = ([0; FRAME_OCTETS_MAX], [0; FRAME_OCTETS_MAX]);
    loop {
        while let Some(count) = host.link_transmit(
            time.now(),
            |index| lines.line(index).map(Line::from),
            &mut frame,
        ) {
            let Ok(()) = link.write_all(&frame[..count]).await;
        }
        if let Some(ended) = host.ended() {
            return Ok(Collected {
                findings,
                refused,
                arrivals,
                others,
                ended,
            });
        }
        // Something may be due that has to wait for an answer first.
        let due = host.link_due(time.now()).max(time.now() + Millis(1));
        let heard = select(link.read(&mut octets), time.sleep_until(due)).await;
        let Either::First(Ok(count)) = heard else {
            continue;
        };
        let mut rest = &octets[..count];
        while let Some(message) = host.received(time.now(), &mut rest) {
            lines.heard(&message);
            let Some(record) = message.record() else {
                continue;
            };
            match message {
                ToHost::Finding(finding) => findings.push(finding),
                ToHost::Dead(range) => findings.extend(range.findings()),
                ToHost::Refused(suspect) => refused.push(suspect),
                ToHost::Arrival(arrival) => arrivals.push(arrival),
                other => others.push(other),
            }
            host.stored(record);
        }
    }
}
