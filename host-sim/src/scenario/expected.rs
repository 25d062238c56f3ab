//! What may come out for a target: `closed: relay-denied`, `inconclusive`, `refused: excluded`.

use std::fmt;

use host_files::{problem::nearest, words};
use probe_core::{
    scope::Refusal,
    verdict::{Kind, Reason, Verdict},
};

/// The word for suspects that must not be probed.
const REFUSED: &str = "refused";

/// What may come out for a target: any of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected(Vec<Outcome>);

/// One thing that may come out. Without a reason, any reason will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Verdict(Kind, Option<Reason>),
    Refused(Option<Refusal>),
}

/// What has come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// It was probed.
    Verdict(Verdict),
    /// It was not, because it may not be.
    Refused(Refusal),
    /// Neither: the scan ended before.
    Nothing,
}

impl Expected {
    /// This verdict and nothing else.
    pub fn verdict(verdict: Verdict) -> Self {
        Self(vec![Outcome::Verdict(verdict.kind, Some(verdict.reason))])
    }

    /// Whether `got` is among it.
    pub fn holds(&self, got: Got) -> bool {
        self.0.iter().any(|outcome| match (*outcome, got) {
            (Outcome::Verdict(kind, reason), Got::Verdict(got)) => {
                kind == got.kind && reason.is_none_or(|reason| reason == got.reason)
            }
            (Outcome::Refused(why), Got::Refused(got)) => why.is_none_or(|why| why == got),
            (Outcome::Verdict(..), Got::Refused(_) | Got::Nothing)
            | (Outcome::Refused(_), Got::Verdict(_) | Got::Nothing) => false,
        })
    }

    /// Whether the target must not be probed.
    pub fn is_refusal(&self) -> bool {
        self.0
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Refused(_)))
    }

    /// Any of `all`, of which there is at least one.
    pub(super) fn any(all: Vec<Self>) -> Self {
        Self(all.into_iter().flat_map(|expected| expected.0).collect())
    }

    /// Reads `closed: relay-denied`, or says what is wrong and which word was probably meant.
    pub(super) fn parse(text: &str) -> Result<Self, (String, Option<String>)> {
        let (first, second) = match text.split_once(':') {
            Some((first, second)) => (first.trim(), Some(second.trim())),
            None => (text.trim(), None),
        };
        let wrong = |what: String, word: &str, known: Vec<&str>| {
            let meant = nearest(&word.to_ascii_lowercase(), &known);
            (what, meant.map(|meant| format!("did you mean `{meant}`?")))
        };
        if first == REFUSED {
            let Some(word) = second else {
                return Ok(Self(vec![Outcome::Refused(None)]));
            };
            let known = || words::all::<Refusal>().map(Refusal::as_str).collect();
            return words::refusal(word)
                .map(|why| Self(vec![Outcome::Refused(Some(why))]))
                .ok_or_else(|| wrong(format!("no refusal is called {word:?}"), word, known()));
        }
        let Some(kind) = words::kind(first) else {
            let mut known: Vec<&str> = words::all::<Kind>().map(Kind::as_str).collect();
            known.push(REFUSED);
            return Err(wrong(
                format!("no verdict is called {first:?}"),
                first,
                known,
            ));
        };
        let Some(word) = second else {
            return Ok(Self(vec![Outcome::Verdict(kind, None)]));
        };
        let known = || words::all::<Reason>().map(Reason::as_str).collect();
        words::reason(word)
            .map(|reason| Self(vec![Outcome::Verdict(kind, Some(reason))]))
            .ok_or_else(|| wrong(format!("no reason is called {word:?}"), word, known()))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, outcome) in self.0.iter().enumerate() {
            if index > 0 {
                out.write_str(" or ")?;
            }
            let (first, second) = match outcome {
                Outcome::Verdict(kind, reason) => (kind.as_str(), reason.map(Reason::as_str)),
                Outcome::Refused(why) => (REFUSED, why.map(Refusal::as_str)),
            };
            out.write_str(first)?;
            if let Some(second) = second {
                write!(out, ": {second}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Got {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verdict(verdict) => {
                write!(
                    out,
                    "{}: {}",
                    verdict.kind.as_str(),
                    verdict.reason.as_str()
                )
            }
            Self::Refused(why) => write!(out, "{REFUSED}: {}", why.as_str()),
            Self::Nothing => out.write_str("no finding"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(reason: Reason) -> Got {
        Got::Verdict(Verdict {
            kind: Kind::Closed,
            reason,
        })
    }

    #[test]
    fn what_is_held_against_what() {
        let denied = closed(Reason::RelayDenied);
        let excluded = Got::Refused(Refusal::Excluded);
        for (text, got, holds) in [
            ("closed: relay-denied", denied, true),
            ("closed:relay-denied", denied, true),
            ("closed", denied, true),
            ("closed: recipient-refused", denied, false),
            ("suspected", denied, false),
            ("refused", denied, false),
            ("refused", excluded, true),
            ("refused: excluded", excluded, true),
            ("refused: port", excluded, false),
            ("closed", excluded, false),
            ("refused", Got::Nothing, false),
            ("inconclusive", Got::Nothing, false),
        ] {
            let expected = Expected::parse(text).unwrap();
            assert_eq!(expected.holds(got), holds, "{text}, {got}");
        }
    }

    #[test]
    fn any_of_several_will_do() {
        let each = ["closed", "inconclusive: cut-off"].map(|text| Expected::parse(text).unwrap());
        let any = Expected::any(each.to_vec());
        assert!(any.holds(closed(Reason::RecipientRefused)));
        assert!(!any.holds(Got::Nothing));
        assert_eq!(any.to_string(), "closed or inconclusive: cut-off");
    }

    #[test]
    fn a_wrong_word_has_a_near_one() {
        for (text, meant) in [
            ("close", Some("did you mean `closed`?")),
            ("closed: relay-deny", Some("did you mean `relay-denied`?")),
            ("refused: exclude", Some("did you mean `excluded`?")),
            ("well", None),
        ] {
            let (_, next) = Expected::parse(text).unwrap_err();
            assert_eq!(next.as_deref(), meant, "{text}");
        }
    }
}
