//! The reply parser: the same from one piece and from many, and within its limits.

use probe_core::smtp::{
    Class, FIRST_OCTETS_KEPT, LINE_OCTETS_KEPT, REPLY_LINES_MAX, REPLY_OCTETS_MAX, Reply,
    ReplyParser, Step,
};

/// The first octet chooses the step: G, E, H, M, R, S, T or Q. The second one and what it adds up to
/// choose the pieces. The rest is the stream.
pub(crate) fn check(octets: &[u8]) {
    let [step, pieces, stream @ ..] = octets else {
        return;
    };
    let step = step_of(*step);
    let whole = said(step, [stream]);
    assert_eq!(said(step, stream.chunks(1)), whole, "octet by octet");
    assert_eq!(
        said(
            step,
            Pieces {
                rest: stream,
                state: *pieces
            }
        ),
        whole,
        "in pieces"
    );
}

fn step_of(octet: u8) -> Step {
    match octet {
        b'G' => Step::Greeting,
        b'E' => Step::Ehlo,
        b'H' => Step::Helo,
        b'M' => Step::Mail,
        b'S' => Step::Rset,
        b'T' => Step::StartTls,
        b'Q' => Step::Quit,
        _ => Step::Rcpt,
    }
}

fn said<'a>(step: Step, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut parser = ReplyParser::new();
    let mut said = Vec::new();
    let mut lost = false;
    for piece in pieces {
        let mut received = piece;
        while let Some(reply) = parser.push(step, &mut received) {
            assert!(!lost, "nothing comes out of a lost stream");
            lost = reply.class.loses_the_stream();
            within_limits(&reply);
            said.push(format!("{reply:?} {:?}", reply.host()));
        }
        assert!(received.is_empty(), "all octets are taken");
    }
    if let Some(reply) = parser.unfinished() {
        assert!(!lost && reply.class.loses_the_stream());
        within_limits(&reply);
        said.push(format!("{reply:?}"));
    }
    said
}

fn within_limits(reply: &Reply<'_>) {
    let has_a_code = (200..600).contains(&reply.code);
    assert!(has_a_code || reply.code == 0);
    assert!(has_a_code || reply.class.loses_the_stream());
    assert!(reply.first.len() <= FIRST_OCTETS_KEPT);
    assert!(reply.last.len() <= LINE_OCTETS_KEPT);
    assert!((1..=REPLY_LINES_MAX + 1).contains(&reply.lines));
    assert!(reply.octets <= REPLY_OCTETS_MAX + 2);
    if reply.class == Class::Accepted {
        assert_eq!(reply.code / 100, 2);
    }
    if let Some(enhanced) = reply.enhanced {
        assert_eq!(u16::from(enhanced.class), reply.code / 100);
    }
}

/// Cuts a stream into pieces of 1 to 32 octets.
struct Pieces<'a> {
    rest: &'a [u8],
    state: u8,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        self.state = self.state.wrapping_mul(109).wrapping_add(89);
        let octets = usize::from(self.state >> 3) + 1;
        let (piece, rest) = self.rest.split_at(octets.min(self.rest.len()));
        self.rest = rest;
        Some(piece)
    }
}
