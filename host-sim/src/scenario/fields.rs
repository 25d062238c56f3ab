//! Fields that several tables of a scenario have.

use host_files::{
    lists::About,
    problem::nearest,
    table::{Reader, Section, number, text},
};
use probe_core::name::Name;
use toml::de::DeValue;

use super::Expected;
use crate::peers::Personality;

/// The domain of peers that the file gives no name.
const DOMAIN: &str = "scenario.example";

/// The words that the field `personality` may hold.
pub(super) struct Known {
    pub(super) expected: &'static str,
    /// What one of them is, for messages.
    pub(super) what: &'static str,
    pub(super) names: Vec<&'static str>,
}

impl Known {
    /// Reads one of them, or tells which was probably meant.
    pub(super) fn read<'t>(
        &self,
        reader: &mut Reader<'t>,
        section: &Section<'t>,
    ) -> Option<&'static str> {
        let word = reader.required(section, "personality", self.expected, text)?;
        let found = self.names.iter().copied().find(|name| *name == word);
        if found.is_none() {
            let next = nearest(&word.to_ascii_lowercase(), &self.names)
                .map(|meant| format!("did you mean `{meant}`?"));
            let found = format_args!("is {word:?}: there is no such {}", self.what);
            reader.wrong_next(section, "personality", found, self.expected, next);
        }
        found
    }
}

/// The port of a table, `least` or more.
pub(super) fn port<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    usual: u16,
    least: u16,
) -> u16 {
    let expected = format!("a port from {least} to {}", u16::MAX);
    reader
        .optional(section, "port", &expected, |value| {
            number(value)
                .and_then(|port| u16::try_from(port).ok())
                .filter(|port| *port >= least)
        })
        .unwrap_or(usual)
}

/// The names of a table: for a peer, those that it gives itself unless the file says otherwise.
pub(super) fn about<'t>(
    reader: &mut Reader<'t>,
    section: &Section<'t>,
    personality: Option<&Personality>,
) -> About {
    let name = reader.optional(
        section,
        "host",
        "a host name such as \"mail.example.org\"",
        |value| Name::new(&text(value)?).ok(),
    );
    let expected = "domains such as \"example.org\"";
    let domains = section.has("domains").then(|| {
        reader.list(section, "domains", expected, |value| match value {
            DeValue::String(text) => {
                Name::new(text.trim()).map_err(|_| format!("{:?} is no domain", &text[..]))
            }
            _ => Err("something that is no text".to_owned()),
        })
    });
    let Some(personality) = personality else {
        return About {
            name,
            domains: domains.flatten().unwrap_or_default(),
            ..About::default()
        };
    };
    let own = || Name::new(&format!("{}.{DOMAIN}", personality.name)).ok();
    let name = name.or_else(own);
    let domains = match domains {
        Some(domains) => domains.unwrap_or_default(),
        None => name.iter().filter_map(parent).collect(),
    };
    About {
        name,
        domains,
        ..About::default()
    }
}

/// A host name without its first label, where a domain of two labels or more is left.
fn parent(host: &Name) -> Option<Name> {
    let (_, parent) = host.as_str().split_once('.')?;
    parent.contains('.').then(|| Name::new(parent).ok())?
}

/// What the table says that has to come out.
pub(super) fn expected<'t>(reader: &mut Reader<'t>, section: &Section<'t>) -> Option<Expected> {
    const EXPECTED: &str = "a verdict such as \"closed: relay-denied\", \"inconclusive\" or \"refused: excluded\", or a list of these";
    let texts: Vec<String> = match section.value("expected")? {
        DeValue::Array(_) => reader.list(section, "expected", EXPECTED, |value| {
            text(value).ok_or_else(|| "something that is no text".to_owned())
        })?,
        _ => vec![reader.optional(section, "expected", EXPECTED, text)?],
    };
    if texts.is_empty() {
        reader.wrong(section, "expected", "is empty", EXPECTED);
        return None;
    }
    let mut all = Vec::with_capacity(texts.len());
    for text in &texts {
        match Expected::parse(text) {
            Ok(expected) => all.push(expected),
            Err((wrong, next)) => {
                let found = format_args!("is {text:?}: {wrong}");
                reader.wrong_next(section, "expected", found, EXPECTED, next);
            }
        }
    }
    (all.len() == texts.len()).then(|| Expected::any(all))
}
