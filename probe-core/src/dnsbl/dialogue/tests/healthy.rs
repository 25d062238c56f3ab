//! Lists that can be believed.

use super::*;

const V4: &str = "198.51.100.7";
const V6: &str = "2001:db8::7";

#[test]
fn listed_as_a_proxy_and_why() {
    let play = Play::of(V4, &["a.example"]);
    let played = play.plays(
        r#"
        C: 2.0.0.127.a.example A
        S: 127.0.0.2
        C: 1.0.0.127.a.example A
        S: NXDOMAIN
        C: 7.100.51.198.a.example A
        S: 127.0.0.9
        C: 7.100.51.198.a.example TXT
        S: "Open proxy; see https://a.example/198.51.100.7"
        Z: a.example listed 127.0.0.9! "Open proxy; see https://a.example/198.51.100.7"
        V: suspected listed
        "#,
    );
    // Each lookup has an identifier of its own.
    let mut ids = played.ids.clone();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), played.ids.len());
}

#[test]
fn the_next_job_asks_about_the_address_alone_for_an_hour() {
    let play = Play::of(V4, &["a.example"]);
    let first = play.plays(
        "
        C: 2.0.0.127.a.example A
        S: 127.0.0.2
        C: 1.0.0.127.a.example A
        S: NXDOMAIN
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        Z: a.example not-listed
        V: closed not-listed
        ",
    );
    let play = play.later(&first, Millis::from_mins(59));
    let second = play.plays(
        "
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        Z: a.example not-listed
        V: closed not-listed
        ",
    );
    let play = play.later(&second, Millis::from_mins(1));
    play.plays(
        "
        C: 2.0.0.127.a.example A
        S: 127.0.0.2
        C: 1.0.0.127.a.example A
        S: 127.0.0.2
        Z: a.example unknown must-not-be-listed lists-everything 127.0.0.2
        V: inconclusive lists-unknown
        ",
    );
}

#[test]
fn addresses_of_both_families_are_checked_apart() {
    let mut play = Play::of(V4, &["a.example", "b.example"]);
    play.zones[1].ipv6 = false;
    let first = play.plays(
        "
        C: 2.0.0.127.a.example A
        S: 127.0.0.2
        C: 1.0.0.127.a.example A
        S: NXDOMAIN
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        C: 2.0.0.127.b.example A
        S: 127.0.0.2
        C: 1.0.0.127.b.example A
        S: NXDOMAIN
        C: 7.100.51.198.b.example A
        S: NXDOMAIN
        Z: a.example not-listed
        Z: b.example not-listed
        V: closed not-listed
        ",
    );
    // Its list of IPv6 addresses is not in order, that of IPv4 addresses stays so.
    let play = play.later(&first, Millis(1));
    let play = Play { target: V6, ..play };
    let second = play.plays(
        "
        C: 2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.a.example A
        S: NXDOMAIN
        Z: a.example unknown must-be-listed test-not-listed
        Z: b.example no-ipv6
        V: inconclusive lists-unknown
        ",
    );
    let play = play.later(&second, Millis(1));
    let play = Play { target: V4, ..play };
    play.plays(
        "
        C: 7.100.51.198.a.example A
        S: 127.0.0.3
        C: 7.100.51.198.a.example TXT
        S: NXDOMAIN
        C: 7.100.51.198.b.example A
        S: NXDOMAIN
        Z: a.example listed 127.0.0.3 no-text
        Z: b.example not-listed
        V: inconclusive listed-other
        ",
    );
}

#[test]
fn an_ipv6_address() {
    let play = Play::of(V6, &["a.example"]);
    play.plays(
        r#"
        C: 2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.a.example A
        S: 127.0.0.2
        C: 1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.a.example A
        S: NXDOMAIN
        C: 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.a.example A
        S: 127.0.0.8
        C: 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.a.example TXT
        S: "SOCKS"
        Z: a.example listed 127.0.0.8! "SOCKS"
        V: suspected listed
        "#,
    );
}

/// A play whose zones are known to be in order.
fn checked(zones: &[&str]) -> Play {
    let mut play = Play::of(V4, zones);
    for place in 0..zones.len() {
        let address = V4.parse().unwrap();
        play.healths.set(play.now, place, address, Ok(()));
    }
    play
}

#[test]
fn an_answer_that_was_cut_comes_whole_over_tcp() {
    checked(&["a.example"]).plays(
        r#"
        C: 7.100.51.198.a.example A
        S: TC
        C: tcp 7.100.51.198.a.example A
        S: 127.0.0.9 127.0.0.3
        C: 7.100.51.198.a.example TXT
        S: TC
        C: tcp 7.100.51.198.a.example TXT
        S: "one" "of two |strings"
        Z: a.example listed 127.0.0.9! 127.0.0.3 "one of two strings"
        V: suspected listed
        "#,
    );
}

#[test]
fn codes_beyond_what_is_kept_and_aliases() {
    checked(&["a.example"]).plays(
        "
        C: 7.100.51.198.a.example A
        S: alias 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.9
        C: 7.100.51.198.a.example TXT
        S: SERVFAIL
        Z: a.example listed 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.9! … text-missed
        V: suspected listed
        ",
    );
}

#[test]
fn of_a_long_reason_the_beginning_is_kept_and_nothing_that_does_not_print() {
    let (long, bell) = ("x".repeat(100), '\u{7}');
    checked(&["a.example", "b.example"]).plays(&format!(
        r#"
        C: 7.100.51.198.a.example A
        S: 127.0.0.9
        C: 7.100.51.198.a.example TXT
        S: "{long}"
        C: 7.100.51.198.b.example A
        S: 127.0.0.9
        C: 7.100.51.198.b.example TXT
        S: "{bell}café"
        Z: a.example listed 127.0.0.9! "{}"…
        Z: b.example listed 127.0.0.9! "?caf??"
        V: suspected listed
        "#,
        &long[..96]
    ));
}

#[test]
fn no_reason_is_asked_for_where_none_is_wanted() {
    let mut play = checked(&["a.example"]);
    play.zones[0].txt = false;
    play.plays(
        "
        C: 7.100.51.198.a.example A
        S: 127.0.0.3
        Z: a.example listed 127.0.0.3
        V: inconclusive listed-other
        ",
    );
}

#[test]
fn one_list_is_enough_for_a_suspicion_and_one_for_a_no() {
    checked(&["a.example", "b.example", "c.example"]).plays(
        r#"
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        C: 7.100.51.198.b.example A
        S: 127.0.0.9
        C: 7.100.51.198.b.example TXT
        S: NXDOMAIN
        C: 7.100.51.198.c.example A
        S: REFUSED
        Z: a.example not-listed
        Z: b.example listed 127.0.0.9! no-text
        Z: c.example unknown address refused
        V: suspected listed
        "#,
    );
    checked(&["a.example", "b.example"]).plays(
        "
        C: 7.100.51.198.a.example A
        S: NXDOMAIN
        C: 7.100.51.198.b.example A
        S: SERVFAIL
        Z: a.example not-listed
        Z: b.example unknown address server-failure
        V: closed not-listed
        ",
    );
}
