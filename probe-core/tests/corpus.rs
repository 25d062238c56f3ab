//! Every file of every fuzz corpus, as an ordinary test.

#[path = "../fuzz/checks/classify.rs"]
mod classify;
#[path = "../fuzz/checks/dialogue.rs"]
mod dialogue;
#[path = "../fuzz/checks/dns.rs"]
mod dns;
#[path = "../fuzz/checks/dnsbl.rs"]
mod dnsbl;
#[path = "../fuzz/checks/frames.rs"]
mod frames;
#[path = "../fuzz/checks/lookup.rs"]
mod lookup;
#[path = "../fuzz/checks/name.rs"]
mod name;
#[path = "../fuzz/checks/opened.rs"]
mod opened;
#[path = "../fuzz/checks/path.rs"]
mod path;
#[path = "../fuzz/checks/path_check.rs"]
mod path_check;
#[path = "../fuzz/checks/prober.rs"]
mod prober;
#[path = "../fuzz/checks/proxy.rs"]
mod proxy;
#[path = "../fuzz/checks/replies.rs"]
mod replies;
#[path = "../fuzz/checks/scope.rs"]
mod scope;
#[path = "../fuzz/checks/sink.rs"]
mod sink;

use std::{collections::BTreeSet, fs, path::Path};

type Check = fn(&[u8]);

const CHECKS: &[(&str, Check)] = &[
    ("classify", classify::check),
    ("dialogue", dialogue::check),
    ("dns", dns::check),
    ("dnsbl", dnsbl::check),
    ("frames", frames::check),
    ("lookup", lookup::check),
    ("name", name::check),
    ("path", path::check),
    ("path_check", path_check::check),
    ("prober", prober::check),
    ("proxy", proxy::check),
    ("replies", replies::check),
    ("sink", sink::check),
];

fn corpora() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

#[test]
fn every_corpus_file_holds() {
    for (name, check) in CHECKS {
        let mut files = 0;
        for entry in fs::read_dir(corpora().join(name)).expect("the corpus is there") {
            let path = entry.expect("an entry").path();
            let octets = fs::read(&path).expect("a readable file");
            println!("{}", path.display());
            check(&octets);
            // What a fuzzer would try first; a hundred places are enough for one file.
            for cut in (0..octets.len()).step_by(octets.len() / 100 + 1) {
                check(&octets[..cut]);
            }
            files += 1;
        }
        assert!(files >= 5, "{name} has {files} files");
    }
}

#[test]
fn every_corpus_has_its_check_and_its_fuzz_target() {
    let folders: BTreeSet<String> = fs::read_dir(corpora())
        .expect("the corpora are there")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    let checks: BTreeSet<String> = CHECKS.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(folders, checks);
    for name in checks {
        let target = format!("{}/fuzz/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        assert!(Path::new(&target).exists(), "{target}");
    }
}
