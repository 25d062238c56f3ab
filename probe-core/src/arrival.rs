//! Arrivals: what came to the sink, and what it proves.
//!
//! A sink tells what came; [`Arrival::sense`] says what that means, on the device for its own jobs
//! and on the host for all that it has stored. Nothing that comes is believed without the code of
//! its tokens.

use core::net::SocketAddr;

use bitflags::bitflags;
use heapless::String;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    finding::RecordId,
    relay::PairId,
    time::Instant,
    token::{Role, Signer, Token},
};

/// The longest name in HELO or EHLO that is kept, in octets; its beginning is.
pub const HELO_OCTETS_MAX: usize = 64;
/// The longest reverse-path or recipient that is kept, in octets; its beginning is.
pub const PATH_KEPT_OCTETS_MAX: usize = 128;
/// How much of the `Received` fields is kept, in octets: the newest ones, a line each.
pub const CHAIN_OCTETS_MAX: usize = 384;

/// Something that came to the sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The record's name; of no meaning before it is recorded.
    pub id: RecordId,
    /// When it was complete.
    pub at: Instant,
    /// What it is.
    pub what: What,
    /// Who connected.
    pub remote: SocketAddr,
    /// The sink's port that it came to.
    pub port: u16,
    /// The name in HELO or EHLO.
    pub helo: String<HELO_OCTETS_MAX, u8>,
    /// The reverse-path, without brackets.
    pub reverse_path: String<PATH_KEPT_OCTETS_MAX, u8>,
    /// The recipient, without brackets.
    pub recipient: String<PATH_KEPT_OCTETS_MAX, u8>,
    /// The token in the recipient, or in the name for a [`What::Visit`].
    pub envelope: Option<Token>,
    /// The token of role [`Role::Message`] in Message-ID or body that fits the envelope's job and
    /// pair, or else the first one.
    pub content: Option<Token>,
    /// How many octets the message has.
    pub octets: u32,
    /// What was cut.
    pub marks: Marks,
    /// The newest `Received` fields, unfolded, a line each.
    pub chain: String<CHAIN_OCTETS_MAX, u16>,
}

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum What {
    /// A complete message to a token: 250 was said after the dot.
    Message,
    /// RCPT to a token, and no DATA: servers verify addresses so.
    Callout,
    /// A complete message to postmaster or abuse: somebody objects.
    Objection,
    /// A connection whose EHLO carried a token of role [`Role::Proxy`].
    Visit,
}

impl What {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Callout => "callout",
            Self::Objection => "objection",
            Self::Visit => "visit",
        }
    }
}

bitflags! {
    /// What of an arrival was cut to its limit.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Marks: u8 {
        /// The name in HELO.
        const HELO_CUT = 1;
        /// The reverse-path.
        const REVERSE_PATH_CUT = 1 << 1;
        /// The recipient.
        const RECIPIENT_CUT = 1 << 2;
        /// There were more `Received` fields.
        const CHAIN_CUT = 1 << 3;
        /// The message went on behind what a sink looks at.
        const MESSAGE_CUT = 1 << 4;
    }
}

impl Serialize for Marks {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(self.bits())
    }
}

impl<'de> Deserialize<'de> for Marks {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        u8::deserialize(input).map(Self::from_bits_retain)
    }
}

/// What an arrival proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sense {
    /// Our own message came back through the target under this pair.
    Relayed(PairId),
    /// A message came to the sender of this pair: a server accepted and gave up.
    Bounced(PairId),
    /// A server asked whether an address of this pair exists.
    CalledOut(PairId),
    /// A connection came out of a proxy: what the job asked it with.
    Visited(u8),
    /// Somebody objects.
    Objected,
    /// Nothing.
    Nothing(Unproved),
}

/// Why an arrival proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unproved {
    /// It has no token.
    NoToken,
    /// Nobody here knows the job.
    NoJob,
    /// The code of its token is wrong.
    Forged,
    /// Its token came too late, or before its time.
    OutOfWindow,
    /// Its token is of a role that has nothing to do there.
    WrongRole,
    /// A message to a recipient's token without the token that only our message has.
    NotOurMessage,
}

impl Unproved {
    /// The word in `--json`, tables and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoToken => "no-token",
            Self::NoJob => "no-job",
            Self::Forged => "forged",
            Self::OutOfWindow => "out-of-window",
            Self::WrongRole => "wrong-role",
            Self::NotOurMessage => "not-our-message",
        }
    }
}

impl Arrival {
    /// What it proves. `target` is the target of the envelope's job, where it is known; `hours` is
    /// how long ago the scope was issued that the job ran under.
    pub fn sense(&self, signer: &Signer, target: Option<SocketAddr>, hours: u16) -> Sense {
        if self.what == What::Objection {
            return Sense::Objected;
        }
        let proved = self
            .envelope
            .ok_or(Unproved::NoToken)
            .and_then(|token| verified(&token, signer, target, hours));
        let (token, target) = match proved {
            Ok(proved) => proved,
            Err(why) => return Sense::Nothing(why),
        };
        let octet = token.pair();
        // What the octet means depends on the role: a proxy's is no pair.
        let of_pair = |sense: fn(PairId) -> Sense| match PairId::new(usize::from(octet)) {
            Some(pair) => sense(pair),
            None => Sense::Nothing(Unproved::Forged),
        };
        match (self.what, token.role) {
            (What::Message, Role::Sender) => of_pair(Sense::Bounced),
            (What::Message, Role::Recipient) => match &self.content {
                Some(content) if belongs(content, &token) && signer.verify(content, target) => {
                    of_pair(Sense::Relayed)
                }
                _ => Sense::Nothing(Unproved::NotOurMessage),
            },
            (What::Callout, Role::Sender | Role::Recipient) => of_pair(Sense::CalledOut),
            (What::Visit, Role::Proxy) => Sense::Visited(octet),
            _ => Sense::Nothing(Unproved::WrongRole),
        }
    }
}

fn verified(
    token: &Token,
    signer: &Signer,
    target: Option<SocketAddr>,
    hours: u16,
) -> Result<(Token, SocketAddr), Unproved> {
    let target = target.ok_or(Unproved::NoJob)?;
    if !signer.verify(token, target) {
        Err(Unproved::Forged)
    } else if !token.is_within_its_window(hours) {
        Err(Unproved::OutOfWindow)
    } else {
        Ok((*token, target))
    }
}

/// Whether a message's token is of the same message as an envelope's.
fn belongs(content: &Token, envelope: &Token) -> bool {
    content.role == Role::Message
        && content.serial() == envelope.serial()
        && content.pair() == envelope.pair()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        finding::{DeviceId, JobSerial},
        token::Key,
    };

    const HOURS: u16 = 12;

    fn arrival(what: What, envelope: Option<Token>, content: Option<Token>) -> Arrival {
        Arrival {
            id: RecordId::default(),
            at: Instant::BOOT,
            what,
            remote: "192.0.2.7:4000".parse().unwrap(),
            port: 25,
            helo: String::new(),
            reverse_path: String::new(),
            recipient: String::new(),
            envelope,
            content,
            octets: 0,
            marks: Marks::empty(),
            chain: String::new(),
        }
    }

    #[test]
    fn what_arrivals_prove() {
        let signer = Signer::new(&Key::new([7; 16]), DeviceId([1; 8]));
        let strange = Signer::new(&Key::new([8; 16]), DeviceId([1; 8]));
        let target: SocketAddr = "192.0.2.1:25".parse().unwrap();
        let pair = PairId::EMPTY_SENDER;
        let token = |role| {
            let place = pair.index() as u8;
            Some(signer.sign(role, JobSerial(5), place, HOURS, target))
        };
        let of_pair = |place| Some(signer.sign(Role::Message, JobSerial(5), place, HOURS, target));
        let forged = |role| Some(strange.sign(role, JobSerial(5), 4, HOURS, target));
        let (sender, recipient, message) = (
            token(Role::Sender),
            token(Role::Recipient),
            token(Role::Message),
        );
        let nothing = Sense::Nothing;
        for (what, envelope, content, expected) in [
            (What::Message, recipient, message, Sense::Relayed(pair)),
            // Whoever knows the address alone has not had the message.
            (
                What::Message,
                recipient,
                None,
                nothing(Unproved::NotOurMessage),
            ),
            (
                What::Message,
                recipient,
                recipient,
                nothing(Unproved::NotOurMessage),
            ),
            (
                What::Message,
                recipient,
                of_pair(0),
                nothing(Unproved::NotOurMessage),
            ),
            (
                What::Message,
                recipient,
                forged(Role::Message),
                nothing(Unproved::NotOurMessage),
            ),
            // A bounce has our message in its body.
            (What::Message, sender, message, Sense::Bounced(pair)),
            (What::Message, sender, None, Sense::Bounced(pair)),
            (
                What::Message,
                message,
                message,
                nothing(Unproved::WrongRole),
            ),
            (What::Message, None, message, nothing(Unproved::NoToken)),
            (
                What::Message,
                forged(Role::Recipient),
                message,
                nothing(Unproved::Forged),
            ),
            (What::Callout, sender, None, Sense::CalledOut(pair)),
            (What::Callout, recipient, None, Sense::CalledOut(pair)),
            (What::Objection, None, None, Sense::Objected),
            (What::Visit, token(Role::Proxy), None, Sense::Visited(4)),
            (What::Visit, recipient, None, nothing(Unproved::WrongRole)),
            (
                What::Callout,
                token(Role::Proxy),
                None,
                nothing(Unproved::WrongRole),
            ),
        ] {
            let arrival = arrival(what, envelope, content);
            let told = format!("{what:?} to {envelope:?} with {content:?}");
            assert_eq!(
                arrival.sense(&signer, Some(target), HOURS),
                expected,
                "{told}"
            );
            assert_ne!(
                arrival.sense(&strange, Some(target), HOURS),
                Sense::Relayed(pair),
                "{told}"
            );
        }
        let whole = arrival(What::Message, recipient, message);
        assert_eq!(whole.sense(&signer, None, HOURS), nothing(Unproved::NoJob));
        for hours in [HOURS - 1, HOURS + 145] {
            assert_eq!(
                whole.sense(&signer, Some(target), hours),
                nothing(Unproved::OutOfWindow)
            );
        }
    }
}
