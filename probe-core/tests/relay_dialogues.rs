//! Whole dialogues as scripts, in `dialogues/`. What the server says is what drives the battery;
//! every line that the client sends must be the script's. Then the same again with the server's
//! octets cut at every place: evidence and lines may not differ.

mod player;

use std::{fs, path::Path};

use player::{Cut, Script};

fn scripts() -> Vec<Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("tests/dialogues is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 8, "scripts are missing");
    paths.iter().map(|path| Script::read(path)).collect()
}

#[test]
fn dialogues_go_as_their_scripts_have_them() {
    for script in scripts() {
        let played = script.play(Cut::Nowhere);
        script.check(&played);
    }
}

#[test]
fn octets_one_by_one_make_the_same_dialogue() {
    for script in scripts() {
        assert_eq!(
            script.play(Cut::Everywhere),
            script.play(Cut::Nowhere),
            "{}",
            script.name
        );
    }
}

#[test]
fn a_cut_at_any_octet_makes_the_same_dialogue() {
    for script in scripts().iter().filter(|script| script.is_short()) {
        let expected = script.play(Cut::Nowhere);
        for at in 0..script.server_octets() {
            assert_eq!(
                script.play(Cut::At(at)),
                expected,
                "{}: cut at octet {at} of the server's",
                script.name
            );
        }
    }
}
