//! What events say.

use super::*;
use crate::import::{Counts, Format, Given, Import, Reading as _};
use crate::problem::Problems;

fn read(text: &str) -> Result<(Vec<Entry>, Counts), Problems> {
    let (place, given) = (Place::named("events"), Given::default());
    let mut import = Import::new(text.as_bytes(), place, Format::IntelMq, given)?;
    let entries: Vec<Entry> = std::iter::from_fn(|| import.next()).collect();
    import.finish().map(|counts| (entries, counts))
}

const RELAY: &str = r#"{"feed.provider": "Spamhaus", "feed.name": "CERT", "source.ip": "192.0.2.1", "source.asn": 64496, "source.geolocation.cc": "AT", "source.abuse_contact": "abuse@a.example,b@b.example", "time.source": "2026-11-20T23:30:00-02:00", "classification.type": "vulnerable-system", "classification.identifier": "openrelay", "protocol.application": "smtp"}"#;

#[test]
fn an_event_about_an_open_relay() {
    let (entries, _) = read(RELAY).unwrap();
    let entry = &entries[0];
    assert_eq!(entry.endpoint(), "192.0.2.1:25".parse().unwrap());
    assert_eq!(entry.about.country.as_deref(), Some("AT"));
    assert_eq!(entry.about.contact.as_deref(), Some("abuse@a.example"));
    let listing = &entry.about.listings[0];
    assert_eq!(listing.by, "Spamhaus CERT");
    assert_eq!(listing.on, Some(jiff::civil::date(2026, 11, 21)), "in UTC");
    assert_eq!(listing.code.as_deref(), Some("openrelay"));
    assert_eq!(listing.claim, Claim::OpenRelay);
}

#[test]
fn lines_and_arrays_flat_and_nested() {
    let nested = r#"{"source": {"ip": "192.0.2.2", "port": 587, "fqdn": "mx.a.example"},
        "feed": {"name": "A {list}"}, "protocol": {"application": "smtp"}}"#;
    let one_line = nested.replace('\n', " ");
    for text in [
        format!("{RELAY}\n\n{one_line}\n"),
        format!("[{RELAY},\n{nested}]"),
        format!("\u{feff}\n [\n{RELAY}\n,\n\n{nested}\n]\n"),
        format!("[{RELAY}, {one_line}]"),
    ] {
        let (entries, counts) = read(&text).unwrap();
        assert_eq!((counts.read, entries.len()), (2, 2), "{text}");
        let about = &entries[1].about;
        assert_eq!(entries[1].endpoint(), "192.0.2.2:587".parse().unwrap());
        assert_eq!(about.name.as_ref().map(Name::as_str), Some("mx.a.example"));
        assert_eq!(about.listings[0].by, "A {list}");
        assert_eq!(about.listings[0].claim, Claim::Other);
    }
}

#[test]
fn what_an_event_says() {
    use ListedProxy::{Any, Http, Socks, Socks5};
    for (identifier, kind, more, claim) in [
        ("openrelay", "vulnerable-system", "", Some(Claim::OpenRelay)),
        ("open-smtp-relay", "blacklist", "", Some(Claim::OpenRelay)),
        ("openrelay", "undetermined", "", Some(Claim::Other)),
        ("openrelay", "test", "", Some(Claim::Other)),
        (
            "open-smtp",
            "other",
            r#","protocol.application":"smtp""#,
            Some(Claim::Other),
        ),
        (
            "open-http-proxy",
            "vulnerable-system",
            "",
            Some(Claim::OpenProxy(Http)),
        ),
        ("accessible-http-proxy", "other", "", Some(Claim::Other)),
        (
            "open-socks",
            "vulnerable-system",
            "",
            Some(Claim::OpenProxy(Socks)),
        ),
        (
            "open-socks",
            "vulnerable-system",
            r#","protocol.application":"socks5""#,
            Some(Claim::OpenProxy(Socks5)),
        ),
        ("openproxy", "proxy", "", Some(Claim::OpenProxy(Any))),
        ("", "proxy", "", Some(Claim::Other)),
        (
            "openrelay",
            "vulnerable-system",
            r#","extra.tool":"postern""#,
            Some(Claim::Other),
        ),
        ("mirai", "infected-system", "", None),
    ] {
        let text = format!(
            r#"{{"source.ip":"192.0.2.1","source.port":8080,"feed.name":"a",
               "classification.identifier":"{identifier}","classification.type":"{kind}"{more}}}"#
        );
        let (entries, counts) = read(&text.replace('\n', "")).unwrap();
        let said = entries.first().map(|it| it.about.listings[0].claim);
        assert_eq!(said, claim, "{identifier} {kind} {more}");
        let left_out = counts.left_out.contains_key(&LeftOut::OtherSubject);
        assert_eq!(left_out, claim.is_none());
    }
}

#[test]
fn what_is_no_suspect_is_counted() {
    let (entries, counts) = read(
        "{\"source.fqdn\": \"a.example\", \"feed.name\": \"a\"}\n\
         {\"source.ip\": \"192.0.2.1\", \"classification.identifier\": \"openproxy\"}\n\
         {\"source.ip\": \"192.0.2.1\", \"source.port\": 25}\n",
    )
    .unwrap();
    assert_eq!(counts.left_out.len(), 2);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].about.listings, [], "of no named database");
}

#[test]
fn what_is_wrong_has_its_line() {
    for (text, line, found) in [
        ("", None, "there is nothing in it"),
        ("\n{\n", Some(2), "no event: EOF while parsing an object"),
        (
            "{}\n7\n",
            Some(2),
            "no event: invalid type: integer `7`, expected a map",
        ),
        ("[{}", Some(1), "the array does not end"),
        ("[\n{\"a\": \"}", Some(2), "an object that does not end"),
        ("[{},\n7]", Some(2), "`7]`"),
        ("{\"source.ip\": 7}", Some(1), "`7` in `source.ip`"),
        (
            "{\"source.ip\": \"a.example\"}",
            Some(1),
            "`a.example` is a name, not an address",
        ),
        (
            "{\"source.ip\": \"192.0.2.1\", \"source.port\": 65536}",
            Some(1),
            "`65536` in `source.port`",
        ),
        (
            "{\"source.ip\": \"192.0.2.1\", \"time.source\": \"today\"}",
            Some(1),
            "`\"today\"` in `time.source`",
        ),
    ] {
        let problems = read(text).unwrap_err();
        let problem = &problems.told()[0];
        assert_eq!(
            (problem.place.line, problem.found.as_str()),
            (line, found),
            "{text:?}"
        );
    }
}
