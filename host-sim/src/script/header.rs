//! The lines of a script that say what the server is.

use std::ops::Range;

use probe_core::verdict::{Kind, Reason, Verdict};

use super::parse::Wrong;
use crate::peers::{Delivered, Fate, Forms, Rule, Step};

const KINDS: [Kind; 5] = [
    Kind::Confirmed,
    Kind::Accepted,
    Kind::Suspected,
    Kind::Closed,
    Kind::Inconclusive,
];
const FATES: [(&str, Fate); 8] = [
    ("relayed", Fate::Relayed),
    ("kept", Fate::Kept),
    ("discarded", Fate::Discarded),
    ("bounced", Fate::Bounced),
    ("refused at MAIL", Fate::Refused(Step::Mail)),
    ("refused at RCPT", Fate::Refused(Step::Rcpt)),
    ("refused at DATA", Fate::Refused(Step::Data)),
    ("nobody can tell", Fate::NotToBeJudged),
];
/// Depths by their place.
const DEPTHS: [(&str, Range<usize>); 4] = [
    ("quick", 0..1),
    ("standard", 1..2),
    ("full", 2..3),
    ("any", 0..3),
];
/// The last sender form, recipient form and control.
const FORMS: [(char, u8); 3] = [('F', 11), ('T', 25), ('C', 3)];

/// The word in tables.
pub(super) fn name(rest: &str) -> Result<String, Wrong> {
    let is_word =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if rest.is_empty() || !rest.chars().all(is_word) {
        return Err(Wrong::new("a name of a-z, 0-9 and hyphens", rest));
    }
    Ok(rest.to_owned())
}

/// What it is.
pub(super) fn about(rest: &str) -> Result<String, Wrong> {
    if rest.is_empty() {
        return Err(Wrong::new("what the server is, in one line", "about"));
    }
    Ok(rest.to_owned())
}

/// `F4,F6 -> T1: refused at MAIL`.
pub(super) fn truth(rest: &str) -> Result<Rule, Wrong> {
    let shape = || Wrong::new("`truth SENDERS -> RECIPIENTS: FATE`", rest);
    let (forms, fate) = rest.split_once(": ").ok_or_else(shape)?;
    let (senders, recipients) = forms.split_once(" -> ").ok_or_else(shape)?;
    let (_, fate) = FATES
        .into_iter()
        .find(|(word, _)| *word == fate)
        .ok_or_else(|| Wrong::new(words(FATES.map(|(word, _)| word)), fate))?;
    Ok(Rule {
        hello: Forms::Any,
        senders: form_list(senders, &['F'])?,
        recipients: form_list(recipients, &['T', 'C'])?,
        fate,
    })
}

/// `quick: closed relay-denied`, or `any: …` for all three depths.
pub(super) fn expectation(rest: &str) -> Result<(Range<usize>, Verdict), Wrong> {
    let shape = || Wrong::new("`expect DEPTH: VERDICT REASON`", rest);
    let (depth, verdict) = rest.split_once(": ").ok_or_else(shape)?;
    let (kind, reason) = verdict.split_once(' ').ok_or_else(shape)?;
    let depths = depths(depth)?;
    let kind = KINDS
        .into_iter()
        .find(|known| known.as_str() == kind)
        .ok_or_else(|| Wrong::new(words(KINDS.map(Kind::as_str)), kind))?;
    let reason = Reason::ALL
        .into_iter()
        .find(|known| known.as_str() == reason)
        .ok_or_else(|| Wrong::new(words(Reason::ALL.map(Reason::as_str)), reason))?;
    Ok((depths, Verdict { kind, reason }))
}

/// `quick: confirmed`, or `any: …` for all three depths: what delivery makes of the verdict.
pub(super) fn delivery(rest: &str) -> Result<(Range<usize>, Delivered), Wrong> {
    let (depth, word) = rest
        .split_once(": ")
        .ok_or_else(|| Wrong::new("`delivered DEPTH: WORD`", rest))?;
    let delivered = Delivered::ALL
        .into_iter()
        .find(|known| known.as_str() == word)
        .ok_or_else(|| Wrong::new(words(Delivered::ALL.map(Delivered::as_str)), word))?;
    Ok((depths(depth)?, delivered))
}

fn depths(word: &str) -> Result<Range<usize>, Wrong> {
    DEPTHS
        .into_iter()
        .find(|(known, _)| *known == word)
        .map(|(_, depths)| depths)
        .ok_or_else(|| Wrong::new(words(DEPTHS.map(|(word, _)| word)), word))
}

/// `any`, or ids of forms with commas.
fn form_list(list: &str, letters: &[char]) -> Result<Forms, Wrong> {
    if list == "any" {
        return Ok(Forms::Any);
    }
    let kinds = || {
        FORMS
            .into_iter()
            .filter(|(letter, _)| letters.contains(letter))
    };
    let ids = list
        .split(',')
        .map(|id| {
            let known = kinds()
                .any(|(letter, last)| (1..=last).any(|number| id == format!("{letter}{number}")));
            let kept: &'static str = id.to_owned().leak();
            known.then_some(kept).ok_or_else(|| {
                let known: Vec<_> = kinds()
                    .map(|(letter, last)| format!("{letter}1 to {letter}{last}"))
                    .collect();
                let known = known.join(", ");
                let expected = format!("`any`, or forms of docs/relay-battery.md: {known}");
                Wrong::new(expected, id)
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Forms::Of(ids.leak()))
}

fn words<const N: usize>(words: [&str; N]) -> String {
    words.map(|word| format!("`{word}`")).join(", ")
}
