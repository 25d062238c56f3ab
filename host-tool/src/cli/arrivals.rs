//! `postern arrivals`.

use std::{fs, path::Path};

use super::{
    args::{Arrivals, ArrivalsExport, ArrivalsImport},
    now, open_store, open_store_to_read, print,
    scan::report,
};
use crate::{
    arrivals_file, cases,
    exit::{Exit, Failure},
    output::{
        arrival::{Came, json, line},
        counted,
    },
    problem::{Place, Problem},
    store::Store as _,
};

pub(super) fn run(command: &Arrivals) -> Result<Exit, Failure> {
    match command {
        Arrivals::Export(args) => export(args),
        Arrivals::Import(args) => import(args),
    }
}

fn export(args: &ArrivalsExport) -> Result<Exit, Failure> {
    let store = open_store_to_read(&args.store)?;
    let carried = store.arrivals_to_carry().map_err(Failure::Store)?;
    let text = arrivals_file::text(&carried);
    let count = counted(carried.len(), "arrival", "arrivals");
    if args.file == Path::new("-") {
        print(&text)?;
        anstream::eprintln!("postern: {count}");
        return Ok(Exit::Done);
    }
    fs::write(&args.file, text).map_err(|error| {
        Failure::input(Problem::new(
            Place::file(&args.file),
            format!("cannot be written: {error}"),
            "a file in a folder that can be written",
        ))
    })?;
    print(&format!("{}: {count}\n", args.file.display()))?;
    Ok(Exit::Done)
}

fn import(args: &ArrivalsImport) -> Result<Exit, Failure> {
    let carried = arrivals_file::read(&args.file).map_err(Failure::input)?;
    let mut store = open_store(&args.store)?;
    let new = store.bring_home(&carried, now()).map_err(Failure::Store)?;
    let cases = cases::judge_arrived(&mut store, now()).map_err(Failure::Store)?;
    let objections = store.objections().map_err(Failure::Store)?;
    let known = carried.len() - new.len();
    let stored = counted(new.len(), "new arrival", "new arrivals");
    let mut text = String::new();
    for kept in new {
        let objection = objections.iter().find(|it| it.kept == kept);
        let came = Came {
            objection: objection.map(|it| it.number),
            ..Came::of_one(kept, &cases)
        };
        text.push_str(&if args.json { json(&came) } else { line(&came) });
    }
    print(&text)?;
    anstream::eprintln!("postern: stored {stored}; {known} were known");
    report::tell_waiting(report::waiting(&store).map_err(Failure::Store)?);
    Ok(Exit::Done)
}
