//! The domains that a target is known to serve.

use crate::{name::Name, suspect::LISTED_NAMES_MAX};

/// Known domains of a target: those that the list names, and behind them what its address is called, if
/// there is room for that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    all: heapless::Vec<Name, LISTED_NAMES_MAX, u8>,
    /// The last one is no name of the list's.
    has_reverse: bool,
}

impl Names {
    /// None.
    pub const fn new() -> Self {
        Self {
            all: heapless::Vec::new(),
            has_reverse: false,
        }
    }

    /// Those of a list.
    pub fn of_list(names: &heapless::Vec<Name, LISTED_NAMES_MAX, u8>) -> Self {
        Self {
            all: names.clone(),
            has_reverse: false,
        }
    }

    /// Those that the list names.
    pub fn listed(&self) -> &[Name] {
        let count = self.all.len().saturating_sub(usize::from(self.has_reverse));
        self.all.get(..count).unwrap_or_default()
    }

    /// What the target's address is called, if that is known and none of the list's.
    pub fn reverse(&self) -> Option<&Name> {
        self.all.last().filter(|_| self.has_reverse)
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether what the address is called would be of use.
    pub fn want_reverse(&self) -> bool {
        !self.has_reverse && !self.all.is_full()
    }

    /// Learns what the address is called, if that is of use.
    pub fn learn_reverse(&mut self, name: Name) {
        if self.want_reverse() && !self.all.contains(&name) {
            self.has_reverse = self.all.push(name).is_ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_is_called_goes_behind_the_lists_names() {
        let name = |text| Name::new(text).unwrap();
        for (listed, reverse) in [
            (&[][..], Some("mail.example.org")),
            (&["one.example"], Some("mail.example.org")),
            // It is known already.
            (&["mail.example.org"], None),
            // There is no room.
            (&["one.example", "two.example"], None),
        ] {
            let of_list: heapless::Vec<Name, LISTED_NAMES_MAX, u8> =
                listed.iter().map(|text| name(text)).collect();
            let mut names = Names::of_list(&of_list);
            assert_eq!(names.want_reverse(), listed.len() < 2);
            names.learn_reverse(name("mail.example.org"));
            assert_eq!(names.reverse(), reverse.map(name).as_ref(), "{listed:?}");
            assert_eq!(names.listed(), of_list);
            // Once only.
            let learned = names.clone();
            if reverse.is_some() {
                names.learn_reverse(name("other.example.org"));
            }
            assert_eq!(names, learned, "{listed:?}");
        }
    }
}
