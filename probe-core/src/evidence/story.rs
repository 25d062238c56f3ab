//! A relay job's evidence for people to read.

use super::RelayEvidence;
use crate::{
    relay::{Outcome, PairId},
    smtp::Step,
};

use super::replies::Summary;

/// A line of a reply whose text was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// On which connection, from 1.
    pub connection: u8,
    /// What it answers.
    pub step: Step,
    /// Which pair, at MAIL and RCPT.
    pub pair: Option<PairId>,
    /// Whether it answers the pair's twin.
    pub twin: bool,
    /// It is the reply's first line.
    pub is_first: bool,
    /// It is the reply's last line. A reply of one line has one that is both.
    pub is_last: bool,
    /// It was longer than [`super::LINE_OCTETS_MAX`].
    pub is_cut: bool,
    /// The line with its code, without its end. Any octets.
    pub text: &'a [u8],
}

/// A pair and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairLine {
    /// The pair.
    pub pair: PairId,
    /// What came of it.
    pub outcome: Outcome,
    /// The reply that decided it.
    pub reply: Option<Summary>,
}

impl RelayEvidence {
    /// Every pair of this evidence's depth, in the order of the table.
    pub fn pairs(&self) -> impl Iterator<Item = PairLine> + '_ {
        PairId::all()
            .map(|pair| PairLine {
                pair,
                outcome: self.outcome(pair),
                reply: self.reply(pair),
            })
            .filter(|line| {
                line.pair.pair().least <= self.depth() || line.outcome != Outcome::NotReached
            })
    }

    /// The lines whose text was kept, in the order in which they came.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.transcript.entries().map(|entry| Line {
            connection: entry.place.connection,
            step: entry.place.step,
            pair: entry.place.pair,
            twin: entry.place.twin,
            is_first: entry.is_first,
            is_last: entry.is_last,
            is_cut: entry.is_cut,
            text: entry.text,
        })
    }
}
