//! What a run says at its end: every case, where its letter is or why there is none, and how many
//! letters are ready.

use std::{collections::BTreeSet, net::SocketAddr, path::Path};

use probe_core::finding::Probe;

use super::Written;
use crate::{
    cases::{self, CaseView, facts},
    exit::Failure,
    letters::{
        Letter, State,
        form::Form,
        model::{Basis, Decision, WhyNone},
    },
    lists::PORT_DEFAULT,
    output::{
        self,
        findings::{address, occasion_words},
        table::{Cell, Table},
    },
    store::{Case, Store},
};

/// Left-over files that are named. The rest is counted.
const LEFT_OVER_SHOWN_MAX: usize = 5;

/// What is told.
pub(super) struct Report<'a> {
    pub(super) written: &'a [Written<'a>],
    pub(super) cases: &'a [CaseView],
    pub(super) store: &'a dyn Store,
    pub(super) basis: Basis,
    pub(super) forms: &'a [Form],
    /// Where the letters are; `None` for a preview.
    pub(super) folder: Option<&'a Path>,
    pub(super) held_back: usize,
    pub(super) left_over: &'a [String],
}

/// The forms as the command line names them.
pub(super) fn form_names() -> String {
    Form::ALL.map(Form::as_str).join(", ")
}

impl Report<'_> {
    /// The report.
    pub(super) fn text(&self) -> Result<String, Failure> {
        let table = self.table()?;
        if table.is_empty() {
            return Ok("no findings yet, so no letters\n".to_owned());
        }
        let mut text = table.render(output::width());
        text.push('\n');
        text.push_str(&self.counts());
        text.push_str(&self.reasons());
        if let Some(folder) = self.folder {
            for form in self.forms {
                if let Some(name) = run_file(*form)
                    && !self.written.is_empty()
                {
                    let what = match form {
                        Form::Html => "all of them, to read first",
                        _ => "all of them in a table",
                    };
                    text.push_str(&format!("{what}: {}\n", folder.join(name).display()));
                }
            }
        }
        text.push_str(&self.left_over());
        Ok(text)
    }

    /// Each case with its letter, then those without one.
    fn table(&self) -> Result<Table, Failure> {
        let mut table = Table::new(&["No", "Address", "Name", "Verdict", "Letter"]);
        for written in self.written {
            for view in written.members {
                table.push(row(view, &self.places(&written.letters, view)));
            }
        }
        for view in self.cases {
            let decision = facts::decision(view, self.basis);
            if let Decision::NoLetter(why) = decision
                && !(why == WhyNone::Lookup && self.is_tested(view))
            {
                table.push(row(view, &format!("no: {}", why.as_str())));
            }
        }
        self.untested(&mut table)?;
        Ok(table)
    }

    /// Whether something was tested at the address of a case.
    fn is_tested(&self, view: &CaseView) -> bool {
        let address = view.case.target.ip();
        let mut cases = self.cases.iter().map(|view| &view.case);
        cases.any(|case| case.probe != Probe::Dnsbl && case.target.ip() == address)
    }

    /// Suspects of the lists that no test has a finding of.
    fn untested(&self, table: &mut Table) -> Result<(), Failure> {
        let refusals = self.store.refusals().map_err(Failure::Store)?;
        for (suspect, about) in self.store.suspects().map_err(Failure::Store)? {
            if self
                .cases
                .iter()
                .any(|view| is_test_of(&view.case, suspect))
            {
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

    /// Where a case's letter is, in the first form that has a file for each letter, and why.
    fn places(&self, letters: &[Letter], view: &CaseView) -> String {
        let ending = self.forms.iter().find_map(|form| match form {
            Form::Text => Some("txt"),
            Form::Eml => Some("eml"),
            Form::Csv | Form::Html | Form::Xarf => None,
        });
        let mut names: Vec<String> = letters
            .iter()
            .map(|letter| match (ending, self.folder) {
                (Some(ending), Some(folder)) => {
                    let path = folder.join(letter.file_name(ending));
                    path.display().to_string()
                }
                _ => letter.reference.clone(),
            })
            .collect();
        names.dedup();
        let why = match facts::decision(view, self.basis) {
            Decision::Write(occasion) => occasion_words(occasion),
            Decision::NoLetter(why) => why.as_str(),
        };
        format!("{} ({why})", names.join(" "))
    }

    fn letters(&self) -> impl Iterator<Item = &Letter> {
        self.written.iter().flat_map(|it| &it.letters)
    }

    fn counts(&self) -> String {
        let letters = output::counted(self.letters().count(), "letter", "letters");
        let contacts: BTreeSet<String> = self
            .letters()
            .filter_map(|it| it.recipient.as_ref())
            .map(|it| it.to_lowercase())
            .collect();
        let recipients = output::counted(contacts.len(), "recipient", "recipients");
        let nobodys = self.letters().filter(|it| it.recipient.is_none()).count();
        let nobodys = match nobodys {
            0 => String::new(),
            count => format!(
                ", {} of them without a contact",
                output::grouped(count as u64)
            ),
        };
        let states = State::ALL.map(|state| {
            let count = self.letters().filter(|it| it.state() == state).count();
            format!("{count} {}", state.as_str())
        });
        format!(
            "{letters} to {recipients}{nobodys}: {}\n",
            states.join(", ")
        )
    }

    /// Why letters are no more than drafts, and every fault.
    fn reasons(&self) -> String {
        let mut drafts: Vec<&str> = Vec::new();
        let mut faults = String::new();
        for letter in self.letters() {
            for why in &letter.drafts {
                if !drafts.contains(&why.as_str()) {
                    drafts.push(why.as_str());
                }
            }
            for fault in &letter.faults {
                let (reference, edition) = (&letter.reference, letter.edition);
                faults.push_str(&format!("{reference} {edition}: {fault}\n"));
            }
        }
        let mut text = String::new();
        if !drafts.is_empty() {
            text.push_str(&format!("drafts: {}\n", drafts.join("; ")));
        }
        text.push_str(&faults);
        if self.held_back > 0 {
            text.push_str("--group contact makes one letter of everything that a contact has\n");
        }
        text
    }

    fn left_over(&self) -> String {
        if self.left_over.is_empty() {
            return String::new();
        }
        let shown: Vec<&str> = self.left_over.iter().map(String::as_str).collect();
        let (shown, more) = shown.split_at(shown.len().min(LEFT_OVER_SHOWN_MAX));
        let more = match more.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        format!(
            "from an earlier run, not of this one: {}{more}\n",
            shown.join(", ")
        )
    }
}

/// The file that a form writes for the whole run.
const fn run_file(form: Form) -> Option<&'static str> {
    match form {
        Form::Text | Form::Eml | Form::Xarf => None,
        Form::Csv => Some("letters.csv"),
        Form::Html => Some("preview.html"),
    }
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

/// Whether a case tells of a suspect: of its port, or of the ports of proxies where it names none.
fn is_test_of(case: &Case, suspect: SocketAddr) -> bool {
    let is_proxy = case.probe == Probe::Proxy && suspect.port() == PORT_DEFAULT;
    case.target == suspect || is_proxy && case.target.ip() == suspect.ip()
}
