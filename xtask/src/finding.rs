//! Findings as `postern scan --json` prints them.

use std::{collections::HashMap, net::IpAddr};

use tinyjson::JsonValue;

use crate::failure::{Failure, Result};

/// One object that `postern scan --json` printed.
pub(crate) struct Finding {
    pub(crate) number: u64,
    pub(crate) address: IpAddr,
    /// 0 where nothing was asked at the address itself.
    pub(crate) port: u16,
    /// `relay`, `proxy` or `dnsbl`.
    pub(crate) probe: String,
    pub(crate) verdict: String,
    pub(crate) reason: String,
    /// Whether the job has come to its end.
    pub(crate) over: bool,
    /// The outcome of each form.
    pub(crate) outcomes: Vec<String>,
    /// The form of each test message.
    pub(crate) messages: Vec<String>,
    /// What came to the sink.
    pub(crate) arrivals: Vec<Arrival>,
    /// What was tried at a proxy.
    pub(crate) attempts: Vec<Attempt>,
    /// What block lists said.
    pub(crate) lists: Vec<AskedList>,
}

/// What one block list said.
pub(crate) struct AskedList {
    pub(crate) zone: String,
    /// `listed`, `not-listed` and others.
    pub(crate) says: String,
    pub(crate) codes: Vec<String>,
    /// The list's own reason.
    pub(crate) text: Option<String>,
}

impl AskedList {
    fn parse(object: &Object) -> Option<Self> {
        Some(Self {
            zone: text(object, "list")?,
            says: text(object, "says")?,
            codes: objects(object, "codes")?
                .into_iter()
                .map(|code| text(code, "code"))
                .collect::<Option<_>>()?,
            text: text(object, "text"),
        })
    }
}

/// One connection that a proxy was asked for.
pub(crate) struct Attempt {
    pub(crate) protocol: String,
    /// Our sink's word came back through it.
    nonce: bool,
    /// Who called at our sink for it.
    pub(crate) came_out_at: Option<IpAddr>,
}

impl Attempt {
    /// Whether it shows that the proxy connects strangers.
    pub(crate) fn is_proved(&self) -> bool {
        self.nonce && self.came_out_at.is_some()
    }

    fn parse(object: &Object) -> Option<Self> {
        Some(Self {
            protocol: text(object, "attempt")?,
            nonce: *object.get("nonce")?.get()?,
            came_out_at: text(object, "came_out_at").and_then(|it| it.parse().ok()),
        })
    }
}

/// Something that came to the sink.
pub(crate) struct Arrival {
    /// The form that it came of, if it tells.
    pub(crate) form: String,
    /// What it was: `returned`, `bounced`, `callout` and others.
    pub(crate) what: String,
    /// Who brought it.
    pub(crate) from: IpAddr,
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

    /// The messages that came back.
    pub(crate) fn returned(&self) -> impl Iterator<Item = &Arrival> {
        self.arrivals
            .iter()
            .filter(|arrival| arrival.what == "returned")
    }

    fn parse(line: &str) -> Option<Self> {
        let value: JsonValue = line.parse().ok()?;
        let object: &Object = value.get()?;
        // JSON's numbers are floating; these are small and whole.
        let number = |name: &str| Some(*object.get(name)?.get::<f64>()? as u64);
        let proof: Option<&Object> = object.get("proof").and_then(JsonValue::get);
        let of_proof = |name: &str| proof.map_or(Some(Vec::new()), |proof| objects(proof, name));
        Some(Self {
            number: number("number")?,
            port: number("port").unwrap_or_default().try_into().ok()?,
            address: text(object, "address")?.parse().ok()?,
            probe: text(object, "probe")?,
            verdict: text(object, "verdict")?,
            reason: text(object, "reason")?,
            over: *object.get("over")?.get()?,
            outcomes: objects(object, "forms")?
                .into_iter()
                .map(|form| text(form, "outcome"))
                .collect::<Option<_>>()?,
            messages: of_proof("messages")?
                .into_iter()
                .map(|message| text(message, "form"))
                .collect::<Option<_>>()?,
            arrivals: of_proof("arrivals")?
                .into_iter()
                .map(Arrival::parse)
                .collect::<Option<_>>()?,
            attempts: objects(object, "attempts")
                .unwrap_or_default()
                .into_iter()
                .map(Attempt::parse)
                .collect::<Option<_>>()?,
            lists: objects(object, "lists")
                .unwrap_or_default()
                .into_iter()
                .map(AskedList::parse)
                .collect::<Option<_>>()?,
        })
    }
}

impl Arrival {
    fn parse(object: &Object) -> Option<Self> {
        Some(Self {
            form: text(object, "form").unwrap_or_default(),
            what: text(object, "what")?,
            from: text(object, "from")?.parse().ok()?,
        })
    }
}

type Object = HashMap<String, JsonValue>;

fn text(object: &Object, name: &str) -> Option<String> {
    object.get(name)?.get::<String>().cloned()
}

fn objects<'a>(object: &'a Object, name: &str) -> Option<Vec<&'a Object>> {
    let list: &Vec<JsonValue> = object.get(name)?.get()?;
    list.iter().map(JsonValue::get).collect()
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
        let line = r#"{"number":7,"address":"192.0.2.10","port":25,"probe":"relay","verdict":"closed",
            "reason":"relay-denied","over":true,"forms":[{"id":"F1:T1","outcome":"refused"}],"proof":null}"#;
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
        assert!(finding.over && finding.messages.is_empty() && finding.arrivals.is_empty());
    }

    #[test]
    fn what_came_back_is_told_from_what_came() {
        let line = r#"{"number":7,"address":"192.0.2.11","port":25,"probe":"relay","verdict":"confirmed",
            "reason":"message-returned","over":true,"forms":[],"proof":{
            "messages":[{"form":"F1:T1","outcome":"accepted","returned":true,"bounced":false}],
            "arrivals":[{"form":"F1:T1","what":"callout","from":"192.0.2.9"},
                {"form":"F1:T1","what":"returned","from":"192.0.2.11"},
                {"form":null,"what":"visit","from":"192.0.2.12"}]}}"#;
        let finding = Finding::parse(line).expect("a whole line");
        assert_eq!(finding.messages, ["F1:T1"]);
        let from: Vec<_> = finding.returned().map(|it| it.from.to_string()).collect();
        assert_eq!(
            (finding.arrivals.len(), from),
            (3, vec!["192.0.2.11".to_owned()])
        );
    }

    #[test]
    fn a_line_without_a_verdict_is_no_finding() {
        assert!(Finding::parse_all(r#"{"number":7,"address":"192.0.2.10"}"#).is_err());
    }
}
