//! What databases list, from their files to targets, findings and letters.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::fs;

use bench::{Bench, CLOCK, Ran, golden};

/// A report about servers of the simulated world, as Shadowserver writes it.
const SMTP: &str = "\
\"timestamp\",\"severity\",\"ip\",\"protocol\",\"port\",\"hostname\",\"tag\",\"asn\",\"geo\",\"region\",\"city\",\"naics\",\"hostname_source\",\"sector\",\"banner\"
\"2026-11-18 03:12:05\",info,192.0.2.10,tcp,25,,smtp,64496,PL,,,0,,,\"220 poczta \"\"1\"\", ready\"
\"2026-11-18 03:12:06\",info,192.0.2.11,tcp,25,mail.a.example,smtp,64496,PL,,,0,ptr,,
";

const PROXIES: &str = "\
timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,hostname_source,sector
2026-11-18 03:12:05,medium,192.0.2.10,tcp,1080,,socks5,64496,PL,,,0,,
";

const EVENTS: &str = r#"{"feed.provider": "Spamhaus", "feed.name": "CERT", "source.ip": "192.0.2.10", "source.abuse_contact": "abuse@a.example", "time.source": "2026-11-17T10:00:00+00:00", "classification.type": "vulnerable-system", "classification.identifier": "openrelay", "protocol.application": "smtp"}
{"feed.name": "A feed", "source.ip": "192.0.2.11", "classification.type": "infected-system", "classification.identifier": "mirai"}
{"feed.name": "A feed", "source.fqdn": "a.example", "classification.type": "phishing"}
"#;

fn import(bench: &Bench, file: &str, format: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["import", file, "--as", format, "--store", "findings.db"];
    arguments.extend(more);
    bench.run(&arguments)
}

fn scan(bench: &Bench, more: &[&str]) -> Ran {
    let mut arguments = vec!["scan", "--link", "sim", "--clock", CLOCK];
    arguments.extend(["--scope", "scope.toml", "--store", "findings.db"]);
    arguments.extend(more);
    bench.run(&arguments)
}

#[test]
fn each_format_says_what_it_gave() {
    let bench = Bench::demo("import-formats");
    bench.write("list", "192.0.2.10 # the first\n192.0.2.11\n");
    bench.write("2026-11-18-scan_smtp-x-asn.csv", SMTP);
    bench.write("2026-11-18-scan_socks-x-asn.csv", PROXIES);
    bench.write("events.json", EVENTS);
    let mut all = String::new();
    for (file, format, more) in [
        ("list", "list", &[][..]),
        (
            "list",
            "list",
            &["--listed-by", "a.example", "--listed-on", "2026-11-01"],
        ),
        ("list.csv", "csv", &["--json"]),
        ("2026-11-18-scan_smtp-x-asn.csv", "shadowserver", &[]),
        ("2026-11-18-scan_socks-x-asn.csv", "shadowserver", &[]),
        ("events.json", "intelmq", &[]),
        ("events.json", "intelmq", &["--json"]),
    ] {
        let ran = import(&bench, file, format, more);
        let more = more.join(" ");
        all.push_str(&format!("$ {file} {format} {more}\n{}\n", ran.all()));
    }
    golden("import/formats.txt", &all);
}

#[test]
fn listings_reach_findings_and_letters_and_context_does_not() {
    let bench = Bench::demo("import-letters");
    bench.write("scan_smtp.csv", SMTP);
    bench.write("scan_socks.csv", PROXIES);
    bench.write("events.json", EVENTS);
    for (file, format) in [
        ("scan_smtp.csv", "shadowserver"),
        ("scan_socks.csv", "shadowserver"),
    ] {
        assert_eq!(import(&bench, file, format, &[]).status, 0);
    }
    let ran = scan(&bench, &["--imported"]);
    golden("import/context.txt", &ran.all());
    assert_eq!(import(&bench, "events.json", "intelmq", &[]).status, 0);
    let ran = scan(&bench, &["--imported=spamhaus cert"]);
    golden("import/listed.txt", &ran.all());

    let number = bench.number_of("192.0.2.10");
    let shown = bench.run(&["show", &number, "--store", "findings.db"]).out;
    for listed in [
        "Shadowserver Accessible-SMTP seen on 2026-11-18 (smtp): other",
        "Spamhaus CERT seen on 2026-11-17 (openrelay): open-relay",
    ] {
        assert!(shown.contains(listed), "{listed}\n{shown}");
    }
    let preview = ["--preview", "--lang", "en", "--date", CLOCK];
    let mut arguments = vec!["letters", "--store", "findings.db"];
    arguments.extend(preview);
    let letter = bench.run(&arguments).out;
    let listed = "Listed by:";
    let at = letter.find(listed).unwrap_or_else(|| panic!("{letter}"));
    let rows: Vec<&str> = letter[at + listed.len()..]
        .lines()
        .map(str::trim)
        .take(3)
        .collect();
    assert_eq!(
        rows,
        [
            "Spamhaus CERT",
            "seen on 17 November 2026",
            "code openrelay"
        ]
    );
    assert!(letter.contains("abuse@a.example"));
    assert!(!letter.contains("Shadowserver"), "context is no occasion");
}

#[test]
fn a_list_for_another_store() {
    let bench = Bench::demo("import-out");
    bench.write("scan_smtp.csv", SMTP);
    bench.write("events.json", EVENTS);
    let ran = import(&bench, "scan_smtp.csv", "shadowserver", &["--out", "a.csv"]);
    golden("import/out.txt", &ran.all());
    golden(
        "import/out.csv",
        &fs::read_to_string(bench.path("a.csv")).unwrap(),
    );
    assert!(!bench.path("findings.db").exists());

    let again = import(&bench, "a.csv", "csv", &["--out", "b.csv"]);
    assert_eq!(again.status, 0, "{}", again.err);
    let read = |file| fs::read(bench.path(file)).unwrap();
    assert!(read("a.csv") == read("b.csv"), "what we write we read");
    let ran = scan(&bench, &["--targets", "a.csv", "--json"]);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.err);

    bench.write("bad.csv", "address,port\n192.0.2.1,25\n192.0.2.1,x\n");
    let ran = import(&bench, "bad.csv", "csv", &["--out", "a.csv"]);
    assert_eq!(ran.status, 2);
    assert!(read("a.csv") == read("b.csv"), "it is left alone");
    assert!(!bench.path("a.csv.part").exists());
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_kept() {
    let bench = Bench::demo("import-bad");
    bench.write("list", "192.0.2.1\nmail.example.org\n192.0.2.0/24\n");
    bench.write(
        "events.json",
        "{\"source.ip\": \"192.0.2.1\"}\n{\"source.ip\": 7}\n{\n",
    );
    bench.write("scan_smtp.csv", "timestamp,ip,port\nnever,192.0.2.1,25\n");
    bench.write("scan_rdp.csv", SMTP);
    bench.write("list.csv", "address\n192.0.2.1\n");
    let mut all = String::new();
    for (file, format, more) in [
        ("list", "list", &[][..]),
        ("events.json", "intelmq", &[]),
        ("scan_smtp.csv", "shadowserver", &[]),
        ("scan_rdp.csv", "shadowserver", &[]),
        ("scan_rdp.csv", "shadowserver", &["--report", "scan_rdp"]),
        ("missing", "list", &[]),
        (
            "list.csv",
            "csv",
            &["--report", "scan_smtp", "--listed-as", "other"],
        ),
        ("events.json", "intelmq", &["--listed-by", "a"]),
        ("list.csv", "csv", &["--listed-by", " "]),
    ] {
        let ran = import(&bench, file, format, more);
        assert_eq!(ran.status, 2, "{file}");
        let more = more.join(" ");
        all.push_str(&format!("$ {file} {format} {more}\n{}\n", ran.all()));
    }
    golden("import/bad.txt", &all);
    let ran = scan(&bench, &["--imported"]);
    golden("import/nothing.txt", &ran.all());
    import(&bench, "list.csv", "csv", &["--listed-by", "a.example"]);
    let ran = scan(&bench, &["--imported=b.example"]);
    golden("import/unknown-database.txt", &ran.all());
}

#[test]
fn what_we_export_is_no_occasion_when_it_comes_back() {
    let bench = Bench::demo("import-own");
    bench.scan(&[]);
    let exported = |more: &[&str]| {
        let mut arguments = vec!["findings", "--format", "intelmq", "--store", "findings.db"];
        arguments.extend(more);
        bench.run(&arguments)
    };
    let proved = exported(&[]);
    assert_eq!((proved.status, proved.out.as_str()), (0, ""), "no proof");
    golden("import/nothing-proved.txt", &proved.all());
    let suspected = exported(&["--also", "suspected"]);
    golden("import/event.json", suspected.out.lines().next().unwrap());
    for line in suspected.out.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["classification.type"], "undetermined");
        assert_eq!(event["extra.proved"], false);
        assert!(event.get("source.abuse_contact").is_none());
    }
    let count = suspected.out.lines().count();
    assert!(count > 5, "{count}");

    bench.write("events.json", &suspected.out);
    fs::remove_file(bench.path("findings.db")).unwrap();
    let ran = import(&bench, "events.json", "intelmq", &[]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let ran = scan(&bench, &["--imported"]);
    assert!(!ran.out.contains(" yes: "), "{}", ran.out);
    assert!(ran.out.contains("neither proved nor listed"), "{}", ran.out);
    assert_eq!(exported(&["--also", "closed"]).status, 2);
    let wrong = bench.run(&["findings", "--also", "accepted", "--store", "findings.db"]);
    golden("import/also.txt", &wrong.all());
}

#[test]
fn a_long_file_is_read_to_its_end() {
    let bench = Bench::new("import-long");
    let list: String = (0..30_000_u32)
        .map(|number| format!("{}\n", std::net::Ipv4Addr::from_bits(0x0a00_0000 + number)))
        .collect();
    bench.write("list", &list);
    let ran = import(
        &bench,
        "list",
        "list",
        &["--listed-by", "a.example", "--json"],
    );
    assert_eq!(
        ran.out,
        "{\"read\":30000,\"taken\":30000,\"left_out\":{},\"new_suspects\":30000,\"new_listings\":30000}\n"
    );
    let listed = bench.run(&["findings", "--store", "findings.db"]);
    assert_eq!(listed.out, "no findings yet\n");
}
