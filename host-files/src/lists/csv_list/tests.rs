//! What lines say, and what is wrong with them.

use super::*;

#[test]
fn a_line_with_everything() {
    let entries = parse(
        "address,port,name,domains,country,language,contact,network,timezone,listed_by,listed_on,listed_code,listed_since,listed_as\n\
         192.0.2.1,587,mail.a.example,a.example;b.example,pl,pl,abuse@a.example,\
         192.0.2.0/25,Europe/Warsaw,relays.example,2026-11-01,127.0.0.2,2025-01-02,open-relay\n",
        &Place::named("list"),
    )
    .unwrap();
    let about = &entries[0].about;
    assert_eq!(entries[0].endpoint(), "192.0.2.1:587".parse().unwrap());
    assert_eq!(about.country.as_deref(), Some("PL"));
    assert_eq!(about.domains.len(), 2);
    assert_eq!(about.network, scope_file::network("192.0.2.0/25").ok());
    assert_eq!(about.time_zone.as_deref(), Some("Europe/Warsaw"));
    assert_eq!(
        about.listings,
        [Listing {
            by: "relays.example".to_owned(),
            on: Some("2026-11-01".parse().unwrap()),
            since: Some("2025-01-02".parse().unwrap()),
            code: Some("127.0.0.2".to_owned()),
            claim: Claim::OpenRelay,
        }]
    );
}

#[test]
fn what_is_wrong_has_its_line() {
    for (text, line, found) in [
        ("addres\n192.0.2.1\n", 1, "unknown column `addres`"),
        ("port\n25\n", 1, "the header has no column `address`"),
        ("address,address\n", 1, "the column `address` stands twice"),
        ("address,port\n192.0.2.1\n", 2, "1 field"),
        (
            "# x\naddress\n\nmail.example\n",
            4,
            "`mail.example` is a name, not an address",
        ),
        ("address,port\n192.0.2.1,0\n", 2, "`0` is no port"),
        (
            "address,port\n192.0.2.1:25,26\n",
            2,
            "the column `address` says port 25, the column `port` another",
        ),
        ("address,name\n192.0.2.1,a b\n", 2, "`a b` in `name`"),
        ("address,country\n192.0.2.1,POL\n", 2, "`POL` in `country`"),
        (
            "address,language\n192.0.2.1,po lski\n",
            2,
            "`po lski` in `language`",
        ),
        (
            "address,contact\n192.0.2.1,abuse\n",
            2,
            "`abuse` in `contact`",
        ),
        (
            "address,network\n192.0.2.1,198.51.100.0/24\n",
            2,
            "`198.51.100.0/24` in `network`",
        ),
        (
            "address,network\n192.0.2.1,192.0.2.1/24\n",
            2,
            "`192.0.2.1/24` in `network`",
        ),
        (
            "address,timezone\n192.0.2.1,Europe/Warszawa\n",
            2,
            "`Europe/Warszawa` in `timezone`",
        ),
        (
            "address,listed_by,listed_on\n192.0.2.1,a,1.11.2026\n",
            2,
            "`1.11.2026` in `listed_on`",
        ),
        (
            "address,listed_code\n192.0.2.1,127.0.0.2\n",
            2,
            "`listed_on`, `listed_since`, `listed_code` or `listed_as` without `listed_by`",
        ),
        (
            "address,listed_by,listed_since\n192.0.2.1,a,yesterday\n",
            2,
            "`yesterday` in `listed_since`",
        ),
        (
            "address,listed_by,listed_as\n192.0.2.1,a,relay\n",
            2,
            "`relay` in `listed_as`",
        ),
    ] {
        let problems = parse(text, &Place::named("list")).unwrap_err();
        let problem = &problems.told()[0];
        assert_eq!(
            (problem.place.line, problem.found.as_str()),
            (Some(line), found),
            "{text:?}"
        );
    }
}
