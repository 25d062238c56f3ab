//! Which command it was.

/// A command's verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// EHLO and HELO.
    Hello,
    /// MAIL.
    Mail,
    /// RCPT.
    Rcpt,
    /// DATA.
    Data,
    /// RSET.
    Reset,
    /// NOOP.
    Noop,
    /// VRFY.
    Verify,
    /// STARTTLS.
    StartTls,
    /// QUIT.
    Quit,
    /// Anything else.
    Unknown,
}

impl Verb {
    /// The verb of a word, in any case (RFC 5321, 2.4).
    pub(super) fn of(word: &str) -> Self {
        const WORDS: [(&str, Verb); 10] = [
            ("RCPT", Verb::Rcpt),
            ("MAIL", Verb::Mail),
            ("RSET", Verb::Reset),
            ("EHLO", Verb::Hello),
            ("HELO", Verb::Hello),
            ("DATA", Verb::Data),
            ("STARTTLS", Verb::StartTls),
            ("QUIT", Verb::Quit),
            ("NOOP", Verb::Noop),
            ("VRFY", Verb::Verify),
        ];
        WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |(_, verb)| *verb)
    }
}
