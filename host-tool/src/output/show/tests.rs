//! What is shown of proxies and block lists, and what `--json` says of them.

use probe_core::proxy::{Outcome, Protocol};

use super::*;
use crate::{
    cases::{
        self,
        yard::{NOW, Yard},
    },
    output::{findings, json},
    store::Store as _,
};

const PROXY: &str = "192.0.2.1:1080";

/// A confirmed proxy and a suspected one, and what a list says of both and of a third address.
fn yard(name: &str) -> Yard {
    let mut yard = Yard::new(name);
    let attempts = [
        (Protocol::Socks4, Outcome::Granted),
        (Protocol::Socks5, Outcome::Returned),
    ];
    yard.proxy(1, PROXY, &attempts);
    yard.visited(1, PROXY, Protocol::Socks5, "198.51.100.9".parse().unwrap());
    yard.looked_up(2, "192.0.2.1", &[[127, 0, 0, 8], [127, 0, 0, 3]]);
    yard.proxy(3, "192.0.2.2:1080", &[(Protocol::Socks5, Outcome::Granted)]);
    yard.looked_up(4, "192.0.2.2", &[]);
    yard.looked_up(5, "192.0.2.3", &[[127, 0, 0, 5]]);
    let cases = yard.cases();
    cases::keep_judgements(&mut yard.store, &cases, NOW).unwrap();
    yard
}

fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/probes")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{name} has changed: read it");
}

#[test]
fn what_is_shown_of_a_proxy_and_of_block_lists() {
    let yard = yard("shown");
    let cases = yard.cases();
    for (place, name) in [(0, "proxy.txt"), (1, "dnsbl.txt"), (2, "suspected.txt")] {
        let view = &cases[place];
        let judgements = yard.store.judgements(view.case.number).unwrap();
        let shown = text(view, &judgements, NOW, None);
        golden(name, &anstream::adapter::strip_str(&shown).to_string());
    }
    let table = findings::text(&cases, None);
    golden(
        "table.txt",
        &anstream::adapter::strip_str(&table).to_string(),
    );
}

#[test]
fn json_of_every_probe_fits_its_schema() {
    let yard = yard("schema");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/findings.schema.json");
    let mut schemas = boon::Schemas::new();
    let schema = boon::Compiler::new().compile(path, &mut schemas).unwrap();
    let lines: String = yard
        .cases()
        .iter()
        .map(|view| json::line(view, None))
        .collect();
    for line in lines.lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Err(error) = schemas.validate(&finding, schema) {
            panic!("{error:#}\n{line}");
        }
    }
    golden("findings.jsonl", &lines);
}
