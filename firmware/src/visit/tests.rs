//! Visits over a pipe: a host that calls, whatever it does, and one on the serial link beside it.

use std::convert::Infallible;

use embassy_futures::{join::join, select::select3};
use embassy_sync::{blocking_mutex::raw::NoopRawMutex, pipe::Pipe};
use embedded_io_async::ErrorType;
use probe_core::{
    finding::DeviceId,
    frame::{HOST_GONE_AFTER_MS, ScanId, ToHost, message::Denial},
    host_link::{HostLink, Line},
    prober::VISITOR_HELLO_WITHIN_MS,
    suspect::Suspect,
    time::{Instant, Utc},
};

use super::*;
use crate::{
    appliance::Appliance,
    testing::{PROVING, Stage, scope},
};

type Wire = Pipe<NoopRawMutex, 2_048>;

/// A device on whose serial link a host was until now, which has not stored the only record.
fn device(stage: &Stage) -> (RefCell<Prober>, HostLink) {
    let mut prober = Prober::new(DeviceId([1; 8]), 1);
    let mut host = HostLink::new();
    host.connected(stage.now(), Utc(1_000));
    let scope = scope(&["192.0.2.0/24"], &[], &[25]);
    host.start(stage.now(), ScanId(1), &scope, PROVING).unwrap();
    converse(stage, &mut prober, &mut host);
    (RefCell::new(prober), host)
}

/// The list of its scan: a line that the scope refuses.
fn list(index: u32) -> Option<Line> {
    (index == 0).then(|| {
        Line::from(Suspect {
            address: [203, 0, 113, 1].into(),
            port: 25,
            names: heapless::Vec::new(),
        })
    })
}

/// What is said over the serial link until nobody has anything to say.
fn converse(stage: &Stage, prober: &mut Prober, host: &mut HostLink) -> Vec<ToHost> {
    let (now, mut frame, mut heard) = (stage.now(), [0; FRAME_OCTETS_MAX], Vec::new());
    loop {
        let mut busy = false;
        while let Some(octets) = host.link_transmit(now, list, &mut frame) {
            prober.link_received(now, &frame[..octets]);
            busy = true;
        }
        while let Some(octets) = prober.link_transmit(now, &mut frame) {
            let mut rest = &frame[..octets];
            while let Some(message) = host.received(now, &mut rest) {
                heard.push(message);
            }
            busy = true;
        }
        if !busy {
            return heard;
        }
    }
}

/// A host that calls, stores what it hears, and goes when it has all or is turned away.
async fn collect(stage: &Stage, to_host: &Wire, to_device: &Wire) -> Vec<ToHost> {
    let mut host = HostLink::new();
    host.connected(stage.now(), Utc(7));
    let (mut frame, mut heard) = ([0; FRAME_OCTETS_MAX], Vec::new());
    loop {
        let now = stage.now();
        while let Some(octets) = host.link_transmit(now, |_| None, &mut frame) {
            to_device.write_all(&frame[..octets]).await;
        }
        let all = host.progress().is_some_and(|progress| {
            let outbox = progress.outbox;
            outbox.made > 0 && outbox.made == outbox.acknowledged
        });
        let denied = heard
            .iter()
            .any(|message| matches!(message, ToHost::Denied(_)));
        if all || denied {
            return heard;
        }
        let due = host.link_due(now).max(now + Millis(1));
        let read = select(to_host.read(&mut frame), stage.sleep_until(due)).await;
        let Either::First(octets) = read else {
            continue;
        };
        let mut rest = &frame[..octets];
        while let Some(message) = host.received(stage.now(), &mut rest) {
            if let Some(record) = message.record() {
                host.stored(record);
            }
            heard.push(message);
        }
    }
}

#[test]
fn a_visitor_has_what_nobody_has_stored_and_goes() {
    let stage = Stage::new([]);
    let (prober, _) = device(&stage);
    let appliance = Appliance::<1>::new(&prober);
    let (to_host, to_device) = (Wire::new(), Wire::new());
    let mut memory = VisitMemory::new();
    let heard = stage.run(async {
        let gone = Millis(HOST_GONE_AFTER_MS);
        stage.sleep_until(stage.now() + gone).await;
        let link = Link {
            reader: &to_device,
            writer: &to_host,
        };
        let visit = appliance.receive(&stage, link, &mut memory);
        match select(collect(&stage, &to_host, &to_device), visit).await {
            Either::First(heard) => heard,
            Either::Second(()) => panic!("it was sent away"),
        }
    });
    let records: Vec<_> = heard.iter().filter_map(ToHost::record).collect();
    assert_eq!(records.len(), 1, "{heard:?}");
    let progress = prober.borrow().progress(stage.now());
    assert_eq!(progress.outbox.acknowledged, 1);
    assert_eq!(progress.visits.calls, 1);
}

#[test]
fn a_visitor_is_turned_away_when_the_host_comes_back() {
    let stage = Stage::new([]);
    let (prober, mut host) = device(&stage);
    let appliance = Appliance::<1>::new(&prober);
    let (to_host, to_device) = (Wire::new(), Wire::new());
    let mut memory = VisitMemory::new();
    stage.run(async {
        stage.sleep_until(stage.now() + Millis(60_000)).await;
        let link = Link {
            reader: &to_device,
            writer: &to_host,
        };
        // It greets and then says nothing, and is not asked to go for a while.
        let mut visitor = HostLink::new();
        visitor.connected(stage.now(), Utc(7));
        let mut frame = [0; FRAME_OCTETS_MAX];
        let octets = visitor.link_transmit(stage.now(), |_| None, &mut frame);
        to_device.write_all(&frame[..octets.unwrap()]).await;
        let began = stage.now();
        let back = async {
            stage.sleep_until(began + Millis(5_000)).await;
            assert_eq!(prober.borrow().link_due(stage.now()), Instant::NEVER);
            let heard = converse(&stage, &mut prober.borrow_mut(), &mut host);
            appliance.bells().ring_all();
            assert!(matches!(heard.first(), Some(ToHost::Hello(_))), "{heard:?}");
        };
        let mut said = Vec::new();
        let reading = async {
            loop {
                let octets = to_host.read(&mut frame).await;
                let mut rest = &frame[..octets];
                while let Some(message) = visitor.received(stage.now(), &mut rest) {
                    said.push(message);
                }
            }
        };
        let visit = async {
            join(appliance.receive(&stage, link, &mut memory), back).await;
            assert_eq!(stage.now(), began + Millis(5_000));
            // What it was told last is still on its way.
            stage.sleep_until(stage.now() + Millis(1)).await;
        };
        select(reading, visit).await;
        assert!(
            matches!(said.last(), Some(ToHost::Denied(Denial::Busy))),
            "{said:?}"
        );
    });
    assert_eq!(prober.borrow().progress(stage.now()).visits.busy, 1);
}

/// A network that takes nothing.
struct Stuck;

impl ErrorType for Stuck {
    type Error = Infallible;
}

impl Write for Stuck {
    async fn write(&mut self, _octets: &[u8]) -> Result<usize, Infallible> {
        core::future::pending().await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[test]
fn no_visit_lasts_for_ever() {
    let stage = Stage::new([]);
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
    let appliance = Appliance::<1>::new(&prober);
    let mut memory = VisitMemory::new();
    let mut frame = [0; FRAME_OCTETS_MAX];
    let mut hello = || {
        let mut host = HostLink::new();
        host.connected(stage.now(), Utc(7));
        let octets = host.link_transmit(stage.now(), |_| None, &mut frame);
        frame[..octets.unwrap()].to_vec()
    };
    // What it says, whether the network takes what it is told, and how long it may stay.
    let rows = [
        (Vec::new(), true, VISITOR_HELLO_WITHIN_MS),
        (
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            true,
            VISITOR_HELLO_WITHIN_MS,
        ),
        (hello(), true, HOST_GONE_AFTER_MS),
        (hello(), false, VISIT_WRITE_WITHIN_MS),
    ];
    for (octets, is_taken, stays_ms) in rows {
        let (to_host, to_device) = (Wire::new(), Wire::new());
        let began = stage.now();
        stage.run(async {
            to_device.write_all(&octets).await;
            let reader = &to_device;
            let drain = async {
                let mut heard = [0; 256];
                loop {
                    to_host.read(&mut heard).await;
                }
            };
            let never = stage.sleep_until(began + Millis(120_000));
            if is_taken {
                let writer = &to_host;
                let visit = appliance.receive(&stage, Link { reader, writer }, &mut memory);
                select3(visit, drain, never).await;
            } else {
                let writer = Stuck;
                let visit = appliance.receive(&stage, Link { reader, writer }, &mut memory);
                select(visit, never).await;
            }
        });
        assert_eq!(stage.now().since(began), Millis(stays_ms), "{octets:?}");
    }
    assert_eq!(prober.borrow().progress(stage.now()).visits.calls, 4);
}
