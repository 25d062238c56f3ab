//! The whole demonstration, as `cargo demo` runs it: servers that may relay, then proxies and a block list, and
//! the letters about what both have shown.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use std::fs;

use bench::{Bench, CLOCK, Ran, golden};
use probe_core::scope::Depth;

fn demonstration(name: &str) -> Bench {
    let bench = Bench::new(name);
    bench.write("suspects.csv", &host_sim::demo::suspects_csv());
    bench.write("proxies.csv", &host_sim::demo::proxies_csv());
    let scope = host_sim::demo::scope_toml_of_every_probe(Depth::Standard);
    bench.write("scope.toml", &scope);
    bench
}

fn scan(bench: &Bench, list: &str, probes: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["scan", "--link", "sim", "--clock", CLOCK];
    arguments.extend(["--scope", "scope.toml", "--store", "findings.db"]);
    arguments.extend(["--targets", list, "--probes", probes]);
    arguments.extend(more);
    let ran = bench.run(&arguments);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.out);
    ran
}

/// Without its spaces, for tables whose columns are as wide as what stands in them.
fn words(text: &str) -> Vec<String> {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect()
}

#[test]
fn relays_and_proxies_and_letters_about_both() {
    let bench = demonstration("demonstration");
    let relays = scan(&bench, "suspects.csv", "relay", &["--deliver"]);
    let proxies = scan(&bench, "proxies.csv", "proxy,dnsbl", &[]);
    golden("demonstration/proxies.txt", &proxies.all());

    let arguments = ["letters", "--store", "findings.db", "--date", CLOCK];
    let letters = [&arguments[..], &["--lang", "auto", "--out", "letters"]].concat();
    let written = bench.run(&letters);
    assert_eq!(written.status, 0, "{}", written.err);
    let letter = |file: &str| fs::read_to_string(bench.path("letters").join(file)).unwrap();
    golden("demonstration/both.txt", &letter("PO-000001.pl.draft.txt"));
    golden("demonstration/proxy.txt", &letter("PO-000039.fr.draft.txt"));

    let readme = include_str!("../../README.md");
    let (_, picture) = readme.split_once("$ cargo demo\n").unwrap();
    let (picture, _) = picture.split_once("```").unwrap();
    let (tables, files) = picture.split_once("target/demo/letters:\n").unwrap();
    let said = [words(&relays.out), words(&proxies.out)].concat();
    for line in words(tables).iter().filter(|line| *line != "…") {
        assert!(
            said.contains(line),
            "the demonstration does not say: {line}"
        );
    }
    let names = fs::read_dir(bench.path("letters")).unwrap();
    let names = names.map(|file| file.unwrap().file_name().into_string().unwrap());
    let count = names.filter(|name| name.ends_with(".txt")).count();
    let line = format!("  {count} *.txt             letters as text\n");
    assert!(files.contains(&line), "README.md lacks:\n{line}");
}

/// Each probe leaves the findings of the others as they are.
#[test]
fn the_larger_scope_finds_the_same_relays() {
    let bench = demonstration("demonstration-relays");
    let with_others = scan(&bench, "suspects.csv", "relay", &["--deliver"]);
    let alone = Bench::demo("demonstration-alone").scan(&["--deliver"]);
    assert_eq!(with_others.out, alone.out);
}
