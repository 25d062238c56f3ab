//! DNS block lists (RFC 5782), well and in every way unwell, as zones for BIND and NSD and in
//! rbldnsd's own forms.

use super::zones::HEAD;

/// Lists the test addresses as it should, and some others.
pub(super) const HEALTHY: &str = "healthy.bl.example";
/// The same in rbldnsd's `ip6trie`; for the others one zone holds both families.
pub(super) const HEALTHY_6: &str = "healthy6.bl.example";
/// Lists nothing any more, not even 127.0.0.2.
pub(super) const EMPTY: &str = "empty.bl.example";
/// Its servers have no file for it.
pub(super) const DEAD: &str = "dead.bl.example";
/// Lists everything.
pub(super) const WILDCARD: &str = "wildcard.bl.example";
/// Its name was sold: every name is an address of a web server.
pub(super) const PARKED: &str = "parked.bl.example";
/// Tells everybody that he asks by way of a public resolver.
pub(super) const BLOCKED: &str = "blocked.bl.example";
/// Is refused to everybody.
pub(super) const REFUSING: &str = "refusing.bl.example";
/// Says more of an address than a datagram holds.
pub(super) const TRUNCATING: &str = "truncating.bl.example";

/// All of them, for BIND and NSD.
pub(super) const ZONES: [&str; 8] = [
    HEALTHY, EMPTY, DEAD, WILDCARD, PARKED, BLOCKED, REFUSING, TRUNCATING,
];

/// The file of each zone that has one.
pub(super) fn texts() -> Vec<(&'static str, String)> {
    let everywhere = |records: &str| format!("{HEAD}{records}");
    vec![
        (HEALTHY, everywhere(HEALTHY_RECORDS)),
        (EMPTY, everywhere("")),
        (
            WILDCARD,
            everywhere("* A 127.0.0.2\n* TXT \"listed: everything\"\n"),
        ),
        (PARKED, everywhere("* A 203.0.113.80\n@ A 203.0.113.80\n")),
        (
            BLOCKED,
            everywhere("* A 127.255.255.254\n* TXT \"Error: open resolver\"\n"),
        ),
        (REFUSING, everywhere(HEALTHY_RECORDS)),
        (TRUNCATING, everywhere(&truncating_records())),
    ]
}

/// The test addresses, open relays and proxies; by IPv6 as well.
const HEALTHY_RECORDS: &str = "\
2.0.0.127 A 127.0.0.2
2.0.0.127 TXT \"test address\"
2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 A 127.0.0.2
2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 TXT \"test address\"
25.2.0.192 A 127.0.0.5
25.2.0.192 A 127.0.0.9
25.2.0.192 TXT \"open relay, see https://healthy.example/192.0.2.25\"
26.2.0.192 A 127.0.0.8
27.2.0.192 TXT \"a reason without a listing\"
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2 A 127.0.0.3
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2 A 127.0.0.5
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2 TXT \"SOCKS proxy\"
";

pub(super) fn truncating_records() -> String {
    let mut text = "2.0.0.127 A 127.0.0.2\n".to_owned();
    for code in 1..=200 {
        text.push_str(&format!("25.2.0.192 A 127.0.0.{code}\n"));
    }
    for reason in 1..=20 {
        let words = "because ".repeat(20);
        text.push_str(&format!("25.2.0.192 TXT \"{reason}: {words}\"\n"));
    }
    text
}

/// Form, zone and text of each data set.
pub(super) fn of_rbldnsd() -> [(&'static str, &'static str, String); 5] {
    let everywhere = |text: &str| format!("{RBLDNSD_HEAD}{text}");
    [
        ("ip4set", HEALTHY, everywhere(IP4SET)),
        ("ip6trie", HEALTHY_6, everywhere(IP6TRIE)),
        ("ip4set", EMPTY, everywhere("")),
        (
            "ip4set",
            WILDCARD,
            everywhere(":127.0.0.2:listed: everything\n0.0.0.0-255.255.255.255\n"),
        ),
        ("generic", TRUNCATING, everywhere(&many_records())),
    ]
}

/// What absence is told with, and for how long.
const RBLDNSD_HEAD: &str = "\
$SOA 300 ns.names.example hostmaster.names.example 1 3600 600 86400 60
$NS 300 ns.names.example
";

const IP4SET: &str = "\
:127.0.0.2:test address
127.0.0.2
:127.0.0.5:open relay, see https://healthy.example/$
192.0.2.25
:127.0.0.9:open proxy, see https://healthy.example/$
192.0.2.25
:127.0.0.8:SOCKS proxy
192.0.2.26
192.0.2.64/26
!192.0.2.70
";

const IP6TRIE: &str = "\
:127.0.0.2:test address
::FFFF:7F00:2/128
:127.0.0.5:open relay, see https://healthy.example/$
2001:db8::25/128
2001:db8:bad::/48
!2001:db8:bad::1/128
";

/// More than is kept, and no more than fits: what does not fit rbldnsd leaves out, another part each
/// time, and does not say so.
fn many_records() -> String {
    let record = |code| format!("25.2.0.192 A 127.0.0.{code}\n");
    let many: String = (1..=60).map(record).collect();
    format!("2.0.0.127 A 127.0.0.2\n{many}")
}
