//! Reads a script, line by line.

use std::time::Duration;

use probe_core::verdict::Verdict;

use super::{Action, Rule, Script, ScriptError, When, header, pattern::Pattern, text::Text};
use crate::peers::{Delivered, Rule as Truth};

/// What every script may leave out.
const DEFAULTS: &str = include_str!("defaults.script");

/// What a line may be.
const LINES: &str =
    "`name`, `about`, `truth`, `expect`, `delivered`, `C: …`, `S: …`, `* …` or `# …`";
/// What a server may do beside saying something.
const DEEDS: &str = "`* waits 2 s`, `* waits 300 ms`, `* closes` or `* says nothing`";

/// A personality as its script declares it.
pub(super) struct Parsed {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) truth: Vec<Truth>,
    pub(super) expected: [Verdict; 3],
    pub(super) delivered: [Delivered; 3],
    pub(super) script: Script,
}

/// Reads a whole script.
pub(super) fn personality(file: &str, text: &str) -> Result<Parsed, ScriptError> {
    let mut reader = Reader::default();
    let error = |line, Wrong { expected, found }| ScriptError {
        file: file.to_owned(),
        line,
        expected,
        found,
    };
    let mut last = 1;
    for (number, line) in (1..).zip(text.lines()) {
        last = number;
        reader
            .line(line.trim_end())
            .map_err(|wrong| error(number, wrong))?;
    }
    reader.finish().map_err(|wrong| error(last, wrong))
}

/// What is wrong with a line.
pub(super) struct Wrong {
    expected: String,
    found: String,
}

impl Wrong {
    pub(super) fn new(expected: impl Into<String>, found: &str) -> Self {
        Self {
            expected: expected.into(),
            found: format!("`{found}`"),
        }
    }

    fn missing(expected: &str) -> Self {
        Self {
            expected: expected.to_owned(),
            found: "the end of the script".to_owned(),
        }
    }
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    name: Option<String>,
    about: Option<String>,
    truth: Vec<Truth>,
    expected: [Option<Verdict>; 3],
    delivered: [Option<Delivered>; 3],
    greeting: Vec<Action>,
    /// Whether the greeting is there, be it silence.
    greeted: bool,
    rules: Vec<Rule>,
    /// Commands that wait for their answer.
    asked: Vec<When>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Wrong> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "S:" => {
                let text =
                    Text::read(rest).map_err(|(expected, found)| Wrong::new(expected, &found))?;
                self.answer(Some(Action::Say(text)));
            }
            "*" => {
                let deed = deed(rest)?;
                self.answer(deed);
            }
            "C:" if !self.greeted => {
                return Err(Wrong::new(
                    "a greeting (`S: …` or `* …`) before the first command",
                    line,
                ));
            }
            "C:" => self.asked.push(command(rest)?),
            _ if self.greeted => return Err(Wrong::new("`C: …`, `S: …`, `* …` or `# …`", line)),
            "name" => once(&mut self.name, header::name(rest)?, line)?,
            "about" => once(&mut self.about, header::about(rest)?, line)?,
            "truth" => self.truth.push(header::truth(rest)?),
            "expect" => {
                let (depths, verdict) = header::expectation(rest)?;
                for expected in &mut self.expected[depths] {
                    once(expected, verdict, line)?;
                }
            }
            "delivered" => {
                let (depths, delivered) = header::delivery(rest)?;
                for place in &mut self.delivered[depths] {
                    once(place, delivered, line)?;
                }
            }
            _ => return Err(Wrong::new(LINES, line)),
        }
        Ok(())
    }

    /// Something that the server does, in the greeting or in answer to what was asked last.
    fn answer(&mut self, action: Option<Action>) {
        if !self.asked.is_empty() {
            self.rules.push(Rule {
                when: std::mem::take(&mut self.asked),
                actions: Vec::new(),
            });
        }
        self.greeted = true;
        let actions = self
            .rules
            .last_mut()
            .map_or(&mut self.greeting, |rule| &mut rule.actions);
        actions.extend(action);
    }

    fn finish(mut self) -> Result<Parsed, Wrong> {
        if !self.asked.is_empty() {
            return Err(Wrong::missing(
                "an answer (`S: …` or `* …`) to the last command",
            ));
        }
        if !self.greeted {
            return Err(Wrong::missing("a greeting (`S: …` or `* …`)"));
        }
        if self.truth.is_empty() {
            return Err(Wrong::missing("`truth` lines before the greeting"));
        }
        let [Some(quick), Some(standard), Some(full)] = self.expected else {
            return Err(Wrong::missing(
                "`expect` for quick, standard and full before the greeting",
            ));
        };
        for line in DEFAULTS.lines() {
            self.line(line)?;
        }
        let missing = |what: &str| Wrong::missing(&format!("`{what}` before the greeting"));
        Ok(Parsed {
            name: self.name.ok_or_else(|| missing("name"))?,
            about: self.about.ok_or_else(|| missing("about"))?,
            truth: self.truth,
            expected: [quick, standard, full],
            delivered: self.delivered.map(|said| said.unwrap_or(Delivered::Same)),
            script: Script {
                greeting: self.greeting,
                rules: self.rules,
            },
        })
    }
}

/// Fills what may be said once.
fn once<T>(place: &mut Option<T>, value: T, line: &str) -> Result<(), Wrong> {
    if place.is_some() {
        return Err(Wrong::new("each depth, `name` and `about` once", line));
    }
    *place = Some(value);
    Ok(())
}

/// What stands behind `C:`.
fn command(rest: &str) -> Result<When, Wrong> {
    let pattern = |text| {
        Pattern::read(text)
            .map_err(|found| Wrong::new("`{host}` or `{domain}`: patterns know no others", &found))
    };
    match rest {
        "" => Err(Wrong::new("a command line, or a pattern of some", "C:")),
        "(out of order)" => Ok(When::OutOfOrder),
        "(message)" => Ok(When::Message),
        _ if rest.starts_with('(') => Err(Wrong::new("`(out of order)` or `(message)`", rest)),
        _ => match rest.split_once(" under ") {
            Some((line, sender)) => Ok(When::Command(pattern(line)?, Some(pattern(sender)?))),
            None => Ok(When::Command(pattern(rest)?, None)),
        },
    }
}

/// What stands behind `*`.
fn deed(rest: &str) -> Result<Option<Action>, Wrong> {
    let wrong = || Wrong::new(DEEDS, &format!("* {rest}"));
    match rest {
        "closes" => Ok(Some(Action::Close)),
        "says nothing" => Ok(None),
        _ => {
            let (number, unit) = rest
                .strip_prefix("waits ")
                .and_then(|time| time.split_once(' '))
                .ok_or_else(wrong)?;
            let number: u32 = number.parse().map_err(|_| wrong())?;
            match unit {
                "s" => Ok(Some(Action::Wait(Duration::from_secs(number.into())))),
                "ms" => Ok(Some(Action::Wait(Duration::from_millis(number.into())))),
                _ => Err(wrong()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "name n\nabout a\ntruth any -> any: relayed\nexpect any: closed unclear\n";

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let cases = [
            (
                "greets\n",
                "x.script:1: expected `name`, `about`, `truth`, `expect`, `delivered`, `C: …`, `S: …`, `* …` or `# …`, found `greets`",
            ),
            (
                "name A\n",
                "x.script:1: expected a name of a-z, 0-9 and hyphens, found `A`",
            ),
            (
                "name a\n\nname a\n",
                "x.script:3: expected each depth, `name` and `about` once, found `name a`",
            ),
            (
                "about\n",
                "x.script:1: expected what the server is, in one line, found `about`",
            ),
            (
                "truth any any: relayed\n",
                "x.script:1: expected `truth SENDERS -> RECIPIENTS: FATE`, found `any any: relayed`",
            ),
            (
                "truth any -> any: sold\n",
                "x.script:1: expected `relayed`, `kept`, `discarded`, `bounced`, `refused at MAIL`, `refused at RCPT`, `refused at DATA`, `nobody can tell`, found `sold`",
            ),
            (
                "truth F1,T1 -> any: kept\n",
                "x.script:1: expected `any`, or forms of docs/relay-battery.md: F1 to F11, found `T1`",
            ),
            (
                "truth any -> T26: kept\n",
                "x.script:1: expected `any`, or forms of docs/relay-battery.md: T1 to T25, C1 to C3, found `T26`",
            ),
            (
                "expect deep: closed unclear\n",
                "x.script:1: expected `quick`, `standard`, `full`, `any`, found `deep`",
            ),
            (
                "expect any: shut unclear\n",
                "x.script:1: expected `confirmed`, `accepted`, `suspected`, `closed`, `inconclusive`, found `shut`",
            ),
            (
                "C: QUIT\n",
                "x.script:1: expected a greeting (`S: …` or `* …`) before the first command, found `C: QUIT`",
            ),
            (
                "* sleeps\n",
                "x.script:1: expected `* waits 2 s`, `* waits 300 ms`, `* closes` or `* says nothing`, found `* sleeps`",
            ),
            (
                "* waits 2 min\n",
                "x.script:1: expected `* waits 2 s`, `* waits 300 ms`, `* closes` or `* says nothing`, found `* waits 2 min`",
            ),
            (
                "S: 220 {helo}\n",
                "x.script:1: expected {host}, {domain}, {caller}, {name}, {mailbox} or {sender}; a brace itself is written \\{, found `{helo}`",
            ),
            (
                "S: 220 \\q\n",
                "x.script:1: expected \\\\, \\{, \\r, \\n or \\x and two hexadecimal digits; at the end of a line \\ leaves the line without its end, found `\\q`",
            ),
            (
                "S: 220 h\nname n\n",
                "x.script:2: expected `C: …`, `S: …`, `* …` or `# …`, found `name n`",
            ),
            (
                "S: 220 h\nC:\n",
                "x.script:2: expected a command line, or a pattern of some, found `C:`",
            ),
            (
                "S: 220 h\nC: (dot)\n",
                "x.script:2: expected `(out of order)` or `(message)`, found `(dot)`",
            ),
            (
                "S: 220 h\nC: EHLO {name}\n",
                "x.script:2: expected `{host}` or `{domain}`: patterns know no others, found `{name}`",
            ),
            (
                "S: 220 h\nC: QUIT\n",
                "x.script:2: expected an answer (`S: …` or `* …`) to the last command, found the end of the script",
            ),
            (
                "name n\n",
                "x.script:1: expected a greeting (`S: …` or `* …`), found the end of the script",
            ),
            (
                "S: 220 h\n",
                "x.script:1: expected `truth` lines before the greeting, found the end of the script",
            ),
        ];
        for (text, expected) in cases {
            let error = personality("x.script", text).map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        for (without, missing) in [
            ("name n\n", "`name` before the greeting"),
            ("about a\n", "`about` before the greeting"),
            (
                "truth any -> any: relayed\n",
                "`truth` lines before the greeting",
            ),
            (
                "expect any: closed unclear\n",
                "`expect` for quick, standard and full before the greeting",
            ),
        ] {
            let text = HEADER.replace(without, "") + "S: 220 h\n";
            let error = personality("x.script", &text).map(|_| ()).unwrap_err();
            assert_eq!(
                (error.expected.as_str(), error.found.as_str()),
                (missing, "the end of the script")
            );
        }
        assert!(personality("x.script", &format!("{HEADER}S: 220 h\n")).is_ok());
    }
}
