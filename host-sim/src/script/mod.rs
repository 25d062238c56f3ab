//! Personalities as text files: what a server says to what, in lines of `C:` and `S:`.
//!
//! docs/simulator.md describes the language with a worked example. A script has no arithmetic and
//! no conditions beyond patterns: what needs more is a policy in [`crate::peers`].

mod conversation;
mod error;
mod header;
mod library;
mod parse;
mod pattern;
mod text;
mod transaction;

use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

pub use error::ScriptError;
pub use library::{RECORDED, SCRIPTS, Source, library, recorded};

use crate::{
    peers::{Peer, Personality},
    server::{Conversation, Server},
};
use conversation::Reading;
use pattern::Pattern;
use text::Text;

/// What a server says to what: the first rule that matches decides.
#[derive(Debug)]
pub(crate) struct Script {
    greeting: Vec<Action>,
    rules: Vec<Rule>,
}

/// What is done when any of some things happen.
#[derive(Debug)]
struct Rule {
    when: Vec<When>,
    actions: Vec<Action>,
}

/// What a rule answers.
#[derive(Debug)]
enum When {
    /// A command line, and the sender of the transaction that it stands in.
    Command(Pattern, Option<Pattern>),
    /// MAIL, RCPT or DATA where the order of a transaction does not allow it.
    OutOfOrder,
    /// The dot at the end of a message.
    Message,
}

/// One thing that a server does.
#[derive(Debug)]
enum Action {
    Say(Text),
    Wait(Duration),
    Close,
}

/// Reads a personality from a script. `file` is its name in errors.
///
/// A personality is there for good, as those are that are written in code: a script that is read
/// stays in memory for as long as the process runs.
pub fn load(file: &str, text: &str) -> Result<&'static Personality, ScriptError> {
    let parsed = parse::personality(file, text)?;
    let kept: &'static Kept = Box::leak(Box::new(Kept {
        personality: Personality {
            name: parsed.name.leak(),
            about: parsed.about.leak(),
            behaviour: "a script",
            truth: parsed.truth.leak(),
            expected: parsed.expected,
            delivered: parsed.delivered,
            serve,
        },
        script: parsed.script,
    }));
    let mut all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    all.push(kept);
    Ok(&kept.personality)
}

/// A personality and the script that it follows.
struct Kept {
    personality: Personality,
    script: Script,
}

/// Everything that was loaded. A personality's function finds its script here.
static KEPT: Mutex<Vec<&'static Kept>> = Mutex::new(Vec::new());

fn serve(peer: &Peer) -> Box<dyn Server> {
    let all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = all
        .iter()
        .find(|kept| std::ptr::eq(&raw const kept.personality, peer.personality))
        .expect("only loading makes a personality with this function");
    Box::new(Scripted {
        script: &kept.script,
        peer: peer.clone(),
    })
}

/// A server that follows a script.
struct Scripted {
    script: &'static Script,
    peer: Peer,
}

impl Server for Scripted {
    fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
        Box::new(Reading::new(self.script, self.peer.clone(), caller))
    }
}
