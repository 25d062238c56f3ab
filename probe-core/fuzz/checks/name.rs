//! Names: what is accepted may stand in a command, and is the same when it comes back.

use probe_core::name::{NAME_OCTETS_MAX, Name};

/// The octets are a text.
pub(crate) fn check(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let Ok(name) = Name::new(text) else {
        return;
    };
    let kept = name.as_str();
    assert!((1..=NAME_OCTETS_MAX).contains(&kept.len()));
    assert!(
        kept.bytes()
            .all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
    );
    assert!(kept.eq_ignore_ascii_case(text.strip_suffix('.').unwrap_or(text)));
    assert_eq!(Name::new(kept).as_ref(), Ok(&name));
    if let Some(parent) = name.parent() {
        assert!(name.is_under(&parent) && !parent.is_under(&name));
    }
}
