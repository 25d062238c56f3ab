//! What must come of asking a list about an address as a job does, its health first: verdict, reason,
//! and how the address stands, or why and where the list showed that it cannot be believed. Declared
//! by hand (docs/block-lists.md); codes 3, 5 and 8 are occasions.

use std::net::IpAddr;

use super::{
    lists::{BLOCKED, DEAD, EMPTY, HEALTHY, HEALTHY_6, PARKED, REFUSING, TRUNCATING, WILDCARD},
    ours,
    questions::{BOTH, HONEST, RBLDNSD, RESOLVERS, ZONES},
    servers::Server::{self, Datagrams, Nobody, Rbldnsd, Refuses, Rewrites, Silent},
};
use crate::failure::Result;

#[rustfmt::skip]
const VERDICTS: &[(&[Server], &str, &str, &str)] = &[
    (HONEST, "192.0.2.25", HEALTHY, "suspected listed 127.0.0.5,127.0.0.9 reason"),
    (HONEST, "192.0.2.26", HEALTHY, "suspected listed 127.0.0.8 without-reason"),
    (HONEST, "192.0.2.27", HEALTHY, "inconclusive lists-unknown no-data address"),
    (HONEST, "192.0.2.30", HEALTHY, "closed not-listed not-listed"),
    (HONEST, "2001:db8::25", HEALTHY, "suspected listed 127.0.0.3,127.0.0.5 reason"),
    (HONEST, "2001:db8::26", HEALTHY, "closed not-listed not-listed"),
    (HONEST, "192.0.2.25", EMPTY, "inconclusive lists-unknown test-not-listed must-be-listed"),
    (HONEST, "192.0.2.25", DEAD, "inconclusive lists-unknown server-failure must-be-listed"),
    (BOTH, "192.0.2.25", WILDCARD, "inconclusive lists-unknown lists-everything must-not-be-listed"),
    (BOTH, "2001:db8::26", WILDCARD, "inconclusive lists-unknown lists-everything must-not-be-listed"),
    (BOTH, "192.0.2.25", PARKED, "inconclusive lists-unknown rewritten must-be-listed"),
    (BOTH, "192.0.2.25", BLOCKED, "inconclusive lists-unknown error-code must-be-listed"),
    (ZONES, "192.0.2.25", REFUSING, "inconclusive lists-unknown refused must-be-listed"),
    (RESOLVERS, "192.0.2.25", REFUSING, "inconclusive lists-unknown server-failure must-be-listed"),
    (HONEST, "192.0.2.25", TRUNCATING, "inconclusive lists-unknown too-long address"),
    // A resolver that rewrites spoils what is in order.
    (&[Rewrites], "192.0.2.25", HEALTHY, "inconclusive lists-unknown rewritten must-not-be-listed"),
    (&[Rewrites], "192.0.2.30", HEALTHY, "inconclusive lists-unknown rewritten must-not-be-listed"),
    (&[Rewrites], "192.0.2.25", EMPTY, "inconclusive lists-unknown rewritten must-be-listed"),
    (&[Rbldnsd], "192.0.2.25", HEALTHY, "suspected listed 127.0.0.5,127.0.0.9 reason-cut"),
    (&[Rbldnsd], "192.0.2.65", HEALTHY, "suspected listed 127.0.0.8 reason"),
    (&[Rbldnsd], "192.0.2.70", HEALTHY, "closed not-listed not-listed"),
    (&[Rbldnsd], "192.0.2.25", TRUNCATING, "inconclusive lists-unknown too-long address"),
    (&[Rbldnsd], "192.0.2.25", WILDCARD, "inconclusive lists-unknown lists-everything must-not-be-listed"),
    (RBLDNSD, "2001:db8:bad::9", HEALTHY_6, "suspected listed 127.0.0.5 reason"),
    (RBLDNSD, "2001:db8:bad::1", HEALTHY_6, "closed not-listed not-listed"),
    // A list of the other family.
    (RBLDNSD, "192.0.2.25", HEALTHY_6, "inconclusive lists-unknown test-not-listed must-be-listed"),
    (&[Datagrams], "192.0.2.25", TRUNCATING, "inconclusive lists-unknown no-answer address"),
    (&[Refuses], "192.0.2.25", HEALTHY, "inconclusive lists-unknown refused must-be-listed"),
    (&[Silent, Nobody], "192.0.2.25", HEALTHY, "inconclusive lists-unknown no-answer must-be-listed"),
];

/// How many verdicts there were at a server, and what is wrong with them.
pub(super) fn judge(server: Server, address: IpAddr) -> Result<(usize, Vec<String>)> {
    let of_server = || {
        let rows = VERDICTS.iter();
        rows.filter(|(servers, ..)| servers.contains(&server))
    };
    let lines = of_server().map(|(_, listed, zone, _)| format!("judged {listed} {zone}"));
    let said = ours::say(address, lines.collect())?;
    let wrong = of_server()
        .zip(&said)
        .filter(|((.., expected), said)| expected != said)
        .map(|((_, listed, zone, expected), said)| {
            format!("{listed} in {zone}: expected `{expected}`, found `{said}`")
        });
    Ok((said.len(), wrong.collect()))
}
