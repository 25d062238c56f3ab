//! The annex for machines: the same data in every language, times in ISO 8601 UTC.

use jiff::Timestamp;
use probe_core::time::Utc;

use super::data;
use crate::letters::model::{Caveat, FindingFacts, LetterFacts, Listing};

/// The lines: `key: value`, one block for each finding.
pub(crate) fn lines(facts: &LetterFacts) -> Vec<String> {
    let mut lines = vec![
        format!("reference: {}", facts.reference),
        format!("written: {}", moment(facts.written)),
        "findings:".to_owned(),
    ];
    for finding in &facts.findings {
        for (place, (key, value)) in fields(finding).into_iter().enumerate() {
            let lead = if place == 0 { "  - " } else { "    " };
            let space = if value.starts_with('\n') { "" } else { " " };
            let entry = format!("{lead}{key}:{space}{value}");
            lines.extend(entry.lines().map(str::to_owned));
        }
    }
    lines
}

fn fields(finding: &FindingFacts) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("address", quoted(&finding.endpoint.ip().to_string())),
        ("port", finding.endpoint.port().to_string()),
        ("protocol", finding.probed.as_str().to_owned()),
    ];
    if !finding.also.is_empty() {
        let also: Vec<&str> = finding.also.iter().map(|it| it.as_str()).collect();
        fields.push(("protocols_also", format!("[{}]", also.join(", "))));
    }
    if let Some(name) = &finding.host_name {
        fields.push(("host", quoted(name)));
    }
    match finding.verdict {
        Some(verdict) => fields.extend([
            ("verdict", verdict.kind.as_str().to_owned()),
            ("reason", verdict.reason.as_str().to_owned()),
        ]),
        None => fields.push(("verdict", "not-tested".to_owned())),
    }
    fields.extend([
        ("first_seen", moment(finding.first_seen)),
        ("last_seen", moment(finding.last_seen)),
    ]);
    if !finding.listings.is_empty() {
        let listings: String = finding.listings.iter().map(listed).collect();
        fields.push(("listed", listings));
    }
    if let Some(tested) = &finding.tested {
        fields.extend([
            ("depth", tested.depth.as_str().to_owned()),
            ("forms_answered", tested.answered.to_string()),
            ("forms_accepted", tested.accepted.to_string()),
            ("forms_refused", tested.refused.to_string()),
        ]);
    }
    if let Some(returned) = &finding.returned {
        fields.push(("returned_at", moment(returned.at)));
        fields.push(("returned_from", quoted(&returned.from.to_string())));
        if let Some(name) = &returned.name {
            fields.push(("returned_name", quoted(name)));
        }
        if let Some(form) = &returned.form {
            fields.push(("returned_form", quoted(form)));
        }
        if returned.accepted > 0 {
            fields.push(("messages_accepted", returned.accepted.to_string()));
            fields.push(("messages_returned", returned.came_back.to_string()));
        }
    }
    let mut caveats = finding.caveats.clone();
    caveats.sort_unstable();
    caveats.dedup();
    for caveat in caveats {
        fields.push(match caveat {
            Caveat::PathUnverified => ("path", "unverified".to_owned()),
            Caveat::Laboratory => ("laboratory", "true".to_owned()),
        });
    }
    fields
}

/// An entry of a database, as an entry of a YAML list; each line begins with its line break.
fn listed(listing: &Listing) -> String {
    let mut fields = vec![format!("by: {}", quoted(&listing.by))];
    fields.extend(listing.since.map(|day| format!("since: {day}")));
    fields.extend(listing.on.map(|on| format!("on: {on}")));
    let code = listing.code.as_deref();
    fields.extend(code.map(|code| format!("code: {}", quoted(code))));
    format!("\n      - {}", fields.join("\n        "))
}

/// A value that others have chosen, or that YAML might take for a number, as a YAML string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars().take(data::LINE_CHARS_MAX) {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ => quoted.push_str(&format!("\\U{:08x}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

/// ISO 8601, or the seconds as they are where they are beyond the calendar.
pub(super) fn moment(at: Utc) -> String {
    i64::try_from(at.0)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(|| at.0.to_string(), |timestamp| timestamp.to_string())
}

/// The minute, for a column of a table: `2026-11-21 08:44`.
pub(crate) fn minute(at: Utc) -> String {
    let moment = moment(at);
    match moment.get(..16) {
        Some(minute) => minute.replace('T', " "),
        None => moment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_yaml() {
        for (text, yaml) in [
            ("mx.example", r#""mx.example""#),
            ("1:2:3:4:5:6:7:8", r#""1:2:3:4:5:6:7:8""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("ü\u{1b}", r#""\U000000fc\U0000001b""#),
        ] {
            assert_eq!(quoted(text), yaml);
        }
    }

    #[test]
    fn moments_are_iso_8601_in_utc() {
        assert_eq!(moment(Utc(1_795_253_400)), "2026-11-21T09:30:00Z");
        assert_eq!(minute(Utc(1_795_253_400)), "2026-11-21 09:30");
        assert_eq!(moment(Utc(0)), "1970-01-01T00:00:00Z");
        assert_eq!(moment(Utc(u64::MAX)), u64::MAX.to_string());
    }
}
