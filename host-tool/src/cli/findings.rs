//! `postern findings` and `postern show`.

use super::{
    args::{Findings, Show},
    open_store_to_read, print,
};
use crate::{
    cases,
    exit::{Exit, Failure},
    output::{self, json, show},
    problem::{Place, Problem},
    store::{CaseNumber, Store as _},
};

pub(super) fn list(args: &Findings) -> Result<Exit, Failure> {
    let store = open_store_to_read(&args.store)?;
    let cases = cases::load(&store).map_err(Failure::Store)?;
    let text = if args.json {
        cases.iter().map(|view| json::line(view, None)).collect()
    } else if cases.is_empty() {
        "no findings yet\n".to_owned()
    } else {
        output::findings::text(&cases, output::width())
    };
    print(&text)?;
    Ok(Exit::Done)
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
    print(&show::text(&view, &judgements, output::width()))?;
    Ok(Exit::Done)
}
