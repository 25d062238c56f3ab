//! Plain text: 72 columns, nothing hyphenated, links on lines of their own.

use super::data;
use crate::letters::blocks::{Part, Row};

/// The width of a letter, in characters. A single word may be longer, and is never cut.
pub(crate) const COLUMNS: usize = 72;

/// Between two columns of a table.
const GAP: usize = 2;

/// Lines of evidence that a letter shows of one conversation. The rest is counted.
pub(crate) const QUOTED_LINES_MAX: usize = 40;

/// Lays the spoken parts out. `marks` come first, each framed, and say that this is a draft.
pub(crate) fn lay_out(marks: &[String], parts: &[Part<String>]) -> String {
    let mut pieces = Vec::new();
    for mark in marks {
        pieces.push(wrapped("*** ", "    ", mark));
    }
    for part in parts {
        pieces.push(piece(part));
    }
    let mut text = String::new();
    let mut before: Option<&Part<String>> = None;
    let mut parts = parts.iter();
    for (place, lines) in pieces.iter().enumerate() {
        if place > 0 && !before.is_some_and(|part| matches!(part, Part::Heading(_))) {
            text.push('\n');
        }
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        if place >= marks.len() {
            before = parts.next();
        }
    }
    text
}

fn piece(part: &Part<String>) -> Vec<String> {
    match part {
        Part::Heading(words) => {
            let mut lines = wrapped("", "", words);
            let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
            lines.push("-".repeat(width));
            lines
        }
        Part::Paragraph(words) => wrapped("", "", words),
        Part::Lines(lines) => lines
            .iter()
            .flat_map(|line| wrapped("", "  ", line))
            .collect(),
        Part::Rows(rows) => table(rows),
        Part::Grid(head, rows) => grid(head, rows),
        Part::Steps(steps) => steps
            .iter()
            .zip(1..)
            .flat_map(|(step, number)| wrapped(&format!("{number}. "), "   ", step))
            .collect(),
        Part::Items(items) => items
            .iter()
            .flat_map(|item| wrapped("- ", "  ", item))
            .collect(),
        Part::Link(link) => vec![format!("  {link}")],
        Part::Code(lines) => lines.iter().map(|line| format!("    {line}")).collect(),
        Part::Quoted(lines) => quoted(lines),
        Part::Machine(lines) => lines.clone(),
        Part::Rule => vec!["=".repeat(COLUMNS)],
    }
}

/// Labels in one column, values in the next. A label and the first word of its value share a
/// line.
fn table(rows: &[Row<String>]) -> Vec<String> {
    let indent = rows
        .iter()
        .map(|row| columns(&row.label))
        .max()
        .unwrap_or(0)
        + 2;
    let mut lines = Vec::new();
    for row in rows {
        let mut lead = format!(
            "{}{}",
            row.label,
            " ".repeat(indent.saturating_sub(columns(&row.label)))
        );
        for value in &row.lines {
            lines.extend(wrapped(&lead, &" ".repeat(indent), value));
            lead = " ".repeat(indent);
        }
    }
    lines
}

/// Columns as wide as their widest cell. A first cell for which there is no room has a line of its
/// own, and the others of its row stand below it in their columns.
fn grid(head: &[String], rows: &[Vec<String>]) -> Vec<String> {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let widest = |at: usize, most: usize| {
        let cells = all()
            .filter_map(|row| row.get(at))
            .map(|cell| columns(cell));
        cells.filter(|width| *width <= most).max().unwrap_or(0)
    };
    let others: Vec<usize> = (1..head.len()).map(|at| widest(at, COLUMNS)).collect();
    let taken: usize = others.iter().map(|width| GAP + width).sum();
    let first = widest(0, COLUMNS.saturating_sub(taken));
    let mut lines = Vec::new();
    for (place, row) in all().enumerate() {
        let mut line = String::new();
        let widths = std::iter::once(&first).chain(&others);
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            line.push_str(cell);
            let mut gap = width.saturating_sub(columns(cell)) + GAP;
            if at == 0 && columns(cell) > first {
                lines.push(std::mem::take(&mut line));
                gap = first + GAP;
            }
            line.extend(std::iter::repeat_n(' ', gap));
        }
        lines.push(line.trim_end().to_owned());
        if place == 0 {
            lines.push("-".repeat((first + taken).min(COLUMNS)));
        }
    }
    lines
}

/// Evidence: escaped, marked as a quotation, bounded.
fn quoted(lines: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = lines
        .iter()
        .take(QUOTED_LINES_MAX)
        .flat_map(|line| cut("> ", ">    ", &data::line(line)))
        .collect();
    let left = lines.len().saturating_sub(QUOTED_LINES_MAX);
    if left > 0 {
        shown.push(format!("> (+ {left})"));
    }
    shown
}

/// Breaks `words` at spaces; no-break spaces hold.
fn wrapped(first: &str, rest: &str, words: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        if !is_empty && columns(&line) + 1 + columns(word) > COLUMNS {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line.trim_end_matches(' ').to_owned());
    lines
}

/// Breaks data at a space where one is near the margin, else at the margin.
fn cut(first: &str, rest: &str, line: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut lead = first;
    let mut left = line;
    loop {
        let room = COLUMNS - columns(lead);
        let Some((end, _)) = left.char_indices().nth(room) else {
            lines.push(format!("{lead}{left}"));
            return lines;
        };
        let (head, tail) = left.split_at(end);
        match head.rfind(' ').filter(|space| *space > end / 3) {
            Some(space) => {
                lines.push(format!("{lead}{}", left[..space].trim_end()));
                left = &left[space + 1..];
            }
            None => {
                lines.push(format!("{lead}{head}"));
                left = tail;
            }
        }
        lead = rest;
    }
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_break_at_spaces_and_only_there() {
        let words = format!("{} IP\u{a0}192.0.2.25 end", "x".repeat(60));
        assert_eq!(
            wrapped("", "", &words),
            ["x".repeat(60), "IP\u{a0}192.0.2.25 end".into()]
        );
        let long = "y".repeat(90);
        assert_eq!(
            wrapped("- ", "  ", &format!("a {long} b")),
            ["- a".to_owned(), format!("  {long}"), "  b".to_owned()]
        );
    }

    #[test]
    fn data_breaks_at_a_space_near_the_margin() {
        let line = format!(
            "MAIL FROM:<{}> RCPT TO:<{}>",
            "a".repeat(30),
            "b".repeat(30)
        );
        assert_eq!(
            cut("> ", ">    ", &line),
            [
                format!("> MAIL FROM:<{}> RCPT", "a".repeat(30)),
                format!(">    TO:<{}>", "b".repeat(30))
            ]
        );
    }

    #[test]
    fn data_without_spaces_breaks_at_the_margin_and_loses_nothing() {
        let line: String = ('a'..='z').cycle().take(150).collect();
        let lines = cut("> ", ">    ", &line);
        assert!(lines.iter().all(|line| columns(line) <= COLUMNS));
        let joined: String = lines
            .iter()
            .map(|line| line.trim_start_matches('>').trim_start())
            .collect();
        assert_eq!(joined, line);
    }

    #[test]
    fn a_long_conversation_is_bounded_and_says_so() {
        let lines = vec!["S: 250 ok".to_owned(); QUOTED_LINES_MAX + 3];
        let shown = quoted(&lines);
        assert_eq!(shown.len(), QUOTED_LINES_MAX + 1);
        assert_eq!(shown.last().unwrap(), "> (+ 3)");
    }

    #[test]
    fn tables_have_columns_or_lines() {
        let cells = |row: &[&str]| {
            row.iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()
        };
        let head = cells(&["Address", "Port", "Result"]);
        let short = [
            cells(&["192.0.2.1", "25", "proved"]),
            cells(&["192.0.2.100", "1080", "undecided"]),
        ];
        assert_eq!(
            grid(&head, &short),
            [
                "Address      Port  Result",
                "----------------------------",
                "192.0.2.1    25    proved",
                "192.0.2.100  1080  undecided"
            ]
        );
        let long = "2001:db8:1234:5678:9abc:def0:1234:5678";
        let result = "x".repeat(40);
        let wide = [
            cells(&[long, "25", &result]),
            cells(&["192.0.2.1", "25", "proved"]),
        ];
        assert_eq!(
            grid(&head, &wide),
            [
                "Address    Port  Result".to_owned(),
                "-".repeat(57),
                long.to_owned(),
                format!("           25    {result}"),
                "192.0.2.1  25    proved".to_owned(),
            ]
        );
    }

    #[test]
    fn labels_stand_beside_their_values() {
        let rows = [
            Row {
                label: "To:".to_owned(),
                lines: vec!["A".to_owned(), "B".to_owned()],
            },
            Row {
                label: "Reference:".to_owned(),
                lines: vec!["C".to_owned()],
            },
        ];
        assert_eq!(
            table(&rows),
            ["To:         A", "            B", "Reference:  C"]
        );
    }
}
