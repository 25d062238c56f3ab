//! One host goes and another comes, at any octet of what was being said.

use super::*;
use crate::frame::{Decoder, FORMAT, Part, message::LinkCounters, write_frame};

/// The number of the scan that the second host wants.
const NEXT: ScanId = ScanId(10);

impl Site {
    /// Another host takes the place of the one that was there, with nothing in its memory.
    fn replace_host(&mut self, scan: ScanId) {
        self.host = HostLink::new();
        self.connect();
        let now = self.now();
        self.host.start(now, scan, &scope(), PROVING).unwrap();
    }

    /// What the link has broken so far, as the device sees it.
    fn seen(&self) -> LinkCounters {
        self.prober.progress(self.now()).link
    }

    fn finish_all(&mut self) {
        while let Next::Job(job) = self.prober.next(self.now()) {
            self.finish(&job).unwrap();
        }
    }
}

#[test]
fn a_host_that_comes_behind_a_frame_cut_anywhere_is_heard_at_once() {
    for kept in 0.. {
        let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
        site.finish_all();
        site.talk();
        site.host.stored(RecordId { boot: 1, number: 1 });
        site.write();
        let whole = site.to_device.len();
        if kept >= whole {
            assert!(kept > 10, "the acknowledgement has {whole} octets");
            break;
        }
        site.deliver_to_device(kept);
        site.replace_host(NEXT);
        site.talk();
        let progress = site.prober.progress(site.now());
        assert_eq!(
            (progress.scan, progress.targets.taken),
            (Some(NEXT), 1),
            "cut behind {kept} octets"
        );
    }
}

#[test]
fn a_host_knows_when_its_last_acknowledgement_was_heard() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    site.finish_all();
    site.talk();
    site.host.stored(RecordId { boot: 1, number: 1 });
    site.write();
    site.to_device.clear();
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
    assert!(!site.host.acknowledged(), "it was lost");
    // The next progress shows it, and it is said again; the answer comes at once.
    site.now_ms += 1_000;
    site.talk();
    assert!(site.host.acknowledged());
    assert!(site.prober.outbox.is_empty());
}

#[test]
fn a_device_that_was_cut_off_within_a_frame_is_heard_at_once() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    site.finish_all();
    site.write();
    site.deliver_to_host(20);
    // The serial line stays, so nobody tells the host that the device has started again.
    site.to_host.clear();
    site.prober = Prober::new(DEVICE, 2);
    site.now_ms += ASK_AGAIN_AFTER_MS;
    site.talk();
    assert_eq!(site.host.device().unwrap().boot, 2);
    site.finish_all();
    site.talk_and_store();
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
}

#[test]
fn a_greeting_that_is_lost_comes_again_though_the_device_talks() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    site.replace_host(NEXT);
    site.write();
    site.to_device.clear();
    for _ in 0..4 {
        site.now_ms += 500;
        site.talk();
    }
    assert!(site.host.device().is_some(), "the device says how it goes");
}

#[test]
fn an_answer_that_is_lost_does_not_hide_another_boot() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1"), suspect("10.0.1.1")]);
    site.prober = Prober::new(DEVICE, 2);
    site.now_ms += ASK_AGAIN_AFTER_MS;
    site.write();
    site.deliver_to_device(usize::MAX);
    let mut frame = [0; FRAME_OCTETS_MAX];
    let hello = site.prober.link_transmit(site.now(), &mut frame);
    assert!(hello.is_some(), "lost on its way");
    for _ in 0..8 {
        site.now_ms += 500;
        site.finish_all();
        site.talk_and_store();
    }
    let boots: Vec<u32> = site
        .heard
        .iter()
        .filter_map(ToHost::record)
        .map(|id| id.boot)
        .collect();
    assert_eq!(boots, [2, 2]);
}

#[test]
fn a_host_killed_at_any_octet_loses_nothing_and_gets_nothing_twice() {
    let addresses = ["10.0.0.1", "10.0.1.1", "10.9.0.1", "10.0.2.1"];
    let list: Vec<Suspect> = addresses.map(suspect).to_vec();
    let mut kills = 0;
    for cut in (0..).step_by(7) {
        let mut site = Site::new(list.clone());
        site.connect();
        site.host.start(at(0), SCAN, &scope(), PROVING).unwrap();
        // The first host speaks and listens in pieces until its time is over.
        let mut left = cut;
        while left > 0 && site.host.ended().is_none() {
            site.write();
            let piece = left.min(13);
            site.deliver_to_device(piece);
            site.deliver_to_host(piece);
            site.finish_all();
            left -= piece;
            site.now_ms += 20;
            let records = site.heard.iter().filter_map(ToHost::record);
            if let Some(record) = records.max_by_key(|of| of.number) {
                site.host.stored(record);
            }
        }
        let over = site.host.ended().is_some();
        site.host = HostLink::new();
        site.connect();
        let now = site.now();
        site.host.start(now, SCAN, &scope(), PROVING).unwrap();
        for _ in 0..20 {
            site.now_ms += 500;
            site.finish_all();
            site.talk_and_store();
        }
        assert_eq!(site.host.ended(), Some(Ended::ListDone), "cut at {cut}");
        let mut numbers: Vec<u32> = site
            .heard
            .iter()
            .filter_map(ToHost::record)
            .map(|id| id.number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers, [1, 2, 3, 4], "cut at {cut}");
        assert!(site.prober.outbox.is_empty());
        if over {
            break;
        }
        kills += 1;
    }
    assert!(kills > 20, "only {kills}");
}

#[test]
fn garbage_costs_what_it_hits_and_is_counted() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let before = site.seen();
    let now = site.now();
    let part = |first, last| Part {
        first,
        last,
        sequence: 900,
    };
    let mut frame = [0; 2 * FRAME_OCTETS_MAX];
    let mut hear = |site: &mut Site, part, payload: &[u8]| {
        let octets = write_frame(&mut frame, part, payload.iter().copied()).unwrap();
        site.prober.link_received(now, &frame[..octets]);
    };
    // Noise, an overlong frame, a part without its beginning, no message, a message cut short.
    site.prober.link_received(now, b"\0not a frame at all\0");
    site.prober.link_received(now, &[7; 3_000]);
    site.prober.link_received(now, &[0]);
    hear(&mut site, part(false, true), b"behind nothing");
    hear(&mut site, part(true, true), &[0xee, 0xff, 0xff]);
    hear(&mut site, part(true, true), &[0x01]);
    let seen = site.seen();
    assert_eq!(
        (
            seen.broken - before.broken,
            seen.too_long - before.too_long,
            seen.orphans - before.orphans,
            seen.undecodable - before.undecodable,
        ),
        (1, 1, 1, 2)
    );
    // And the scan goes on as if nothing had been.
    site.finish_all();
    site.talk_and_store();
    assert_eq!(site.host.ended(), Some(Ended::ListDone));
}

#[test]
fn a_frame_of_another_format_is_answered_with_the_device_s_own() {
    let mut site = Site::new(Vec::new());
    let foreign = FORMAT + 1;
    let mut frame = [0; FRAME_OCTETS_MAX];
    let hello = ToDevice::Hello {
        format: foreign,
        utc: Utc(UTC_S),
    };
    let octets = frames_of(0, &hello).remove(0);
    let foreign_frame = reformatted(&octets, foreign);
    site.prober.link_received(at(5), &foreign_frame);
    assert!(site.prober.link_due(at(5)) <= at(5));
    let sent = site.prober.link_transmit(at(5), &mut frame).unwrap();
    // It says who it is, once, and has taken no anchor from a message that it cannot read.
    assert_eq!(site.prober.link_transmit(at(5), &mut frame), None);
    let mut rest = &frame[..sent];
    assert!(matches!(
        HostLink::new().received(at(5), &mut rest),
        Some(ToHost::Hello(hello)) if hello.format == FORMAT
    ));
    // The host that speaks the other format sees this one's number.
    let mut decoder = Decoder::new();
    for octet in foreign_frame {
        assert_eq!(decoder.push(octet), None);
    }
    assert_eq!(decoder.foreign_format(), Some(foreign));
}

/// A frame with another format's number, and the CRC that belongs to it.
pub(super) fn reformatted(frame: &[u8], format: u8) -> Vec<u8> {
    // Short enough to be taken apart by hand: blocks of less than 255 octets.
    let mut raw = Vec::new();
    let mut rest = frame.strip_suffix(&[0]).unwrap();
    while let Some((code, behind)) = rest.split_first() {
        let (block, next) = behind.split_at(usize::from(*code) - 1);
        raw.extend(block);
        raw.push(0);
        rest = next;
    }
    raw.pop();
    raw.truncate(raw.len() - crate::frame::CRC_OCTETS);
    raw[0] = format;
    raw.extend(crate::frame::CRC.checksum(&raw).to_le_bytes());
    let mut stuffed = Vec::new();
    for block in raw.split(|octet| *octet == 0) {
        stuffed.push(u8::try_from(block.len()).unwrap() + 1);
        stuffed.extend(block);
    }
    stuffed.push(0);
    stuffed
}
