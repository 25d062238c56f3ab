//! `postern findings` and `postern show`.

use probe_core::verdict::Kind;

use super::{
    args::{Also, Findings, FindingsFormat, Show},
    now, open_store_to_read, print,
};
use crate::{
    cases::{self, CaseView},
    exit::{Exit, Failure},
    output::{self, intelmq, json, show},
    problem::{Place, Problem},
    store::{CaseNumber, Store as _},
};

pub(super) fn list(args: &Findings) -> Result<Exit, Failure> {
    let format = match args.format {
        Some(format) => format,
        None if args.json => FindingsFormat::Json,
        None => FindingsFormat::Table,
    };
    if !args.also.is_empty() && format != FindingsFormat::Intelmq {
        return Err(Failure::input(Problem::new(
            Place::named("--also"),
            "it does not go with this format",
            "--also with --format intelmq: the other formats print every finding",
        )));
    }
    let store = open_store_to_read(&args.store)?;
    let cases = cases::load(&store).map_err(Failure::Store)?;
    let text = match format {
        FindingsFormat::Json => cases.iter().map(|view| json::line(view, None)).collect(),
        FindingsFormat::Intelmq => events(&cases, &args.also),
        FindingsFormat::Table if cases.is_empty() => "no findings yet\n".to_owned(),
        FindingsFormat::Table => output::findings::text(&cases, output::width()),
    };
    print(&text)?;
    Ok(Exit::Done)
}

/// What is proved, and what the user wants to see beside it; the rest is told on standard error. An
/// event goes to others, as a letter does: there is none while somebody objects.
fn events(cases: &[CaseView], also: &[Also]) -> String {
    let is_wanted = |kind: Kind| match kind {
        Kind::Confirmed => true,
        Kind::Accepted => also.contains(&Also::Accepted),
        Kind::Suspected => also.contains(&Also::Suspected),
        Kind::Closed | Kind::Inconclusive => false,
    };
    let (objected, cases): (Vec<&CaseView>, Vec<_>) =
        cases.iter().partition(|view| view.objection.is_some());
    if !objected.is_empty() {
        anstream::eprintln!(
            "postern: {} no event until a person decides about an objection: see `postern objections`",
            output::counted(objected.len(), "finding is", "findings are")
        );
    }
    let (wanted, rest): (Vec<_>, Vec<_>) = cases
        .into_iter()
        .partition(|view| is_wanted(view.verdict().kind));
    if !rest.is_empty() {
        let unproved = rest
            .iter()
            .any(|view| intelmq::may_be_event(view.verdict().kind));
        let hint = if unproved {
            "; --also accepted and --also suspected print those as events that say so"
        } else {
            ""
        };
        anstream::eprintln!(
            "postern: {} not proved and no event{hint}",
            output::counted(rest.len(), "finding is", "findings are")
        );
    }
    wanted.into_iter().filter_map(intelmq::line).collect()
}

pub(super) fn show(args: &Show) -> Result<Exit, Failure> {
    let store = open_store_to_read(&args.store)?;
    let number = CaseNumber(args.number);
    let view = cases::load_one(&store, number).map_err(Failure::Store)?;
    let Some(view) = view else {
        return Err(Failure::input(Problem::new(
            Place::named(format!("NUMBER {}", args.number)),
            "there is no finding of this number",
            "a number from the first column of `postern findings`",
        )));
    };
    let judgements = store.judgements(number).map_err(Failure::Store)?;
    print(&show::text(&view, &judgements, now(), output::width()))?;
    Ok(Exit::Done)
}
