//! Tokens inside whatever mail servers make of an address: `SRS0=…`, `prvs=…=`, `btv1==…==`, VERP
//! prefixes, `+ext`, `%`, `!`, quotes, a source route, a trailing dot.

use super::{Role, TOKEN_CHARACTERS, TOKEN_OCTETS, Token};

/// Every text that could be a token: first those that no letter or digit touches, then the others,
/// as a server may have put its own letters in front.
pub(super) fn all_in(octets: &[u8]) -> impl Iterator<Item = Token> + Clone + '_ {
    let windows = move |apart: bool| {
        octets
            .windows(TOKEN_CHARACTERS)
            .enumerate()
            .filter(move |(at, _)| stands_apart(octets, *at) == apart)
            .filter_map(|(_, window)| read(window))
    };
    windows(true).chain(windows(false))
}

fn stands_apart(octets: &[u8], at: usize) -> bool {
    let is_letter = |place: Option<usize>| {
        place
            .and_then(|place| octets.get(place))
            .is_some_and(u8::is_ascii_alphanumeric)
    };
    !is_letter(at.checked_sub(1)) && !is_letter(at.checked_add(TOKEN_CHARACTERS))
}

fn read(text: &[u8]) -> Option<Token> {
    let (letter, characters) = text.split_first()?;
    let role = Role::of_letter(*letter)?;
    Some(Token::new(role, octets_of(characters)?))
}

/// What 26 characters of base32 stand for, in either case.
pub(super) fn octets_of(characters: &[u8]) -> Option<[u8; TOKEN_OCTETS]> {
    let mut octets = [0; TOKEN_OCTETS];
    let mut places = octets.iter_mut();
    let (mut bits, mut held) = (0_u16, 0_u8);
    for character in characters {
        bits = (bits << 5) | value(*character)?;
        held = held.saturating_add(5);
        if held >= 8 {
            held = held.saturating_sub(8);
            *places.next()? = (bits >> held) as u8;
            bits &= (1 << held) - 1;
        }
    }
    // What is left over are zeroes, or nobody of ours wrote it.
    (bits == 0 && places.next().is_none()).then_some(octets)
}

fn value(character: u8) -> Option<u16> {
    match character.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Some(u16::from(letter.wrapping_sub(b'a'))),
        digit @ b'2'..=b'7' => Some(u16::from(digit.wrapping_sub(b'2').wrapping_add(26))),
        _ => None,
    }
}
