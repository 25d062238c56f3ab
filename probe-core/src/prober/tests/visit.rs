//! Hosts that call over the network, beside one on the serial link.

use super::*;
use crate::frame::{
    Decoder, FORMAT, HOST_GONE_AFTER_MS, HOST_SPEAKS_EVERY_MS, Part, decode_message,
    message::{Denial, VisitCounters},
    write_frame,
};

/// A caller, and the device's end of its call.
struct Call {
    visitor: Visitor,
    host: HostLink,
    heard: Vec<ToHost>,
}

impl Call {
    fn begin(site: &mut Site) -> Self {
        let mut call = Self {
            visitor: Visitor::new(),
            host: HostLink::new(),
            heard: Vec::new(),
        };
        site.prober.visitor_came(site.now(), &mut call.visitor);
        // Its clock is wrong.
        call.host.connected(site.now(), Utc(7));
        call
    }

    /// Both ends say all they have to say; the host stores what it hears.
    fn talk(&mut self, site: &mut Site) {
        let (now, mut frame) = (site.now(), [0; FRAME_OCTETS_MAX]);
        loop {
            let mut busy = false;
            while let Some(octets) = self.host.link_transmit(now, |_| None, &mut frame) {
                let octets = &frame[..octets];
                site.prober.visitor_received(now, &mut self.visitor, octets);
                busy = true;
            }
            while let Some(octets) =
                site.prober
                    .visitor_transmit(now, &mut self.visitor, &mut frame)
            {
                let mut rest = &frame[..octets];
                while let Some(message) = self.host.received(now, &mut rest) {
                    if let Some(record) = message.record() {
                        self.host.stored(record);
                    }
                    self.heard.push(message);
                }
                busy = true;
            }
            if !busy {
                break;
            }
        }
        let due = site.prober.visitor_due(now, &self.visitor);
        assert!(due > now || self.visitor.is_over(now), "due at {due:?}");
    }

    fn say(&mut self, site: &mut Site, message: &ToDevice) {
        for frame in frames_of(40, message) {
            site.prober
                .visitor_received(site.now(), &mut self.visitor, &frame);
        }
    }

    fn denials(&self) -> Vec<Denial> {
        let denial = |message: &ToHost| match message {
            ToHost::Denied(denial) => Some(*denial),
            _ => None,
        };
        self.heard.iter().filter_map(denial).collect()
    }

    fn records(&self) -> Vec<u32> {
        let records = self.heard.iter().filter_map(ToHost::record);
        records.map(|id| id.number).collect()
    }
}

impl Site {
    /// A site whose scan is over, with a record that no host has, and nobody on the serial link
    /// any more.
    fn left() -> Self {
        let mut site = Site::scanning(vec![suspect("10.0.0.1"), suspect("10.0.1.1")]);
        for _ in 0..2 {
            let job = site.job();
            site.finish(&job).unwrap();
            site.now_ms += 10;
        }
        site.now_ms += HOST_GONE_AFTER_MS;
        site
    }

    fn visits(&self) -> VisitCounters {
        self.prober.progress(self.now()).visits
    }
}

#[test]
fn a_visitor_fetches_findings_and_has_them_forgotten() {
    let mut site = Site::left();
    let mut call = Call::begin(&mut site);
    call.host.ask_info(site.now());
    call.host.ask_log(site.now(), 1);
    let now = site.now();
    site.prober
        .log(now, crate::frame::about::Level::Info, &["up"]);
    call.talk(&mut site);
    assert_eq!(call.records(), [1, 2]);
    assert!(site.prober.outbox.is_empty());
    assert!(call.host.acknowledged());
    let has = |what: fn(&ToHost) -> bool| call.heard.iter().any(what);
    assert!(has(|of| matches!(of, ToHost::Info(_))));
    assert!(has(|of| matches!(of, ToHost::Log(_))));
    assert!(!has(|of| matches!(
        of,
        ToHost::Want(_) | ToHost::ScopeAnswer { .. }
    )));
    // What its clock says is nobody's anchor.
    let anchor = site.prober.anchor.unwrap();
    assert_eq!(anchor.utc, Utc(UTC_S));
    assert_eq!(
        site.visits(),
        VisitCounters {
            calls: 1,
            ..VisitCounters::default()
        }
    );
}

#[test]
fn a_visitor_gives_no_device_the_time() {
    let mut site = Site::new(Vec::new());
    let mut call = Call::begin(&mut site);
    call.talk(&mut site);
    assert!(call.host.device().is_some(), "it says who it is");
    assert!(!site.prober.is_anchored());
    // And nothing goes over the serial link, where nobody has said Hello.
    assert_eq!(site.prober.link_transmit(at(0), &mut [0; 1_024]), None);
    assert_eq!(site.prober.link_due(at(0)), Instant::NEVER);
}

#[test]
fn what_a_visitor_may_not_have_is_denied_by_name_and_not_done() {
    let mut site = Site::left();
    let before = site.prober.progress(site.now());
    let mut call = Call::begin(&mut site);
    call.talk(&mut site);
    let digest = ScopeDigest::of(&scope());
    let mut wider = scope();
    wider.networks.push(fixture::network("11.0.0.0/8")).unwrap();
    let asked = [
        (ToDevice::Scope(wider), Denial::Scope),
        (
            ToDevice::Start {
                scan: ScanId(10),
                scope: digest,
                proving: PROVING,
            },
            Denial::Start,
        ),
        (
            ToDevice::Suspect {
                scan: SCAN,
                index: 2,
                suspect: suspect("10.0.2.1"),
                refusals: 0,
            },
            Denial::Suspect,
        ),
        (
            ToDevice::NoMore {
                scan: SCAN,
                count: 2,
            },
            Denial::NoMore,
        ),
        (ToDevice::Stop { scan: SCAN }, Denial::Stop),
        (
            ToDevice::Provision(crate::frame::about::Provision {
                address: crate::frame::about::Addressing::Dhcp,
                link_port: None,
            }),
            Denial::Provision,
        ),
    ];
    for (message, denial) in &asked {
        call.heard.clear();
        call.say(&mut site, message);
        call.talk(&mut site);
        assert_eq!(call.denials(), [*denial]);
    }
    // Many at once are named once each, and none ends the call.
    call.heard.clear();
    for (message, _) in asked.iter().chain(&asked) {
        call.say(&mut site, message);
    }
    call.talk(&mut site);
    assert_eq!(call.denials(), asked.each_ref().map(|(_, denial)| *denial));
    assert!(!call.visitor.is_over(site.now()));
    assert_eq!(site.visits().denied, 18);
    let after = site.prober.progress(site.now());
    assert_eq!(
        (after.scope, after.scan, after.phase, after.targets),
        (before.scope, before.scan, before.phase, before.targets)
    );
    assert_eq!(site.prober.provision_to_keep(), None);
}

#[test]
fn while_a_host_is_there_a_visitor_is_turned_away() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let job = site.job();
    site.finish(&job).unwrap();
    let mut call = Call::begin(&mut site);
    call.talk(&mut site);
    assert_eq!(call.denials(), [Denial::Busy]);
    assert_eq!(call.records(), [0; 0]);
    assert!(call.host.device().is_none());
    assert!(call.visitor.is_over(site.now()));
    site.prober.visitor_left(&mut call.visitor);
    // The host has felt nothing of it.
    site.talk_and_store();
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
    let visits = site.visits();
    assert_eq!((visits.calls, visits.busy), (1, 1));
}

#[test]
fn a_host_with_nothing_to_say_is_there_all_the_same() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let job = site.job();
    site.park(&job, 3_600_000).unwrap();
    site.talk_and_store();
    for _ in 0..120 {
        site.now_ms += 1_000;
        site.talk();
        let now = site.now();
        assert!(site.prober.host_is_there(now));
    }
    // And gone when it is.
    site.now_ms += HOST_GONE_AFTER_MS;
    let now = site.now();
    assert!(!site.prober.host_is_there(now));
    const { assert!(2 * HOST_SPEAKS_EVERY_MS < HOST_GONE_AFTER_MS) };
}

#[test]
fn a_host_that_comes_takes_the_conversation_from_a_visitor() {
    let mut site = Site::left();
    let mut call = Call::begin(&mut site);
    // It hears Hello and the first record, and says nothing yet.
    let (now, mut frame) = (site.now(), [0; FRAME_OCTETS_MAX]);
    let octets = call.host.link_transmit(now, |_| None, &mut frame).unwrap();
    let octets = &frame[..octets];
    site.prober.visitor_received(now, &mut call.visitor, octets);
    let prober = &mut site.prober;
    for _ in 0..2 {
        let sent = prober.visitor_transmit(now, &mut call.visitor, &mut frame);
        assert!(sent.is_some());
    }
    // Whatever the host says takes it back: here, that it is still there.
    site.talk_and_store();
    let records = site.heard.iter().filter_map(ToHost::record);
    assert_eq!(records.map(|id| id.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
    assert!(site.prober.visitor_due(now, &call.visitor) <= now);
    call.talk(&mut site);
    assert_eq!(call.denials(), [Denial::Busy]);
    assert!(call.visitor.is_over(now));
    // What it says from then on is not heard.
    call.say(&mut site, &ToDevice::Resend { boot: 1, from: 1 });
    assert!(site.prober.outbox.all_sent());
    site.prober.visitor_left(&mut call.visitor);
    assert!(!site.prober.link.visited);
}

#[test]
fn a_host_whose_records_a_visitor_has_fetched_comes_to_its_end() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1"), suspect("10.0.1.1")]);
    let first = site.job();
    site.finish(&first).unwrap();
    site.talk_and_store();
    site.now_ms += 10;
    // The cable is out for a while, and a visitor fetches what is found then.
    let second = site.job();
    site.finish(&second).unwrap();
    site.now_ms += HOST_GONE_AFTER_MS;
    let mut call = Call::begin(&mut site);
    call.talk(&mut site);
    assert_eq!(call.records(), [2]);
    site.prober.visitor_left(&mut call.visitor);
    site.talk_and_store();
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
}

#[test]
fn a_call_is_over_when_nothing_comes() {
    let mut site = Site::left();
    let mut silent = Call::begin(&mut site);
    assert!(!silent.visitor.is_over(site.now()));
    assert_eq!(
        site.prober.visitor_due(site.now(), &silent.visitor),
        site.now() + Millis(VISITOR_HELLO_WITHIN_MS)
    );
    // Neither noise nor what is denied keeps it open.
    site.now_ms += VISITOR_HELLO_WITHIN_MS - 1;
    silent.say(&mut site, &ToDevice::Stop { scan: SCAN });
    let now = site.now();
    site.prober
        .visitor_received(now, &mut silent.visitor, b"\0noise\0");
    assert!(!silent.visitor.is_over(now));
    assert!(silent.visitor.is_over(now + Millis(1)));
    assert_eq!(site.visits().unreadable, 1);

    let mut call = Call::begin(&mut site);
    call.talk(&mut site);
    for _ in 0..5 {
        site.now_ms += HOST_SPEAKS_EVERY_MS;
        call.talk(&mut site);
        assert!(!call.visitor.is_over(site.now()), "it is there");
    }
    site.now_ms += HOST_GONE_AFTER_MS;
    assert!(call.visitor.is_over(site.now()));
}

#[test]
fn a_call_cut_at_any_octet_loses_nothing_and_the_next_one_gets_the_rest() {
    let mut cuts = 0;
    for cut in (0..).step_by(5) {
        let mut site = Site::left();
        let mut frame = [0; FRAME_OCTETS_MAX];
        let mut call = Call::begin(&mut site);
        let (mut left, now) = (cut, site.now());
        'call: loop {
            let before = left;
            while let Some(octets) = call.host.link_transmit(now, |_| None, &mut frame) {
                let octets = octets.min(left);
                site.prober
                    .visitor_received(now, &mut call.visitor, &frame[..octets]);
                left -= octets;
            }
            while let Some(octets) =
                site.prober
                    .visitor_transmit(now, &mut call.visitor, &mut frame)
            {
                let octets = octets.min(left);
                left -= octets;
                let mut rest = &frame[..octets];
                while let Some(message) = call.host.received(now, &mut rest) {
                    if let Some(record) = message.record() {
                        call.host.stored(record);
                    }
                    call.heard.push(message);
                }
            }
            if left == 0 || left == before {
                break 'call;
            }
        }
        site.prober.visitor_left(&mut call.visitor);
        let mut next = Call::begin(&mut site);
        next.talk(&mut site);
        let mut numbers = call.records();
        numbers.extend(next.records());
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers, [1, 2], "cut at {cut}");
        assert!(site.prober.outbox.is_empty(), "cut at {cut}");
        if left > 0 {
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 10, "only {cuts}");
}

#[test]
fn garbage_is_counted_and_the_next_frame_is_heard() {
    let mut site = Site::left();
    let mut call = Call::begin(&mut site);
    let now = site.now();
    let mut frame = [0; 2 * FRAME_OCTETS_MAX];
    let mut hear = |site: &mut Site, visitor: &mut Visitor, part, payload: &[u8]| {
        let octets = write_frame(&mut frame, part, payload.iter().copied()).unwrap();
        site.prober.visitor_received(now, visitor, &frame[..octets]);
    };
    let part = |first, last| Part {
        first,
        last,
        sequence: 900,
    };
    let visitor = &mut call.visitor;
    for octets in [&b"\0not a frame at all\0"[..], &[7; 3_000], &[0]] {
        site.prober.visitor_received(now, visitor, octets);
    }
    hear(&mut site, visitor, part(false, true), b"behind nothing");
    hear(&mut site, visitor, part(true, true), &[0xee, 0xff, 0xff]);
    hear(&mut site, visitor, part(true, false), b"a beginning");
    assert_eq!(site.visits().unreadable, 4);
    // And on the serial link nothing of it is seen.
    assert_eq!(site.prober.progress(now).link.broken, 0);
    call.talk(&mut site);
    assert_eq!(call.records(), [1, 2]);
}

#[test]
fn a_visitor_of_another_format_is_told_the_device_s_own() {
    let mut site = Site::left();
    let mut call = Call::begin(&mut site);
    let now = site.now();
    let mut octets = frames_of(0, &ToDevice::AskInfo).remove(0);
    octets = crate::prober::tests::resume::reformatted(&octets, FORMAT + 1);
    site.prober
        .visitor_received(now, &mut call.visitor, &octets);
    let mut frame = [0; FRAME_OCTETS_MAX];
    let prober = &mut site.prober;
    let sent = prober.visitor_transmit(now, &mut call.visitor, &mut frame);
    let mut decoder = Decoder::new();
    let mut hello = None;
    for octet in &frame[..sent.unwrap()] {
        hello = decoder
            .push(*octet)
            .and_then(decode_message::<ToHost>)
            .or(hello);
    }
    assert!(matches!(hello, Some(ToHost::Hello(hello)) if hello.format == FORMAT));
    assert_eq!(
        prober.visitor_transmit(now, &mut call.visitor, &mut frame),
        None
    );
}

#[test]
fn a_long_record_is_not_parted_by_a_denial() {
    let mut site = Site::left();
    let mut call = Call::begin(&mut site);
    let now = site.now();
    let mut frame = [0; FRAME_OCTETS_MAX];
    let octets = call.host.link_transmit(now, |_| None, &mut frame).unwrap();
    let octets = &frame[..octets];
    site.prober.visitor_received(now, &mut call.visitor, octets);
    let hello = site
        .prober
        .visitor_transmit(now, &mut call.visitor, &mut frame);
    let mut rest = &frame[..hello.unwrap()];
    assert!(call.host.received(now, &mut rest).is_some());
    // As if the first of two parts of a record had just been sent.
    site.prober.link.part = Some((RecordId { boot: 1, number: 1 }, 0));
    call.say(&mut site, &ToDevice::Stop { scan: SCAN });
    let prober = &mut site.prober;
    let mut first = None;
    while first.is_none() {
        let sent = prober.visitor_transmit(now, &mut call.visitor, &mut frame);
        let mut rest = &frame[..sent.expect("a record, then the denial")];
        first = call.host.received(now, &mut rest);
    }
    assert!(!matches!(first, Some(ToHost::Denied(_))), "{first:?}");
}
