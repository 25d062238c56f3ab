//! Events of IntelMQ (docs.intelmq.org, "Data format"): JSON objects, one a line or in an array,
//! with flat names (`source.ip`) or nested ones.

#[cfg(test)]
mod tests;

use std::io::BufRead;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use probe_core::name::Name;
use serde_json::{Map, Value};

use super::{Item, LeftOut, RECORD_OCTETS_MAX, listing, shadowserver::country, text::Lines};
use crate::{
    lists::{
        About, Claim, Entry, ListedProxy, PORT_DEFAULT,
        address::{self, shown},
        csv_list::is_contact,
    },
    problem::{Gathered, Place, Problem},
};

/// The field that tells our own findings from what others say.
pub const TOOL_FIELD: &str = "extra.tool";
/// What stands there.
pub const OWN_TOOL: &str = "postern";

/// Ports on which mail servers listen.
const MAIL_PORTS: [u16; 4] = [25, 465, 587, 2525];

type Event = Map<String, Value>;

/// The events of a file.
pub(super) struct Events<R> {
    lines: Lines<R>,
    /// The array that is read; `None` for an event a line.
    array: Option<Objects>,
    has_begun: bool,
}

impl<R: BufRead> Events<R> {
    pub(super) const fn new(lines: Lines<R>) -> Self {
        Self {
            lines,
            array: None,
            has_begun: false,
        }
    }

    pub(super) const fn place(&self) -> &Place {
        self.lines.place()
    }

    pub(super) const fn octets(&self) -> u64 {
        self.lines.octets()
    }

    pub(super) fn next(&mut self, gathered: &mut Gathered) -> Option<Item> {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.array = (self.lines.peek() == Some(b'[')).then(Objects::default);
        }
        let place = self.lines.place().clone();
        let (line, text) = match &mut self.array {
            Some(objects) => objects.next(&mut self.lines, gathered)?,
            None => loop {
                let (line, text) = self.lines.next(gathered)?;
                if !text.trim().is_empty() {
                    break (line, text);
                }
            },
        };
        let item = parse(text, place.line(line)).and_then(|event| item(&event, place.line(line)));
        Some(item.unwrap_or_else(|problem| {
            gathered.push(problem);
            Item::Wrong
        }))
    }
}

/// The objects of an array, each cut out of the lines that it stands on.
#[derive(Default)]
struct Objects {
    /// The line that is looked at, from where on.
    line: String,
    number: u64,
    at: usize,
    /// The object.
    object: String,
    /// Whether its closing bracket was there.
    is_closed: bool,
    is_broken: bool,
}

impl Objects {
    /// The next object and the line on which it begins.
    fn next<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        gathered: &mut Gathered,
    ) -> Option<(u64, &str)> {
        if self.is_broken {
            return None;
        }
        self.object.clear();
        let mut begin = None;
        let mut depth = 0_u32;
        let (mut in_string, mut escaped) = (false, false);
        loop {
            let rest = self.line.get(self.at..).unwrap_or_default();
            for (at, octet) in rest.bytes().enumerate() {
                match (octet, begin) {
                    (b'{', None) => {
                        begin = Some((self.number, at));
                        depth = 1;
                    }
                    (b' ' | b'\t' | b'\r' | b',' | b'[', None) => {}
                    (b']', None) => self.is_closed = true,
                    (_, None) => {
                        self.is_broken = true;
                        gathered.push(not_an_event(
                            lines.place().line(self.number),
                            format!("`{}`", shown(rest.get(at..).unwrap_or_default())),
                        ));
                        return None;
                    }
                    _ if escaped => escaped = false,
                    (b'\\', _) if in_string => escaped = true,
                    (b'"', _) => in_string = !in_string,
                    (b'{', _) if !in_string => depth = depth.saturating_add(1),
                    (b'}', _) if !in_string => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if let (0, Some((line, from))) = (depth, begin) {
                    let from = if self.object.is_empty() { from } else { 0 };
                    self.object
                        .push_str(rest.get(from..=at).unwrap_or_default());
                    self.at += at + 1;
                    return Some((line, &self.object));
                }
            }
            if let Some((_, from)) = begin {
                let from = if self.object.is_empty() { from } else { 0 };
                self.object.push_str(rest.get(from..).unwrap_or_default());
                self.object.push('\n');
            }
            let more = match lines.next(gathered) {
                Some((number, line)) if self.object.len() + line.len() <= RECORD_OCTETS_MAX => {
                    self.line.clear();
                    self.line.push_str(line);
                    (self.number, self.at) = (number, 0);
                    true
                }
                Some(_) => false,
                None if begin.is_none() => {
                    if !std::mem::replace(&mut self.is_closed, true) {
                        gathered.push(not_an_event(
                            lines.place().line(self.number),
                            "the array does not end".to_owned(),
                        ));
                    }
                    return None;
                }
                None => false,
            };
            if let (false, Some((line, _))) = (more, begin) {
                self.is_broken = true;
                gathered.push(not_an_event(
                    lines.place().line(line),
                    "an object that does not end".to_owned(),
                ));
                return None;
            }
        }
    }
}

fn not_an_event(place: Place, found: String) -> Problem {
    Problem::new(
        place,
        found,
        format!("an event as a JSON object of at most {RECORD_OCTETS_MAX} octets"),
    )
}

fn parse(text: &str, place: Place) -> Result<Event, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        // The line that it names is one within the event.
        let why = said.split(" at line ").next().unwrap_or_default();
        not_an_event(place, format!("no event: {why}"))
    })
}

fn item(event: &Event, place: Place) -> Result<Item, Problem> {
    let wrong = |field: &str, value: &Value, expected: &str| {
        let found = format!("`{}` in `{field}`", shown(&value.to_string()));
        Problem::new(place.clone(), found, expected)
    };
    let Some(ip) = field(event, "source.ip") else {
        return Ok(Item::LeftOut(LeftOut::NoAddress));
    };
    let text = ip
        .as_str()
        .ok_or_else(|| wrong("source.ip", ip, "an address as text"))?;
    let (address, _) = address::parse(text).map_err(|wrong| wrong.at(place.clone()))?;
    let port = match field(event, "source.port") {
        None => None,
        Some(value) => Some(
            number(value)
                .and_then(|number| u16::try_from(number).ok())
                .filter(|port| *port > 0)
                .ok_or_else(|| wrong("source.port", value, "a port from 1 to 65535"))?,
        ),
    };
    let seen = seen(event)
        .map_err(|(field, value)| wrong(field, value, "a moment as 2026-11-20T04:05:06+00:00"))?;
    let said = says(event);
    let port = match (port, said) {
        (Some(port), _) => port,
        (None, Some(Claim::OpenProxy(_))) => return Ok(Item::LeftOut(LeftOut::ProxyWithoutPort)),
        (None, _) => PORT_DEFAULT,
    };
    let claim = match said {
        Some(claim) => claim,
        None if is_about_mail(event, field(event, "source.port").map(|_| port)) => Claim::Other,
        None => return Ok(Item::LeftOut(LeftOut::OtherSubject)),
    };
    // What we found ourselves is no other database's word. Taken for one, it would bear itself out.
    let claim = match text_in(event, TOOL_FIELD) {
        Some(OWN_TOOL) => Claim::Other,
        _ => claim,
    };
    let code = text_in(event, "extra.tag").or(text_in(event, "classification.identifier"));
    let listing = database(event).and_then(|by| listing(&by, seen, code, claim));
    Ok(Item::Entry(Box::new(Entry {
        place,
        address,
        port,
        about: About {
            name: ["source.fqdn", "source.reverse_dns"]
                .into_iter()
                .find_map(|name| Name::new(text_in(event, name)?).ok()),
            country: text_in(event, "source.geolocation.cc").and_then(country),
            contact: text_in(event, "source.abuse_contact")
                .and_then(|all| all.split(',').map(str::trim).find(|one| is_contact(one)))
                .map(str::to_owned),
            listings: listing.into_iter().collect(),
            ..About::default()
        },
    })))
}

/// What an event says, if that is about a relay or a proxy. Feeds name an open relay or proxy in the
/// identifier; the type `proxy` alone is also given to tunnels and to those who look for proxies.
fn says(event: &Event) -> Option<Claim> {
    let word = |name: &str| -> String {
        let text = text_in(event, name).unwrap_or_default();
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let (identifier, kind) = (
        word("classification.identifier"),
        word("classification.type"),
    );
    let is_open_proxy = identifier.starts_with("open")
        && (identifier.contains("proxy") || identifier.contains("socks"));
    let claim = match identifier.as_str() {
        "openrelay" | "opensmtprelay" | "openmailrelay" | "smtpopenrelay" => Claim::OpenRelay,
        _ if is_open_proxy => Claim::OpenProxy(proxy(&[
            &identifier,
            &word("protocol.application"),
            &word("extra.tag"),
        ])),
        _ if kind == "proxy" || identifier.contains("proxy") => Claim::Other,
        _ => return None,
    };
    // These types say that nobody knows, or that nothing happened.
    let is_claim = !["undetermined", "test", "other", "unknown"].contains(&kind.as_str());
    Some(if is_claim { claim } else { Claim::Other })
}

fn proxy(words: &[&str]) -> ListedProxy {
    let any = |part: &str| words.iter().any(|word| word.contains(part));
    if any("socks4") && !any("socks5") {
        ListedProxy::Socks4
    } else if any("socks5") && !any("socks4") {
        ListedProxy::Socks5
    } else if any("socks") {
        ListedProxy::Socks
    } else if any("http") {
        ListedProxy::Http
    } else if any("wingate") {
        ListedProxy::Gateway
    } else {
        ListedProxy::Any
    }
}

fn is_about_mail(event: &Event, port: Option<u16>) -> bool {
    let application = text_in(event, "protocol.application").unwrap_or_default();
    ["smtp", "smtps", "submission"].contains(&application.to_ascii_lowercase().as_str())
        || port.is_some_and(|port| MAIL_PORTS.contains(&port))
}

/// The day on which the source saw it; else the day on which it was collected.
fn seen(event: &Event) -> Result<Option<Date>, (&'static str, &Value)> {
    for name in ["time.source", "time.observation"] {
        if let Some(value) = field(event, name) {
            let moment: Option<Timestamp> = value.as_str().and_then(|text| text.parse().ok());
            let moment = moment.ok_or((name, value))?;
            return Ok(Some(moment.to_zoned(TimeZone::UTC).date()));
        }
    }
    Ok(None)
}

/// The database: provider and name of the feed, or its code where the name is kept back.
fn database(event: &Event) -> Option<String> {
    let provider = text_in(event, "feed.provider").unwrap_or_default();
    let name = text_in(event, "feed.name").or(text_in(event, "feed.code"))?;
    let contains = name.to_lowercase().contains(&provider.to_lowercase());
    Some(if contains {
        name.to_owned()
    } else {
        format!("{provider} {name}")
    })
}

/// A field by its flat name, in a flat event or a nested one.
fn field<'e>(event: &'e Event, name: &str) -> Option<&'e Value> {
    if let Some(value) = event.get(name) {
        return Some(value).filter(|value| !value.is_null());
    }
    name.match_indices('.').find_map(|(at, _)| {
        let inner = event.get(name.get(..at)?)?.as_object()?;
        field(inner, name.get(at + 1..)?)
    })
}

fn text_in<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    field(event, name)?
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}
