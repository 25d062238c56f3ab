//! What servers bear on one connection before they slow down, lie or hang up.

use super::forms::Sender;
use crate::smtp::Server;

/// What may be asked of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    /// Refused MAIL and RCPT commands.
    pub(super) refusals_max: u8,
    /// Forms that a strict parser counts as errors of syntax.
    pub(super) counted_max: u8,
    /// Recipients under one MAIL.
    pub(super) recipients_max: u8,
    /// RSET commands.
    pub(super) resets_max: u8,
    /// `<postmaster>` is accepted whatever the configuration says, so it cannot cost a refusal.
    pub(super) postmaster_is_free: bool,
    /// Sender forms that it probably refuses at MAIL already: each costs one refusal more, because
    /// its recipient is refused as well.
    pub(super) refused_senders: &'static [Sender],
}

/// Sender forms that a strict parser does not take.
const STRANGE_SENDERS: &[Sender] = &[Sender::F4, Sender::F6, Sender::F8, Sender::F10, Sender::F11];

/// smtpd_soft_error_limit is 10: from the tenth error on every reply comes a second late.
const POSTFIX: Budget = Budget {
    refusals_max: 9,
    counted_max: 9,
    recipients_max: 50,
    resets_max: 50,
    postmaster_is_free: true,
    refused_senders: &[Sender::F10],
};

/// smtp_max_synprot_errors is 3, smtp_accept_max_nonmail 10 with one RSET free, and the default
/// ACL drops when more than ten recipients of a message have under half accepted.
const EXIM: Budget = Budget {
    refusals_max: 50,
    counted_max: 3,
    recipients_max: 10,
    resets_max: 10,
    postmaster_is_free: false,
    refused_senders: &[],
};

/// MaxProtocolErrors is 5.
const EXCHANGE: Budget = Budget {
    refusals_max: 5,
    counted_max: 3,
    recipients_max: 10,
    resets_max: 10,
    postmaster_is_free: false,
    refused_senders: STRANGE_SENDERS,
};

/// Took 24 refused recipients under one sender; MAXBADCOMMANDS of Sendmail is 25.
const PATIENT: Budget = Budget {
    refusals_max: 24,
    counted_max: 10,
    recipients_max: 24,
    resets_max: 18,
    postmaster_is_free: false,
    refused_senders: STRANGE_SENDERS,
};

/// The least of all: it may be any of them.
const UNKNOWN: Budget = EXCHANGE;

impl Budget {
    /// The budget of a server, by what it says of itself.
    pub(super) const fn of(server: Option<Server>) -> Self {
        match server {
            Some(Server::Postfix) => POSTFIX,
            Some(Server::Exim) => EXIM,
            Some(Server::Exchange) => EXCHANGE,
            Some(Server::OpenSmtpd | Server::Sendmail | Server::Courier | Server::Haraka) => {
                PATIENT
            }
            Some(Server::Qmail) | None => UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_server_gets_the_least_of_every_limit() {
        let unknown = Budget::of(None);
        for server in [
            Server::Postfix,
            Server::Exim,
            Server::OpenSmtpd,
            Server::Sendmail,
            Server::Courier,
            Server::Haraka,
            Server::Exchange,
            Server::Qmail,
        ] {
            let known = Budget::of(Some(server));
            assert!(unknown.refusals_max <= known.refusals_max, "{server:?}");
            assert!(unknown.counted_max <= known.counted_max, "{server:?}");
            assert!(unknown.recipients_max <= known.recipients_max, "{server:?}");
            assert!(unknown.resets_max <= known.resets_max, "{server:?}");
        }
    }
}
