//! Why facts make no letter.

use crate::letters::model::{SubjectKind, WhyNone};

/// Why facts make no letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactsError {
    /// There is nothing to report.
    #[error("case `{reference}`: no findings, so there is nothing to write about")]
    NoFindings {
        /// The case.
        reference: String,
    },
    /// A finding for which no letter may be written.
    #[error("case `{reference}`, {endpoint}: no letter may be written ({})", why.as_str())]
    NoLetter {
        /// The case.
        reference: String,
        /// The finding's address and port.
        endpoint: std::net::SocketAddr,
        /// Why not.
        why: WhyNone,
    },
    /// The profile has no letters of this kind.
    #[error(
        "case `{reference}`: the profile `{profile}` has letters about {known} alone, and this one \
         would be about {}", about(*kind)
    )]
    Kind {
        /// The case.
        reference: String,
        /// The profile's name.
        profile: String,
        /// What the letter would be about.
        kind: SubjectKind,
        /// What the profile's letters may be about.
        known: String,
    },
    /// A reference that a mail header or a file name could not hold.
    #[error("reference `{reference}`: expected 1 to 64 ASCII letters, digits and hyphens")]
    Reference {
        /// The reference as it was given.
        reference: String,
    },
    /// A moment beyond the calendar.
    #[error("case `{reference}`: {seconds} is no moment in seconds since 1970")]
    Moment {
        /// The case.
        reference: String,
        /// The seconds.
        seconds: u64,
    },
    /// A time zone that nobody knows.
    #[error(
        "case `{reference}`: unknown time zone `{zone}`; expected a name of the IANA database \
         such as `Europe/Warsaw`"
    )]
    TimeZone {
        /// The case.
        reference: String,
        /// The zone as it was given.
        zone: String,
    },
}

/// What a letter of a kind is about, in words.
pub(super) const fn about(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Relay => "relays",
        SubjectKind::Proxy => "proxies",
        SubjectKind::Both => "relays and proxies",
    }
}
