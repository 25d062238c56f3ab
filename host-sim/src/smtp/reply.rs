//! A reply: a code and its lines.

/// What a server says to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits.
    pub code: u16,
    /// None for a server that closes without a word.
    pub lines: Vec<String>,
    /// Whether the server closes after it.
    pub closing: bool,
}

impl Reply {
    /// A reply of one line.
    pub fn new(code: u16, text: impl Into<String>) -> Self {
        Self {
            code,
            lines: vec![text.into()],
            closing: false,
        }
    }

    /// A reply of many lines; none gives one that is empty.
    pub fn lines<T: Into<String>>(code: u16, lines: impl IntoIterator<Item = T>) -> Self {
        let mut lines: Vec<String> = lines.into_iter().map(Into::into).collect();
        if lines.is_empty() {
            lines.push(String::new());
        }
        Self {
            code,
            lines,
            closing: false,
        }
    }

    /// No reply at all: the server closes.
    pub fn hang_up() -> Self {
        Self {
            code: 421,
            lines: Vec::new(),
            closing: true,
        }
    }

    /// The reply, after which the server closes.
    pub fn and_close(mut self) -> Self {
        self.closing = true;
        self
    }

    /// Whether it refuses.
    pub fn is_refusal(&self) -> bool {
        self.code >= 400
    }

    /// As it goes over the wire (RFC 5321, 4.2.1).
    pub fn octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        self.write(&mut octets);
        octets
    }

    /// The same, behind what `out` holds.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let last = self.lines.len().saturating_sub(1);
        let digit = |place: u16| b'0' + u8::try_from(self.code / place % 10).unwrap_or(0);
        for (number, line) in self.lines.iter().enumerate() {
            let mark = if number == last { b' ' } else { b'-' };
            out.extend([digit(100), digit(10), digit(1), mark]);
            out.extend_from_slice(line.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_by_hyphens() {
        assert_eq!(Reply::new(220, "hello").octets(), b"220 hello\r\n");
        assert_eq!(
            Reply::lines(250, ["h", "SIZE 1", "HELP"]).octets(),
            b"250-h\r\n250-SIZE 1\r\n250 HELP\r\n"
        );
    }
}
