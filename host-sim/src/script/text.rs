//! What a server says: text with variables and escapes.

use super::conversation::Known;

/// The octets of one `S:` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Octets(Vec<u8>),
    Variable(Variable),
}

/// What a line may repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    Host,
    Domain,
    Caller,
    Name,
    Mailbox,
    Sender,
}

/// The words in braces.
const VARIABLES: [(&str, Variable); 6] = [
    ("{host}", Variable::Host),
    ("{domain}", Variable::Domain),
    ("{caller}", Variable::Caller),
    ("{name}", Variable::Name),
    ("{mailbox}", Variable::Mailbox),
    ("{sender}", Variable::Sender),
];

/// What may follow a backslash, beside `x` and two digits.
const ESCAPES: [(char, u8); 4] = [('\\', b'\\'), ('{', b'{'), ('r', b'\r'), ('n', b'\n')];

impl Text {
    /// Reads what stands behind `S: `; says what is expected at what.
    pub(super) fn read(line: &str) -> Result<Self, (&'static str, String)> {
        let mut parts = Vec::new();
        let mut octets = Vec::new();
        let mut rest = line;
        let mut ends = true;
        while let Some(next) = rest.chars().next() {
            let after = &rest[next.len_utf8()..];
            match next {
                '{' => {
                    let (word, variable) = VARIABLES
                        .into_iter()
                        .find(|(word, _)| rest.starts_with(word))
                        .ok_or_else(|| {
                            let expected = "{host}, {domain}, {caller}, {name}, {mailbox} or \
                                            {sender}; a brace itself is written \\{";
                            (expected, rest.to_owned())
                        })?;
                    parts.push(Part::Octets(std::mem::take(&mut octets)));
                    parts.push(Part::Variable(variable));
                    rest = &rest[word.len()..];
                }
                '\\' if after.is_empty() => {
                    ends = false;
                    rest = after;
                }
                '\\' => {
                    let (octet, left) = escape(after).ok_or_else(|| {
                        let expected = "\\\\, \\{, \\r, \\n or \\x and two hexadecimal digits; at \
                                        the end of a line \\ leaves the line without its end";
                        (expected, rest.to_owned())
                    })?;
                    octets.push(octet);
                    rest = left;
                }
                other => {
                    octets.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = after;
                }
            }
        }
        if ends {
            octets.extend_from_slice(b"\r\n");
        }
        parts.push(Part::Octets(octets));
        Ok(Self(parts))
    }

    /// The octets, with what is known filled in.
    pub(super) fn octets(&self, known: &Known) -> Vec<u8> {
        let mut octets = Vec::new();
        for part in &self.0 {
            match part {
                Part::Octets(some) => octets.extend_from_slice(some),
                Part::Variable(variable) => octets.extend(value(*variable, known).bytes()),
            }
        }
        octets
    }
}

fn escape(after: &str) -> Option<(u8, &str)> {
    if let Some(digits) = after.strip_prefix('x') {
        let (pair, left) = digits.split_at_checked(2)?;
        return Some((u8::from_str_radix(pair, 16).ok()?, left));
    }
    ESCAPES
        .into_iter()
        .find_map(|(letter, octet)| Some((octet, after.strip_prefix(letter)?)))
}

fn value(variable: Variable, known: &Known) -> String {
    match variable {
        Variable::Host => known.peer.host.clone(),
        // Who takes mail for no domain says its host name.
        Variable::Domain => known
            .peer
            .domains
            .first()
            .unwrap_or(&known.peer.host)
            .clone(),
        Variable::Caller => known.caller.ip().to_string(),
        Variable::Name => known.name.clone(),
        Variable::Mailbox => known.mailbox.clone(),
        Variable::Sender => known.sender.clone(),
    }
}
