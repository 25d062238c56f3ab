//! What came back of our test messages.

use super::{Group, Say, message, number, of_kind};
use crate::letters::{
    form::data,
    language::Value,
    model::{FindingFacts, Returned, SubjectKind},
};

/// Who delivered what came back, and how much of it came.
pub(super) fn lines(group: Group, finding: &FindingFacts, returned: &Returned) -> Vec<Say> {
    let from = vec![("address", Value::Text(returned.from.to_string()))];
    let mut lines = vec![of_kind(group.kind, "returned-from", from)];
    let elsewhere = returned.from.to_canonical() != finding.endpoint.ip().to_canonical();
    if group.kind != SubjectKind::Relay {
        lines.extend(elsewhere.then(|| message("returned-elsewhere")));
        return lines;
    }
    let say = |id: &'static str, with| Say::Message(id.into(), with);
    if let Some(name) = &returned.name {
        lines.push(say(
            "returned-name",
            vec![("name", Value::Text(data::line(name)))],
        ));
    }
    lines.extend(elsewhere.then(|| message("returned-elsewhere")));
    if returned.accepted > 1 {
        let with = vec![
            ("returned", number(returned.came_back.into())),
            ("sent", number(returned.accepted.into())),
        ];
        lines.push(say("returned-count", with));
    }
    lines
}

/// That of the messages which these servers accepted not all came back, where that is so.
pub(super) fn in_part(findings: &[&FindingFacts]) -> Option<Say> {
    let returned = || findings.iter().filter_map(|it| it.returned.as_ref());
    let part = returned().find(|it| it.is_part())?;
    let with = vec![
        ("count", number(findings.len())),
        ("sent", number(part.accepted.into())),
        ("returned", number(part.came_back.into())),
    ];
    Some(Say::Message("verdict-part".into(), with))
}
