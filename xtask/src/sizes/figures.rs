//! The figures of an image, and the table in docs/sizes.md that keeps them.

use std::collections::BTreeMap;

use super::{builds::Build, image::Image};
use crate::failure::{Failure, Result};

/// Octets of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    /// Code and constants.
    pub(super) text: u64,
    /// Memory that begins with a value, which lies in flash too.
    pub(super) data: u64,
    /// Memory that begins with zeroes.
    pub(super) bss: u64,
}

impl Figures {
    pub(super) fn of(image: &Image) -> Self {
        Self {
            text: image.octets(&[".vector_table", ".text", ".rodata"]),
            data: image.octets(&[".data"]),
            bss: image.octets(&[".bss", ".uninit"]),
        }
    }

    /// Static memory, without the stack.
    pub(super) fn ram(&self) -> u64 {
        self.data + self.bss
    }
}

/// The committed figures, by board and set.
pub(super) fn read(page: &str) -> BTreeMap<String, Figures> {
    page.lines().filter_map(read_line).collect()
}

fn read_line(line: &str) -> Option<(String, Figures)> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let ["", board, set, text, data, bss, ..] = cells.as_slice() else {
        return None;
    };
    let number = |cell: &str| cell.replace(',', "").parse().ok();
    let figures = Figures {
        text: number(text)?,
        data: number(data)?,
        bss: number(bss)?,
    };
    Some((format!("{board} {set}"), figures))
}

/// The heading of the table.
const HEADING: &str = "| board | set | text | data | bss | budget: text | static memory |";

/// The page with these figures in its table.
pub(super) fn written_into(page: &str, rows: &[(Build, Figures)]) -> Result<String> {
    let (before, rest) = page
        .split_once(HEADING)
        .ok_or_else(|| Failure::new(format!("docs/sizes.md: expected the line\n{HEADING}")))?;
    let behind = rest.find("\n\n").map_or("", |end| &rest[end..]);
    let mut text = format!("{before}{HEADING}\n|---|---|---|---|---|---|---|");
    for (build, figures) in rows {
        let cells = [
            figures.text,
            figures.data,
            figures.bss,
            build.text_max,
            build.ram_max,
        ];
        let cells = cells.map(grouped).join(" | ");
        text.push_str(&format!("\n| {} | {} | {cells} |", build.board, build.set));
    }
    text.push_str(if behind.is_empty() { "\n" } else { behind });
    Ok(text)
}

/// With a comma behind each thousand.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::builds::ALL;
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_the_rest_of_the_page_stays() {
        let figures = Figures {
            text: 1_234_567,
            data: 24,
            bss: 999,
        };
        let page = format!("# Sizes\n\n{HEADING}\n| old | line | 1 | 2 | 3 | 4 | 5 |\n\nBehind.\n");
        let written = written_into(&page, &[(ALL[0], figures)]).unwrap();
        assert!(written.starts_with("# Sizes\n\n|") && written.ends_with("|\n\nBehind.\n"));
        let read = read(&written);
        assert_eq!(read.len(), 1);
        assert_eq!(read["qemu-mps2 default"], figures);
        assert!(written_into("# Sizes\n", &[]).is_err());
    }
}
