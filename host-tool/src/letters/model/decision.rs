//! Whether a letter is written at all. A letter never accuses without proof.

use probe_core::verdict::{Kind, Verdict};

use super::Listing;

/// Write, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A letter is due, on this occasion.
    Write(Occasion),
    /// None is.
    NoLetter(WhyNone),
}

/// What gives rise to a letter; it settles the wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// Our own message came back through the server.
    Confirmed,
    /// A named database lists the address, and our own test suspects. Not called open.
    ListedAndSuspected,
    /// A named database lists the address, and our own test could not decide. Not called open.
    ListedAndUndecided,
}

/// Why no letter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhyNone {
    /// Suspected or accepted, but nothing came back and no database lists it.
    SuspectedAlone,
    /// Our test could not decide, and no database lists it.
    UndecidedAlone,
    /// Tested closed.
    Closed,
    /// A database lists it, our test found it closed: the listing looks stale.
    ListingLooksStale,
    /// A database lists it, but it was not tested.
    ListedNotTested,
    /// Neither listed nor tested.
    NotTested,
}

impl WhyNone {
    /// A few words for a table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SuspectedAlone => "suspected, but neither proved nor listed",
            Self::UndecidedAlone => "undecided and not listed",
            Self::Closed => "closed",
            Self::ListingLooksStale => "closed: the listing looks stale",
            Self::ListedNotTested => "listed, but not tested",
            Self::NotTested => "not tested",
        }
    }
}

/// Decides by our own verdict (`None`: not tested) and the listing, if a named database has one.
pub const fn decide(verdict: Option<Verdict>, listing: Option<&Listing>) -> Decision {
    let Some(verdict) = verdict else {
        return Decision::NoLetter(if listing.is_some() {
            WhyNone::ListedNotTested
        } else {
            WhyNone::NotTested
        });
    };
    match (verdict.kind, listing.is_some()) {
        (Kind::Confirmed, _) => Decision::Write(Occasion::Confirmed),
        (Kind::Accepted | Kind::Suspected, true) => Decision::Write(Occasion::ListedAndSuspected),
        (Kind::Inconclusive, true) => Decision::Write(Occasion::ListedAndUndecided),
        (Kind::Accepted | Kind::Suspected, false) => Decision::NoLetter(WhyNone::SuspectedAlone),
        (Kind::Inconclusive, false) => Decision::NoLetter(WhyNone::UndecidedAlone),
        (Kind::Closed, true) => Decision::NoLetter(WhyNone::ListingLooksStale),
        (Kind::Closed, false) => Decision::NoLetter(WhyNone::Closed),
    }
}

#[cfg(test)]
mod tests {
    use probe_core::verdict::Reason;

    use super::{Decision::*, Occasion::*, WhyNone::*, *};

    #[test]
    fn a_letter_needs_proof_or_a_named_database() {
        let listing = Listing {
            by: "bl.example".into(),
            on: None,
            code: None,
        };
        for (kind, listed, expected) in [
            (Some(Kind::Confirmed), false, Write(Confirmed)),
            (Some(Kind::Confirmed), true, Write(Confirmed)),
            (Some(Kind::Accepted), true, Write(ListedAndSuspected)),
            (Some(Kind::Suspected), true, Write(ListedAndSuspected)),
            (Some(Kind::Inconclusive), true, Write(ListedAndUndecided)),
            (Some(Kind::Accepted), false, NoLetter(SuspectedAlone)),
            (Some(Kind::Suspected), false, NoLetter(SuspectedAlone)),
            (Some(Kind::Inconclusive), false, NoLetter(UndecidedAlone)),
            (Some(Kind::Closed), true, NoLetter(ListingLooksStale)),
            (Some(Kind::Closed), false, NoLetter(Closed)),
            (None, true, NoLetter(ListedNotTested)),
            (None, false, NoLetter(NotTested)),
        ] {
            let verdict = kind.map(|kind| Verdict {
                kind,
                reason: Reason::RecipientAccepted,
            });
            let listing = listed.then_some(&listing);
            assert_eq!(decide(verdict, listing), expected, "{kind:?}, {listed}");
        }
    }
}
