//! `postern scan --link sim:FILE`: what a scenario expects, in every form that is read.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::fs;

use bench::{Bench, Ran, golden};

const AS_IT_IS: &str = r#"about = "A bakery that relays, a library that does not, and nobody"
seed = 7
date = 2026-11-20T09:00:00Z

[[peer]]
personality = "open"
address = "192.0.2.10"
host = "mail.bakery.example"

[[peer]]
personality = "closed-550"
address = "2001:db8:7::25"
host = "mail.library.example"

[[dead]]
address = "192.0.2.15"

[[target]]
address = "2002:c000:20a::1"
expected = "refused: embeds-ipv4"
"#;

/// The same world, of which somebody expects too much.
fn as_it_is_not() -> String {
    AS_IT_IS
        .replace(
            "host = \"mail.bakery.example\"\n",
            "host = \"mail.bakery.example\"\nexpected = \"closed: relay-denied\"\n",
        )
        .replace("\"refused: embeds-ipv4\"", "\"closed\"")
}

fn scan(bench: &Bench, more: &[&str]) -> Ran {
    let mut arguments = vec![
        "scan",
        "--link",
        "sim:scenario.toml",
        "--store",
        "findings.db",
    ];
    arguments.extend(more);
    bench.run(&arguments)
}

fn bench(name: &str, text: &str) -> Bench {
    let bench = Bench::new(&format!("scenario-{name}"));
    bench.write("scenario.toml", text);
    bench
}

#[test]
fn targets_and_scope_come_from_the_scenario() {
    let bench = bench("table", AS_IT_IS);
    golden("scenario/as-expected.txt", &scan(&bench, &[]).all());
}

/// What comes back late comes while virtual time goes on, and the history keeps what was said before.
#[test]
fn messages_come_back_at_once_and_late_or_not_at_all() {
    let proof = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../host-sim/scenarios/proof.toml"
    );
    let bench = bench("proof", &fs::read_to_string(proof).unwrap());
    golden(
        "scenario/delivered.txt",
        &scan(&bench, &["--deliver"]).all(),
    );
    let number = bench.number_of("192.0.2.12");
    let shown = bench.run(&["show", &number, "--store", "findings.db"]).out;
    let (_, history) = shown.split_once("\nHistory\n").unwrap();
    let history: Vec<Vec<&str>> = history
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect())
        .collect();
    // When it was judged is today.
    let told: Vec<[&str; 3]> = history
        .iter()
        .map(|row| [row[0], row[row.len() - 2], row[row.len() - 1]])
        .collect();
    assert_eq!(
        told,
        [
            ["2026-10-01", "accepted", "nothing-returned"],
            ["2026-10-03", "confirmed", "message-returned"]
        ]
    );
}

/// A scenario with proxies and block lists: every target that the file places and no more, with its own probe.
const PROXIES: &str = include_str!("../../host-sim/scenarios/proxies.toml");

#[test]
fn proxies_and_block_lists_of_a_scenario_are_probed_and_held_against_it() {
    let every_probe = bench("proxies", PROXIES);
    let ran = scan(&every_probe, &["--junit", "report.xml"]);
    golden("scenario/proxies.txt", &ran.all());
    let report = fs::read_to_string(every_probe.path("report.xml")).unwrap();
    assert!(report.contains("tests=\"32\" failures=\"0\" errors=\"0\" skipped=\"0\""));
    let only_lists = bench("proxies-lists", PROXIES);
    let ran = scan(&only_lists, &["--probes", "dnsbl"]);
    let told = "The scenario: 16 targets, all as expected\n";
    assert!(ran.out.ends_with(told), "{}", ran.out);
}

#[test]
fn a_proxy_and_a_listing_that_are_not_as_expected_are_told() {
    let text = PROXIES
        .replace(
            "personality = \"open-connect\"\naddress = \"192.0.2.20\"\n",
            "personality = \"open-connect\"\naddress = \"192.0.2.20\"\nexpected = \"closed\"\n",
        )
        .replace("port = 0\n", "port = 0\nexpected = \"suspected: listed\"\n");
    let ran = scan(&bench("proxies-unexpected", &text), &["--json"]);
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.err,
        "postern: not as the scenario expects: 192.0.2.20:8080: expected closed, found confirmed: connection-returned\n\
         postern: not as the scenario expects: 192.0.2.50 in block lists: expected suspected: listed, found closed: not-listed\n"
    );
    let unexpected: Vec<(String, String)> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|finding| finding["as_expected"] == false)
        .map(|finding| ["address", "probe"].map(|it| finding[it].as_str().unwrap().to_owned()))
        .map(|[address, probe]| (address, probe))
        .collect();
    let expected = [("192.0.2.20", "proxy"), ("192.0.2.50", "dnsbl")];
    assert_eq!(
        unexpected,
        expected.map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
}

#[test]
fn what_is_not_as_expected_is_told_and_exits_with_1() {
    let bench = bench("unexpected", &as_it_is_not());
    let ran = scan(&bench, &["--junit", "report.xml"]);
    assert_eq!(ran.status, 1);
    golden("scenario/not-as-expected.txt", &ran.all());
    let report = fs::read_to_string(bench.path("report.xml")).unwrap();
    golden("scenario/not-as-expected.xml", &report);
}

#[test]
fn a_report_of_what_is_as_expected_has_no_failure() {
    let bench = bench("junit", AS_IT_IS);
    assert_eq!(scan(&bench, &["--junit", "report.xml"]).status, 0);
    let report = fs::read_to_string(bench.path("report.xml")).unwrap();
    golden("scenario/as-expected.xml", &report);
}

#[test]
fn fail_on_counts_beside_what_is_expected() {
    let bench = bench("fail-on", AS_IT_IS);
    for (fail_on, status) in [("suspected", 1), ("confirmed", 0), ("inconclusive", 1)] {
        let ran = scan(&bench, &["--fail-on", fail_on]);
        assert_eq!(ran.status, status, "{fail_on}");
    }
}

#[test]
fn json_says_what_was_expected_and_fits_its_schema() {
    let bench = bench("json", &as_it_is_not());
    let ran = scan(&bench, &["--json"]);
    assert_eq!(ran.status, 1);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/findings.schema.json");
    let mut schemas = boon::Schemas::new();
    let schema = boon::Compiler::new().compile(path, &mut schemas).unwrap();
    let mut expectations = String::new();
    for line in ran.out.lines() {
        let mut finding: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(schemas.validate(&finding, schema).is_ok(), "{line}");
        // Each form makes a line too long to be read.
        finding["forms"] = serde_json::json!([]);
        expectations.push_str(&format!("{finding}\n"));
    }
    golden(
        "scenario/not-as-expected.json",
        &format!("{expectations}{}", ran.err),
    );
}

#[test]
fn the_user_may_name_other_targets_another_scope_and_less_depth() {
    let bench = bench("others", AS_IT_IS);
    let ran = scan(&bench, &["192.0.2.10", "192.0.2.99", "--depth", "quick"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(
        ran.out.contains("The scenario: 1 target, all as expected"),
        "{}",
        ran.out
    );
    let narrow = host_sim::demo::scope_toml(probe_core::scope::Depth::Quick);
    bench.write(
        "scope.toml",
        &narrow.replace("    \"2001:db8::/32\",\n", ""),
    );
    let ran = scan(&bench, &["--scope", "scope.toml"]);
    assert_eq!(ran.status, 1);
    let told = "2001:db8:7::25   closed-550     closed: relay-denied  refused: outside-networks\n";
    assert!(ran.err.is_empty(), "{}", ran.err);
    assert!(ran.out.contains(told), "{}", ran.out);
}

#[test]
fn a_bad_scenario_starts_nothing() {
    for (name, link, text) in [
        ("bad", "sim:scenario.toml", AS_IT_IS.replace("open", "opan")),
        ("missing", "sim:none.toml", String::new()),
    ] {
        let bench = bench(name, &text);
        let ran = bench.run(&["scan", "--link", link, "--store", "findings.db"]);
        golden(&format!("scenario/{name}.txt"), &ran.all());
        assert_eq!(ran.status, 2);
        assert!(!bench.path("findings.db").exists());
    }
}

#[test]
fn the_manual_shows_what_is_printed() {
    let manual = include_str!("../../docs/simulator.md");
    for sample in [
        include_str!("golden/scenario/not-as-expected.json"),
        include_str!("golden/scenario/not-as-expected.xml"),
        "The scenario: 4 targets, all as expected\n",
    ] {
        assert!(
            manual.contains(sample),
            "docs/simulator.md lacks:\n{sample}"
        );
    }
    // The date is the simulation's own in the manual.
    let example = AS_IT_IS.replace("date = 2026-11-20T09:00:00Z\n", "");
    assert!(
        manual.contains(&example),
        "docs/simulator.md lacks:\n{example}"
    );
}
