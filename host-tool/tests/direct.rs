//! The main job on this computer's own sockets, against servers on the loopback interface.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use bench::{Bench, Ran};

/// The scopes here name no resolver.
const NOT_CHECKED: &str =
    "postern: not checked: helo, sink-mx, sender-spf, sink-path: the scope names no resolver\n";

#[test]
fn a_closed_server_is_closed_and_an_open_one_is_suspected() {
    let bench = Bench::new("direct");
    let closed = serve(|command| match command {
        "RCPT" => "454 4.7.1 <you>: Relay access denied",
        _ => "250 2.0.0 Ok",
    });
    let open = serve(|_| "250 2.0.0 Ok");
    bench.write("scope.toml", &scope(&[closed, open]));
    let (closed, open) = (format!("127.0.0.1:{closed}"), format!("127.0.0.1:{open}"));
    let ran = bench.run(&scan(&[&closed, &open]));
    assert_eq!((ran.status, ran.err.as_str()), (0, NOT_CHECKED));
    let verdict = |address: &str| {
        let row = ran.out.lines().find(|line| line.contains(address)).unwrap();
        row.split_whitespace().nth(3).unwrap().to_owned()
    };
    assert_eq!(verdict(&closed), "closed", "{}", ran.out);
    assert_eq!(verdict(&open), "suspected", "{}", ran.out);
}

#[test]
fn a_target_outside_the_scope_is_never_contacted() {
    let bench = Bench::new("direct-scope");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    bench.write("scope.toml", &scope(&[port.wrapping_add(1).max(1)]));
    let address = format!("127.0.0.1:{port}");
    let ran = bench.run(&scan(&[&address, &format!("[::ffff:127.0.0.1]:{port}")]));
    assert_eq!(ran.status, 2, "{}", ran.out);
    assert!(
        ran.out.contains("the scope does not name this port"),
        "{}",
        ran.out
    );
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn control_c_keeps_what_was_found() {
    let bench = Bench::new("direct-stop");
    let quick = serve(|_| "454 4.7.1 Relay access denied");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = listener.local_addr().unwrap().port();
    bench.write("scope.toml", &scope(&[quick, silent]));
    let (quick, silent) = (format!("127.0.0.1:{quick}"), format!("127.0.0.1:{silent}"));
    let running = bench
        .command(&scan(&[&quick, &silent]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Someone is being asked and will not answer.
    let _held = listener.accept().unwrap();
    let sent = Command::new("kill")
        .args(["-INT", &running.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let ran = Ran::from(running.wait_with_output().unwrap());
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(
        ran.err.contains("the scan ended early: it was stopped"),
        "{}",
        ran.err
    );
    let listed = bench.run(&["findings", "--store", "findings.db"]).out;
    assert!(
        listed.contains(&quick),
        "what was found is stored: {listed}"
    );
}

#[test]
fn a_program_that_is_killed_between_findings_loses_and_doubles_nothing() {
    let bench = Bench::new("direct-killed");
    let closed = |_: &str| "454 4.7.1 Relay access denied";
    let mut ports: Vec<u16> = (0..5).map(|_| serve(closed)).collect();
    // It answers nobody before the program was killed, so the scan cannot end before.
    let late = TcpListener::bind("127.0.0.1:0").unwrap();
    ports.push(late.local_addr().unwrap().port());
    bench.write("scope.toml", &scope(&ports));
    let targets: Vec<String> = ports.iter().map(|it| format!("127.0.0.1:{it}")).collect();
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();

    let mut running = bench
        .command(&scan(&targets))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let held = late.accept().unwrap();
    let before = (0..600)
        .find_map(|_| {
            thread::sleep(Duration::from_millis(25));
            Some(records(&bench)).filter(|records| !records.is_empty())
        })
        .expect("a finding is stored long before the scan ends");
    // SIGKILL: the program has no last word.
    running.kill().unwrap();
    running.wait().unwrap();
    drop(held);
    let kept = records(&bench);
    assert!(kept.starts_with(&before) && kept.len() < ports.len());

    serve_on(late, closed);
    let ran = bench.run(&scan(&targets));
    assert_eq!(ran.status, 0, "{}", ran.err);
    let goes_on = format!("end: {} of {} targets done", kept.len(), ports.len());
    assert!(ran.err.contains(&goes_on), "{}", ran.err);
    let is_told = |port: &&u16| ran.out.contains(&port.to_string());
    assert_eq!(
        ports.iter().filter(is_told).count(),
        ports.len(),
        "{}",
        ran.out
    );
    let listed = bench
        .run(&["findings", "--json", "--store", "findings.db"])
        .out;
    assert_eq!(listed.lines().count(), ports.len(), "{listed}");
    let after = records(&bench);
    let first_boot = |records: &[Row]| -> Vec<Row> {
        let of = records.iter().filter(|(boot, ..)| *boot == 1);
        of.cloned().collect()
    };
    assert_eq!(first_boot(&after), kept, "what was stored stands");
    let mut last: Vec<u16> = after
        .iter()
        .filter(|(_, _, _, last)| *last)
        .map(|(_, _, port, _)| *port)
        .collect();
    last.sort_unstable();
    ports.sort_unstable();
    assert_eq!(last, ports, "one last finding each, over both lives");
    assert!(
        after.len() > kept.len(),
        "the second life has asked the rest"
    );

    // The list is done, so the next scan is another one.
    let ran = bench.run(&scan(&targets));
    assert!(!ran.err.contains("going on"), "{}", ran.err);
}

/// Boot, number, port, and whether it is its job's last, of a stored finding.
type Row = (u32, u32, u16, bool);

/// All stored findings, in their order. None where there is no store yet.
fn records(bench: &Bench) -> Vec<Row> {
    let Ok(store) = rusqlite::Connection::open_with_flags(
        bench.path("findings.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    ) else {
        return Vec::new();
    };
    let query = "SELECT findings.boot, findings.number, cases.port, findings.last FROM findings
                 JOIN jobs ON jobs.number = findings.job
                 JOIN cases ON cases.number = jobs.case_number
                 ORDER BY findings.boot, findings.number";
    let Ok(mut rows) = store.prepare(query) else {
        return Vec::new();
    };
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let rows = rows.query_map([], row).and_then(Iterator::collect);
    rows.unwrap_or_default()
}

fn scan<'a>(targets: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "scan",
        "--link",
        "direct",
        "--scope",
        "scope.toml",
        "--store",
        "findings.db",
    ];
    arguments.extend(targets);
    arguments
}

fn scope(ports: &[u16]) -> String {
    format!(
        r#"contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
issued = 2026-01-01
expires = 2100-01-01
networks = ["127.0.0.0/8"]
ports = {ports:?}
depth = "quick"
[authority]
kind = "consent"
reference = "our own computer"
[identity]
helo = "probe.cert.example"
sender_domain = "probe.cert.example"
sink_domain = "sink.cert.example"
"#
    )
}

/// A mail server that answers each command by its verb; the port it listens on.
fn serve(answer: impl Fn(&str) -> &'static str + Copy + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    serve_on(listener, answer);
    port
}

fn serve_on(listener: TcpListener, answer: impl Fn(&str) -> &'static str + Copy + Send + 'static) {
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || converse(stream.unwrap(), answer));
        }
    });
}

fn converse(mut stream: TcpStream, answer: impl Fn(&str) -> &'static str) -> Option<()> {
    let lines = BufReader::new(stream.try_clone().ok()?).lines();
    stream.write_all(b"220 mail.local.example ESMTP\r\n").ok()?;
    for line in lines {
        let line = line.ok()?;
        let verb = line.get(..4).unwrap_or_default();
        let reply = match verb {
            "EHLO" => "250 mail.local.example",
            "QUIT" => "221 2.0.0 Bye",
            "MAIL" | "RSET" => "250 2.0.0 Ok",
            verb => answer(verb),
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).ok()?;
        if verb == "QUIT" {
            return Some(());
        }
    }
    Some(())
}
