//! What one answer tells of other protocols.

use super::{
    answers::{EVERYTHING, row},
    peer::{Job, talk},
};
use crate::{proxy::Protocols, scope::Depth};

#[test]
fn what_is_tried_and_what_is_not() {
    let web = "http-connect/1 no-proxy 405, http-connect-split/1 skipped same-answer, \
               http-get/2 no-proxy 404, http-post/2 no-proxy 404";
    let socks_too = "socks5/1 dropped 0, socks4/1 dropped 0, socks4/2 dropped 0, \
                     socks4a/1 dropped 0, socks4a/2 dropped 0, socks5-name/1 skipped same-answer, \
                     socks5-ipv6/1 skipped same-answer, gateway/1 dropped 0, gateway/2 dropped 0";
    for (name, protocols, expected) in [
        ("a web server", Protocols::HTTP.difference(Protocols::INSIDE), web.to_string()),
        (
            "http where socks is asked",
            Protocols::SOCKS.union(Protocols::GATEWAY),
            "socks5/1 other-protocol 0, socks4/1 skipped speaks-http, socks4a/1 skipped speaks-http, \
             socks5-name/1 skipped speaks-http, socks5-ipv6/1 skipped speaks-http, \
             gateway/1 skipped speaks-http"
                .into(),
        ),
        (
            "socks where http is asked",
            Protocols::HTTP,
            "http-connect/1 other-protocol 0, http-connect-split/1 skipped speaks-socks, \
             http-get/1 skipped speaks-socks, http-post/1 skipped speaks-socks, \
             inside/1 skipped speaks-socks"
                .into(),
        ),
        (
            "wants a login",
            Protocols::HTTP,
            "http-connect/1 auth-required 407, http-connect-split/1 skipped auth-required, \
             http-get/1 skipped auth-required, http-post/1 skipped auth-required, \
             inside/1 skipped auth-required"
                .into(),
        ),
        (
            "socks5 wants a login",
            EVERYTHING,
            format!(
                "http-connect/1 dropped 0, http-connect/2 dropped 0, http-connect-split/1 dropped 0, \
                 http-connect-split/2 dropped 0, http-get/2 dropped 0, http-get/1 dropped 0, \
                 http-post/2 dropped 0, http-post/1 dropped 0, {}",
                socks_too
                    .replace("socks5/1 dropped 0", "socks5/1 auth-required 255")
                    .replace("same-answer", "auth-required")
            ),
        ),
        (
            "ssh",
            Protocols::GET.union(Protocols::SOCKS5).union(Protocols::GATEWAY),
            "http-get/2 other-protocol 0, socks5/1 skipped speaks-other, \
             gateway/1 skipped speaks-other"
                .into(),
        ),
        (
            "echo",
            Protocols::CONNECT.union(Protocols::SOCKS5),
            "http-connect/1 echoed 0, socks5/1 skipped echoes".into(),
        ),
        (
            "wants its last line apart",
            Protocols::HTTP,
            "http-connect/1 silent 0, http-connect/2 silent 0, http-connect-split/1 returned 200"
                .into(),
        ),
        (
            "a page for everything",
            Protocols::CONNECT.union(Protocols::CONNECT_SPLIT),
            "http-connect/1 granted 200, control granted 200, http-connect/2 granted 200, \
             http-connect-split/1 skipped same-answer"
                .into(),
        ),
        // What is granted without a word may lead to a port of ours all the same.
        (
            "grants what there can be and is silent",
            Protocols::CONNECT,
            "http-connect/1 granted 200, control failed 503, http-connect/2 granted 200".into(),
        ),
        (
            "forwards another port only",
            Protocols::HTTP,
            "http-connect/1 denied 403, http-connect/2 returned 200".into(),
        ),
        ("open", EVERYTHING, "http-connect/1 returned 200".into()),
    ] {
        let talk = talk(&Job::new(protocols), &mut row(name));
        assert_eq!(talk.attempts(), expected, "{name}");
    }
}

#[test]
fn at_full_depth_a_proof_is_not_the_end() {
    let job = Job {
        depth: Depth::Full,
        ..Job::new(Protocols::HTTP)
    };
    let talk = talk(&job, &mut row("open"));
    assert_eq!(
        talk.attempts(),
        "http-connect/1 returned 200, http-connect-split/1 returned 200, http-get/2 returned 200, \
         http-post/2 returned 200, inside/1 granted 200"
    );
    assert_eq!(talk.words(), "confirmed: connection-returned");
    assert!(
        talk.evidence.attempts()[..4]
            .iter()
            .all(|of| of.egress().is_some())
    );
}
