//! The checks of our own names and addresses, as the program makes them where nobody may be asked.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::net::TcpListener;

use bench::{Bench, golden};

/// A scope for one port of the loopback interface. It names no resolver.
fn scope(port: u16) -> String {
    format!(
        r#"contact = "noc@example.org"
abuse_page = "https://example.org/probes"
issued = 2026-01-01
expires = 2099-01-01
networks = ["127.0.0.1/32"]
ports = [{port}]
delivery = "on"
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

/// A port where nobody listens.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn without_a_resolver_the_file_alone_is_checked() {
    let bench = Bench::new("site-check");
    bench.write("scope.toml", &scope(25));
    let check = |more: &[&str]| bench.run(&[&["scope", "check", "scope.toml"], more].concat());
    let whole = check(&[]);
    assert_eq!(whole.status, 0, "{}", whole.err);
    let (described, checks) = whole.out.split_once("\n\n").unwrap();
    golden("scope/not-asked.txt", checks);

    let offline = check(&["--offline"]);
    assert_eq!(offline.status, 0, "{}", offline.err);
    assert_eq!(offline.out.trim_end(), described);

    let json = check(&["--json"]);
    assert_eq!(json.status, 0, "{}", json.err);
    let lines: Vec<serde_json::Value> = json
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let words = |field: &str| -> Vec<&str> {
        let words = lines.iter().map(|line| line[field].as_str().unwrap());
        words.collect()
    };
    assert_eq!(
        words("check"),
        ["helo", "sink-mx", "sender-spf", "sink-path"]
    );
    assert_eq!(words("outcome"), ["not-made"; 4]);
}

#[test]
fn messages_are_sent_only_where_our_names_were_checked_or_that_is_waived() {
    let bench = Bench::new("site-scan");
    let port = closed_port();
    bench.write("scope.toml", &scope(port));
    let target = format!("127.0.0.1:{port}");
    let scan = |more: &[&str]| {
        let arguments = ["scan", "--link", "direct", "--scope", "scope.toml", &target];
        bench.run(&[&arguments[..], &["--store", "findings.db"], more].concat())
    };
    let refused = scan(&["--deliver"]);
    assert_eq!((refused.status, refused.out.as_str()), (2, ""));
    golden("bad/deliver-unchecked.txt", &refused.err);

    // Without messages it is enough to say so.
    let told = scan(&["--json"]);
    assert_eq!(told.status, 0, "{}", told.err);
    let names =
        "postern: not checked: helo, sink-mx, sender-spf, sink-path: the scope names no resolver\n";
    assert!(told.err.contains(names), "{}", told.err);
    assert!(told.out.contains("\"lab\":false"), "{}", told.out);

    let waived = scan(&["--deliver", "--lab", "--json"]);
    assert_eq!(waived.status, 0, "{}", waived.err);
    assert!(!waived.err.contains("not checked"), "{}", waived.err);
    assert!(waived.out.contains("\"lab\":true"), "{}", waived.out);
    let shown = bench.run(&["show", "1", "--store", "findings.db"]).out;
    assert!(
        shown.contains("the checks of our own identity were waived"),
        "{shown}"
    );
}
