//! What a sink says of each thing that comes.

use probe_core::{
    arrival::{Sense, What},
    proxy::AttemptId,
};
use serde::Serialize;

use super::{escaped, findings::address, minute, timestamp};
use crate::{
    cases::{CaseView, attempts, forms},
    store::{KeptArrival, ObjectionNumber},
};

/// Something that came, and what is known of it.
#[derive(Clone, Debug)]
pub struct Came {
    /// What came.
    pub kept: KeptArrival,
    /// Of which case, and what it proves there; `None` where the store knows no such job, or the token
    /// proves nothing.
    pub of: Option<(CaseView, Sense)>,
    /// The objection that it is.
    pub objection: Option<ObjectionNumber>,
}

impl Came {
    /// What is known of an arrival, where its case is among these; an objection's number apart.
    pub fn of_one(kept: KeptArrival, cases: &[CaseView]) -> Self {
        let of = cases.iter().find_map(|view| {
            let mut proved = view.jobs().iter().flat_map(|job| &job.proved);
            let found = proved.find(|it| it.arrival == kept.arrival)?;
            Some((view.clone(), found.sense))
        });
        Self {
            kept,
            of,
            objection: None,
        }
    }
}

/// A line for people.
pub fn line(came: &Came) -> String {
    let arrival = &came.kept.arrival;
    let from = format!(
        "from {} ({})",
        arrival.remote.ip().to_canonical(),
        escaped(arrival.helo.as_bytes())
    );
    let what = match (&came.of, came.objection) {
        (_, Some(number)) => format!(
            "objection {} {from}: decide about it with `postern objections`",
            number.0
        ),
        (Some((view, sense)), None) => {
            let verdict = view.verdict();
            format!(
                "{}{}: {} {from}; finding {} is {}",
                address(view.case.target),
                form(*sense)
                    .map(|form| format!(" {form}"))
                    .unwrap_or_default(),
                words(*sense),
                view.case.number.0,
                verdict.kind.as_str()
            )
        }
        (None, None) => format!(
            "{} {from} to <{}>: no job here has this token; kept, and verified when its job is known",
            arrival.what.as_str(),
            escaped(arrival.recipient.as_bytes())
        ),
    };
    format!("{}  {what}\n", minute(timestamp(came.kept.at)))
}

/// What it proves, in words.
pub const fn words(sense: Sense) -> &'static str {
    match sense {
        Sense::Relayed(_) => "our message came back",
        Sense::Bounced(_) => "a bounce came",
        Sense::CalledOut(_) => "a server asked whether an address of ours exists",
        Sense::Visited(_) => "a connection came out",
        Sense::Objected => "somebody objects",
        Sense::Nothing(_) => "nothing is proved",
    }
}

/// What it proves, in `--json`.
pub const fn word(sense: Sense) -> &'static str {
    match sense {
        Sense::Relayed(_) => "returned",
        Sense::Bounced(_) => "bounced",
        Sense::CalledOut(_) => "callout",
        Sense::Visited(_) => "visit",
        Sense::Objected => "objection",
        Sense::Nothing(_) => "nothing",
    }
}

/// The form, or the attempt of a proxy job, that it speaks of.
pub fn form(sense: Sense) -> Option<String> {
    match sense {
        Sense::Relayed(pair) | Sense::Bounced(pair) | Sense::CalledOut(pair) => {
            Some(forms::id(pair.pair()))
        }
        Sense::Visited(octet) => Some(attempts::word(AttemptId::of_octet(octet)?).to_owned()),
        Sense::Objected | Sense::Nothing(_) => None,
    }
}

#[derive(Serialize)]
struct Line<'a> {
    at: String,
    came: &'static str,
    proves: Option<&'static str>,
    number: Option<u64>,
    target: Option<String>,
    form: Option<String>,
    verdict: Option<&'static str>,
    objection: Option<u64>,
    from: String,
    port: u16,
    helo: &'a str,
    sender: &'a str,
    recipient: &'a str,
    chain: Vec<&'a str>,
}

/// A line of JSON.
pub fn json(came: &Came) -> String {
    let arrival = &came.kept.arrival;
    let sense = came.of.as_ref().map(|(_, sense)| *sense);
    let view = came.of.as_ref().map(|(view, _)| view);
    let line = Line {
        at: timestamp(came.kept.at).to_string(),
        came: arrival.what.as_str(),
        proves: match arrival.what {
            What::Objection => Some(word(Sense::Objected)),
            _ => sense.map(word),
        },
        number: view.map(|view| view.case.number.0),
        target: view.map(|view| view.case.target.to_string()),
        form: sense.and_then(form),
        verdict: view.map(|view| view.verdict().kind.as_str()),
        objection: came.objection.map(|it| it.0),
        from: arrival.remote.ip().to_canonical().to_string(),
        port: arrival.port,
        helo: &arrival.helo,
        sender: &arrival.reverse_path,
        recipient: &arrival.recipient,
        chain: arrival.chain.lines().collect(),
    };
    let mut line = serde_json::to_string(&line).expect("plain data is JSON");
    line.push('\n');
    line
}
