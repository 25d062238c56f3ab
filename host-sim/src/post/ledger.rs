//! What the servers and proxies of a world have really done, for whoever holds findings against it.

use std::{
    cell::RefCell,
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::Duration,
};

use probe_core::arrival::Arrival;

use crate::{peers::Fate, proxies::Passage, server::Mail};

/// Everything that the servers of a world have done with mail, and its proxies for others, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// What they have said 250 to.
    pub taken: Vec<Taken>,
    /// The connections that they have opened on account of mail.
    pub runs: Vec<Run>,
    /// The connections that proxies have opened for whoever asked.
    pub passages: Vec<Passage>,
    /// What has come to a sink elsewhere.
    pub came: Vec<Arrival>,
}

/// A message that a server has said 250 to, for one of its recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// When.
    pub at: Duration,
    /// Who.
    pub by: SocketAddr,
    /// The message.
    pub mail: Mail,
    /// Which of its recipients it is about.
    pub number: usize,
    /// The form of the client's name, as [`crate::peers::Rule::hello`] has it.
    pub hello: &'static str,
    /// The form of its sender, where it has one.
    pub sender: Option<&'static str>,
    /// The form of the recipient, where it has one.
    pub recipient: Option<&'static str>,
    /// What the server's truth says of it.
    pub fate: Fate,
}

/// A connection that a server has opened on account of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Since when.
    pub at: Duration,
    /// The server that had the message.
    pub by: SocketAddr,
    /// The host that connects, which need not be the server's own.
    pub from: IpAddr,
    /// What for.
    pub what: Done,
    /// The message in [`Ledger::taken`] that it is about; a question is about none.
    pub taken: Option<usize>,
    /// The name in HELO.
    pub helo: String,
    /// The reverse-path, without brackets.
    pub reverse_path: String,
    /// The recipient, without brackets.
    pub to: String,
    /// How far it came.
    pub reached: Reached,
}

/// What can be done with mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Done {
    /// A server passes it on.
    Relayed,
    /// It gives it back to its sender.
    Returned,
    /// It writes to the recipient itself.
    Forged,
    /// It asks whether an address of it exists.
    Asked,
}

/// How far a connection came that was opened on account of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reached {
    /// It is open.
    Open,
    /// The recipient was named.
    Named,
    /// The whole message was sent.
    Sent,
    /// The answer to it was 250.
    Accepted,
    /// It was refused for good.
    Refused,
}

/// The ledger that all servers of a world write.
pub(crate) type Log = Rc<RefCell<Ledger>>;

impl Ledger {
    /// What became of a message that came to its end.
    pub fn ended(&self, by: SocketAddr, what: Done) -> impl Iterator<Item = &Run> {
        let ended = |run: &&Run| run.reached == Reached::Accepted;
        let is_it = move |run: &&Run| run.by == by && run.what == what;
        self.runs.iter().filter(ended).filter(is_it)
    }
}
