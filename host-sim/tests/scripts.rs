//! Scripts: the one in the documentation is one.

use std::path::Path;

use host_sim::script;

#[test]
fn the_documented_script_can_be_loaded() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/simulator.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, example) = page.split_once("```\n# Comments").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let personality = script::load("docs/simulator.md", &format!("# Comments{example}"))
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(personality.name, "partner-only");
}
