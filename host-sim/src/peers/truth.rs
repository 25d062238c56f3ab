//! What a personality says about itself.

/// What becomes of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is passed on to the recipient.
    Relayed,
    /// It is taken, and put into a local mailbox.
    Kept,
    /// It is taken, and thrown away.
    Discarded,
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
    /// DATA, or the dot after it.
    Data,
}

/// Which forms a rule is about, by the ids of docs/relay-battery.md (F1 and so on for senders, T1
/// and so on for recipients).
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
            senders,
            recipients,
            fate,
        }
    }
}

/// What `truth` says of mail under sender form `sender` to recipient form `recipient`. Where no
/// rule matches, nobody can tell.
pub fn fate(truth: &[Rule], sender: &str, recipient: &str) -> Fate {
    truth
        .iter()
        .find(|rule| rule.senders.hold(sender) && rule.recipients.hold(recipient))
        .map_or(Fate::NotToBeJudged, |rule| rule.fate)
}
