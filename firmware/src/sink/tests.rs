//! A session and whoever calls, in virtual time.

use std::cell::RefCell;

use probe_core::{
    finding::{DeviceId, JobSerial},
    prober::Prober,
    token::{Key, Role, Token},
};

use super::*;
use crate::{
    appliance::Memory,
    testing::{Peer, Stage, Step, scope},
};

fn prober() -> RefCell<Prober> {
    let mut scope = scope(&["192.0.2.0/24"], &[], &[25]);
    scope.sink_ports = [25, 2_525].into_iter().collect();
    let mut prober = Prober::new(DeviceId([1; 8]), 1);
    assert!(prober.restore_scope(Instant::BOOT, &scope, 0));
    prober.restore_key(Key::new([7; 16]));
    RefCell::new(prober)
}

/// Where the sessions of a sink listen when some of them are busy, and in which order they look.
#[test]
fn as_long_as_it_can_be_somebody_listens_on_each_port() {
    let sessions = Sessions::new();
    let ports = [25, 2_525];
    let look = |session| {
        let place = sessions.place(&ports, session);
        sessions.set(session, place);
    };
    let listens = || -> Vec<u16> { sessions.listens.iter().filter_map(Cell::get).collect() };
    (0..SINK_SESSIONS).for_each(look);
    assert_eq!(listens(), [25, 2_525, 25, 2_525]);
    // Nobody moves without need.
    (0..SINK_SESSIONS).for_each(look);
    assert_eq!(listens(), [25, 2_525, 25, 2_525]);
    // Both of one port are called: one of the other's takes their place.
    sessions.set(0, None);
    look(1);
    assert_eq!(listens(), [2_525, 25, 2_525]);
    sessions.set(2, None);
    look(1);
    look(3);
    assert_eq!(listens(), [25, 2_525]);
    look(0);
    assert_eq!(listens(), [25, 25, 2_525]);
    // A scope with another port, and none.
    assert_eq!(sessions.place(&[26], 0), Some(26));
    assert_eq!(sessions.place(&[], 0), None);
}

#[test]
fn a_message_is_received_and_recorded() {
    let token = Token::unsigned(Role::Recipient, JobSerial(1), 4, 0).text();
    let rcpt: &'static str =
        Box::leak(format!("RCPT TO:<{token}@sink.example.org>\r\n").into_boxed_str());
    let stage = Stage::new([Peer::Calls(vec![
        Step::Pause(40),
        Step::Says("HELO a\r\nMAIL FROM:<>\r\n"),
        Step::Says(rcpt),
        Step::Says("DATA\r\n"),
        Step::Says("Subject: x\r\n\r\n.\r\nQUIT\r\n"),
        Step::Pause(40),
        Step::Ends(probe_core::dialogue::End::Fin),
    ])]);
    let prober = prober();
    let appliance = crate::appliance::Appliance::<1>::new(&prober);
    let mut memory = Box::new(Memory::<1>::new());
    let [session, ..] = &mut memory.sessions;
    let until = Instant::from_millis(5_000);
    stage.run(async { select(appliance.sink(&stage, 0, session), stage.sleep_until(until)).await });
    let sink = prober.borrow().progress(stage.now()).sink;
    assert_eq!((sink.sessions, sink.messages, sink.refused), (1, 1, 0));
    assert_eq!(stage.connections_open(), 0);
}

#[test]
fn without_a_key_nobody_listens() {
    let stage = Stage::new([]);
    let prober = RefCell::new(Prober::new(DeviceId([1; 8]), 1));
    let appliance = crate::appliance::Appliance::<1>::new(&prober);
    let mut memory = Box::new(Memory::<1>::new());
    let [session, ..] = &mut memory.sessions;
    let until = Instant::from_millis(5_000);
    stage.run(async { select(appliance.sink(&stage, 0, session), stage.sleep_until(until)).await });
    stage.assert_log("");
}
