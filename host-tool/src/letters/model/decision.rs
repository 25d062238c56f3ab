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
    /// What we sent through the server arrived: proved.
    Confirmed,
    /// A named database lists the address, and the server took what our test gave it; nothing
    /// arrived. Not called open.
    ListedAndAccepted,
    /// A named database lists the address, and our own test suspects. Not called open.
    ListedAndSuspected,
    /// A named database lists the address, and our own test could not decide. Not called open.
    ListedAndUndecided,
    /// Public databases indicate that it may be one. Nothing else is said.
    Listed,
}

/// What the letters of a profile rest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// What our own tests have shown, and the listings beside it.
    #[default]
    Tests,
    /// Listings alone: a letter is due where one would be due anyway and a database lists the
    /// address, and says no more than that it may be open.
    Listings,
    /// Listings alone, tested or not. For historic profiles, whose letters are never sent.
    Historic,
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
    /// No database lists it, and the profile writes about listings alone.
    NotListed,
    /// Somebody objects, and nobody has decided about it.
    Objection,
    /// Lists were asked, and nothing was tested: what they say goes with the tests of the address.
    Lookup,
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
            Self::NotListed => "not listed, and the profile writes about listings alone",
            Self::Objection => "somebody objects; see `postern objections`",
            Self::Lookup => "it goes with the tests of this address",
        }
    }
}

/// Decides by our own verdict (`None`: not tested) and the listings of named databases.
pub const fn decide(verdict: Option<Verdict>, listings: &[Listing]) -> Decision {
    let is_listed = !listings.is_empty();
    let Some(verdict) = verdict else {
        return Decision::NoLetter(if is_listed {
            WhyNone::ListedNotTested
        } else {
            WhyNone::NotTested
        });
    };
    match (verdict.kind, is_listed) {
        (Kind::Confirmed, _) => Decision::Write(Occasion::Confirmed),
        (Kind::Accepted, true) => Decision::Write(Occasion::ListedAndAccepted),
        (Kind::Suspected, true) => Decision::Write(Occasion::ListedAndSuspected),
        (Kind::Inconclusive, true) => Decision::Write(Occasion::ListedAndUndecided),
        (Kind::Accepted | Kind::Suspected, false) => Decision::NoLetter(WhyNone::SuspectedAlone),
        (Kind::Inconclusive, false) => Decision::NoLetter(WhyNone::UndecidedAlone),
        (Kind::Closed, true) => Decision::NoLetter(WhyNone::ListingLooksStale),
        (Kind::Closed, false) => Decision::NoLetter(WhyNone::Closed),
    }
}

/// As [`decide`], for a profile whose letters rest on `basis`.
pub const fn decide_on(basis: Basis, verdict: Option<Verdict>, listings: &[Listing]) -> Decision {
    let decision = decide(verdict, listings);
    match (basis, decision) {
        (Basis::Tests, _) => decision,
        (Basis::Listings | Basis::Historic, Decision::Write(_)) => {
            if listings.is_empty() {
                Decision::NoLetter(WhyNone::NotListed)
            } else {
                Decision::Write(Occasion::Listed)
            }
        }
        (Basis::Historic, Decision::NoLetter(WhyNone::ListedNotTested)) => {
            Decision::Write(Occasion::Listed)
        }
        (Basis::Listings | Basis::Historic, Decision::NoLetter(_)) => decision,
    }
}

#[cfg(test)]
mod tests {
    use probe_core::verdict::Reason;

    use super::{Decision::*, Occasion::*, WhyNone::*, *};

    fn verdict(kind: Option<Kind>) -> Option<Verdict> {
        kind.map(|kind| Verdict {
            kind,
            reason: Reason::RecipientAccepted,
        })
    }

    fn listings(listed: bool) -> Vec<Listing> {
        let listing = Listing {
            by: "bl.example".into(),
            on: None,
            since: None,
            code: None,
        };
        listed.then_some(listing).into_iter().collect()
    }

    #[test]
    fn a_letter_needs_proof_or_a_named_database() {
        for (kind, listed, expected) in [
            (Some(Kind::Confirmed), false, Write(Confirmed)),
            (Some(Kind::Confirmed), true, Write(Confirmed)),
            (Some(Kind::Accepted), true, Write(ListedAndAccepted)),
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
            let decided = decide(verdict(kind), &listings(listed));
            assert_eq!(decided, expected, "{kind:?}, {listed}");
        }
    }

    #[test]
    fn a_letter_about_listings_needs_one_and_says_no_more() {
        for (basis, kind, listed, expected) in [
            (Basis::Tests, Some(Kind::Confirmed), true, Write(Confirmed)),
            (Basis::Listings, Some(Kind::Confirmed), true, Write(Listed)),
            (
                Basis::Listings,
                Some(Kind::Confirmed),
                false,
                NoLetter(NotListed),
            ),
            (Basis::Listings, Some(Kind::Suspected), true, Write(Listed)),
            (
                Basis::Listings,
                Some(Kind::Closed),
                true,
                NoLetter(ListingLooksStale),
            ),
            (Basis::Listings, None, true, NoLetter(ListedNotTested)),
            (Basis::Historic, None, true, Write(Listed)),
            (Basis::Historic, None, false, NoLetter(NotTested)),
            (
                Basis::Historic,
                Some(Kind::Inconclusive),
                true,
                Write(Listed),
            ),
            (
                Basis::Historic,
                Some(Kind::Closed),
                true,
                NoLetter(ListingLooksStale),
            ),
        ] {
            let decided = decide_on(basis, verdict(kind), &listings(listed));
            assert_eq!(decided, expected, "{basis:?}, {kind:?}, {listed}");
        }
    }
}
