//! The program `host-sim`, as a person or a script runs it.

#[expect(dead_code, reason = "each test file uses its part of the support")]
mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use host_sim::peers::Personality;
use sha2::{Digest, Sha256};
use support::holds_the_golden_file;

fn host_sim(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_host-sim");
    Command::new(program).args(arguments).output().unwrap()
}

#[test]
fn the_table_says_what_it_always_says() {
    let output = host_sim(&["run"]);
    let said = String::from_utf8(output.stdout).unwrap();
    let (table, figures) = said.split_once("\n\n").unwrap();
    holds_the_golden_file("run.txt", &format!("{table}\n"));
    assert_eq!(figures.lines().count(), 3, "{figures}");
    assert!(output.status.success());
}

#[test]
fn the_capture_is_the_one_whose_checksum_is_told() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let stem = folder.join("parade");
    let output = host_sim(&[
        "run",
        "--seed",
        "3",
        "--json",
        "--pcap",
        stem.to_str().unwrap(),
    ]);
    let said = String::from_utf8(output.stdout).unwrap();
    for depth in ["quick", "standard", "full"] {
        let octets = fs::read(folder.join(format!("parade.{depth}.pcap"))).unwrap();
        assert!(octets.starts_with(&[0xd4, 0xc3, 0xb2, 0xa1]));
        let digest = Sha256::digest(&octets);
        let digest: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        let lines: Vec<serde_json::Value> = said
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|line: &serde_json::Value| line["depth"] == depth)
            .collect();
        let over_both_families = 2 * Personality::every().count();
        assert_eq!(lines.len(), over_both_families);
        for line in lines {
            assert_eq!(line["pcap_sha256"], digest.as_str());
            assert_eq!(line["expected"]["verdict"], line["verdict"], "{line}");
            assert_eq!(line["expected"]["reason"], line["reason"], "{line}");
        }
    }
}

#[test]
fn a_sweep_tells_what_its_seeds_have_shown() {
    let output = host_sim(&["sweep", "--seeds", "0..3", "--jobs", "2", "--keep-going"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.starts_with("3 seeds held in "), "{said}");
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn a_capture_that_cannot_be_written_ends_the_program() {
    let output = host_sim(&["run", "--pcap", "/nonexistent/parade"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("host-sim: /nonexistent/parade.quick.pcap: "),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_demonstrations_files_are_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    let output = host_sim(&["demo", "--out", folder.to_str().unwrap()]);
    assert!(output.status.success());
    let list = fs::read_to_string(folder.join("suspects.csv")).unwrap();
    assert!(list.contains(
        "\n192.0.2.10,25,poczta.piekarnia.example,piekarnia.example,PL,pl,\
         abuse@piekarnia.example,relays.dnsbl.example,2026-09-03,127.0.0.2\n"
    ));
    let proxies = fs::read_to_string(folder.join("proxies.csv")).unwrap();
    assert!(proxies.contains(
        "\n192.0.2.10,1080,poczta.piekarnia.example,piekarnia.example,PL,pl,abuse@piekarnia.example\n"
    ));
    assert_eq!(
        fs::read_to_string(folder.join("scope.toml")).unwrap(),
        include_str!("golden/scope.toml")
    );
}
