//! Moments and days: in UTC and in the letter's zone.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use probe_core::time::Utc;

use super::{Composer, FactsError, Part, Row, Say, message};
use crate::letters::{language::Value, model::Basis};

impl Composer<'_> {
    /// The whole letter's first and last moment.
    pub(super) fn dates(&self, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        let findings = || self.facts.findings.iter();
        let first = findings().map(|finding| finding.first_seen).min();
        let last = findings().map(|finding| finding.last_seen).max();
        if let (Some(first), Some(last)) = (first, last) {
            parts.push(Part::Rows(self.seen(first, last)?));
        }
        Ok(())
    }

    /// By when an answer is hoped for, and when there is another test.
    pub(super) fn deadline(&self, parts: &mut Vec<Part<Say>>) -> Result<(), FactsError> {
        let Some(schedule) = &self.profile.schedule else {
            return Ok(());
        };
        let on = |days| -> Result<_, FactsError> {
            Ok(vec![("date", Value::Date(self.days_later(days)?))])
        };
        parts.push(Part::Paragraph(Say::Message(
            "deadline".into(),
            on(schedule.answer_days)?,
        )));
        if self.profile.basis == Basis::Tests {
            parts.push(Part::Paragraph(Say::Message(
                "deadline-retest".into(),
                on(schedule.retest_days)?,
            )));
        }
        Ok(())
    }

    /// The rows of what was seen from `first` to `last`.
    pub(super) fn seen(&self, first: Utc, last: Utc) -> Result<Vec<Row<Say>>, FactsError> {
        // Letters give minutes.
        if first.0 / 60 == last.0 / 60 {
            return Ok(vec![self.moments(message("label-seen"), first)?]);
        }
        Ok(vec![
            self.moments(message("label-first-seen"), first)?,
            self.moments(message("label-last-seen"), last)?,
        ])
    }

    /// A row with a moment in UTC and in the letter's zone.
    pub(super) fn moments(&self, label: Say, at: Utc) -> Result<Row<Say>, FactsError> {
        let mut lines = vec![self.moment("moment-utc", at, &TimeZone::UTC)?];
        if self.zone != TimeZone::UTC {
            lines.push(self.moment("moment-local", at, &self.zone)?);
        }
        Ok(Row { label, lines })
    }

    /// A row with a day.
    pub(super) fn on(&self, id: &'static str, date: Date) -> Say {
        Say::Message(id.into(), vec![("date", Value::Date(date))])
    }

    fn moment(&self, id: &'static str, at: Utc, zone: &TimeZone) -> Result<Say, FactsError> {
        let civil = self.civil(at, zone)?;
        let count = |part: i8| Value::Count(part.unsigned_abs().into());
        Ok(Say::Message(
            id.into(),
            vec![
                ("date", Value::Date(civil.date())),
                ("hour", count(civil.hour())),
                ("minute", Value::Text(format!("{:02}", civil.minute()))),
                (
                    "zone",
                    Value::Text(zone.iana_name().unwrap_or("UTC").to_owned()),
                ),
            ],
        ))
    }

    pub(super) fn civil(
        &self,
        at: Utc,
        zone: &TimeZone,
    ) -> Result<jiff::civil::DateTime, FactsError> {
        i64::try_from(at.0)
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map(|timestamp| timestamp.to_zoned(zone.clone()).datetime())
            .ok_or_else(|| self.beyond(at))
    }

    fn days_later(&self, days: u16) -> Result<Date, FactsError> {
        let written = self.facts.written;
        self.civil(written, &self.zone)?
            .date()
            .checked_add(i32::from(days).days())
            .map_err(|_| self.beyond(written))
    }

    fn beyond(&self, at: Utc) -> FactsError {
        FactsError::Moment {
            reference: self.facts.reference.clone(),
            seconds: at.0,
        }
    }
}
