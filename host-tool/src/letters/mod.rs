//! Letters to whoever runs a server: model, then language, then form.
//!
//! ```text
//! LetterFacts -> blocks, in the order of the profile -> a language -> a form
//! ```
//!
//! The [`model`] knows no language, a language knows no layout, a form knows no case. A letter
//! says what was shown and no more: [`model::decide`] says whether one is written at all.
//!
//! ```
//! use host_tool::letters::{self, Profile, language::LanguageChoice, model::LetterFacts};
//!
//! fn print(facts: &LetterFacts) -> Result<(), Box<dyn std::error::Error>> {
//!     let profile = Profile::load("example-cert")?;
//!     for language in letters::language::choose(&LanguageChoice::Auto, &facts.recipient) {
//!         let letter = letters::render(facts, language, &profile)?;
//!         println!("{}\n\n{}", letter.subject, letter.text);
//!     }
//!     Ok(())
//! }
//! ```

mod blocks;
mod checks;
mod form;
pub mod language;
pub mod model;
pub mod profile;

pub use blocks::{Block, FactsError};
pub use checks::{Fault, FaultKind, second_letters};
pub use language::{Language, UnknownLanguage};
pub use profile::{Profile, ProfileError};

use blocks::{Own, Say};
use language::{SpeechError, Value, Voice};
use model::LetterFacts;

/// A letter in one language, as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The case's number.
    pub reference: String,
    /// The contact's mail address, if the list has one.
    pub recipient: Option<String>,
    /// The language.
    pub language: Language,
    /// The subject.
    pub subject: String,
    /// The text: UTF-8, lines of at most 72 characters that end in LF.
    pub text: String,
    /// Why this letter is only a draft; each reason stands in the text as well.
    pub drafts: Vec<WhyDraft>,
    /// What the checks of the prose found.
    pub faults: Vec<Fault>,
}

impl Letter {
    /// Whether the letter carries the mark of a draft.
    pub fn is_draft(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// Whether it could be sent as it is.
    pub fn is_ready(&self) -> bool {
        !self.is_draft() && self.faults.is_empty()
    }

    /// A name for its file: reference and language.
    pub fn file_name(&self) -> String {
        format!("{}.{}.txt", self.reference, self.language)
    }
}

/// Why a letter is only a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhyDraft {
    /// The sender has names that are reserved for documentation: the profile is an example.
    ExampleSender,
    /// The profile does not approve the language.
    LanguageNotApproved,
}

impl WhyDraft {
    /// A few words for a table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExampleSender => "the sender is an example",
            Self::LanguageNotApproved => "the profile does not approve this language",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::ExampleSender => "draft-example",
            Self::LanguageNotApproved => "draft-language",
        }
    }
}

/// Why there is no letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// The facts do not make one.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// The profile has nothing to say in this language.
    #[error(
        "{profile}: expected a table `[text.{language}]` with `who`, `ground` and `tests`, because \
         a letter is to be written in {}; the profile has {known}", language.name()
    )]
    NoOwnText {
        /// The profile's file or name.
        profile: String,
        /// The language.
        language: Language,
        /// The languages that the profile has.
        known: String,
    },
    /// A sentence could not be formed.
    #[error(transparent)]
    Speech(#[from] SpeechError),
}

/// Writes the letter of `facts` in `language`, as `profile` has it.
pub fn render(
    facts: &LetterFacts,
    language: Language,
    profile: &Profile,
) -> Result<Letter, LetterError> {
    let composed = blocks::compose(facts, profile)?;
    let voice = Voice::of(language);
    let own = profile
        .text(language)
        .ok_or_else(|| LetterError::NoOwnText {
            profile: profile.origin.clone(),
            language,
            known: profile.languages().join(", "),
        })?;
    let speak = |say: Say| match say {
        Say::Message(id, with) => voice.say(id, &with),
        Say::Own(Own::Who) => Ok(voice.set(&own.who)),
        Say::Own(Own::Ground) => Ok(voice.set(&own.ground)),
        Say::Own(Own::Tests) => Ok(voice.set(&own.tests)),
        Say::Data(data) => Ok(data),
    };
    let subject = speak(composed.subject)?;
    let parts = composed
        .parts
        .into_iter()
        .map(|part| part.spoken(speak))
        .collect::<Result<Vec<_>, _>>()?;

    let mut drafts = Vec::new();
    if profile.is_example() {
        drafts.push(WhyDraft::ExampleSender);
    }
    if !profile.approves(language) {
        drafts.push(WhyDraft::LanguageNotApproved);
    }
    let marks = drafts
        .iter()
        .map(|why| {
            voice.say(
                why.message(),
                &[("profile", Value::Text(profile.name.clone()))],
            )
        })
        .collect::<Result<Vec<_>, _>>()?;

    Ok(Letter {
        reference: facts.reference.clone(),
        recipient: facts.recipient.contact.as_deref().map(form::data::name),
        language,
        faults: checks::read(language, &subject, &parts),
        text: form::text::lay_out(&marks, &parts),
        subject,
        drafts,
    })
}
