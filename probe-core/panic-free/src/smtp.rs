//! SMTP: replies in, commands out.

use core::{hint::black_box, net::IpAddr};

use probe_core::{
    name::Name,
    smtp::{Command, Enhanced, Greeter, PathText, ReplyParser, Step, Wording, base32, classify},
};

pub(crate) fn replies(octets: &[u8]) {
    let mut parser = ReplyParser::new();
    let step = black_box(Step::Rcpt);
    let mut received = octets;
    while let Some(reply) = parser.push(step, &mut received) {
        black_box(reply.host());
        black_box(reply.closes());
        black_box(reply.class.as_str());
        for word in reply.quirks.words() {
            black_box(word);
        }
        black_box(reply);
    }
    black_box(parser.unfinished());
    parser.reset();
    black_box(&parser);
    black_box(classify(
        step,
        black_box(550),
        black_box(None::<Enhanced>),
        Wording::of(octets),
    ));
}

pub(crate) fn commands(out: &mut [u8]) {
    let address: IpAddr = black_box(IpAddr::from([0; 16]));
    if let Ok(name) = Name::new(black_box("mail.example.org")) {
        for command in [
            Command::Ehlo(Greeter::Name(&name)),
            Command::Helo(Greeter::Localhost),
            Command::Ehlo(Greeter::Literal(address)),
            Command::Mail(black_box("<>")),
            Command::Rcpt(black_box("<u@example.net>")),
            Command::Rset,
            Command::Quit,
        ] {
            black_box(black_box(command).write(out).ok());
        }
    }
    let mut path = PathText::new();
    black_box(base32::write(out, &mut path).is_ok());
    black_box(&path);
}
