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
    let of = |finding: &Finding, field: &str| {
        let value = finding.get(field)?;
        Some(if field == "proof" {
            timeless(value)
        } else {
            value.clone()
        })
    };
    let field = COMPARED
        .into_iter()
        .find(|field| of(board, field) != of(library, field))?;
    let told = |finding: &Finding| of(finding, field).map(|value| format!("{value:?}"));
    Some(format!(
        "{field:?} is not as the library finds it:\n  board {:?}\n  library {:?}",
        told(board),
        told(library)
    ))
}

/// Proof without what differs from scan to scan: when something came, the dates that servers write into
/// messages, and what came before what.
fn timeless(proof: &JsonValue) -> JsonValue {
    let mut proof = proof.clone();
    let arrivals = |proof: &mut JsonValue| -> Option<()> {
        let proof: &mut HashMap<String, JsonValue> = proof.get_mut()?;
        let arrivals: &mut Vec<JsonValue> = proof.get_mut("arrivals")?.get_mut()?;
        for arrival in arrivals.iter_mut() {
            let arrival: &mut HashMap<String, JsonValue> = arrival.get_mut()?;
            arrival.remove("at");
            arrival.remove("chain");
        }
        arrivals.sort_by_cached_key(sorted);
        arrivals.dedup();
        Some(())
    };
    // Where there is no proof there is nothing to take away.
    let _ = arrivals(&mut proof);
    proof
}

/// The fields of an object, in the order of their names.
fn sorted(object: &JsonValue) -> Vec<String> {
    let fields: Option<&HashMap<String, JsonValue>> = object.get();
    let mut fields: Vec<_> = fields
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name} {value:?}"))
        .collect();
    fields.sort_unstable();
    fields
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

    #[test]
    fn an_arrival_may_come_at_another_time_and_not_from_another_host() {
        let arrival = |at: u8, from: &str| {
            format!(
                r#"{{"form":"F1:T1","what":"returned","at":"{at}","from":"{from}","chain":["{at}"]}}"#
            )
        };
        let of = |arrivals: &[String]| {
            let line = format!(
                r#"{{"address":"192.0.2.1","proof":{{"messages":[],"arrivals":[{}]}}}}"#,
                arrivals.join(",")
            );
            findings(&line).unwrap()["192.0.2.1"].clone()
        };
        let one = of(&[arrival(1, "192.0.2.1"), arrival(2, "192.0.2.2")]);
        let other = of(&[arrival(3, "192.0.2.2"), arrival(4, "192.0.2.1")]);
        assert_eq!(difference(&one, &other), None);
        let strange = of(&[arrival(1, "192.0.2.1"), arrival(2, "192.0.2.3")]);
        assert!(difference(&one, &strange).is_some());
    }
}
