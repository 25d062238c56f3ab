//! TOML with its lines kept: takes fields out of tables and gathers what is wrong with them.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::problem::{Gathered, Place, Problem, Problems, nearest};

/// The problems of one TOML file, while it is read.
pub(super) struct Reader<'t> {
    text: &'t str,
    place: Place,
    gathered: Gathered,
}

/// A table of the file and the fields that it may have.
pub(super) struct Section<'t> {
    /// `""` for the file itself, else as in `[authority]`.
    name: &'static str,
    table: Option<&'t DeTable<'t>>,
    line: Option<u64>,
}

impl<'t> Reader<'t> {
    /// A reader of `text`, which lies at `place`.
    pub(super) fn new(text: &'t str, place: Place) -> Self {
        Self {
            text,
            place,
            gathered: Gathered::default(),
        }
    }

    /// Parses, or tells everything that is no TOML.
    pub(super) fn parse(&mut self) -> Option<Spanned<DeTable<'t>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Some(table);
        }
        for error in errors {
            let line = self.line(error.span().unwrap_or(0..0));
            self.push(
                Some(line),
                format!("not TOML: {}", error.message()),
                "lines such as `contact = \"noc@example.org\"`",
            );
        }
        None
    }

    /// The file's own table.
    pub(super) fn top(&mut self, table: &'t DeTable<'t>, known: &[&str]) -> Section<'t> {
        self.unknown("", table, known);
        Section {
            name: "",
            table: Some(table),
            line: None,
        }
    }

    /// A table within the file. One that is not there has no fields.
    pub(super) fn section(
        &mut self,
        top: &Section<'t>,
        name: &'static str,
        known: &[&str],
    ) -> Section<'t> {
        let mut section = Section {
            name,
            table: None,
            line: None,
        };
        if let Some(value) = top.get(name) {
            let line = self.line(value.span());
            section.line = Some(line);
            match value.get_ref() {
                DeValue::Table(table) => {
                    self.unknown(name, table, known);
                    section.table = Some(table);
                }
                _ => self.push(
                    Some(line),
                    format!("`{name}` is no table"),
                    &format!("a table [{name}] with {}", known.join(", ")),
                ),
            }
        }
        section
    }

    /// A field that may be missing.
    pub(super) fn optional<T>(
        &mut self,
        section: &Section<'t>,
        field: &str,
        expected: &str,
        read: impl FnOnce(&DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        let value = section.get(field)?;
        let taken = read(value.get_ref());
        if taken.is_none() {
            let line = self.line(value.span());
            let found = match value.get_ref() {
                DeValue::String(text) if text.trim().is_empty() => "is empty".to_owned(),
                DeValue::String(text) => format!("is {:?}", text.as_ref()),
                other => format!("is {}", kind(other)),
            };
            self.push(
                Some(line),
                format!("`{}` {found}", section.path(field)),
                expected,
            );
        }
        taken
    }

    /// A field that must be there.
    pub(super) fn required<T>(
        &mut self,
        section: &Section<'t>,
        field: &str,
        expected: &str,
        read: impl FnOnce(&DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        if section.get(field).is_none() {
            self.push(
                section.line,
                format!("`{}` is missing", section.path(field)),
                expected,
            );
            return None;
        }
        self.optional(section, field, expected, read)
    }

    /// A list; each wrong element is told with its own line.
    pub(super) fn list<T>(
        &mut self,
        section: &Section<'t>,
        field: &str,
        expected: &str,
        read: impl Fn(&DeValue<'t>) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let value = section.get(field)?;
        let DeValue::Array(elements) = value.get_ref() else {
            let line = self.line(value.span());
            let found = format!("`{}` is {}", section.path(field), kind(value.get_ref()));
            self.push(
                Some(line),
                found,
                &format!("a list in brackets of {expected}"),
            );
            return None;
        };
        let mut taken = Vec::new();
        for element in elements {
            match read(element.get_ref()) {
                Ok(it) => taken.push(it),
                Err(found) => {
                    let line = self.line(element.span());
                    self.push(
                        Some(line),
                        format!("{found} in `{}`", section.path(field)),
                        expected,
                    );
                }
            }
        }
        Some(taken)
    }

    /// Tells a problem with a field that could be read.
    pub(super) fn wrong(
        &mut self,
        section: &Section<'t>,
        field: &str,
        found: impl std::fmt::Display,
        expected: &str,
    ) {
        let line = match section.get(field) {
            Some(value) => Some(self.line(value.span())),
            None => section.line,
        };
        self.push(line, format!("`{}` {found}", section.path(field)), expected);
    }

    /// `value`, unless something was wrong.
    pub(super) fn or<T>(mut self, value: Option<T>) -> Result<T, Problems> {
        self.gathered.sort();
        match value {
            Some(value) => self.gathered.or(value),
            None => Err(self.gathered.or(()).expect_err("what is missing was told")),
        }
    }

    fn unknown(&mut self, name: &'static str, table: &DeTable<'t>, known: &[&str]) {
        let mut unknown: Vec<(Range<usize>, String)> = table
            .iter()
            .map(|(key, _)| (key.span(), key.get_ref().to_string()))
            .filter(|(_, key)| !known.contains(&key.as_str()))
            .collect();
        unknown.sort_by_key(|(span, _)| span.start);
        for (span, key) in unknown {
            let line = self.line(span);
            let place = if name.is_empty() {
                String::new()
            } else {
                format!(" in [{name}]")
            };
            let mut problem = Problem::new(
                self.place.line(line),
                format!("unknown field `{key}`{place}"),
                format!("one of {}", known.join(", ")),
            );
            if let Some(meant) = nearest(&key.to_ascii_lowercase(), known) {
                problem = problem.next(format!("did you mean `{meant}`?"));
            }
            self.gathered.push(problem);
        }
    }

    fn push(&mut self, line: Option<u64>, found: String, expected: &str) {
        let place = match line {
            Some(line) => self.place.line(line),
            None => self.place.clone(),
        };
        self.gathered.push(Problem::new(place, found, expected));
    }

    fn line(&self, span: Range<usize>) -> u64 {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        before.matches('\n').count() as u64 + 1
    }
}

impl<'t> Section<'t> {
    fn get(&self, field: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table?.get(field)
    }

    /// Whether the field is there.
    pub(super) fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    fn path(&self, field: &str) -> String {
        if self.name.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.name)
        }
    }
}

/// A text with something in it.
pub(super) fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// A whole number, zero or more.
pub(super) fn number(value: &DeValue<'_>) -> Option<u64> {
    match value {
        DeValue::Integer(number) => {
            u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        }
        _ => None,
    }
}

/// Yes or no.
pub(super) fn yes(value: &DeValue<'_>) -> Option<bool> {
    match value {
        DeValue::Boolean(yes) => Some(*yes),
        _ => None,
    }
}

/// What a value is, for messages.
fn kind(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(_) => "a text".to_owned(),
        DeValue::Integer(number) => format!("the number {}", number.as_str()),
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
