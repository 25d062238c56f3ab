//! Letters in the terminal: plain lines that a pager can take, colours only on a terminal.

use anstyle::{AnsiColor, Style};

use super::super::print;
use crate::{
    exit::Failure,
    letters::{State, form::Sheet},
};

/// The width of a letter.
const COLUMNS: usize = 72;

/// Prints every letter, each under a line that says whose it is and how far.
pub(super) fn show(sheets: &[Sheet<'_>]) -> Result<(), Failure> {
    for sheet in sheets {
        print(&text(sheet))?;
    }
    Ok(())
}

fn text(sheet: &Sheet<'_>) -> String {
    let letter = sheet.letter;
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let state = letter.state();
    let style = match state {
        State::Ready => AnsiColor::Green.on_default().bold(),
        State::Draft => AnsiColor::Yellow.on_default().bold(),
        State::Faulty => AnsiColor::Red.on_default().bold(),
    };
    let rule = "─".repeat(COLUMNS);
    let to = letter.recipient.as_deref().unwrap_or("no contact");
    let mut out = format!(
        "{dim}{rule}{dim:#}\n{bold}{}{bold:#}  {}  {style}{}{style:#}  to {to}\n{}\n{dim}{rule}{dim:#}\n\n",
        letter.reference,
        letter.edition,
        state.as_str(),
        letter.subject,
    );
    out.push_str(&letter.text);
    out.push('\n');
    out
}
