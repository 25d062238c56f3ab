//! A server's answers, and how a script tells them.

use std::{fmt::Write as _, io, net::SocketAddr, thread};

use super::{
    ask::{Reply, accepts, ask},
    forms::{Names, OURS, PLAIN, RECIPIENTS, SENDERS, has_twin, pattern},
};
use crate::lab::plan::NEAR;

/// Commands beside envelopes: the pattern, and what is sent before and as the command.
const OTHERS: [(&str, &[&str]); 9] = [
    ("EHLO *", &["EHLO {name}"]),
    ("HELO *", &["HELO {name}"]),
    ("RSET", &["EHLO {name}", "RSET"]),
    ("NOOP", &["EHLO {name}", "NOOP"]),
    ("VRFY *", &["EHLO {name}", "VRFY postmaster"]),
    ("STARTTLS", &["EHLO {name}", "STARTTLS"]),
    ("QUIT", &["EHLO {name}", "QUIT"]),
    ("(out of order)", &["EHLO {name}", "RCPT TO:<postmaster>"]),
    ("*", &["EHLO {name}", "XYZZY"]),
];

/// Everything that was heard.
pub(super) struct Dialogue {
    greeting: Reply,
    others: Vec<Reply>,
    /// To MAIL, in the order of [`SENDERS`].
    senders: Vec<Reply>,
    /// To RCPT: for each sender, a pattern and its reply, narrower patterns first. Nothing for a sender
    /// that was refused.
    recipients: Vec<Vec<Heard>>,
}

/// A recipient's form, the pattern for it, and the reply.
#[derive(PartialEq, Eq)]
struct Heard {
    id: &'static str,
    pattern: String,
    reply: Reply,
}

impl Dialogue {
    /// Asks a server everything.
    pub(super) fn with(names: &Names) -> io::Result<Self> {
        let wrong = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let address = names.address.parse().map_err(wrong)?;
        let client = Client {
            server: SocketAddr::new(address, 25),
            names,
        };
        let mut others = Vec::new();
        for (_, commands) in OTHERS {
            let commands: Vec<String> = commands
                .iter()
                .map(|command| command.replace("{name}", NEAR.host_name))
                .collect();
            others.push(client.last(&commands, &[])?);
        }
        // Side by side: Postfix takes a second for each recipient that it accepts (in_flow_delay).
        let client = &client;
        let answers: Vec<_> = thread::scope(|scope| {
            let asking: Vec<_> = (0..SENDERS.len())
                .map(|place| scope.spawn(move || client.sender(place)))
                .collect();
            let joined = asking.into_iter().map(|asking| asking.join());
            joined
                .map(|answer| answer.unwrap_or_else(|_| Err(io::Error::other("a client panicked"))))
                .collect::<io::Result<_>>()
        })?;
        let (senders, recipients) = answers.into_iter().unzip();
        Ok(Self {
            greeting: client.last(&[], &[])?,
            others,
            senders,
            recipients,
        })
    }

    /// The lines of a script that play it.
    pub(super) fn script<'h>(&'h self) -> String {
        let mut text = String::new();
        say(&mut text, &self.greeting);
        let mut block = |rules: Vec<(String, &'h Reply)>| {
            let mut rules = rules.into_iter().peekable();
            text.push('\n');
            while let Some((command, reply)) = rules.next() {
                writeln!(text, "C: {command}").expect("strings take everything");
                // Commands in a row share an answer.
                if rules.peek().is_none_or(|(_, next)| *next != reply) {
                    say(&mut text, reply);
                    if command == "QUIT" {
                        text.push_str("* closes\n");
                    }
                    if rules.peek().is_some() {
                        text.push('\n');
                    }
                }
            }
        };
        let others = OTHERS.map(|(pattern, _)| pattern.to_owned());
        let mut others: Vec<_> = others.into_iter().zip(&self.others).collect();
        let anything_else = others.pop();
        block(others);
        let mail = |(_, template): &(&str, &str)| format!("MAIL FROM:{}", pattern(template, false));
        block(SENDERS.iter().map(mail).zip(&self.senders).collect());
        let usual = &self.recipients[OURS];
        for ((_, template), heard) in SENDERS.iter().zip(&self.recipients) {
            if self.differs(heard) {
                let under = pattern(template, false);
                let rule = |heard: &'h Heard| {
                    let Heard { pattern, reply, .. } = heard;
                    (format!("RCPT TO:{pattern} under {under}"), reply)
                };
                block(heard.iter().map(rule).collect());
            }
        }
        let rule = |heard: &'h Heard| {
            let Heard { pattern, reply, .. } = heard;
            (format!("RCPT TO:{pattern}"), reply)
        };
        block(usual.iter().map(rule).collect());
        block(anything_else.into_iter().collect());
        text
    }

    /// What the answers mean, knowing whether the server is open.
    pub(super) fn truth(&self, is_open: bool) -> String {
        let mut text = String::new();
        for ((id, _), reply) in SENDERS.iter().zip(&self.senders) {
            if !accepts(reply) {
                writeln!(text, "truth {id} -> any: refused at MAIL")
                    .expect("strings take everything");
            }
        }
        for ((id, _), heard) in SENDERS.iter().zip(&self.recipients) {
            if self.differs(heard) {
                text.push_str(&fates(id, heard, is_open));
            }
        }
        text.push_str(&fates("any", &self.recipients[OURS], is_open));
        text
    }

    /// Whether a sender's recipients need rules of their own.
    fn differs(&self, heard: &[Heard]) -> bool {
        let usual = &self.recipients[OURS];
        heard.iter().any(|heard| {
            usual
                .iter()
                .any(|usual| usual.pattern == heard.pattern && usual.reply != heard.reply)
        })
    }
}

/// The truth under one sender.
fn fates(sender: &str, heard: &[Heard], is_open: bool) -> String {
    let mut text = String::new();
    let mut tell = |fate: &str, holds: &dyn Fn(&Heard) -> bool| {
        let mut ids: Vec<_> = heard
            .iter()
            .filter(|heard| heard.id.starts_with('T') && holds(heard))
            .map(|heard| heard.id)
            .collect();
        ids.dedup();
        // T24 is T1 in another place.
        if ids.contains(&"T1") {
            ids.push("T24");
        }
        if !ids.is_empty() {
            let ids = ids.join(",");
            writeln!(text, "truth {sender} -> {ids}: {fate}").expect("strings take everything");
        }
    };
    let is_plain = |heard: &Heard| PLAIN.contains(&heard.id);
    if is_open {
        tell("relayed", &|heard| accepts(&heard.reply) && is_plain(heard));
        tell("nobody can tell", &|heard| {
            accepts(&heard.reply) && !is_plain(heard)
        });
    } else {
        tell("kept", &|heard| accepts(&heard.reply));
    }
    writeln!(text, "truth {sender} -> any: refused at RCPT").expect("strings take everything");
    text
}

/// The lines that a script says.
fn say(text: &mut String, reply: &Reply) {
    for line in reply {
        writeln!(text, "S: {line}").expect("strings take everything");
    }
}

/// Whoever asks.
struct Client<'a> {
    server: SocketAddr,
    names: &'a Names<'a>,
}

impl Client<'_> {
    /// What is said to a sender of [`SENDERS`] and to every recipient under it.
    fn sender(&self, place: usize) -> io::Result<(Reply, Vec<Heard>)> {
        let (_, template) = SENDERS[place];
        let sender = self.names.sample(template, "sabcdefghijklm", false);
        let reply = self.mail(&sender)?;
        let heard = if accepts(&reply) {
            self.recipients(&sender, place == OURS)?
        } else {
            Vec::new()
        };
        Ok((reply, heard))
    }

    fn mail(&self, sender: &str) -> io::Result<Reply> {
        let commands = [hello(), format!("MAIL FROM:{sender}")];
        self.last(&commands, &[("{mailbox}", bare(sender))])
    }

    fn recipients(&self, sender: &str, with_twins: bool) -> io::Result<Vec<Heard>> {
        let mut all = Vec::new();
        for (id, template) in RECIPIENTS {
            let mut heard = Vec::new();
            let twins: &[bool] = if with_twins && has_twin(template) {
                &[true, false]
            } else {
                &[false]
            };
            for &twin in twins {
                let recipient = self.names.sample(template, "rabcdefghijklm", twin);
                let commands = [
                    hello(),
                    format!("MAIL FROM:{sender}"),
                    format!("RCPT TO:{recipient}"),
                ];
                let variables = [("{mailbox}", bare(&recipient)), ("{sender}", bare(sender))];
                heard.push(Heard {
                    id: if twin { "C3" } else { id },
                    pattern: pattern(template, twin),
                    reply: self.last(&commands, &variables)?,
                });
            }
            // A twin that is answered like its form needs no rule.
            if heard.len() == 2 && heard[0].reply == heard[1].reply {
                heard.remove(0);
            }
            all.append(&mut heard);
        }
        Ok(all)
    }

    /// The reply to the last command, or the greeting, with variables for what it repeats.
    fn last(&self, commands: &[String], variables: &[(&str, &str)]) -> io::Result<Reply> {
        let replies = ask(self.server, commands)?;
        if replies.len() != commands.len() + 1 {
            return Err(io::Error::other(format!("closed within {commands:?}")));
        }
        let caller = NEAR.ipv4.to_string();
        let known = [
            ("{host}", self.names.host),
            ("{domain}", self.names.domain),
            ("{name}", NEAR.host_name),
            ("{caller}", &caller),
        ];
        let tell = |line: &String| {
            let mut line = line.replace('\\', "\\\\").replace('{', "\\{");
            for (variable, value) in variables.iter().chain(&known) {
                if !value.is_empty() {
                    line = line.replace(value, variable);
                }
            }
            line
        };
        let last = replies.last().into_iter().flatten();
        Ok(last.map(tell).collect())
    }
}

fn hello() -> String {
    format!("EHLO {}", NEAR.host_name)
}

/// An address without its brackets.
fn bare(path: &str) -> &str {
    let inside = path
        .strip_prefix('<')
        .and_then(|path| path.strip_suffix('>'));
    inside.unwrap_or(path)
}
