//! Runs of letters, as someone sees who writes them day after day: references, files, states.

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
    let said = letters(&bench, &["--lang", "en"]).out;
    assert!(
        said.contains(" letters to 1 recipient: 0 ready, 1 draft, "),
        "{said}"
    );
    assert!(said.contains("\n--group contact makes one letter of everything"));
    let one: std::collections::BTreeSet<&String> = by_contact.values().collect();
    assert_eq!(one.len(), 1);
    assert_eq!(by_contact["192.0.2.10"], by_network["192.0.2.10"]);
    assert_eq!(references(&bench, &[]), by_network, "and back");
}

/// The example as somebody's own profile, `own.toml`, with these languages approved.
fn own_profile(bench: &Bench, approved: &str) {
    let _ = fs::remove_file(bench.path("own.toml"));
    assert_eq!(bench.run(&["profile", "new", "own.toml"]).status, 0);
    let text = fs::read_to_string(bench.path("own.toml")).unwrap();
    let lines = text.lines().map(|line| {
        if line.starts_with("approved = ") {
            format!("approved = [{approved}]")
        } else {
            line.replace("cert.example", "cert.gov.pl")
        }
    });
    bench.write("own.toml", &lines.collect::<Vec<_>>().join("\n"));
}

fn letters(bench: &Bench, more: &[&str]) -> bench::Ran {
    let mut arguments = vec!["letters", "--store", "findings.db", "--date", bench::CLOCK];
    arguments.extend(more);
    bench.run(&arguments)
}

fn names(bench: &Bench, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(bench.path(folder)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_form_has_its_files() {
    let bench = Bench::demo("forms");
    bench.scan(&[]);
    own_profile(&bench, "\"pl\"");
    let all = "text,eml,csv,html,xarf";
    let ran = letters(&bench, &["--profile", "own.toml", "--format", all]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(
        ran.out.contains(": 2 ready, 9 draft, 0 faulty\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("letters/preview.html\n"));
    let names = names(&bench, "letters");
    for name in [
        "PO-000001.pl.txt",
        "PO-000001.pl.eml",
        "PO-000001.csv",
        "PO-000001.xarf.json",
        "PO-000002.fr.draft.txt",
        "PO-000002.fr.draft.eml",
        "PO-000002.csv",
        "letters.csv",
        "preview.html",
    ] {
        assert!(names.iter().any(|it| it == name), "{name}: {names:?}");
    }
    // Eleven letters in four forms, and two files of the run; nothing half written.
    assert_eq!(names.len(), 46);
}

#[test]
fn a_letter_has_one_state() {
    let bench = Bench::demo("states");
    bench.scan(&[]);
    let polish = |bench: &Bench| -> Vec<String> {
        let names = names(bench, "letters").into_iter();
        names.filter(|name| name.contains("000001.pl")).collect()
    };
    own_profile(&bench, "\"en\"");
    letters(&bench, &["--profile", "own.toml"]);
    assert_eq!(polish(&bench), ["PO-000001.pl.draft.txt"]);
    own_profile(&bench, "\"en\", \"pl\"");
    letters(&bench, &["--profile", "own.toml"]);
    assert_eq!(polish(&bench), ["PO-000001.pl.txt"]);
    own_profile(&bench, "\"en\"");
    letters(&bench, &["--profile", "own.toml"]);
    assert_eq!(polish(&bench), ["PO-000001.pl.draft.txt"]);
}

#[test]
fn what_an_earlier_run_has_left_is_named() {
    let bench = Bench::demo("left-over");
    bench.scan(&[]);
    assert!(!letters(&bench, &[]).out.contains("earlier run"));
    bench.write("letters/PO-000099.pl.eml", "closed since");
    bench.write("letters/notes.txt", "mine");
    let said = letters(&bench, &[]).out;
    assert!(
        said.ends_with("from an earlier run, not of this one: PO-000099.pl.eml\n"),
        "{said}"
    );
    assert!(bench.path("letters/PO-000099.pl.eml").exists());
}

#[test]
fn faults_are_told_and_change_the_exit_status() {
    let bench = Bench::demo("faults");
    bench.scan(&[]);
    own_profile(&bench, "\"en\"");
    let text = fs::read_to_string(bench.path("own.toml")).unwrap();
    let (head, english) = text.split_once("[text.en]").unwrap();
    let english = english.replacen("who = \"", "who = \"TODO: ", 1);
    bench.write("own.toml", &format!("{head}[text.en]{english}"));
    let ran = letters(&bench, &["--profile", "own.toml", "--lang", "en"]);
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    assert!(
        ran.out.contains(": 0 ready, 0 draft, 11 faulty\n"),
        "{}",
        ran.out
    );
    let fault = "PO-000001 en: a placeholder that nobody filled in: “TODO: ";
    assert!(ran.out.contains(fault), "{}", ran.out);
    let names = names(&bench, "letters");
    assert!(names.iter().all(|name| name.ends_with(".en.faulty.txt")));
}

#[test]
fn a_letter_of_history_takes_no_number() {
    let bench = Bench::demo("history");
    bench.scan(&[]);
    let ran = letters(&bench, &["--profile", "ftc-2003", "--lang", "de"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains(": 0 ready, "), "{}", ran.out);
    let connection = rusqlite::Connection::open(bench.path("findings.db")).unwrap();
    let count = "SELECT count(*) FROM letter_references";
    let kept: i64 = connection.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 0);
}

#[test]
fn a_preview_has_colours_only_on_a_terminal() {
    let bench = Bench::demo("colours");
    bench.scan(&[]);
    let arguments = ["letters", "--store", "findings.db", "--preview"];
    let plain = bench.run(&arguments);
    assert!(!plain.out.contains('\u{1b}'));
    assert!(
        plain
            .out
            .contains("PO-000001  pl  draft  to abuse@piekarnia.example\n")
    );
    let coloured = bench
        .command(&arguments)
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(coloured.stdout.contains(&0x1b));
}
