//! `postern letters`.

mod files;
mod preview;
mod report;

use std::str::FromStr as _;

use super::{args::Letters, now, open_store, print, profile};
use crate::{
    cases::{self, CaseView, facts, groups},
    exit::{Exit, Failure},
    letters::{
        self, Letter, Profile, State,
        form::{Form, Sheet},
        language::LanguageChoice,
        model::LetterFacts,
    },
    output::{self, progress::Steps},
    problem::{Place, Problem},
    store::Store as _,
};
use files::Folder;

/// One letter's case: its findings, what is said about them, and the letter in each language.
struct Written<'a> {
    members: &'a [&'a CaseView],
    facts: LetterFacts,
    letters: Vec<Letter>,
}

pub(super) fn run(args: &Letters) -> Result<Exit, Failure> {
    let forms = forms(&args.format)?;
    let choice = language_choice(&args.lang)?;
    let profile = profile::load(&args.profile)?;
    let mut store = open_store(&args.store)?;
    let cases = cases::load(&store).map_err(Failure::Store)?;
    let date = args.date.unwrap_or_else(now);
    cases::keep_judgements(&mut store, &cases, date).map_err(Failure::Store)?;

    let groups = groups::due(&cases, args.group, profile.basis);
    let known = store.references().map_err(Failure::Store)?;
    let references = groups::references(&groups, &known);
    let due = groups.iter().zip(&references).map(|(group, reference)| {
        let facts = facts::letter(group, reference, output::utc(date));
        (facts, group.members.as_slice())
    });
    let mut written = render(due.collect(), &choice, &profile)?;
    let all = written.iter_mut().flat_map(|it| &mut it.letters);
    let held_back =
        letters::hold_back_second_letters(all).map_err(|error| unwritten("of the run", &error))?;

    let sheets = sheets(&written, &profile);
    let mut left_over = Vec::new();
    let folder = if args.preview {
        preview::show(&sheets)?;
        None
    } else {
        // Only letters that someone may send take references.
        if !profile.is_historic() {
            store
                .keep_references(&references, date)
                .map_err(Failure::Store)?;
        }
        let mut folder = Folder::open(&args.out)?;
        write(&mut folder, &sheets, &forms)?;
        left_over = folder.left_over();
        Some(args.out.as_path())
    };
    let report = report::Report {
        written: &written,
        cases: &cases,
        store: &store,
        basis: profile.basis,
        forms: &forms,
        folder,
        held_back,
        left_over: &left_over,
    };
    print(&report.text()?)?;
    let is_faulty = |it: &Sheet<'_>| it.letter.state() == State::Faulty;
    Ok(if sheets.iter().any(is_faulty) {
        Exit::Matched
    } else {
        Exit::Done
    })
}

fn forms(words: &str) -> Result<Vec<Form>, Failure> {
    Form::parse_list(words).map_err(|unknown| {
        Failure::input(Problem::new(
            Place::named(format!("--format {words}")),
            unknown.to_string(),
            format!("some of {} with commas between them", report::form_names()),
        ))
    })
}

fn language_choice(words: &str) -> Result<LanguageChoice, Failure> {
    LanguageChoice::from_str(words).map_err(|unknown| {
        Failure::input(Problem::new(
            Place::named(format!("--lang {words}")),
            format!("`{}` is no language of this version", unknown.tag),
            "auto, or some of pl, fr, da, de, it, en with commas between them",
        ))
    })
}

/// All letters, or none: a letter that cannot be written stops the run before anything is.
fn render<'a>(
    due: Vec<(LetterFacts, &'a [&'a CaseView])>,
    choice: &LanguageChoice,
    profile: &Profile,
) -> Result<Vec<Written<'a>>, Failure> {
    let steps = Steps::new("letters read", due.len());
    let mut written = Vec::with_capacity(due.len());
    for (facts, members) in due {
        let letters = profile
            .editions(choice, &facts.recipient)
            .into_iter()
            .map(|edition| letters::render(&facts, edition, profile))
            .collect::<Result<_, _>>()
            .map_err(|error| unwritten(&facts.reference, &error))?;
        written.push(Written {
            members,
            facts,
            letters,
        });
        steps.step();
    }
    Ok(written)
}

fn sheets<'a>(written: &'a [Written<'_>], profile: &'a Profile) -> Vec<Sheet<'a>> {
    let letters = written
        .iter()
        .flat_map(|it| it.letters.iter().map(|letter| (letter, &it.facts)));
    letters
        .map(|(letter, facts)| Sheet {
            letter,
            facts,
            profile,
            follows: None,
        })
        .collect()
}

fn write(folder: &mut Folder, sheets: &[Sheet<'_>], forms: &[Form]) -> Result<(), Failure> {
    let steps = Steps::new("letters written", sheets.len());
    for sheet in sheets {
        for form in forms {
            let files = form.of_letter(sheet);
            for file in files.map_err(|error| unwritten(&sheet.letter.reference, &error))? {
                folder.write(&file)?;
            }
        }
        steps.step();
    }
    for form in forms {
        let files = form.of_run(sheets);
        for file in files.map_err(|error| unwritten("of the run", &error))? {
            folder.write(&file)?;
        }
    }
    Ok(())
}

fn unwritten(reference: &str, error: &dyn std::error::Error) -> Failure {
    Failure::input(Problem::new(
        Place::named(format!("letter {reference}")),
        error.to_string(),
        "facts and a profile that make a letter in this language",
    ))
}
