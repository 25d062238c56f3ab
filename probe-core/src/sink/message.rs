//! A message on its way in: what is looked for, while the rest is forgotten.

use super::{line::Line, recipients::Recipients, reply::keep};
use crate::{
    arrival::{Arrival, Marks},
    token::{Role, Token},
};

/// How much of a message is looked at, in octets; the rest is counted.
pub const MESSAGE_OCTETS_LOOKED_AT: u32 = 64 * 1024;
/// The longest message that is taken, in octets: an objection may have pictures.
pub const MESSAGE_OCTETS_MAX: u32 = 1024 * 1024;

/// What a message's beginning has shown.
#[derive(Clone, Copy, Default)]
pub(super) struct Message {
    is_body: bool,
    /// The field that goes on is a `Received` field.
    is_chain: bool,
}

/// Whether the message goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// It does.
    More,
    /// That was its last line.
    End,
}

impl Message {
    /// Looks at what is held of a line, whose end has come where it `is_whole`.
    pub(super) fn piece(
        &mut self,
        line: &Line,
        is_whole: bool,
        recipients: &Recipients,
        arrival: &mut Arrival,
    ) -> Piece {
        let (mut held, mut fresh) = (line.held(), line.fresh());
        let is_first = line.is_first_piece();
        if is_first && let Some(behind) = fresh.strip_prefix(b".") {
            if is_whole && behind.is_empty() && line.octets() == 1 {
                return Piece::End;
            }
            // RFC 5321, 4.5.2: the client put it there.
            (held, fresh) = (behind, behind);
        }
        let ends = if is_whole { 2 } else { 0 };
        let octets = (fresh.len() as u32).saturating_add(ends);
        arrival.octets = arrival.octets.saturating_add(octets);
        if arrival.octets > MESSAGE_OCTETS_LOOKED_AT {
            arrival.marks |= Marks::MESSAGE_CUT;
            return Piece::More;
        }
        if !self.is_body {
            self.header(fresh, is_first, is_whole, arrival);
        }
        look_for_tokens(held, recipients, &mut arrival.content);
        Piece::More
    }

    /// RFC 5322, 2.2: the newest `Received` fields stand first.
    fn header(&mut self, fresh: &[u8], is_first: bool, is_whole: bool, arrival: &mut Arrival) {
        if is_first && is_whole && fresh.is_empty() {
            self.is_body = true;
            return;
        }
        let mut text = fresh;
        if is_first {
            let goes_on = matches!(fresh.first(), Some(b' ' | b'\t'));
            let value = after_name(fresh, "Received:");
            if !goes_on {
                self.is_chain = value.is_some();
            }
            if self.is_chain {
                text = value.unwrap_or(fresh).trim_ascii_start();
                let between = if goes_on { " " } else { "\n" };
                if !arrival.chain.is_empty() && arrival.chain.push_str(between).is_err() {
                    arrival.marks |= Marks::CHAIN_CUT;
                }
            }
        }
        if self.is_chain && !keep(text, &mut arrival.chain) {
            arrival.marks |= Marks::CHAIN_CUT;
        }
    }
}

/// What follows a field's name, in any case.
fn after_name<'a>(field: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (start, value) = field.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
}

/// Keeps the token that says most: that of the message that a recipient here was promised, or of
/// another message of ours, or, in an objection, any.
fn look_for_tokens(text: &[u8], recipients: &Recipients, kept: &mut Option<Token>) {
    let worth = |token: &Token| match token.role {
        Role::Message if recipients.await_message(token) => 3_u8,
        Role::Message => 2,
        _ if recipients.take_objections() => 1,
        Role::Sender | Role::Recipient | Role::Twin | Role::Proxy => 0,
    };
    for token in Token::all_in(text) {
        if worth(&token) > kept.as_ref().map_or(0, worth) {
            *kept = Some(token);
        }
    }
}
