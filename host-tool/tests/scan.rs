//! The main job in the simulator: a scan, and what can be read of it afterwards.

#[expect(dead_code, reason = "each test file uses its part of the bench")]
mod bench;

use bench::{Bench, golden};

#[test]
fn the_demonstration_from_list_to_table() {
    let bench = Bench::demo("demo");
    let ran = bench.scan(&[]);
    golden("scan/table.txt", &ran.all());
}
