//! The languages that letters are written in, and how one is chosen.

mod bundle;
mod choice;
pub mod country;
mod number;
mod typography;

use std::fmt;

pub use bundle::SpeechError;
pub(crate) use bundle::{Value, Voice};
pub use choice::{Edition, LanguageChoice, choose};

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
    /// German as in Austria.
    DeAt,
    /// German as in Switzerland.
    DeCh,
    /// German as in Liechtenstein.
    DeLi,
    /// French as in Switzerland.
    FrCh,
    /// Italian as in Switzerland.
    ItCh,
}

impl Language {
    /// Every language, in the order in which the tool lists them; no variants.
    pub const ALL: [Self; 6] = [Self::Pl, Self::Fr, Self::Da, Self::De, Self::It, Self::En];

    /// The variants: a language as a country writes it, where that differs.
    pub const VARIANTS: [Self; 5] = [Self::DeAt, Self::DeCh, Self::DeLi, Self::FrCh, Self::ItCh];

    /// The tag of BCP 47.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Pl => "pl",
            Self::Fr => "fr",
            Self::Da => "da",
            Self::De => "de",
            Self::It => "it",
            Self::En => "en",
            Self::DeAt => "de-AT",
            Self::DeCh => "de-CH",
            Self::DeLi => "de-LI",
            Self::FrCh => "fr-CH",
            Self::ItCh => "it-CH",
        }
    }

    /// The language that it is a variant of; itself where it is none.
    pub const fn base(self) -> Self {
        match self {
            Self::DeAt | Self::DeCh | Self::DeLi => Self::De,
            Self::FrCh => Self::Fr,
            Self::ItCh => Self::It,
            Self::Pl | Self::Fr | Self::Da | Self::De | Self::It | Self::En => self,
        }
    }

    /// The variant of a country, where there is one; a variant stays what it is.
    #[must_use]
    pub fn in_country(self, country: Option<&str>) -> Self {
        country
            .filter(|_| self == self.base())
            .map(|country| format!("{}-{country}", self.base()))
            .and_then(|tag| Self::variant(&tag))
            .unwrap_or(self)
    }

    /// Whether the sentence after the salutation is a new one, with a capital: no comma stands
    /// before it.
    pub(crate) const fn begins_anew(self) -> bool {
        matches!(self, Self::DeCh | Self::DeLi)
    }

    fn variant(tag: &str) -> Option<Self> {
        Self::VARIANTS
            .into_iter()
            .find(|variant| variant.tag().eq_ignore_ascii_case(tag))
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
            Self::DeAt => "German (Austria)",
            Self::DeCh => "German (Switzerland)",
            Self::DeLi => "German (Liechtenstein)",
            Self::FrCh => "French (Switzerland)",
            Self::ItCh => "Italian (Switzerland)",
        }
    }

    /// The language of a tag, or the variant, where there is one; any other region or script in it
    /// is looked over (`de-DE` is German).
    pub fn from_tag(tag: &str) -> Result<Self, UnknownLanguage> {
        if let Some(variant) = Self::variant(&tag.trim().replace('_', "-")) {
            return Ok(variant);
        }
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

/// What a variant says otherwise than its language, as `(name, text)`: messages that replace those
/// of the same name.
pub fn overlay_file(language: Language) -> Option<(&'static str, &'static str)> {
    bundle::overlay(language)
}

/// What the most formal address says otherwise, where `language` has one above the usual: as
/// [`overlay_file`].
pub fn formal_file(language: Language) -> Option<(&'static str, &'static str)> {
    bundle::formal(language)
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
        assert_eq!(Language::from_tag(" DE-de "), Ok(Language::De));
        assert_eq!(Language::from_tag(" DE-at "), Ok(Language::DeAt));
        assert_eq!(Language::from_tag("fr_CH"), Ok(Language::FrCh));
        assert_eq!(Language::De.in_country(Some("ch")), Language::DeCh);
        assert_eq!(Language::DeCh.in_country(Some("AT")), Language::DeCh);
        assert_eq!(Language::Pl.in_country(Some("CH")), Language::Pl);
        assert_eq!(
            Language::from_tag("nl").unwrap_err().to_string(),
            "unknown language `nl`; letters are written in pl (Polish), fr (French), \
             da (Danish), de (German), it (Italian) and en (English)"
        );
        assert!(Language::from_tag("").is_err());
        assert!(Language::from_tag("deu").is_err());
    }
}
