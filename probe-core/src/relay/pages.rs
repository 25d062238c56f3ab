//! docs/relay-battery.md and docs/verdict-rules.md say what the code does.

use super::{PAIRS, Recipient, Sender, Syntax};
use crate::verdict::{Caveat, Reason};

const BATTERY: &str = include_str!("../../../docs/relay-battery.md");
const RULES: &str = include_str!("../../../docs/verdict-rules.md");

fn syntax(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Valid => "valid",
        Syntax::Unqualified => "unqualified",
        Syntax::Literal => "literal",
        Syntax::Broken => "broken",
    }
}

const fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

#[test]
fn the_page_has_a_row_for_every_form() {
    for info in Sender::ALL.map(Sender::info) {
        let row = format!(
            "| {} | `{}` | {} | {} | {} | {} |\n",
            info.id,
            info.template,
            info.detects,
            yes(info.bounce_reaches_us),
            yes(info.is_theirs),
            syntax(info.syntax)
        );
        assert!(BATTERY.contains(&row), "docs/relay-battery.md lacks\n{row}");
    }
    for info in Recipient::ALL.map(Recipient::info) {
        let row = format!(
            "| {} | `{}` | {} | {} | {} | {} |\n",
            info.id,
            info.template,
            info.detects,
            yes(info.can_reach_sink),
            yes(info.is_plainly_sink),
            syntax(info.syntax)
        );
        assert!(BATTERY.contains(&row), "docs/relay-battery.md lacks\n{row}");
    }
}

#[test]
fn a_pair_knows_where_its_mail_can_go() {
    for pair in PAIRS {
        assert_eq!(pair.can_reach_sink(), !pair.recipient.is_control());
        assert_eq!(
            pair.bounce_can_reach_us(),
            matches!(pair.sender, Sender::F1 | Sender::F8 | Sender::F11)
        );
    }
}

#[test]
fn the_page_explains_every_reason() {
    for reason in Reason::ALL {
        let word = format!("`{}`", reason.as_str());
        assert!(
            RULES.matches(&word).count() >= 2,
            "docs/verdict-rules.md does not explain {word}"
        );
    }
    for caveat in Caveat::of(true, false) {
        assert!(RULES.contains(&format!("`{}`", caveat.as_str())));
    }
}
