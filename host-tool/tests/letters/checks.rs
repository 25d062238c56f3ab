//! For each check, a letter that it stops; the same letter without the fault passes.

use std::collections::BTreeSet;

use host_tool::letters::{
    FaultKind, Language, Letter, Profile, State, hold_back_second_letters,
    model::{LetterFacts, Line, Side},
    render,
};

use crate::{facts, refused::own};

/// What is wrong with a letter: a sentence of its sender, or something in its facts.
enum Wrong {
    /// English: what the sender says of itself.
    Who(&'static str),
    /// The facts.
    Facts(fn(&mut LetterFacts)),
}

fn sound() -> LetterFacts {
    facts::letter("A-1", Language::En, vec![facts::suspected(25)])
}

/// The sender's profile with another sentence about itself, in English.
fn saying(who: &str) -> Profile {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/profiles/example-cert.toml"
    ))
    .unwrap();
    let (head, english) = text.split_once("[text.en]").unwrap();
    let line = english
        .lines()
        .find(|line| line.starts_with("who = "))
        .unwrap();
    let quoted = format!("who = '''{who}'''");
    let text = format!("{head}[text.en]{}", english.replace(line, &quoted));
    let text = text.replace("cert.example", "cert.gov.pl");
    Profile::parse("own.toml", &text).unwrap()
}

fn write(wrong: &Wrong) -> Letter {
    match wrong {
        Wrong::Who(who) => render(&sound(), Language::En, &saying(who)),
        Wrong::Facts(change) => {
            let mut facts = sound();
            change(&mut facts);
            render(&facts, Language::En, &own())
        }
    }
    .unwrap()
}

#[test]
fn each_check_stops_a_letter_and_lets_one_pass() {
    use FaultKind::*;
    use Wrong::{Facts, Who};
    let passes = "We are the national team, reachable as <team@cert.gov.pl>.";
    let letter = write(&Who(passes));
    assert_eq!((letter.state(), letter.faults), (State::Ready, vec![]));

    let cases: Vec<(FaultKind, Wrong)> = vec![
        (Brace, Who("We are { $name }.")),
        (Bracket, Who("We are [insert name here].")),
        (Empty, Who("~")),
        (RepeatedWord, Who("We are the the national team.")),
        (DoubleSpace, Who("We are  the national team.")),
        (Isolate, Who("We are \u{2068}the national team\u{2069}.")),
        (LinkWithStop, Who("We are at https://cert.gov.pl/us.")),
        (StraightQuote, Who("We are the \"national\" team.")),
        (Placeholder, Who("We are TODO.")),
        (ExampleName, Who("We are at www.example.com today.")),
        (Unprintable, Who("We are the national\u{200b} team.")),
        (
            TooLong,
            Facts(|facts| {
                // More than a letter can tell: a whole network, one server by one.
                let finding = facts.findings[0].clone();
                facts.findings = vec![finding; 1_500];
            }),
        ),
        (
            Token,
            Facts(|facts| {
                facts.findings[0].transcript.push(Line {
                    from: Side::Server,
                    text: "250 <raaaqaaakaapfcdx7rgmhcel5e4@sink.cert.gov.pl> taken".into(),
                });
            }),
        ),
        (
            Recipient,
            Facts(|facts| facts.recipient.contact = Some("the abuse desk".into())),
        ),
    ];
    let mut stopped = BTreeSet::from([SecondLetter.as_str()]);
    for (kind, wrong) in &cases {
        let letter = write(wrong);
        let kinds: Vec<FaultKind> = letter.faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [*kind]);
        assert_eq!(letter.state(), State::Faulty);
        assert_eq!(letter.file_name("txt"), "A-1.en.faulty.txt");
        assert!(letter.text.starts_with("*** NOT TO BE SENT: "), "{kind:?}");
        stopped.insert(kind.as_str());
    }
    let all: BTreeSet<&str> = FaultKind::ALL.map(FaultKind::as_str).into();
    assert_eq!(stopped, all, "each kind of fault has its letter");
}

#[test]
fn a_second_letter_in_a_run_is_not_ready() {
    let letter = |reference| {
        let facts = facts::letter(reference, Language::En, vec![facts::suspected(25)]);
        render(&facts, Language::En, &own()).unwrap()
    };
    let mut letters = [letter("A-1"), letter("A-2")];
    assert!(letters.iter().all(Letter::is_ready));
    assert_eq!(hold_back_second_letters(&mut letters), Ok(1));
    assert!(letters[0].is_ready());
    assert_eq!(letters[1].faults[0].kind, FaultKind::SecondLetter);
    assert_eq!(letters[1].file_name("eml"), "A-2.en.faulty.eml");
    assert!(letters[1].text.starts_with("*** NOT TO BE SENT: "));
}

#[test]
fn a_letter_with_faults_says_so_in_its_own_language() {
    for (language, mark) in [
        (Language::Pl, "*** NIE DO WYSŁANIA: "),
        (Language::Fr, "*** NE PAS ENVOYER\u{a0}: "),
        (Language::Da, "*** MÅ IKKE SENDES: "),
        (Language::De, "*** NICHT ZUM VERSAND: "),
        (Language::It, "*** DA NON INVIARE: "),
        (Language::En, "*** NOT TO BE SENT: "),
    ] {
        let mut facts = facts::letter("A-1", language, vec![facts::suspected(25)]);
        facts.recipient.contact = Some("nobody".into());
        let letter = render(&facts, language, &own()).unwrap();
        assert!(letter.text.starts_with(mark), "{}", letter.text);
        assert!(letter.text.lines().all(|line| line.chars().count() <= 72));
    }
}
