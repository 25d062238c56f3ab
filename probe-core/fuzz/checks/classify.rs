//! Classification: words never turn a code into its opposite.

use probe_core::smtp::{Class, Step, Wording, classify};

/// Two octets make a code; the rest is a line's text.
pub(crate) fn check(octets: &[u8]) {
    let [high, low, text @ ..] = octets else {
        return;
    };
    let code = 200 + u16::from_be_bytes([*high, *low]) % 400;
    let wording = Wording::of(text);
    for step in [
        Step::Greeting,
        Step::Ehlo,
        Step::Helo,
        Step::Mail,
        Step::Rcpt,
        Step::Rset,
        Step::StartTls,
        Step::Quit,
    ] {
        let class = classify(step, code, None, wording);
        match code / 100 {
            2 => assert!(matches!(class, Class::Accepted | Class::NotSmtp)),
            3 => assert_eq!(class, Class::Unexpected),
            _ => assert!(!matches!(class, Class::Accepted | Class::Unexpected)),
        }
        assert!(!class.loses_the_stream() || step == Step::Greeting);
        if class == Class::RelayDenied {
            assert!(matches!(step, Step::Mail | Step::Rcpt), "{step:?}");
            assert!(wording.intersects(Wording::RELAY.union(Wording::RELAY_DENIED)));
        }
    }
}
