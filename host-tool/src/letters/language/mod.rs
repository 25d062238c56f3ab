//! The languages that letters are written in, and how one is chosen.

mod bundle;
mod choice;
pub mod country;
mod typography;

use std::fmt;

pub use bundle::SpeechError;
pub(crate) use bundle::{Value, Voice};
pub use choice::{LanguageChoice, choose};

/// A language that letters are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Polish.
    Pl,
    /// French.
    Fr,
    /// Danish.
    Da,
    /// German.
    De,
    /// Italian.
    It,
    /// English.
    En,
}

impl Language {
    /// Every language, in the order in which the tool lists them.
    pub const ALL: [Self; 6] = [Self::Pl, Self::Fr, Self::Da, Self::De, Self::It, Self::En];

    /// The tag of BCP 47.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Pl => "pl",
            Self::Fr => "fr",
            Self::Da => "da",
            Self::De => "de",
            Self::It => "it",
            Self::En => "en",
        }
    }

    /// The language's name in English.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pl => "Polish",
            Self::Fr => "French",
            Self::Da => "Danish",
            Self::De => "German",
            Self::It => "Italian",
            Self::En => "English",
        }
    }

    /// The language of a tag; a region or script in it is looked over (`de-AT` is German).
    pub fn from_tag(tag: &str) -> Result<Self, UnknownLanguage> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
            .ok_or_else(|| UnknownLanguage {
                tag: tag.trim().to_owned(),
            })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// The message files of `language`, as `(name, text)`.
pub fn message_files(language: Language) -> Vec<(&'static str, &'static str)> {
    bundle::files(language).into()
}

/// A tag of no language that letters are written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLanguage {
    /// The tag as it was given.
    pub tag: String,
}

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown language `{}`; letters are written in ",
            self.tag
        )?;
        for (place, language) in Language::ALL.into_iter().enumerate() {
            let before = match place {
                0 => "",
                _ if place + 1 == Language::ALL.len() => " and ",
                _ => ", ",
            };
            write!(f, "{before}{} ({})", language.tag(), language.name())?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownLanguage {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        assert_eq!(Language::from_tag("da"), Ok(Language::Da));
        assert_eq!(Language::from_tag(" DE-at "), Ok(Language::De));
        assert_eq!(
            Language::from_tag("nl").unwrap_err().to_string(),
            "unknown language `nl`; letters are written in pl (Polish), fr (French), \
             da (Danish), de (German), it (Italian) and en (English)"
        );
        assert!(Language::from_tag("").is_err());
        assert!(Language::from_tag("deu").is_err());
    }
}
