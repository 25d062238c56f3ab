//! Profiles: who writes, in which order, on what legal ground. TOML.

mod error;
mod read;
mod reader;
mod values;

use std::{collections::BTreeMap, path::Path};

pub use error::ProfileError;
use reader::Document;

use super::{
    blocks::Block,
    language::{self, Edition, Language, LanguageChoice},
    model::{Basis, Recipient, SubjectKind},
};

macro_rules! built_in {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!("../../../profiles/", $name, ".toml")))),*]
    };
}

/// The profiles that come with the program, as `(name, text)`.
const BUILT_IN: [(&str, &str); 4] =
    built_in!["example-cert", "example-isp", "ftc-2003", "ftc-2004"];

/// A sender's profile, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Where it came from: a built-in name, or a path.
    pub origin: String,
    /// Its name.
    pub name: String,
    /// The time zone for recipients whose own is not known, as the IANA database calls it.
    pub time_zone: String,
    /// What the letters rest on.
    pub basis: Basis,
    /// What the letters may be about: relays, proxies or, with both named, both together.
    pub kinds: Vec<SubjectKind>,
    /// What the letters speak of, whatever they report; `None`: of what they report.
    pub speaks_of: Option<SubjectKind>,
    /// Whether the same letter follows in English, unless `--lang` says otherwise.
    pub english_below: bool,
    /// The blocks of a letter, in order.
    pub order: Vec<Block>,
    /// The languages in which letters may leave the house.
    pub approved: Vec<Language>,
    /// When to answer, and when there is another test.
    pub schedule: Option<Schedule>,
    /// Pages with instructions.
    pub fix: Fix,
    /// Who writes.
    pub sender: Sender,
    /// How a letter proves that it is genuine; historic letters did not.
    pub genuine: Option<Genuine>,
    text: BTreeMap<Language, OwnText>,
}

/// Who writes, and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The organisation.
    pub name: String,
    /// Its postal address, line by line; empty in historic profiles.
    pub address: Vec<String>,
    /// The mail address that is read.
    pub mail: String,
    /// The telephone number, with the country's code; historic profiles have none.
    pub phone: Option<String>,
}

/// How a letter proves that it is genuine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genuine {
    /// The page that tells how to check a letter.
    pub page: String,
    /// The fingerprint of the sender's OpenPGP key, in groups of four.
    pub pgp: String,
}

/// Pages with instructions for closing a relay or proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix {
    /// The page.
    pub page: Option<String>,
    /// A second address of the same, deeper in the site.
    pub direct: Option<String>,
}

/// Days after the letter's date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// By when an answer is hoped for.
    pub answer_days: u16,
    /// When there is another test.
    pub retest_days: u16,
}

/// What only the sender can say, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnText {
    /// The letterhead; else the sender's name and address.
    pub letterhead: Option<Vec<String>>,
    /// The sender's name under the letter, where the language has another one.
    pub name: Option<String>,
    /// Who writes.
    pub who: Option<String>,
    /// On what legal ground.
    pub ground: Option<String>,
    /// How the tests can be recognised.
    pub tests: Option<String>,
    /// The programme that the letter belongs to.
    pub programme: Option<String>,
    /// What the page with instructions offers.
    pub guide: Option<String>,
    /// Partners, as they stand in a list.
    pub partners: Vec<String>,
    /// Partners abroad.
    pub partners_abroad: Vec<String>,
    /// Whether the language's most formal address is used, where it has one above the usual.
    pub formal: bool,
}

impl Profile {
    /// Reads the built-in profile of this name, else the file of this path.
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some(text) = Self::built_in_text(name_or_path) {
            return Self::parse(name_or_path, text);
        }
        let path = Path::new(name_or_path);
        let text = std::fs::read_to_string(path).map_err(|error| ProfileError::Read {
            path: name_or_path.to_owned(),
            why: error.to_string(),
            built_in: Self::built_in().join(", "),
        })?;
        Self::parse(name_or_path, &text)
    }

    /// The names of the profiles that come with the program.
    pub fn built_in() -> Vec<&'static str> {
        BUILT_IN.iter().map(|(name, _)| *name).collect()
    }

    /// The names of those that are a starting point for a profile of one's own: no historic one is,
    /// because nobody else writes in that sender's name.
    pub fn starting_points() -> Vec<&'static str> {
        let is_historic = |name| Self::load(name).is_ok_and(|profile| profile.is_historic());
        let names = Self::built_in().into_iter();
        names.filter(|name| !is_historic(name)).collect()
    }

    /// The text of a profile that comes with the program.
    pub fn built_in_text(name: &str) -> Option<&'static str> {
        BUILT_IN
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| *text)
    }

    /// Reads a profile's text; `origin` is what errors call it.
    pub fn parse(origin: &str, text: &str) -> Result<Self, ProfileError> {
        let document = Document::parse(origin, text)?;
        read::profile(&document).map_err(|fault| document.error(fault))
    }

    /// Whether letters in `language` may leave the house; whoever approves a language approves its
    /// variants.
    pub fn approves(&self, language: Language) -> bool {
        self.approved.contains(&language) || self.approved.contains(&language.base())
    }

    /// The languages of the letters to `recipient`, as [`language::choose`] has them, with English
    /// below where the profile says so and `--lang` names no languages.
    pub fn editions(&self, choice: &LanguageChoice, recipient: &Recipient) -> Vec<Edition> {
        let chosen = language::choose(choice, recipient);
        match choice {
            LanguageChoice::Auto if self.english_below => chosen
                .into_iter()
                .map(|edition| Edition::with_english(edition.first))
                .collect(),
            LanguageChoice::Auto | LanguageChoice::Tags(_) => chosen,
        }
    }

    /// Whether it shows how letters once read. None of them can be sent.
    pub fn is_historic(&self) -> bool {
        self.basis == Basis::Historic
    }

    /// Whether it has letters of this kind.
    pub fn writes_about(&self, kind: SubjectKind) -> bool {
        match kind {
            SubjectKind::Relay | SubjectKind::Proxy => self.kinds.contains(&kind),
            SubjectKind::Both => {
                self.writes_about(SubjectKind::Relay) && self.writes_about(SubjectKind::Proxy)
            }
        }
    }

    /// Whether the sender's names are reserved for documentation (RFC 2606, RFC 6761).
    pub fn is_example(&self) -> bool {
        let page = self.genuine.as_ref().map(|genuine| &genuine.page);
        [&self.sender.mail]
            .into_iter()
            .chain(page)
            .chain(&self.fix.page)
            .chain(&self.fix.direct)
            .any(|text| values::host(text).is_some_and(values::is_documentation))
    }

    /// The languages in which the sender has something to say.
    pub fn languages(&self) -> Vec<&'static str> {
        self.text.keys().map(|language| language.tag()).collect()
    }

    /// What the sender says in `language`; what it says in the base of a variant.
    pub(crate) fn text(&self, language: Language) -> Option<&OwnText> {
        let own = self.text.get(&language);
        own.or_else(|| self.text.get(&language.base()))
    }
}

#[cfg(test)]
mod tests;
