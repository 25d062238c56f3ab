//! Which language a letter is written in.

use super::{Language, UnknownLanguage, country};
use crate::letters::model::Recipient;

/// What `--lang` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LanguageChoice {
    /// The list's language, then the country's, then English.
    #[default]
    Auto,
    /// These, for every letter, one text each.
    Tags(Vec<Language>),
}

impl std::str::FromStr for LanguageChoice {
    type Err = UnknownLanguage;

    /// `auto`, or tags separated by commas.
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        if text.trim().eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let mut tags = Vec::new();
        for tag in text.split(',') {
            let language = Language::from_tag(tag)?;
            if !tags.contains(&language) {
                tags.push(language);
            }
        }
        Ok(Self::Tags(tags))
    }
}

/// The languages of the letter to `recipient`: one, unless `--lang` names several.
pub fn choose(choice: &LanguageChoice, recipient: &Recipient) -> Vec<Language> {
    match choice {
        LanguageChoice::Tags(languages) => languages.clone(),
        LanguageChoice::Auto => {
            let listed = recipient
                .language
                .as_deref()
                .and_then(|tag| Language::from_tag(tag).ok());
            let official = || {
                let country = recipient.country.as_deref()?;
                country::languages(country).first().copied()
            };
            vec![listed.or_else(official).unwrap_or(Language::En)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_language_then_the_countrys_then_english() {
        for (language, country, expected) in [
            (Some("fr"), Some("CH"), Language::Fr),
            (Some("de-CH"), None, Language::De),
            (Some("rm"), Some("CH"), Language::De),
            (None, Some("CA"), Language::En),
            (None, Some("BE"), Language::Fr),
            (None, Some("JP"), Language::En),
            (None, None, Language::En),
        ] {
            let recipient = Recipient {
                language: language.map(Into::into),
                country: country.map(Into::into),
                ..Recipient::default()
            };
            assert_eq!(
                choose(&LanguageChoice::Auto, &recipient),
                [expected],
                "{language:?} {country:?}"
            );
        }
    }

    #[test]
    fn what_the_command_line_names_wins() {
        let choice: LanguageChoice = "pl, it,pl".parse().unwrap();
        let recipient = Recipient {
            language: Some("da".into()),
            ..Recipient::default()
        };
        assert_eq!(choose(&choice, &recipient), [Language::Pl, Language::It]);
        assert_eq!("auto".parse(), Ok(LanguageChoice::Auto));
        assert!("pl,xx".parse::<LanguageChoice>().is_err());
        assert!("".parse::<LanguageChoice>().is_err());
    }
}
