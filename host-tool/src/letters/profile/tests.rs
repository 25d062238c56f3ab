//! A profile's errors name file, line and what was expected.

use super::*;

const EXAMPLE: &str = BUILT_IN[0].1;

/// The example, with the first occurrence of `from` replaced.
fn changed(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example has no `{from}`");
    EXAMPLE.replacen(from, to, 1)
}

/// The line of the example that begins with `start`.
fn line_of(start: &str) -> usize {
    1 + EXAMPLE
        .lines()
        .position(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("no line begins with `{start}`"))
}

#[test]
fn the_examples_say_that_they_are_examples() {
    for name in ["example-cert", "example-isp"] {
        let profile = Profile::load(name).unwrap();
        assert_eq!(profile.name, name);
        assert!(profile.is_example() && !profile.is_historic());
        assert_eq!(profile.languages().len(), Language::ALL.len());
        for kind in SubjectKind::ALL {
            assert!(profile.writes_about(kind), "{name}");
        }
    }
}

#[test]
fn historic_profiles_have_what_is_known_and_can_never_be_sent() {
    for (name, languages, kinds) in [
        (
            "ftc-2003",
            &["pl", "fr", "de", "it"][..],
            &[SubjectKind::Relay][..],
        ),
        ("ftc-2004", &["da"], &SubjectKind::ALL),
    ] {
        let profile = Profile::load(name).unwrap();
        assert!(profile.is_historic() && !profile.is_example(), "{name}");
        assert_eq!(profile.languages(), languages, "{name}");
        assert_eq!(profile.approved, [], "{name}");
        for kind in SubjectKind::ALL {
            let known = kinds.contains(&kind);
            assert_eq!(profile.writes_about(kind), known, "{name}, {kind:?}");
        }
    }
}

#[test]
fn errors_name_file_line_and_what_was_expected() {
    let sender = line_of("[sender]");
    for (from, to, line, what) in [
        (
            "phone = ",
            "phon = ",
            line_of("phone"),
            "unknown field `sender.phon`; did you mean `phone`?",
        ),
        (
            "[sender]\n",
            "[sender]\nfax = \"1\"\n",
            sender + 1,
            "unknown field `sender.fax`; expected one of name, address, mail, phone",
        ),
        (
            "[text.da]",
            "[text.nl]",
            line_of("[text.da]"),
            "unknown field `text.nl`; did you mean `pl`?",
        ),
        (
            "time_zone = \"Europe/Warsaw\"",
            "time_zone = \"Europe/Warszawa\"",
            line_of("time_zone"),
            "`time_zone` is `Europe/Warszawa`; expected a name of the IANA database, such as \
             `Europe/Warsaw`",
        ),
        (
            "mail = \"",
            "mail = \" ",
            line_of("mail"),
            "`sender.mail` is ` notices@cert.example`; expected a mail address",
        ),
        (
            "name = \"Example CERT\"",
            "name = 7",
            sender + 1,
            "`sender.name` is a number; expected a text that is not empty",
        ),
        (
            "name = \"Example CERT\"",
            "",
            sender,
            "missing field `sender.name`; expected a text that is not empty",
        ),
        (
            "\"salutation\"",
            "\"salute\"",
            line_of("order") + 3,
            "`order` is `salute`; expected a block",
        ),
        (
            "    \"verdict\",\n",
            "",
            line_of("order") + 1,
            "`order` lacks the block `verdict`; every letter has it",
        ),
        (
            "    \"verdict\",\n",
            "    \"verdict\",\n    \"verdict\",\n",
            line_of("    \"verdict\"") + 1,
            "`order` has the block `verdict` twice; expected each block once",
        ),
        (
            "    \"occasion\",\n    \"identity\",\n",
            "    \"identity\",\n    \"occasion\",\n",
            line_of("order") + 1,
            "`order` does not have `occasion` directly after `salutation`; expected it there, \
             because it goes on with the salutation's sentence and introduces the term",
        ),
        (
            "approved = [\"en\"]",
            "approved = [\"en\", \"xx\"]",
            line_of("approved"),
            "`approved` is `xx`; expected a language's tag",
        ),
        (
            "page = \"https://cert.example/genuine",
            "page = \"http://cert.example/genuine",
            line_of("page"),
            "`genuine.page` is `http://cert.example/genuine`; expected a link that begins with \
             `https://` and has no spaces",
        ),
        (
            "[schedule]\nanswer_days = 14\nretest_days = 21\n",
            "",
            1,
            "missing field `schedule`; expected a table with `answer_days` and `retest_days`, \
             because `order` has the block `deadline`",
        ),
        (
            "answer_days = 14",
            "answer_days = 0",
            line_of("answer_days"),
            "`schedule.answer_days` is 0; expected a whole number from 1 to 366",
        ),
        (
            "retest_days = 21",
            "retest_days = 7",
            line_of("retest_days"),
            "`schedule.retest_days` is before `schedule.answer_days`; expected the test after the \
             answer",
        ),
        (
            "time_zone = ",
            "kinds = [\"relays\"]\ntime_zone = ",
            line_of("time_zone"),
            "`kinds` is `relays`; expected `relay` or `proxy`",
        ),
        (
            "time_zone = ",
            "kinds = []\ntime_zone = ",
            line_of("time_zone"),
            "`kinds` is empty; expected `relay` or `proxy`, or both",
        ),
        (
            "time_zone = ",
            "basis = \"rumours\"\ntime_zone = ",
            line_of("time_zone"),
            "`basis` is `rumours`; expected `tests` or `listings`",
        ),
        (
            "time_zone = ",
            "historic = 1\ntime_zone = ",
            line_of("time_zone"),
            "`historic` is a number; expected true or false",
        ),
        (
            "time_zone = ",
            "historic = true\nbasis = \"tests\"\ntime_zone = ",
            line_of("time_zone") + 1,
            "`basis` is `tests`; expected `listings` or nothing, because a historic profile says no \
             more than that databases list the address",
        ),
        (
            "time_zone = ",
            "historic = true\ntime_zone = ",
            line_of("approved") + 1,
            "`approved` names a language; expected an empty list, because the letters of a \
             historic profile are never sent",
        ),
        (
            "    \"sender\",\n",
            "    \"sender\",\n    \"partners\",\n",
            line_of("[text.pl]") + 1,
            "missing field `text.pl.partners`; expected a list of names, because `order` has the \
             block `partners`",
        ),
        (
            "    \"sender\",\n",
            "    \"sender\",\n    \"programme\",\n",
            line_of("[text.pl]") + 1,
            "missing field `text.pl.programme`; expected a text that is not empty",
        ),
        (
            "[text.pl]\n",
            "[text.pl]\nformal = true\n",
            line_of("[text.pl]") + 1,
            "`text.pl.formal` is true; expected false, because Polish has no address more formal \
             than its usual one",
        ),
        (
            "[fix]\npage = \"https://cert.example/open-relay\"\n",
            "[fix]\n",
            line_of("[fix]"),
            "missing field `fix.page`; expected a link that begins with `https://` and has no \
             spaces",
        ),
    ] {
        let text = changed(from, to);
        let error = Profile::parse("mine.toml", &text).unwrap_err();
        assert_eq!(error.to_string(), format!("mine.toml:{line}: {what}"));
    }
}

#[test]
fn what_is_not_toml_has_a_line_too() {
    let error = Profile::parse("mine.toml", "name = \"x\"\norder = [\n\"a\"\n= 3\n").unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("mine.toml:4: not TOML: "), "{text}");
}

#[test]
fn a_profile_that_is_not_there_names_the_built_in_ones() {
    let text = Profile::load("no-such-profile").unwrap_err().to_string();
    assert!(text.starts_with("profile `no-such-profile`: "), "{text}");
    assert!(
        text.ends_with("a built-in one (example-cert, example-isp, ftc-2003, ftc-2004)"),
        "{text}"
    );
}

#[test]
fn english_below_where_the_profile_says_so_and_nothing_else_was_asked_for() {
    let polish = Recipient {
        country: Some("PL".into()),
        ..Recipient::default()
    };
    for (profile, choice, expected) in [
        ("example-cert", "auto", "pl"),
        ("example-isp", "auto", "pl+en"),
        ("example-isp", "it", "it"),
        ("example-cert", "it+en", "it+en"),
    ] {
        let editions = Profile::load(profile)
            .unwrap()
            .editions(&choice.parse().unwrap(), &polish);
        let editions: Vec<String> = editions.iter().map(ToString::to_string).collect();
        assert_eq!(editions, [expected], "{profile}, {choice}");
    }
}
