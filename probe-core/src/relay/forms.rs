//! The forms of the battery as data: senders F1 to F11, EHLO names F12, recipients T1 to T25 and
//! the controls C1 to C3.
//!
//! In the templates `s@d` is an address of ours, `u@d` one at our sink, `H` the target's host name,
//! `L` a domain that the target hosts, `IP` the target as an address literal.

/// How a client introduces itself: the form F12, and our own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hello {
    /// Our own name: no form, but what every other one runs under.
    Own,
    /// The target's own name, or a domain that it hosts.
    Theirs,
    /// A name that does not exist.
    Unknown,
    /// The target as an address literal.
    Literal,
    /// `localhost`.
    Localhost,
}

impl Hello {
    /// All of them, in the order in which connections use them.
    pub const ALL: [Self; 5] = [
        Self::Own,
        Self::Theirs,
        Self::Unknown,
        Self::Literal,
        Self::Localhost,
    ];

    /// The template of the name.
    pub const fn template(self) -> &'static str {
        match self {
            Self::Own => "our name",
            Self::Theirs => "H or L",
            Self::Unknown => "nonexistent.d",
            Self::Literal => "[IP]",
            Self::Localhost => "localhost",
        }
    }
}

/// A sender form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "Sender::info says what each one is")]
pub enum Sender {
    F1,
    F2,
    F3,
    F4,
    F5,
    F6,
    F7,
    F8,
    F9,
    F10,
    F11,
}

/// A recipient form or a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "Recipient::info says what each one is")]
pub enum Recipient {
    C1,
    C2,
    C3,
    T1,
    T2,
    T3,
    T4,
    T5,
    T6,
    T7,
    T8,
    T9,
    T10,
    T11,
    T12,
    T13,
    T14,
    T15,
    T16,
    T17,
    T18,
    T19,
    /// T20 with `localhost`.
    T20Name,
    /// T20 with `[127.0.0.1]`.
    T20Literal,
    T21,
    T22,
    T23,
    T24,
    T25,
}

/// What a strict parser makes of a form. It decides when the form is sent: the valid ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Syntax {
    /// RFC 5321 has it, and so does every parser.
    Valid,
    /// No domain: RFC 5321 does not have it, but Exim does not count it as an error.
    Unqualified,
    /// An address literal: RFC 5321 has it, but a default Exim counts it as an error.
    Literal,
    /// RFC 5321 does not have it.
    Broken,
}

impl Syntax {
    /// Whether a strict server counts the form towards the errors after which it drops a
    /// connection.
    pub const fn is_counted(self) -> bool {
        matches!(self, Self::Literal | Self::Broken)
    }
}

/// What there is to know about a sender form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// `F1` and so on.
    pub id: &'static str,
    /// What stands behind `MAIL FROM:`.
    pub template: &'static str,
    /// What it finds.
    pub detects: &'static str,
    /// A bounce to it comes to us, so silence is evidence.
    pub bounce_reaches_us: bool,
    /// The address belongs to the target's users: delivery under it needs a permission of its own. With a
    /// name it needs one that the list vouches for as well ([`super::Envelope::is_vouched_for`]).
    pub is_theirs: bool,
    /// What a strict parser makes of it.
    pub syntax: Syntax,
    /// It is written with a domain that the target hosts.
    pub needs_name: bool,
}

/// What there is to know about a recipient form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecipientInfo {
    /// `T1` and so on.
    pub id: &'static str,
    /// What stands behind `RCPT TO:`.
    pub template: &'static str,
    /// What it finds.
    pub detects: &'static str,
    /// Mail to it can arrive at our sink.
    pub can_reach_sink: bool,
    /// Its final domain is plainly our sink: its acceptance may be suspected. All others may be
    /// local users.
    pub is_plainly_sink: bool,
    /// What a strict parser makes of it.
    pub syntax: Syntax,
    /// It is written with the target's host name or a domain that it hosts.
    pub needs_name: bool,
}

/// Of a sender form, what is decided by. A device has these and not the words beside them.
#[derive(Clone, Copy)]
pub(super) struct SenderFacts {
    pub(super) bounce_reaches_us: bool,
    pub(super) is_theirs: bool,
    pub(super) syntax: Syntax,
    pub(super) needs_name: bool,
}

/// Of a recipient form, what is decided by. A device has these and not the words beside them.
#[derive(Clone, Copy)]
pub(super) struct RecipientFacts {
    pub(super) can_reach_sink: bool,
    pub(super) is_plainly_sink: bool,
    pub(super) syntax: Syntax,
}

/// The facts of every sender form, in the order of [`Sender::ALL`].
static SENDERS: [SenderFacts; Sender::ALL.len()] = {
    let mut facts = [Sender::F1.info().facts(); Sender::ALL.len()];
    let (mut places, mut forms) = (facts.as_mut_slice(), Sender::ALL.as_slice());
    while let ([place, places_behind @ ..], [form, forms_behind @ ..]) = (places, forms) {
        *place = form.info().facts();
        (places, forms) = (places_behind, forms_behind);
    }
    facts
};

/// The facts of every recipient form, in the order of [`Recipient::ALL`].
static RECIPIENTS: [RecipientFacts; Recipient::ALL.len()] = {
    let mut facts = [Recipient::C1.info().facts(); Recipient::ALL.len()];
    let (mut places, mut forms) = (facts.as_mut_slice(), Recipient::ALL.as_slice());
    while let ([place, places_behind @ ..], [form, forms_behind @ ..]) = (places, forms) {
        *place = form.info().facts();
        (places, forms) = (places_behind, forms_behind);
    }
    facts
};

impl SenderInfo {
    const fn facts(&self) -> SenderFacts {
        SenderFacts {
            bounce_reaches_us: self.bounce_reaches_us,
            is_theirs: self.is_theirs,
            syntax: self.syntax,
            needs_name: self.needs_name,
        }
    }
}

impl RecipientInfo {
    const fn facts(&self) -> RecipientFacts {
        RecipientFacts {
            can_reach_sink: self.can_reach_sink,
            is_plainly_sink: self.is_plainly_sink,
            syntax: self.syntax,
        }
    }
}

impl Sender {
    /// Every sender form.
    pub const ALL: [Self; 11] = [
        Self::F1,
        Self::F2,
        Self::F3,
        Self::F4,
        Self::F5,
        Self::F6,
        Self::F7,
        Self::F8,
        Self::F9,
        Self::F10,
        Self::F11,
    ];

    /// The number of its id, `F1` and so on.
    pub(super) const fn number(self) -> u32 {
        self as u32 + 1
    }

    /// What is decided by.
    pub(super) fn facts(self) -> SenderFacts {
        let facts = SENDERS.get(self as usize).copied();
        // Every form stands there; the test says so.
        facts.unwrap_or(const { Self::F1.info().facts() })
    }

    /// What there is to know about it.
    pub const fn info(self) -> SenderInfo {
        use Syntax::{Broken, Literal, Unqualified, Valid};
        const fn of(
            id: &'static str,
            template: &'static str,
            detects: &'static str,
            syntax: Syntax,
        ) -> SenderInfo {
            SenderInfo {
                id,
                template,
                detects,
                bounce_reaches_us: false,
                is_theirs: false,
                syntax,
                needs_name: false,
            }
        }
        const fn ours(info: SenderInfo) -> SenderInfo {
            SenderInfo {
                bounce_reaches_us: true,
                ..info
            }
        }
        const fn theirs(info: SenderInfo) -> SenderInfo {
            SenderInfo {
                is_theirs: true,
                ..info
            }
        }
        const fn named(info: SenderInfo) -> SenderInfo {
            SenderInfo {
                needs_name: true,
                ..theirs(info)
            }
        }
        match self {
            Self::F1 => ours(of("F1", "<s@d>", "wide open", Valid)),
            Self::F2 => of("F2", "<>", "bounces are always allowed", Valid),
            Self::F3 => named(of("F3", "<s@L>", "a forged local sender is trusted", Valid)),
            Self::F4 => theirs(of(
                "F4",
                "<s@[IP]>",
                "its own address literal is taken as local",
                Literal,
            )),
            Self::F5 => theirs(of("F5", "<s@localhost>", "localhost is trusted", Valid)),
            Self::F6 => theirs(of(
                "F6",
                "<s>",
                "an unqualified sender gets the local domain",
                Unqualified,
            )),
            Self::F7 => named(of(
                "F7",
                "<postmaster@L>",
                "a role sender stands on an allow list",
                Valid,
            )),
            Self::F8 => ours(of("F8", "<d!s>", "a UUCP path is rewritten", Unqualified)),
            Self::F9 => of(
                "F9",
                "<s@nonexistent.d>",
                "a sender that cannot be resolved is accepted",
                Valid,
            ),
            Self::F10 => of("F10", "<s@>", "an empty domain is local", Broken),
            Self::F11 => ours(of(
                "F11",
                "s@d",
                "the parser lets a path without brackets by",
                Broken,
            )),
        }
    }
}

impl Recipient {
    /// Every recipient form and control.
    pub const ALL: [Self; 29] = [
        Self::C1,
        Self::C2,
        Self::C3,
        Self::T1,
        Self::T2,
        Self::T3,
        Self::T4,
        Self::T5,
        Self::T6,
        Self::T7,
        Self::T8,
        Self::T9,
        Self::T10,
        Self::T11,
        Self::T12,
        Self::T13,
        Self::T14,
        Self::T15,
        Self::T16,
        Self::T17,
        Self::T18,
        Self::T19,
        Self::T20Name,
        Self::T20Literal,
        Self::T21,
        Self::T22,
        Self::T23,
        Self::T24,
        Self::T25,
    ];

    /// Whether it is one of C1 to C3, which decide nothing alone.
    pub const fn is_control(self) -> bool {
        matches!(self, Self::C1 | Self::C2 | Self::C3)
    }

    /// Whether its acceptance may mean a local user, so that a twin of the same shape with a
    /// domain that cannot exist is worth sending.
    pub fn has_twin(self) -> bool {
        !self.is_control() && !self.facts().is_plainly_sink
    }

    /// The letter of its id, and the number behind it: `C1` to `C3`, then `T1` and so on. T20 is two.
    pub(super) const fn letter_and_number(self) -> (&'static str, u32) {
        let place = self as u32 + 1;
        if self.is_control() {
            return ("C", place);
        }
        let behind_the_first_t20 = (place > Self::T20Name as u32 + 1) as u32;
        ("T", place - Self::T1 as u32 - behind_the_first_t20)
    }

    /// What is decided by.
    pub(super) fn facts(self) -> RecipientFacts {
        let facts = RECIPIENTS.get(self as usize).copied();
        // Every form stands there; the test says so.
        facts.unwrap_or(const { Self::C1.info().facts() })
    }

    /// What there is to know about it.
    pub const fn info(self) -> RecipientInfo {
        use Syntax::{Broken, Literal, Unqualified, Valid};
        const fn local(
            id: &'static str,
            template: &'static str,
            detects: &'static str,
            syntax: Syntax,
        ) -> RecipientInfo {
            RecipientInfo {
                id,
                template,
                detects,
                can_reach_sink: true,
                is_plainly_sink: false,
                syntax,
                needs_name: false,
            }
        }
        const fn sink(info: RecipientInfo) -> RecipientInfo {
            RecipientInfo {
                is_plainly_sink: true,
                ..info
            }
        }
        const fn named(info: RecipientInfo) -> RecipientInfo {
            RecipientInfo {
                needs_name: true,
                ..info
            }
        }
        const fn control(info: RecipientInfo) -> RecipientInfo {
            RecipientInfo {
                can_reach_sink: false,
                ..info
            }
        }
        match self {
            Self::C1 => control(local(
                "C1",
                "<postmaster>",
                "whether we may write to the postmaster (RFC 5321, 4.5.1)",
                Valid,
            )),
            Self::C2 => control(named(local(
                "C2",
                "<u@L>",
                "whether every local part is accepted",
                Valid,
            ))),
            Self::C3 => control(local(
                "C3",
                "<u@nonce.invalid>",
                "whether the domain is looked at",
                Valid,
            )),
            Self::T1 => sink(local("T1", "<u@d>", "wide open", Valid)),
            Self::T2 => sink(local(
                "T2",
                "u@d",
                "the parser lets a path without brackets by",
                Broken,
            )),
            Self::T3 => named(local("T3", "<u%d@H>", "the percent hack", Valid)),
            Self::T4 => local("T4", "<u%d@[IP]>", "the percent hack by literal", Literal),
            Self::T5 => local(
                "T5",
                "<u%d>",
                "qualified first, rewritten later",
                Unqualified,
            ),
            Self::T6 => local("T6", "<\"u@d\">", "quotes are stripped", Unqualified),
            Self::T7 => local(
                "T7",
                "<\"u%d\">",
                "quotes are stripped, then the percent hack",
                Unqualified,
            ),
            Self::T8 => named(local(
                "T8",
                "<\"u@d\"@H>",
                "a quoted address is resolved again",
                Valid,
            )),
            Self::T9 => local(
                "T9",
                "<\"u@d\"@[IP]>",
                "a quoted address is resolved again, by literal",
                Literal,
            ),
            Self::T10 => named(local(
                "T10",
                "<u@d@H>",
                "the first @ is split at, not the last",
                Broken,
            )),
            Self::T11 => local(
                "T11",
                "<u@d@[IP]>",
                "the first @ is split at, by literal",
                Broken,
            ),
            Self::T12 => named(sink(local(
                "T12",
                "<@H:u@d>",
                "a source route is honoured",
                Valid,
            ))),
            Self::T13 => sink(local(
                "T13",
                "<@[IP]:u@d>",
                "a source route by literal is honoured",
                Literal,
            )),
            Self::T14 => local("T14", "<d!u>", "a bang path", Unqualified),
            Self::T15 => named(local(
                "T15",
                "<d!u@H>",
                "a bang path with a local domain",
                Valid,
            )),
            Self::T16 => local("T16", "<d!u@[IP]>", "a bang path by literal", Literal),
            Self::T17 => local(
                "T17",
                "<u%d@>",
                "an empty domain, then the percent hack",
                Broken,
            ),
            Self::T18 => local("T18", "<u@d@>", "an empty last domain is stripped", Broken),
            Self::T19 => named(sink(local(
                "T19",
                "<@L,@H:u@d>",
                "a source route with two hops",
                Valid,
            ))),
            Self::T20Name => local(
                "T20",
                "<u%d@localhost>",
                "localhost is local, then the percent hack",
                Valid,
            ),
            Self::T20Literal => local(
                "T20",
                "<u%d@[127.0.0.1]>",
                "loopback is local, then the percent hack",
                Literal,
            ),
            Self::T21 => named(local("T21", "<u%d%H@H>", "the percent hack, twice", Valid)),
            Self::T22 => sink(local(
                "T22",
                "<u@d.>",
                "a dot at the end defeats the match",
                Broken,
            )),
            Self::T23 => named(local(
                "T23",
                "<\"u%d\"@H>",
                "the percent hack in quotes",
                Valid,
            )),
            Self::T24 => sink(local(
                "T24",
                "<u@d>, after <postmaster> was accepted",
                "only the first recipient is checked",
                Valid,
            )),
            Self::T25 => sink(local(
                "T25",
                "<u@[sink]>",
                "address literals are relayed to",
                Literal,
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decided_by_what_stands_beside_its_words() {
        for form in Sender::ALL {
            let (facts, info) = (form.facts(), form.info());
            assert_eq!(facts.bounce_reaches_us, info.bounce_reaches_us, "{form:?}");
            assert_eq!(facts.is_theirs, info.is_theirs, "{form:?}");
            assert_eq!(format!("F{}", form.number()), info.id);
            assert_eq!(facts.syntax, info.syntax, "{form:?}");
            assert_eq!(facts.needs_name, info.needs_name, "{form:?}");
        }
        for form in Recipient::ALL {
            let (facts, info) = (form.facts(), form.info());
            let (letter, number) = form.letter_and_number();
            assert_eq!(format!("{letter}{number}"), info.id);
            assert_eq!(facts.can_reach_sink, info.can_reach_sink, "{form:?}");
            assert_eq!(facts.is_plainly_sink, info.is_plainly_sink, "{form:?}");
            assert_eq!(facts.syntax, info.syntax, "{form:?}");
        }
    }

    #[test]
    fn only_forms_whose_final_domain_is_the_sink_may_be_suspected() {
        let plainly: Vec<_> = Recipient::ALL
            .into_iter()
            .filter(|form| form.info().is_plainly_sink)
            .map(|form| form.info().id)
            .collect();
        assert_eq!(
            plainly,
            ["T1", "T2", "T12", "T13", "T19", "T22", "T24", "T25"]
        );
    }

    #[test]
    fn every_other_recipient_has_a_twin_and_no_control_has() {
        for form in Recipient::ALL {
            let id = form.info().id;
            assert_eq!(
                form.has_twin(),
                id.starts_with('T') && !form.info().is_plainly_sink,
                "{id}"
            );
            assert_eq!(form.info().can_reach_sink, id.starts_with('T'), "{id}");
        }
    }

    #[test]
    fn a_bounce_reaches_us_only_at_addresses_of_ours() {
        let reached: Vec<_> = Sender::ALL
            .into_iter()
            .filter(|form| form.info().bounce_reaches_us)
            .map(|form| form.info().id)
            .collect();
        assert_eq!(reached, ["F1", "F8", "F11"]);
        for form in Sender::ALL {
            let info = form.info();
            assert!(!(info.bounce_reaches_us && info.is_theirs), "{}", info.id);
        }
    }

    #[test]
    fn what_needs_a_name_says_so_in_its_template() {
        for form in Recipient::ALL {
            let info = form.info();
            assert_eq!(
                info.needs_name,
                info.template.contains(['H', 'L']),
                "{}",
                info.id
            );
        }
        for form in Sender::ALL {
            let info = form.info();
            assert_eq!(info.needs_name, info.template.contains('L'), "{}", info.id);
        }
    }
}
