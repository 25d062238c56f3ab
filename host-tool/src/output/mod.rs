//! What people and programs read.

use jiff::{Timestamp, tz::TimeZone};

/// A number in groups of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A moment to the minute, in UTC.
pub fn minute(moment: Timestamp) -> String {
    let zoned = moment.to_zoned(TimeZone::UTC);
    zoned.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
