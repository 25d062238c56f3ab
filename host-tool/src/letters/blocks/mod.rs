//! A letter as blocks, before any language has spoken.

mod compose;
mod fix;
mod wording;

use std::{borrow::Cow, fmt};

use super::language::Value;

pub use compose::FactsError;
pub(crate) use compose::{compose, message};

/// A block of a letter. The profile sets their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Block {
    /// Sender, recipient, reference, date and subject.
    Reference,
    /// The address.
    Salutation,
    /// Why this letter is written.
    Occasion,
    /// Address, port, name, times and listing of each server.
    Findings,
    /// How it was tested.
    Test,
    /// The result in plain words.
    Verdict,
    /// What an open relay is.
    Explanation,
    /// What may follow from one, in short.
    Consequences,
    /// Who writes, on what legal ground.
    Sender,
    /// What to do.
    Fix,
    /// Whom to ask.
    Contact,
    /// How to check that the letter is genuine.
    Genuineness,
    /// The offer to test again.
    Retest,
    /// For whoever is not the right reader.
    PassOn,
    /// The end of the letter proper.
    Closing,
    /// Annex: the conversation with each server.
    Evidence,
    /// Annex: the same data for machines.
    Machine,
}

impl Block {
    /// Every block, in the order in which `example-cert` has them.
    pub const ALL: [Self; 17] = [
        Self::Reference,
        Self::Salutation,
        Self::Occasion,
        Self::Findings,
        Self::Test,
        Self::Verdict,
        Self::Explanation,
        Self::Consequences,
        Self::Sender,
        Self::Fix,
        Self::Contact,
        Self::Genuineness,
        Self::Retest,
        Self::PassOn,
        Self::Closing,
        Self::Evidence,
        Self::Machine,
    ];

    /// The word in a profile.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Salutation => "salutation",
            Self::Occasion => "occasion",
            Self::Findings => "findings",
            Self::Test => "test",
            Self::Verdict => "verdict",
            Self::Explanation => "explanation",
            Self::Consequences => "consequences",
            Self::Sender => "sender",
            Self::Fix => "fix",
            Self::Contact => "contact",
            Self::Genuineness => "genuineness",
            Self::Retest => "retest",
            Self::PassOn => "pass-on",
            Self::Closing => "closing",
            Self::Evidence => "evidence",
            Self::Machine => "machine",
        }
    }

    /// Whether it is data rather than prose: in two languages it stands once, at the end.
    pub const fn is_data(self) -> bool {
        matches!(self, Self::Findings | Self::Evidence | Self::Machine)
    }

    /// Whether a letter without it would say less than a reader is owed.
    pub const fn is_owed(self) -> bool {
        matches!(
            self,
            Self::Reference
                | Self::Salutation
                | Self::Occasion
                | Self::Findings
                | Self::Verdict
                | Self::Sender
                | Self::Contact
                | Self::Genuineness
                | Self::Closing
        )
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A piece of a block. `T` is first [`Say`], then the spoken text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part<T> {
    /// A heading.
    Heading(T),
    /// Prose.
    Paragraph(T),
    /// Lines that belong together, each on its own line: a letterhead, a sign-off.
    Lines(Vec<T>),
    /// Labels with their values; a value may have several lines.
    Rows(Vec<Row<T>>),
    /// Steps in order.
    Steps(Vec<T>),
    /// Items without order.
    Items(Vec<T>),
    /// A link, on a line of its own.
    Link(String),
    /// Settings and commands to be copied as they are.
    Code(&'static [&'static str]),
    /// Data that others have made, quoted and escaped.
    Quoted(Vec<String>),
    /// Lines for machines.
    Machine(Vec<String>),
    /// Between two languages.
    Rule,
}

/// One label with the lines of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row<T> {
    /// What it is, with the language's colon.
    pub label: T,
    /// The value.
    pub lines: Vec<T>,
}

impl<T> Part<T> {
    /// Turns every saying into words.
    pub(crate) fn spoken<U, E>(self, speak: impl Fn(T) -> Result<U, E>) -> Result<Part<U>, E> {
        let all = |sayings: Vec<T>| {
            sayings
                .into_iter()
                .map(&speak)
                .collect::<Result<Vec<U>, E>>()
        };
        Ok(match self {
            Self::Heading(saying) => Part::Heading(speak(saying)?),
            Self::Paragraph(saying) => Part::Paragraph(speak(saying)?),
            Self::Lines(sayings) => Part::Lines(all(sayings)?),
            Self::Steps(sayings) => Part::Steps(all(sayings)?),
            Self::Items(sayings) => Part::Items(all(sayings)?),
            Self::Rows(rows) => Part::Rows(
                rows.into_iter()
                    .map(|row| {
                        Ok(Row {
                            label: speak(row.label)?,
                            lines: all(row.lines)?,
                        })
                    })
                    .collect::<Result<_, E>>()?,
            ),
            Self::Link(link) => Part::Link(link),
            Self::Code(lines) => Part::Code(lines),
            Self::Quoted(lines) => Part::Quoted(lines),
            Self::Machine(lines) => Part::Machine(lines),
            Self::Rule => Part::Rule,
        })
    }
}

/// Something to say, in whatever language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Say {
    /// A message with its values.
    Message(Cow<'static, str>, Vec<(&'static str, Value)>),
    /// A sentence of the profile, in the letter's language.
    Own(Own),
    /// Data, the same in every language.
    Data(String),
}

/// The sentences that a profile has in each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    /// Who writes.
    Who,
    /// On what legal ground.
    Ground,
    /// How the tests can be recognised.
    Tests,
}
