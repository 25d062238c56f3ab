//! Tables for terminals: columns where they fit, blocks where they do not.

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

/// A cell: its text, and how it is set on a terminal with colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A plain cell.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style: Style::new(),
        }
    }

    /// The same, set in `style`.
    pub fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// Between two columns.
const GAP: usize = 2;

impl Table {
    /// A table with these columns.
    pub fn new(header: &[&'static str]) -> Self {
        Self {
            header: header.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, which has as many cells as the header.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table for a terminal of `width` columns; `None` where the output is no terminal.
    pub fn render(&self, width: Option<usize>) -> String {
        let widths = self.widths();
        let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if width.is_none_or(|width| whole <= width) {
            self.columns(&widths)
        } else {
            self.blocks()
        }
    }

    fn widths(&self) -> Vec<usize> {
        self.header
            .iter()
            .enumerate()
            .map(|(at, head)| {
                let cells = self.rows.iter().filter_map(|row| row.get(at));
                cells
                    .map(|cell| cell.text.width())
                    .chain([head.width()])
                    .max()
                    .unwrap_or(0)
            })
            .collect()
    }

    fn columns(&self, widths: &[usize]) -> String {
        let bold = Style::new().bold();
        let header: Vec<Cell> = self
            .header
            .iter()
            .map(|head| Cell::new(*head).styled(bold))
            .collect();
        let mut out = String::new();
        for row in std::iter::once(&header).chain(&self.rows) {
            let last = row.iter().rposition(|cell| !cell.text.is_empty());
            for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
                push_styled(&mut out, cell);
                if last.is_none_or(|last| at >= last) {
                    break;
                }
                let gap = width.saturating_sub(cell.text.width()) + GAP;
                out.extend(std::iter::repeat_n(' ', gap));
            }
            out.push('\n');
        }
        out
    }

    /// One block for each row: a line for each cell that says anything.
    fn blocks(&self) -> String {
        let labels = self
            .header
            .iter()
            .map(|head| head.width())
            .max()
            .unwrap_or(0);
        let mut out = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            for (head, cell) in self.header.iter().zip(row) {
                if cell.text.is_empty() {
                    continue;
                }
                out.push_str(head);
                let gap = labels.saturating_sub(head.width()) + GAP;
                out.extend(std::iter::repeat_n(' ', gap));
                push_styled(&mut out, cell);
                out.push('\n');
            }
        }
        out
    }
}

fn push_styled(out: &mut String, cell: &Cell) {
    use std::fmt::Write as _;
    let style = cell.style;
    let _ = write!(out, "{style}{}{style:#}", cell.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["No", "Name", "Verdict"]);
        table.push(vec![
            Cell::new("1"),
            Cell::new("zażółć.example"),
            Cell::new("closed"),
        ]);
        table.push(vec![Cell::new("12"), Cell::new(""), Cell::new("suspected")]);
        table.push(vec![Cell::new("13"), Cell::new("a"), Cell::new("")]);
        table
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn columns_stand_under_their_heads() {
        assert_eq!(
            plain(&table().render(None)),
            "No  Name            Verdict\n\
             1   zażółć.example  closed\n\
             12                  suspected\n\
             13  a\n"
        );
    }

    #[test]
    fn a_narrow_terminal_gets_blocks() {
        assert_eq!(
            plain(&table().render(Some(20))),
            "No       1\nName     zażółć.example\nVerdict  closed\n\n\
             No       12\nVerdict  suspected\n\n\
             No       13\nName     a\n"
        );
    }
}
