//! A sink of this computer, called on the loopback interface.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, Stdio},
};

use bench::Bench;
use host_tool::{cases, store::SqliteStore};
use probe_core::{
    finding::JobSerial,
    relay::PairId,
    token::{Role, Signer, Token},
};

/// A sink that runs until it is told that it is enough.
struct Running {
    child: Child,
    endpoint: SocketAddr,
    /// What it told before it listened.
    first: String,
    told: BufReader<std::process::ChildStderr>,
}

impl Running {
    fn start(bench: &Bench, more: &[&str]) -> Self {
        Self::with_store(bench, "findings.db", more)
    }

    fn with_store(bench: &Bench, store: &str, more: &[&str]) -> Self {
        let listen = ["sink", "--listen", "127.0.0.1:0", "--store", store];
        let mut child = bench
            .command(&[&listen[..], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut first = String::new();
        let endpoint = loop {
            let mut line = String::new();
            if told.read_line(&mut line).unwrap() == 0 {
                let _ = child.kill();
                panic!("{first}");
            }
            if let Some((_, endpoint)) = line.split_once(" listens on ") {
                break endpoint.trim().parse().unwrap();
            }
            first.push_str(&line);
        };
        Self {
            child,
            endpoint,
            first,
            told,
        }
    }

    /// Says all of it and hears the codes of the replies.
    fn call(&self, says: &str) -> Vec<String> {
        let mut stream = TcpStream::connect(self.endpoint).unwrap();
        stream.write_all(says.as_bytes()).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        let finals = heard.lines().filter(|line| line.get(3..4) == Some(" "));
        finals.map(|line| line[..3].to_owned()).collect()
    }

    /// Ctrl-C: what it printed, and what it told.
    #[cfg(unix)]
    fn end(mut self) -> (String, String) {
        let id = self.child.id().to_string();
        let killed = std::process::Command::new("kill")
            .args(["-INT", &id])
            .status();
        assert!(killed.unwrap().success());
        let (mut out, mut told) = (String::new(), String::new());
        let mut stdout = self.child.stdout.take().unwrap();
        stdout.read_to_string(&mut out).unwrap();
        self.told.read_to_string(&mut told).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{told}");
        (out, told)
    }
}

fn message(recipient: &str, content: &str) -> String {
    format!(
        "EHLO out.example\r\nMAIL FROM:<>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n\
         Received: from a by out.example\r\nMessage-ID: <{content}@probe.example>\r\n\r\n\
         test\r\n.\r\nQUIT\r\n"
    )
}

/// The tokens of recipient and message of what was sent through 192.0.2.10, as its server would bring them back.
fn tokens_that_are_out(bench: &Bench) -> [String; 2] {
    let store = SqliteStore::open_to_read(&bench.path("findings.db")).unwrap();
    let mut cases =
        cases::load_some(&store, |case| case.target.to_string() == "192.0.2.10:25").unwrap();
    let view = cases.remove(0);
    let job = view.latest();
    let signer = Signer::new(&job.key.unwrap(), job.device);
    let pair = u8::try_from(PairId::DECIDING.index()).unwrap();
    [Role::Recipient, Role::Message].map(|role| {
        let hours = job.evidence.hours();
        let token = signer.sign(role, job.serial, pair, hours, view.case.target);
        token.text().to_string()
    })
}

/// How many messages are told to be out.
fn out_of(told: &str) -> usize {
    let line = told
        .lines()
        .find(|line| line.contains(" out and may come back until "));
    let count = line.and_then(|line| line.split(' ').nth(1));
    count.map_or(0, |count| count.parse().unwrap())
}

#[cfg(unix)]
#[test]
fn what_comes_is_stored_verified_and_told_and_nothing_is_forwarded() {
    let bench = Bench::demo_with_sink_elsewhere("sink");
    let lists = ["--targets", "list.csv", "--scope", "scope.toml"];
    let scan = ["scan", "--link", "sim", "--store", "findings.db"];
    let scanned = bench.run(&[&scan[..], &lists, &["--deliver"]].concat());
    assert_eq!(scanned.status, 0, "{}", scanned.err);
    let away = out_of(&scanned.err);
    assert!(away > 2, "{}", scanned.err);
    let [recipient, content] = tokens_that_are_out(&bench);
    let ours = format!("{recipient}@sink.cert.example");

    let sink = Running::start(&bench, &[]);
    assert_eq!(out_of(&sink.first), away);
    assert_eq!(
        sink.call(&message(&ours, &content)),
        ["220", "250", "250", "250", "354", "250", "221"]
    );
    // A callout, an objection, a stranger's recipient, and a job that is known elsewhere.
    let callout = format!("HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<{ours}>\r\nQUIT\r\n");
    assert_eq!(sink.call(&callout), ["220", "250", "250", "250", "221"]);
    sink.call(&message("postmaster@sink.cert.example", &content));
    let strange = "HELO a\r\nMAIL FROM:<x@a.example>\r\nRCPT TO:<y@b.example>\r\n\
                   RCPT TO:<%y%b.example@sink.cert.example>\r\nDATA\r\nQUIT\r\n";
    let codes = sink.call(strange);
    assert_eq!(codes[..3], ["220", "250", "250"]);
    assert!(
        codes[3..5].iter().all(|code| code.starts_with('5')),
        "{codes:?}"
    );
    let elsewhere = Token::unsigned(Role::Recipient, JobSerial(77_777), 4, 0).text();
    sink.call(&message(&format!("{elsewhere}@sink.cert.example"), "x"));
    let (out, told) = sink.end();
    let lines: Vec<&str> = out
        .lines()
        .map(|line| line.split_once(" UTC  ").unwrap().1)
        .collect();
    assert_eq!(
        lines,
        [
            "192.0.2.10 F1:T1: our message came back from 127.0.0.1 (out.example); \
             finding 1 is confirmed",
            "192.0.2.10 F1:T1: a server asked whether an address of ours exists from 127.0.0.1 (a); \
             finding 1 is confirmed",
            "objection 1 from 127.0.0.1 (out.example): decide about it with `postern objections`",
            &format!(
                "message from 127.0.0.1 (out.example) to <{elsewhere}@sink.cert.example>: no job \
                 here has this token; kept, and verified when its job is known"
            ),
        ]
    );
    assert_eq!(out_of(&told), away - 1);
    assert!(told.contains("nobody listens"), "{told}");
    let total =
        "connections: 5, and 0 that failed; recipients refused: 2; arrivals kept: 4, put off: 0";
    assert!(told.contains(total), "{told}");
    let number = bench.number_of("192.0.2.10");
    let shown = bench.run(&["show", &number, "--store", "findings.db"]).out;
    for said in [
        "\nconfirmed: message-returned\n",
        "\n1 message is still out, and may come back until ",
        "of these, 1 reached us up to the time of this letter",
    ] {
        assert!(shown.contains(said), "{said}\n{shown}");
    }
    let objections = bench.run(&["objections", "--store", "findings.db"]).out;
    assert!(objections.contains("192.0.2.10"), "{objections}");

    // Again, as lines of JSON, from the next boot of the same device.
    let sink = Running::start(&bench, &["--json", "--domain", "mx.sink.example"]);
    let there = format!("{recipient}@mx.sink.example");
    let codes = sink.call(&message(&there, &content));
    let (out, told) = sink.end();
    assert_eq!((codes[5].as_str(), out_of(&told)), ("250", away - 1));
    let line: serde_json::Value = serde_json::from_str(&out).unwrap();
    for (field, expected) in [
        ("came", "message"),
        ("proves", "returned"),
        ("target", "192.0.2.10:25"),
        ("form", "F1:T1"),
        ("verdict", "confirmed"),
        ("from", "127.0.0.1"),
        ("helo", "out.example"),
        ("sender", ""),
    ] {
        assert_eq!(line[field], expected, "{field}: {out}");
    }
}

/// A sink on another computer, with a store that has never seen a scan: what came there is brought home.
#[cfg(unix)]
#[test]
fn what_came_to_a_sink_with_its_own_store_is_brought_home() {
    let bench = Bench::demo_with_sink_elsewhere("sink-elsewhere");
    let scanned = bench.run(&[
        "scan",
        "--link",
        "sim",
        "--deliver",
        "--targets",
        "list.csv",
        "--scope",
        "scope.toml",
        "--store",
        "findings.db",
    ]);
    assert_eq!(scanned.status, 0, "{}", scanned.err);
    assert_eq!(
        bench
            .run(&["key", "export", "our.key", "--store", "findings.db"])
            .status,
        0
    );
    let [recipient, content] = tokens_that_are_out(&bench);
    let run = |arguments: &[&str]| bench.run(arguments);
    let receive = |store: &str, says: &[String]| {
        let sink = Running::with_store(
            &bench,
            store,
            &["--domain", "sink.cert.example", "--key", "our.key"],
        );
        let codes: Vec<Vec<String>> = says.iter().map(|says| sink.call(says)).collect();
        sink.end();
        codes
    };
    let ours = message(&format!("{recipient}@sink.cert.example"), &content);
    let objects = message("abuse@sink.cert.example", &content);
    let came = receive("sink.db", &[ours.clone(), objects]);
    assert!(came.iter().all(|codes| codes[5] == "250"), "{came:?}");

    let export = ["arrivals", "export", "came.jsonl", "--store", "sink.db"];
    assert_eq!(
        run(&export).all(),
        "came.jsonl: 2 arrivals\nexit status 0\n"
    );
    let import = ["arrivals", "import", "came.jsonl", "--store", "findings.db"];
    let home = run(&import);
    let lines: Vec<&str> = home
        .out
        .lines()
        .map(|line| line.split_once(" UTC  ").unwrap().1)
        .collect();
    assert_eq!(
        lines,
        [
            "192.0.2.10 F1:T1: our message came back from 127.0.0.1 (out.example); \
             finding 1 is confirmed",
            "objection 1 from 127.0.0.1 (out.example): decide about it with `postern objections`",
        ],
        "{home:?}"
    );
    assert!(
        home.err
            .starts_with("postern: stored 2 new arrivals; 0 were known\n")
    );
    let again = run(&import);
    assert_eq!(again.out, "");
    assert!(
        again
            .err
            .starts_with("postern: stored 0 new arrivals; 2 were known\n")
    );

    // The store at home has a sink of its own, which is another device; the other one goes on.
    receive("findings.db", std::slice::from_ref(&ours));
    receive("sink.db", &[ours]);
    run(&export);
    let more = run(&import);
    assert!(
        more.err
            .starts_with("postern: stored 1 new arrival; 2 were known\n"),
        "{more:?}"
    );
    let findings = run(&["findings", "--json", "--store", "findings.db"]).out;
    let line = findings
        .lines()
        .find(|line| line.contains("\"192.0.2.10\""));
    let finding: serde_json::Value = serde_json::from_str(line.unwrap()).unwrap();
    assert_eq!(finding["verdict"], "confirmed");
    assert_eq!(finding["proof"]["arrivals"].as_array().unwrap().len(), 3);
    // What a store brings home it carries on, under the same names.
    let all = ["arrivals", "export", "all.jsonl", "--store", "findings.db"];
    assert_eq!(run(&all).all(), "all.jsonl: 4 arrivals\nexit status 0\n");
    let back = run(&["arrivals", "import", "all.jsonl", "--store", "sink.db"]);
    assert!(
        back.err
            .starts_with("postern: stored 1 new arrival; 3 were known\n"),
        "{back:?}"
    );
}

#[test]
fn a_file_of_arrivals_that_is_wrong_is_refused_whole() {
    let bench = Bench::new("arrivals-bad");
    let line = |device: &str, format: u8, record: &str| {
        format!(
            "{{\"device\":\"{device}\",\"anchor_ms\":0,\"anchor_utc\":\"2026-11-20T09:00:00Z\",\
             \"format\":{format},\"record\":\"{record}\"}}\n"
        )
    };
    let device = "736e6b0000000001";
    let format = probe_core::frame::FORMAT;
    let mut text = String::new();
    for (name, content) in [
        ("words.jsonl", "no line\n".to_owned()),
        ("device.jsonl", line("736e", format, "00")),
        ("digits.jsonl", line(device, format, "0g")),
        ("record.jsonl", line(device, format, "0102")),
        ("format.jsonl", line(device, 1, "00")),
    ] {
        bench.write(name, &content);
        let ran = bench.run(&["arrivals", "import", name, "--store", "new.db"]);
        text.push_str(&ran.all());
    }
    text.push_str(&bench.run(&["arrivals", "import", "none.jsonl"]).all());
    let text = text.replace(&format!("reads format {format}"), "reads another");
    bench::golden("bad/arrivals.txt", &text);
    assert!(!bench.path("new.db").exists(), "nothing was begun");
}

#[test]
fn a_sink_needs_a_domain_an_address_and_a_key() {
    let bench = Bench::new("sink-bad");
    bench.write("bad.key", "no key\n");
    let listen = ["sink", "--listen", "127.0.0.1:0", "--store", "new.db"];
    let mut text = String::new();
    for more in [
        &[][..],
        &["--domain", "a b"],
        &["--key", "bad.key"],
        &["--listen", "192.0.2.1:25", "--domain", "sink.example"],
    ] {
        text.push_str(&bench.run(&[&listen[..], more].concat()).all());
    }
    bench::golden("bad/sink.txt", &text);
}
