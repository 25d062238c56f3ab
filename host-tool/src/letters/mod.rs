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
//!     for edition in letters::language::choose(&LanguageChoice::Auto, &facts.recipient) {
//!         let letter = letters::render(facts, edition, &profile)?;
//!         println!("{}\n\n{}", letter.subject, letter.text);
//!     }
//!     Ok(())
//! }
//! ```

mod blocks;
mod checks;
pub mod form;
pub mod language;
pub mod model;
pub mod profile;
mod state;

pub use blocks::{Block, FactsError};
pub use checks::{Fault, FaultKind, hold_back_second_letters};
pub use language::{Language, UnknownLanguage};
pub use profile::{Profile, ProfileError};
pub use state::State;

use blocks::{Own, Part, Say};
use language::{Edition, SpeechError, Value, Voice};
use model::LetterFacts;

/// A letter in one language, as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The case's number.
    pub reference: String,
    /// The contact's mail address, if the list has one.
    pub recipient: Option<String>,
    /// The language, and whether English follows.
    pub edition: Edition,
    /// The subject, in the language that comes first.
    pub subject: String,
    /// The text: UTF-8, lines of at most 72 characters that end in LF.
    pub text: String,
    /// Why this letter is only a draft; each reason stands in the text as well.
    pub drafts: Vec<WhyDraft>,
    /// What the checks found.
    pub faults: Vec<Fault>,
    /// The marks of a draft or of a letter with faults, spoken: what other forms than plain text set.
    pub(crate) marks: Vec<String>,
    /// The letter's parts, spoken, in order.
    pub(crate) parts: Vec<Part<String>>,
}

/// Why a letter is only a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhyDraft {
    /// The sender has names that are reserved for documentation: the profile is an example.
    ExampleSender,
    /// The profile does not approve the language.
    LanguageNotApproved,
    /// The profile is historic: it shows how letters once read. Nothing lifts this mark.
    Historic,
}

impl WhyDraft {
    /// A few words for a table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExampleSender => "the sender is an example",
            Self::LanguageNotApproved => "the profile does not approve this language",
            Self::Historic => "the profile is historic and its letters are never sent",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::ExampleSender => "draft-example",
            Self::LanguageNotApproved => "draft-language",
            Self::Historic => "draft-historic",
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
    /// A historic profile has no letter in this language.
    #[error(
        "{profile}: the letters of this historic profile are known in {known} alone, and this one \
         would be in {}", language.name()
    )]
    NotPrinted {
        /// The profile's file or name.
        profile: String,
        /// The language.
        language: Language,
        /// The languages in which the letters are known.
        known: String,
    },
    /// A sentence could not be formed.
    #[error(transparent)]
    Speech(#[from] SpeechError),
}

/// Writes the letter of `facts` in `edition`, a language or one with English below it, as `profile`
/// has it.
pub fn render(
    facts: &LetterFacts,
    edition: impl Into<Edition>,
    profile: &Profile,
) -> Result<Letter, LetterError> {
    let edition = edition.into();
    let composed = blocks::compose(facts, profile)?;
    let speaker = Speaker::new(edition.first, profile)?;
    let subject = speaker.say(composed.subject)?.concat();
    let mut faults = checks::read(edition.first, &[Part::Paragraph(subject.clone())]);
    let mut parts = Vec::new();
    if edition.english_below {
        let (annex, prose): (Vec<_>, Vec<_>) = composed
            .blocks
            .into_iter()
            .partition(|(block, _)| block.is_data());
        let english = Speaker::new(Language::En, profile)?;
        let note = speaker.voice.say("english-below", &[])?;
        parts.push(Part::Paragraph(note));
        parts.extend(speaker.speak(&prose, &mut faults)?);
        parts.push(Part::Rule);
        parts.extend(english.speak(&prose, &mut faults)?);
        parts.push(Part::Rule);
        let own = speaker.speak(&annex, &mut faults)?;
        parts.extend(beside(own, english.speak(&annex, &mut faults)?));
    } else {
        parts = speaker.speak(&composed.blocks, &mut faults)?;
    }

    let mut drafts = Vec::new();
    if profile.is_historic() {
        drafts.push(WhyDraft::Historic);
    }
    if profile.is_example() {
        drafts.push(WhyDraft::ExampleSender);
    }
    let is_approved = edition
        .languages()
        .all(|language| profile.approves(language));
    if !is_approved && !profile.is_historic() {
        drafts.push(WhyDraft::LanguageNotApproved);
    }
    let marks = drafts
        .iter()
        .map(|why| {
            speaker.voice.say(
                why.message(),
                &[("profile", Value::Text(profile.name.clone()))],
            )
        })
        .collect::<Result<Vec<_>, _>>()?;

    let recipient = facts.recipient.contact.as_deref().map(form::data::name);
    let text = form::text::lay_out(&marks, &parts);
    faults.extend(checks::read_whole(&text, recipient.as_deref()));
    let mut letter = Letter {
        reference: facts.reference.clone(),
        recipient,
        edition,
        text,
        subject,
        drafts,
        faults: Vec::new(),
        marks,
        parts,
    };
    for fault in faults {
        letter.add_fault(fault)?;
    }
    Ok(letter)
}

/// What a letter of `facts` says as the result of the test, sentence by sentence, without the rest.
pub fn result(
    facts: &LetterFacts,
    language: Language,
    profile: &Profile,
) -> Result<Vec<String>, LetterError> {
    let blocks = blocks::compose(facts, profile)?.blocks;
    let verdict = blocks
        .into_iter()
        .filter(|(block, _)| *block == Block::Verdict);
    let verdict: Vec<_> = verdict.collect();
    let parts = Speaker::new(language, profile)?.speak(&verdict, &mut Vec::new())?;
    let sentences = parts.into_iter().filter_map(|part| match part {
        Part::Paragraph(words) => Some(words),
        _ => None,
    });
    Ok(sentences.collect())
}

/// A language with the sender's own sentences in it.
struct Speaker<'a> {
    language: Language,
    voice: Voice,
    own: &'a profile::OwnText,
    sender: &'a profile::Sender,
}

impl<'a> Speaker<'a> {
    fn new(language: Language, profile: &'a Profile) -> Result<Self, LetterError> {
        let own = profile.text(language).ok_or_else(|| {
            let profile_name = profile.origin.clone();
            let known = profile.languages().join(", ");
            if profile.is_historic() {
                LetterError::NotPrinted {
                    profile: profile_name,
                    language,
                    known,
                }
            } else {
                LetterError::NoOwnText {
                    profile: profile_name,
                    language,
                    known,
                }
            }
        })?;
        Ok(Self {
            language,
            voice: if own.formal {
                Voice::formal(language)
            } else {
                Voice::of(language)
            },
            own,
            sender: &profile.sender,
        })
    }

    fn say(&self, say: Say) -> Result<Vec<String>, LetterError> {
        let own = self.own;
        let set = |text: &String| self.voice.set(text);
        let one = |text: &Option<String>| text.iter().map(set).collect::<Vec<_>>();
        let all = |lines: &[String]| lines.iter().map(set).collect::<Vec<_>>();
        let lead = |id, names: &[String]| {
            let lead = (!names.is_empty()).then(|| self.voice.say(id, &[]));
            lead.transpose().map(|lead| lead.into_iter().collect())
        };
        Ok(match say {
            Say::Message(id, with) => vec![self.voice.say(&id, &with)?],
            Say::Data(data) => vec![data],
            Say::Own(Own::Letterhead) => match &own.letterhead {
                Some(lines) => lines.clone(),
                None if self.sender.address.is_empty() => Vec::new(),
                None => std::iter::once(&self.sender.name)
                    .chain(&self.sender.address)
                    .map(|line| form::data::name(line))
                    .collect(),
            },
            Say::Own(Own::Who) => one(&own.who),
            Say::Own(Own::Ground) => one(&own.ground),
            Say::Own(Own::Tests) => one(&own.tests),
            Say::Own(Own::Programme) => one(&own.programme),
            Say::Own(Own::Guide) => one(&own.guide),
            Say::Own(Own::PartnersLead) => lead("partners", &own.partners)?,
            Say::Own(Own::Partners) => all(&own.partners),
            Say::Own(Own::PartnersAbroadLead) => lead("partners-abroad", &own.partners_abroad)?,
            Say::Own(Own::PartnersAbroad) => all(&own.partners_abroad),
            Say::Own(Own::Name) => match &own.name {
                Some(name) => vec![set(name)],
                None => vec![form::data::name(&self.sender.name)],
            },
        })
    }

    /// Speaks the blocks and reads what was said.
    fn speak(
        &self,
        blocks: &[(Block, Vec<Part<Say>>)],
        faults: &mut Vec<Fault>,
    ) -> Result<Vec<Part<String>>, LetterError> {
        let mut spoken = Vec::new();
        for (block, parts) in blocks {
            for (place, part) in parts.iter().enumerate() {
                let Some(mut part) = part.clone().spoken(|say| self.say(say))? else {
                    continue;
                };
                if *block == Block::Occasion && place == 0 && self.language.begins_anew() {
                    begin_anew(&mut part);
                }
                spoken.push(part);
            }
        }
        faults.extend(checks::read(self.language, &spoken));
        Ok(spoken)
    }
}

/// The data that stands once for two languages: English beside the words that lead to it, data and
/// labels in the first language alone.
fn beside(own: Vec<Part<String>>, english: Vec<Part<String>>) -> Vec<Part<String>> {
    let mut parts = Vec::new();
    for (own, english) in own.into_iter().zip(english) {
        match (own, english) {
            (Part::Heading(own), Part::Heading(english)) => {
                parts.push(Part::Heading(format!("{own} / {english}")));
            }
            (Part::Paragraph(own), english @ Part::Paragraph(_)) => {
                parts.push(Part::Paragraph(own));
                parts.push(english);
            }
            (own, _) => parts.push(own),
        }
    }
    parts
}

/// Sets a capital at the beginning.
fn begin_anew(part: &mut Part<String>) {
    if let Part::Paragraph(words) = part {
        let mut letters = words.chars();
        if let Some(first) = letters.next() {
            *words = first.to_uppercase().chain(letters).collect();
        }
    }
}
