//! TOML with its lines kept: takes fields out of tables and gathers what is wrong with them.

use std::ops::Range;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::problem::{Gathered, Place, Problem, Problems, nearest};

/// The problems of one TOML file, while it is read.
pub struct Reader<'t> {
    text: &'t str,
    place: Place,
    example: &'static str,
    gathered: Gathered,
}

/// A table of the file and the fields that it may have.
pub struct Section<'t> {
    /// `""` for the file itself, else as in `authority`.
    name: String,
    /// As people find it in the file: `[authority]`, `[[peer]]`.
    header: String,
    table: Option<&'t DeTable<'t>>,
    line: Option<u64>,
}

impl<'t> Reader<'t> {
    /// A reader of `text`, which lies at `place`; `example` is a line that might stand there.
    pub fn new(text: &'t str, place: Place, example: &'static str) -> Self {
        Self {
            text,
            place,
            example,
            gathered: Gathered::default(),
        }
    }

    /// Parses, or tells everything that is no TOML.
    pub fn parse(&mut self) -> Option<Spanned<DeTable<'t>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Some(table);
        }
        for error in errors {
            let line = self.line(error.span().unwrap_or(0..0));
            self.push(
                Some(line),
                format!("not TOML: {}", error.message()),
                &format!("lines such as `{}`", self.example),
            );
        }
        None
    }

    /// The file's own table.
    pub fn top(&mut self, table: &'t DeTable<'t>, known: &[&str]) -> Section<'t> {
        self.unknown("", table, known);
        Section {
            name: String::new(),
            header: String::new(),
            table: Some(table),
            line: None,
        }
    }

    /// A table within another one. One that is not there has no fields.
    pub fn section(&mut self, outer: &Section<'t>, name: &str, known: &[&str]) -> Section<'t> {
        let path = outer.path(name);
        let mut section = Section {
            header: format!("[{path}]"),
            name: path,
            table: None,
            line: None,
        };
        if let Some(value) = outer.get(name) {
            let line = self.line(value.span());
            section.line = Some(line);
            match value.get_ref() {
                DeValue::Table(table) => {
                    self.unknown(&section.header, table, known);
                    section.table = Some(table);
                }
                _ => self.push(
                    Some(line),
                    format!("`{}` is no table", section.name),
                    &format!("a table {} with {}", section.header, known.join(", ")),
                ),
            }
        }
        section
    }

    /// The tables of one name, as in `[[peer]]`, in the file's order; none where there is none.
    pub fn sections(
        &mut self,
        outer: &Section<'t>,
        name: &str,
        known: &[&str],
    ) -> Vec<Section<'t>> {
        let path = outer.path(name);
        let header = format!("[[{path}]]");
        let Some(value) = outer.get(name) else {
            return Vec::new();
        };
        let tables: Option<Vec<_>> = match value.get_ref() {
            DeValue::Array(elements) => elements
                .iter()
                .map(|element| match element.get_ref() {
                    DeValue::Table(table) => Some((table, self.line(element.span()))),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        let Some(tables) = tables else {
            let line = self.line(value.span());
            self.push(
                Some(line),
                format!("`{path}` is {}", kind(value.get_ref())),
                &format!("tables {header} with {}", known.join(", ")),
            );
            return Vec::new();
        };
        let mut sections = Vec::with_capacity(tables.len());
        for (table, line) in tables {
            self.unknown(&header, table, known);
            sections.push(Section {
                name: path.clone(),
                header: header.clone(),
                table: Some(table),
                line: Some(line),
            });
        }
        sections
    }

    /// A field that may be missing.
    pub fn optional<T>(
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
    pub fn required<T>(
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

    /// A list, where all of it is right; each wrong element is told with its own line.
    pub fn list<T>(
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
        let mut taken = Vec::with_capacity(elements.len());
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
        (taken.len() == elements.len()).then_some(taken)
    }

    /// Tells a problem with a field that could be read.
    pub fn wrong(
        &mut self,
        section: &Section<'t>,
        field: &str,
        found: impl std::fmt::Display,
        expected: &str,
    ) {
        self.wrong_next(section, field, found, expected, None);
    }

    /// Tells a word that stands in a field and is none of `known`, with the one that was probably
    /// meant.
    pub fn no_such(
        &mut self,
        section: &Section<'t>,
        field: &str,
        word: &str,
        what: &str,
        known: &[&str],
    ) {
        let found = format!("is {word:?}: there is no such {what}");
        let next = nearest(&word.to_ascii_lowercase(), known)
            .map(|meant| format!("did you mean `{meant}`?"));
        self.wrong_next(
            section,
            field,
            found,
            &format!("one of {}", known.join(", ")),
            next,
        );
    }

    /// Tells a problem with a field that could be read, and what to do next.
    pub fn wrong_next(
        &mut self,
        section: &Section<'t>,
        field: &str,
        found: impl std::fmt::Display,
        expected: &str,
        next: Option<String>,
    ) {
        let place = self.at(self.line_of(section, field));
        let found = format!("`{}` {found}", section.path(field));
        let problem = Problem::new(place, found, expected);
        self.gathered.push(match next {
            Some(next) => problem.next(next),
            None => problem,
        });
    }

    /// Takes in what was wrong with another file that this one names.
    pub fn extend(&mut self, problems: Problems) {
        self.gathered.extend(problems);
    }

    /// The line of a field, or of its table where the field is missing.
    pub fn line_of(&self, section: &Section<'t>, field: &str) -> Option<u64> {
        match section.get(field) {
            Some(value) => Some(self.line(value.span())),
            None => section.line,
        }
    }

    /// A line of the file, or all of it.
    pub fn at(&self, line: Option<u64>) -> Place {
        match line {
            Some(line) => self.place.line(line),
            None => self.place.clone(),
        }
    }

    /// `value`, unless something was wrong.
    pub fn or<T>(mut self, value: Option<T>) -> Result<T, Problems> {
        self.gathered.sort();
        match value {
            Some(value) => self.gathered.or(value),
            None => Err(self.gathered.or(()).expect_err("what is missing was told")),
        }
    }

    fn unknown(&mut self, header: &str, table: &DeTable<'t>, known: &[&str]) {
        let mut unknown: Vec<(Range<usize>, String)> = table
            .iter()
            .map(|(key, _)| (key.span(), key.get_ref().to_string()))
            .filter(|(_, key)| !known.contains(&key.as_str()))
            .collect();
        unknown.sort_by_key(|(span, _)| span.start);
        for (span, key) in unknown {
            let line = self.line(span);
            let place = if header.is_empty() {
                String::new()
            } else {
                format!(" in {header}")
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
        let place = self.at(line);
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

    /// What a field holds, if it is there.
    pub fn value(&self, field: &str) -> Option<&'t DeValue<'t>> {
        self.get(field).map(Spanned::get_ref)
    }

    /// Whether the field is there.
    pub fn has(&self, field: &str) -> bool {
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
pub fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// A whole number, zero or more.
pub fn number(value: &DeValue<'_>) -> Option<u64> {
    match value {
        DeValue::Integer(number) => {
            u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        }
        _ => None,
    }
}

/// A number with or without a fraction.
pub fn real(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
        _ => number(value).map(|it| it as f64),
    }
}

/// Yes or no.
pub fn yes(value: &DeValue<'_>) -> Option<bool> {
    match value {
        DeValue::Boolean(yes) => Some(*yes),
        _ => None,
    }
}

/// A date of TOML or a text that looks like one; a date alone is its midnight, UTC.
pub fn moment(value: &DeValue<'_>) -> Option<Timestamp> {
    let text = match value {
        DeValue::Datetime(date) => date.to_string(),
        DeValue::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    // A time without an offset could be anybody's.
    if text.len() != "2026-11-20".len() {
        return None;
    }
    let midnight = text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(midnight.timestamp())
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
