//! Form pairs for people: their names, and the commands that were sent.

use std::net::{IpAddr, SocketAddr};

use probe_core::{
    name::Name,
    relay::{Hello, Outcome, Pair, PairId, Setting, Slot},
    scope::Identity,
};

use super::{CaseView, JobView, words::Column};

/// A pair's name, unique within a rules version: `F1:T1`, `F3:T1/parent`, `F1:T1/ehlo-localhost`.
pub fn id(pair: &Pair) -> String {
    let mut id = format!("{}:{}", pair.sender.info().id, recipient_id(pair));
    let hello = match pair.hello {
        Hello::Own => "",
        Hello::Theirs => "/ehlo-theirs",
        Hello::Unknown => "/ehlo-unknown",
        Hello::Literal => "/ehlo-literal",
        Hello::Localhost => "/ehlo-localhost",
    };
    let slot = match pair.slot {
        // These are what their form is written with anyway.
        Slot::Nameless | Slot::Server | Slot::Domain => String::new(),
        Slot::Host => "/host".to_owned(),
        Slot::Parent => "/parent".to_owned(),
        Slot::Listed(at) => format!("/listed-{}", u16::from(at) + 1),
    };
    let setting = match pair.setting {
        Setting::Plain | Setting::AfterPostmaster => "",
        Setting::AfterReset => "/after-rset",
    };
    id.push_str(hello);
    id.push_str(&slot);
    id.push_str(setting);
    id
}

/// T20 has two recipients under one number.
fn recipient_id(pair: &Pair) -> String {
    let info = pair.recipient.info();
    if info.template.contains("127.0.0.1") {
        format!("{}-literal", info.id)
    } else {
        info.id.to_owned()
    }
}

/// Writes the commands of a job as they were sent, except for the marks in the local parts, which
/// are shortened to their role letter.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    target: SocketAddr,
    identity: Option<&'a Identity>,
    host: Option<&'a Name>,
    listed: [Option<&'a Name>; 2],
}

impl<'a> Writer<'a> {
    /// A writer for a job of a case.
    pub fn new(view: &'a CaseView, job: &'a JobView) -> Self {
        let about = &view.case.about;
        let mut names = about.domains.iter().chain(&about.name);
        Self {
            target: view.case.target,
            identity: job.scope.as_ref().map(|scope| &scope.identity),
            host: job.evidence.host(),
            listed: [names.next(), names.next()],
        }
    }

    /// The EHLO command.
    pub fn ehlo(&self, hello: Hello) -> String {
        let name = match hello {
            Hello::Own => self
                .identity
                .map_or("our.name", |it| it.helo.as_str())
                .to_owned(),
            Hello::Theirs => self.name(Slot::Server).to_owned(),
            Hello::Unknown => format!("nonexistent.{}", self.sender_domain()),
            Hello::Literal => self.literal(),
            Hello::Localhost => "localhost".to_owned(),
        };
        format!("EHLO {name}")
    }

    /// The MAIL command.
    pub fn mail(&self, pair: &Pair) -> String {
        let template = pair.sender.info().template;
        format!(
            "MAIL FROM:{}",
            self.fill(template, self.sender_domain(), pair)
        )
    }

    /// The RCPT command; a twin's domain is one that cannot exist.
    pub fn rcpt(&self, pair: &Pair, twin: bool) -> String {
        // T24's template also says what goes before it.
        let template = pair.recipient.info().template;
        let template = template.split(", ").next().unwrap_or(template);
        let domain = if twin {
            "nonce.invalid"
        } else {
            self.sink_domain()
        };
        format!("RCPT TO:{}", self.fill(template, domain, pair))
    }

    fn fill(&self, template: &str, domain: &str, pair: &Pair) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some(first) = rest.chars().next() {
            let length = rest
                .find(|letter: char| !letter.is_ascii_alphabetic())
                .unwrap_or(rest.len());
            if length == 0 {
                filled.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let (word, after) = rest.split_at(length);
            match word {
                "s" | "u" => {
                    filled.push_str(word);
                    filled.push('…');
                }
                "d" => filled.push_str(domain),
                "H" => filled.push_str(self.name(Slot::Server)),
                "L" => filled.push_str(match pair.slot {
                    Slot::Nameless => self.name(Slot::Domain),
                    slot => self.name(slot),
                }),
                "IP" => filled.push_str(&inner_literal(self.target.ip())),
                "sink" => filled.push_str(&self.sink_literal()),
                other => filled.push_str(other),
            }
            rest = after;
        }
        filled
    }

    fn name(&self, slot: Slot) -> &'a str {
        let host = self.host.map(Name::as_str);
        let parent = || {
            let (_, parent) = host?.split_once('.')?;
            parent.contains('.').then_some(parent)
        };
        let listed = |at: usize| Some((*self.listed.get(at)?)?.as_str());
        let name = match slot {
            Slot::Nameless => None,
            Slot::Host => host,
            Slot::Parent => parent(),
            Slot::Listed(at) => listed(usize::from(at)),
            Slot::Server => host.or_else(|| listed(0)),
            Slot::Domain => listed(0).or_else(parent).or(host),
        };
        name.unwrap_or("unknown.name")
    }

    fn sender_domain(&self) -> &'a str {
        self.identity
            .map_or("our.sender.domain", |it| it.sender_domain.as_str())
    }

    fn sink_domain(&self) -> &'a str {
        self.identity
            .map_or("our.sink.domain", |it| it.sink_domain.as_str())
    }

    fn literal(&self) -> String {
        format!("[{}]", inner_literal(self.target.ip()))
    }

    fn sink_literal(&self) -> String {
        match self.identity.and_then(|it| it.sink_address) {
            Some(address) => inner_literal(address),
            None => "our sink's address".to_owned(),
        }
    }
}

/// RFC 5321, 4.1.3.
fn inner_literal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("IPv6:{v6}"),
    }
}

/// How many pairs had which kind of outcome; those without any are left out.
pub fn summary(job: &JobView) -> Vec<(Column, usize)> {
    let outcomes: Vec<Outcome> = job.evidence.pairs().map(|line| line.outcome).collect();
    Column::ALL
        .into_iter()
        .map(|column| {
            let count = outcomes
                .iter()
                .filter(|outcome| Column::of(**outcome) == column)
                .count();
            (column, count)
        })
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// How many pairs were answered, and how many of these were accepted.
pub fn answered(job: &JobView) -> (usize, usize) {
    let outcomes = || job.evidence.pairs().map(|line| line.outcome);
    (
        outcomes().filter(|outcome| outcome.is_answered()).count(),
        outcomes().filter(|outcome| outcome.is_accepted()).count(),
    )
}

/// The pair behind an id.
pub fn pair(id: PairId) -> &'static Pair {
    id.pair()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_pair_has_a_name_of_its_own() {
        let names: BTreeSet<String> = PairId::all().map(|it| id(it.pair())).collect();
        assert_eq!(names.len(), PairId::all().count());
    }

    #[test]
    fn templates_are_filled_with_names() {
        let host = Name::new("mail.a.example").unwrap();
        let listed = Name::new("b.example").unwrap();
        let identity = Identity {
            helo: Name::new("probe.cert.example").unwrap(),
            sender_domain: Name::new("from.cert.example").unwrap(),
            sink_domain: Name::new("sink.cert.example").unwrap(),
            sink_address: None,
            resolver: None,
        };
        let writer = Writer {
            target: "[2001:db8::1]:25".parse().unwrap(),
            identity: Some(&identity),
            host: Some(&host),
            listed: [Some(&listed), None],
        };
        let filled = |template| writer.fill(template, "sink.cert.example", PairId::DECIDING.pair());
        for (template, text) in [
            ("<u@d>", "<u…@sink.cert.example>"),
            ("<u%d@H>", "<u…%sink.cert.example@mail.a.example>"),
            (
                "<@L,@H:u@d>",
                "<@b.example,@mail.a.example:u…@sink.cert.example>",
            ),
            ("<d!u@[IP]>", "<sink.cert.example!u…@[IPv6:2001:db8::1]>"),
            ("<u%d@localhost>", "<u…%sink.cert.example@localhost>"),
            ("<postmaster@L>", "<postmaster@b.example>"),
            ("<>", "<>"),
        ] {
            assert_eq!(filled(template), text, "{template}");
        }
        assert_eq!(writer.ehlo(Hello::Own), "EHLO probe.cert.example");
        assert_eq!(writer.ehlo(Hello::Literal), "EHLO [IPv6:2001:db8::1]");
    }
}
