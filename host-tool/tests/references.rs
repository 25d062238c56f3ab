//! References of letters, as someone sees who runs the program day after day.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::{collections::BTreeMap, fs};

use bench::Bench;

const LATER: &str = "2026-12-24T09:00:00Z";

/// Writes letters on a day and gives the reference in each address's row.
fn references(bench: &Bench, more: &[&str]) -> BTreeMap<String, String> {
    let mut arguments = vec!["letters", "--store", "findings.db", "--lang", "en"];
    arguments.extend(more);
    let ran = bench.run(&arguments);
    assert_eq!(ran.err, "");
    let rows = ran.out.lines().filter_map(|line| {
        let (before, _) = line.split_once(" (")?;
        let file = before.rsplit(['/', ' ']).next()?;
        let reference = file.split('.').next().filter(|it| it.starts_with("PO-"))?;
        Some((
            line.split_whitespace().nth(1)?.to_owned(),
            reference.to_owned(),
        ))
    });
    rows.collect()
}

#[test]
fn the_same_case_keeps_its_number() {
    let bench = Bench::demo("references");
    bench.scan(&[]);
    let first = references(&bench, &["--date", bench::CLOCK]);
    assert!(first.len() > 5, "{first:?}");
    assert_eq!(references(&bench, &["--date", LATER]), first, "another day");

    bench.scan(&["--seed", "2", "--depth", "quick"]);
    let later = references(&bench, &["--date", LATER]);
    for (address, reference) in &first {
        if let Some(again) = later.get(address) {
            assert_eq!(again, reference, "{address} after another scan");
        }
    }
}

#[test]
fn a_preview_takes_no_number() {
    let bench = Bench::demo("dry");
    bench.scan(&[]);
    let kept = || {
        let connection = rusqlite::Connection::open(bench.path("findings.db")).unwrap();
        let count = "SELECT count(*) FROM letter_references";
        connection
            .query_row(count, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let previewed = references(&bench, &["--preview"]);
    assert_eq!(kept(), 0);
    let written = references(&bench, &[]);
    assert_eq!(kept(), written.len() as i64);
    assert_eq!(previewed, written, "a preview shows what will be written");
    references(&bench, &[]);
    assert_eq!(kept(), written.len() as i64);
}

#[test]
fn neighbours_of_one_contact_share_a_letter() {
    let bench = Bench::demo("neighbours");
    // The demonstration's open and undecided servers, with one contact for all.
    let list = fs::read_to_string(bench.path("list.csv")).unwrap();
    let mut lines = list.lines();
    let header = lines.next().unwrap();
    let place = header.split(',').position(|it| it == "contact").unwrap();
    let rows = lines.map(|line| {
        let mut fields: Vec<&str> = line.split(',').collect();
        fields[place] = "abuse@everyone.example";
        fields.join(",")
    });
    let rows: Vec<String> = rows.collect();
    bench.write("list.csv", &format!("{header}\n{}\n", rows.join("\n")));
    bench.scan(&[]);
    let by_network = references(&bench, &[]);
    assert_eq!(by_network["192.0.2.10"], by_network["192.0.2.100"]);
    assert_ne!(by_network["192.0.2.10"], by_network["198.51.100.10"]);

    let by_contact = references(&bench, &["--group", "contact"]);
    assert_eq!(by_contact.len(), by_network.len());
    let one: std::collections::BTreeSet<&String> = by_contact.values().collect();
    assert_eq!(one.len(), 1);
    assert_eq!(by_contact["192.0.2.10"], by_network["192.0.2.10"]);
    assert_eq!(references(&bench, &[]), by_network, "and back");
}
