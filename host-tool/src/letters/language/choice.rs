//! Which languages a letter is written in.

use std::fmt;

use super::{Language, UnknownLanguage, country};
use crate::letters::model::Recipient;

/// The languages of one letter: one, or the reader's own with English below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition {
    /// The language that comes first.
    pub first: Language,
    /// Whether the same letter follows in English.
    pub english_below: bool,
}

impl Edition {
    /// `first` with English below it; English alone where that comes first anyway.
    pub fn with_english(first: Language) -> Self {
        Self {
            first,
            english_below: first.base() != Language::En,
        }
    }

    /// Its languages in order.
    pub fn languages(self) -> impl Iterator<Item = Language> {
        std::iter::once(self.first).chain(self.english_below.then_some(Language::En))
    }
}

impl From<Language> for Edition {
    fn from(first: Language) -> Self {
        Self {
            first,
            english_below: false,
        }
    }
}

impl fmt::Display for Edition {
    /// `pl`, or `pl+en`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let below = if self.english_below { "+en" } else { "" };
        write!(f, "{}{below}", self.first)
    }
}

impl std::str::FromStr for Edition {
    type Err = UnknownLanguage;

    /// A tag, or a tag with `+en` behind it.
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let unknown = || UnknownLanguage {
            tag: text.trim().to_owned(),
        };
        match text.split_once('+') {
            None => Language::from_tag(text).map(Self::from),
            Some((first, below)) => {
                if Language::from_tag(below).map_err(|_| unknown())? != Language::En {
                    return Err(unknown());
                }
                Ok(Self::with_english(
                    Language::from_tag(first).map_err(|_| unknown())?,
                ))
            }
        }
    }
}

/// What `--lang` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LanguageChoice {
    /// Each recipient's own.
    #[default]
    Auto,
    /// These, for every letter, one text each.
    Tags(Vec<Edition>),
}

impl std::str::FromStr for LanguageChoice {
    type Err = UnknownLanguage;

    /// `auto`, or tags separated by commas; `pl+en` is Polish with English below it.
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        if text.trim().eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let mut editions = Vec::new();
        for tag in text.split(',') {
            let edition = tag.parse()?;
            if !editions.contains(&edition) {
                editions.push(edition);
            }
        }
        Ok(Self::Tags(editions))
    }
}

/// The letters to `recipient`: one, unless `--lang` names several.
///
/// In this order: what `--lang` names; the recipient's own languages, which are what the list asks
/// for, then what they prefer (`security.txt`), then the language that they answered in; the
/// official languages of the country; English. Where the first that is asked for is none of ours,
/// the next one that is comes with English below it.
pub fn choose(choice: &LanguageChoice, recipient: &Recipient) -> Vec<Edition> {
    match choice {
        LanguageChoice::Tags(editions) => editions.clone(),
        LanguageChoice::Auto => {
            let country = recipient.country.as_deref();
            let edition = own(recipient)
                .or_else(|| country.and_then(official))
                .unwrap_or(Edition::from(Language::En));
            vec![Edition {
                first: edition.first.in_country(country),
                ..edition
            }]
        }
    }
}

fn own(recipient: &Recipient) -> Option<Edition> {
    let listed = recipient.language.as_deref().into_iter();
    let preferred = recipient.preferred.iter().map(String::as_str);
    let answered = recipient.answered_in.as_deref();
    let tags = listed.chain(preferred).chain(answered);
    first_of_ours(tags.map(|tag| Language::from_tag(tag).ok()))
}

fn official(country: &str) -> Option<Edition> {
    let another = country::another_is_larger(country).then_some(None);
    let ours = country::languages(country).iter().copied().map(Some);
    first_of_ours(another.into_iter().chain(ours))
}

/// The first of ours; with English below it where another one came before.
fn first_of_ours(asked: impl Iterator<Item = Option<Language>>) -> Option<Edition> {
    let mut skipped = false;
    for language in asked {
        match language {
            Some(language) if skipped => return Some(Edition::with_english(language)),
            Some(language) => return Some(language.into()),
            None => skipped = true,
        }
    }
    None
}

#[cfg(test)]
mod tests;
