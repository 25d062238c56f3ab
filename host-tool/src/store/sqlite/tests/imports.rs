//! What databases say, and when it is kept.

use super::*;
use crate::{import::Reading, lists::ListedProxy};

/// What is read, as a list of it.
struct Listed {
    entries: Vec<Entry>,
    is_sound: bool,
}

impl Reading for Listed {
    fn next(&mut self) -> Option<Entry> {
        self.entries.pop()
    }

    fn is_sound(&self) -> bool {
        self.is_sound
    }
}

#[test]
fn imports_are_kept_whole_or_not_at_all_and_wait_for_a_scan() {
    let scratch = Scratch::new("imports");
    let mut store = SqliteStore::open(&scratch.file()).unwrap();
    let entry = |day: &str, code: Option<&str>, claim| Entry {
        place: Place::named("report"),
        address: "192.0.2.1".parse().unwrap(),
        port: 25,
        about: About {
            listings: vec![Listing {
                by: "a.example".to_owned(),
                on: Some(day.parse().unwrap()),
                since: None,
                code: code.map(str::to_owned),
                claim,
            }],
            ..About::default()
        },
    };
    let mut import = |entries: Vec<Entry>, is_sound| {
        let mut listed = Listed { entries, is_sound };
        store.import(&mut listed, NOW).unwrap()
    };
    let first = vec![
        entry("2026-11-02", Some("b"), Claim::OpenRelay),
        entry("2026-11-03", Some("a"), Claim::OpenRelay),
    ];
    assert_eq!(import(first.clone(), false), None);
    let new = |suspects, listings| Some(Imported { suspects, listings });
    assert_eq!(import(first.clone(), true), new(1, 2), "two codes");
    assert_eq!(import(first, true), new(0, 0), "the same again");
    let older = vec![entry("2026-11-01", Some("a"), Claim::OpenRelay)];
    assert_eq!(import(older, true), new(0, 0));
    let nameless = vec![entry("2026-11-05", None, Claim::OpenRelay)];
    assert_eq!(import(nameless, true), new(0, 0), "the newest of them");
    let other = vec![entry("2026-11-05", None, Claim::Other)];
    assert_eq!(import(other, true), new(0, 1));

    let imported = store.imported().unwrap();
    let listings: Vec<(String, Option<&str>, Claim)> = imported[0]
        .about
        .listings
        .iter()
        .map(|it| (it.on.unwrap().to_string(), it.code.as_deref(), it.claim))
        .collect();
    assert_eq!(
        listings,
        [
            ("2026-11-05".to_owned(), Some("a"), Claim::OpenRelay),
            ("2026-11-02".to_owned(), Some("b"), Claim::OpenRelay),
            ("2026-11-05".to_owned(), None, Claim::Other),
        ]
    );
    assert_eq!(store.suspects(), Ok(Vec::new()), "no scan named it");
    store.note(&imported, NOW).unwrap();
    assert_eq!(store.suspects().unwrap().len(), 1);
    assert_eq!(store.imported().unwrap().len(), 1);
}

#[test]
fn an_entry_counts_at_other_ports_of_its_address_where_it_says_what_it_is_of() {
    let scratch = Scratch::new("ports");
    let (mut store, device) = started(&scratch);
    let entry = |port, by: &str, contact: Option<&str>, claim| Entry {
        place: Place::named("report"),
        address: "192.0.2.1".parse().unwrap(),
        port,
        about: About {
            contact: contact.map(str::to_owned),
            listings: vec![Listing {
                by: by.to_owned(),
                on: None,
                since: None,
                code: None,
                claim,
            }],
            ..About::default()
        },
    };
    let socks = Claim::OpenProxy(ListedProxy::Socks);
    let entries = [
        entry(25, "suspects.example", Some("a@a.example"), Claim::Suspect),
        entry(25, "relays.example", None, Claim::OpenRelay),
        entry(1080, "proxies.example", Some("b@b.example"), socks),
    ];
    store.note(&entries, NOW).unwrap();
    let records = [
        finding(1, 1, 1, 0, "192.0.2.1:25"),
        finding(1, 2, 2, 0, "192.0.2.1:1080"),
        finding(1, 3, 3, 0, "192.0.2.1:3128"),
        finding(1, 4, 4, 0, "192.0.2.2:25"),
    ];
    store.append(device, &records, NOW).unwrap();
    let known: Vec<(Option<String>, Vec<String>)> = store
        .cases()
        .unwrap()
        .into_iter()
        .map(|case| {
            let listings = case.about.listings.into_iter();
            (case.about.contact, listings.map(|it| it.by).collect())
        })
        .collect();
    let of = |contact: &str, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned());
        (Some(contact.to_owned()), names.collect::<Vec<_>>())
    };
    assert_eq!(
        known,
        [
            of(
                "a@a.example",
                &["suspects.example", "relays.example", "proxies.example"]
            ),
            // The line of a port stands before those of others.
            of("b@b.example", &["proxies.example", "relays.example"]),
            of("a@a.example", &["relays.example", "proxies.example"]),
            (None, Vec::new()),
        ]
    );
}
