//! What is read before a letter counts as ready. Prose is held to what a reader may expect, quoted
//! data to being printable, bounded and silent about our tokens, and a run to one letter for each
//! recipient.

mod data;
mod prose;
mod run;

use std::fmt;

pub use run::hold_back_second_letters;

use super::{blocks::Part, language::Language};

/// What is wrong with a letter, with the words around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// Where: some words of the letter.
    pub near: String,
}

/// How much of a letter a fault shows, in characters.
const NEAR_CHARS_MAX: usize = 60;

impl Fault {
    pub(crate) fn new(kind: FaultKind, near: &str) -> Self {
        let shown = super::form::data::name(near);
        Self {
            kind,
            near: shown.chars().take(NEAR_CHARS_MAX).collect(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: “{}”", self.kind.as_str(), self.near)
    }
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// `{` or `}`: a variable that nobody filled in.
    Brace,
    /// `[…]` that is no address literal: a note to the writer.
    Bracket,
    /// Nothing where a sentence or a value should be.
    Empty,
    /// The same word twice in a row.
    RepeatedWord,
    /// Two spaces in a row.
    DoubleSpace,
    /// A mark that steers the direction of text.
    Isolate,
    /// A link or address with the sentence's full stop glued to it.
    LinkWithStop,
    /// `"` or `'` instead of the language's own marks.
    StraightQuote,
    /// A word or a gap that stands for something to be filled in.
    Placeholder,
    /// A name that is kept for examples.
    ExampleName,
    /// A character that cannot be printed, or that steers how others are.
    Unprintable,
    /// A line or a letter that is too long to be sent.
    TooLong,
    /// A token of our own test, which names its job and device.
    Token,
    /// An address that no mail can be sent to.
    Recipient,
    /// A second letter to one recipient in one run.
    SecondLetter,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Brace,
        Self::Bracket,
        Self::Empty,
        Self::RepeatedWord,
        Self::DoubleSpace,
        Self::Isolate,
        Self::LinkWithStop,
        Self::StraightQuote,
        Self::Placeholder,
        Self::ExampleName,
        Self::Unprintable,
        Self::TooLong,
        Self::Token,
        Self::Recipient,
        Self::SecondLetter,
    ];

    /// A few words for a person.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brace => "a brace: a variable was not filled in",
            Self::Bracket => "square brackets that hold no address",
            Self::Empty => "an empty sentence or value",
            Self::RepeatedWord => "a word stands twice",
            Self::DoubleSpace => "two spaces in a row",
            Self::Isolate => "an invisible mark for the direction of text",
            Self::LinkWithStop => "a link with a full stop glued to it",
            Self::StraightQuote => "a straight quotation mark or apostrophe",
            Self::Placeholder => "a placeholder that nobody filled in",
            Self::ExampleName => "a name kept for examples",
            Self::Unprintable => "a character that cannot be printed",
            Self::TooLong => "too long to be sent",
            Self::Token => "a token of our own test that was not shortened",
            Self::Recipient => "no address that mail can be sent to",
            Self::SecondLetter => "a second letter to one recipient",
        }
    }
}

/// Reads the spoken parts of a letter.
pub(crate) fn read(language: Language, parts: &[Part<String>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for part in parts {
        let mut prose = |text: &str| faults.extend(prose::sentence(language, text));
        match part {
            Part::Heading(text) | Part::Paragraph(text) => prose(text),
            Part::Lines(lines) | Part::Steps(lines) | Part::Items(lines) => {
                lines.iter().for_each(|line| prose(line));
            }
            Part::Rows(rows) => {
                for row in rows {
                    prose(&row.label);
                    row.lines.iter().for_each(|line| prose(line));
                }
            }
            Part::Grid(head, rows) => {
                head.iter()
                    .chain(rows.iter().flatten())
                    .for_each(|cell| prose(cell));
            }
            Part::Link(link) => prose(link),
            Part::Quoted(lines) => faults.extend(data::quoted(lines)),
            Part::Code(_) | Part::Machine(_) | Part::Rule => {}
        }
    }
    faults
}

/// Reads what stands around the parts: the letter as laid out, and whom it is for.
pub(crate) fn read_whole(text: &str, recipient: Option<&str>) -> Vec<Fault> {
    let mut faults = data::whole(text);
    faults.extend(recipient.and_then(data::recipient));
    faults
}
