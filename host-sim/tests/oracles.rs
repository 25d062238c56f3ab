//! The oracles hold on a few seeds, and catch what is broken on purpose: a judge, a schedule and
//! a wire.

use std::{cell::Cell, net::Ipv4Addr, task::Context};

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, TxToken};
use host_sim::{
    net::link::DeviceEnd,
    oracles::{Judge, Oracle, Violation, examine},
    trial::{Draw, Trial, draw},
};
use probe_core::{
    evidence::Evidence,
    relay::PairId,
    scope::Scope,
    verdict::{Kind, Reason, Verdict, judge},
};
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};

/// Runs a trial with something broken; what the oracles say.
fn broken<D: Driver>(
    trial: &Trial,
    scope: &Scope,
    wiring: impl FnOnce(DeviceEnd) -> D,
    judge: Judge<'_>,
) -> Vec<Violation> {
    let outcome = trial
        .run_with(None, scope, wiring, judge)
        .unwrap_or_else(|why| panic!("{why}"));
    examine(trial, &outcome, judge)
}

/// The first violation that something broken leads to, over the first seeds.
fn caught(broken: impl Fn(Trial) -> Vec<Violation>) -> Violation {
    let clean = Draw::These(Box::default());
    (0..20)
        .flat_map(|seed| broken(draw(seed, &clean)))
        .next()
        .expect("an oracle sees it within twenty seeds")
}

#[test]
fn the_first_seeds_hold() {
    for seed in 0..25 {
        let trial = draw(seed, &Draw::Random);
        let outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(trial.violations(&outcome), []);
    }
}

#[test]
fn the_same_seed_gives_the_same_frames_whatever_goes_wrong() {
    for seed in [3, 4] {
        let wire = || {
            let outcome = draw(seed, &Draw::Random).run(None);
            outcome.unwrap_or_else(|why| panic!("{why}")).report.wire
        };
        assert_eq!(wire(), wire());
    }
}

#[test]
fn a_judge_that_takes_any_250_for_proof_is_caught() {
    let credulous = |evidence: &Evidence| {
        if PairId::all().any(|pair| evidence.outcome(pair).is_accepted()) {
            return Verdict {
                kind: Kind::Confirmed,
                reason: Reason::RecipientAccepted,
            };
        }
        judge(evidence)
    };
    let violation = caught(|trial| broken(&trial, &trial.scope.clone(), |wire| wire, &credulous));
    assert_eq!(violation.oracle, Oracle::Safety);
    assert!(violation.what.contains("without proof"), "{violation}");
    assert!(violation.to_string().starts_with("seed "), "{violation}");
}

#[test]
fn a_judge_that_acquits_everybody_is_caught() {
    let mild = |_: &Evidence| Verdict {
        kind: Kind::Closed,
        reason: Reason::RelayDenied,
    };
    let violation = caught(|trial| broken(&trial, &trial.scope.clone(), |wire| wire, &mild));
    assert_eq!(violation.oracle, Oracle::Safety);
    assert!(violation.what.contains("let off falsely"), "{violation}");
}

#[test]
fn a_schedule_that_ignores_spacing_is_caught() {
    let violation = caught(|mut trial| {
        trial.scope.rates.network_spacing_ms = 250;
        let mut hasty = trial.scope.clone();
        hasty.rates.network_spacing_ms = 0;
        broken(&trial, &hasty, |wire| wire, &judge)
    });
    assert_eq!(violation.oracle, Oracle::Schedule);
    assert!(violation.what.contains("not 250ms"), "{violation}");
}

#[test]
fn a_schedule_that_ignores_the_connections_of_a_network_is_caught() {
    let violation = caught(|mut trial| {
        trial.scope.rates.network_connections_max = 1;
        let mut greedy = trial.scope.clone();
        greedy.rates.network_connections_max = 8;
        broken(&trial, &greedy, |wire| wire, &judge)
    });
    assert_eq!(violation.oracle, Oracle::Schedule);
    assert!(violation.what.contains("its network has"), "{violation}");
}

#[test]
fn a_wire_that_lets_one_frame_out_is_caught() {
    let violation = caught(|trial| broken(&trial, &trial.scope.clone(), Leak::new, &judge));
    assert_eq!(violation.oracle, Oracle::Safety);
    assert!(
        violation.what.contains("1 frames outside the scope")
            && violation.what.contains("192.0.3.77"),
        "{violation}"
    );
}

/// Behind the guard, sends the first IPv4 segment to somebody else.
struct Leak {
    wire: DeviceEnd,
    done: Cell<bool>,
}

impl Leak {
    fn new(wire: DeviceEnd) -> Self {
        Self {
            wire,
            done: Cell::new(false),
        }
    }
}

impl Driver for Leak {
    type RxToken<'a> = <DeviceEnd as Driver>::RxToken<'a>;
    type TxToken<'a> = LeakToken<'a>;

    fn receive(&mut self, context: &mut Context<'_>) -> Option<(Self::RxToken<'_>, LeakToken<'_>)> {
        let (received, room) = self.wire.receive(context)?;
        Some((received, LeakToken(room, &self.done)))
    }

    fn transmit(&mut self, context: &mut Context<'_>) -> Option<LeakToken<'_>> {
        let room = self.wire.transmit(context)?;
        Some(LeakToken(room, &self.done))
    }

    fn link_state(&mut self, context: &mut Context<'_>) -> LinkState {
        self.wire.link_state(context)
    }

    fn capabilities(&self) -> Capabilities {
        self.wire.capabilities()
    }

    fn hardware_address(&self) -> HardwareAddress {
        self.wire.hardware_address()
    }
}

struct LeakToken<'a>(<DeviceEnd as Driver>::TxToken<'a>, &'a Cell<bool>);

impl TxToken for LeakToken<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, octets: usize, write: F) -> R {
        let mut frame = vec![0; octets];
        let result = write(&mut frame);
        if !self.1.get() && redirect(&mut frame) {
            self.1.set(true);
        }
        self.0.consume(octets, |room| room.copy_from_slice(&frame));
        result
    }
}

/// Makes an IPv4 segment one to a stranger, with the checksums that it needs; says whether it was
/// one.
fn redirect(frame: &mut [u8]) -> bool {
    let mut ethernet = EthernetFrame::new_unchecked(frame);
    if ethernet.ethertype() != EthernetProtocol::Ipv4 {
        return false;
    }
    let stranger = Ipv4Addr::new(192, 0, 3, 77);
    let mut ip = Ipv4Packet::new_unchecked(ethernet.payload_mut());
    if ip.next_header() != IpProtocol::Tcp {
        return false;
    }
    let from = ip.src_addr();
    ip.set_dst_addr(stranger);
    ip.fill_checksum();
    TcpPacket::new_unchecked(ip.payload_mut()).fill_checksum(&from.into(), &stranger.into());
    true
}
