//! Hosts that call a device over the network while it scans, in virtual time.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use embassy_futures::select::{Either, select};
use embedded_io_async::{Read as _, Write as _};
use firmware::guard::HostDoor;
use host_sim::{
    demo,
    faults::{Faults, Share, Wire},
    host::PROVING,
    net::caller::Caller,
    observer::Allowed,
    peers::Personality,
    pipe::{PipeEnd, Plug},
    simulation::{Report, Simulation, Time},
    world::World,
};
use probe_core::{
    frame::{
        FRAME_OCTETS_MAX, HOST_GONE_AFTER_MS, ScanId, ToHost,
        message::{Denial, Phase},
    },
    host_link::{HostLink, Line},
    scope::Depth,
    suspect::Suspect,
    time::Millis,
};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 200));
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 201));
const PORT: u16 = 7_323;
const SERVERS: u8 = 6;

fn address(index: u8) -> IpAddr {
    [192, 0, 2, 10 + index].into()
}

fn list(index: u32) -> Option<Line> {
    let index = u8::try_from(index).ok().filter(|of| *of < SERVERS)?;
    Some(Line::from(Suspect {
        address: address(index),
        port: 25,
        names: Default::default(),
    }))
}

/// Speaks until `enough`, and says what was heard. It stores what it hears if it `stores`.
async fn speak(
    end: PipeEnd,
    time: Time,
    mut host: HostLink,
    stores: bool,
    enough: impl Fn(&ToHost) -> bool,
) -> Vec<ToHost> {
    let (mut reader, mut writer) = end.split();
    host.connected(time.now(), time.utc());
    let (mut frame, mut piece) = ([0; FRAME_OCTETS_MAX], [0; FRAME_OCTETS_MAX]);
    let mut heard = Vec::new();
    loop {
        while let Some(count) = host.link_transmit(time.now(), list, &mut frame) {
            let Ok(()) = writer.write_all(&frame[..count]).await;
        }
        let due = host.link_due(time.now()).max(time.now() + Millis(1));
        let read = select(reader.read(&mut piece), time.sleep_until(due)).await;
        let Either::First(Ok(count)) = read else {
            continue;
        };
        if count == 0 {
            return heard;
        }
        let mut rest = &piece[..count];
        while let Some(message) = host.received(time.now(), &mut rest) {
            if stores && let Some(record) = message.record() {
                host.stored(record);
            }
            let is_enough = enough(&message);
            heard.push(message);
            if is_enough {
                return heard;
            }
        }
    }
}

/// Whom a call has brought findings about.
fn found(heard: &[ToHost]) -> BTreeSet<IpAddr> {
    let finding = |message: &ToHost| match message {
        ToHost::Finding(finding) => Some(finding.target.ip()),
        _ => None,
    };
    heard.iter().filter_map(finding).collect()
}

/// Fetches what there is.
async fn collect(caller: &Caller, device: SocketAddr, time: Time) -> Vec<ToHost> {
    let end = caller.call(device);
    speak(end, time, HostLink::new(), true, |message| {
        matches!(message, ToHost::Progress(progress)
            if progress.outbox.made == progress.outbox.acknowledged)
    })
    .await
}

/// A device with servers to scan, which answers [`HOST`], in a world with these faults.
fn play<T>(
    faults: Faults,
    story: impl AsyncFnOnce(Plug, [Caller; 2], SocketAddr, Time) -> T,
) -> (T, Report) {
    let closed = Personality::named("closed-550").unwrap();
    let mut world = (0..SERVERS).fold(World::empty(7).with_faults(faults), |world, index| {
        let at = SocketAddr::new(address(index), 25);
        world.with_peer(at, closed.at("mx.example.org", &[]))
    });
    world.link_port = Some(HostDoor {
        address: HOST,
        local_port: PORT,
    });
    let device = SocketAddr::new(world.device.ipv4.into(), PORT);
    let mut simulation = Simulation::new(world);
    let callers = [HOST, STRANGER].map(|address| simulation.caller(address));
    let allowed = Allowed {
        link_port: Some((HOST, PORT)),
        ..Allowed::by(&demo::scope(Depth::Quick))
    };
    simulation
        .watched(allowed)
        .run_plugged(
            |wire| wire,
            async |plug, time| story(plug, callers, device, time).await,
        )
        .unwrap()
}

/// A host on the serial link that begins the scan, stores nothing, and goes when it is over.
async fn scans(plug: &Plug, time: Time) {
    let mut host = HostLink::new();
    let scope = demo::scope(Depth::Quick);
    host.start(time.now(), ScanId(1), &scope, PROVING).unwrap();
    speak(plug.connect(), time, host, false, |message| {
        matches!(message, ToHost::Progress(progress) if matches!(progress.phase, Phase::Ended(_)))
    })
    .await;
}

fn everybody() -> BTreeSet<IpAddr> {
    (0..SERVERS).map(address).collect()
}

#[test]
fn what_the_host_has_left_is_fetched_over_the_network() {
    let lossy = Wire {
        loss: Share::percent(5),
        jitter: Duration::from_millis(20),
        ..Wire::default()
    };
    let bad = Faults {
        path: lossy,
        ..Faults::default()
    };
    for faults in [Faults::default(), bad] {
        let ((busy, brought, again, stranger), report) =
            play(faults, async |plug, [host, stranger], device, time| {
                scans(&plug, time).await;
                // The serial link was in use just now.
                let busy = collect(&host, device, time).await;
                time.sleep_until(time.now() + Millis(HOST_GONE_AFTER_MS))
                    .await;
                let brought = collect(&host, device, time).await;
                time.sleep_until(time.now() + Millis(5_000)).await;
                let again = collect(&host, device, time).await;
                let stranger = collect(&stranger, device, time).await;
                (busy, brought, again, stranger)
            });
        assert!(
            matches!(busy[..], [ToHost::Denied(Denial::Busy)]),
            "{busy:?}"
        );
        assert_eq!(found(&brought), everybody());
        assert_eq!(found(&again), BTreeSet::new());
        assert!(matches!(again[0], ToHost::Hello(_)));
        assert_eq!(stranger.len(), 0);
        let guard = report.guard.unwrap();
        assert!(guard.strangers > 2, "{guard:?}");
        assert_eq!(guard.violations, 0);
        assert_eq!(report.wire.strays_total, 0, "{:?}", report.wire.strays);
    }
}

#[test]
fn a_scan_goes_on_while_its_findings_are_fetched() {
    let (brought, report) = play(Faults::default(), async |plug, [host, _], device, time| {
        // It gives its list and goes; the device scans on alone.
        let mut serial = HostLink::new();
        let mut scope = demo::scope(Depth::Quick);
        scope.rates.network_spacing_ms = 20_000;
        scope.rates.network_connections_max = 1;
        serial
            .start(time.now(), ScanId(1), &scope, PROVING)
            .unwrap();
        speak(plug.connect(), time, serial, false, |message| {
            matches!(message, ToHost::Progress(progress)
                    if progress.targets.taken == u32::from(SERVERS))
        })
        .await;
        time.sleep_until(time.now() + Millis(HOST_GONE_AFTER_MS))
            .await;
        let call = host.call(device);
        speak(call, time, HostLink::new(), true, |message| {
            matches!(message, ToHost::Progress(progress)
                if matches!(progress.phase, Phase::Ended(_))
                    && progress.outbox.made == progress.outbox.acknowledged)
        })
        .await
    });
    assert_eq!(found(&brought), everybody());
    let lines = brought.iter().filter(|of| matches!(of, ToHost::Want(_)));
    assert_eq!(lines.count(), 0);
    assert_eq!(report.wire.strays_total, 0, "{:?}", report.wire.strays);
}
