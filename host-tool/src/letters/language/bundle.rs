//! A language's messages. A formatting error is fatal: half a sentence reaches nobody.

use std::sync::OnceLock;

use fluent_bundle::{
    FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, types::FluentNumber,
};
use jiff::civil::Date;
use unic_langid::LanguageIdentifier;

use super::{Language, number, typography};

/// The message files of a language, as `(name, text)`.
pub(super) type Files = [(&'static str, &'static str); 5];

/// What a variant says otherwise than its language, as `(name, text)`.
pub(super) const fn overlay(language: Language) -> Option<(&'static str, &'static str)> {
    match language {
        Language::DeAt => Some((
            "de-AT/overlay.ftl",
            include_str!("../../../locales/de-AT/overlay.ftl"),
        )),
        Language::DeCh | Language::DeLi => Some((
            "de-CH/overlay.ftl",
            include_str!("../../../locales/de-CH/overlay.ftl"),
        )),
        // These differ in typography alone.
        Language::FrCh | Language::ItCh => None,
        Language::Pl | Language::Fr | Language::Da | Language::De | Language::It | Language::En => {
            None
        }
    }
}

macro_rules! files {
    ($tag:literal) => {
        files!($tag, "letter", "forms", "relay", "proxy", "both")
    };
    ($tag:literal, $($file:literal),*) => {
        [$((
            concat!($tag, "/", $file, ".ftl"),
            include_str!(concat!("../../../locales/", $tag, "/", $file, ".ftl")),
        )),*]
    };
}

/// The message files of `language`; those of its base where it is a variant.
pub(super) const fn files(language: Language) -> Files {
    match language {
        Language::Pl => files!("pl"),
        Language::Fr | Language::FrCh => files!("fr"),
        Language::Da => files!("da"),
        Language::De | Language::DeAt | Language::DeCh | Language::DeLi => files!("de"),
        Language::It | Language::ItCh => files!("it"),
        Language::En => files!("en"),
    }
}

/// What the most formal address of a language says otherwise, where it has one above the usual.
pub(super) const fn formal(language: Language) -> Option<(&'static str, &'static str)> {
    match language {
        Language::Da => Some((
            "da/formal.ftl",
            include_str!("../../../locales/da/formal.ftl"),
        )),
        _ => None,
    }
}

/// A value in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Text as it is.
    Text(String),
    /// A number; chooses the plural.
    Count(u64),
    /// A list, joined as the language joins lists.
    List(Vec<String>),
    /// A long date.
    Date(Date),
}

/// Why a sentence could not be formed. A fault of the message files, not of the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// There is no such message.
    #[error("language `{language}`: no message `{id}`")]
    NoMessage {
        /// The language.
        language: Language,
        /// The message's identifier.
        id: String,
    },
    /// The message asks for something that it was not given.
    #[error("language `{language}`, message `{id}`: {why}")]
    Format {
        /// The language.
        language: Language,
        /// The message's identifier.
        id: String,
        /// What Fluent says.
        why: String,
    },
}

/// Languages and variants.
const LANGUAGES: usize = Language::ALL.len() + Language::VARIANTS.len();

/// A language with its messages.
#[derive(Clone, Copy)]
pub(crate) struct Voice {
    language: Language,
    bundle: &'static FluentBundle<FluentResource>,
}

impl Voice {
    /// The voice of `language`. Its files are read once for the program's life.
    pub(crate) fn of(language: Language) -> Self {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; LANGUAGES] =
            [const { OnceLock::new() }; LANGUAGES];
        Self::cached(language, &BUNDLES, overlay(language))
    }

    /// As [`Self::of`], in the most formal address where the language has one above the usual.
    pub(crate) fn formal(language: Language) -> Self {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; LANGUAGES] =
            [const { OnceLock::new() }; LANGUAGES];
        Self::cached(language, &BUNDLES, formal(language))
    }

    fn cached(
        language: Language,
        bundles: &'static [OnceLock<FluentBundle<FluentResource>>; LANGUAGES],
        overlay: Option<(&'static str, &'static str)>,
    ) -> Self {
        let place = Language::ALL
            .into_iter()
            .chain(Language::VARIANTS)
            .position(|known| known == language);
        let cell = place
            .and_then(|place| bundles.get(place))
            .unwrap_or_else(|| panic!("{language}: neither a language nor a variant"));
        Self {
            language,
            bundle: cell.get_or_init(|| bundle(language, overlay)),
        }
    }

    /// The sentence `id` with its values.
    pub(crate) fn say(&self, id: &str, with: &[(&str, Value)]) -> Result<String, SpeechError> {
        let pattern = self
            .bundle
            .get_message(id)
            .and_then(|message| message.value())
            .ok_or_else(|| SpeechError::NoMessage {
                language: self.language,
                id: id.to_owned(),
            })?;
        let mut args = FluentArgs::new();
        for (name, value) in with {
            let value: FluentValue<'_> = match value {
                Value::Text(text) => text.as_str().into(),
                Value::Count(count) => FluentNumber::from(*count).into(),
                Value::List(items) => self.join(items)?.into(),
                Value::Date(date) => self.date(*date)?.into(),
            };
            args.set(*name, value);
        }
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(SpeechError::Format {
                language: self.language,
                id: id.to_owned(),
                why: error.to_string(),
            }),
        }
    }

    /// Sets the operator's own prose in this language's typography.
    pub(crate) fn set(&self, text: &str) -> String {
        typography::setter(self.language)(text).into_owned()
    }

    fn date(&self, date: Date) -> Result<String, SpeechError> {
        self.say(
            "date",
            &[
                ("day", Value::Count(date.day().unsigned_abs().into())),
                ("month", Value::Count(date.month().unsigned_abs().into())),
                ("year", Value::Text(date.year().to_string())),
            ],
        )
    }

    /// `A, B and C`.
    fn join(&self, items: &[String]) -> Result<String, SpeechError> {
        let Some((last, before)) = items.split_last() else {
            return Ok(String::new());
        };
        if before.is_empty() {
            return Ok(last.clone());
        }
        let conjunction = if last.starts_with(['e', 'E', 'è', 'È', 'é', 'É']) {
            "list-and-before-e"
        } else {
            "list-and"
        };
        let conjunction = self.set(&format!("{} ", self.say(conjunction, &[])?));
        Ok(format!("{} {conjunction}{last}", before.join(", ")))
    }
}

fn bundle(
    language: Language,
    overlay: Option<(&'static str, &'static str)>,
) -> FluentBundle<FluentResource> {
    let locale = LanguageIdentifier::from_bytes(language.tag().as_bytes())
        .unwrap_or_else(|error| panic!("{language}: {error}"));
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    bundle.set_transform(Some(typography::setter(language)));
    bundle.set_formatter(Some(number::formatter(language)));
    for (name, text) in files(language) {
        let resource = FluentResource::try_new(text.to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{name}: {errors:?}"));
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
    }
    if let Some((name, text)) = overlay {
        let resource = FluentResource::try_new(text.to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{name}: {errors:?}"));
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_sentence_reaches_nobody() {
        for language in Language::ALL.into_iter().chain(Language::VARIANTS) {
            let voice = Voice::of(language);
            assert_eq!(
                voice.say("no-such-message", &[]),
                Err(SpeechError::NoMessage {
                    language,
                    id: "no-such-message".to_owned(),
                })
            );
            let error = voice.say("listed-code", &[]).unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("language `{language}`, message `listed-code`: ")),
                "{error}"
            );
        }
    }

    #[test]
    fn the_most_formal_address_is_another_voice_where_there_is_one() {
        let with = [("count", Value::Count(1))];
        let with = [
            with.as_slice(),
            &[
                ("address", Value::Text(String::new())),
                ("kind", Value::Text(String::new())),
            ],
        ]
        .concat();
        for language in Language::ALL {
            let usual = Voice::of(language).say("identity", &with).unwrap();
            let formal = Voice::formal(language).say("identity", &with).unwrap();
            assert_eq!(usual != formal, language == Language::Da, "{language}");
        }
    }
}
