//! A profile, field by field.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{
    Block, Fix, Genuine, Language, OwnText, Profile, Schedule, Sender,
    reader::{Document, Fault, Reader},
    values::{HISTORIC_LINK, LINK, fingerprint, historic_link, link, mail, phone},
};
use crate::letters::{
    language::formal_file,
    model::{Basis, SubjectKind},
};

/// The most days that a schedule may name.
const SCHEDULE_DAYS_MAX: u16 = 366;

pub(super) fn profile(document: &Document<'_>) -> Result<Profile, Fault> {
    let mut root = document.root();
    let name = root.text("name")?;
    let time_zone = root.checked(
        "time_zone",
        "a name of the IANA database, such as `Europe/Warsaw`",
        |zone| TimeZone::get(zone).is_ok().then(|| zone.to_owned()),
    )?;
    let basis = basis(&mut root)?;
    let is_historic = basis == Basis::Historic;
    let kinds = kinds(&mut root)?;
    let speaks_of = root.optional("speaks_of", "`relay`, `proxy` or `both`", |word| {
        SubjectKind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
    })?;
    let english_below = root.flag("english_below")?;
    let order = order(&mut root, basis)?;
    let approved = root.list("approved", "a language's tag", |tag| {
        Language::from_tag(tag).ok()
    })?;
    if let Some((_, at)) = approved.first().filter(|_| is_historic) {
        return Err(Fault::new(
            *at,
            "`approved` names a language; expected an empty list, because the letters of a \
             historic profile are never sent"
                .to_owned(),
        ));
    }
    let approved = approved.into_iter().map(|(language, _)| language).collect();

    let sender = sender(&mut root, is_historic)?;
    let genuine = match root.optional_table("genuine")? {
        Some(mut table) => {
            let read = Genuine {
                page: table.checked("page", LINK, link)?,
                pgp: table.checked("pgp", "a fingerprint of 40 hexadecimal digits", fingerprint)?,
            };
            table.end()?;
            Some(read)
        }
        None if order.contains(&Block::Genuineness) => {
            return Err(root.missing("genuine", "a table with `page` and `pgp`"));
        }
        None => None,
    };
    let fix = fix(&mut root, is_historic)?;
    if order.contains(&Block::Guide) && fix.page.is_none() {
        return Err(root.missing("fix.page", "a link, because `order` has the block `guide`"));
    }
    let schedule = schedule(&mut root, order.contains(&Block::Deadline))?;
    let text = texts(&mut root, &order, is_historic)?;
    root.end()?;
    Ok(Profile {
        origin: document.origin().to_owned(),
        name,
        time_zone,
        basis,
        kinds,
        speaks_of,
        english_below,
        order,
        approved,
        schedule,
        fix,
        sender,
        genuine,
        text,
    })
}

fn basis(root: &mut Reader<'_>) -> Result<Basis, Fault> {
    let is_historic = root.flag("historic")?;
    let basis = root.optional("basis", "`tests` or `listings`", |word| match word {
        "tests" => Some(Basis::Tests),
        "listings" => Some(Basis::Listings),
        _ => None,
    })?;
    match (is_historic, basis) {
        (false, basis) => Ok(basis.unwrap_or_default()),
        (true, None | Some(Basis::Listings)) => Ok(Basis::Historic),
        (true, Some(_)) => Err(Fault::new(
            root.offset_of("basis"),
            "`basis` is `tests`; expected `listings` or nothing, because a historic profile says \
             no more than that databases list the address"
                .to_owned(),
        )),
    }
}

fn kinds(root: &mut Reader<'_>) -> Result<Vec<SubjectKind>, Fault> {
    const EACH: &str = "`relay` or `proxy`";
    let known = [SubjectKind::Relay, SubjectKind::Proxy];
    let named = root.optional_list("kinds", EACH, |word| {
        known.into_iter().find(|kind| kind.as_str() == word)
    })?;
    match named {
        None => Ok(known.to_vec()),
        Some(named) if named.is_empty() => Err(Fault::new(
            root.offset_of("kinds"),
            format!("`kinds` is empty; expected {EACH}, or both"),
        )),
        Some(named) => Ok(named.into_iter().map(|(kind, _)| kind).collect()),
    }
}

fn sender(root: &mut Reader<'_>, is_historic: bool) -> Result<Sender, Fault> {
    const PHONE: &str = "a number such as `+48 22 555 01 00`";
    let mut table = root.table("sender")?;
    let read = Sender {
        name: table.text("name")?,
        address: if is_historic {
            Vec::new()
        } else {
            table.lines("address")?
        },
        mail: table.checked("mail", "a mail address", mail)?,
        phone: if is_historic {
            None
        } else {
            Some(table.checked("phone", PHONE, phone)?)
        },
    };
    table.end()?;
    Ok(read)
}

fn fix(root: &mut Reader<'_>, is_historic: bool) -> Result<Fix, Fault> {
    let Some(mut table) = root.optional_table("fix")? else {
        return Ok(Fix::default());
    };
    let fix = if is_historic {
        Fix {
            page: table.optional("page", HISTORIC_LINK, historic_link)?,
            direct: table.optional("direct", HISTORIC_LINK, historic_link)?,
        }
    } else {
        Fix {
            page: Some(table.checked("page", LINK, link)?),
            direct: table.optional("direct", LINK, link)?,
        }
    };
    table.end()?;
    Ok(fix)
}

fn schedule(root: &mut Reader<'_>, is_needed: bool) -> Result<Option<Schedule>, Fault> {
    let Some(mut table) = root.optional_table("schedule")? else {
        return if is_needed {
            Err(root.missing(
                "schedule",
                "a table with `answer_days` and `retest_days`, because `order` has the block \
                 `deadline`",
            ))
        } else {
            Ok(None)
        };
    };
    let read = Schedule {
        answer_days: table.number("answer_days", 1..=SCHEDULE_DAYS_MAX)?,
        retest_days: table.number("retest_days", 1..=SCHEDULE_DAYS_MAX)?,
    };
    if read.retest_days < read.answer_days {
        return Err(Fault::new(
            table.offset_of("retest_days"),
            "`schedule.retest_days` is before `schedule.answer_days`; expected the test after the \
             answer"
                .to_owned(),
        ));
    }
    table.end()?;
    Ok(Some(read))
}

fn texts(
    root: &mut Reader<'_>,
    order: &[Block],
    is_historic: bool,
) -> Result<BTreeMap<Language, OwnText>, Fault> {
    let has = |block| order.contains(&block);
    let mut texts = root.table("text")?;
    let mut text = BTreeMap::new();
    for language in Language::ALL.into_iter().chain(Language::VARIANTS) {
        let Some(mut own) = texts.optional_table(language.tag())? else {
            continue;
        };
        let read = OwnText {
            letterhead: own.optional_lines("letterhead")?,
            name: own.optional_text("name")?,
            who: own.text_if(has(Block::Sender), "who")?,
            ground: own.text_if(!is_historic, "ground")?,
            tests: own.text_if(has(Block::Test), "tests")?,
            programme: own.text_if(has(Block::Programme), "programme")?,
            guide: own.text_if(has(Block::Guide), "guide")?,
            partners: own.optional_lines("partners")?.unwrap_or_default(),
            partners_abroad: own.optional_lines("partners_abroad")?.unwrap_or_default(),
            formal: formal(&mut own, language)?,
        };
        if has(Block::Partners) && read.partners.is_empty() && read.partners_abroad.is_empty() {
            return Err(own.missing(
                "partners",
                "a list of names, because `order` has the block `partners`",
            ));
        }
        own.end()?;
        text.insert(language, read);
    }
    texts.end()?;
    Ok(text)
}

fn formal(own: &mut Reader<'_>, language: Language) -> Result<bool, Fault> {
    let is_formal = own.flag("formal")?;
    if is_formal && formal_file(language).is_none() {
        return Err(Fault::new(
            own.offset_of("formal"),
            format!(
                "`text.{language}.formal` is true; expected false, because {} has no address more \
                 formal than its usual one",
                language.name()
            ),
        ));
    }
    Ok(is_formal)
}

/// Each block at most once, none missing that a reader is owed, and the occasion after the
/// salutation: in some languages it goes on with the salutation's sentence, and in all of them it
/// introduces the term that later blocks use.
fn order(root: &mut Reader<'_>, basis: Basis) -> Result<Vec<Block>, Fault> {
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
        .find(|block| block.is_owed(basis) && !order.contains(block))
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
