//! A mail that is ready to send: the letter as text, its findings attached, the same octets on
//! every rendering.
//!
//! A letter that is not ready has no `To`, so that no program sends it by mistake, and says why in
//! a header of its own.

use super::{
    File, FormError, Sheet, csv,
    mime::{self, Headers, Part},
    xarf,
};
use crate::letters::{
    Letter, State, WhyDraft,
    language::{Value, Voice},
};

/// Who a letter of history is from: a name that leads nowhere (RFC 6761, 6.4). Nobody writes in the
/// name of an organisation that has not set this program up.
const NOBODY: &str = "nobody@historic.invalid";

/// The mail of a letter.
pub(super) fn file(sheet: &Sheet<'_>) -> Result<File, FormError> {
    let letter = sheet.letter;
    let sender = &sheet.profile.sender;
    let mail = if sheet.profile.is_historic() {
        NOBODY
    } else {
        &sender.mail
    };
    let mut headers = Headers::default()
        .plain("Date", &date(sheet.facts.written.0))
        .address("From", Some(&sender.name), mail)
        .address("Reply-To", Some(&sender.name), mail);
    match &letter.recipient {
        Some(recipient) if letter.is_ready() => {
            headers = headers.address("To", None, recipient);
        }
        Some(_) | None => {}
    }
    headers = headers
        .text("Subject", &letter.subject)
        .plain("Message-ID", &format!("<{}>", message_id(sheet)));
    if let Some(first) = sheet.follows {
        headers = headers
            .plain("In-Reply-To", &format!("<{first}>"))
            .plain("References", &format!("<{first}>"));
    }
    headers = headers
        .plain("Auto-Submitted", "auto-generated")
        .plain("Content-Language", &languages(letter));
    if !letter.is_ready() {
        headers = headers.plain("X-Postern-Not-Ready", &why_not(letter));
    }
    let octets = mime::message(headers, &parts(sheet)?);
    Ok(sheet.letter_file("eml", octets))
}

/// The Message-ID of a letter, without angle brackets: the same on every rendering.
fn message_id(sheet: &Sheet<'_>) -> String {
    let domain = if sheet.profile.is_historic() {
        "historic.invalid"
    } else {
        super::domain(sheet.profile)
    };
    format!("{}@{domain}", sheet.letter.stem())
}

/// RFC 5322, 3.3.
fn date(seconds: u64) -> String {
    let moment = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .unwrap_or_default();
    moment.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// RFC 3282: `pl`, or `pl, en`.
fn languages(letter: &Letter) -> String {
    let tags: Vec<&str> = letter.edition.languages().map(|it| it.tag()).collect();
    tags.join(", ")
}

fn why_not(letter: &Letter) -> String {
    let drafts = letter.drafts.iter().map(|why| match why {
        WhyDraft::ExampleSender => "example-sender",
        WhyDraft::LanguageNotApproved => "language-not-approved",
        WhyDraft::Historic => "historic",
    });
    let faults = (letter.state() == State::Faulty).then_some("faults");
    drafts.chain(faults).collect::<Vec<_>>().join(", ")
}

fn parts(sheet: &Sheet<'_>) -> Result<Vec<Part>, FormError> {
    let letter = sheet.letter;
    let voice = Voice::of(letter.edition.first);
    let language = Headers::default().plain("Content-Language", &languages(letter));
    let mut parts = vec![Part::text(language, &letter.text)];

    let findings = csv::findings(sheet)?;
    let described = voice.say("attachment-findings", &[])?;
    parts.push(Part::attachment(
        Headers::default().text("Content-Description", &described),
        "text/csv; charset=utf-8; header=present",
        &findings.name,
        &findings.octets,
    ));
    for (report, finding) in xarf::files(sheet)?.into_iter().zip(&sheet.facts.findings) {
        let address = Value::Text(finding.endpoint.ip().to_string());
        let described = voice.say("attachment-xarf", &[("address", address)])?;
        parts.push(Part::attachment(
            Headers::default().text("Content-Description", &described),
            "application/json",
            &report.name,
            &report.octets,
        ));
    }
    Ok(parts)
}
