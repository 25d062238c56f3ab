//! A client's command line (RFC 5321, 4.1.1), or an HTTP request's first one.

use super::path::{self, Path};

/// What a client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    /// EHLO, or HELO.
    Hello { extended: bool, name: &'a [u8] },
    /// MAIL FROM.
    Mail(Path<'a>),
    /// RCPT TO.
    Rcpt(Path<'a>),
    /// DATA.
    Data,
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// VRFY.
    Vrfy,
    /// HELP.
    Help,
    /// QUIT.
    Quit,
    /// An HTTP request.
    Http(Request<'a>),
    /// One of SMTP that a sink has no use for.
    NotImplemented,
    /// A command that is not written as it should be.
    Syntax,
    /// No command.
    Unknown,
}

/// The first line of an HTTP request (RFC 9112, 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) target: &'a [u8],
}

/// The methods that a sink knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Post,
    Connect,
}

/// Reads a line without its end. Of a line that `is_cut` only the beginning is there.
pub(super) fn read(line: &[u8], is_cut: bool) -> Command<'_> {
    if let Some(request) = request(line, is_cut) {
        return Command::Http(request);
    }
    let end = line.iter().position(|octet| *octet == b' ');
    let (verb, rest) = line.split_at(end.unwrap_or(line.len()).min(line.len()));
    let rest = rest.trim_ascii();
    let is = |name: &str| verb.eq_ignore_ascii_case(name.as_bytes());
    let alone = |command| {
        if rest.is_empty() {
            command
        } else {
            Command::Syntax
        }
    };
    let at = |keyword: &str| {
        let (word, text) = rest.split_at_checked(keyword.len())?;
        let behind = word
            .eq_ignore_ascii_case(keyword.as_bytes())
            .then_some(text)?;
        path::read(behind)
    };
    if is("EHLO") || is("HELO") {
        if rest.is_empty() || rest.contains(&b' ') {
            Command::Syntax
        } else {
            let extended = is("EHLO");
            Command::Hello {
                extended,
                name: rest,
            }
        }
    } else if is("MAIL") {
        at("FROM:").map_or(Command::Syntax, Command::Mail)
    } else if is("RCPT") {
        at("TO:").map_or(Command::Syntax, Command::Rcpt)
    } else if is("DATA") {
        alone(Command::Data)
    } else if is("RSET") {
        alone(Command::Rset)
    } else if is("QUIT") {
        alone(Command::Quit)
    } else if is("NOOP") {
        Command::Noop
    } else if is("HELP") {
        Command::Help
    } else if is("VRFY") {
        if rest.is_empty() {
            Command::Syntax
        } else {
            Command::Vrfy
        }
    } else if ["EXPN", "TURN", "ETRN", "AUTH", "STARTTLS", "BDAT"]
        .into_iter()
        .any(is)
    {
        Command::NotImplemented
    } else {
        Command::Unknown
    }
}

fn request(line: &[u8], is_cut: bool) -> Option<Request<'_>> {
    let (method, rest) = [
        (b"GET ".as_slice(), Method::Get),
        (b"HEAD ", Method::Head),
        (b"POST ", Method::Post),
        (b"CONNECT ", Method::Connect),
    ]
    .into_iter()
    .find_map(|(verb, method)| Some((method, line.strip_prefix(verb)?)))?;
    if is_cut {
        return Some(Request {
            method,
            target: rest,
        });
    }
    let space = rest.iter().rposition(|octet| *octet == b' ')?;
    let (target, version) = rest.split_at_checked(space)?;
    version
        .starts_with(b" HTTP/1.")
        .then_some(Request { method, target })
}

/// What is wrong with the parameters of MAIL or RCPT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    /// Nobody here knows it, or its value.
    Unknown,
    /// The message would be over the limit.
    TooBig,
}

/// Looks at parameters (RFC 5321, 4.1.2). The last one of a line that `is_cut` is not whole.
pub(super) fn check_parameters(
    parameters: &[u8],
    known: &[&str],
    octets_max: u32,
    is_cut: bool,
) -> Result<(), Parameter> {
    let mut words = parameters
        .split(|octet| *octet == b' ')
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        if is_cut && words.peek().is_none() {
            break;
        }
        let end = word.iter().position(|octet| *octet == b'=');
        let (keyword, value) = word.split_at(end.unwrap_or(word.len()).min(word.len()));
        let value = value.get(1..).unwrap_or_default();
        let is = |name: &str| keyword.eq_ignore_ascii_case(name.as_bytes());
        if !known.iter().any(|name| is(name)) {
            return Err(Parameter::Unknown);
        }
        if is("SIZE") && number(value)? > octets_max {
            return Err(Parameter::TooBig);
        }
        let bodies = ["7BIT", "8BITMIME"];
        if is("BODY")
            && !bodies
                .iter()
                .any(|of| value.eq_ignore_ascii_case(of.as_bytes()))
        {
            return Err(Parameter::Unknown);
        }
    }
    Ok(())
}

fn number(digits: &[u8]) -> Result<u32, Parameter> {
    let mut number = 0_u32;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(Parameter::Unknown);
        }
        let digit = u32::from(digit.wrapping_sub(b'0'));
        number = number.saturating_mul(10).saturating_add(digit);
    }
    if digits.is_empty() {
        Err(Parameter::Unknown)
    } else {
        Ok(number)
    }
}
