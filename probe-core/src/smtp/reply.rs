//! SMTP replies as servers really send them (RFC 5321, 4.2).

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    class::{Class, Step},
    classify::classify,
    enhanced::Enhanced,
    extensions::Extensions,
    host,
    line::{LINE_OCTETS_MAX, Line, Taken},
    server::Server,
    wording::Wording,
};
use crate::name::Name;

/// The longest reply that is read to its end, in octets with line ends.
pub const REPLY_OCTETS_MAX: u32 = 128 * 1024;
/// The most lines of one reply that are read.
pub const REPLY_LINES_MAX: u16 = 16 * 1024;
/// How much of a reply's first line is kept beside its last, in octets.
pub const FIRST_OCTETS_KEPT: usize = 96;

bitflags! {
    /// What a server did that RFC 5321 does not have, and limits of ours that were reached.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Quirks: u16 {
        /// A line ended in LF alone.
        const BARE_LF = 1;
        /// A CR stood inside a line.
        const BARE_CR = 1 << 1;
        /// An octet over 127.
        const EIGHT_BIT = 1 << 2;
        /// A NUL.
        const NUL = 1 << 3;
        /// Lines of one reply carry different codes. The last line decides.
        const MIXED_CODES = 1 << 4;
        /// A line without a code inside a reply. It was passed over.
        const STRAY_LINE = 1 << 5;
        /// An empty line before a reply. It was passed over.
        const BLANK_LINE = 1 << 6;
        /// A code with nothing after it.
        const NO_TEXT = 1 << 7;
        /// Something else than a space or a hyphen after the code, such as a tab.
        const ODD_SEPARATOR = 1 << 8;
        /// An enhanced status code whose class is not the code's. It was passed over (RFC 2034, 4).
        const ENHANCED_MISMATCH = 1 << 9;
        /// A line over [`super::LINE_OCTETS_RFC`].
        const LINE_OVER_RFC = 1 << 10;
        /// A line over [`super::LINE_OCTETS_KEPT`]: its text is cut.
        const LINE_CUT = 1 << 11;
        /// [`super::LINE_OCTETS_MAX`] was reached.
        const LINE_LIMIT = 1 << 12;
        /// [`REPLY_OCTETS_MAX`] was reached.
        const REPLY_LIMIT = 1 << 13;
        /// [`REPLY_LINES_MAX`] was reached.
        const LINES_LIMIT = 1 << 14;
        /// The reply did not end.
        const UNFINISHED = 1 << 15;
    }
}

/// The quirks' words, in the order of their bits.
const QUIRK_WORDS: [(Quirks, &str); 16] = [
    (Quirks::BARE_LF, "bare-lf"),
    (Quirks::BARE_CR, "bare-cr"),
    (Quirks::EIGHT_BIT, "8-bit"),
    (Quirks::NUL, "nul"),
    (Quirks::MIXED_CODES, "mixed-codes"),
    (Quirks::STRAY_LINE, "stray-line"),
    (Quirks::BLANK_LINE, "blank-line"),
    (Quirks::NO_TEXT, "no-text"),
    (Quirks::ODD_SEPARATOR, "odd-separator"),
    (Quirks::ENHANCED_MISMATCH, "enhanced-mismatch"),
    (Quirks::LINE_OVER_RFC, "line-over-rfc"),
    (Quirks::LINE_CUT, "line-cut"),
    (Quirks::LINE_LIMIT, "line-limit"),
    (Quirks::REPLY_LIMIT, "reply-limit"),
    (Quirks::LINES_LIMIT, "lines-limit"),
    (Quirks::UNFINISHED, "unfinished"),
];

impl Quirks {
    /// The words of the quirks that are set, for transcripts.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        QUIRK_WORDS
            .iter()
            .filter(move |(quirk, _)| self.contains(*quirk))
            .map(|(_, word)| *word)
    }
}

impl Serialize for Quirks {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u16(self.bits())
    }
}

impl<'de> Deserialize<'de> for Quirks {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u16::deserialize(input).map(Self::from_bits_retain)
    }
}

/// One whole reply, lent by the parser until the next octets go in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// 200 to 599, from the last line; 0 where no line had one.
    pub code: u16,
    /// The enhanced status code, from the last line that has one.
    pub enhanced: Option<Enhanced>,
    /// What the reply means at the step it answers.
    pub class: Class,
    /// The first line with its code, without its end, cut to [`FIRST_OCTETS_KEPT`].
    pub first: &'a [u8],
    /// The last line with its code, without its end, cut to [`super::LINE_OCTETS_KEPT`].
    pub last: &'a [u8],
    /// How many lines came, 1 and up.
    pub lines: u16,
    /// How many octets came, with a CRLF counted for each line.
    pub octets: u32,
    /// What was odd.
    pub quirks: Quirks,
    /// What an answer to EHLO offers; empty at other steps.
    pub extensions: Extensions,
    /// The program that a greeting or an answer to EHLO gives away.
    pub server: Option<Server>,
}

impl Reply<'_> {
    /// The server's own name, from a greeting or from an answer to EHLO or HELO: the first word of
    /// the first or the last line, where it is a name with at least two labels. Never `ESMTP`.
    pub fn host(&self) -> Option<Name> {
        host::of_line(self.first).or_else(|| host::of_line(self.last))
    }

    /// Whether the server closes the connection after this reply (RFC 5321, 4.2.1; RFC 7504).
    // At many places: a call is smaller.
    #[cfg_attr(target_os = "none", inline(never))]
    pub const fn closes(&self) -> bool {
        matches!(self.code, 221 | 421 | 521) || self.class.loses_the_stream()
    }
}

/// Reads replies out of a stream. See [`ReplyParser::push`].
#[derive(Clone, Debug)]
pub struct ReplyParser {
    line: Line,
    first: [u8; FIRST_OCTETS_KEPT],
    first_octets: u8,
    stage: Stage,
    code: u16,
    enhanced: Option<Enhanced>,
    wording: Wording,
    extensions: Extensions,
    server: Option<Server>,
    quirks: Quirks,
    lines: u16,
    /// Of the whole lines.
    octets: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No line with a code has come yet.
    Before,
    /// At least one has, and it said that more follow.
    Within,
    /// The reply was given out. What comes next begins the next one.
    Given,
    /// The stream is lost.
    Lost,
}

impl Default for ReplyParser {
    fn default() -> Self {
        Self::new()
    }
}

impl ReplyParser {
    /// A parser at the beginning of a connection.
    pub const fn new() -> Self {
        Self {
            line: Line::new(),
            first: [0; FIRST_OCTETS_KEPT],
            first_octets: 0,
            stage: Stage::Before,
            code: 0,
            enhanced: None,
            wording: Wording::empty(),
            extensions: Extensions::empty(),
            server: None,
            quirks: Quirks::empty(),
            lines: 0,
            octets: 0,
        }
    }

    /// Forgets everything: a new connection begins.
    pub fn reset(&mut self) {
        self.begin_reply();
    }

    /// Takes octets from `received`, up to the end of one reply, which answers `step`. `None`: all
    /// octets are taken and the reply goes on. How the octets were cut makes no difference.
    ///
    /// After a reply whose class [loses the stream](Class::loses_the_stream) everything is taken
    /// and nothing comes out until [`ReplyParser::reset`].
    pub fn push(&mut self, step: Step, received: &mut &[u8]) -> Option<Reply<'_>> {
        let class = self.read(step, received)?;
        Some(self.reply(class))
    }

    /// What has come of a reply that will not end: the connection ended, or the time is over.
    /// `None` where nothing has come since the last reply.
    pub fn unfinished(&self) -> Option<Reply<'_>> {
        let nothing = self.lines == 0 && self.line.is_untouched();
        if matches!(self.stage, Stage::Given | Stage::Lost) || nothing {
            return None;
        }
        let class = if self.stage == Stage::Before && !may_become_a_reply(self.line.kept()) {
            Class::NotSmtp
        } else {
            Class::Unfinished
        };
        let mut reply = self.reply(class);
        if reply.first.is_empty() {
            reply.first = reply.last.get(..FIRST_OCTETS_KEPT).unwrap_or(reply.last);
        }
        reply.quirks |= self.line.quirks() | Quirks::UNFINISHED;
        reply.lines = reply.lines.saturating_add(1);
        reply.octets = reply.octets.saturating_add(self.line.octets());
        Some(reply)
    }

    fn read(&mut self, step: Step, received: &mut &[u8]) -> Option<Class> {
        match self.stage {
            Stage::Lost => {
                *received = &[];
                return None;
            }
            Stage::Given if !received.is_empty() => self.begin_reply(),
            Stage::Given | Stage::Before | Stage::Within => {}
        }
        while !received.is_empty() {
            let room = REPLY_OCTETS_MAX.saturating_sub(self.octets);
            match self.line.take(received, room.min(LINE_OCTETS_MAX)) {
                Taken::All => {}
                Taken::Full => {
                    if self.stage == Stage::Before && Head::of(self.line.kept()).is_none() {
                        self.count_line(0);
                        return Some(self.lose(Class::NotSmtp));
                    }
                }
                Taken::TooLong => {
                    self.quirks |= if room < LINE_OCTETS_MAX {
                        Quirks::REPLY_LIMIT
                    } else {
                        Quirks::LINE_LIMIT
                    };
                    self.count_line(0);
                    return Some(self.lose(Class::Endless));
                }
                Taken::Whole => {
                    if let Some(class) = self.whole_line(step) {
                        return Some(class);
                    }
                    self.line.clear();
                }
            }
        }
        None
    }

    /// Takes a whole line in; the reply's class where it was the last.
    fn whole_line(&mut self, step: Step) -> Option<Class> {
        self.count_line(2);
        let head = Head::of(self.line.kept());
        match (self.stage, head) {
            (Stage::Before, None) if self.line.octets() == 0 => self.quirks |= Quirks::BLANK_LINE,
            (Stage::Before, None) => return Some(self.lose(Class::NotSmtp)),
            (_, None) => self.quirks |= Quirks::STRAY_LINE,
            (_, Some(head)) => {
                self.numbered_line(step, head);
                if !head.more {
                    let class = classify(step, self.code, self.enhanced, self.wording);
                    self.stage = if class.loses_the_stream() {
                        Stage::Lost
                    } else {
                        Stage::Given
                    };
                    return Some(class);
                }
                self.stage = Stage::Within;
            }
        }
        if self.lines >= REPLY_LINES_MAX {
            self.quirks |= Quirks::LINES_LIMIT;
            return Some(self.lose(Class::Endless));
        }
        if self.octets >= REPLY_OCTETS_MAX {
            self.quirks |= Quirks::REPLY_LIMIT;
            return Some(self.lose(Class::Endless));
        }
        None
    }

    fn count_line(&mut self, end_octets: u32) {
        self.lines = self.lines.saturating_add(1);
        self.octets = self
            .octets
            .saturating_add(self.line.octets())
            .saturating_add(end_octets);
        self.quirks |= self.line.quirks();
    }

    fn numbered_line(&mut self, step: Step, head: Head) {
        let is_first = self.stage == Stage::Before;
        if is_first {
            self.keep_first();
        } else if head.code != self.code {
            self.quirks |= Quirks::MIXED_CODES;
            self.enhanced = None;
        }
        self.code = head.code;
        self.quirks |= head.quirks;

        let text = self.line.kept().get(head.text_at..).unwrap_or_default();
        if let Some(found) = Enhanced::find(text) {
            if u16::from(found.class) == head.class() {
                self.enhanced = Some(found);
            } else {
                self.quirks |= Quirks::ENHANCED_MISMATCH;
            }
        }
        if head.class() >= 4 {
            self.wording |= Wording::of(text);
        } else if step == Step::Greeting {
            self.wording |= Wording::of_greeting(text);
        }
        if matches!(step, Step::Greeting | Step::Ehlo | Step::Helo) && self.server.is_none() {
            self.server = Server::of(step, text);
        }
        if step == Step::Ehlo && !is_first && head.class() == 2 {
            self.extensions |= Extensions::of_line(text);
        }
    }

    fn keep_first(&mut self) {
        let mut octets = 0_u8;
        for (place, octet) in self.first.iter_mut().zip(self.line.kept()) {
            *place = *octet;
            octets = octets.saturating_add(1);
        }
        self.first_octets = octets;
    }

    fn lose(&mut self, class: Class) -> Class {
        if self.stage == Stage::Before {
            self.keep_first();
        }
        self.stage = Stage::Lost;
        class
    }

    fn begin_reply(&mut self) {
        self.line.clear();
        self.first_octets = 0;
        self.stage = Stage::Before;
        self.code = 0;
        self.enhanced = None;
        self.wording = Wording::empty();
        self.extensions = Extensions::empty();
        self.server = None;
        self.quirks = Quirks::empty();
        self.lines = 0;
        self.octets = 0;
    }

    fn reply(&self, class: Class) -> Reply<'_> {
        Reply {
            code: self.code,
            enhanced: self.enhanced,
            class,
            first: self
                .first
                .get(..usize::from(self.first_octets))
                .unwrap_or(&self.first),
            last: self.line.kept(),
            lines: self.lines,
            octets: self.octets,
            quirks: self.quirks,
            extensions: self.extensions,
            server: self.server,
        }
    }
}

/// The beginning of a line that has a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    code: u16,
    /// A hyphen follows: not the last line.
    more: bool,
    text_at: usize,
    quirks: Quirks,
}

impl Head {
    fn of(line: &[u8]) -> Option<Self> {
        let [
            hundreds @ b'2'..=b'5',
            tens @ b'0'..=b'9',
            ones @ b'0'..=b'9',
            rest @ ..,
        ] = line
        else {
            return None;
        };
        let digit = |octet: u8| u16::from(octet.wrapping_sub(b'0'));
        let (more, quirks) = match rest.first() {
            None => (false, Quirks::NO_TEXT),
            Some(b'0'..=b'9') => return None,
            Some(b' ') if rest.len() == 1 => (false, Quirks::NO_TEXT),
            Some(b' ') => (false, Quirks::empty()),
            Some(b'-') => (true, Quirks::empty()),
            Some(_) => (false, Quirks::ODD_SEPARATOR),
        };
        Some(Self {
            code: digit(*hundreds)
                .saturating_mul(100)
                .saturating_add(digit(*tens).saturating_mul(10))
                .saturating_add(digit(*ones)),
            more,
            text_at: 4,
            quirks,
        })
    }

    /// The code's first digit.
    const fn class(self) -> u16 {
        self.code / 100
    }
}

/// Whether these octets may be the beginning of a line with a code.
fn may_become_a_reply(octets: &[u8]) -> bool {
    let digits = octets
        .iter()
        .take(3)
        .enumerate()
        .all(|(place, octet)| match place {
            0 => matches!(octet, b'2'..=b'5'),
            _ => octet.is_ascii_digit(),
        });
    digits && !octets.get(3).is_some_and(u8::is_ascii_digit)
}
