//! Arrivals, and whoever objects.

use super::*;
use crate::{
    arrival::{Arrival, Marks, What},
    dialogue::{Answer, Question},
    name::Name,
    prober::{OBJECTIONS_MAX, UNASKED_ARRIVALS_BURST_MAX, UNASKED_ARRIVALS_EVERY_MS},
    proxy::{AttemptId, Protocol},
    token::{Key, Role, Signer, Token},
};

fn arrival(what: What, remote: &str, envelope: Option<Token>, content: Option<Token>) -> Arrival {
    Arrival {
        id: RecordId::default(),
        at: at(0),
        what,
        remote: format!("{remote}:40000").parse().unwrap(),
        port: 25,
        helo: heapless::String::new(),
        reverse_path: heapless::String::new(),
        recipient: heapless::String::new(),
        envelope,
        content,
        octets: 0,
        marks: Marks::empty(),
        chain: heapless::String::new(),
    }
}

impl Site {
    fn signer(&self) -> Signer {
        let (key, _) = self.prober.key.expect("a key");
        Signer::new(&key, DEVICE)
    }

    fn token(&self, role: Role, job: &Job) -> Token {
        self.signer()
            .sign(role, job.serial, 4, job.hours, job.target.endpoint())
    }

    fn arrives(&mut self, arrival: &Arrival) -> Answer {
        self.prober.asked(self.now(), &Question::Record(arrival))
    }

    fn objects(&mut self, remote: &str, content: Option<Token>) -> Answer {
        self.arrives(&arrival(What::Objection, remote, None, content))
    }

    fn arrivals(&self) -> usize {
        let is = |message: &&ToHost| matches!(message, ToHost::Arrival(_));
        self.heard.iter().filter(is).count()
    }
}

#[test]
fn a_recipient_counts_by_its_token() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let job = site.job();
    let right = site.token(Role::Recipient, &job);
    let strange = Signer::new(&Key::new([99; 16]), DEVICE);
    let forged = strange.sign(
        Role::Recipient,
        job.serial,
        4,
        job.hours,
        job.target.endpoint(),
    );
    let unknown = Token::unsigned(Role::Recipient, JobSerial(1), 4, 0);
    for (texts, expected) in [
        (vec![&right], Answer::Token(right)),
        (vec![&forged], Answer::No),
        (vec![&unknown], Answer::Token(unknown)),
        (vec![&forged, &right], Answer::Token(right)),
        (vec![&unknown, &right], Answer::Token(right)),
        (vec![], Answer::No),
    ] {
        let texts: Vec<String> = texts.iter().map(|of| of.text().to_string()).collect();
        let path = format!("{}@sink.example.net", texts.join("="));
        let question = Question::Recipient(path.as_bytes());
        assert_eq!(site.prober.asked(at(5), &question), expected, "{path}");
    }
    assert_eq!(site.prober.progress(at(5)).sink.forged, 1);
}

#[test]
fn a_message_that_comes_back_is_recorded_and_its_job_is_told() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let job = site.job();
    let (recipient, message) = (
        site.token(Role::Recipient, &job),
        site.token(Role::Message, &job),
    );
    let relayed = arrival(What::Message, "192.0.2.7", Some(recipient), Some(message));
    assert_eq!(site.arrives(&relayed), Answer::Yes);
    site.talk();
    assert_eq!(site.arrivals(), 1);
    site.park(&job, 1_000).unwrap();
    site.now_ms = 2_000;
    let again = site.job();
    assert_eq!(
        again.returned.iter().collect::<Vec<_>>(),
        [PairId::EMPTY_SENDER]
    );
}

#[test]
fn whoever_objects_is_left_alone_at_once() {
    let lines = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"];
    let mut site = Site::scanning(lines.into_iter().map(suspect).collect());
    let runs = site.job();
    site.now_ms += 1_000;
    let parks = site.job();
    site.park(&parks, 60_000).unwrap();
    assert_eq!(site.prober.may_open(site.now(), &runs), Opening::Now);
    site.prober.connection_closed(site.now(), &runs);
    // One from the target's own machine, one that quotes a test message to another, one that quotes
    // what nobody here has written, from where nobody is probed.
    let message = site.token(Role::Message, &parks);
    let forged = Token::unsigned(Role::Message, runs.serial, 4, 0);
    assert_eq!(site.objects("10.0.0.3", None), Answer::Yes);
    assert_eq!(site.objects("192.0.2.9", Some(message)), Answer::Yes);
    assert_eq!(site.objects("192.0.2.9", Some(forged)), Answer::Yes);
    site.talk();
    assert_eq!(site.refusals(), [(2, Refusal::Excluded)]);
    let over = |message: &ToHost| match message {
        ToHost::Over(over) => Some((over.job, over.why)),
        _ => None,
    };
    let overs: Vec<_> = site.heard.iter().filter_map(over).collect();
    assert_eq!(overs, [(parks.serial, Refusal::Excluded)]);
    site.now_ms += 1_000;
    assert_eq!(site.prober.may_open(site.now(), &runs), Opening::Now);
    // The one that runs.
    assert_eq!(site.objects("10.0.0.1", None), Answer::Yes);
    site.now_ms += 1_000;
    assert_eq!(
        site.prober.may_open(site.now(), &runs),
        Opening::No(Refusal::Excluded)
    );
    // It cannot come back either.
    site.park(&runs, 90_000).unwrap();
    assert_eq!(site.prober.progress(site.now()).targets.parked, 0);
    let rest: Vec<_> = (0..2)
        .map(|_| {
            site.now_ms += 1_000;
            let job = site.job();
            site.finish(&job).unwrap();
            job.target.address().to_string()
        })
        .collect();
    assert_eq!(rest, ["10.0.0.4", "10.0.0.5"]);
    assert_eq!(site.prober.phase(), Phase::Ended(Ended::ListDone));
}

#[test]
fn an_objection_counts_without_room_for_its_record() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1"), suspect("10.0.0.2")]);
    while site.objects("192.0.2.9", None) == Answer::Yes {}
    assert_eq!(site.objects("192.0.2.9", None), Answer::No);
    assert!(!site.prober.is_objected("10.0.0.1".parse().unwrap()));
    assert_eq!(site.objects("10.0.0.1", None), Answer::Yes);
    assert!(site.prober.is_objected("10.0.0.1".parse().unwrap()));
    assert_eq!(site.prober.progress(site.now()).sink.put_off, 2);
}

#[test]
fn too_many_objections_end_the_scan_and_every_later_one() {
    let mut site = Site::scanning(
        (1..=60)
            .map(|of| suspect(&format!("10.0.1.{of}")))
            .collect(),
    );
    for of in 1..=OBJECTIONS_MAX {
        assert_eq!(site.objects(&format!("10.0.0.{of}"), None), Answer::Yes);
    }
    assert_eq!(site.prober.phase(), Phase::Running);
    let _ = site.objects("10.0.2.1", None);
    site.talk_and_store();
    assert_eq!(site.prober.phase(), Phase::Ended(Ended::Objections));
    assert!(site.prober.is_objected("10.77.0.1".parse().unwrap()));
}

#[test]
fn strangers_do_not_fill_the_outbox() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let unknown = Token::unsigned(Role::Recipient, JobSerial(1), 4, 0);
    let callout = arrival(What::Callout, "192.0.2.9", Some(unknown), None);
    let mut taken = 0;
    while site.arrives(&callout) == Answer::Yes {
        taken += 1;
        site.talk_and_store();
    }
    assert_eq!(taken, UNASKED_ARRIVALS_BURST_MAX);
    site.now_ms += UNASKED_ARRIVALS_EVERY_MS - 1;
    assert_eq!(site.arrives(&callout), Answer::No);
    site.now_ms += 1;
    assert_eq!(site.arrives(&callout), Answer::Yes);
    assert_eq!(site.arrives(&callout), Answer::No);
}

#[test]
fn a_visit_is_news_once_for_each_attempt_and_never_for_what_is_none() {
    let mut site = Site::scanning(vec![suspect("10.0.0.1")]);
    let job = site.job();
    let visit = |site: &Site, octet: u8| {
        let (hours, target) = (job.hours, job.target.endpoint());
        let token = site
            .signer()
            .sign(Role::Proxy, job.serial, octet, hours, target);
        arrival(What::Visit, "192.0.2.7", Some(token), None)
    };
    // What may come unasked is spent: only news is taken from here on.
    let unknown = Token::unsigned(Role::Recipient, JobSerial(1), 4, 0);
    let callout = arrival(What::Callout, "192.0.2.7", Some(unknown), None);
    while site.arrives(&callout) == Answer::Yes {
        site.talk_and_store();
    }
    let first = AttemptId::new(Protocol::Connect, 0).octet();
    let last = AttemptId::new(Protocol::Inside, 1).octet();
    for (octet, expected) in [
        (first, Answer::Yes),
        (first, Answer::No),
        (last, Answer::Yes),
        (last, Answer::No),
        // No attempt has these, though a pair does.
        (20, Answer::No),
        (50, Answer::No),
    ] {
        let visit = visit(&site, octet);
        assert_eq!(site.arrives(&visit), expected, "{octet}");
        site.talk_and_store();
    }
}

#[test]
fn a_sink_has_its_ports_and_a_nonce() {
    let mut site = Site::new(Vec::new());
    let mut of = scope();
    of.sink_ports = [25, 2_525].into_iter().collect();
    assert!(site.prober.restore_scope(at(0), &of, 0));
    assert_eq!(site.prober.sink_ports(), [0; 0]);
    assert!(site.prober.sink_setup(at(0), 25, [0; 3]).is_none());
    let key = Key::new([3; 16]);
    site.prober.restore_key(key);
    assert_eq!(site.prober.sink_ports(), [25, 2_525]);
    let setup = |port| site.prober.sink_setup(at(0), port, [0; 3]);
    let (mail, second) = (setup(25).unwrap(), setup(2_525).unwrap());
    assert!(!mail.speaks_http && second.speaks_http);
    assert_eq!(mail.domain, Name::new("sink.example.net").unwrap());
    assert!(setup(587).is_none());
    // Without host and clock it still takes what comes.
    let unknown = Token::unsigned(Role::Recipient, JobSerial(1), 4, 0);
    let message = arrival(What::Message, "192.0.2.9", Some(unknown), None);
    assert_eq!(site.arrives(&message), Answer::Yes);
}
