//! Tables for spreadsheets: RFC 4180, UTF-8, lines that end in CR LF, cells that no spreadsheet
//! takes for a formula.

use super::{File, Form, FormError, Sheet, data, machine};
use crate::letters::{
    blocks,
    model::{Caveat, FindingFacts, Listing},
};

/// The columns of a letter's findings.
const FINDING_COLUMNS: [&str; 25] = [
    "reference",
    "address",
    "port",
    "protocol",
    "host",
    "verdict",
    "reason",
    "first_seen",
    "last_seen",
    "listed_by",
    "listed_on",
    "listed_code",
    "listed_since",
    "depth",
    "forms_answered",
    "forms_accepted",
    "forms_refused",
    "returned_at",
    "returned_from",
    "returned_name",
    "returned_form",
    "messages_accepted",
    "messages_returned",
    "caveats",
    "accepted_forms",
];

/// The columns of a run's letters.
const LETTER_COLUMNS: [&str; 9] = [
    "reference",
    "recipient",
    "language",
    "state",
    "why",
    "subject",
    "findings",
    "verdicts",
    "addresses",
];

/// Between several values in one cell.
const AND: &str = "; ";

/// A row for each finding of a letter.
pub(super) fn findings(sheet: &Sheet<'_>) -> Result<File, FormError> {
    let reference = &sheet.letter.reference;
    let said = blocks::said(sheet.facts, sheet.profile);
    let rows = said.findings.iter();
    let rows = rows.map(|finding| finding_row(reference, finding).map(|text| cell(&text)));
    let octets = table(&FINDING_COLUMNS, rows).map_err(|why| Form::Csv.error(sheet, why))?;
    Ok(sheet.data_file("csv", octets))
}

/// A row for each letter of a run.
pub(super) fn letters(sheets: &[Sheet<'_>]) -> Result<File, FormError> {
    let rows = sheets.iter().map(|sheet| {
        let letter = sheet.letter;
        let drafts = letter.drafts.iter().map(|why| why.as_str().to_owned());
        let faults = letter.faults.iter().map(ToString::to_string);
        let findings = &sheet.facts.findings;
        let addresses = findings.iter().map(|finding| finding.endpoint.to_string());
        [
            letter.reference.clone(),
            letter.recipient.clone().unwrap_or_default(),
            letter.edition.to_string(),
            letter.state().as_str().to_owned(),
            joined(faults.chain(drafts)),
            letter.subject.clone(),
            findings.len().to_string(),
            super::verdicts(sheet).join(AND),
            joined(addresses),
        ]
        .map(|text| cell(&text))
    });
    let octets = table(&LETTER_COLUMNS, rows).map_err(|why| FormError::Writer {
        reference: "of the run".to_owned(),
        form: Form::Csv,
        why: why.to_string(),
    })?;
    Ok(File::of_run("letters.csv", octets))
}

fn finding_row(reference: &str, finding: &FindingFacts) -> [String; FINDING_COLUMNS.len()] {
    let verdict = finding.verdict;
    let tested = finding.tested.as_ref();
    let count = |number: Option<u16>| number.map(|it| it.to_string()).unwrap_or_default();
    let listed = |what: fn(&Listing) -> String| joined(finding.listings.iter().map(what));
    let returned = finding.returned.as_ref();
    let messages = returned.filter(|it| it.accepted > 0);
    let mut caveats = finding.caveats.clone();
    caveats.sort_unstable();
    caveats.dedup();
    [
        reference.to_owned(),
        finding.endpoint.ip().to_string(),
        finding.endpoint.port().to_string(),
        joined(
            std::iter::once(finding.probed.as_str().to_owned())
                .chain(finding.also.iter().map(|it| it.as_str().to_owned())),
        ),
        finding.host_name.clone().unwrap_or_default(),
        verdict
            .map_or("not-tested", |it| it.kind.as_str())
            .to_owned(),
        verdict.map_or("", |it| it.reason.as_str()).to_owned(),
        machine::moment(finding.first_seen),
        machine::moment(finding.last_seen),
        listed(|listing| listing.by.clone()),
        listed(|listing| listing.on.map(|on| on.to_string()).unwrap_or_default()),
        listed(|listing| listing.code.clone().unwrap_or_default()),
        listed(|listing| listing.since.map(|day| day.to_string()).unwrap_or_default()),
        tested.map_or("", |it| it.depth.as_str()).to_owned(),
        count(tested.map(|it| it.answered)),
        count(tested.map(|it| it.accepted)),
        count(tested.map(|it| it.refused)),
        returned
            .map(|it| machine::moment(it.at))
            .unwrap_or_default(),
        returned.map(|it| it.from.to_string()).unwrap_or_default(),
        returned.and_then(|it| it.name.clone()).unwrap_or_default(),
        returned.and_then(|it| it.form.clone()).unwrap_or_default(),
        count(messages.map(|it| it.accepted)),
        count(messages.map(|it| it.came_back)),
        joined(caveats.into_iter().map(|caveat| match caveat {
            Caveat::PathUnverified => "path-unverified".to_owned(),
            Caveat::Laboratory => "laboratory".to_owned(),
        })),
        joined(tested.into_iter().flat_map(|it| it.accepted_forms.clone())),
    ]
}

/// A cell as text: printable, on one line, and nothing that a spreadsheet would compute.
fn cell(text: &str) -> String {
    let begins_a_formula = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    let shown: String = text
        .chars()
        .flat_map(|letter| {
            let escaped = data::is_steering(letter).then(|| letter.escape_unicode());
            let kept = escaped.is_none().then_some(letter);
            escaped.into_iter().flatten().chain(kept)
        })
        .collect();
    if begins_a_formula {
        format!("'{shown}")
    } else {
        shown
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(AND)
}

fn table<const N: usize>(
    header: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<Vec<u8>, String> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(header).map_err(|why| why.to_string())?;
    for row in rows {
        writer.write_record(row).map_err(|why| why.to_string())?;
    }
    writer.into_inner().map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", r"'\u{9}x"),
            ("\rx", r"'\u{d}x"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("2001:db8::1", "2001:db8::1"),
            ("", ""),
            ("zażółć", "zażółć"),
            ("a\u{202e}b", r"a\u{202e}b"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = [["a,b".to_owned(), "say \"hi\"".to_owned()]];
        let octets = table(&["one", "two"], rows.into_iter()).unwrap();
        assert_eq!(
            String::from_utf8(octets).unwrap(),
            "one,two\r\n\"a,b\",\"say \"\"hi\"\"\"\r\n"
        );
    }
}
