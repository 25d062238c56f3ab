//! Profiles: who writes, in which order, on what legal ground. TOML.

mod error;
mod reader;

use std::{collections::BTreeMap, path::Path};

use jiff::tz::TimeZone;

pub use error::ProfileError;
use reader::{Document, Fault, Reader};

use super::{blocks::Block, language::Language, model::Basis};

/// The profiles that come with the program, as `(name, text)`.
const BUILT_IN: [(&str, &str); 1] = [(
    "example-cert",
    include_str!("../../../profiles/example-cert.toml"),
)];

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
    /// The blocks of a letter, in order.
    pub order: Vec<Block>,
    /// The languages in which letters may leave the house.
    pub approved: Vec<Language>,
    /// A page with instructions for closing a relay.
    pub fix_page: Option<String>,
    /// Who writes.
    pub sender: Sender,
    /// How a letter proves that it is genuine.
    pub genuine: Genuine,
    text: BTreeMap<Language, OwnText>,
}

/// Who writes, and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The organisation.
    pub name: String,
    /// Its postal address, line by line.
    pub address: Vec<String>,
    /// The mail address that is read.
    pub mail: String,
    /// The telephone number, with the country's code.
    pub phone: String,
}

/// How a letter proves that it is genuine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genuine {
    /// The page that tells how to check a letter.
    pub page: String,
    /// The fingerprint of the sender's OpenPGP key, in groups of four.
    pub pgp: String,
}

/// What only the sender can say, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnText {
    /// Who writes.
    pub who: String,
    /// On what legal ground.
    pub ground: String,
    /// How the tests can be recognised.
    pub tests: String,
}

impl Profile {
    /// Reads the built-in profile of this name, else the file of this path.
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_path) {
            return Self::parse(name, text);
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

    /// Reads a profile's text; `origin` is what errors call it.
    pub fn parse(origin: &str, text: &str) -> Result<Self, ProfileError> {
        let document = Document::parse(origin, text)?;
        read(&document).map_err(|fault| document.error(fault))
    }

    /// Whether letters in `language` may leave the house; whoever approves a language approves its
    /// variants.
    pub fn approves(&self, language: Language) -> bool {
        self.approved.contains(&language) || self.approved.contains(&language.base())
    }

    /// Whether it shows how letters once read. None of them can be sent.
    pub fn is_historic(&self) -> bool {
        self.basis == Basis::Historic
    }

    /// Whether the sender's names are reserved for documentation (RFC 2606, RFC 6761).
    pub fn is_example(&self) -> bool {
        [&self.sender.mail, &self.genuine.page]
            .into_iter()
            .chain(&self.fix_page)
            .any(|text| host(text).is_some_and(is_documentation))
    }

    /// The languages in which the sender has something to say.
    pub fn languages(&self) -> Vec<&'static str> {
        self.text.keys().map(|language| language.tag()).collect()
    }

    pub(crate) fn text(&self, language: Language) -> Option<&OwnText> {
        let own = self.text.get(&language);
        own.or_else(|| self.text.get(&language.base()))
    }
}

fn read(document: &Document<'_>) -> Result<Profile, Fault> {
    let mut root = document.root();
    let name = root.text("name")?;
    let time_zone = root.checked(
        "time_zone",
        "a name of the IANA database, such as `Europe/Warsaw`",
        |zone| TimeZone::get(zone).is_ok().then(|| zone.to_owned()),
    )?;
    let order = order(&mut root)?;
    let approved = root.list("approved", "a language's tag", |tag| {
        Language::from_tag(tag).ok()
    })?;
    let approved = approved.into_iter().map(|(language, _)| language).collect();

    let mut sender = root.table("sender")?;
    let sender = {
        let read = Sender {
            name: sender.text("name")?,
            address: sender.lines("address")?,
            mail: sender.checked("mail", "a mail address", mail)?,
            phone: sender.checked("phone", "a number such as `+48 22 555 01 00`", phone)?,
        };
        sender.end()?;
        read
    };

    let mut genuine = root.table("genuine")?;
    let genuine = {
        let read = Genuine {
            page: genuine.checked("page", LINK, link)?,
            pgp: genuine.checked("pgp", "a fingerprint of 40 hexadecimal digits", fingerprint)?,
        };
        genuine.end()?;
        read
    };

    let fix_page = match root.optional_table("fix")? {
        None => None,
        Some(mut fix) => {
            let page = fix.checked("page", LINK, link)?;
            fix.end()?;
            Some(page)
        }
    };

    let mut texts = root.table("text")?;
    let mut text = BTreeMap::new();
    for language in Language::ALL {
        if let Some(mut own) = texts.optional_table(language.tag())? {
            text.insert(
                language,
                OwnText {
                    who: own.text("who")?,
                    ground: own.text("ground")?,
                    tests: own.text("tests")?,
                },
            );
            own.end()?;
        }
    }
    texts.end()?;
    root.end()?;
    Ok(Profile {
        origin: document.origin().to_owned(),
        name,
        time_zone,
        basis: Basis::Tests,
        order,
        approved,
        fix_page,
        sender,
        genuine,
        text,
    })
}

/// Each block at most once, none missing that a reader is owed, and the occasion after the
/// salutation: in some languages it goes on with the salutation's sentence, and in all of them it
/// introduces the term that later blocks use.
fn order(root: &mut Reader<'_>) -> Result<Vec<Block>, Fault> {
    let named = root.list("order", "a block", |word| {
        Block::ALL.into_iter().find(|block| block.as_str() == word)
    })?;
    for (place, (block, at)) in named.iter().enumerate() {
        if named
            .iter()
            .take(place)
            .any(|(earlier, _)| earlier == block)
        {
            return Err(Fault::new(
                *at,
                format!("`order` has the block `{block}` twice; expected each block once"),
            ));
        }
    }
    let order: Vec<Block> = named.iter().map(|(block, _)| *block).collect();
    let at = named.first().map_or(0, |(_, at)| *at);
    if let Some(missing) = Block::ALL
        .into_iter()
        .find(|block| block.is_owed() && !order.contains(block))
    {
        return Err(Fault::new(
            at,
            format!("`order` lacks the block `{missing}`; every letter has it"),
        ));
    }
    let follows_salutation = order
        .windows(2)
        .any(|pair| pair == [Block::Salutation, Block::Occasion]);
    if !follows_salutation {
        return Err(Fault::new(
            at,
            "`order` does not have `occasion` directly after `salutation`; expected it there, \
             because it goes on with the salutation's sentence and introduces the term"
                .to_owned(),
        ));
    }
    Ok(order)
}

const LINK: &str = "a link that begins with `https://` and has no spaces";

fn link(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://")?;
    (rest.contains('.') && !text.contains(char::is_whitespace) && !text.ends_with('.'))
        .then(|| text.to_owned())
}

fn mail(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let is_clean = !text.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    (is_clean && !local.is_empty() && domain.contains('.') && !domain.ends_with('.'))
        .then(|| text.to_owned())
}

fn phone(text: &str) -> Option<String> {
    let rest = text.strip_prefix('+')?;
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    (digits >= 6
        && rest
            .chars()
            .all(|c| c.is_ascii_digit() || " ()-".contains(c)))
    .then(|| text.to_owned())
}

fn fingerprint(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|letter| *letter != ' ')
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    if digits.len() != 40 || !digits.chars().all(|letter| letter.is_ascii_hexdigit()) {
        return None;
    }
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    Some(grouped)
}

/// The host of a link or of a mail address.
fn host(text: &str) -> Option<&str> {
    let rest = match text.split_once("://") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next()?,
        None => text,
    };
    let host = rest.rsplit('@').next()?;
    host.split(':').next()
}

fn is_documentation(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let under = |name: &str| {
        host.strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    [
        "example",
        "test",
        "invalid",
        "localhost",
        "example.com",
        "example.net",
        "example.org",
    ]
    .into_iter()
    .any(under)
}

#[cfg(test)]
mod tests;
