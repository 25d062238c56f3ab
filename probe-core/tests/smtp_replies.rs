//! Replies as servers really send them. Whatever is done to the stream on its way, what the
//! parser says of it is the same.

use probe_core::smtp::{
    Class, Extensions, LINE_OCTETS_KEPT, LINE_OCTETS_MAX, Quirks, REPLY_LINES_MAX,
    REPLY_OCTETS_MAX, Reply, ReplyParser, Server, Step,
};

/// A reply that outlives its parser.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    code: u16,
    enhanced: Option<(u8, u16, u16)>,
    class: Class,
    first: String,
    last: String,
    lines: u16,
    octets: u32,
    quirks: Vec<&'static str>,
    extensions: Extensions,
    server: Option<Server>,
    host: Option<String>,
}

impl From<Reply<'_>> for Seen {
    fn from(reply: Reply<'_>) -> Self {
        Self {
            code: reply.code,
            enhanced: reply
                .enhanced
                .map(|code| (code.class, code.subject, code.detail)),
            class: reply.class,
            first: reply.first.escape_ascii().to_string(),
            last: reply.last.escape_ascii().to_string(),
            lines: reply.lines,
            octets: reply.octets,
            quirks: reply.quirks.words().collect(),
            extensions: reply.extensions,
            server: reply.server,
            host: reply.host().map(|name| name.as_str().to_owned()),
        }
    }
}

/// Everything that comes out when these pieces come in and then the connection ends.
fn read<'a>(step: Step, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut parser = ReplyParser::new();
    let mut seen = Vec::new();
    for piece in pieces {
        let mut received = piece;
        while let Some(reply) = parser.push(step, &mut received) {
            seen.push(Seen::from(reply));
        }
        assert!(received.is_empty(), "all octets are taken");
    }
    seen.extend(parser.unfinished().map(Seen::from));
    seen
}

fn whole(step: Step, stream: &[u8]) -> Vec<Seen> {
    read(step, [stream])
}

/// One reply from a stream that has exactly one.
fn one(step: Step, stream: impl AsRef<[u8]>) -> Seen {
    let mut seen = whole(step, stream.as_ref());
    assert_eq!(seen.len(), 1, "{seen:#?}");
    seen.remove(0)
}

/// Streams with every oddity at once, for tests that cut them.
const STREAMS: &[(Step, &[u8])] = &[
    (Step::Greeting, b"220 mail.example.org ESMTP Postfix\r\n"),
    (
        Step::Greeting,
        b"220-mail.example.org ESMTP\r\n220-no spam\r\n220 \r\n",
    ),
    (Step::Greeting, b"\r\n\n220 late\r\n"),
    (Step::Greeting, b"SSH-2.0-OpenSSH_9.2\r\n"),
    (Step::Greeting, b"\x16\x03\x01\x00\x02\x02\x28"),
    (Step::Greeting, b"+OK POP3 ready\r\n"),
    (
        Step::Greeting,
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    ),
    (Step::Greeting, b"22"),
    (Step::Greeting, b"220-never ends\r\n"),
    (
        Step::Ehlo,
        b"250-mail.example.org Hello\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 HELP\r\n250 ok\r\n",
    ),
    (
        Step::Rcpt,
        b"454 4.7.1 <u@d>: Relay access denied\r\n250 2.1.5 Ok\r\n",
    ),
    (
        Step::Rcpt,
        b"250-a\n550-b\r\n\r\nstray\r\n550\t5.7.1 c\r\n250\r\n",
    ),
    (Step::Rcpt, b"250 a\rb\r\r\n550 \xe9\x00\n"),
    (Step::Rcpt, b"5500 four\r\n"),
    (Step::Rcpt, b"250 one\r\n250 two\r\n421 three"),
];

#[test]
fn a_stream_cut_at_any_octet_reads_the_same() {
    for (step, stream) in STREAMS {
        let expected = whole(*step, stream);
        for at in 0..=stream.len() {
            let (head, tail) = stream.split_at(at);
            assert_eq!(
                read(*step, [head, tail]),
                expected,
                "{} cut at {at}",
                stream.escape_ascii()
            );
        }
        assert_eq!(
            read(*step, stream.chunks(1)),
            expected,
            "{} octet by octet",
            stream.escape_ascii()
        );
    }
}

#[test]
fn any_octets_in_any_pieces_read_the_same() {
    // Words of streams, so that random ones get past the first octet.
    const PARTS: &[&[u8]] = &[
        b"220",
        b"250",
        b"454",
        b"550",
        b"-",
        b" ",
        b"\t",
        b"\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b"5.7.1 ",
        b"relay",
        b" denied",
        b"2",
        b"x",
        b"<",
        b">",
        b"PIPELINING",
        b"mail.example.org ",
        b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    const STEPS: &[Step] = &[Step::Greeting, Step::Ehlo, Step::Mail, Step::Rcpt];
    for seed in 1..2_000_u64 {
        let mut dice = Dice(seed);
        let step = STEPS[dice.below(STEPS.len())];
        let mut stream = Vec::new();
        for _ in 0..dice.below(60) {
            stream.extend_from_slice(PARTS[dice.below(PARTS.len())]);
        }
        let expected = whole(step, &stream);
        let mut pieces = Vec::new();
        let mut rest = stream.as_slice();
        while !rest.is_empty() {
            let (piece, tail) = rest.split_at(1 + dice.below(rest.len().min(40)));
            pieces.push(piece);
            rest = tail;
        }
        assert_eq!(
            read(step, pieces),
            expected,
            "seed {seed}: {}",
            stream.escape_ascii()
        );
    }
}

#[test]
fn a_reply_has_code_text_and_enhanced_code() {
    assert_eq!(
        one(Step::Rcpt, "454 4.7.1 <u@d>: Relay access denied\r\n"),
        Seen {
            code: 454,
            enhanced: Some((4, 7, 1)),
            class: Class::RelayDenied,
            first: "454 4.7.1 <u@d>: Relay access denied".into(),
            last: "454 4.7.1 <u@d>: Relay access denied".into(),
            lines: 1,
            octets: 38,
            quirks: vec![],
            extensions: Extensions::empty(),
            server: None,
            host: None,
        }
    );
}

#[test]
fn an_answer_to_ehlo_names_host_and_extensions() {
    let seen = one(
        Step::Ehlo,
        "250-mail.example.org Hello probe\r\n250-PIPELINING\r\n250-starttls\r\n250 X-EXPS\r\n",
    );
    assert_eq!(seen.host.as_deref(), Some("mail.example.org"));
    assert_eq!(
        seen.extensions,
        Extensions::PIPELINING | Extensions::STARTTLS | Extensions::OTHER
    );
    assert_eq!(seen.server, Some(Server::Exchange));
    assert_eq!(seen.lines, 4);
    let helo = one(Step::Ehlo, "250 PIPELINING\r\n");
    assert_eq!(
        helo.extensions,
        Extensions::empty(),
        "the first line is a greeting"
    );
}

#[test]
fn greetings_give_programs_away() {
    for (greeting, server) in [
        (
            "220 mail.example.org ESMTP Postfix (Ubuntu)",
            Some(Server::Postfix),
        ),
        ("220 m.example ESMTP Exim 4.96 Sat", Some(Server::Exim)),
        ("220 m.example ESMTP OpenSMTPD", Some(Server::OpenSmtpd)),
        (
            "220 m.example ESMTP Sendmail 8.17.1",
            Some(Server::Sendmail),
        ),
        ("220 m.example ESMTP Courier 1.0", Some(Server::Courier)),
        (
            "220 m.example ESMTP Haraka 3.0.3 ready",
            Some(Server::Haraka),
        ),
        (
            "220 m.example Microsoft ESMTP MAIL Service ready",
            Some(Server::Exchange),
        ),
        ("220 m.example ESMTP qpsmtpd 1.0", Some(Server::Qmail)),
        ("220 postfix.example.org ESMTP", None),
        ("220 m.example ESMTP", None),
    ] {
        assert_eq!(
            one(Step::Greeting, format!("{greeting}\r\n")).server,
            server,
            "{greeting}"
        );
    }
}

#[test]
fn answers_to_ehlo_give_programs_away() {
    for (line, server) in [
        ("PRDR", Some(Server::Exim)),
        ("PIPECONNECT", Some(Server::Exim)),
        ("DELIVERBY", Some(Server::Sendmail)),
        ("XVERP=Courier", Some(Server::Courier)),
        ("X-EXPS GSSAPI NTLM", Some(Server::Exchange)),
        ("PIPELINING", None),
    ] {
        let stream = format!("250-m.example Hello\r\n250 {line}\r\n");
        assert_eq!(one(Step::Ehlo, stream).server, server, "{line}");
    }
}

#[test]
fn quirks_are_named_and_nothing_is_lost() {
    for (stream, code, last, quirks) in [
        ("250 ok\n", 250, "250 ok", &["bare-lf"][..]),
        ("250 a\rb\r\n", 250, "250 a\\rb", &["bare-cr"]),
        ("250 ok\r\r\n", 250, "250 ok\\r", &["bare-cr"]),
        ("250 caf\u{e9}\r\n", 250, "250 caf\\xc3\\xa9", &["8-bit"]),
        ("250 \0\r\n", 250, "250 \\x00", &["nul"]),
        ("250-a\r\n550 b\r\n", 550, "550 b", &["mixed-codes"]),
        ("250-a\r\nb\r\n250 c\r\n", 250, "250 c", &["stray-line"]),
        ("250-a\r\n\r\n250 c\r\n", 250, "250 c", &["stray-line"]),
        ("\r\n250 c\r\n", 250, "250 c", &["blank-line"]),
        ("250\r\n", 250, "250", &["no-text"]),
        ("250 \r\n", 250, "250 ", &["no-text"]),
        ("250-\r\n250 x\r\n", 250, "250 x", &[]),
        ("250\tok\r\n", 250, "250\\tok", &["odd-separator"]),
        ("250ok\r\n", 250, "250ok", &["odd-separator"]),
        (
            "250 5.7.1 ok\r\n",
            250,
            "250 5.7.1 ok",
            &["enhanced-mismatch"],
        ),
    ] {
        let seen = one(Step::Rcpt, stream);
        assert_eq!((seen.code, seen.last.as_str()), (code, last), "{stream:?}");
        assert_eq!(seen.quirks, quirks, "{stream:?}");
    }
}

#[test]
fn codes_are_200_to_599() {
    for (stream, code) in [
        ("200 a", 200),
        ("599 a", 599),
        ("556 a", 556),
        ("199 a", 0),
        ("600 a", 0),
        ("25 a", 0),
        ("2500 a", 0),
        (" 250 a", 0),
        ("250", 250),
    ] {
        let seen = one(Step::Rcpt, format!("{stream}\r\n"));
        assert_eq!(seen.code, code, "{stream:?}");
        assert_eq!(seen.class == Class::NotSmtp, code == 0, "{stream:?}");
    }
}

#[test]
fn what_is_no_smtp_is_said_once() {
    for stream in [
        &b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n220 mail.example.org ESMTP\r\n"[..],
        b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
        b"* OK IMAP4rev1\r\n",
        b"+OK POP3\r\n",
        b"\xff\xfb\x01\xff\xfb\x03\n",
        b"EHLO probe.example.net\r\n",
        &[0x42; 5_000],
        &[0; 5_000],
    ] {
        let seen = one(Step::Greeting, stream);
        assert_eq!(seen.class, Class::NotSmtp, "{}", stream.escape_ascii());
        assert_eq!(seen.code, 0);
        assert!(!seen.first.is_empty(), "evidence of what it said instead");
    }
}

#[test]
fn what_never_ends_is_seen_when_the_connection_ends() {
    for (stream, class) in [
        (&b""[..], None),
        (b"\r\n", Some(Class::Unfinished)),
        (b"2", Some(Class::Unfinished)),
        (b"220", Some(Class::Unfinished)),
        (b"220 mail", Some(Class::Unfinished)),
        (b"220-mail\r\n", Some(Class::Unfinished)),
        (b"220-mail\r\n22", Some(Class::Unfinished)),
        (b"\x15\x03\x01", Some(Class::NotSmtp)),
        (b"hello", Some(Class::NotSmtp)),
        (b"2200", Some(Class::NotSmtp)),
    ] {
        let seen = whole(Step::Greeting, stream);
        let classes: Vec<Class> = seen.iter().map(|reply| reply.class).collect();
        assert_eq!(classes, Vec::from_iter(class), "{}", stream.escape_ascii());
        assert!(
            seen.iter()
                .all(|reply| reply.quirks.contains(&"unfinished"))
        );
    }
}

#[test]
fn nothing_is_unfinished_after_a_whole_reply() {
    let mut parser = ReplyParser::new();
    let mut received = &b"220 hi\r\n"[..];
    assert!(parser.push(Step::Greeting, &mut received).is_some());
    assert_eq!(parser.unfinished(), None);
}

#[test]
fn a_greeting_of_85_kilobytes_is_read_to_its_end() {
    let line = "220-We do not like mail from strangers, and say so at length.\r\n";
    let stream = format!(
        "{}220 mail.example.org ESMTP Postfix\r\n",
        line.repeat(85_000 / line.len())
    );
    let seen = one(Step::Greeting, &stream);
    assert_eq!((seen.code, seen.class), (220, Class::Accepted));
    assert_eq!(seen.octets as usize, stream.len());
    assert_eq!(seen.host.as_deref(), Some("mail.example.org"));
    assert_eq!(seen.server, Some(Server::Postfix));
    assert_eq!(seen.quirks, [""; 0]);

    let in_one_line = format!("220 {}\r\n", "x".repeat(85_000));
    let seen = one(Step::Greeting, in_one_line);
    assert_eq!((seen.code, seen.class), (220, Class::Accepted));
    assert_eq!(seen.last.len(), LINE_OCTETS_KEPT);
    assert_eq!(seen.quirks, ["line-over-rfc", "line-cut"]);
}

#[test]
fn each_limit_is_exact_and_named_when_it_is_reached() {
    let line = |octets: u32| format!("250 {}\r\n", "x".repeat(octets as usize - 4));
    assert_eq!(one(Step::Rcpt, line(510)).quirks, ["line-cut"]);
    assert_eq!(
        one(Step::Rcpt, line(511)).quirks,
        ["line-over-rfc", "line-cut"]
    );
    assert_eq!(
        one(Step::Rcpt, line(LINE_OCTETS_KEPT as u32)).quirks,
        [""; 0]
    );
    assert_eq!(
        one(Step::Rcpt, line(LINE_OCTETS_KEPT as u32 + 1)).quirks,
        ["line-cut"]
    );

    assert_eq!(
        one(Step::Rcpt, line(LINE_OCTETS_MAX)).class,
        Class::Accepted
    );
    let seen = one(Step::Rcpt, line(LINE_OCTETS_MAX + 1));
    assert_eq!(seen.class, Class::Endless);
    assert!(seen.quirks.contains(&"line-limit"), "{:?}", seen.quirks);

    let many = |lines: u16| format!("{}250 x\r\n", "250-\r\n".repeat(usize::from(lines) - 1));
    assert_eq!(
        one(Step::Rcpt, many(REPLY_LINES_MAX)).class,
        Class::Accepted
    );
    let seen = one(Step::Rcpt, many(REPLY_LINES_MAX + 1));
    assert_eq!((seen.class, seen.lines), (Class::Endless, REPLY_LINES_MAX));
    assert_eq!(seen.quirks, ["lines-limit"]);

    let long = format!("250-{}\r\n", "x".repeat(1_018)).repeat(REPLY_OCTETS_MAX as usize / 1_024);
    let seen = one(Step::Rcpt, long);
    assert_eq!(
        (seen.class, seen.octets),
        (Class::Endless, REPLY_OCTETS_MAX)
    );
    assert!(seen.quirks.contains(&"reply-limit"), "{:?}", seen.quirks);

    let blank = one(
        Step::Greeting,
        "\r\n".repeat(usize::from(REPLY_LINES_MAX) + 5),
    );
    assert_eq!(blank.class, Class::Endless);
    assert_eq!(blank.quirks, ["blank-line", "lines-limit"]);
}

#[test]
fn a_group_is_drained_one_reply_at_a_time() {
    let mut parser = ReplyParser::new();
    let mut received = &b"250 2.1.0 Ok\r\n454 4.7.1 Relay access denied\r\n221 2.0.0 Bye\r\n2"[..];
    let mut left = Vec::new();
    for (step, class) in [
        (Step::Mail, Class::Accepted),
        (Step::Rcpt, Class::RelayDenied),
        (Step::Quit, Class::Accepted),
    ] {
        assert_eq!(
            parser.push(step, &mut received).map(|reply| reply.class),
            Some(class)
        );
        left.push(received.len());
    }
    assert_eq!(left, [47, 16, 1], "nothing is taken beyond a reply");
    assert_eq!(parser.push(Step::Quit, &mut received), None);
}

#[test]
fn a_new_connection_begins_anew() {
    let mut parser = ReplyParser::new();
    for stream in [&b"SSH-2.0-x\r\n"[..], b"220-half", b"220 whole\r\n"] {
        parser.reset();
        let _ = parser.push(Step::Greeting, &mut &stream[..]);
    }
    parser.reset();
    let mut received = &b"220 mail.example.org\r\n"[..];
    let reply = parser.push(Step::Greeting, &mut received).expect("a reply");
    assert_eq!(
        (reply.class, reply.quirks),
        (Class::Accepted, Quirks::empty())
    );
}

#[test]
fn replies_that_close_say_so() {
    for (reply, closes) in [
        ("421 bye", true),
        ("221 bye", true),
        ("521 no mail", true),
        ("550 no", false),
        ("garbage", true),
    ] {
        let mut parser = ReplyParser::new();
        let stream = format!("{reply}\r\n");
        let reply = parser
            .push(Step::Rcpt, &mut stream.as_bytes())
            .expect("a reply");
        assert_eq!(reply.closes(), closes, "{stream:?}");
    }
}

#[test]
fn the_parser_is_small_enough_for_a_dialogue() {
    assert!(
        size_of::<ReplyParser>() <= 400,
        "{}",
        size_of::<ReplyParser>()
    );
}

#[test]
fn every_quirk_is_described() {
    let page = include_str!("../../docs/smtp-replies.md");
    for word in Quirks::all().words() {
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
}

/// A small generator (SplitMix64), so that a seed makes a test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }
}
