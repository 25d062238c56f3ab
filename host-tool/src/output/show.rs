//! `postern show`: the transcript, every form, why this verdict, and what was said before.

use std::fmt::Write as _;

use anstyle::Style;
use jiff::Timestamp;
use probe_core::{
    arrival::Sense,
    evidence::{Connection, Ending},
    relay::Outcome,
    smtp::{Extensions, Server},
    verdict::Kind,
};

use super::{
    arrival, counted, escaped, minute, style,
    table::{Cell, Table},
    timestamp, utc, wrapped,
};
use crate::{
    cases::{CaseView, JobView, facts, forms, proof, transcript, words},
    letters::{
        self, Language, Profile,
        language::{Edition, LanguageChoice, choose},
        model::LetterFacts,
    },
    store::Judgement,
};

/// The profile whose letters are quoted: what they say as the result depends on none.
const LETTER_PROFILE: &str = "example-cert";

/// Before the labels' values.
const INDENT: usize = 10;

/// Everything about one case.
pub fn text(
    view: &CaseView,
    judgements: &[Judgement],
    now: Timestamp,
    width: Option<usize>,
) -> String {
    let job = view.latest();
    let mut out = String::new();
    heading(&mut out, view);
    summary(&mut out, view, job, width);
    conversations(&mut out, view, job, width);
    came_back(&mut out, view, job, now, width);
    letter(&mut out, view, now, width);
    all_forms(&mut out, view, job, width);
    history(&mut out, judgements, width);
    out
}

/// A server's name as its makers write it.
pub const fn server(server: Server) -> &'static str {
    match server {
        Server::Postfix => "Postfix",
        Server::Exim => "Exim",
        Server::OpenSmtpd => "OpenSMTPD",
        Server::Sendmail => "Sendmail",
        Server::Courier => "Courier",
        Server::Haraka => "Haraka",
        Server::Exchange => "Microsoft Exchange",
        Server::Qmail => "qmail",
    }
}

fn heading(out: &mut String, view: &CaseView) {
    let verdict = view.verdict();
    let colour = style(verdict.kind);
    let name = view
        .name()
        .map(|name| format!(", {}", name.as_str()))
        .unwrap_or_default();
    let _ = writeln!(
        out,
        "Finding {}: {} port {}{name}, {}\n{colour}{}{colour:#}: {}\n",
        view.case.number.0,
        view.case.target.ip(),
        view.case.target.port(),
        view.case.probe.as_str(),
        verdict.kind.as_str(),
        verdict.reason.as_str(),
    );
}

fn summary(out: &mut String, view: &CaseView, job: &JobView, width: Option<usize>) {
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "{label:<INDENT$}{}", wrapped(text, INDENT, width));
    };
    line("Why", words::why(job.verdict));
    let mut tested = format!(
        "depth {}, {} to {}, {}; judged by rules {}",
        job.depth.as_str(),
        minute(timestamp(job.began)),
        minute(timestamp(job.ended)),
        job.evidence.finish().as_str(),
        probe_core::verdict::RULES,
    );
    if !job.over {
        tested.push_str("; it will be asked again");
    }
    line("Tested", &tested);
    if job.lab {
        line("Lab", "the checks of our own identity were waived");
    }
    if let Some(scope) = &job.scope {
        line(
            "Authority",
            &format!("{}; contact {}", scope.authority.reference, scope.contact),
        );
    }
    if let Some(objection) = view.objection {
        let what = format!(
            "number {}, waiting for a decision (`postern objections`): it is not probed until then, \
             and no letter is written",
            objection.0
        );
        line("Objection", &what);
    }
    line("Server", &about_server(job));
    for listing in &view.case.about.listings {
        let on = listing
            .on
            .map(|date| format!(" seen on {date}"))
            .unwrap_or_default();
        let code = listing
            .code
            .as_ref()
            .map(|code| format!(" ({code})"))
            .unwrap_or_default();
        let since = listing
            .since
            .map(|date| format!(" since {date}"))
            .unwrap_or_default();
        let says = listing
            .claim
            .as_str()
            .map(|word| format!(": {word}"))
            .unwrap_or_default();
        line(
            "Listed by",
            &format!("{}{since}{on}{code}{says}", listing.by),
        );
    }
    let notes: Vec<String> = job
        .evidence
        .notes()
        .iter_names()
        .map(|(name, _)| name.to_ascii_lowercase().replace('_', " "))
        .collect();
    if !notes.is_empty() {
        line("Notes", &notes.join(", "));
    }
}

fn about_server(job: &JobView) -> String {
    let mut about = job
        .evidence
        .server()
        .map_or("not recognised", server)
        .to_owned();
    let offers: Vec<String> = job
        .evidence
        .extensions()
        .iter_names()
        .filter(|(_, flag)| *flag != Extensions::OTHER)
        .map(|(name, _)| name.replace('_', ""))
        .collect();
    if !offers.is_empty() {
        let _ = write!(about, "; offers {}", offers.join(", "));
    }
    let _ = write!(
        about,
        "; slowest reply after {} ms",
        job.evidence.slowest().0
    );
    about
}

fn conversations(out: &mut String, view: &CaseView, job: &JobView, width: Option<usize>) {
    let dim = Style::new().dimmed();
    for (number, conversation) in (1..).zip(transcript::of(view, job)) {
        let _ = writeln!(
            out,
            "\nConnection {number}: {}",
            connection(&conversation.connection)
        );
        for said in &conversation.lines {
            if said.by_us {
                let _ = writeln!(out, "  {dim}C:{dim:#} {}", said.text);
            } else {
                let _ = writeln!(out, "  {dim}S:{dim:#} {}", said.text);
            }
        }
    }
    if job.evidence.lines().next().is_some() {
        let note = "Replies that decide, accept or are odd are kept with their first and last \
                    line; the others are counted.";
        let _ = writeln!(out, "\n{}", wrapped(note, 0, width));
    }
}

/// Test messages, and what came of them.
fn came_back(
    text: &mut String,
    view: &CaseView,
    job: &JobView,
    now: Timestamp,
    width: Option<usize>,
) {
    let proof = job.evidence.proof();
    let writer = forms::Writer::new(view, job);
    for delivery in proof.deliveries() {
        let reply = delivery
            .reply
            .map_or_else(|| "no reply".to_owned(), |reply| reply.code.to_string());
        let _ = writeln!(
            text,
            "\nMessage under {}: {} ({reply})\n  MAIL FROM:{}\n  RCPT TO:{}",
            forms::id(delivery.pair.pair()),
            delivery.fate.as_str(),
            writer.sender(delivery.pair),
            writer.recipient(delivery.pair, false),
        );
    }
    for proved in &job.proved {
        if matches!(proved.sense, Sense::Objected | Sense::Nothing(_)) {
            continue;
        }
        let what = capitalized(arrival::words(proved.sense));
        let arrival = &proved.arrival;
        let _ = writeln!(
            text,
            "\n{what}: {}, from {} port {} to our port {}",
            minute(timestamp(proved.at)),
            arrival.remote.ip(),
            arrival.remote.port(),
            arrival.port,
        );
        for (label, said) in [
            ("EHLO", arrival.helo.as_str()),
            ("MAIL FROM:", arrival.reverse_path.as_str()),
            ("RCPT TO:", arrival.recipient.as_str()),
        ] {
            let _ = writeln!(text, "  {label:<10} {}", escaped(said.as_bytes()));
        }
        for hop in arrival.chain.lines() {
            let hop = escaped(hop.as_bytes());
            let _ = writeln!(text, "  Received:  {}", wrapped(&hop, 13, width));
        }
    }
    if let Some(out) = proof::out(job, utc(now)) {
        let note = format!(
            "{} still out, and may come back until {}: keep a sink running.",
            counted(out.messages, "message is", "messages are"),
            minute(timestamp(out.until))
        );
        let _ = writeln!(text, "\n{}", wrapped(&note, 0, width));
    }
}

/// The result as a letter about this finding alone would have it, in its reader's language and in
/// English.
fn letter(out: &mut String, view: &CaseView, now: Timestamp, width: Option<usize>) {
    let Ok(profile) = Profile::load(LETTER_PROFILE) else {
        return;
    };
    if view.verdict().kind != Kind::Confirmed {
        return;
    }
    let letter = LetterFacts {
        reference: format!("PO-{:06}", view.case.number.0),
        written: utc(now),
        recipient: facts::recipient(&view.case.about),
        findings: vec![facts::finding(view)],
    };
    let mut languages: Vec<Language> = choose(&LanguageChoice::Auto, &letter.recipient)
        .into_iter()
        .flat_map(Edition::languages)
        .chain([Language::En])
        .collect();
    languages.dedup();
    for language in languages {
        let Ok(sentences) = letters::result(&letter, language, &profile) else {
            continue;
        };
        let _ = writeln!(out, "\nA letter says ({language}):");
        for sentence in sentences {
            let _ = writeln!(out, "  {}", wrapped(&sentence, 2, width));
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

fn connection(connection: &Connection) -> String {
    let ended = match connection.ending {
        Ending::Open => "no end is known",
        Ending::InOrder => "ended in order",
        Ending::Announced => "the server announced its end",
        Ending::Fin => "the server closed it without a word",
        Ending::Reset => "it was reset",
        Ending::WriteDeadline => "the server took no more octets",
        Ending::Silent => "no reply came in time",
        Ending::NotSmtp => "what came was no SMTP",
        Ending::OutOfStep => "replies did not match commands",
        Ending::TimeOver => "the target's time was over",
        Ending::Refused => "the port is closed",
        Ending::NoAnswer => "nobody answered",
        Ending::NoSlot => "the appliance had no socket",
        Ending::OutOfScope => "the guard did not allow it",
    };
    let replies = counted(usize::from(connection.replies), "reply", "replies");
    format!("{replies}, {ended}")
}

fn all_forms(out: &mut String, view: &CaseView, job: &JobView, width: Option<usize>) {
    let writer = forms::Writer::new(view, job);
    let counts: Vec<String> = forms::summary(job)
        .into_iter()
        .map(|(column, count)| format!("{count} {}", column.as_str()))
        .collect();
    let _ = writeln!(out, "\nForms: {}", counts.join(", "));
    let mut table = Table::new(&["Form", "Sender", "Recipient", "Reply", "Outcome"]);
    for line in job.evidence.pairs() {
        let pair = line.pair.pair();
        let reply = line
            .reply
            .map_or_else(String::new, |reply| match reply.enhanced {
                Some(code) => format!(
                    "{} {}.{}.{}",
                    reply.code, code.class, code.subject, code.detail
                ),
                None => reply.code.to_string(),
            });
        let outcome = Cell::new(line.outcome.as_str());
        let unsent = matches!(
            line.outcome,
            Outcome::NotReached | Outcome::NotFormable | Outcome::TooLong
        );
        let (sender, recipient) = if unsent {
            let (sender, recipient) = (pair.sender.info(), pair.recipient.info());
            (sender.template.to_owned(), recipient.template.to_owned())
        } else {
            (writer.sender(line.pair), writer.recipient(line.pair, false))
        };
        table.push(vec![
            Cell::new(forms::id(pair)),
            Cell::new(sender),
            Cell::new(recipient),
            Cell::new(reply),
            if line.outcome.is_accepted() {
                outcome.styled(Style::new().bold())
            } else {
                outcome
            },
        ]);
    }
    out.push_str(&table.render(width));
}

fn history(out: &mut String, judgements: &[Judgement], width: Option<usize>) {
    if judgements.is_empty() {
        return;
    }
    let mut table = Table::new(&["Seen", "Judged", "Rules", "Depth", "Verdict", "Reason"]);
    for judgement in judgements {
        let kind = judgement.verdict.kind;
        table.push(vec![
            Cell::new(minute(timestamp(judgement.seen))),
            Cell::new(minute(timestamp(judgement.judged))),
            Cell::new(judgement.rules.to_string()),
            Cell::new(judgement.depth.as_str()),
            Cell::new(kind.as_str()).styled(style(kind)),
            Cell::new(judgement.verdict.reason.as_str()),
        ]);
    }
    let _ = write!(out, "\nHistory\n{}", table.render(width));
}
