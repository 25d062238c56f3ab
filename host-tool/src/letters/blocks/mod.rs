//! A letter as blocks, before any language has spoken.

mod compose;
mod fix;
mod wording;

use std::{borrow::Cow, fmt};

use super::{language::Value, model::Basis};

pub use compose::FactsError;
pub(crate) use compose::{compose, said};

/// A block of a letter. The profile sets their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Block {
    /// The sender's letterhead.
    Letterhead,
    /// Recipient, reference, date and subject.
    Reference,
    /// The address.
    Salutation,
    /// Why this letter is written.
    Occasion,
    /// That the reader is taken to be responsible for the server.
    Identity,
    /// The programme that the letter belongs to, and its aim.
    Programme,
    /// Address, port, protocol, name, times and listings of each server.
    Findings,
    /// First and last moment of the whole letter; the table then leaves them out.
    Dates,
    /// How it was tested.
    Test,
    /// The result in plain words.
    Verdict,
    /// What an open relay or proxy is.
    Explanation,
    /// What may follow from one, in short.
    Consequences,
    /// Who writes, on what legal ground.
    Sender,
    /// With whom.
    Partners,
    /// What to do, step by step.
    Fix,
    /// What whoever runs a proxy should ask.
    Questions,
    /// A page with instructions, for whoever wishes to follow them.
    Guide,
    /// Whom to ask.
    Contact,
    /// By when an answer is hoped for, and when there is another test.
    Deadline,
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
    /// Every block, in the order in which letters usually have them.
    pub const ALL: [Self; 25] = [
        Self::Letterhead,
        Self::Reference,
        Self::Salutation,
        Self::Occasion,
        Self::Identity,
        Self::Programme,
        Self::Findings,
        Self::Dates,
        Self::Test,
        Self::Verdict,
        Self::Explanation,
        Self::Consequences,
        Self::Sender,
        Self::Partners,
        Self::Fix,
        Self::Questions,
        Self::Guide,
        Self::Contact,
        Self::Deadline,
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
            Self::Letterhead => "letterhead",
            Self::Reference => "reference",
            Self::Salutation => "salutation",
            Self::Occasion => "occasion",
            Self::Identity => "identity",
            Self::Programme => "programme",
            Self::Findings => "findings",
            Self::Dates => "dates",
            Self::Test => "test",
            Self::Verdict => "verdict",
            Self::Explanation => "explanation",
            Self::Consequences => "consequences",
            Self::Sender => "sender",
            Self::Partners => "partners",
            Self::Fix => "fix",
            Self::Questions => "questions",
            Self::Guide => "guide",
            Self::Contact => "contact",
            Self::Deadline => "deadline",
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
        matches!(
            self,
            Self::Findings | Self::Dates | Self::Evidence | Self::Machine
        )
    }

    /// Whether a letter that rests on `basis` and lacks it would say less than a reader is owed.
    /// Historic letters are owed to nobody.
    pub const fn is_owed(self, basis: Basis) -> bool {
        match self {
            Self::Salutation | Self::Occasion | Self::Contact | Self::Closing => true,
            Self::Reference | Self::Findings | Self::Sender | Self::Genuineness => {
                !matches!(basis, Basis::Historic)
            }
            Self::Verdict => matches!(basis, Basis::Tests),
            Self::Letterhead
            | Self::Identity
            | Self::Programme
            | Self::Dates
            | Self::Test
            | Self::Explanation
            | Self::Consequences
            | Self::Partners
            | Self::Fix
            | Self::Questions
            | Self::Guide
            | Self::Deadline
            | Self::Retest
            | Self::PassOn
            | Self::Evidence
            | Self::Machine => false,
        }
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
    /// A table: its head, then rows with as many cells.
    Grid(Vec<T>, Vec<Vec<T>>),
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
    /// Turns every saying into words. A saying may come to nothing or to several lines; a part
    /// without words is none.
    pub(crate) fn spoken<U, E>(
        self,
        speak: impl Fn(T) -> Result<Vec<U>, E>,
    ) -> Result<Option<Part<U>>, E> {
        let all = |sayings: Vec<T>| -> Result<Vec<U>, E> {
            let spoken: Vec<Vec<U>> = sayings.into_iter().map(&speak).collect::<Result<_, E>>()?;
            Ok(spoken.into_iter().flatten().collect())
        };
        let several =
            |words: Vec<U>, part: fn(Vec<U>) -> Part<U>| (!words.is_empty()).then(|| part(words));
        Ok(match self {
            Self::Heading(saying) => speak(saying)?.into_iter().next().map(Part::Heading),
            Self::Paragraph(saying) => speak(saying)?.into_iter().next().map(Part::Paragraph),
            Self::Lines(sayings) => several(all(sayings)?, Part::Lines),
            Self::Steps(sayings) => several(all(sayings)?, Part::Steps),
            Self::Items(sayings) => several(all(sayings)?, Part::Items),
            Self::Rows(rows) => {
                let mut spoken = Vec::new();
                for row in rows {
                    let lines = all(row.lines)?;
                    if let Some(label) = speak(row.label)?.into_iter().next() {
                        spoken.push(Row { label, lines });
                    }
                }
                Some(Part::Rows(spoken))
            }
            Self::Grid(head, rows) => {
                let rows = rows.into_iter().map(all).collect::<Result<_, E>>()?;
                Some(Part::Grid(all(head)?, rows))
            }
            Self::Link(link) => Some(Part::Link(link)),
            Self::Code(lines) => Some(Part::Code(lines)),
            Self::Quoted(lines) => Some(Part::Quoted(lines)),
            Self::Machine(lines) => Some(Part::Machine(lines)),
            Self::Rule => Some(Part::Rule),
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

/// What a profile says itself, in each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    /// The letterhead, line by line.
    Letterhead,
    /// Who writes.
    Who,
    /// On what legal ground.
    Ground,
    /// How the tests can be recognised.
    Tests,
    /// The programme that the letter belongs to.
    Programme,
    /// The words before the partners, where there are any.
    PartnersLead,
    /// The partners, one a line.
    Partners,
    /// The words before the partners abroad, where there are any.
    PartnersAbroadLead,
    /// The partners abroad, one a line.
    PartnersAbroad,
    /// What the page with instructions offers.
    Guide,
    /// The sender's name under the letter.
    Name,
}
