//! What a connection has come to: commands in, replies and arrivals out.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{
    COMMAND_OCTETS_MAX, COMMANDS_MAX, ERRORS_MAX, FIRST_WORD_MAX, HEAD_OCTETS_MAX, IDLE_MAX,
    MESSAGE_OCTETS_MAX, SESSION_MAX, Setup, TRANSACTIONS_MAX,
    command::{self, Command, Method, Parameter, Request},
    line::Line,
    message::{Message, Piece},
    path::{self, Path},
    recipients::Recipients,
    reply::{self, Reply, keep},
};
use crate::{
    arrival::{Arrival, Marks, What},
    dialogue::{Answer, Close},
    finding::RecordId,
    time::Instant,
    token::{Role, Token},
};

pub(super) struct Session {
    pub(super) setup: Setup,
    pub(super) stage: Stage,
    /// Our end.
    local: IpAddr,
    began: Instant,
    heard: Instant,
    /// What is known of what will have come.
    pub(super) arrival: Arrival,
    recipients: Recipients,
    message: Message,
    commands: u16,
    errors: u8,
    transactions: u8,
    pub(super) refused: u32,
    visited: bool,
    agenda: Agenda,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nobody has connected.
    Idle,
    /// Whoever has may be about to say an HTTP request.
    FirstWord,
    /// Commands, after a greeting.
    Commands {
        /// The client has said who it is.
        greeted: bool,
        /// A transaction has begun.
        mail: bool,
    },
    /// A message.
    Data,
    /// The head of an HTTP request, of so many octets so far.
    Head { reply: Reply, octets: u32 },
    /// The connection is over.
    Over,
}

/// What comes next, in this order.
struct Agenda {
    /// The recipient whose arrival is told next, and what it is.
    telling: Option<(What, u8)>,
    /// Every arrival of this message is recorded.
    all_recorded: bool,
    /// A token in a name or a path, which is told once.
    visitor: Option<Token>,
    reply: Option<Reply>,
    close: Option<Close>,
    asked: Asked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    /// Which token of the recipient counts.
    Recipient,
    /// Whether a recipient's arrival is recorded.
    Arrival,
    /// Whether a visit is.
    Visit,
}

/// What is to be put out.
pub(super) enum Next {
    /// A question: is the arrival recorded?
    Record,
    Say(Reply),
    Close(Close),
    Done,
    /// Nothing before the next line.
    Listen,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It is dealt with.
    Taken,
    /// A question: which token of this recipient counts?
    AsksRecipient,
    /// It has to be heard again, after what comes next.
    Waits,
}

impl Session {
    pub(super) fn new(setup: Setup) -> Self {
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self {
            setup,
            stage: Stage::Idle,
            local: nowhere,
            began: Instant::BOOT,
            heard: Instant::BOOT,
            arrival: Arrival {
                id: RecordId::default(),
                at: Instant::BOOT,
                what: What::Message,
                remote: SocketAddr::new(nowhere, 0),
                port: 0,
                helo: heapless::String::new(),
                reverse_path: heapless::String::new(),
                recipient: heapless::String::new(),
                envelope: None,
                content: None,
                octets: 0,
                marks: Marks::empty(),
                chain: heapless::String::new(),
            },
            recipients: Recipients::new(),
            message: Message::default(),
            commands: 0,
            errors: 0,
            transactions: 0,
            refused: 0,
            visited: false,
            agenda: Agenda {
                telling: None,
                all_recorded: true,
                visitor: None,
                reply: None,
                close: None,
                asked: Asked::Nothing,
            },
        }
    }

    pub(super) fn accepted(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr) {
        self.began = now;
        self.heard = now;
        self.local = local.ip().to_canonical();
        self.arrival.port = local.port();
        self.arrival.remote = SocketAddr::new(remote.ip().to_canonical(), remote.port());
        if self.setup.speaks_http {
            self.stage = Stage::FirstWord;
        } else {
            self.greet();
        }
    }

    /// The client has said something.
    pub(super) const fn heard(&mut self, now: Instant) {
        self.heard = now;
    }

    /// The connection has ended: only what it has brought is left to be told.
    pub(super) fn ended(&mut self) {
        self.give_up_transaction();
        self.agenda.reply = None;
        self.agenda.close = None;
        self.stage = Stage::Over;
    }

    /// Until when a client may take for its next line, of which nothing has come where it is
    /// `untouched`.
    pub(super) fn deadline(&self, untouched: bool) -> Instant {
        match self.stage {
            Stage::Idle => Instant::NEVER,
            Stage::FirstWord if untouched => self.began + FIRST_WORD_MAX,
            _ => (self.heard + IDLE_MAX).min(self.began + SESSION_MAX),
        }
    }

    /// It has taken longer.
    pub(super) fn late(&mut self, untouched: bool) {
        if self.stage == Stage::FirstWord && untouched {
            self.greet();
        } else {
            let is_smtp = matches!(self.stage, Stage::Commands { .. } | Stage::Data);
            self.close_with(is_smtp.then_some(reply::TIMEOUT));
        }
    }

    /// What is to be put out next.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        if self.agenda.asked != Asked::Nothing {
            self.answered(&Answer::No);
        }
        while let Some((what, place)) = self.agenda.telling {
            match self.recipients.get(place) {
                // Whoever asks whether an objector's address exists has not objected.
                Some(None) if what == What::Callout => self.tell_from(place.saturating_add(1)),
                Some(recipient) => {
                    self.prepare_arrival(now, what, place, recipient);
                    self.agenda.asked = Asked::Arrival;
                    return Next::Record;
                }
                None => self.told(what),
            }
        }
        if let Some(token) = self.agenda.visitor.take() {
            self.arrival.at = now;
            self.arrival.what = What::Visit;
            self.arrival.envelope = Some(token);
            self.agenda.asked = Asked::Visit;
            Next::Record
        } else if let Some(reply) = self.agenda.reply.take() {
            Next::Say(reply)
        } else if let Some(how) = self.agenda.close.take() {
            self.stage = Stage::Over;
            Next::Close(how)
        } else if self.stage == Stage::Over {
            Next::Done
        } else {
            Next::Listen
        }
    }

    pub(super) fn answered(&mut self, answer: &Answer) {
        match core::mem::replace(&mut self.agenda.asked, Asked::Nothing) {
            Asked::Nothing | Asked::Visit => {}
            Asked::Arrival => {
                self.agenda.all_recorded &= *answer == Answer::Yes;
                if let Some((_, place)) = self.agenda.telling {
                    self.tell_from(place.saturating_add(1));
                }
            }
            Asked::Recipient => match answer {
                Answer::Token(token) => self.accept_recipient(Some(*token)),
                Answer::No | Answer::Yes => self.refuse_recipient(),
            },
        }
    }

    /// Takes in a piece of a message's line that goes on behind it.
    pub(super) fn piece(&mut self, line: &Line) {
        self.message
            .piece(line, false, &self.recipients, &mut self.arrival);
    }

    /// Takes in a whole line.
    pub(super) fn line(&mut self, line: &Line) -> Heard {
        match self.stage {
            Stage::Data => {
                let piece = self
                    .message
                    .piece(line, true, &self.recipients, &mut self.arrival);
                if piece == Piece::End {
                    self.message_ends();
                }
                Heard::Taken
            }
            Stage::Head { reply, octets } => {
                self.head_line(reply, octets.saturating_add(line.octets()), line);
                Heard::Taken
            }
            Stage::Idle | Stage::FirstWord | Stage::Commands { .. } | Stage::Over => {
                self.command(line)
            }
        }
    }

    fn greet(&mut self) {
        self.agenda.reply = Some(Reply::Greeting);
        self.stage = Stage::Commands {
            greeted: false,
            mail: false,
        };
    }

    fn command(&mut self, line: &Line) -> Heard {
        let command = command::read(line.held(), line.is_cut());
        if let Command::Http(request) = command {
            self.http(request, line.is_cut());
            return Heard::Taken;
        }
        let Stage::Commands { greeted, mail } = self.stage else {
            // It speaks SMTP, and could not wait for the greeting.
            self.greet();
            return Heard::Waits;
        };
        self.commands = self.commands.saturating_add(1);
        if self.commands > COMMANDS_MAX {
            self.close_with(Some(reply::TOO_MUCH));
            return Heard::Taken;
        }
        if line.octets() > COMMAND_OCTETS_MAX {
            self.refuse(reply::LINE_TOO_LONG);
            return Heard::Taken;
        }
        match command {
            Command::Hello { .. } if mail => {
                // What the old name has brought is told under it.
                self.give_up_transaction();
                return Heard::Waits;
            }
            Command::Hello { extended, name } => self.hello(extended, name),
            Command::Mail(path) if greeted && !mail => self.mail(path, line.is_cut()),
            Command::Rcpt(path) if mail => return self.rcpt(path, line.is_cut()),
            Command::Data if mail => self.data(),
            Command::Mail(_) | Command::Rcpt(_) | Command::Data => {
                self.refuse(reply::BAD_SEQUENCE);
            }
            Command::Rset => {
                self.give_up_transaction();
                self.agenda.reply = Some(reply::OK);
            }
            Command::Noop => self.agenda.reply = Some(reply::OK),
            Command::Vrfy => self.agenda.reply = Some(reply::CANNOT_VERIFY),
            Command::Help => self.agenda.reply = Some(reply::HELP),
            Command::Quit => self.close_with(Some(reply::BYE)),
            Command::NotImplemented => self.refuse(reply::NOT_IMPLEMENTED),
            Command::Syntax => self.refuse(reply::SYNTAX),
            Command::Unknown | Command::Http(_) => self.refuse(reply::UNKNOWN),
        }
        Heard::Taken
    }

    /// RFC 5321, 4.1.4: it begins anew.
    fn hello(&mut self, extended: bool, name: &[u8]) {
        let helo = &mut self.arrival.helo;
        helo.clear();
        let is_whole = keep(name, helo);
        self.arrival.marks.set(Marks::HELO_CUT, !is_whole);
        self.visited_with(name);
        self.stage = Stage::Commands {
            greeted: true,
            mail: false,
        };
        self.agenda.reply = Some(Reply::Hello { extended });
    }

    /// A token of a proxy's probe is told once for each connection.
    fn visited_with(&mut self, text: &[u8]) {
        let token = Token::all_in(text).find(|token| token.role == Role::Proxy);
        if token.is_some() && !self.visited {
            self.visited = true;
            self.agenda.visitor = token;
        }
    }

    fn mail(&mut self, path: Path<'_>, is_cut: bool) {
        let known = ["SIZE", "BODY", "AUTH", "RET", "ENVID", "SMTPUTF8"];
        if !self.takes_parameters(path.parameters, &known, is_cut) {
            return;
        }
        self.transactions = self.transactions.saturating_add(1);
        if self.transactions > TRANSACTIONS_MAX {
            self.close_with(Some(reply::TOO_MUCH));
            return;
        }
        let is_whole = keep(path.inner, &mut self.arrival.reverse_path);
        self.arrival.marks.set(Marks::REVERSE_PATH_CUT, !is_whole);
        self.stage = Stage::Commands {
            greeted: true,
            mail: true,
        };
        self.agenda.reply = Some(reply::SENDER_OK);
    }

    fn rcpt(&mut self, path: Path<'_>, is_cut: bool) -> Heard {
        if !self.takes_parameters(path.parameters, &["NOTIFY", "ORCPT"], is_cut) {
            return Heard::Taken;
        }
        let (local_part, domain) = path::mailbox(path.inner);
        if local_part.is_empty() {
            self.refuse(reply::SYNTAX);
            return Heard::Taken;
        }
        let here = [Some(self.local), self.setup.address];
        let is_here = match domain {
            Some(domain) => [&self.setup.domain, &self.setup.sender_domain]
                .into_iter()
                .any(|ours| path::is_ours(domain, ours, here)),
            // RFC 5321, 4.1.1.3.
            None => local_part.eq_ignore_ascii_case(b"postmaster"),
        };
        if self.recipients.is_empty() {
            self.arrival.recipient.clear();
            let is_whole = keep(path.inner, &mut self.arrival.recipient);
            self.arrival.marks.set(Marks::RECIPIENT_CUT, !is_whole);
        }
        if !is_here {
            self.refuse_recipient();
        } else if path::takes_objections(local_part) {
            self.accept_recipient(None);
        } else {
            self.agenda.asked = Asked::Recipient;
            return Heard::AsksRecipient;
        }
        Heard::Taken
    }

    fn accept_recipient(&mut self, recipient: Option<Token>) {
        self.agenda.reply = Some(if self.recipients.accept(recipient) {
            reply::RECIPIENT_OK
        } else {
            reply::TOO_MANY_RECIPIENTS
        });
    }

    fn refuse_recipient(&mut self) {
        self.refused = self.refused.saturating_add(1);
        self.refuse(reply::NOT_OURS);
    }

    fn takes_parameters(&mut self, parameters: &[u8], known: &[&str], is_cut: bool) -> bool {
        match command::check_parameters(parameters, known, MESSAGE_OCTETS_MAX, is_cut) {
            Ok(()) => return true,
            Err(Parameter::TooBig) => self.refuse(reply::TOO_BIG),
            Err(Parameter::Unknown) => self.refuse(reply::BAD_PARAMETER),
        }
        false
    }

    fn data(&mut self) {
        if self.recipients.is_empty() {
            self.refuse(reply::NO_RECIPIENTS);
        } else {
            self.stage = Stage::Data;
            self.agenda.reply = Some(reply::START_DATA);
        }
    }

    fn message_ends(&mut self) {
        self.stage = Stage::Commands {
            greeted: true,
            mail: true,
        };
        if self.arrival.octets > MESSAGE_OCTETS_MAX {
            self.end_transaction();
            self.agenda.reply = Some(reply::TOO_BIG);
        } else {
            self.agenda.all_recorded = true;
            self.agenda.telling = Some((What::Message, 0));
        }
    }

    fn http(&mut self, request: Request<'_>, is_cut: bool) {
        if self.stage != Stage::FirstWord {
            // Whoever spoke to it as to a mail server would take its request for commands.
            self.visited_with(request.target);
            self.close_with(Some(reply::NOT_HTTP));
            return;
        }
        let is_whole = keep(request.target, &mut self.arrival.recipient);
        self.arrival
            .marks
            .set(Marks::RECIPIENT_CUT, !is_whole || is_cut);
        self.visited_with(request.target);
        let reply = match request.method {
            Method::Get | Method::Post => Reply::Page { content: true },
            Method::Head => Reply::Page { content: false },
            Method::Connect => reply::NO_PROXY,
        };
        self.stage = Stage::Head { reply, octets: 0 };
    }

    /// RFC 9112, 2.1: an empty line ends the head. What follows it is not read.
    fn head_line(&mut self, reply: Reply, octets: u32, line: &Line) {
        if line.octets() == 0 || octets > HEAD_OCTETS_MAX {
            self.close_with(Some(reply));
        } else {
            self.stage = Stage::Head { reply, octets };
        }
    }

    /// What was asked about and got no message is a callout. A message that was cut off is nothing.
    fn give_up_transaction(&mut self) {
        if let Stage::Commands { mail: true, .. } = self.stage {
            self.agenda.telling = Some((What::Callout, 0));
        }
    }

    fn tell_from(&mut self, next: u8) {
        if let Some((_, place)) = &mut self.agenda.telling {
            *place = next;
        }
    }

    fn prepare_arrival(&mut self, now: Instant, what: What, place: u8, recipient: Option<Token>) {
        self.arrival.at = now;
        self.arrival.envelope = recipient;
        self.arrival.what = match recipient {
            None => What::Objection,
            Some(_) => what,
        };
        if place > 0 {
            // Only the first one's own words are kept.
            let text = recipient.map(|token| token.text());
            let text = text.as_ref().map_or("postmaster", |text| text);
            self.arrival.recipient.clear();
            keep(text.as_bytes(), &mut self.arrival.recipient);
            self.arrival.marks |= Marks::RECIPIENT_CUT;
        }
    }

    /// Every recipient's arrival is told.
    fn told(&mut self, what: What) {
        if what == What::Message {
            self.agenda.reply = Some(if self.agenda.all_recorded {
                reply::RECORDED
            } else {
                reply::PUT_OFF
            });
        }
        self.end_transaction();
    }

    fn end_transaction(&mut self) {
        self.agenda.telling = None;
        self.recipients.clear();
        self.arrival.reverse_path.clear();
        self.arrival.recipient.clear();
        self.arrival.chain.clear();
        self.arrival.content = None;
        self.arrival.octets = 0;
        self.arrival.marks &= Marks::HELO_CUT;
        self.message = Message::default();
        if let Stage::Commands { mail, .. } = &mut self.stage {
            *mail = false;
        }
    }

    /// Refuses a command.
    fn refuse(&mut self, reply: Reply) {
        self.errors = self.errors.saturating_add(1);
        if self.errors >= ERRORS_MAX {
            self.close_with(Some(reply::TOO_MANY_ERRORS));
        } else {
            self.agenda.reply = Some(reply);
        }
    }

    /// Says goodbye, or hangs up: what comes behind it is nobody's.
    fn close_with(&mut self, reply: Option<Reply>) {
        self.give_up_transaction();
        self.agenda.reply = reply;
        self.agenda.close = Some(match reply {
            Some(_) => Close::Fin,
            None => Close::Abort,
        });
    }
}
