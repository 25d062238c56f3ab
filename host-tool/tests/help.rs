//! What the program says about itself.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use bench::{Bench, golden};

#[test]
fn every_command_explains_itself() {
    let bench = Bench::new("help");
    let mut all = String::new();
    for command in [
        &[][..],
        &["scan"],
        &["findings"],
        &["show"],
        &["letters"],
        &["scope"],
        &["scope", "new"],
        &["scope", "check"],
        &["import"],
        &["exclude"],
        &["objections"],
        &["sink"],
        &["key"],
        &["key", "export"],
        &["appliance"],
        &["appliance", "info"],
        &["appliance", "provision"],
        &["appliance", "log"],
        &["appliance", "collect"],
        &["profile"],
        &["profile", "new"],
        &["profile", "check"],
    ] {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let ran = bench.run(&arguments);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{command:?}");
        all.push_str(&format!("$ postern {}\n{}\n", arguments.join(" "), ran.out));
    }
    golden("help.txt", &all);
}
