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
fn the_example_is_a_profile_that_says_so() {
    for name in Profile::built_in() {
        let profile = Profile::load(name).unwrap();
        assert_eq!(profile.name, name);
        assert!(profile.is_example());
        assert_eq!(profile.order, Block::ALL);
        assert_eq!(profile.languages().len(), Language::ALL.len());
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
            line_of("order") + 2,
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
            "    \"occasion\",\n    \"findings\",\n",
            "    \"findings\",\n    \"occasion\",\n",
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
            "page = \"https://",
            "page = \"http://",
            line_of("page"),
            "`genuine.page` is `http://cert.example/genuine`; expected a link that begins with \
             `https://` and has no spaces",
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
    assert!(text.ends_with("a built-in one (example-cert)"), "{text}");
}

#[test]
fn names_reserved_for_documentation() {
    for (text, expected) in [
        ("notices@cert.example", true),
        ("a@example.com", true),
        ("https://www.example.org/a", true),
        ("https://example.net:8443", true),
        ("notices@cert.pl", false),
        ("a@myexample.com", false),
        ("https://cert.pl/example", false),
    ] {
        assert_eq!(host(text).is_some_and(is_documentation), expected, "{text}");
    }
}
