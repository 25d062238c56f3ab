//! What `postern show` tells of a relay job.

use std::fmt::Write as _;

use anstyle::Style;
use jiff::Timestamp;
use probe_core::{
    arrival::Sense,
    evidence::{Connection, Ending, RelayEvidence},
    relay::Outcome,
    smtp::Extensions,
};

use super::{
    super::{
        arrival, counted, escaped, minute,
        table::{Cell, Table},
        timestamp, utc, wrapped,
    },
    capitalized, server,
};
use crate::cases::{CaseView, JobView, forms, proof, transcript};

/// What is known of the server.
pub(super) fn about_server(evidence: &RelayEvidence) -> String {
    let mut about = evidence
        .server()
        .map_or("not recognised", server)
        .to_owned();
    let offers: Vec<String> = evidence
        .extensions()
        .iter_names()
        .filter(|(_, flag)| *flag != Extensions::OTHER)
        .map(|(name, _)| name.replace('_', ""))
        .collect();
    if !offers.is_empty() {
        let _ = write!(about, "; offers {}", offers.join(", "));
    }
    let _ = write!(about, "; slowest reply after {} ms", evidence.slowest().0);
    about
}

/// What explains the course of the dialogue.
pub(super) fn notes(evidence: &RelayEvidence) -> Vec<String> {
    let names = evidence.notes();
    names
        .iter_names()
        .map(|(name, _)| name.to_ascii_lowercase().replace('_', " "))
        .collect()
}

/// The conversations, as far as their text was kept.
pub(super) fn conversations(
    out: &mut String,
    view: &CaseView,
    job: &JobView,
    evidence: &RelayEvidence,
    width: Option<usize>,
) {
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
    if evidence.lines().next().is_some() {
        let note = "Replies that decide, accept or are odd are kept with their first and last \
                    line; the others are counted.";
        let _ = writeln!(out, "\n{}", wrapped(note, 0, width));
    }
}

/// Test messages, and what came of them.
pub(super) fn came_back(
    text: &mut String,
    view: &CaseView,
    job: &JobView,
    evidence: &RelayEvidence,
    now: Timestamp,
    width: Option<usize>,
) {
    let proof = evidence.proof();
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

/// Every form, and its outcome.
pub(super) fn all_forms(
    out: &mut String,
    view: &CaseView,
    job: &JobView,
    evidence: &RelayEvidence,
    width: Option<usize>,
) {
    let writer = forms::Writer::new(view, job);
    let counts: Vec<String> = forms::summary(job)
        .into_iter()
        .map(|(column, count)| format!("{count} {}", column.as_str()))
        .collect();
    let _ = writeln!(out, "\nForms: {}", counts.join(", "));
    let mut table = Table::new(&["Form", "Sender", "Recipient", "Reply", "Outcome"]);
    for line in evidence.pairs() {
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
