//! Lookups keep their distance.

use super::*;

const V4: &str = "198.51.100.7";

#[test]
fn from_the_beginning_of_one_lookup_to_the_next() {
    let mut play = Play::of(V4, &["a.example"]);
    play.spacing = Millis(100);
    let first = play.plays(
        "
        C: 2.0.0.127.a.example A
        S: 127.0.0.2
        P: 80
        C: 1.0.0.127.a.example A
        S: NXDOMAIN
        P: 80
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        Z: a.example not-listed
        V: closed not-listed
        ",
    );
    // The next job keeps its distance from the one before.
    let play = play.later(&first, Millis(10));
    play.plays(
        "
        P: 70
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        Z: a.example not-listed
        V: closed not-listed
        ",
    );
}

#[test]
fn a_slow_answer_is_pause_enough_and_one_list_at_its_end_does_not_delay() {
    let mut play = Play::of(V4, &["a.example", "b.example"]);
    play.spacing = Millis(2_010);
    play.plays(
        "
        C: 2.0.0.127.a.example A
        S: silence
        C: 2.0.0.127.a.example A
        S: NXDOMAIN
        C: 2.0.0.127.b.example A
        S: NXDOMAIN
        Z: a.example unknown must-be-listed test-not-listed
        Z: b.example unknown must-be-listed test-not-listed
        V: inconclusive lists-unknown
        ",
    );
}

#[test]
fn eight_lists_that_say_everything_are_the_most() {
    let names: Vec<String> = (0..9).map(|index| format!("l{index}.example")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut script = String::new();
    for name in &names[..8] {
        write!(
            script,
            "C: 2.0.0.127.{name} A
            S: 127.0.0.2
            C: 1.0.0.127.{name} A
            S: NXDOMAIN
            C: 7.100.51.198.{name} A
            S: 127.0.0.9 127.0.0.2 127.0.0.3 127.0.0.4
            C: 7.100.51.198.{name} TXT
            S: \"{}\"\n",
            "x".repeat(96)
        )
        .unwrap();
    }
    for name in &names[..8] {
        let text = "x".repeat(96);
        let codes = "127.0.0.9! 127.0.0.2 127.0.0.3 127.0.0.4";
        writeln!(script, "Z: {name} listed {codes} {text:?}").unwrap();
    }
    script.push_str("V: suspected listed");
    let played = Play::of(V4, &names).plays(&script);
    assert_eq!(played.ids.len(), 32);
    let octets = crate::testing::octets_of(&played.evidence).len();
    assert!(octets < 1_200, "{octets}");
}
