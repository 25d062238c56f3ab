//! A board's sink when many call who have nothing to do with it: it stays, takes nothing of theirs, counts all
//! of it, and has a place for whoever brings a message of ours.

use std::{collections::HashMap, fmt::Write as _, path::Path};

use tinyjson::JsonValue;

use super::{
    Emulated,
    cuts::postern,
    machine::{Machine, Setup},
    proof::SINK_PORTS,
    six,
};
use crate::{
    failure::{Failure, Result},
    finding::Finding,
    lab::{self, Flood, Port},
};

/// How many call at the same time; a board has four places.
const CLIENTS: u32 = 20;
/// How many messages are brought of each kind.
const MESSAGES: u32 = 100;
/// How many messages come to postmaster: one of each client.
const OBJECTIONS: u32 = CLIENTS;

/// Calls the sink of a board in a lab that is up.
pub(super) fn sink(folder: &Path, emulated: &mut Emulated) -> Result<()> {
    let port = Port::open()?;
    let setup = Setup {
        wire: port.wire(),
        within: port.within(),
        ..Setup::on_loopback("flooded")
    };
    let board = Machine::start(folder, &setup)?;
    six::wait_until_announced(&board)?;
    let link = format!("unix:{}", board.link().display());
    let scan = |emulated: &mut Emulated, name: &str, server: &str, expected: &str| -> Result<()> {
        let errand = lab::one_through_board(name, server, &SINK_PORTS)?;
        let findings = Finding::parse_all(&errand.scan(&link)?.out)?;
        let verdicts: Vec<_> = findings.iter().map(|it| it.verdict.as_str()).collect();
        emulated.check(
            verdicts == [expected],
            format!("{server} should be {expected}: {verdicts:?}"),
        );
        Ok(())
    };
    // With its scope and key the board becomes a sink, and stays one.
    scan(emulated, "flooded-before", "postfix-closed", "closed")?;
    let domain = lab::BOARD.sink_domain;
    let token = lab::token_in(port.capture(), domain)?;
    let flood = Flood {
        scanner: &lab::BOARD,
        clients: CLIENTS,
        sessions: 1,
    };
    let stranger = format!("nobody@{domain}");
    let before = Counters::of(&board)?;
    flood.bring(MESSAGES, &stranger)?;
    flood.bring(MESSAGES, "nobody@elsewhere.example")?;
    flood.bring(OBJECTIONS, &format!("postmaster@{domain}"))?;
    for (recipient, taken) in [(format!("{token}@{domain}"), true), (stranger, false)] {
        emulated.check(
            flood.takes(&recipient)? == taken,
            format!("<{recipient}> should be taken: {taken}, and was not so"),
        );
    }
    // The job is over: the board cannot know that nobody has it. Some are kept for the host, which can.
    let foreign = format!("{}@{domain}", lab::forged(&token));
    flood.bring(MESSAGES, &foreign)?;
    let seen = Counters::of(&board)?.since(&before);
    let expected = [
        ("sessions", MESSAGES * 3 + OBJECTIONS + 2),
        ("refused", MESSAGES * 2 + 1),
        ("objections", OBJECTIONS),
        ("callouts", 1),
    ];
    for (name, expected) in expected {
        emulated.check(
            seen.get(name) == expected,
            format!("{name}: {} and not {expected}", seen.get(name)),
        );
    }
    emulated.check(
        seen.get("messages") + seen.get("put_off") == MESSAGES && seen.get("put_off") > 0,
        format!(
            "{MESSAGES} messages with a token of no job: {} taken and {} put off",
            seen.get("messages"),
            seen.get("put_off")
        ),
    );
    scan(emulated, "flooded-after", "exim-open", "confirmed")?;
    let relays = lab::Relays::ask(&lab::BOARD, &lab::NEAR)?;
    emulated.check(relays.for_nobody(), format!("the board's sink: {relays}"));
    writeln!(
        emulated.table,
        "a board's sink: {} connections of {CLIENTS} at a time, {} recipients refused, {} messages with a token of no \
         job taken and {} put off, {} SYNs not taken; then a relay confirmed; {relays}",
        seen.get("sessions"),
        seen.get("refused"),
        seen.get("messages"),
        seen.get("put_off"),
        seen.get("dropped"),
    )
    .expect("strings take everything");
    emulated.check(
        board.boots() == 1,
        format!("the board should start once; it said:\n{}", board.said()),
    );
    Ok(())
}

/// What a board's sink has counted, as `postern appliance info` tells it.
struct Counters(HashMap<String, u32>);

impl Counters {
    fn of(board: &Machine) -> Result<Self> {
        let said = postern(board, &["appliance", "info", "--json"], None)?;
        Self::read(&said)
            .ok_or_else(|| Failure::new(format!("postern appliance info said:\n{said}")))
    }

    fn read(said: &str) -> Option<Self> {
        let info: JsonValue = said.trim().parse().ok()?;
        let info: &HashMap<String, JsonValue> = info.get()?;
        let sink: &HashMap<String, JsonValue> = info.get("sink")?.get()?;
        let number = |value: &JsonValue| value.get::<f64>().map(|number| *number as u32);
        sink.iter()
            .map(|(name, value)| Some((name.clone(), number(value)?)))
            .collect::<Option<_>>()
            .map(Self)
    }

    fn get(&self, name: &str) -> u32 {
        self.0.get(name).copied().unwrap_or(u32::MAX)
    }

    fn since(&self, before: &Self) -> Self {
        let of = |(name, count): (&String, &u32)| (name.clone(), count - before.get(name));
        Self(self.0.iter().map(of).collect())
    }
}
