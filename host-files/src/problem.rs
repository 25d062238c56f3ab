//! What is wrong with something a user gave, where, what was expected, and what to do next.

use std::{fmt, path::Path};

/// How many problems of one file are told; the rest is counted.
pub const PROBLEMS_TOLD_MAX: usize = 20;

/// Where a problem lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// A file, or the name of an argument.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u64>,
}

impl Place {
    /// All of a file.
    pub fn file(file: &Path) -> Self {
        Self::named(file.display().to_string())
    }

    /// Something with a name that is no file.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            file: name.into(),
            line: None,
        }
    }

    /// A line of the same file.
    pub fn line(&self, line: u64) -> Self {
        Self {
            file: self.file.clone(),
            line: Some(line),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        match self.line {
            Some(line) => write!(out, ":{line}"),
            None => Ok(()),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What was found there.
    pub found: String,
    /// What was expected instead.
    pub expected: String,
    /// What to do next, where that is not plain from `expected`.
    pub next: Option<String>,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(place: Place, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            place,
            found: found.into(),
            expected: expected.into(),
            next: None,
        }
    }

    /// Says what to do next.
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.found)?;
        write!(out, "\n  expected: {}", self.expected)?;
        match &self.next {
            Some(next) => write!(out, "\n  next: {next}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with an input, at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    told: Vec<Problem>,
    untold: usize,
}

impl Problems {
    /// A single problem.
    pub fn one(problem: Problem) -> Self {
        Self {
            told: vec![problem],
            untold: 0,
        }
    }

    /// Those that are told.
    pub fn told(&self) -> &[Problem] {
        &self.told
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ([only], 0) = (self.told.as_slice(), self.untold) {
            return only.fmt(out);
        }
        let count = self.told.len() + self.untold;
        write!(out, "nothing was done: {count} things are wrong")?;
        for problem in &self.told {
            write!(out, "\n{problem}")?;
        }
        if self.untold > 0 {
            write!(out, "\n… and {} more", self.untold)?;
        }
        Ok(())
    }
}

/// Gathers problems while an input is read to its end.
#[derive(Debug, Default)]
pub struct Gathered {
    told: Vec<Problem>,
    untold: usize,
}

impl Gathered {
    /// Takes one in.
    pub fn push(&mut self, problem: Problem) {
        if self.told.len() < PROBLEMS_TOLD_MAX {
            self.told.push(problem);
        } else {
            self.untold = self.untold.saturating_add(1);
        }
    }

    /// Takes in all that another input had.
    pub fn extend(&mut self, problems: Problems) {
        self.untold = self.untold.saturating_add(problems.untold);
        for problem in problems.told {
            self.push(problem);
        }
    }

    /// Puts them in the order of their places; those without a line come last.
    pub fn sort(&mut self) {
        self.told
            .sort_by_key(|problem| (problem.place.line.is_none(), problem.place.line));
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// `value`, unless something was wrong.
    pub fn or<T>(self, value: T) -> Result<T, Problems> {
        if self.told.is_empty() {
            Ok(value)
        } else {
            Err(Problems {
                told: self.told,
                untold: self.untold,
            })
        }
    }
}

/// The one of `known` that `word` was probably meant to be.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let bound = (word.chars().count() / 3).max(1);
    known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(steps, _)| *steps <= bound)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or changed to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter_a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, letter_b) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter_a != *letter_b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["networks", "exclusions", "ports", "depth"];
        for (word, meant) in [
            ("network", Some("networks")),
            ("exclusion", Some("exclusions")),
            ("port", Some("ports")),
            ("dept", Some("depth")),
            ("rates", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &known), meant, "{word:?}");
        }
    }

    #[test]
    fn what_is_not_told_is_counted() {
        let mut gathered = Gathered::default();
        for line in 0..(PROBLEMS_TOLD_MAX as u64 + 3) {
            gathered.push(Problem::new(Place::named("list").line(line), "a", "b"));
        }
        let problems = gathered.or(()).unwrap_err();
        assert_eq!(problems.told().len(), PROBLEMS_TOLD_MAX);
        assert!(problems.to_string().ends_with("\n… and 3 more"));
    }
}
