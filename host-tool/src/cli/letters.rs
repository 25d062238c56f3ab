//! `postern letters`.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use super::{args::Letters, now, open_store, print, profile};
use crate::{
    cases::{self, CaseView, facts},
    exit::{Exit, Failure},
    letters::{
        self, Letter, Profile,
        language::LanguageChoice,
        model::{Decision, LetterFacts, WhyNone},
    },
    output::{
        self,
        findings::{address, occasion_words},
        table::{Cell, Table},
    },
    problem::{Place, Problem},
    store::Store,
};

pub(super) fn run(args: &Letters) -> Result<Exit, Failure> {
    if args.format != "text" {
        return Err(Failure::input(Problem::new(
            Place::named(format!("--format {}", args.format)),
            "this form is not built in this version",
            "text",
        )));
    }
    let choice = LanguageChoice::from_str(&args.lang).map_err(|unknown| {
        Failure::input(Problem::new(
            Place::named(format!("--lang {}", args.lang)),
            format!("`{}` is no language of this version", unknown.tag),
            "auto, or some of pl, fr, da, de, it, en with commas between them",
        ))
    })?;
    let profile = profile::load(&args.profile)?;
    let mut store = open_store(&args.store)?;
    let cases = cases::load(&store).map_err(Failure::Store)?;
    let date = args.date.unwrap_or_else(now);
    cases::keep_judgements(&mut store, &cases, date).map_err(Failure::Store)?;

    let due = facts::letters(&cases, output::utc(date));
    let written = render(&due, &choice, &profile)?;
    if args.preview {
        for (_, letters) in &written {
            for letter in letters {
                print(&format!("{}\n\n{}\n", letter.subject, letter.text))?;
            }
        }
    } else {
        fs::create_dir_all(&args.out).map_err(|error| unwritable(&args.out, &error))?;
        for (_, letters) in &written {
            for letter in letters {
                write(&args.out, letter)?;
            }
        }
    }
    let folder = (!args.preview).then_some(args.out.as_path());
    print(&table(&written, &cases, &store, folder)?)?;
    Ok(Exit::Done)
}

type Written<'a> = Vec<(&'a [&'a CaseView], Vec<Letter>)>;

/// All letters, or none: a letter that cannot be written stops the run before anything is.
fn render<'a>(
    due: &'a [(LetterFacts, Vec<&'a CaseView>)],
    choice: &LanguageChoice,
    profile: &Profile,
) -> Result<Written<'a>, Failure> {
    let mut written = Vec::new();
    for (facts, group) in due {
        let mut texts = Vec::new();
        for edition in profile.editions(choice, &facts.recipient) {
            let letter = letters::render(facts, edition, profile).map_err(|error| {
                Failure::input(Problem::new(
                    Place::named(format!("letter {}", facts.reference)),
                    error.to_string(),
                    "facts and a profile that make a letter in this language",
                ))
            })?;
            texts.push(letter);
        }
        written.push((group.as_slice(), texts));
    }
    Ok(written)
}

/// Writes a letter whole or not at all.
fn write(folder: &Path, letter: &Letter) -> Result<(), Failure> {
    let path = folder.join(letter.file_name());
    let half = folder.join(format!(".{}.{}", letter.file_name(), std::process::id()));
    let written = (|| {
        let mut file = fs::File::create(&half)?;
        file.write_all(letter.text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&half, &path)
    })();
    written.map_err(|error| {
        // What is half written is of no use to anyone.
        let _ = fs::remove_file(&half);
        unwritable(&path, &error)
    })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(
        Problem::new(
            Place::file(path),
            format!("cannot be written: {error}"),
            "a folder for letters",
        )
        .next("choose another one with --out"),
    )
}

/// The letters, and why everyone else gets none.
fn table(
    written: &Written<'_>,
    cases: &[CaseView],
    store: &dyn Store,
    folder: Option<&Path>,
) -> Result<String, Failure> {
    let mut table = Table::new(&["No", "Address", "Name", "Verdict", "Letter"]);
    let mut drafts: Vec<&str> = Vec::new();
    let mut faults = String::new();
    for (group, letters) in written {
        for view in *group {
            table.push(row(view, &places(letters, folder, decision_words(view))));
        }
        for letter in letters {
            for why in &letter.drafts {
                if !drafts.contains(&why.as_str()) {
                    drafts.push(why.as_str());
                }
            }
            for fault in &letter.faults {
                faults.push_str(&format!(
                    "{}: {}: {}\n",
                    letter.file_name(),
                    fault.kind.as_str(),
                    fault.near
                ));
            }
        }
    }
    let all = written.iter().flat_map(|(_, letters)| letters);
    for (first, second) in letters::second_letters(all) {
        faults.push_str(&format!(
            "{}: a second letter to the recipient of {}\n",
            second.file_name(),
            first.file_name()
        ));
    }
    for view in cases {
        if let Decision::NoLetter(why) = facts::decision(view) {
            table.push(row(view, &format!("no: {}", why.as_str())));
        }
    }
    untested(&mut table, cases, store)?;
    if table.is_empty() {
        return Ok("no findings yet, so no letters\n".to_owned());
    }
    let mut text = table.render(output::width());
    let count: usize = written.iter().map(|(_, letters)| letters.len()).sum();
    let recipients = output::counted(written.len(), "recipient", "recipients");
    text.push_str(&format!(
        "\n{} to {recipients}\n",
        output::counted(count, "letter", "letters")
    ));
    if !drafts.is_empty() && count > 0 {
        text.push_str(&format!("marked as drafts: {}\n", drafts.join("; ")));
    }
    text.push_str(&faults);
    Ok(text)
}

/// Suspects of the lists that no test has a finding of.
fn untested(table: &mut Table, cases: &[CaseView], store: &dyn Store) -> Result<(), Failure> {
    let refusals = store.refusals().map_err(Failure::Store)?;
    for (suspect, about) in store.suspects().map_err(Failure::Store)? {
        if cases.iter().any(|view| view.case.target == suspect) {
            continue;
        }
        let refused = refusals.iter().find(|(address, _)| *address == suspect);
        let why = match (refused, about.listings.is_empty()) {
            (Some((_, why)), _) => format!("not tested, refused: {}", refusal_words(why)),
            (None, false) => WhyNone::ListedNotTested.as_str().to_owned(),
            (None, true) => WhyNone::NotTested.as_str().to_owned(),
        };
        table.push(vec![
            Cell::default(),
            Cell::new(address(suspect)),
            Cell::new(about.name.as_ref().map_or("", |name| name.as_str())),
            Cell::new("not tested"),
            Cell::new(format!("no: {why}")),
        ]);
    }
    Ok(())
}

/// The words of a refusal, or what the host wrote itself.
fn refusal_words(why: &str) -> String {
    use probe_core::scope::Refusal;
    match crate::words::find(why, Refusal::as_str) {
        Some(refusal) => cases::words::refusal(refusal).to_owned(),
        None => why.to_owned(),
    }
}

fn row(view: &CaseView, letter: &str) -> Vec<Cell> {
    let kind = view.verdict().kind;
    vec![
        Cell::new(view.case.number.0.to_string()),
        Cell::new(address(view.case.target)),
        Cell::new(view.name().map_or("", |name| name.as_str())),
        Cell::new(kind.as_str()).styled(output::style(kind)),
        Cell::new(letter),
    ]
}

fn decision_words(view: &CaseView) -> &'static str {
    match facts::decision(view) {
        Decision::Write(occasion) => occasion_words(occasion),
        Decision::NoLetter(why) => why.as_str(),
    }
}

fn places(letters: &[Letter], folder: Option<&Path>, why: &str) -> String {
    let names: Vec<String> = letters
        .iter()
        .map(|letter| {
            let name = PathBuf::from(letter.file_name());
            let path = folder.map_or_else(|| name.clone(), |folder| folder.join(&name));
            path.display().to_string()
        })
        .collect();
    format!("{} ({why})", names.join(" "))
}
