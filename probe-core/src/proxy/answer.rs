//! What comes on one connection, octet by octet, whatever protocol was asked in.

use super::{
    AttemptId, Behind, Outcome, Protocol, Protocols,
    behind::Beginning,
    http::{self, Head},
    socks::{self, Replies},
    watch::Watch,
};
use crate::{time::Utc, token::Key};

/// How many octets are read on one connection. Whatever has not shown our nonce by then is over:
/// [`Outcome::Endless`].
pub const ANSWER_OCTETS_MAX: u16 = 16 * 1024;
/// How many octets of what comes are kept for the evidence.
pub const FIRST_OCTETS_MAX: usize = 96;

/// What has come so far.
#[derive(Debug)]
pub(super) struct Answer {
    reader: Reader,
    watch: Watch,
    first: [u8; FIRST_OCTETS_MAX],
    octets: u16,
    kind: Kind,
    is_granted: bool,
    is_foreign: bool,
    /// Something followed a 2xx.
    has_content: bool,
    /// How what followed a 2xx to CONNECT begins.
    beginning: Beginning,
    /// It was waited in vain for something to follow, on a connection that stayed open.
    was_waited: bool,
    line: Line,
}

#[derive(Debug)]
enum Reader {
    Http(Head),
    Socks(Replies),
    /// There is no form that it must have.
    Any,
}

/// What a grant leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The sink's greeting.
    Tunnel,
    /// The sink's page.
    Page,
    /// A greeting that is not our sink's.
    Inside,
    /// Nothing: there is no such place.
    Control,
    /// Replies to what we say to the sink.
    Replies,
}

/// What an octet brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    Nothing,
    /// SOCKS5 takes the request now.
    Welcome,
    /// Only our nonce is of interest from here on.
    OnlyNonce,
    /// It was our nonce's last, where more can be said.
    Tunnelled,
    /// It ended a reply of SMTP: behind our nonce, or a greeting of the proxy's own host.
    Reply,
    /// Nothing more has to be known.
    Decided(Outcome),
}

/// Why no more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The peer closed in order.
    Fin,
    /// Something reset the connection.
    Reset,
    /// The time is over.
    Late,
    /// [`ANSWER_OCTETS_MAX`] was reached.
    Limit,
}

/// Who has spoken, from its first octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaks {
    Nothing,
    Http,
    Socks,
    /// Back what we say.
    Echo,
    /// As a server that is neither.
    Banner,
    Unknown,
}

/// First octets, and who says them.
const FIRST: [(&[u8], Speaks); 20] = [
    (b"HTTP/", Speaks::Http),
    (b"CONNECT ", Speaks::Echo),
    (b"GET http://", Speaks::Echo),
    (b"POST http://", Speaks::Echo),
    (&socks::HELLO, Speaks::Echo),
    (&[5, 0], Speaks::Socks),
    (&[5, 0xff], Speaks::Socks),
    (&[0, 0x5a], Speaks::Socks),
    (&[0, 0x5b], Speaks::Socks),
    (&[0, 0x5c], Speaks::Socks),
    (&[0, 0x5d], Speaks::Socks),
    (b"SSH-", Speaks::Banner),
    // A record of TLS: an alert, a handshake (RFC 8446, 5.1).
    (&[0x15, 3], Speaks::Banner),
    (&[0x16, 3], Speaks::Banner),
    (b"RFB ", Speaks::Banner),
    (b"* OK", Speaks::Banner),
    (b"+OK", Speaks::Banner),
    (b"-ERR", Speaks::Banner),
    (GREETING, Speaks::Banner),
    (b"421", Speaks::Banner),
];

/// What SMTP and FTP greet with; so does our sink.
const GREETING: &[u8] = b"220";
const GREETING_CODE: u16 = 220;

impl Answer {
    /// Nothing has come of an attempt.
    pub(super) fn new(id: AttemptId) -> Self {
        let protocol = id.protocol();
        let set = protocol.map_or(Protocols::CONNECT, Protocol::alone);
        let reader = if Protocols::HTTP.contains(set) {
            Reader::Http(Head::new())
        } else if Protocols::SOCKS.contains(set) {
            Reader::Socks(Replies::new(Protocols::ANY_SOCKS5.contains(set)))
        } else {
            Reader::Any
        };
        Self {
            reader,
            watch: Watch::new(),
            first: [0; FIRST_OCTETS_MAX],
            octets: 0,
            kind: match protocol {
                None => Kind::Control,
                Some(Protocol::Inside) => Kind::Inside,
                Some(Protocol::Get | Protocol::Post) => Kind::Page,
                Some(_) => Kind::Tunnel,
            },
            is_granted: false,
            is_foreign: false,
            has_content: false,
            beginning: Beginning::new(),
            was_waited: false,
            line: Line::new(),
        }
    }

    /// The first octets of what came.
    pub(super) fn first(&self) -> &[u8] {
        self.first
            .get(..usize::from(self.octets))
            .unwrap_or(&self.first)
    }

    /// The status of HTTP, the code of SOCKS; 0 where there is none.
    pub(super) fn code(&self) -> u16 {
        match &self.reader {
            Reader::Http(head) => head.code(),
            Reader::Socks(replies) => replies.code(),
            Reader::Any => 0,
        }
    }

    pub(super) const fn has_content(&self) -> bool {
        self.has_content
    }

    /// What stands behind a 2xx to CONNECT, where that is known. A tunnel to a port that a packet filter
    /// keeps silent stays open and brings nothing, so that counts for it; a connection that ended does not.
    pub(super) fn behind(&self) -> Option<Behind> {
        let is_silent = self.was_waited && !self.has_content;
        is_silent
            .then_some(Behind::Tunnel)
            .or_else(|| self.beginning.behind())
    }

    /// Nothing more came in the whole time that there is for it.
    pub(super) fn was_waited_for(&mut self) {
        let is_http = matches!(self.reader, Reader::Http(_));
        self.was_waited = is_http && self.is_granted && self.kind == Kind::Tunnel;
    }

    /// Who has spoken.
    pub(super) fn speaks(&self) -> Speaks {
        let first = self.first();
        let known = FIRST.iter().find(|(octets, _)| first.starts_with(octets));
        match known {
            Some((_, speaks)) => *speaks,
            None if first.is_empty() => Speaks::Nothing,
            None => Speaks::Unknown,
        }
    }

    /// Takes an octet. A nonce counts that a sink with `key` issued at `since` or later, wherever it
    /// stands.
    pub(super) fn push(&mut self, octet: u8, key: Option<&Key>, since: Utc) -> News {
        if self.is_endless() {
            return News::Decided(match self.outcome(Stop::Limit) {
                Outcome::CutOff | Outcome::Silent => Outcome::Endless,
                outcome => outcome,
            });
        }
        if let Some(place) = self.first.get_mut(usize::from(self.octets)) {
            *place = octet;
        }
        self.octets = self.octets.saturating_add(1);
        let ends_nonce = self.watch.ends_nonce(octet, key, since);
        match self.kind {
            Kind::Page if ends_nonce => return News::Decided(Outcome::Returned),
            Kind::Tunnel if ends_nonce => {
                self.kind = Kind::Replies;
                self.line = Line::new();
                return News::Tunnelled;
            }
            Kind::Replies if self.line.ends_reply(octet) => return News::Reply,
            Kind::Replies => return News::Nothing,
            Kind::Tunnel | Kind::Page | Kind::Inside | Kind::Control => {}
        }
        if let Some(outcome) = self.settles_it() {
            return News::Decided(outcome);
        }
        let news = self.read(octet);
        if news == News::OnlyNonce && core::mem::replace(&mut self.is_foreign, !self.is_granted) {
            return News::Nothing;
        }
        news
    }

    /// Whether the first octets alone say that there is no proxy of this kind. A greeting may be our
    /// sink's, so more of it is read.
    fn settles_it(&self) -> Option<Outcome> {
        if usize::from(self.octets) > FIRST_OCTETS_LOOKED_AT || self.is_granted {
            return None;
        }
        let first = self.first();
        match (self.speaks(), &self.reader) {
            (Speaks::Http, Reader::Http(_)) | (Speaks::Socks, Reader::Socks(_)) => None,
            // It tells by itself whether it is one.
            (Speaks::Echo, Reader::Socks(_)) => None,
            (Speaks::Echo, _) => Some(Outcome::Echoed),
            (Speaks::Http | Speaks::Socks, _) => Some(Outcome::OtherProtocol),
            (Speaks::Banner, _) if !first.starts_with(GREETING) => Some(Outcome::OtherProtocol),
            (Speaks::Banner | Speaks::Nothing | Speaks::Unknown, _) => None,
        }
    }

    fn read(&mut self, octet: u8) -> News {
        match &mut self.reader {
            Reader::Http(head) => match head.push(octet) {
                http::Heard::Nothing => News::Nothing,
                http::Heard::Head(200..=299) => {
                    self.is_granted = true;
                    News::OnlyNonce
                }
                http::Heard::Head(code) => {
                    News::Decided(http::outcome_of(code, self.kind != Kind::Page))
                }
                http::Heard::Content => self.content(octet),
                http::Heard::Foreign => News::OnlyNonce,
            },
            Reader::Socks(replies) => match replies.push(octet) {
                socks::Heard::Nothing => News::Nothing,
                socks::Heard::Welcome => News::Welcome,
                socks::Heard::Granted => {
                    self.is_granted = true;
                    News::OnlyNonce
                }
                socks::Heard::Refused(outcome) => News::Decided(outcome),
                socks::Heard::Foreign => News::OnlyNonce,
            },
            Reader::Any => News::OnlyNonce,
        }
    }

    fn content(&mut self, octet: u8) -> News {
        self.has_content = true;
        match self.kind {
            Kind::Control => News::Decided(Outcome::Granted),
            // A page may begin a line so as well: "404 Not Found".
            Kind::Inside if self.line.ends_reply(octet) && self.line.code == GREETING_CODE => {
                News::Reply
            }
            Kind::Tunnel => {
                self.beginning.push(octet);
                News::Nothing
            }
            Kind::Inside | Kind::Page | Kind::Replies => News::Nothing,
        }
    }

    /// More has come than is read.
    pub(super) const fn is_endless(&self) -> bool {
        self.octets >= ANSWER_OCTETS_MAX
    }

    /// What came of it where nothing has decided it before this stop. A page is one when it ends in
    /// order, or when nothing more of it comes.
    pub(super) fn outcome(&self, stop: Stop) -> Outcome {
        if self.is_granted {
            let is_whole = match stop {
                Stop::Fin => true,
                Stop::Reset => false,
                Stop::Late | Stop::Limit => self.has_content,
            };
            return match self.kind {
                Kind::Tunnel | Kind::Control | Kind::Replies => Outcome::Granted,
                Kind::Page | Kind::Inside if is_whole => Outcome::Page,
                Kind::Page | Kind::Inside => Outcome::CutOff,
            };
        }
        if self.octets == 0 {
            return match stop {
                Stop::Fin | Stop::Reset => Outcome::Dropped,
                Stop::Late | Stop::Limit => Outcome::Silent,
            };
        }
        match &self.reader {
            _ if self.is_foreign && stop != Stop::Reset => Outcome::OtherProtocol,
            Reader::Http(head) if head.code() >= 300 => {
                http::outcome_of(head.code(), self.kind != Kind::Page)
            }
            Reader::Socks(replies) if replies.may_be_echo() => Outcome::AuthRequired,
            Reader::Http(_) | Reader::Socks(_) | Reader::Any => Outcome::CutOff,
        }
    }
}

/// After so many octets it is known who speaks, or it is unknown.
const FIRST_OCTETS_LOOKED_AT: usize = 12;

/// Finds the end of a reply (RFC 5321, 4.2.1): a line of three digits and a space. The rest of a line
/// that has begun before is none.
#[derive(Debug)]
struct Line {
    /// So many octets of `ddd ` have come; more than that: it does not begin so.
    count: u8,
    /// The last three digits that a line has begun with.
    code: u16,
}

/// How a line goes on that is none.
const NO_REPLY: u8 = 5;

impl Line {
    const fn new() -> Self {
        Self { count: 0, code: 0 }
    }

    const fn ends_reply(&mut self, octet: u8) -> bool {
        let is_reply = self.count == 4;
        if let (0..=2, b'0'..=b'9') = (self.count, octet) {
            let before = if self.count == 0 { 0 } else { self.code };
            self.code = before.wrapping_mul(10).wrapping_add(octet as u16 & 0xf);
        }
        self.count = match (self.count, octet) {
            (_, b'\n') => 0,
            (0..=2, b'0'..=b'9') | (3, b' ') => self.count.saturating_add(1),
            (4, _) => 4,
            _ => NO_REPLY,
        };
        is_reply && octet == b'\n'
    }
}
