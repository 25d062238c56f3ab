//! Reads TOML field by field, so that every error has a line and says what was expected.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::ProfileError;

/// A parsed file that knows its lines.
pub(super) struct Document<'a> {
    origin: &'a str,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
}

/// What is wrong, at an offset in the file.
#[derive(Debug)]
pub(super) struct Fault {
    offset: usize,
    what: String,
}

impl Fault {
    pub(super) fn new(offset: usize, what: String) -> Self {
        Self { offset, what }
    }
}

impl<'a> Document<'a> {
    pub(super) fn parse(origin: &'a str, text: &'a str) -> Result<Self, ProfileError> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { origin, text, root }),
            Err(error) => Err(ProfileError::Line {
                origin: origin.to_owned(),
                line: line(text, error.span().map_or(0, |span| span.start)),
                what: format!("not TOML: {}", error.message()),
            }),
        }
    }

    pub(super) fn origin(&self) -> &'a str {
        self.origin
    }

    pub(super) fn root(&self) -> Reader<'_> {
        Reader {
            path: String::new(),
            offset: 0,
            table: self.root.get_ref(),
            asked: Vec::new(),
        }
    }

    pub(super) fn error(&self, fault: Fault) -> ProfileError {
        ProfileError::Line {
            origin: self.origin.to_owned(),
            line: line(self.text, fault.offset),
            what: fault.what,
        }
    }
}

fn line(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|octet| *octet == b'\n')
        .count()
}

/// One table. Every field is asked for by name; [`Reader::end`] refuses what nobody asked for.
pub(super) struct Reader<'a> {
    path: String,
    offset: usize,
    table: &'a DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// A sentence or name that is not empty.
    pub(super) fn text(&mut self, field: &'static str) -> Result<String, Fault> {
        self.checked(field, "a text that is not empty", |text| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    /// A text that `check` accepts; `expected` says what that is.
    pub(super) fn checked<T>(
        &mut self,
        field: &'static str,
        expected: &str,
        check: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        let value = self.required(field, expected)?;
        self.one(field, value, expected, check)
    }

    /// A sentence or name that may be missing.
    pub(super) fn optional_text(&mut self, field: &'static str) -> Result<Option<String>, Fault> {
        self.text_if(false, field)
    }

    /// A sentence or name; it may be missing unless it is needed.
    pub(super) fn text_if(
        &mut self,
        is_needed: bool,
        field: &'static str,
    ) -> Result<Option<String>, Fault> {
        if is_needed || self.table.contains_key(field) {
            self.text(field).map(Some)
        } else {
            self.asked.push(field);
            Ok(None)
        }
    }

    /// A text that `check` accepts and that may be missing.
    pub(super) fn optional<T>(
        &mut self,
        field: &'static str,
        expected: &str,
        check: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        self.asked.push(field);
        self.table
            .get(field)
            .map(|value| self.one(field, value, expected, check))
            .transpose()
    }

    /// `true`, `false`, or nothing for `false`.
    pub(super) fn flag(&mut self, field: &'static str) -> Result<bool, Fault> {
        self.asked.push(field);
        match self.table.get(field) {
            None => Ok(false),
            Some(value) => value.get_ref().as_bool().ok_or_else(|| {
                Fault::new(
                    value.span().start,
                    format!(
                        "`{}` is {}; expected true or false",
                        self.name(field),
                        kind(value.get_ref())
                    ),
                )
            }),
        }
    }

    /// A whole number in `range`.
    pub(super) fn number(
        &mut self,
        field: &'static str,
        range: std::ops::RangeInclusive<u16>,
    ) -> Result<u16, Fault> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let value = self.required(field, &expected)?;
        let found = match value.get_ref() {
            DeValue::Integer(number) => match number.as_str().parse() {
                Ok(number) if range.contains(&number) => return Ok(number),
                _ => number.as_str().to_owned(),
            },
            other => kind(other).to_owned(),
        };
        Err(Fault::new(
            value.span().start,
            format!("`{}` is {found}; expected {expected}", self.name(field)),
        ))
    }

    /// A list of lines that may be missing.
    pub(super) fn optional_lines(
        &mut self,
        field: &'static str,
    ) -> Result<Option<Vec<String>>, Fault> {
        self.asked.push(field);
        if self.table.contains_key(field) {
            self.lines(field).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A list of texts that may be missing, each with its offset.
    pub(super) fn optional_list<T>(
        &mut self,
        field: &'static str,
        expected: &str,
        check: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<(T, usize)>>, Fault> {
        self.asked.push(field);
        if self.table.contains_key(field) {
            self.list(field, expected, check).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A list of texts, each with its offset.
    pub(super) fn list<T>(
        &mut self,
        field: &'static str,
        expected: &str,
        check: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<(T, usize)>, Fault> {
        let value = self.required(field, &format!("a list, each entry {expected}"))?;
        let Some(entries) = value.get_ref().as_array() else {
            return Err(Fault::new(
                value.span().start,
                format!(
                    "`{}` is {}; expected a list, each entry {expected}",
                    self.name(field),
                    kind(value.get_ref())
                ),
            ));
        };
        entries
            .iter()
            .map(|entry| {
                self.one(field, entry, expected, &check)
                    .map(|read| (read, entry.span().start))
            })
            .collect()
    }

    /// A list of lines, at least one, none empty.
    pub(super) fn lines(&mut self, field: &'static str) -> Result<Vec<String>, Fault> {
        let lines = self.list(field, "a line that is not empty", |text| {
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        })?;
        if lines.is_empty() {
            return Err(Fault::new(
                self.offset_of(field),
                format!(
                    "`{}` is empty; expected at least one line",
                    self.name(field)
                ),
            ));
        }
        Ok(lines.into_iter().map(|(line, _)| line).collect())
    }

    /// A table that must be there.
    pub(super) fn table(&mut self, field: &'static str) -> Result<Reader<'a>, Fault> {
        match self.optional_table(field)? {
            Some(table) => Ok(table),
            None => Err(self.missing(field, "a table")),
        }
    }

    /// A table that may be missing.
    pub(super) fn optional_table(
        &mut self,
        field: &'static str,
    ) -> Result<Option<Reader<'a>>, Fault> {
        self.asked.push(field);
        let Some(value) = self.table.get(field) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Table(table) => Ok(Some(Reader {
                path: self.name(field),
                offset: self.offset_of(field),
                table,
                asked: Vec::new(),
            })),
            other => Err(Fault::new(
                value.span().start,
                format!(
                    "`{}` is {}; expected a table",
                    self.name(field),
                    kind(other)
                ),
            )),
        }
    }

    /// Refuses fields that nobody asked for.
    pub(super) fn end(self) -> Result<(), Fault> {
        let unknown = self
            .table
            .keys()
            .filter(|key| !self.asked.contains(&key.get_ref().as_ref()))
            .min_by_key(|key| key.span().start);
        let Some(key) = unknown else {
            return Ok(());
        };
        let word = key.get_ref().as_ref();
        let hint = match nearest(word, &self.asked) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("expected one of {}", self.asked.join(", ")),
        };
        Err(Fault::new(
            key.span().start,
            format!("unknown field `{}`; {hint}", self.name(word)),
        ))
    }

    fn required(
        &mut self,
        field: &'static str,
        expected: &str,
    ) -> Result<&'a Spanned<DeValue<'a>>, Fault> {
        self.asked.push(field);
        self.table
            .get(field)
            .ok_or_else(|| self.missing(field, expected))
    }

    pub(super) fn missing(&self, field: &str, expected: &str) -> Fault {
        // A misspelt neighbour is the likelier story than a field left out.
        let meant = self
            .table
            .keys()
            .find(|key| nearest(key.get_ref(), &[field]).is_some() && key.get_ref() != field);
        match meant {
            Some(key) => Fault::new(
                key.span().start,
                format!(
                    "unknown field `{}`; did you mean `{field}`?",
                    self.name(key.get_ref())
                ),
            ),
            None => Fault::new(
                self.offset,
                format!("missing field `{}`; expected {expected}", self.name(field)),
            ),
        }
    }

    fn one<T>(
        &self,
        field: &str,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
        check: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        let found = match value.get_ref() {
            DeValue::String(text) => match check(text) {
                Some(read) => return Ok(read),
                None => format!("`{text}`"),
            },
            other => kind(other).to_owned(),
        };
        Err(Fault::new(
            value.span().start,
            format!("`{}` is {found}; expected {expected}", self.name(field)),
        ))
    }

    pub(super) fn offset_of(&self, field: &str) -> usize {
        self.table
            .keys()
            .find(|key| key.get_ref() == field)
            .map_or(self.offset, |key| key.span().start)
    }

    fn name(&self, field: &str) -> String {
        if self.path.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.path)
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The known name that `word` is at most two slips away from.
fn nearest<'n>(word: &str, known: &[&'n str]) -> Option<&'n str> {
    known
        .iter()
        .map(|name| (slips(word, name), *name))
        .filter(|(count, name)| *count <= 2 && *count < name.len())
        .min()
        .map(|(_, name)| name)
}

/// Letters to insert, drop or change on the way from `one` to `two`.
fn slips(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut next = vec![place + 1];
        for (column, other) in two.iter().enumerate() {
            let change = row[column] + usize::from(letter != *other);
            next.push(change.min(row[column + 1] + 1).min(next[column] + 1));
        }
        row = next;
    }
    row[two.len()]
}
