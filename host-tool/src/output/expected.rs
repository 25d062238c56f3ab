//! What a scenario expects, beside what was found.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anstyle::Style;
use host_sim::scenario::Held;

use super::{
    counted,
    findings::address,
    table::{Cell, Table},
};

/// What a scenario expects of each target; empty without a scenario.
pub type Expectations = BTreeMap<SocketAddr, Held>;

/// Those that are not as expected.
pub fn unexpected(held: &Expectations) -> impl Iterator<Item = &Held> {
    held.values().filter(|held| !held.as_expected)
}

/// The table of what is not as expected, and a line that counts; nothing without a scenario.
pub fn text(held: &Expectations, width: Option<usize>) -> Option<String> {
    if held.is_empty() {
        return None;
    }
    let mut table = Table::new(&["Not as expected", "What is there", "Expected", "Found"]);
    let mut count = 0;
    for held in unexpected(held) {
        count += 1;
        table.push(vec![
            Cell::new(address(held.at)),
            Cell::new(held.there),
            Cell::new(held.expected.to_string()),
            Cell::new(held.got.to_string()).styled(Style::new().bold()),
        ]);
    }
    let targets = counted(held.len(), "target", "targets");
    Some(if count == 0 {
        format!("The scenario: {targets}, all as expected\n")
    } else {
        format!(
            "{}\nThe scenario: {targets}, {count} not as expected\n",
            table.render(width)
        )
    })
}

/// One target that is not as expected, in words.
pub fn message(held: &Held) -> String {
    format!("expected {}, found {}", held.expected, held.got)
}
