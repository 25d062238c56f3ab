//! `postern objections`.

use serde::Serialize;

use super::{args::Objections, now, open_store, open_store_to_read, print};
use crate::{
    exit::{Exit, Failure},
    output::{
        self, counted, escaped,
        findings::address,
        minute,
        table::{Cell, Table},
        timestamp,
    },
    problem::{Place, Problem},
    store::{Decided, Objection, ObjectionNumber, Store as _},
};

pub(super) fn run(args: &Objections) -> Result<Exit, Failure> {
    match (args.keep, args.lift) {
        (Some(number), _) => decide(args, "--keep", number, Decided::Kept),
        (None, Some(number)) => decide(args, "--lift", number, Decided::Lifted),
        (None, None) => list(args),
    }
}

fn decide(args: &Objections, option: &str, number: u64, decided: Decided) -> Result<Exit, Failure> {
    let mut store = open_store(&args.store)?;
    let is_known = store
        .decide(ObjectionNumber(number), decided, now())
        .map_err(Failure::Store)?;
    if !is_known {
        return Err(Failure::input(Problem::new(
            Place::named(format!("{option} {number}")),
            "there is no objection of this number",
            "a number from the first column of `postern objections`",
        )));
    }
    let what = match decided {
        Decided::Kept => "what it is about stays excluded",
        Decided::Lifted => "what it alone excludes may be probed again, and written about",
    };
    print(&format!(
        "objection {number} is {}: {what}\n",
        decided.as_str()
    ))?;
    Ok(Exit::Done)
}

fn list(args: &Objections) -> Result<Exit, Failure> {
    let store = open_store_to_read(&args.store)?;
    let objections = store.objections().map_err(Failure::Store)?;
    let text = if args.json {
        objections.iter().map(json).collect()
    } else if objections.is_empty() {
        "nobody objects\n".to_owned()
    } else {
        table(&objections)
    };
    print(&text)?;
    Ok(Exit::Done)
}

fn table(objections: &[Objection]) -> String {
    let mut table = Table::new(&["No", "Came", "From", "Sender", "About", "Decision"]);
    for objection in objections {
        let arrival = &objection.kept.arrival;
        let about: Vec<String> = objection.about.iter().map(|it| address(*it)).collect();
        table.push(vec![
            Cell::new(objection.number.0.to_string()),
            Cell::new(minute(timestamp(objection.kept.at))),
            Cell::new(arrival.remote.ip().to_canonical().to_string()),
            Cell::new(format!("<{}>", escaped(arrival.reverse_path.as_bytes()))),
            Cell::new(about.join(", ")),
            Cell::new(match objection.decided {
                None => "waiting".to_owned(),
                Some((decided, at)) => format!("{}, {}", decided.as_str(), minute(at)),
            }),
        ]);
    }
    let waiting = objections.iter().filter(|it| it.is_open()).count();
    let counts = match waiting {
        0 => String::new(),
        count => format!(
            "\n{} for a decision: `postern objections --keep NUMBER` or `--lift NUMBER`. Until then \
             nothing of theirs is probed, and no letter is written about it.\n",
            counted(count, "objection waits", "objections wait"),
        ),
    };
    format!("{}{counts}", table.render(output::width()))
}

#[derive(Serialize)]
struct Line<'a> {
    number: u64,
    came: String,
    from: String,
    helo: &'a str,
    sender: &'a str,
    recipient: &'a str,
    about: Vec<String>,
    decision: Option<&'static str>,
    decided: Option<String>,
}

fn json(objection: &Objection) -> String {
    let arrival = &objection.kept.arrival;
    let line = Line {
        number: objection.number.0,
        came: timestamp(objection.kept.at).to_string(),
        from: arrival.remote.ip().to_canonical().to_string(),
        helo: &arrival.helo,
        sender: &arrival.reverse_path,
        recipient: &arrival.recipient,
        about: objection.about.iter().map(ToString::to_string).collect(),
        decision: objection.decided.map(|(decided, _)| decided.as_str()),
        decided: objection.decided.map(|(_, at)| at.to_string()),
    };
    let mut line = serde_json::to_string(&line).expect("plain data is JSON");
    line.push('\n');
    line
}
