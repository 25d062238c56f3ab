//! `postern import`.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use serde::Serialize;

use super::{
    args::{Import as Args, ImportFormat},
    now, open_store, print,
};
use crate::{
    exit::{Exit, Failure},
    import::{Counts, Format, Given, Import, Reading, reports},
    lists::{Claim, Entry, Listing},
    output::{counted, csv_list, progress::Octets},
    problem::{Gathered, Place, Problem},
    store::{Imported, Store as _},
};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let given = given(args)?;
    let is_stdin = args.file == Path::new("-");
    let place = if is_stdin {
        Place::named("standard input")
    } else {
        Place::file(&args.file)
    };
    let (input, length) = open(&args.file, is_stdin, &place)?;
    let format = match args.format {
        ImportFormat::List => Format::List,
        ImportFormat::Csv => Format::Csv,
        ImportFormat::Shadowserver => Format::Shadowserver,
        ImportFormat::Intelmq => Format::IntelMq,
    };
    let mut reading = Watched {
        import: Import::new(input, place, format, given)?,
        bar: Octets::new("read", length),
    };
    let kept = match &args.out {
        Some(path) => {
            csv_list::write(path, &mut reading)?;
            None
        }
        None => open_store(&args.store)?
            .import(&mut reading, now())
            .map_err(Failure::Store)?,
    };
    let counts = reading.import.finish()?;
    print(&if args.json {
        json(&counts, kept)
    } else {
        text(&counts, kept, args.out.as_deref())
    })?;
    Ok(Exit::Done)
}

fn given(args: &Args) -> Result<Given, Failure> {
    let mut gathered = Gathered::default();
    let is_ours = matches!(args.format, ImportFormat::List | ImportFormat::Csv);
    let named = [
        ("--listed-by", args.listed_by.is_some(), is_ours),
        ("--listed-on", args.listed_on.is_some(), is_ours),
        ("--listed-as", args.listed_as.is_some(), is_ours),
        (
            "--report",
            args.report.is_some(),
            args.format == ImportFormat::Shadowserver,
        ),
    ];
    for (flag, is_given, fits) in named {
        if is_given && !fits {
            let expected = match flag {
                "--report" => "--report with --as shadowserver",
                _ => "this flag with --as list or --as csv: the others name databases and days",
            };
            gathered.push(Problem::new(
                Place::named(flag),
                "it does not go with this format",
                expected,
            ));
        }
    }
    let has_more = args.listed_on.is_some() || args.listed_as.is_some();
    if args.listed_by.is_none() && has_more && is_ours {
        gathered.push(Problem::new(
            Place::named("--listed-by"),
            "no database is named, but something that one says",
            "the database that lists the addresses",
        ));
    }
    let listing = args.listed_by.as_ref().map(|by| Listing {
        by: by.trim().to_owned(),
        on: args.listed_on,
        since: None,
        code: None,
        claim: args.listed_as.unwrap_or_default(),
    });
    if let Some(listing) = &listing
        && (listing.by.is_empty() || listing.by.chars().any(char::is_control))
    {
        gathered.push(Problem::new(
            Place::named("--listed-by"),
            "there is no name in it",
            "the database that lists the addresses, on one line",
        ));
    }
    let report = args.report.clone();
    Ok(gathered.or(Given { listing, report })?)
}

/// The file, and how long it is, where that is known.
fn open(
    file: &Path,
    is_stdin: bool,
    place: &Place,
) -> Result<(Box<dyn BufRead>, Option<u64>), Failure> {
    if is_stdin {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let open = || -> io::Result<(File, u64)> {
        let file = File::open(file)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    };
    let (file, length) = open().map_err(|error| {
        Failure::input(Problem::new(
            place.clone(),
            format!("cannot be read: {error}"),
            "a file with what a database lists",
        ))
    })?;
    Ok((Box::new(BufReader::new(file)), Some(length)))
}

/// An import that a person watches.
struct Watched {
    import: Import<Box<dyn BufRead>>,
    bar: Octets,
}

impl Reading for Watched {
    fn next(&mut self) -> Option<Entry> {
        let entry = self.import.next();
        self.bar.at(self.import.octets());
        entry
    }

    fn is_sound(&self) -> bool {
        self.import.is_sound()
    }
}

fn text(counts: &Counts, kept: Option<Imported>, out: Option<&Path>) -> String {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let mut text = format!(
        "{} read, {} taken\n",
        counted(number(counts.read), "entry", "entries"),
        crate::words::grouped(counts.taken)
    );
    for (why, count) in &counts.left_out {
        let entries = counted(number(*count), "entry", "entries");
        text.push_str(&format!("{entries} left out: {}\n", why.words()));
    }
    if let Some(kept) = kept {
        text.push_str(&format!(
            "{} and {} are new in the store; `postern scan --imported` takes them as targets\n",
            counted(number(kept.suspects), "suspect", "suspects"),
            counted(number(kept.listings), "listing", "listings")
        ));
    }
    if let Some(out) = out {
        text.push_str(&format!("{} is written\n", out.display()));
    }
    text
}

#[derive(Serialize)]
struct Summary {
    read: u64,
    taken: u64,
    left_out: BTreeMap<&'static str, u64>,
    new_suspects: Option<u64>,
    new_listings: Option<u64>,
}

fn json(counts: &Counts, kept: Option<Imported>) -> String {
    let summary = Summary {
        read: counts.read,
        taken: counts.taken,
        left_out: counts
            .left_out
            .iter()
            .map(|(why, count)| (why.as_str(), *count))
            .collect(),
        new_suspects: kept.map(|it| it.suspects),
        new_listings: kept.map(|it| it.listings),
    };
    let mut line = serde_json::to_string(&summary).expect("its keys are text");
    line.push('\n');
    line
}

/// The word of a claim on the command line.
pub(super) fn claim(word: &str) -> Result<Claim, String> {
    Claim::parse(word).ok_or_else(|| format!("expected one of {}", Claim::words()))
}

/// What `--report` may say.
pub(super) fn report_help() -> String {
    format!(
        "The type of a Shadowserver report, where the file's name does not tell: {}",
        reports()
    )
}
