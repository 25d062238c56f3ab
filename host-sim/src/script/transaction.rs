//! Where a connection stands in RFC 5321's order of commands.

/// The part of the order that a script need not repeat.
#[derive(Debug, Default)]
pub(super) struct Transaction {
    sender: Option<String>,
    recipients: Vec<String>,
    in_message: bool,
}

impl Transaction {
    /// The argument of MAIL in the transaction that is open, as it was sent: `<u@d>`.
    pub(super) fn sender(&self) -> Option<&str> {
        self.sender.as_deref()
    }

    /// The arguments of RCPT that were accepted.
    pub(super) fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Whether lines are a message's.
    pub(super) fn in_message(&self) -> bool {
        self.in_message
    }

    /// Whether a command with this verb may stand here.
    pub(super) fn allows(&self, verb: &str) -> bool {
        match verb {
            "MAIL" => self.sender.is_none(),
            "RCPT" => self.sender.is_some(),
            "DATA" => !self.recipients.is_empty(),
            _ => true,
        }
    }

    /// A command was answered; `class` is the first digit of the reply, and none where there was
    /// no reply.
    pub(super) fn answered(&mut self, verb: &str, path: &str, class: Option<u8>) {
        match (verb, class) {
            ("MAIL", Some(b'2')) => self.sender = Some(path.to_owned()),
            ("RCPT", Some(b'2')) => self.recipients.push(path.to_owned()),
            ("DATA", Some(b'3')) => self.in_message = true,
            ("EHLO" | "HELO" | "RSET", Some(b'2')) => *self = Self::default(),
            _ => {}
        }
    }

    /// The message has ended.
    pub(super) fn message_ended(&mut self) {
        *self = Self::default();
    }
}
