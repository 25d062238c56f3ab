//! Findings as `postern scan --json` prints them.

use std::{collections::HashMap, net::IpAddr};

use tinyjson::JsonValue;

use crate::failure::{Failure, Result};

/// One object that `postern scan --json` printed.
pub(crate) struct Finding {
    pub(crate) number: u64,
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) verdict: String,
    pub(crate) reason: String,
    /// The outcome of each form.
    pub(crate) outcomes: Vec<String>,
}

impl Finding {
    /// Every line of a scan's output.
    pub(crate) fn parse_all(output: &str) -> Result<Vec<Self>> {
        output
            .lines()
            .map(|line| {
                Self::parse(line).ok_or_else(|| Failure::new(format!("not a finding: {line}")))
            })
            .collect()
    }

    fn parse(line: &str) -> Option<Self> {
        let value: JsonValue = line.parse().ok()?;
        let object: &HashMap<String, JsonValue> = value.get()?;
        let text = |name: &str| object.get(name)?.get::<String>().cloned();
        let forms: &Vec<JsonValue> = object.get("forms")?.get()?;
        let outcomes = forms.iter().map(|form| {
            let form: &HashMap<String, JsonValue> = form.get()?;
            form.get("outcome")?.get::<String>().cloned()
        });
        // JSON's numbers are floating; these are small and whole.
        let number = |name: &str| Some(*object.get(name)?.get::<f64>()? as u64);
        Some(Self {
            number: number("number")?,
            port: number("port")?.try_into().ok()?,
            address: text("address")?.parse().ok()?,
            verdict: text("verdict")?,
            reason: text("reason")?,
            outcomes: outcomes.collect::<Option<_>>()?,
        })
    }
}

/// Address, verdict and reason of each finding, in the order of the addresses: what does not depend on
/// when the scan was made.
pub(crate) fn verdicts(output: &str) -> Result<Vec<(IpAddr, String, String)>> {
    let mut verdicts: Vec<_> = Finding::parse_all(output)?
        .into_iter()
        .map(|finding| (finding.address, finding.verdict, finding.reason))
        .collect();
    verdicts.sort_unstable();
    Ok(verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_read_from_its_line() {
        let line = r#"{"number":7,"address":"192.0.2.10","port":25,"verdict":"closed",
            "reason":"relay-denied","forms":[{"id":"F1/T1","outcome":"refused"}]}"#;
        let finding = Finding::parse(line).expect("a whole line");
        assert_eq!(
            (
                finding.number,
                finding.port,
                finding.verdict.as_str(),
                finding.reason.as_str()
            ),
            (7, 25, "closed", "relay-denied")
        );
        assert_eq!(finding.outcomes, ["refused"]);
    }

    #[test]
    fn a_line_without_a_verdict_is_no_finding() {
        assert!(Finding::parse_all(r#"{"number":7,"address":"192.0.2.10"}"#).is_err());
    }
}
