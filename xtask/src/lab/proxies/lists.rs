//! The lab's block list: who is on it, how the resolver serves it, and what must be found of it.

use std::{fmt::Write as _, net::Ipv4Addr};

use super::{PROXIES, Proxy};
use crate::{finding::Finding, lab::scan::Scanned};

/// Where the list is asked.
const ZONE: &str = "lists.example";

/// An address on the list.
struct Entry {
    /// The proxy whose address it is.
    proxy: &'static str,
    /// The last octet of the answer.
    code: u8,
    /// What the scope says that the code means.
    claim: &'static str,
    /// What the list gives as its reason.
    text: &'static str,
}

/// One that is open, and one that opens to nobody: what the list says must not depend on what we have proved.
const LISTED: [Entry; 2] = [
    Entry {
        proxy: "squid-open",
        code: 9,
        claim: "open-proxy/http",
        text: "HTTP proxy at port 3128",
    },
    Entry {
        proxy: "dante-closed",
        code: 8,
        claim: "open-proxy/socks",
        text: "SOCKS proxy at port 1080",
    },
];

/// The resolver's lines for it. Of 127.0.0.1 and of everybody else it says that there is no such name.
pub(in crate::lab) fn resolver_lines() -> String {
    let mut lines = format!("address=/{}/127.0.0.2\n", name_of(TEST_ADDRESS));
    for Entry {
        proxy, code, text, ..
    } in &LISTED
    {
        let proxy = PROXIES.iter().find(|it| it.name == *proxy);
        let name = name_of(proxy.expect("the list names proxies").ipv4());
        writeln!(
            lines,
            "address=/{name}/127.0.0.{code}\ntxt-record={name},\"{text}\""
        )
        .expect("strings take everything");
    }
    lines
}

/// The scope's table for it.
pub(super) fn scope_table() -> String {
    let codes = LISTED.map(|it| format!("{} = {:?}", it.code, it.claim));
    format!(
        "[[dnsbl]]\nzone = {ZONE:?}\ncodes = {{ 2 = \"open-relay\", {} }}\n",
        codes.join(", ")
    )
}

/// Holds what was found of each proxy's address against the list.
pub(super) fn hold(scanned: &mut Scanned, findings: &[Finding]) {
    for proxy in &PROXIES {
        let about = |it: &&Finding| it.address == proxy.ipv4() && it.probe == "dnsbl";
        let found: Vec<_> = findings.iter().filter(about).map(summary).collect();
        let expected = expected(proxy);
        scanned.check(
            found == [&*expected],
            format!(
                "{} on the list: expected {expected}, found {found:?}",
                proxy.name
            ),
        );
    }
}

/// What a list in order has under itself, RFC 5782, section 5.
const TEST_ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// The name that is asked for an address, RFC 5782, section 2.1.
fn name_of(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("{d}.{c}.{b}.{a}.{ZONE}")
}

fn expected(proxy: &Proxy) -> String {
    match LISTED.iter().find(|it| it.proxy == proxy.name) {
        Some(Entry { code, text, .. }) => {
            format!("suspected listed; {ZONE}: listed 127.0.0.{code} {text:?}")
        }
        None => format!("closed not-listed; {ZONE}: not-listed"),
    }
}

/// Verdict, reason, and what each list said.
fn summary(finding: &Finding) -> String {
    let mut words = format!("{} {}", finding.verdict, finding.reason);
    for list in &finding.lists {
        write!(words, "; {}: {}", list.zone, list.says).expect("strings take everything");
        for code in &list.codes {
            write!(words, " {code}").expect("strings take everything");
        }
        if let Some(text) = &list.text {
            write!(words, " {text:?}").expect("strings take everything");
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_passes_its_health_check_and_names_two() {
        assert_eq!(
            resolver_lines(),
            "address=/2.0.0.127.lists.example/127.0.0.2\n\
             address=/36.2.0.192.lists.example/127.0.0.9\n\
             txt-record=36.2.0.192.lists.example,\"HTTP proxy at port 3128\"\n\
             address=/48.2.0.192.lists.example/127.0.0.8\n\
             txt-record=48.2.0.192.lists.example,\"SOCKS proxy at port 1080\"\n"
        );
    }
}
