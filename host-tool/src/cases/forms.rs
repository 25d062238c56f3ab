//! Form pairs for people: their names, and the commands that were sent.

use probe_core::{
    dialogue::TRANSMIT_OCTETS_MIN,
    evidence::RelayEvidence,
    name::Name,
    relay::{Envelope, Hello, Outcome, Pair, PairId, Setting, Slot},
    smtp::PathText,
    suspect::LISTED_NAMES_MAX,
    token::Signer,
};

use super::{CaseView, JobView, words::Column};
use crate::output::escaped;

/// A pair's name, unique within a rules version: `F1:T1`, `F3:T1/parent`, `F1:T1/ehlo-localhost`.
pub fn id(pair: &Pair) -> String {
    let mut id = format!("{}:{}", pair.sender.info().id, recipient_id(pair));
    let hello = match pair.hello {
        Hello::Own => "",
        Hello::Theirs => "/ehlo-theirs",
        Hello::Unknown => "/ehlo-unknown",
        Hello::Literal => "/ehlo-literal",
        Hello::Localhost => "/ehlo-localhost",
    };
    let slot = match pair.slot {
        // These are what their form is written with anyway.
        Slot::Nameless | Slot::Server | Slot::Domain => String::new(),
        Slot::Host => "/host".to_owned(),
        Slot::Parent => "/parent".to_owned(),
        Slot::Listed(at) => format!("/listed-{}", u16::from(at) + 1),
    };
    let setting = match pair.setting {
        Setting::Plain | Setting::AfterPostmaster => "",
        Setting::AfterReset => "/after-rset",
    };
    id.push_str(hello);
    id.push_str(&slot);
    id.push_str(setting);
    id
}

/// T20 has two recipients under one number.
fn recipient_id(pair: &Pair) -> String {
    let info = pair.recipient.info();
    if info.template.contains("127.0.0.1") {
        format!("{}-literal", info.id)
    } else {
        info.id.to_owned()
    }
}

/// Writes the commands of a job as they were sent.
#[derive(Clone, Debug)]
pub struct Writer<'a> {
    view: &'a CaseView,
    job: &'a JobView,
    names: heapless::Vec<Name, LISTED_NAMES_MAX, u8>,
    signer: Option<Signer>,
}

impl<'a> Writer<'a> {
    /// A writer for a job of a case.
    pub fn new(view: &'a CaseView, job: &'a JobView) -> Self {
        Self {
            view,
            job,
            names: view.case.about.names(),
            signer: job.key.map(|key| Signer::new(&key, job.device)),
        }
    }

    /// The EHLO command; the HELO command where the server did not take that.
    pub fn hello(&self, hello: Hello, extended: bool) -> String {
        let mut octets = [0; TRANSMIT_OCTETS_MIN];
        let written = self
            .envelope()
            .and_then(|envelope| envelope.hello(hello, extended, &mut octets).ok());
        match written.and_then(|length| octets.get(..length)) {
            Some(command) => escaped(command.trim_ascii_end()),
            None if extended => format!("EHLO {}", hello.template()),
            None => format!("HELO {}", hello.template()),
        }
    }

    /// What stands behind `MAIL FROM:`; the form's template where it could not be written.
    pub fn sender(&self, pair: PairId) -> String {
        let mut text = PathText::new();
        let written = self
            .envelope()
            .is_some_and(|envelope| envelope.mail(pair, &mut text).is_ok());
        if written {
            text.as_str().to_owned()
        } else {
            pair.pair().sender.info().template.to_owned()
        }
    }

    /// What stands behind `RCPT TO:`; the form's template where it could not be written.
    pub fn recipient(&self, pair: PairId, twin: bool) -> String {
        let mut text = PathText::new();
        let written = self
            .envelope()
            .is_some_and(|envelope| envelope.rcpt(pair, twin, &mut text).is_ok());
        if written {
            text.as_str().to_owned()
        } else {
            pair.pair().recipient.info().template.to_owned()
        }
    }

    /// Whether a form was written with what the target's address is called: a name that stands behind
    /// those of the list. A finding does not hold it, so these forms are shown as templates.
    pub fn has_reverse_name(&self) -> bool {
        let known = self.names.len();
        let mut pairs = self.job.relay().into_iter().flat_map(RelayEvidence::pairs);
        pairs.any(|line| {
            let was_written = !matches!(
                line.outcome,
                Outcome::NotFormable | Outcome::NotReached | Outcome::TooLong
            );
            let is_behind =
                matches!(line.pair.pair().slot, Slot::Listed(place) if usize::from(place) >= known);
            was_written && is_behind
        })
    }

    fn envelope(&self) -> Option<Envelope<'_>> {
        Some(Envelope {
            target: self.view.case.target,
            identity: &self.job.scope.as_ref()?.identity,
            signer: self.signer.as_ref(),
            names: &self.names,
            reverse: None,
            host: self.job.relay().and_then(RelayEvidence::host),
            serial: self.job.serial,
            hours: self.job.evidence.hours(),
        })
    }
}

/// How many pairs had which kind of outcome; those without any are left out.
pub fn summary(job: &JobView) -> Vec<(Column, usize)> {
    let pairs = job.relay().into_iter().flat_map(RelayEvidence::pairs);
    let outcomes: Vec<Outcome> = pairs.map(|line| line.outcome).collect();
    Column::ALL
        .into_iter()
        .map(|column| {
            let count = outcomes
                .iter()
                .filter(|outcome| Column::of(**outcome) == column)
                .count();
            (column, count)
        })
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// How many pairs were answered, and how many of these were accepted; controls do not count.
pub fn answered(job: &JobView) -> (usize, usize) {
    let outcomes = || {
        let lines = job.relay().into_iter().flat_map(RelayEvidence::pairs);
        lines
            .filter(|line| !line.pair.pair().recipient.is_control())
            .map(|line| line.outcome)
    };
    (
        outcomes().filter(|outcome| outcome.is_answered()).count(),
        outcomes().filter(|outcome| outcome.is_accepted()).count(),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_pair_has_a_name_of_its_own() {
        let names: BTreeSet<String> = PairId::all().map(|it| id(it.pair())).collect();
        assert_eq!(names.len(), PairId::all().count());
    }
}
