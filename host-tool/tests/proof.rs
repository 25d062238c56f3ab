//! What people read of a message that came back, and of somebody who objects.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use bench::{Bench, CLOCK, golden};
use host_tool::{
    cases::{self, CaseView},
    output,
    store::{DeviceFamily, Record, SqliteStore, Store as _},
};
use jiff::Timestamp;
use probe_core::{
    arrival::{Arrival, Marks, What},
    finding::RecordId,
    relay::PairId,
    time::{Anchor, Instant, Millis},
    token::{Role, Signer, Token},
};

const RELAY: &str = "192.0.2.10:25";

/// Stores what comes to a sink beside the scan.
struct Sink<'a> {
    store: SqliteStore,
    target: CaseView,
    bench: &'a Bench,
    came: u32,
}

impl<'a> Sink<'a> {
    fn beside(bench: &'a Bench) -> Self {
        let store = SqliteStore::open(&bench.path("findings.db")).unwrap();
        let is_target = |case: &host_tool::store::Case| case.target.to_string() == RELAY;
        let target = cases::load_some(&store, is_target).unwrap().remove(0);
        Self {
            store,
            target,
            bench,
            came: 0,
        }
    }

    fn token(&self, role: Role) -> Option<Token> {
        let job = self.target.latest();
        let signer = Signer::new(&job.key.unwrap(), job.device);
        let pair = u8::try_from(PairId::DECIDING.index()).unwrap();
        let (hours, target) = (job.evidence.hours(), self.target.case.target);
        Some(signer.sign(role, job.serial, pair, hours, target))
    }

    /// So many minutes after the scan began.
    fn came(&mut self, minutes: u64, what: What) {
        let (device, boot) = self.store.begin_boot(DeviceFamily::Sink).unwrap();
        let began: Timestamp = CLOCK.parse().unwrap();
        let anchor = Anchor {
            at: Instant::BOOT,
            utc: output::utc(began),
        };
        self.store.anchor(device, boot, anchor).unwrap();
        self.came += 1;
        let recipient = match what {
            What::Objection => "postmaster".to_owned(),
            _ => self.token(Role::Recipient).unwrap().text().to_string(),
        };
        let arrival = Arrival {
            id: RecordId { boot, number: 1 },
            at: Instant::BOOT + Millis::from_secs(60 * minutes),
            what,
            remote: "198.51.100.77:40112".parse().unwrap(),
            port: 25,
            helo: "out.hosting.example".try_into().unwrap(),
            reverse_path: "bounces@out.hosting.example".try_into().unwrap(),
            recipient: format!("{recipient}@sink.example.org")
                .as_str()
                .try_into()
                .unwrap(),
            envelope: (what != What::Objection)
                .then(|| self.token(Role::Recipient))
                .flatten(),
            content: self.token(Role::Message),
            octets: 1_204,
            marks: Marks::empty(),
            chain: "from inner.hosting.example ([10.1.2.3]) by out.hosting.example with ESMTPS\n\
                    from [192.0.2.10] by inner.hosting.example with ESMTP\n"
                .try_into()
                .unwrap(),
        };
        let record = Record::Arrival(Box::new(arrival));
        let now = began;
        self.store.append(device, &[record], now).unwrap();
        cases::judge_arrived(&mut self.store, now).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> String {
        let arguments: Vec<&str> = [arguments, &["--store", "findings.db"]].concat();
        self.bench.run(&arguments).all()
    }
}

#[test]
fn a_message_that_came_back_is_shown_with_its_way_and_told_in_a_letter() {
    let bench = Bench::demo_with_sink_elsewhere("proved");
    bench.scan(&["--deliver"]);
    let mut sink = Sink::beside(&bench);
    sink.came(61, What::Message);
    let number = bench.number_of("192.0.2.10");
    let shown = sink.run(&["show", &number]);
    let (shown, history) = shown.split_once("\nHistory\n").unwrap();
    // Whether a message is still out depends on today's date.
    let lines = shown.split_inclusive('\n');
    let shown: String = lines
        .filter(|line| !line.contains(" still out, "))
        .collect();
    golden("show/confirmed.txt", &shown.replace("\n\n\n", "\n\n"));
    let kinds: Vec<bool> = history
        .lines()
        .map(|line| line.contains("confirmed"))
        .collect();
    assert_eq!(kinds, [false, false, true, false], "{history}");
    let listed = sink.run(&["findings", "--json"]);
    let line = listed.lines().find(|line| line.contains("confirmed"));
    golden("proof/finding.json", &format!("{}\n", line.unwrap()));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/findings.schema.json");
    let mut schemas = boon::Schemas::new();
    let schema = boon::Compiler::new().compile(path, &mut schemas).unwrap();
    let finding: serde_json::Value = serde_json::from_str(line.unwrap()).unwrap();
    assert!(finding["proof"]["messages"][0]["returned"] == true);
    if let Err(error) = schemas.validate(&finding, schema) {
        panic!("{error:#}");
    }
    let letter = sink.run(&[
        "letters",
        "--preview",
        "--lang",
        "de,en",
        "--date",
        "2026-11-21T09:00:00Z",
    ]);
    for said in [
        "198.51.100.77",
        "out.hosting.example",
        "inner.hosting.example",
    ] {
        assert!(letter.contains(said), "{said}");
    }
    assert!(!letter.contains(&sink.token(Role::Recipient).unwrap().text().to_string()));
}

#[test]
fn whoever_objects_gets_no_letter_and_no_probe_until_a_person_decides() {
    let bench = Bench::demo("objection");
    bench.scan(&[]);
    let mut sink = Sink::beside(&bench);
    sink.came(61, What::Message);
    let steps = |sink: &Sink<'_>| {
        let mut text = String::new();
        for arguments in [
            &["objections"][..],
            &["objections", "--json"],
            &["exclude", "--list"],
        ] {
            text.push_str(&format!("$ postern {}\n", arguments.join(" ")));
            text.push_str(&sink.run(arguments));
        }
        let findings = sink.run(&["findings"]);
        let row = findings.lines().find(|line| line.contains("192.0.2.10 "));
        text.push_str(&format!("findings: {}\n\n", row.unwrap()));
        text
    };
    let mut text = steps(&sink);
    sink.came(75, What::Objection);
    text.push_str(&steps(&sink));
    text.push_str("$ postern findings --format intelmq\n");
    let events = sink.run(&["findings", "--format", "intelmq"]);
    text.push_str(&format!("{events}\n"));
    let probed = bench.scan(&[]);
    assert!(
        probed.err.contains("1 objection waits for a decision"),
        "{}",
        probed.err
    );
    let refused: Vec<&str> = probed
        .out
        .lines()
        .filter(|line| line.contains("192.0.2.10 "))
        .collect();
    text.push_str(&format!("scan: {}\n\n", refused.join("\nscan: ")));
    for arguments in [
        &["objections", "--keep", "2"][..],
        &["exclude", "--lift", "192.0.2.10"],
        &["objections", "--keep", "1"],
    ] {
        text.push_str(&format!("$ postern {}\n", arguments.join(" ")));
        text.push_str(&sink.run(arguments));
    }
    let undated = |text: &str| {
        let day = Timestamp::now().to_string();
        text.replace(&day[..10], "TODAY")
    };
    // When it was decided is today's.
    let decided = sink.run(&["objections"]);
    assert!(decided.contains("kept, 2"), "{decided}");
    sink.run(&["objections", "--lift", "1"]);
    text.push_str("$ postern exclude --list\n");
    text.push_str(&sink.run(&["exclude", "--list"]));
    golden("proof/objections.txt", &undated(&text));
}

#[test]
fn a_key_goes_to_a_file_of_its_owners_and_back() {
    let bench = Bench::demo("key");
    bench.scan(&[]);
    let export = |file: &str| {
        bench
            .run(&["key", "export", file, "--store", "findings.db"])
            .all()
    };
    let mut text = export("a.key");
    let key = std::fs::read_to_string(bench.path("a.key")).unwrap();
    assert_eq!((key.len(), key.lines().count()), (33, 1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(bench.path("a.key"))
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
    text.push_str(&export("a.key"));
    text.push_str(&export("b.key"));
    assert_eq!(key, std::fs::read_to_string(bench.path("b.key")).unwrap());
    bench.write("short.key", &key[..31]);
    bench.write("long.key", &format!("{key}\nmore\n"));
    bench.write("odd.key", &format!("+{}", &key[1..]));
    for file in ["short.key", "long.key", "odd.key", "none.key"] {
        text.push_str(&bench.scan(&["--key", file]).all());
    }
    golden("proof/keys.txt", &text);
    assert_eq!(bench.scan(&["--key", "a.key"]).status, 0);
}
