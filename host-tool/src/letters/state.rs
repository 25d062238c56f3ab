//! Whether a letter may leave the house, and how its files say so.

use super::{
    Fault, Letter, form,
    language::{SpeechError, Voice},
};

/// How far a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It could be sent as it is.
    Ready,
    /// The sender or the language is not approved. Its text says why.
    Draft,
    /// The checks found something.
    Faulty,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Ready, Self::Draft, Self::Faulty];

    /// The word in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Draft => "draft",
            Self::Faulty => "faulty",
        }
    }

    /// What stands before the ending of a file's name: nothing where the letter is ready.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Ready => "",
            Self::Draft => ".draft",
            Self::Faulty => ".faulty",
        }
    }
}

impl Letter {
    /// How far it is. What the checks found weighs more than a missing approval.
    pub fn state(&self) -> State {
        if !self.faults.is_empty() {
            State::Faulty
        } else if !self.drafts.is_empty() {
            State::Draft
        } else {
            State::Ready
        }
    }

    /// Whether it could be sent as it is.
    pub fn is_ready(&self) -> bool {
        self.state() == State::Ready
    }

    /// A name for its file of this ending, such as `PO-000007.pl.draft.txt`.
    pub fn file_name(&self, ending: &str) -> String {
        format!("{}{}.{ending}", self.stem(), self.state().suffix())
    }

    /// Reference and languages: `PO-000007.pl`, `PO-000007.pl+en`.
    pub(crate) fn stem(&self) -> String {
        format!("{}.{}", self.reference, self.edition)
    }

    /// Adds a fault; with the first one the text is marked.
    pub(crate) fn add_fault(&mut self, fault: Fault) -> Result<(), SpeechError> {
        if self.faults.is_empty() {
            let mark = Voice::of(self.edition.first).say("mark-faults", &[])?;
            self.marks.insert(0, mark);
            self.text = form::text::lay_out(&self.marks, &self.parts);
        }
        self.faults.push(fault);
        Ok(())
    }
}
