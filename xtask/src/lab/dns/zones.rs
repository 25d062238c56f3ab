//! The zones that BIND and NSD serve, as their files have them.

use super::lists;

/// Holds everything that is asked but reverse names and lists.
pub(super) const NAMES: &str = "names.example";
/// Only NSD and whoever asks it knows this one; aliases lead there.
pub(super) const ELSEWHERE: &str = "elsewhere.example";
/// Its servers have no file for it.
pub(super) const BROKEN: &str = "broken.example";
/// Its server does not answer for it.
pub(super) const ABANDONED: &str = "abandoned.example";
/// Unbound answers for all of it with one address.
pub(super) const REDIRECTED: &str = "redirected.example";
/// Unbound refuses to answer for it.
pub(super) const FORBIDDEN: &str = "forbidden.example";

const REVERSE_4: &str = "2.0.192.in-addr.arpa";
const REVERSE_6: &str = "8.b.d.0.1.0.0.2.ip6.arpa";

/// What every zone of ours begins with: absence holds for a minute.
pub(super) const HEAD: &str = "$TTL 300\n@ SOA ns.names.example. hostmaster.names.example. 1 3600 600 86400 60\n\
                    @ NS ns.names.example.\n";

/// The zones that BIND and NSD have in common; [`BROKEN`] has no file.
pub(super) fn served() -> impl Iterator<Item = &'static str> {
    [NAMES, REVERSE_4, REVERSE_6, BROKEN]
        .into_iter()
        .chain(lists::ZONES)
}

/// The file of each zone.
pub(super) fn texts() -> Vec<(&'static str, String)> {
    let mut texts = vec![
        (NAMES, format!("{HEAD}{}", names())),
        (REVERSE_4, format!("{HEAD}{}", reverse_4())),
        (REVERSE_6, format!("{HEAD}{REVERSE_6_RECORDS}")),
        (ELSEWHERE, format!("{HEAD}www A 192.0.2.200\n")),
    ];
    texts.extend(lists::texts());
    texts
}

const PLAIN: &str = "\
ns A 127.0.53.1
one A 192.0.2.1
one 77 AAAA 2001:db8::1
two 120 A 192.0.2.1
two 120 A 192.0.2.2
mail MX 10 mx.names.example.
mail MX 0 one
mail MX 65535 elsewhere.example.
mx A 192.0.2.25
none MX 0 .
text TXT \"v=spf1 -all\"
texts TXT \"one\" \"\" \"three; with \\\"quotes\\\" and \\200\\000\"
texts TXT \"another\"
MiXeD CNAME CaSe
cAsE A 192.0.2.3
a.between A 192.0.2.4
*.any A 192.0.2.5
sub NS ns.sub
ns.sub A 203.0.113.53
away CNAME www.elsewhere.example.
nowhere CNAME nothing
loop CNAME pool
pool CNAME loop
a\\032b\\\"\\(\\;\\@\\195\\164 A 192.0.2.6
other TYPE65280 \\# 5 0102030405
empty TYPE65280 \\# 0
zero 0 A 192.0.2.7
";

const REVERSE_6_RECORDS: &str = "\
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR mx.names.example.
";

fn names() -> String {
    let mut text = PLAIN.to_owned();
    let mut line = |words: String| {
        text.push_str(&words);
        text.push('\n');
    };
    for host in 1..=40 {
        line(format!("forty A 198.51.100.{host}"));
    }
    for host in 1..=200 {
        line(format!("crowd A 198.51.100.{host}"));
    }
    // 255 and 45 octets; then nine strings, which no datagram holds.
    let long = "a".repeat(255);
    line(format!("long TXT \"{long}\" \"{}\"", "b".repeat(45)));
    let longer = vec![format!("\"{long}\""); 9].join(" ");
    line(format!("longer TXT {longer}"));
    // Eight aliases may be followed, nine not.
    for step in 1..9 {
        line(format!("eight{step} CNAME eight{}", step + 1));
    }
    line("eight9 A 192.0.2.8".into());
    for step in 1..10 {
        line(format!("nine{step} CNAME nine{}", step + 1));
    }
    line("nine10 A 192.0.2.9".into());
    line(format!("{}. A 192.0.2.10", longest_name()));
    line(format!("{}. A 192.0.2.11", deepest_name()));
    line(format!("far MX 1 {}.", longest_name()));
    for preference in 1..=20 {
        line(format!(
            "exchangers MX {preference} mx{preference}.{}.names.example.",
            "e".repeat(40)
        ));
    }
    text
}

fn reverse_4() -> String {
    format!(
        "25 PTR mx.names.example.\n\
         26 PTR first.names.example.\n26 PTR second.names.example.\n\
         27 CNAME 27.0-63\n27.0-63 PTR rented.names.example.\n\
         28 PTR {}.\n29 PTR \\<script\\>alert\\(1\\)\\</script\\>.names.example.\n",
        longest_name()
    )
}

/// 255 octets on the wire, in labels of 63.
pub(super) fn longest_name() -> String {
    let label = "l".repeat(63);
    let rest = "r".repeat(47);
    format!("{label}.{label}.{label}.{rest}.{NAMES}")
}

/// 255 octets on the wire, in labels of one.
pub(super) fn deepest_name() -> String {
    format!("{}{NAMES}", "d.".repeat(120))
}
