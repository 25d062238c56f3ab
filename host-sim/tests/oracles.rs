//! The oracles hold on a few seeds, and catch what is broken on purpose: a judge, a schedule, a wire
//! and a store.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{cell::Cell, net::Ipv4Addr, task::Context};

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, TxToken};
use host_sim::{
    faults::Faults,
    net::link::DeviceEnd,
    oracles::{Oracle, Violation, examine},
    proof::Senses,
    trial::{Draw, Parts, Trial, draw},
};
use probe_core::{
    arrival::{Arrival, Sense, Unproved},
    evidence::Evidence,
    finding::RecordId,
    relay::PairId,
    token::{Role, Signer},
    verdict::{Kind, Reason, Verdict, judge},
};
use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};
use support::seeds;

/// Runs a trial with something broken; what the oracles say.
fn broken<D: Driver>(trial: &Trial, parts: Parts<'_, impl Fn(DeviceEnd) -> D>) -> Vec<Violation> {
    let outcome = trial
        .run_with(None, parts)
        .unwrap_or_else(|why| panic!("{why}"));
    examine(trial, &outcome)
}

/// The first violation that something broken leads to, over the first seeds. It names its seed, and
/// what replays it.
fn caught(broken: impl Fn(Trial) -> Vec<Violation>) -> Violation {
    let clean = Draw::These(Box::default());
    let (seed, violation) = (0..20)
        .flat_map(|seed| {
            broken(draw(seed, &clean))
                .into_iter()
                .map(move |it| (seed, it))
        })
        .next()
        .expect("an oracle sees it within twenty seeds");
    let told = violation.to_string();
    assert!(told.starts_with(&format!("seed {seed}: ")), "{told}");
    assert_eq!(
        violation.replay("none"),
        format!("host-sim replay --seed {seed} --faults none --pcap seed-{seed}.pcap")
    );
    violation
}

#[test]
fn the_first_seeds_hold() {
    for seed in seeds(25) {
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
        if PairId::all().any(|pair| evidence.relay().unwrap().outcome(pair).is_accepted()) {
            return Verdict {
                kind: Kind::Confirmed,
                reason: Reason::RecipientAccepted,
            };
        }
        judge(evidence)
    };
    let violation = caught(|trial| {
        let judge = &credulous;
        broken(
            &trial,
            Parts {
                judge,
                ..trial.parts()
            },
        )
    });
    assert!(
        [Oracle::Safety, Oracle::Proof].contains(&violation.oracle),
        "{violation}"
    );
    assert!(violation.what.contains("falsely"), "{violation}");
}

#[test]
fn the_first_seeds_hold_with_messages() {
    for seed in seeds(10) {
        let trial = draw(seed, &Draw::Random).delivering();
        let outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(trial.violations(&outcome), []);
    }
}

/// Seeds that have shown something, in the oracles or in what they look at.
#[test]
fn seeds_that_have_once_broken_something_hold_with_messages() {
    for (seed, what) in [
        (
            1_245,
            "a honeypot's one returned message went with the power",
        ),
        (
            2_838,
            "connections from an address that the device has no more",
        ),
    ] {
        let trial = draw(seed, &Draw::Random).delivering();
        let outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(trial.violations(&outcome), [], "{what}");
    }
}

/// The oracle of proof says `words` of what `senses` makes of what comes to the sink, and names what
/// replays it.
fn catches(senses: Senses<'_>, holds_it: &str, words: &str) {
    let clean = Draw::These(Box::default());
    let trials = (0..400).map(|seed| draw(seed, &clean).delivering());
    let violations = trials
        .filter(|trial| holds(trial, holds_it))
        .take(3)
        .flat_map(|trial| {
            let parts = Parts {
                senses,
                ..trial.parts()
            };
            broken(&trial, parts)
        });
    let mut proof = violations.filter(|violation| violation.oracle == Oracle::Proof);
    let violation = proof.find(|violation| violation.what.contains(words));
    let violation = violation.expect("the oracle sees it");
    let seed = violation.seed;
    assert_eq!(
        violation.replay("none"),
        format!("host-sim replay --seed {seed} --faults none --deliver --pcap seed-{seed}.pcap")
    );
}

fn holds(trial: &Trial, name: &str) -> bool {
    trial.admitted().any(|target| trial.name(target) == name)
}

#[test]
fn a_host_that_takes_a_token_without_its_code_is_caught() {
    let believes = |arrival: &Arrival, signer: &Signer, target, hours| {
        let sense = arrival.sense(signer, target, hours);
        let has_one = arrival
            .content
            .is_some_and(|token| token.role == Role::Message);
        let pair = arrival
            .envelope
            .and_then(|token| PairId::new(token.pair().into()));
        match (sense, pair) {
            (Sense::Nothing(Unproved::NotOurMessage), Some(pair)) if has_one => {
                Sense::Relayed(pair)
            }
            _ => sense,
        }
    };
    catches(&believes, "forges-a-return", "without proof");
}

#[test]
fn a_host_that_takes_a_bounce_for_a_return_is_caught() {
    let believes = |arrival: &Arrival, signer: &Signer, target, hours| match arrival
        .sense(signer, target, hours)
    {
        Sense::Bounced(pair) => Sense::Relayed(pair),
        sense => sense,
    };
    catches(&believes, "bounces", "without proof");
}

/// Every message that came back is read as one of another pair.
#[test]
fn a_host_that_takes_one_form_for_another_is_caught() {
    let mistakes = |arrival: &Arrival, signer: &Signer, target, hours| match arrival
        .sense(signer, target, hours)
    {
        Sense::Relayed(PairId::DECIDING) => Sense::Relayed(PairId::EMPTY_SENDER),
        sense => sense,
    };
    catches(&mistakes, "open", "is taken for Relayed");
}

#[test]
fn a_host_that_takes_a_callout_for_a_return_is_caught() {
    let believes = |arrival: &Arrival, signer: &Signer, target, hours| match arrival
        .sense(signer, target, hours)
    {
        Sense::CalledOut(pair) => Sense::Relayed(pair),
        sense => sense,
    };
    catches(&believes, "callout-closed", "is taken for Relayed");
}

/// The device's record of who connected is another one.
#[test]
fn a_sink_that_names_another_host_is_caught() {
    let clean = Draw::These(Box::default());
    let trials = (0..400).map(|seed| draw(seed, &clean).delivering());
    let trial = trials.into_iter().find(|trial| holds(trial, "multi-hop"));
    let trial = trial.expect("somebody delivers through another host");
    let mut outcome = trial.run(None).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(examine(&trial, &outcome), []);
    for judged in [&mut outcome.first.when_over, &mut outcome.first.in_the_end] {
        for came in &mut judged.came {
            if let Some(target) = came.target {
                came.arrival.remote.set_ip(target.ip());
            }
        }
    }
    let violations = examine(&trial, &outcome);
    let caught = violations
        .iter()
        .find(|it| it.what.contains("sent by nobody"));
    assert_eq!(caught.expect("a violation").oracle, Oracle::Proof);
}

#[test]
fn a_judge_that_acquits_everybody_is_caught() {
    let mild = |_: &Evidence| Verdict {
        kind: Kind::Closed,
        reason: Reason::RelayDenied,
    };
    let violation = caught(|trial| {
        broken(
            &trial,
            Parts {
                judge: &mild,
                ..trial.parts()
            },
        )
    });
    assert_eq!(violation.oracle, Oracle::Safety);
    assert!(violation.what.contains("let off falsely"), "{violation}");
}

#[test]
fn a_schedule_that_ignores_spacing_is_caught() {
    let violation = caught(|mut trial| {
        trial.scope.rates.network_spacing_ms = 250;
        let mut hasty = trial.scope.clone();
        hasty.rates.network_spacing_ms = 0;
        broken(
            &trial,
            Parts {
                scope: &hasty,
                ..trial.parts()
            },
        )
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
        broken(
            &trial,
            Parts {
                scope: &greedy,
                ..trial.parts()
            },
        )
    });
    assert_eq!(violation.oracle, Oracle::Schedule);
    assert!(violation.what.contains("its network has"), "{violation}");
}

#[test]
fn a_wire_that_lets_one_frame_out_is_caught() {
    let violation = caught(|trial| {
        let Parts {
            scope,
            judge,
            senses,
            stores,
            ..
        } = trial.parts();
        broken(
            &trial,
            Parts {
                scope,
                wiring: Leak::new,
                judge,
                senses,
                stores,
            },
        )
    });
    assert_eq!(violation.oracle, Oracle::Safety);
    assert!(
        violation.what.contains("1 frames outside the scope")
            && violation.what.contains("192.0.3.77"),
        "{violation}"
    );
}

#[test]
fn a_store_that_loses_one_finding_is_caught() {
    let all_but_one = |record: RecordId| record.number != 2;
    let violation = caught(|trial| {
        let stores = &all_but_one;
        broken(
            &trial,
            Parts {
                stores,
                ..trial.parts()
            },
        )
    });
    assert_eq!(violation.oracle, Oracle::Conservation);
    assert!(violation.what.contains("never stored: [2]"), "{violation}");
}

#[test]
fn a_link_that_acknowledges_what_the_power_cut_then_takes_is_caught() {
    let cut: Faults = "power-out=3000-5000".parse().unwrap();
    let drawn = Draw::These(Box::new(cut));
    // What comes of the first boot is acknowledged, and kept nowhere: after the cut nobody has it.
    let nothing_of_the_first = |record: RecordId| record.boot > 1;
    let violations = (0..20).flat_map(|seed| {
        let trial = draw(seed, &drawn);
        let stores = &nothing_of_the_first;
        broken(
            &trial,
            Parts {
                stores,
                ..trial.parts()
            },
        )
    });
    let caught: Vec<_> = violations
        .filter(|violation| violation.oracle == Oracle::Conservation)
        .collect();
    assert!(
        caught.iter().any(|it| it
            .what
            .contains("records of boot 1 these were never stored")),
        "{caught:?}"
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
