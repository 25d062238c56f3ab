//! A run: nobody gets two letters at once.

use std::collections::HashMap;

use super::{Fault, FaultKind};
use crate::letters::{
    Letter,
    language::{Edition, SpeechError},
};

/// Marks every letter but the first to one recipient, so that it does not count as ready. One
/// letter in several languages is one letter. Says how many were marked.
pub fn hold_back_second_letters<'a>(
    letters: impl IntoIterator<Item = &'a mut Letter>,
) -> Result<usize, SpeechError> {
    let mut first: HashMap<String, (String, Vec<Edition>)> = HashMap::new();
    let mut held = 0;
    for letter in letters {
        let Some(recipient) = &letter.recipient else {
            continue;
        };
        let (reference, editions) = first
            .entry(recipient.to_lowercase())
            .or_insert_with(|| (letter.reference.clone(), Vec::new()));
        if *reference == letter.reference && !editions.contains(&letter.edition) {
            editions.push(letter.edition);
        } else {
            let near = format!("{recipient} has {reference}");
            letter.add_fault(Fault::new(FaultKind::SecondLetter, &near))?;
            held += 1;
        }
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::language::Language;

    #[test]
    fn one_letter_for_each_recipient() {
        let letter = |reference: &str, recipient: Option<&str>, language: Language| Letter {
            reference: reference.into(),
            recipient: recipient.map(Into::into),
            edition: Edition::from(language),
            subject: String::new(),
            text: String::new(),
            drafts: Vec::new(),
            faults: Vec::new(),
            marks: Vec::new(),
            parts: Vec::new(),
        };
        let one = Some("abuse@one.example");
        for (letters, held) in [
            (
                vec![
                    letter("A-1", one, Language::Pl),
                    letter("A-1", one, Language::En),
                    letter("A-2", Some("abuse@two.example"), Language::Pl),
                    letter("A-3", None, Language::Pl),
                    letter("A-4", None, Language::Pl),
                ],
                [false, false, false, false, false].as_slice(),
            ),
            (
                vec![
                    letter("A-1", one, Language::Pl),
                    letter("A-2", Some("Abuse@one.example"), Language::Fr),
                    letter("A-1", one, Language::Fr),
                    letter("A-3", one, Language::Fr),
                ],
                &[false, true, false, true],
            ),
            (vec![letter("A-1", one, Language::Pl); 2], &[false, true]),
        ] {
            let mut letters = letters;
            let count = hold_back_second_letters(&mut letters).unwrap();
            let marked: Vec<bool> = letters.iter().map(|it| !it.faults.is_empty()).collect();
            assert_eq!(marked, held);
            assert_eq!(count, held.iter().filter(|it| **it).count());
            for letter in letters.iter().filter(|it| !it.faults.is_empty()) {
                assert_eq!(letter.faults[0].kind, FaultKind::SecondLetter);
                assert!(letter.text.starts_with("*** "), "{}", letter.text);
            }
        }
    }
}
