//! Whether two scans of the same servers found the same, but for times, numbers and order.

use std::collections::{BTreeMap, HashMap};

use tinyjson::JsonValue;

use crate::failure::{Failure, Result};

/// What a finding must have in common with the library's. Times and numbers differ.
const COMPARED: [&str; 10] = [
    "port", "probe", "verdict", "reason", "forms", "proof", "server", "depth", "rules", "over",
];

/// A finding as `postern scan --json` prints it.
pub(super) type Finding = HashMap<String, JsonValue>;

/// The findings of `postern scan --json`, by address.
pub(super) fn findings(said: &str) -> Result<BTreeMap<String, Finding>> {
    let read = |line: &str| {
        let value: JsonValue = line.parse().ok()?;
        let finding: &Finding = value.get()?;
        let address: &String = finding.get("address")?.get()?;
        Some((address.clone(), finding.clone()))
    };
    said.lines()
        .map(|line| read(line).ok_or_else(|| Failure::new(format!("not a finding: {line}"))))
        .collect()
}

/// What the board found otherwise than the library, if anything.
pub(super) fn difference(board: &Finding, library: &Finding) -> Option<String> {
    let field = COMPARED
        .into_iter()
        .find(|field| board.get(*field) != library.get(*field))?;
    let told = |of: &Finding| of.get(field).map(|value| format!("{value:?}"));
    Some(format!(
        "{field:?} is not as the library finds it:\n  board {:?}\n  library {:?}",
        told(board),
        told(library)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_may_differ_and_a_reply_may_not() {
        let of = |number: u8, code: u16| {
            let line = format!(
                r#"{{"address":"192.0.2.1","number":{number},"verdict":"closed",
                    "forms":[{{"id":"F1/T1","code":{code}}}]}}"#
            );
            findings(&line.replace('\n', " ")).unwrap()["192.0.2.1"].clone()
        };
        assert_eq!(difference(&of(1, 550), &of(2, 550)), None);
        let told = difference(&of(1, 550), &of(1, 554)).unwrap();
        assert!(told.starts_with("\"forms\" is not"), "{told}");
    }
}
