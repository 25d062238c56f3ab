//! `postern show`: the transcript, every form, why this verdict, and what was said before.

mod dnsbl;
mod proxy;
mod relay;

use std::fmt::Write as _;

use jiff::Timestamp;
use probe_core::{evidence::Evidence, scope::DNSBL_PORT, smtp::Server, verdict::Kind};

use super::{
    minute, style,
    table::{Cell, Table},
    timestamp, utc, wrapped,
};
use crate::{
    cases::{CaseView, JobView, facts, forms, words},
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
    match &job.evidence {
        Evidence::Relay(evidence) => {
            relay::conversations(&mut out, view, job, evidence, width);
            relay::came_back(&mut out, view, job, evidence, now, width);
        }
        Evidence::Proxy(evidence) => {
            proxy::conversations(&mut out, job, evidence);
            proxy::visits(&mut out, job, width);
        }
        Evidence::Dnsbl(evidence) => dnsbl::lists(&mut out, job, evidence, width),
    }
    letter(&mut out, view, now, width);
    match &job.evidence {
        Evidence::Relay(evidence) => relay::all_forms(&mut out, view, job, evidence, width),
        Evidence::Proxy(evidence) => proxy::all_attempts(&mut out, job, evidence, width),
        Evidence::Dnsbl(_) => {}
    }
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
    let port = match view.case.target.port() {
        DNSBL_PORT => String::new(),
        port => format!(" port {port}"),
    };
    let name = view
        .name()
        .map(|name| format!(", {}", name.as_str()))
        .unwrap_or_default();
    let _ = writeln!(
        out,
        "Finding {}: {}{port}{name}, {}\n{colour}{}{colour:#}: {}\n",
        view.case.number.0,
        view.case.target.ip(),
        view.case.probe.as_str(),
        verdict.kind.as_str(),
        verdict.reason.as_str(),
    );
}

fn summary(out: &mut String, view: &CaseView, job: &JobView, width: Option<usize>) {
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "{label:<INDENT$}{}", wrapped(text, INDENT, width));
    };
    line("Why", words::why(view.case.probe, job.verdict));
    let mut tested = format!(
        "depth {}, {} to {}, {}; judged by rules {}",
        job.depth.as_str(),
        minute(timestamp(job.began)),
        minute(timestamp(job.ended)),
        job.finish().as_str(),
        probe_core::verdict::RULES,
    );
    if !job.over {
        tested.push_str("; it will be asked again");
    }
    line("Tested", &tested);
    if job.path_checked {
        line(
            "Way",
            "port 25 leads out: whoever probed had reached our own sink through it",
        );
    }
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
    match &job.evidence {
        Evidence::Relay(evidence) => line("Server", &relay::about_server(evidence)),
        Evidence::Proxy(evidence) => {
            if let Some(about) = proxy::about(evidence) {
                line("From", &about);
            }
        }
        Evidence::Dnsbl(_) => {}
    }
    for listed in &view.listed {
        let listing = &listed.listing;
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
        let quoted = if listed.may_be_quoted {
            ""
        } else {
            " (may not be quoted)"
        };
        let says = listing
            .claim
            .as_str()
            .map(|word| format!(": {word}"))
            .unwrap_or_default();
        line(
            "Listed by",
            &format!("{}{since}{on}{code}{says}{quoted}", listing.by),
        );
    }
    let notes = match &job.evidence {
        Evidence::Relay(evidence) => relay::notes(evidence),
        Evidence::Proxy(evidence) => proxy::notes(evidence),
        Evidence::Dnsbl(_) => Vec::new(),
    };
    if !notes.is_empty() {
        line("Notes", &notes.join(", "));
    }
    if forms::Writer::new(view, job).has_reverse_name() {
        line(
            "Names",
            "forms with a domain that neither the list nor the server names were written with what the \
             address is called (its reverse name); the finding does not hold it",
        );
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
    let Some(finding) = facts::finding(view) else {
        return;
    };
    let letter = LetterFacts {
        reference: format!("PO-{:06}", view.case.number.0),
        written: utc(now),
        recipient: facts::recipient(&view.case.about),
        findings: vec![finding],
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

#[cfg(test)]
mod tests;
