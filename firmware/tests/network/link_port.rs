//! Hosts that call the link port over TCP.

use std::cell::RefCell;

use embassy_futures::select::{Either, select};
use firmware::{
    appliance::Appliance,
    env::Env,
    guard::{Doors, HostDoor},
    net::LinkPortMemory,
};
use probe_core::{
    finding::DeviceId,
    frame::{FRAME_OCTETS_MAX, HOST_GONE_AFTER_MS, ScanId, ToHost, message::Proving},
    host_link::{HostLink, Line},
    prober::Prober,
    scope::{Authority, AuthorityKind, Depth, Identity, Network, Rates, Scope},
    suspect::Suspect,
    time::{Instant, Millis, Utc},
    token::Key,
};
use smoltcp::{iface::Interface, socket::tcp};

use crate::bench::{Addresses, DEVICE_V4, PEER_V4, run_called};

const PORT: u16 = 7_323;
const PROVING: Proving = Proving {
    key: Key::new([7; 16]),
    deliver: false,
};

/// A device with a record that a host on the serial link has not stored before it went, long ago.
fn device() -> Prober {
    let mut prober = Prober::new(DeviceId([1; 8]), 1);
    let mut host = HostLink::new();
    let now = Instant::BOOT;
    host.connected(now, Utc(1_000));
    host.start(now, ScanId(1), &scope(), PROVING).unwrap();
    // The scope refuses the only line of its list.
    let list = |index: u32| {
        (index == 0).then(|| {
            Line::from(Suspect {
                address: [203, 0, 113, 1].into(),
                port: 25,
                names: Default::default(),
            })
        })
    };
    let mut frame = [0; FRAME_OCTETS_MAX];
    loop {
        if let Some(octets) = host.link_transmit(now, list, &mut frame) {
            prober.link_received(now, &frame[..octets]);
        } else if let Some(octets) = prober.link_transmit(now, &mut frame) {
            let mut rest = &frame[..octets];
            while host.received(now, &mut rest).is_some() {}
        } else {
            return prober;
        }
    }
}

fn scope() -> Scope {
    let name = |text| probe_core::name::Name::new(text).unwrap();
    Scope {
        authority: Authority {
            kind: AuthorityKind::Consent,
            reference: "test".try_into().unwrap(),
        },
        contact: "probe@example.org".try_into().unwrap(),
        abuse_page: "https://example.org/probe".try_into().unwrap(),
        identity: Identity {
            helo: name("probe.example.org"),
            sender_domain: name("example.org"),
            sink_domain: name("sink.example.org"),
            sink_address: None,
            resolver: None,
        },
        networks: [Network::new([192, 0, 2, 0].into(), 24).unwrap()]
            .into_iter()
            .collect(),
        exclusions: Default::default(),
        ports: [25].into_iter().collect(),
        depth: Depth::Standard,
        rates: Rates::DEFAULT,
        issued: Utc(0),
        expires: Utc(u64::MAX),
        powered_minutes_max: u32::MAX,
        lab: false,
        delivery: Default::default(),
        sink_ports: Default::default(),
        proxy: Default::default(),
        dnsbl: Default::default(),
    }
}

/// A caller that fetches what there is, and calls so often.
struct Caller {
    calls: u16,
    host: Option<HostLink>,
    /// Numbers of the records that each call brought.
    brought: Vec<Vec<u32>>,
}

impl Caller {
    fn act(&mut self, interface: &mut Interface, socket: &mut tcp::Socket<'static>) {
        let now = firmware::net::now();
        // Nobody is on the serial link any more, and the call before is over.
        let pauses_ms = 15_000 * self.brought.len() as u64;
        let is_time = now >= Instant::from_millis(HOST_GONE_AFTER_MS + pauses_ms);
        if is_time && !socket.is_open() && usize::from(self.calls) > self.brought.len() {
            let local = (PEER_V4, 40_000 + self.brought.len() as u16);
            let device = (DEVICE_V4, PORT);
            socket.connect(interface.context(), device, local).unwrap();
            let mut host = HostLink::new();
            host.connected(now, Utc(7));
            self.host = Some(host);
            self.brought.push(Vec::new());
        }
        let Some(host) = &mut self.host else {
            return;
        };
        if !socket.may_send() {
            return;
        }
        let mut frame = [0; FRAME_OCTETS_MAX];
        while let Some(octets) = host.link_transmit(now, |_| None, &mut frame) {
            socket.send_slice(&frame[..octets]).unwrap();
        }
        let mut heard = Vec::new();
        while socket.can_recv() {
            let piece = socket.recv(|octets| (octets.len(), octets.to_vec()));
            heard.extend(piece.unwrap());
        }
        let mut rest = heard.as_slice();
        while let Some(message) = host.received(now, &mut rest) {
            if let Some(record) = message.record() {
                host.stored(record);
                self.brought.last_mut().unwrap().push(record.number);
            }
            if let ToHost::Progress(progress) = message
                && progress.outbox.acknowledged == 1
            {
                self.host = None;
                socket.close();
                return;
            }
        }
    }
}

/// A device that answers `host` for so long, while `caller` calls it from [`PEER_V4`].
fn called(host: [u8; 4], caller: &mut Caller, for_ms: u64) -> (Prober, crate::bench::Report) {
    let door = HostDoor {
        address: host.into(),
        local_port: PORT,
    };
    let doors = Doors {
        host: Some(door),
        ..Doors::default()
    };
    let mut calling = |interface: &mut Interface, socket: &mut tcp::Socket<'static>| {
        caller.act(interface, socket);
    };
    let prober = RefCell::new(device());
    let ((), report) = run_called(Addresses::V4, 1, doors, &mut calling, async |env| {
        let appliance = Appliance::<1>::new(&prober);
        let mut memory = LinkPortMemory::new();
        let answering = env.answer(env, door, &appliance, &mut memory);
        // The caller acts whenever somebody looks up.
        let enough = async {
            for at in (0..for_ms).step_by(100) {
                env.sleep_until(Instant::BOOT + Millis(at)).await;
            }
        };
        match select(answering, enough).await {
            Either::First(never) => never,
            Either::Second(()) => {}
        }
    });
    (prober.into_inner(), report)
}

#[test]
fn the_host_fetches_what_there_is_and_may_call_again() {
    let mut caller = Caller {
        calls: 3,
        host: None,
        brought: Vec::new(),
    };
    let (prober, report) = called(PEER_V4.octets(), &mut caller, 90_000);
    assert_eq!(caller.brought, [vec![1], vec![], vec![]]);
    let progress = prober.progress(Instant::BOOT);
    assert_eq!(
        (progress.outbox.acknowledged, progress.visits.calls),
        (1, 3)
    );
    assert_eq!(report.guard.strangers, 0);
    assert_eq!(report.guard.violations, 0);
}

#[test]
fn nobody_else_gets_an_answer() {
    let mut caller = Caller {
        calls: 1,
        host: None,
        brought: Vec::new(),
    };
    let (prober, report) = called([192, 0, 2, 80], &mut caller, 60_000);
    assert_eq!(caller.brought, [[0; 0]]);
    // It asked again and again, as TCP does.
    assert!(report.guard.strangers > 2, "{:?}", report.guard);
    assert_eq!(report.segments(), []);
    let progress = prober.progress(Instant::BOOT);
    assert_eq!(
        (progress.outbox.acknowledged, progress.visits.calls),
        (0, 0)
    );
}
