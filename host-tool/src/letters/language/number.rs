//! Numbers in groups of three, as each language writes them.

use super::{
    Language,
    typography::{NARROW_NO_BREAK, NO_BREAK},
};
use fluent_bundle::FluentValue;

/// `M` is `fluent_bundle`'s own affair.
type Formatter<M> = fn(&FluentValue<'_>, &M) -> Option<String>;

/// What writes `language`'s numbers: the form in which `fluent_bundle` wants it.
pub(super) fn formatter<M>(language: Language) -> Formatter<M> {
    match language {
        // Four digits stay together in Polish.
        Language::Pl => |value, _| grouped(value, NO_BREAK, 5),
        Language::Fr | Language::FrCh => |value, _| grouped(value, NARROW_NO_BREAK, 4),
        Language::Da | Language::De | Language::It => |value, _| grouped(value, '.', 4),
        Language::DeAt => |value, _| grouped(value, NO_BREAK, 4),
        Language::DeCh | Language::DeLi | Language::ItCh => {
            |value, _| grouped(value, '\u{2019}', 4)
        }
        Language::En => |value, _| grouped(value, ',', 4),
    }
}

/// Texts are not ours to format; our numbers are counts.
fn grouped(value: &FluentValue<'_>, separator: char, digits_min: usize) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let digits = number.value.to_string();
    if digits.len() < digits_min || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(separator);
        }
        text.push(digit);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_the_language_does() {
        for (language, thousand, million) in [
            (Language::Pl, "1000", "1\u{a0}000\u{a0}000"),
            (Language::Fr, "1\u{202f}000", "1\u{202f}000\u{202f}000"),
            (Language::Da, "1.000", "1.000.000"),
            (Language::De, "1.000", "1.000.000"),
            (Language::It, "1.000", "1.000.000"),
            (Language::En, "1,000", "1,000,000"),
            (Language::DeAt, "1\u{a0}000", "1\u{a0}000\u{a0}000"),
            (Language::DeCh, "1\u{2019}000", "1\u{2019}000\u{2019}000"),
            (Language::DeLi, "1\u{2019}000", "1\u{2019}000\u{2019}000"),
            (Language::FrCh, "1\u{202f}000", "1\u{202f}000\u{202f}000"),
            (Language::ItCh, "1\u{2019}000", "1\u{2019}000\u{2019}000"),
        ] {
            let format = |number: u32| {
                let value = FluentValue::from(number);
                formatter::<()>(language)(&value, &()).unwrap_or_else(|| number.to_string())
            };
            assert_eq!(format(999), "999", "{language}");
            assert_eq!(format(1000), thousand, "{language}");
            assert_eq!(format(1_000_000), million, "{language}");
        }
    }
}
