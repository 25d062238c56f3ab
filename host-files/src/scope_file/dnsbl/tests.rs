use super::*;
use crate::{
    lists::ListedProxy,
    problem::{Place, Problems},
    scope_file::{self, ScopeFile},
};

const SCOPE: &str = r#"
contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
issued = 2026-11-01
expires = 2026-12-01
networks = ["192.0.2.0/24"]
probes = ["dnsbl"]
[authority]
kind = "consent"
reference = "contract 17"
[identity]
helo = "probe.cert.example"
sender_domain = "probe.cert.example"
sink_domain = "sink.cert.example"
resolver = "192.0.2.53"
"#;
/// How many lines stand before what a test adds.
const LINES: usize = 15;

fn parse(more: &str) -> Result<ScopeFile, Problems> {
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    scope_file::parse(&format!("{SCOPE}{more}"), &Place::named("scope.toml"), now)
}

#[test]
fn a_known_list_brings_its_codes() {
    let file = parse(
        r#"
[[dnsbl]]
zone = "dnsbl.dronebl.org"
[[dnsbl]]
zone = "Lists.Cert.example"
codes = { 1 = "open-relay", 2 = "other", 8 = "open-proxy/socks" }
errors = [255]
ipv6 = true
txt = false
may_be_quoted = true
agreement = "contract 17"
[rates]
dnsbl_spacing_ms = 250
"#,
    )
    .unwrap();
    let [drones, ours] = &file.scope.dnsbl.zones[..] else {
        panic!("{:?}", file.scope.dnsbl);
    };
    assert_eq!(file.scope.dnsbl.spacing_ms, 250);
    assert!(file.scope.ports.is_empty());
    assert_eq!(*drones, KNOWN.list(&drones.name).unwrap().zone());
    assert_eq!(ours.name.as_str(), "lists.cert.example");
    assert_eq!(
        (&ours.occasion[..], &ours.errors[..]),
        (&[1, 8][..], &[255][..])
    );
    assert_eq!((ours.ipv6, ours.txt), (true, false));

    let [drones, ours] = &file.lists[..] else {
        panic!("{:?}", file.lists);
    };
    assert_eq!(
        (drones.name.as_str(), drones.may_be_quoted),
        ("DroneBL", false)
    );
    assert_eq!(ours.name, "lists.cert.example");
    assert!(ours.may_be_quoted);
    assert_eq!(ours.agreement.as_deref(), Some("contract 17"));
    for (answer, claim) in [
        ([127, 0, 0, 1], Claim::OpenRelay),
        ([127, 0, 0, 2], Claim::Other),
        ([127, 0, 0, 8], Claim::OpenProxy(ListedProxy::Socks)),
        ([127, 0, 0, 9], Claim::Other),
        ([127, 0, 1, 8], Claim::Other),
    ] {
        assert_eq!(ours.claim(answer.into()), claim, "{answer:?}");
    }
}

#[test]
fn what_a_file_says_replaces_what_is_known() {
    let file = parse(
        "[[dnsbl]]\nzone = \"zen.spamhaus.org\"\ncodes = { 4 = \"open-proxy\" }\nipv6 = false\n",
    )
    .unwrap();
    let zone = &file.scope.dnsbl.zones[0];
    assert_eq!(
        (&zone.occasion[..], zone.ipv6, zone.txt),
        (&[4][..], false, true)
    );
    assert_eq!(file.scope.dnsbl.spacing_ms, SPACING_MS_USUAL);
}

#[test]
fn lists_are_asked_only_where_the_probes_say_so() {
    let more = "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\n";
    let scope = SCOPE.replace("\"dnsbl\"", "\"relay\"");
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    let file =
        scope_file::parse(&format!("{scope}{more}"), &Place::named("scope.toml"), now).unwrap();
    assert!(file.scope.dnsbl.zones.is_empty());
}

#[test]
fn everything_that_is_wrong_is_told() {
    let many = "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\n".repeat(9);
    let codes: Vec<String> = (2..19)
        .map(|code| format!("{code} = \"open-proxy\""))
        .collect();
    let seventeen = format!(
        "[[dnsbl]]\nzone = \"lists.example\"\ncodes = {{ {} }}\n",
        codes.join(", ")
    );
    for (more, line_of_it, told) in [
        ("", 7, "`probes` has \"dnsbl\", and no list is named"),
        (
            "[[dnsbl]]\nzone = \"relays.ordb.org\"",
            LINES + 2,
            "`dnsbl.zone` is \"relays.ordb.org\": ORDB is dead since 2006-12-18 (it was shut down; from 2008-03-25 it listed every address)",
        ),
        (
            "[[dnsbl]]\nzone = \"http.dnsbl.sorbs.net\"\ncodes = { 2 = \"open-proxy/http\" }",
            LINES + 2,
            "`dnsbl.zone` is \"http.dnsbl.sorbs.net\": SORBS is dead since 2024-06-05 (it was shut down and holds no data)",
        ),
        (
            "[[dnsbl]]\nzone = \"lists.example\"",
            LINES + 2,
            "`dnsbl.zone` is \"lists.example\": nobody knows what its codes mean | known by name: dnsbl.dronebl.org, rbl.efnetrbl.org, zen.spamhaus.org, bl.spamcop.net, psbl.surriel.com, dnsbl-1.uceprotect.net",
        ),
        (
            "[[dnsbl]]\nzone = \"dnsbl.dronbl.org\"",
            LINES + 2,
            "`dnsbl.zone` is \"dnsbl.dronbl.org\": nobody knows what its codes mean | did you mean `dnsbl.dronebl.org`?",
        ),
        (
            "[[dnsbl]]\ntxt = true",
            LINES + 1,
            "`dnsbl.zone` is missing",
        ),
        (
            "[[dnsbl]]\nzone = \"-lists\"",
            LINES + 2,
            "`dnsbl.zone` is \"-lists\"",
        ),
        (
            "[[dnsbl]]\nzone = \"lists.example\"\ncodes = { 2 = \"proxy\" }",
            LINES + 3,
            "`dnsbl.codes` is a table",
        ),
        (
            "[[dnsbl]]\nzone = \"lists.example\"\ncodes = { 256 = \"open-proxy\" }",
            LINES + 3,
            "`dnsbl.codes` is a table",
        ),
        (&seventeen, LINES + 3, "`dnsbl.codes` has more"),
        (
            "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\nerrors = [3, 300]",
            LINES + 3,
            "no code in `dnsbl.errors`",
        ),
        (
            "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\nerrors = [3]",
            LINES + 3,
            "`dnsbl.errors` has 3, which is in `codes` as well",
        ),
        (
            "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\nerrors = [20, 21, 22, 23, 24, 25, 26, 27, 28]",
            LINES + 3,
            "`dnsbl.errors` has more",
        ),
        (
            "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\nmay_be_quoted = true",
            LINES + 3,
            "`dnsbl.may_be_quoted` is true, and nothing says by what agreement",
        ),
        (
            "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\nquotable = true",
            LINES + 3,
            "unknown field `quotable` in [[dnsbl]]",
        ),
        (&many, LINES + 1, "`dnsbl` has 9 tables"),
        (
            "[[dnsbl]]\nzone = \"dnsbl.dronebl.org\"\n[rates]\ndnsbl_spacing_ms = 65536",
            LINES + 4,
            "`rates.dnsbl_spacing_ms` is the number 65536",
        ),
    ] {
        let problems = parse(more).expect_err(more);
        let [problem] = problems.told() else {
            panic!("{more}\n{problems}");
        };
        let line = problem.place.line.map(|line| line as usize);
        let next = problem.next.as_deref().map(|next| format!(" | {next}"));
        let found = format!("{}{}", problem.found, next.unwrap_or_default());
        assert_eq!((line, found.as_str()), (Some(line_of_it), told), "{more}");
        assert!(!problem.expected.is_empty());
    }
}
