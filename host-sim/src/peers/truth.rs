//! What a personality says about itself.

use probe_core::verdict::{Kind, Reason, Verdict};

/// What becomes of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is passed on to the recipient.
    Relayed,
    /// It is taken, and put into a local mailbox.
    Kept,
    /// It is taken, and thrown away.
    Discarded,
    /// It is taken, and given back to its sender.
    Bounced,
    /// It is refused at this step.
    Refused(Step),
    /// Nobody can tell from the outside.
    NotToBeJudged,
}

/// A step of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA.
    Data,
    /// The dot at the end of the message.
    Dot,
}

/// Which forms a rule is about, by the ids of docs/relay-battery.md (F1 and so on for senders, T1
/// and so on for recipients; `T1-after-reset` behind a RSET on the same connection).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// All.
    Any,
    /// These.
    Of(&'static [&'static str]),
}

impl Forms {
    fn hold(self, id: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(ids) => ids.contains(&id),
        }
    }
}

/// What becomes of mail from some senders to some recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How the client introduces itself: `own`, or one of the names of F12 as `theirs`, `unknown`,
    /// `literal`, `localhost`.
    pub hello: Forms,
    /// The senders.
    pub senders: Forms,
    /// The recipients.
    pub recipients: Forms,
    /// What becomes of it.
    pub fate: Fate,
}

impl Rule {
    pub(super) const fn new(senders: Forms, recipients: Forms, fate: Fate) -> Self {
        Self {
            hello: Forms::Any,
            senders,
            recipients,
            fate,
        }
    }

    pub(crate) const fn all(fate: Fate) -> Self {
        Self::new(Forms::Any, Forms::Any, fate)
    }

    pub(super) const fn to(recipients: &'static [&'static str], fate: Fate) -> Self {
        Self::new(Forms::Any, Forms::Of(recipients), fate)
    }

    pub(super) const fn from(senders: &'static [&'static str], fate: Fate) -> Self {
        Self::new(Forms::Of(senders), Forms::Any, fate)
    }

    pub(super) const fn under(self, hello: &'static [&'static str]) -> Self {
        Self {
            hello: Forms::Of(hello),
            ..self
        }
    }
}

/// What an honest tester concludes at one depth with delivery on: it may send messages under senders
/// of its own, to one recipient each. F3 to F7 and F12 use the target's names and T24 writes to its
/// postmaster: that is a permission of its own, and what it would show is not declared here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The same as with delivery off: there is nothing to send a message to, or nothing that it
    /// would prove.
    Same,
    /// `confirmed`: a message of ours comes back.
    Confirmed,
    /// `accepted`: 250 after the dot, and nothing comes back.
    Accepted,
    /// `closed`, reason `refused-at-data`: each message is refused at DATA or after the dot.
    RefusedAtData,
    /// `inconclusive`, reason `greylisted`: each message is put off after the dot.
    Deferred,
    /// `confirmed` as well, but later than the job ends: `accepted` until then.
    ConfirmedLate,
    /// `inconclusive`, reason `bounced`: 250 after the dot, and a bounce comes back.
    Bounced,
    /// The same, but later than the job ends: `accepted` until then.
    BouncedLate,
}

impl Delivered {
    /// Every one of them.
    pub const ALL: [Self; 8] = [
        Self::Same,
        Self::Confirmed,
        Self::Accepted,
        Self::RefusedAtData,
        Self::Deferred,
        Self::ConfirmedLate,
        Self::Bounced,
        Self::BouncedLate,
    ];

    /// The word in scripts and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Confirmed => "confirmed",
            Self::Accepted => "accepted",
            Self::RefusedAtData => "refused-at-data",
            Self::Deferred => "deferred",
            Self::ConfirmedLate => "confirmed-late",
            Self::Bounced => "bounced",
            Self::BouncedLate => "bounced-late",
        }
    }

    /// The verdict when the job ends, where it is `off` with delivery off.
    pub const fn when_over(self, off: Verdict) -> Verdict {
        let (kind, reason) = match self {
            Self::Same => return off,
            Self::Confirmed => (Kind::Confirmed, Reason::MessageReturned),
            Self::Accepted | Self::ConfirmedLate | Self::BouncedLate => {
                (Kind::Accepted, Reason::NothingReturned)
            }
            Self::RefusedAtData => (Kind::Closed, Reason::RefusedAtData),
            Self::Deferred => (Kind::Inconclusive, Reason::Greylisted),
            Self::Bounced => (Kind::Inconclusive, Reason::Bounced),
        };
        Verdict { kind, reason }
    }

    /// The verdict when nothing more can come.
    pub const fn in_the_end(self, off: Verdict) -> Verdict {
        match self {
            Self::ConfirmedLate => Self::Confirmed.when_over(off),
            Self::BouncedLate => Self::Bounced.when_over(off),
            _ => self.when_over(off),
        }
    }
}

/// At each depth the same as with delivery off.
pub(super) const SAME: [Delivered; 3] = [Delivered::Same; 3];

/// What `truth` says of mail under sender form `sender` to recipient form `recipient`, from a client
/// that uses its own name. Where no rule matches, nobody can tell.
pub fn fate(truth: &[Rule], sender: &str, recipient: &str) -> Fate {
    fate_under(truth, "own", sender, recipient)
}

/// The same from a client that introduces itself as [`Rule::hello`] has it.
pub fn fate_under(truth: &[Rule], hello: &str, sender: &str, recipient: &str) -> Fate {
    truth
        .iter()
        .find(|rule| {
            rule.hello.hold(hello) && rule.senders.hold(sender) && rule.recipients.hold(recipient)
        })
        .map_or(Fate::NotToBeJudged, |rule| rule.fate)
}
