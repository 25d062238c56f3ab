use super::*;

#[test]
fn the_lists_language_then_the_countrys_then_english() {
    for (language, country, expected) in [
        (Some("fr"), Some("CH"), "fr-CH"),
        (Some("de-CH"), None, "de-CH"),
        (Some("de"), Some("AT"), "de-AT"),
        (Some("de-DE"), Some("AT"), "de-AT"),
        (Some("it"), Some("US"), "it"),
        (Some("rm"), Some("CH"), "de-CH"),
        (None, Some("CH"), "de-CH"),
        (None, Some("LI"), "de-LI"),
        (None, Some("CA"), "en"),
        (None, Some("LU"), "fr"),
        (None, Some("MC"), "fr"),
        (None, Some("SM"), "it"),
        // Dutch comes first: the next one that we write, and English below it.
        (None, Some("BE"), "fr+en"),
        (Some("si"), Some("FR"), "fr"),
        (None, Some("FI"), "en"),
        (None, Some("NO"), "en"),
        (None, Some("IE"), "en"),
        (None, Some("IN"), "en"),
        (None, Some("JP"), "en"),
        (None, None, "en"),
    ] {
        let recipient = Recipient {
            language: language.map(Into::into),
            country: country.map(Into::into),
            ..Recipient::default()
        };
        let chosen = choose(&LanguageChoice::Auto, &recipient);
        let chosen: Vec<String> = chosen.iter().map(ToString::to_string).collect();
        assert_eq!(chosen, [expected], "{language:?} {country:?}");
    }
}

#[test]
fn what_the_reader_prefers_comes_after_the_list_and_before_the_country() {
    for (listed, preferred, answered_in, expected) in [
        (Some("da"), &["it"][..], Some("pl"), "da"),
        (None, &["it", "en"], Some("pl"), "it"),
        (None, &[], Some("pl"), "pl"),
        (None, &[], None, "fr"),
        // The first one asked for is not ours: the next one that is, and English below it.
        (None, &["sv", "da"], None, "da+en"),
        (Some("nl"), &[], Some("de"), "de+en"),
        (None, &["sv", "en"], None, "en"),
        (None, &["sv"], None, "fr"),
    ] {
        let recipient = Recipient {
            language: listed.map(Into::into),
            preferred: preferred.iter().copied().map(Into::into).collect(),
            answered_in: answered_in.map(Into::into),
            country: Some("FR".into()),
            ..Recipient::default()
        };
        let chosen = choose(&LanguageChoice::Auto, &recipient);
        assert_eq!(
            chosen.first().map(ToString::to_string).as_deref(),
            Some(expected),
            "{listed:?} {preferred:?} {answered_in:?}"
        );
    }
}

#[test]
fn what_the_command_line_names_wins() {
    let choice: LanguageChoice = "pl, it+en,pl,de-CH".parse().unwrap();
    let recipient = Recipient {
        language: Some("da".into()),
        ..Recipient::default()
    };
    assert_eq!(
        choose(&choice, &recipient),
        [
            Language::Pl.into(),
            Edition::with_english(Language::It),
            Language::DeCh.into()
        ]
    );
    assert_eq!("auto".parse(), Ok(LanguageChoice::Auto));
    assert_eq!("en+en".parse(), Ok(Edition::from(Language::En)));
    for wrong in ["pl,xx", "", "pl+de", "xx+en", "+en"] {
        assert!(wrong.parse::<LanguageChoice>().is_err(), "{wrong}");
    }
}
