//! The forms that a letter takes, behind one interface: a form makes files out of a [`Sheet`], or
//! out of a whole run.

mod csv;
pub(crate) mod data;
mod eml;
mod html;
pub(crate) mod machine;
mod mime;
pub(crate) mod text;
mod xarf;

use std::fmt;

use probe_core::verdict::{Kind, Verdict};

use super::{Letter, Profile, State, language::SpeechError, model::LetterFacts};

/// A form of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Plain text, 72 columns.
    Text,
    /// A mail, ready to send, with the findings attached.
    Eml,
    /// Tables for spreadsheets: one of each letter's findings, one of the run.
    Csv,
    /// One page with every letter of the run.
    Html,
    /// A report for machines about each finding (XARF v4).
    Xarf,
}

/// A letter with what its forms need beside it.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// The letter.
    pub letter: &'a Letter,
    /// What it is about.
    pub facts: &'a LetterFacts,
    /// Who writes.
    pub profile: &'a Profile,
    /// The Message-ID of the letter that this one follows, without angle brackets: reminders and
    /// closing letters have it.
    pub follows: Option<&'a str>,
}

/// A file of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub octets: Vec<u8>,
    /// Names that the same file has in other states. Whoever writes this one takes them away.
    pub replaces: Vec<String>,
}

impl File {
    /// A file about one letter: `stem`, the state, `ending`.
    fn of_letter(stem: &str, state: State, ending: &str, octets: Vec<u8>) -> Self {
        let name = |state: State| format!("{stem}{}.{ending}", state.suffix());
        let others = State::ALL.into_iter().filter(|other| *other != state);
        Self {
            name: name(state),
            octets,
            replaces: others.map(name).collect(),
        }
    }

    /// A file about a whole run.
    fn of_run(name: &str, octets: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            octets,
            replaces: Vec::new(),
        }
    }
}

/// Why a form could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// A sentence could not be formed.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// What the form is written with refused it.
    #[error("letter {reference} as {form}: {why}")]
    Writer {
        /// The letter.
        reference: String,
        /// The form.
        form: Form,
        /// What was said.
        why: String,
    },
}

impl Form {
    /// Every form, in the order in which the tool lists them.
    pub const ALL: [Self; 5] = [Self::Text, Self::Eml, Self::Csv, Self::Html, Self::Xarf];

    /// The word on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Eml => "eml",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Xarf => "xarf",
        }
    }

    /// Words with commas between them, each form once.
    pub fn parse_list(words: &str) -> Result<Vec<Self>, UnknownForm> {
        let mut forms = Vec::new();
        for word in words.split(',').map(str::trim) {
            let form = Self::ALL.into_iter().find(|form| form.as_str() == word);
            let form = form.ok_or_else(|| UnknownForm {
                word: word.to_owned(),
            })?;
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        Ok(forms)
    }

    /// The files of one letter; none where the form is about the run.
    pub fn of_letter(self, sheet: &Sheet<'_>) -> Result<Vec<File>, FormError> {
        match self {
            Self::Text => {
                let octets = sheet.letter.text.clone().into_bytes();
                Ok(vec![sheet.letter_file("txt", octets)])
            }
            Self::Eml => Ok(vec![eml::file(sheet)?]),
            Self::Csv => Ok(vec![csv::findings(sheet)?]),
            Self::Html => Ok(Vec::new()),
            Self::Xarf => xarf::files(sheet),
        }
    }

    /// The files of a whole run.
    pub fn of_run(self, sheets: &[Sheet<'_>]) -> Result<Vec<File>, FormError> {
        match self {
            Self::Text | Self::Eml | Self::Xarf => Ok(Vec::new()),
            Self::Csv => Ok(vec![csv::letters(sheets)?]),
            Self::Html => Ok(vec![html::file(sheets)]),
        }
    }

    fn error(self, sheet: &Sheet<'_>, why: impl fmt::Display) -> FormError {
        FormError::Writer {
            reference: sheet.letter.reference.clone(),
            form: self,
            why: why.to_string(),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Sheet<'_> {
    /// A file in the letter's language: `PO-000007.pl.txt`, `PO-000007.pl.draft.txt`.
    fn letter_file(&self, ending: &str, octets: Vec<u8>) -> File {
        let letter = self.letter;
        File::of_letter(&letter.stem(), letter.state(), ending, octets)
    }

    /// A file with data, which no language changes: `PO-000007.csv`, and `PO-000007.draft.csv`
    /// where the sender is none who could send it.
    fn data_file(&self, ending: &str, octets: Vec<u8>) -> File {
        let state = if self.is_from_an_example() {
            State::Draft
        } else {
            State::Ready
        };
        File::of_letter(&self.letter.reference, state, ending, octets)
    }

    /// Whether the sender is nobody: an example, or a profile of history.
    fn is_from_an_example(&self) -> bool {
        self.profile.is_example() || self.profile.is_historic()
    }
}

/// The domain of the sender's mail address, which the profile's reader has seen to be there.
fn domain(profile: &Profile) -> &str {
    let mail = profile.sender.mail.as_str();
    mail.rsplit_once('@').map_or(mail, |(_, domain)| domain)
}

/// How many findings have which verdict, the firmest first: `2 confirmed`; the verdict alone
/// where there is one finding.
fn verdicts(sheet: &Sheet<'_>) -> Vec<String> {
    let mut kinds: Vec<_> = sheet.facts.findings.iter().map(|it| it.verdict).collect();
    kinds.sort_by_key(|verdict| verdict.map_or(u8::MAX, |it| firmness(it.kind)));
    let words = |verdict: &Option<Verdict>| verdict.map_or("not tested", |it| it.kind.as_str());
    if let [only] = kinds.as_slice() {
        return vec![words(only).to_owned()];
    }
    kinds
        .chunk_by(|one, two| words(one) == words(two))
        .map(|alike| format!("{} {}", alike.len(), alike.first().map_or("", words)))
        .collect()
}

const fn firmness(kind: Kind) -> u8 {
    match kind {
        Kind::Confirmed => 0,
        Kind::Accepted => 1,
        Kind::Suspected => 2,
        Kind::Inconclusive => 3,
        Kind::Closed => 4,
    }
}

/// RFC 4648, 4, on one line.
fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(octets.len().div_ceil(3) * 4);
    for group in octets.chunks(3) {
        let mut bits = 0_usize;
        for place in 0..3 {
            bits = bits << 8 | usize::from(group.get(place).copied().unwrap_or(0));
        }
        for place in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * place) & 0x3f];
            let is_there = place <= group.len();
            encoded.push(if is_there { char::from(digit) } else { '=' });
        }
    }
    encoded
}

/// A word of no form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no form of letters")]
pub struct UnknownForm {
    /// The word as it was given.
    pub word: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_named_with_commas_between_them() {
        use Form::*;
        for (words, forms) in [
            ("text", Ok(vec![Text])),
            ("eml, xarf,eml", Ok(vec![Eml, Xarf])),
            ("text,eml,csv,html,xarf", Ok(Form::ALL.to_vec())),
            ("pdf", Err("`pdf` is no form of letters")),
            ("", Err("`` is no form of letters")),
            ("text,", Err("`` is no form of letters")),
        ] {
            let parsed = Form::parse_list(words).map_err(|error| error.to_string());
            assert_eq!(parsed, forms.map_err(str::to_owned), "{words}");
        }
    }

    #[test]
    fn base64_is_as_in_rfc_4648() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfb]), "//77");
    }
}
