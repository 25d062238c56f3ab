//! What the words of a refusal say, in the words of real servers. Data: add a row, and a row to the
//! tests of [`super::classify`].

use bitflags::bitflags;

use super::words::{Words, after_phrase};

bitflags! {
    /// What was found in a reply's text, all of its lines together.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Wording: u16 {
        /// A whole phrase that denies relaying.
        const RELAY_DENIED = 1;
        /// Relaying is named.
        const RELAY = 1 << 1;
        /// Something is denied.
        const DENIAL = 1 << 2;
        /// This client is refused.
        const BLOCKED = 1 << 3;
        /// The sender is refused.
        const SENDER = 1 << 4;
        /// The name in EHLO or HELO is refused.
        const HELO = 1 << 5;
        /// The shape of a command or a path is refused.
        const SYNTAX = 1 << 6;
        /// The recipient is not known.
        const USER = 1 << 7;
        /// The recipient is not known, or may not be relayed to.
        const USER_OR_RELAY = 1 << 8;
        /// Come back later.
        const GREYLIST = 1 << 9;
        /// A login is wanted.
        const AUTH = 1 << 10;
        /// TLS is wanted.
        const TLS = 1 << 11;
        /// A limit was reached.
        const TOO_MANY = 1 << 12;
        /// No mail is taken here.
        const NO_MAIL = 1 << 13;
        /// A greeting names a protocol that is not SMTP.
        const NOT_MAIL = 1 << 14;
        /// A greeting names SMTP or mail.
        const MAIL = 1 << 15;
    }
}

/// A phrase in lower case, and what it says.
type Row = (&'static str, Wording);

/// Phrases of refusals. A phrase begins where a word begins and may end inside one. At each word
/// the first row that fits counts, and what it covered is not looked at again: so
/// `relay recipient table` is not about relaying.
const REFUSALS: &[Row] = &[
    // Phrases that contain the words of another meaning.
    ("relay recipient table", Wording::USER),
    ("relay_recipient", Wording::USER),
    ("open relay", Wording::BLOCKED),
    ("relay host", Wording::empty()),
    ("relay server", Wording::empty()),
    ("relay temporarily unavailable", Wording::empty()),
    // Relaying denied.
    ("relay access denied", Wording::RELAY_DENIED),
    ("relay not permitted", Wording::RELAY_DENIED),
    ("relay not allowed", Wording::RELAY_DENIED),
    ("relay denied", Wording::RELAY_DENIED),
    ("relay rejected", Wording::RELAY_DENIED),
    ("relaying denied", Wording::RELAY_DENIED),
    ("relaying temporarily denied", Wording::RELAY_DENIED),
    ("relaying not allowed", Wording::RELAY_DENIED),
    ("relaying not permitted", Wording::RELAY_DENIED),
    ("relaying is not allowed", Wording::RELAY_DENIED),
    ("relaying prohibited", Wording::RELAY_DENIED),
    ("relaying disabled", Wording::RELAY_DENIED),
    ("relaying to", Wording::RELAY),
    ("unable to relay", Wording::RELAY_DENIED),
    ("cannot relay", Wording::RELAY_DENIED),
    ("can't relay", Wording::RELAY_DENIED),
    ("not relay", Wording::RELAY_DENIED),
    ("don't relay", Wording::RELAY_DENIED),
    ("no relay", Wording::RELAY_DENIED),
    ("not permitted to relay", Wording::RELAY_DENIED),
    ("not allowed to relay", Wording::RELAY_DENIED),
    ("not authorized to relay", Wording::RELAY_DENIED),
    ("not authorised to relay", Wording::RELAY_DENIED),
    ("not a gateway", Wording::RELAY_DENIED),
    ("not an open relay", Wording::RELAY_DENIED),
    ("allowed rcpthosts", Wording::RELAY_DENIED),
    ("rcpthosts", Wording::RELAY_DENIED),
    ("i cannot deliver mail for", Wording::RELAY_DENIED),
    (
        "delivery is not allowed to this address",
        Wording::RELAY_DENIED,
    ),
    ("non accepted domain", Wording::RELAY_DENIED),
    ("non local e mail address", Wording::RELAY_DENIED),
    ("non local recipient", Wording::RELAY_DENIED),
    ("non local domain", Wording::RELAY_DENIED),
    ("not local host", Wording::RELAY_DENIED),
    ("domain isn't in my list", Wording::RELAY_DENIED),
    ("domain is not hosted here", Wording::RELAY_DENIED),
    ("domain not hosted here", Wording::RELAY_DENIED),
    ("we do not accept mail for", Wording::RELAY_DENIED),
    ("do not handle mail for", Wording::RELAY_DENIED),
    ("don't handle mail for", Wording::RELAY_DENIED),
    ("not handle mail for", Wording::RELAY_DENIED),
    // Relaying in other languages; a 5xx alone makes the denial.
    ("relai", Wording::RELAY),
    ("relé", Wording::RELAY),
    ("weiterleitung", Wording::RELAY),
    ("weitervermittlung", Wording::RELAY),
    ("przekazywani", Wording::RELAY),
    ("inoltro", Wording::RELAY),
    ("reenvío", Wording::RELAY),
    ("reenvio", Wording::RELAY),
    ("retransmis", Wording::RELAY),
    ("videresend", Wording::RELAY),
    ("пересылк", Wording::RELAY),
    ("релей", Wording::RELAY),
    // The client.
    ("client host rejected", Wording::BLOCKED),
    ("client host blocked", Wording::BLOCKED),
    ("blocked", Wording::BLOCKED),
    ("blocking list", Wording::BLOCKED),
    ("block list", Wording::BLOCKED),
    ("blocklist", Wording::BLOCKED),
    ("blacklist", Wording::BLOCKED),
    ("black list", Wording::BLOCKED),
    ("denylist", Wording::BLOCKED),
    ("deny list", Wording::BLOCKED),
    ("listed at", Wording::BLOCKED),
    ("listed in", Wording::BLOCKED),
    ("listed on", Wording::BLOCKED),
    ("listed by", Wording::BLOCKED),
    ("is listed", Wording::BLOCKED),
    ("found in dnsbl", Wording::BLOCKED),
    ("dnsbl", Wording::BLOCKED),
    ("rbl ", Wording::BLOCKED),
    ("spamhaus", Wording::BLOCKED),
    ("spamcop", Wording::BLOCKED),
    ("barracuda", Wording::BLOCKED),
    ("spam source", Wording::BLOCKED),
    ("banned", Wording::BLOCKED),
    ("bad reputation", Wording::BLOCKED),
    ("poor reputation", Wording::BLOCKED),
    ("ip reputation", Wording::BLOCKED),
    ("reverse dns", Wording::BLOCKED),
    ("rdns", Wording::BLOCKED),
    ("ptr record", Wording::BLOCKED),
    ("no ptr", Wording::BLOCKED),
    ("missing ptr", Wording::BLOCKED),
    ("ip name lookup failed", Wording::BLOCKED),
    ("cannot find your hostname", Wording::BLOCKED),
    ("cannot find your reverse hostname", Wording::BLOCKED),
    ("fix reverse", Wording::BLOCKED),
    ("dynamic ip", Wording::BLOCKED),
    ("dynamic address", Wording::BLOCKED),
    ("dialup", Wording::BLOCKED),
    ("dial up", Wording::BLOCKED),
    ("residential", Wording::BLOCKED),
    ("your ip", Wording::BLOCKED),
    ("your host is not allowed", Wording::BLOCKED),
    ("you are not allowed to connect", Wording::BLOCKED),
    ("not allowed to connect", Wording::BLOCKED),
    ("access denied by", Wording::BLOCKED),
    ("early talker", Wording::BLOCKED),
    // TLS before logins: many say both.
    ("must issue a starttls", Wording::TLS),
    ("must issue starttls", Wording::TLS),
    ("starttls", Wording::TLS),
    ("tls required", Wording::TLS),
    ("tls is required", Wording::TLS),
    ("requires tls", Wording::TLS),
    ("requires encryption", Wording::TLS),
    ("encryption required", Wording::TLS),
    ("encryption is required", Wording::TLS),
    ("session encryption", Wording::TLS),
    ("require tls", Wording::TLS),
    // Logins.
    ("authentication not enabled", Wording::empty()),
    ("authentication required", Wording::AUTH),
    ("authentication is required", Wording::AUTH),
    ("authentication needed", Wording::AUTH),
    ("authenticate", Wording::AUTH),
    ("not authenticated", Wording::AUTH),
    ("requires authentication", Wording::AUTH),
    ("require authentication", Wording::AUTH),
    ("smtp auth", Wording::AUTH),
    ("auth required", Wording::AUTH),
    ("auth first", Wording::AUTH),
    ("need to log in", Wording::AUTH),
    ("must log in", Wording::AUTH),
    ("please log in", Wording::AUTH),
    ("login required", Wording::AUTH),
    ("authentifizierung", Wording::AUTH),
    ("authentification", Wording::AUTH),
    ("autenticación", Wording::AUTH),
    ("autenticazione", Wording::AUTH),
    // The sender.
    ("bad sender address syntax", Wording::SYNTAX),
    ("sender address rejected", Wording::SENDER),
    ("sender rejected", Wording::SENDER),
    ("sender verify failed", Wording::SENDER),
    ("sender verification failed", Wording::SENDER),
    ("sender callout", Wording::SENDER),
    ("sender domain", Wording::SENDER),
    ("domain of sender", Wording::SENDER),
    ("envelope sender", Wording::SENDER),
    ("invalid sender", Wording::SENDER),
    ("sender invalid", Wording::SENDER),
    ("sender refused", Wording::SENDER),
    ("sender denied", Wording::SENDER),
    ("sender not", Wording::SENDER),
    ("bad sender", Wording::SENDER),
    ("return path", Wording::SENDER),
    ("not allowed to send from", Wording::SENDER),
    ("spoof", Wording::SENDER),
    ("spf", Wording::SENDER),
    ("expéditeur", Wording::SENDER),
    ("absender", Wording::SENDER),
    ("nadawc", Wording::SENDER),
    ("mittente", Wording::SENDER),
    ("remitente", Wording::SENDER),
    // The name in EHLO or HELO.
    ("helo command rejected", Wording::HELO),
    ("invalid helo", Wording::HELO),
    ("invalid ehlo", Wording::HELO),
    ("bad helo", Wording::HELO),
    ("bad ehlo", Wording::HELO),
    ("helo name", Wording::HELO),
    ("ehlo name", Wording::HELO),
    ("helo hostname", Wording::HELO),
    ("helo mismatch", Wording::HELO),
    ("helo/ehlo", Wording::HELO),
    ("ehlo/helo", Wording::HELO),
    ("syntactically invalid helo", Wording::HELO),
    ("syntactically invalid ehlo", Wording::HELO),
    // The shape of a command or a path.
    ("restricted characters", Wording::SYNTAX),
    ("malformed address", Wording::SYNTAX),
    ("bad address syntax", Wording::SYNTAX),
    ("bad recipient address syntax", Wording::SYNTAX),
    ("syntax error", Wording::SYNTAX),
    ("bad syntax", Wording::SYNTAX),
    ("invalid syntax", Wording::SYNTAX),
    ("invalid command", Wording::SYNTAX),
    ("command unrecognized", Wording::SYNTAX),
    ("command not recognized", Wording::SYNTAX),
    ("unrecognized command", Wording::SYNTAX),
    ("unrecognised command", Wording::SYNTAX),
    ("unknown command", Wording::SYNTAX),
    ("command unknown", Wording::SYNTAX),
    ("command not implemented", Wording::SYNTAX),
    ("unimplemented", Wording::SYNTAX),
    ("must contain a domain", Wording::SYNTAX),
    ("domain missing", Wording::SYNTAX),
    ("missing or malformed", Wording::SYNTAX),
    ("invalid address", Wording::SYNTAX),
    ("illegal address", Wording::SYNTAX),
    ("need fully qualified address", Wording::SYNTAX),
    ("source routes", Wording::SYNTAX),
    ("source routing", Wording::SYNTAX),
    ("unbalanced", Wording::SYNTAX),
    ("hostname required", Wording::SYNTAX),
    ("user address required", Wording::SYNTAX),
    ("colon required", Wording::SYNTAX),
    ("illegal character", Wording::SYNTAX),
    // The recipient.
    ("invalid recipient", Wording::USER_OR_RELAY),
    ("user unknown", Wording::USER),
    ("unknown user", Wording::USER),
    ("unknown recipient", Wording::USER),
    ("recipient unknown", Wording::USER),
    ("recipient not found", Wording::USER),
    ("recipient does not exist", Wording::USER),
    ("no such user", Wording::USER),
    ("no such recipient", Wording::USER),
    ("no such mailbox", Wording::USER),
    ("no such domain", Wording::USER),
    ("no mailbox here", Wording::USER),
    ("mailbox not found", Wording::USER),
    ("mailbox unknown", Wording::USER),
    ("mailbox does not exist", Wording::USER),
    ("unknown mailbox", Wording::USER),
    ("unknown address", Wording::USER),
    ("unknown local part", Wording::USER),
    ("unknown domain", Wording::USER),
    ("not our customer", Wording::USER),
    ("does not exist", Wording::USER),
    ("doesn't exist", Wording::USER),
    ("isn't here", Wording::USER),
    ("not listed in", Wording::USER),
    ("undeliverable address", Wording::USER),
    ("unrouteable address", Wording::USER),
    ("unroutable address", Wording::USER),
    ("domain not found", Wording::USER),
    ("host or domain name not found", Wording::USER),
    ("utilisateur inconnu", Wording::USER),
    ("destinataire inconnu", Wording::USER),
    ("empfänger unbekannt", Wording::USER),
    ("benutzer unbekannt", Wording::USER),
    ("unbekannt", Wording::USER),
    ("desconocid", Wording::USER),
    ("nieznany", Wording::USER),
    ("sconosciut", Wording::USER),
    ("ukendt", Wording::USER),
    ("неизвест", Wording::USER),
    // Come back later.
    ("greylist", Wording::GREYLIST),
    ("graylist", Wording::GREYLIST),
    ("grey list", Wording::GREYLIST),
    ("gray list", Wording::GREYLIST),
    ("postgrey", Wording::GREYLIST),
    ("try again in", Wording::GREYLIST),
    ("retry in", Wording::GREYLIST),
    ("come back", Wording::GREYLIST),
    ("service currently unavailable", Wording::GREYLIST),
    ("triplet", Wording::GREYLIST),
    // Limits.
    ("too many", Wording::TOO_MANY),
    ("too much", Wording::TOO_MANY),
    ("rate limit", Wording::TOO_MANY),
    ("ratelimit", Wording::TOO_MANY),
    ("limit exceeded", Wording::TOO_MANY),
    ("throttl", Wording::TOO_MANY),
    ("maximum number", Wording::TOO_MANY),
    ("too fast", Wording::TOO_MANY),
    // No mail here.
    ("no smtp service", Wording::NO_MAIL),
    ("no mail service", Wording::NO_MAIL),
    ("does not accept mail", Wording::NO_MAIL),
    ("doesn't accept mail", Wording::NO_MAIL),
    ("not accept mail", Wording::NO_MAIL),
    ("accepts no mail", Wording::NO_MAIL),
    ("no incoming mail", Wording::NO_MAIL),
    ("null mx", Wording::NO_MAIL),
    ("nullmx", Wording::NO_MAIL),
    // Single words, after every phrase that begins with them.
    ("relay", Wording::RELAY),
    ("denied", Wording::DENIAL),
    ("prohibit", Wording::DENIAL),
    ("refus", Wording::DENIAL),
    ("reject", Wording::DENIAL),
    ("forbid", Wording::DENIAL),
    ("disallow", Wording::DENIAL),
    ("disabled", Wording::DENIAL),
    ("unauthori", Wording::DENIAL),
    ("not permitted", Wording::DENIAL),
    ("not allowed", Wording::DENIAL),
    ("not authori", Wording::DENIAL),
];

/// Words of greetings that tell another protocol from mail.
const GREETINGS: &[Row] = &[
    ("esmtp", Wording::MAIL),
    ("smtp", Wording::MAIL),
    ("mail", Wording::MAIL),
    ("ftp", Wording::NOT_MAIL),
    ("vsftpd", Wording::NOT_MAIL),
    ("proftpd", Wording::NOT_MAIL),
    ("pure ftpd", Wording::NOT_MAIL),
    ("filezilla", Wording::NOT_MAIL),
    ("nntp", Wording::NOT_MAIL),
    ("internetnews", Wording::NOT_MAIL),
];

impl Wording {
    /// What one line of a refusal says, from its text after the code.
    pub fn of(text: &[u8]) -> Self {
        look_up(text, &PACKED_REFUSALS)
    }

    /// What one line of a greeting says, from its text after the code.
    pub fn of_greeting(text: &[u8]) -> Self {
        look_up(text, &PACKED_GREETINGS)
    }
}

/// Octets of a packed row before its phrase: its length, and the bits of what it says.
const HEAD_OCTETS: usize = 3;

/// The rows as they are looked through, one behind the other. A row has three octets beside its phrase
/// here, and would have twelve: a device has room for better things.
static PACKED_REFUSALS: [u8; octets_of(REFUSALS)] = packed(REFUSALS);
static PACKED_GREETINGS: [u8; octets_of(GREETINGS)] = packed(GREETINGS);

const fn octets_of(rows: &[Row]) -> usize {
    let (mut octets, mut rest) = (0, rows);
    while let [(phrase, _), behind @ ..] = rest {
        octets += HEAD_OCTETS + phrase.len();
        rest = behind;
    }
    octets
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated while compiling: a place out of range does not build"
)]
const fn packed<const OCTETS: usize>(rows: &[Row]) -> [u8; OCTETS] {
    let (mut octets, mut at, mut rest) = ([0; OCTETS], 0, rows);
    while let [(phrase, meaning), behind @ ..] = rest {
        assert!(phrase.len() <= u8::MAX as usize, "a phrase is too long");
        octets[at] = phrase.len() as u8;
        [octets[at + 1], octets[at + 2]] = meaning.bits().to_le_bytes();
        at += HEAD_OCTETS;
        let mut phrase = phrase.as_bytes();
        while let [octet, behind @ ..] = phrase {
            octets[at] = *octet;
            at += 1;
            phrase = behind;
        }
        rest = behind;
    }
    octets
}

fn look_up(text: &[u8], table: &[u8]) -> Wording {
    let mut found = Wording::empty();
    let mut words = Words::of(text);
    while let Some(here) = words.next() {
        if let Some((behind, meaning)) = first_fit(here, table) {
            found |= meaning;
            words.continue_at(behind);
        }
    }
    found
}

/// What follows the phrase of the first row that fits `here`, and what the row says.
fn first_fit<'a>(here: &'a [u8], table: &[u8]) -> Option<(&'a [u8], Wording)> {
    // Most rows differ in the first letter: that costs one comparison.
    let first = here.first().map(u8::to_ascii_lowercase);
    let mut rest = table;
    while let Some(([length, bits @ ..], behind)) = rest.split_first_chunk::<HEAD_OCTETS>() {
        let (phrase, rows) = behind.split_at_checked(usize::from(*length))?;
        rest = rows;
        if phrase.first().copied() == first
            && let Some(behind) = after_phrase(here, phrase)
        {
            return Some((behind, Wording::from_bits_retain(u16::from_le_bytes(*bits))));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_phrase_stands_behind_one_that_hides_it() {
        for table in [REFUSALS, GREETINGS] {
            for (at, (phrase, _)) in table.iter().enumerate() {
                let hides = table[..at].iter().find(|(earlier, _)| {
                    after_phrase(phrase.as_bytes(), earlier.as_bytes()).is_some()
                });
                assert_eq!(hides, None, "{phrase:?} can never be found");
            }
        }
    }

    #[test]
    fn phrases_are_lower_case_and_begin_with_a_word() {
        for (phrase, _) in REFUSALS.iter().chain(GREETINGS) {
            assert_eq!(*phrase, phrase.to_ascii_lowercase());
            assert!(
                phrase.starts_with(|letter: char| letter.is_alphanumeric()),
                "{phrase:?}"
            );
        }
    }
}
