use std::net::SocketAddr;

use super::*;
use crate::{testing::Random, time::Utc};

const KEY: Key = Key::new(*b"sixteen octets!!");
const DEVICE: DeviceId = DeviceId([1, 2, 3, 4, 5, 6, 7, 8]);

fn signer() -> Signer {
    Signer::new(&KEY, DEVICE)
}

fn target(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// Computed by another program (Python's hmac and base64).
#[test]
fn tokens_are_as_documented() {
    for (role, serial, pair, hours, at, expected) in [
        (
            Role::Recipient,
            3,
            0,
            12,
            "192.0.2.1:25",
            "raaaaaaadaaaayn3gszpkelgndu",
        ),
        (
            Role::Sender,
            3,
            0,
            12,
            "192.0.2.1:25",
            "saaaaaaadaaaaym7u6sifi2q44a",
        ),
        (
            Role::Message,
            3,
            0,
            12,
            "192.0.2.1:25",
            "maaaaaaadaaaaz65f6ku544cxia",
        ),
        (
            Role::Recipient,
            (1 << 40) - 1,
            63,
            65_535,
            "[2001:db8::25]:587",
            "r77777777h7777xh5bpo4gd3roe",
        ),
        (
            Role::Proxy,
            0,
            0,
            0,
            "192.0.2.1:1080",
            "paaaaaaaaaaaab3mbxhsxt7qwpi",
        ),
    ] {
        let token = signer().sign(role, JobSerial(serial), pair, hours, target(at));
        assert_eq!(token.text().as_str(), expected);
        assert_eq!(
            (token.role, token.serial(), token.pair(), token.hours()),
            (role, JobSerial(serial), pair, hours)
        );
    }
    assert_eq!(KEY.digest(), KeyDigest([0x99, 0x8b, 0x36, 0x08]));
    let nonce = Nonce::issue(&KEY, Utc(1_764_500_000), *b"abc");
    assert_eq!(nonce.text().as_str(), "gabusyiramfrghsef6zsqcdigtq");
}

#[test]
fn a_token_is_found_in_what_servers_make_of_an_address() {
    let at = target("192.0.2.1:25");
    let token = signer().sign(Role::Recipient, JobSerial(3), 0, 12, at);
    let text = token.text();
    for around in [
        "{}@sink.example",
        "SRS0=aB3x=7Q=sink.example={}@forwarder.example",
        "SRS1=aB3x=forwarder.example==aB3x=7Q=sink.example={}@other.example",
        "prvs=1234abcdef={}@sink.example",
        "btv1==987abc=={}@sink.example",
        "list-bounces+{}=sink.example@lists.example",
        "{}+ext@sink.example",
        "{}%sink.example@relay.example",
        "sink.example!{}",
        "\"{}@sink.example\"",
        "@relay.example,@other.example:{}@sink.example",
        "{}@sink.example.",
        "relay{}@sink.example",
    ] {
        for text in [text.to_string(), text.to_uppercase()] {
            let address = around.replace("{}", &text);
            let found = Token::all_in(address.as_bytes()).find(|found| signer().verify(found, at));
            assert_eq!(found, Some(token), "{address}");
        }
    }
}

#[test]
fn what_is_not_ours_proves_nothing() {
    let at = target("192.0.2.1:25");
    let token = signer().sign(Role::Recipient, JobSerial(3), 0, 12, at);
    assert!(signer().verify(&token, at));
    let other_key = Signer::new(&Key::new([0; 16]), DEVICE);
    let other_device = Signer::new(&KEY, DeviceId([9; 8]));
    assert!(!other_key.verify(&token, at));
    assert!(!other_device.verify(&token, at));
    assert!(!signer().verify(&token, target("192.0.2.2:25")));
    assert!(!signer().verify(&token, target("192.0.2.1:587")));
    let another_role = Token {
        role: Role::Message,
        ..token
    };
    assert!(!signer().verify(&another_role, at));
    for octet in 0..TOKEN_OCTETS {
        for bit in 0..8 {
            let mut damaged = token;
            damaged.octets[octet] ^= 1 << bit;
            assert!(!signer().verify(&damaged, at), "octet {octet} bit {bit}");
        }
    }
    // An IPv4 address is the same however it is written; IPv4 and its mapped form are one target.
    assert!(signer().verify(&token, target("[::ffff:192.0.2.1]:25")));
}

#[test]
fn damaged_text_is_no_token() {
    let token = signer().sign(Role::Sender, JobSerial(3), 0, 12, target("192.0.2.1:25"));
    let text = token.text().to_string();
    let read = |text: &str| Token::all_in(text.as_bytes()).next();
    assert_eq!(read(&text), Some(token));
    for wrong in [
        "",
        "s",
        &text[..26],
        &text.replacen('s', "x", 1),
        &text.replace('a', "1"),
        &format!("{}b", &text[..26]),
    ] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
    let mut random = Random::new(3);
    for _ in 0..2_000 {
        let octets: Vec<u8> = (0..random.below(200))
            .map(|_| random.below(256) as u8)
            .collect();
        for found in Token::all_in(&octets) {
            assert!(!signer().verify(&found, target("192.0.2.1:25")));
        }
    }
}

#[test]
fn a_token_has_its_window() {
    let token = signer().sign(Role::Sender, JobSerial(3), 0, 100, target("192.0.2.1:25"));
    for (hours, expected) in [
        (99, false),
        (100, true),
        (244, true),
        (245, false),
        (u16::MAX, false),
    ] {
        assert_eq!(token.is_within_its_window(hours), expected, "{hours}");
    }
}

#[test]
fn a_nonce_is_fresh_and_ours() {
    let nonce = Nonce::issue(&KEY, Utc(10_000), [1, 2, 3]);
    let greeting = format!("220 sink.example ESMTP {}\r\n", nonce.text());
    let find = |key: &Key, since| Nonce::find(key, greeting.as_bytes(), Utc(since));
    assert_eq!(find(&KEY, 10_000), Some(nonce));
    assert_eq!(find(&KEY, 6_400), Some(nonce));
    assert_eq!(find(&KEY, 10_005), Some(nonce), "a clock may be slow");
    assert_eq!(find(&KEY, 10_006), None, "issued before we connected");
    assert_eq!(find(&KEY, 6_399), None, "from too far ahead");
    assert_eq!(find(&Key::new([0; 16]), 10_000), None);
    // A token is no nonce, with the same octets behind its letter either.
    let text = nonce.text().replacen('g', "r", 1);
    assert_eq!(Nonce::find(&KEY, text.as_bytes(), Utc(10_000)), None);
}
