//! The main job in the simulator: a scan, and what can be read of it afterwards.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::fs;

use bench::{Bench, CLOCK, golden};

#[test]
fn from_a_list_to_a_table() {
    let bench = Bench::demo("table");
    let ran = bench.scan(&[]);
    golden("scan/table.txt", &ran.all());

    let listed = bench.run(&["findings", "--store", "findings.db"]);
    let table = ran.out.split("\n\nRefused").next().unwrap();
    assert_eq!(listed.out.trim_end(), table, "the same findings later");
    assert_eq!(listed.status, 0);
}

#[test]
fn messages_come_back_to_the_appliance_and_prove_who_relays() {
    let bench = Bench::demo("delivered");
    let ran = bench.scan(&["--deliver"]);
    golden("scan/delivered.txt", &ran.all());
    let number = bench.number_of("203.0.113.10");
    let ran = bench.run(&["show", &number, "--store", "findings.db"]);
    golden("show/delivered.txt", &undated(&ran.out));
    let arguments = ["letters", "--store", "findings.db", "--date", CLOCK];
    golden("letters/delivered.txt", &bench.run(&arguments).all());
}

#[test]
fn what_is_shown_of_one_finding() {
    let bench = Bench::demo("show");
    assert_eq!(bench.scan(&[]).status, 0);
    for (name, address) in [
        ("open", "192.0.2.10"),
        ("closed", "192.0.2.11"),
        ("tarpit", "198.51.100.104"),
        ("silent", "192.0.2.15"),
    ] {
        let number = bench.number_of(address);
        let ran = bench.run(&["show", &number, "--store", "findings.db"]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        golden(&format!("show/{name}.txt"), &undated(&ran.out));
    }
}

#[test]
fn a_later_scan_keeps_numbers_and_history() {
    let bench = Bench::demo("again");
    bench.scan(&[]);
    let number = bench.number_of("192.0.2.10");
    bench.scan(&["--depth", "quick"]);
    assert_eq!(bench.number_of("192.0.2.10"), number);
    let shown = bench.run(&["show", &number, "--store", "findings.db"]).out;
    let history: Vec<&str> = shown.split("History\n").nth(1).unwrap().lines().collect();
    assert_eq!(history.len(), 3, "a head and two judgements: {history:?}");
    assert!(history[1].contains("standard") && history[2].contains("quick"));
}

#[test]
fn the_same_seed_gives_the_same_capture() {
    let bench = Bench::demo("seed");
    let scan = |arguments: &[&str]| {
        bench.scan(arguments);
        // Another scan of one store is another device's, whose tokens are others.
        for file in ["findings.db", "findings.db-wal", "findings.db-shm"] {
            let _ = fs::remove_file(bench.path(file));
        }
    };
    scan(&["--pcap", "one.pcap"]);
    scan(&["--pcap", "two.pcap"]);
    let one = fs::read(bench.path("one.pcap")).unwrap();
    assert!(one.len() > 10_000, "{} octets", one.len());
    assert!(one == fs::read(bench.path("two.pcap")).unwrap());
    scan(&["--pcap", "other.pcap", "--seed", "2"]);
    assert!(one != fs::read(bench.path("other.pcap")).unwrap());
}

#[test]
fn letters_for_those_that_the_rule_allows() {
    let bench = Bench::demo("letters");
    bench.scan(&[]);
    let arguments = [
        "letters",
        "--store",
        "findings.db",
        "--out",
        "letters",
        "--date",
        CLOCK,
    ];
    let ran = bench.run(&arguments);
    golden("letters/table.txt", &ran.all());
    let mut names: Vec<String> = fs::read_dir(bench.path("letters"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in &names {
        assert!(ran.out.contains(name.as_str()), "{name} is in the table");
    }
    let languages: std::collections::BTreeSet<&str> = names
        .iter()
        .map(|name| name.split('.').nth(1).unwrap())
        .collect();
    assert_eq!(
        languages.into_iter().collect::<Vec<_>>(),
        ["da", "de", "en", "fr", "it", "pl"]
    );
    assert_eq!(bench.run(&arguments).out, ran.out, "the same again");
}

#[test]
fn a_preview_writes_nothing() {
    let bench = Bench::demo("preview");
    bench.scan(&[]);
    let ran = bench.run(&[
        "letters",
        "--store",
        "findings.db",
        "--preview",
        "--lang",
        "pl,en",
        "--date",
        CLOCK,
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("Szanowni Państwo") && ran.out.contains("Dear Sir or Madam"));
    assert!(!bench.path("letters").exists());
}

#[test]
fn historic_letters_are_written_where_they_are_known_and_never_ready() {
    let bench = Bench::demo("historic");
    bench.scan(&[]);
    let letters = |language| {
        bench.run(&[
            "letters",
            "--store",
            "findings.db",
            "--profile",
            "ftc-2003",
            "--lang",
            language,
            "--out",
            language,
            "--date",
            CLOCK,
        ])
    };
    let german = letters("de");
    assert_eq!(german.status, 0, "{}", german.err);
    assert!(german.out.contains(" 0 ready, "), "{}", german.out);
    assert!(fs::read_dir(bench.path("de")).unwrap().count() > 5);

    let danish = letters("da");
    assert_eq!(danish.status, 2, "{}", danish.out);
    let why = "ftc-2003: the letters of this historic profile are known in pl, fr, de, it alone";
    assert!(danish.err.contains(why), "{}", danish.err);
    assert!(!bench.path("da").exists());
}

#[test]
fn one_letter_in_two_languages() {
    let bench = Bench::demo("two-languages");
    bench.scan(&[]);
    let ran = bench.run(&[
        "letters",
        "--store",
        "findings.db",
        "--out",
        "letters",
        "--lang",
        "pl+en",
        "--date",
        CLOCK,
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let mut seen = 0;
    for entry in fs::read_dir(bench.path("letters")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.display().to_string().contains(".pl+en."), "{path:?}");
        let text = fs::read_to_string(path).unwrap();
        let place = |words| text.find(words).unwrap_or_else(|| panic!("no {words}"));
        assert!(place("English version below") < place("Szanowni Państwo"));
        assert!(place("Szanowni Państwo") < place("Dear Sir or Madam"));
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn fail_on_decides_the_exit_status() {
    let bench = Bench::demo("fail-on");
    for (fail_on, status) in [
        (&["suspected"][..], 1),
        (&["accepted"], 0),
        (&["confirmed"], 0),
        (&["inconclusive"], 1),
        (&["confirmed", "inconclusive"], 1),
    ] {
        let arguments: Vec<&str> = fail_on.iter().flat_map(|it| ["--fail-on", it]).collect();
        assert_eq!(bench.scan(&arguments).status, status, "{fail_on:?}");
    }
}

#[test]
fn what_a_list_names_twice_is_probed_once() {
    let bench = Bench::demo("twice");
    bench.write("list.txt", "192.0.2.11\n::ffff:192.0.2.11\n192.0.2.11:25\n");
    let mut arguments = vec!["scan", "--link", "sim", "--clock", CLOCK];
    arguments.extend(["--scope", "scope.toml", "--store", "findings.db"]);
    arguments.extend(["--targets", "list.txt"]);
    let ran = bench.run(&arguments);
    assert!(ran.out.contains("\n1 finding: 1 closed\n"), "{}", ran.out);
    assert_eq!(
        ran.err,
        "postern: 2 lines named again what was named before; each suspect is probed once\n"
    );
}

#[test]
fn only_refusals_of_all_targets_change_the_exit_status() {
    let bench = Bench::demo("refused");
    bench.write(
        "list.csv",
        "address\n10.99.0.25\n::ffff:10.99.0.26\n2002:c000:20a::1\n64:ff9b::c000:20a\n",
    );
    golden(
        "scan/all-refused.txt",
        &bench.scan(&["--pcap", "wire.pcap"]).all(),
    );
    let wire = fs::read(bench.path("wire.pcap")).unwrap();
    assert_eq!(bench::tcp_frames(&wire), 0, "nothing was contacted");
}

#[test]
fn what_is_excluded_is_never_probed() {
    let bench = Bench::demo("exclude");
    let exclude = |what: &str| {
        bench.run(&[
            "exclude",
            what,
            "--reason",
            "asked on 2026-11-19",
            "--store",
            "findings.db",
        ])
    };
    golden("exclude/network.txt", &exclude("192.0.2.0/24").all());
    golden("exclude/domain.txt", &exclude("BAGERI.example").all());
    golden("exclude/nonsense.txt", &exclude("192.0.2.1/33").all());
    let ran = bench.scan(&["--pcap", "wire.pcap"]);
    let (probed, refused) = ran.out.split_once("Refused").unwrap();
    assert!(!probed.contains("192.0.2.") && !probed.contains("bageri"));
    assert!(refused.contains("203.0.113.10") && refused.contains("excluded: asked on 2026-11-19"));
}

#[test]
fn a_line_is_asked_by_every_probe_that_it_is_for() {
    let bench = Bench::demo("probes");
    let scope = fs::read_to_string(bench.path("scope.toml")).unwrap();
    let probes = "probes = [\"relay\", \"proxy\"]\n";
    let proxy = "\n[proxy]\nports = { socks5 = [1080], http-connect = [3128] }\n\
                 sink_address = \"198.51.100.250\"\n";
    let scope: String = scope
        .lines()
        .filter(|line| !line.starts_with("probes"))
        .map(|line| format!("{line}\n"))
        .collect();
    bench.write("scope.toml", &format!("{probes}{scope}{proxy}"));
    bench.write("list.csv", "address\n198.51.100.10\n192.0.2.11:3128\n");
    let found = |more: &[&str]| -> Vec<(u64, String)> {
        let ran = bench.scan(&[&["--json", "--fresh", "--junit", "report.xml"], more].concat());
        assert_eq!(ran.status, 0, "{}", ran.err);
        let mut found: Vec<(u64, String)> = ran
            .out
            .lines()
            .map(|line| {
                let finding: serde_json::Value = serde_json::from_str(line).unwrap();
                let word = |key: &str| finding[key].as_str().unwrap().to_owned();
                (
                    finding["port"].as_u64().unwrap(),
                    format!("{} {} {}", word("address"), word("probe"), word("verdict")),
                )
            })
            .collect();
        found.sort();
        found
    };
    let of = |port, said: &str| (port, said.to_owned());
    let all = found(&[]);
    assert_eq!(
        all,
        [
            of(25, "198.51.100.10 relay suspected"),
            of(1080, "198.51.100.10 proxy closed"),
            of(3128, "192.0.2.11 proxy closed"),
            of(3128, "198.51.100.10 proxy closed"),
        ]
    );
    let report = fs::read_to_string(bench.path("report.xml")).unwrap();
    assert!(
        report.contains("<testsuite name=\"relay proxy\""),
        "{report}"
    );
    assert!(report.contains("classname=\"proxy\" name=\"192.0.2.11:3128\""));
    assert_eq!(found(&["--probes", "proxy"]), all[1..]);

    let refused = bench.scan(&["--probes", "relay"]);
    assert!(
        refused.out.contains("the scope does not name this port"),
        "{}",
        refused.out
    );
    let table = bench.run(&["findings", "--store", "findings.db"]).out;
    let head: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head[..3], ["No", "Address", "Probe"], "{table}");
}

#[test]
fn json_fits_its_schema() {
    let bench = Bench::demo("json");
    let ran = bench.scan(&["--json"]);
    let listed = bench.run(&["findings", "--json", "--store", "findings.db"]);
    assert_eq!(ran.out, listed.out);
    assert!(ran.out.lines().count() > 30);

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/findings.schema.json");
    let mut schemas = boon::Schemas::new();
    let schema = boon::Compiler::new().compile(path, &mut schemas).unwrap();
    for line in ran.out.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Err(error) = schemas.validate(&finding, schema) {
            panic!("{error:#}\n{line}");
        }
    }
    let broken = ran
        .out
        .lines()
        .next()
        .unwrap()
        .replacen("\"number\":1", "\"number\":0", 1);
    let broken: serde_json::Value = serde_json::from_str(&broken).unwrap();
    assert!(
        schemas.validate(&broken, schema).is_err(),
        "the schema can say no"
    );
    golden("scan/finding.json", ran.out.lines().next().unwrap());
}

#[test]
fn junit_for_ci() {
    let bench = Bench::demo("junit");
    bench.write(
        "list.csv",
        "address,name\n192.0.2.10,a.example\n192.0.2.11,b.example\n192.0.2.15,c.example\n10.0.0.1,d.example\n",
    );
    let ran = bench.scan(&["--junit", "report.xml", "--fail-on", "suspected"]);
    assert_eq!(ran.status, 1);
    let report = fs::read_to_string(bench.path("report.xml")).unwrap();
    golden("scan/junit.xml", &report);
}

#[test]
fn colours_only_on_a_terminal() {
    let bench = Bench::demo("colour");
    assert!(!bench.scan(&[]).out.contains('\u{1b}'));
    let mut forced = bench.command(&["findings", "--store", "findings.db"]);
    let forced = forced.env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(forced.stdout).unwrap().contains('\u{1b}'));
    let mut no = bench.command(&["findings", "--store", "findings.db"]);
    let no = no.env("NO_COLOR", "1").output().unwrap();
    assert!(!String::from_utf8(no.stdout).unwrap().contains('\u{1b}'));
}

/// Without the moment at which the host judged, which is the computer's own.
fn undated(text: &str) -> String {
    let Some((before, history)) = text.split_once("History\n") else {
        return text.to_owned();
    };
    let lines: Vec<String> = history
        .lines()
        .map(|line| {
            let columns: Vec<&str> = line.split("  ").filter(|it| !it.is_empty()).collect();
            let kept = columns.iter().enumerate().filter(|(at, _)| *at != 1);
            kept.map(|(_, it)| it.trim()).collect::<Vec<_>>().join("  ")
        })
        .collect();
    format!("{before}History\n{}\n", lines.join("\n"))
}
