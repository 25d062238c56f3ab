//! Tokens: what stands in envelopes, messages and names, so that whatever comes back proves where it
//! has been.
//!
//! A token is a letter for its [`Role`] and 26 characters of base32 in lower case, which are 16
//! octets: job serial 5, form pair 1, hours since the scope was issued 2, code 8. The code is
//! HMAC-SHA-256, cut to 64 bits, over role, serial, pair, hours, device (8), target address (16, an
//! IPv4 one mapped into IPv6) and target port (2). It is read without regard to case.
//!
//! ```
//! use probe_core::{finding::{DeviceId, JobSerial}, token::{Key, Role, Signer, Token}};
//!
//! let signer = Signer::new(&Key::new([7; 16]), DeviceId([1; 8]));
//! let target = "192.0.2.1:25".parse().unwrap();
//! let token = signer.sign(Role::Recipient, JobSerial(3), 0, 12, target);
//!
//! let envelope = format!("SRS0=XyZ=AB=example.org={}@example.net", token.text().to_uppercase());
//! let found = Token::all_in(envelope.as_bytes()).find(|found| signer.verify(found, target));
//! assert_eq!(found, Some(token));
//! ```

mod find;
mod nonce;

pub use self::nonce::{NONCE_HOURS_MAX, NONCE_SKEW_S_MAX, Nonce};

use core::net::{IpAddr, SocketAddr};

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    finding::{DeviceId, JobSerial},
    smtp::base32,
};

/// How many characters a token has.
pub const TOKEN_CHARACTERS: usize = 27;
/// How many octets a token stands for, its role apart.
pub const TOKEN_OCTETS: usize = 16;
/// For how many hours a token proves something: mail servers queue for days (RFC 5321, 4.5.4.1).
pub const WINDOW_HOURS: u16 = 6 * 24;

/// A token as text.
pub type TokenText = heapless::String<TOKEN_CHARACTERS, u8>;

/// The secret that tokens are made with. The host makes it and gives it to its devices and sinks.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key([u8; 16]);

impl Key {
    /// A key of these octets, which come from a generator for secrets.
    pub const fn new(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// Its octets.
    pub const fn octets(&self) -> &[u8; 16] {
        &self.0
    }

    /// What may be said of it aloud: by it host and device know that they hold the same key.
    pub fn digest(&self) -> KeyDigest {
        let mut mac = keyed(self);
        mac.update(b"postern key digest");
        let [a, b, c, d, ..]: [u8; 32] = mac.finalize().into_bytes().into();
        KeyDigest([a, b, c, d])
    }
}

impl core::fmt::Debug for Key {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str("Key(secret)")
    }
}

/// Tells keys apart, and tells nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeyDigest(pub [u8; 4]);

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The local part of a reverse-path: what comes to it is a bounce.
    Sender,
    /// The local part of a recipient at our sink.
    Recipient,
    /// Message-ID and body of a test message: whoever has it has had the message.
    Message,
    /// The local part of a control or of a twin under `.invalid`; never at our sink.
    Twin,
    /// The name in an EHLO that is said through a proxy.
    Proxy,
}

impl Role {
    const ALL: [Self; 5] = [
        Self::Sender,
        Self::Recipient,
        Self::Message,
        Self::Twin,
        Self::Proxy,
    ];

    /// The letter that a token of this role begins with.
    pub const fn letter(self) -> char {
        match self {
            Self::Sender => 's',
            Self::Recipient => 'r',
            Self::Message => 'm',
            Self::Twin => 't',
            Self::Proxy => 'p',
        }
    }

    /// The role of a letter, in either case.
    fn of_letter(letter: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|role| role.letter() == char::from(letter.to_ascii_lowercase()))
    }
}

/// A token. Nothing is proved by having one: see [`Signer::verify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Token {
    /// Where it stands.
    pub role: Role,
    octets: [u8; TOKEN_OCTETS],
}

impl Token {
    /// Every text in `octets` that could be a token, in its order, those that stand apart from other
    /// letters and digits first.
    pub fn all_in(octets: &[u8]) -> impl Iterator<Item = Self> + Clone + '_ {
        find::all_in(octets)
    }

    /// A token without its code, for whoever has no key. It proves nothing.
    pub const fn unsigned(role: Role, serial: JobSerial, pair: u8, hours: u16) -> Self {
        Self::of(role, what(serial, pair, hours), [0; 8])
    }

    /// The job.
    pub fn serial(&self) -> JobSerial {
        let [a, b, c, d, e, ..] = self.octets;
        JobSerial(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
    }

    /// The form pair, or what else of the job it names.
    pub const fn pair(&self) -> u8 {
        let [_, _, _, _, _, pair, ..] = self.octets;
        pair
    }

    /// Hours since the scope was issued when the job began.
    pub const fn hours(&self) -> u16 {
        let [_, _, _, _, _, _, high, low, ..] = self.octets;
        u16::from_be_bytes([high, low])
    }

    /// Whether it still proves something at `hours` since the scope was issued.
    pub const fn is_within_its_window(&self, hours: u16) -> bool {
        let made = self.hours();
        made <= hours && hours - made <= WINDOW_HOURS
    }

    /// As it is sent.
    pub fn text(&self) -> TokenText {
        let mut text = TokenText::new();
        // It has room for exactly this.
        let _ = text.push(self.role.letter());
        let _ = base32::write(&self.octets, &mut text);
        text
    }

    const fn of(role: Role, what: [u8; 8], code: [u8; 8]) -> Self {
        let [a, b, c, d, e, f, g, h] = what;
        let [i, j, k, l, m, n, o, p] = code;
        Self::new(role, [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
    }

    const fn new(role: Role, octets: [u8; TOKEN_OCTETS]) -> Self {
        Self { role, octets }
    }

    const fn code(&self) -> [u8; 8] {
        let [.., a, b, c, d, e, f, g, h] = self.octets;
        [a, b, c, d, e, f, g, h]
    }
}

/// Makes and verifies the tokens of one device.
#[derive(Clone)]
pub struct Signer {
    mac: Hmac<Sha256>,
    device: DeviceId,
}

impl Signer {
    /// A signer for what `device` sends.
    pub fn new(key: &Key, device: DeviceId) -> Self {
        Self {
            mac: keyed(key),
            device,
        }
    }

    /// The token of a role in a job on `target`. The same arguments make the same token.
    pub fn sign(
        &self,
        role: Role,
        serial: JobSerial,
        pair: u8,
        hours: u16,
        target: SocketAddr,
    ) -> Token {
        let what = what(serial, pair, hours);
        Token::of(role, what, self.code(role, &what, target))
    }

    /// Whether a token was made by this signer for this target, in this role.
    pub fn verify(&self, token: &Token, target: SocketAddr) -> bool {
        let [a, b, c, d, e, f, g, h, ..] = token.octets;
        let code = self.code(token.role, &[a, b, c, d, e, f, g, h], target);
        same(code, token.code())
    }

    fn code(&self, role: Role, what: &[u8; 8], target: SocketAddr) -> [u8; 8] {
        let address = match target.ip() {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        let mut mac = self.mac.clone();
        mac.update(&[role.letter() as u8]);
        mac.update(what);
        mac.update(&self.device.0);
        mac.update(&address.octets());
        mac.update(&target.port().to_be_bytes());
        cut(mac)
    }
}

impl core::fmt::Debug for Signer {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str("Signer(secret)")
    }
}

const fn what(serial: JobSerial, pair: u8, hours: u16) -> [u8; 8] {
    let [_, _, _, a, b, c, d, e] = serial.0.to_be_bytes();
    let [high, low] = hours.to_be_bytes();
    [a, b, c, d, e, pair, high, low]
}

/// Random octets that are made of a secret seed, the same for the same `number`. Who sees those of
/// one number cannot tell those of another.
pub(crate) fn drawn(seed: &Key, number: u8) -> [u8; 16] {
    let mut mac = keyed(seed);
    mac.update(b"postern lots");
    mac.update(&[number]);
    let octets: [u8; 32] = mac.finalize().into_bytes().into();
    octets.first_chunk().copied().unwrap_or_default()
}

fn keyed(key: &Key) -> Hmac<Sha256> {
    // A key of up to a block is used as it is, so this is HMAC with the key's own octets.
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    for (place, octet) in block.iter_mut().zip(key.octets()) {
        *place = *octet;
    }
    <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block)
}

fn cut(mac: Hmac<Sha256>) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = mac.finalize().into_bytes().into();
    [a, b, c, d, e, f, g, h]
}

/// Compares in the same time wherever the first difference is.
fn same(one: [u8; 8], other: [u8; 8]) -> bool {
    u64::from_be_bytes(one) ^ u64::from_be_bytes(other) == 0
}

#[cfg(test)]
mod tests;
