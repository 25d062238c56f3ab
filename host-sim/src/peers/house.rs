//! A strict server of no particular make. It is closed as it comes; a personality replaces the one
//! decision that makes it what it is.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::Duration,
};

use super::{
    Peer,
    local::{Local, is_user},
    postfix,
};
use crate::{
    post::Passing,
    server::{Callout, Conversation, Server},
    smtp::{self, Context, Path, Policy, Reply},
};

/// What a decision is made from.
pub(super) struct Visit<'a> {
    pub(super) context: &'a Context,
    pub(super) local: &'a Local,
    /// Which connection to this server it is, from 1.
    pub(super) connection: u32,
    met: &'a RefCell<Met>,
}

/// Client, sender and recipient: what greylisting remembers.
type Triple = (IpAddr, String, String);
type Met = BTreeMap<Triple, Duration>;

impl Visit<'_> {
    /// How long ago the server first met this client, sender and recipient.
    pub(super) fn known_for(&self, recipient: &Path) -> Duration {
        let sender = self.context.sender.as_ref().map(Path::mailbox);
        let client = self.context.caller.ip();
        let triple = (client, sender.unwrap_or_default(), recipient.mailbox());
        let met = *self
            .met
            .borrow_mut()
            .entry(triple)
            .or_insert(self.context.now);
        self.context.now.saturating_sub(met)
    }
}

/// Who has to exist, as far as the server for their mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verifies {
    /// Nobody.
    Nobody,
    /// The sender.
    Senders,
    /// A recipient that mail is passed on to.
    Recipients,
}

/// How long a reply waits for an answer. Without one the command is answered as if it were yes.
const CALLOUT: Duration = Duration::from_secs(3);

/// A server's decisions. `None` leaves one to what a closed server would do.
#[derive(Clone, Copy)]
pub(super) struct Manners {
    /// What stands behind the host name in the greeting.
    pub(super) calls_itself: &'static str,
    /// The extensions in the answer to EHLO.
    pub(super) offers: &'static [&'static str],
    /// The greeting, on the connection of that number.
    pub(super) greeting: fn(&Local, u32) -> Option<Reply>,
    /// EHLO and HELO.
    pub(super) hello: fn(&Visit<'_>) -> Option<Reply>,
    /// STARTTLS.
    pub(super) start_tls: fn() -> Option<Reply>,
    /// MAIL.
    pub(super) mail: fn(&Path, &Visit<'_>) -> Option<Reply>,
    /// Whether mail is passed on to this recipient.
    pub(super) relays: fn(&Path, &Visit<'_>) -> bool,
    /// Whose address another server is asked about before RCPT is answered.
    pub(super) verifies: Verifies,
    /// RCPT, where mail is not passed on.
    pub(super) rcpt: fn(&Path, &Visit<'_>) -> Option<Reply>,
    /// DATA.
    pub(super) data: fn() -> Option<Reply>,
    /// The dot.
    pub(super) message: fn() -> Option<Reply>,
    /// The last word on every reply but the greeting.
    pub(super) revise: fn(&Reply, &Visit<'_>) -> Option<Reply>,
    /// How long a reply takes.
    pub(super) pause: fn(&Reply, &Context) -> Duration,
}

impl Manners {
    /// Closed to everybody, and patient.
    pub(super) const CLOSED: Self = Self {
        calls_itself: "ESMTP",
        offers: &["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"],
        greeting: |_, _| None,
        hello: |_| None,
        start_tls: || None,
        mail: |_, _| None,
        relays: |_, _| false,
        verifies: Verifies::Nobody,
        rcpt: |_, _| None,
        data: || None,
        message: || None,
        revise: |_, _| None,
        pause: |_, _| Duration::ZERO,
    };

    /// Closed like Postfix, with its limits on errors.
    pub(super) const POSTFIX: Self = Self {
        calls_itself: "ESMTP Postfix",
        revise: |reply, visit| postfix::too_many_errors(reply, visit.context, visit.local.host()),
        pause: |_, context| postfix::error_sleep(context),
        ..Self::CLOSED
    };

    /// The same without PIPELINING.
    pub(super) const LOCK_STEP: Self = Self {
        offers: &["8BITMIME", "ENHANCEDSTATUSCODES"],
        ..Self::CLOSED
    };
}

/// A server for `peer`.
pub(super) fn server(peer: &Peer, manners: Manners) -> Box<dyn Server> {
    smtp::server(house(peer, manners))
}

/// The same, with a way of its own to pass mail on.
pub(super) fn server_passing(peer: &Peer, manners: Manners, passing: Passing) -> Box<dyn Server> {
    struct With(Box<dyn Server>, Passing);

    impl Server for With {
        fn answer(&mut self, caller: SocketAddr) -> Box<dyn Conversation> {
            self.0.answer(caller)
        }

        fn passing(&self) -> Passing {
            self.1
        }
    }

    Box::new(With(server(peer, manners), passing))
}

/// The policy of one connection after the other.
pub(super) fn house(peer: &Peer, manners: Manners) -> impl FnMut() -> House + 'static {
    let local = Local::of(peer);
    let met = Rc::default();
    let mut connection = 0;
    move || {
        connection += 1;
        House {
            manners,
            local: local.clone(),
            connection,
            met: Rc::clone(&met),
            asks: None,
            awaits: None,
        }
    }
}

/// A connection to such a server.
pub(super) struct House {
    manners: Manners,
    local: Local,
    connection: u32,
    met: Rc<RefCell<Met>>,
    /// A question that is still to be asked.
    asks: Option<Callout>,
    /// Where the answer will be that the last reply waits for.
    awaits: Option<Rc<Cell<Option<u16>>>>,
}

/// The denial of relaying that most servers know.
pub(super) fn denial(recipient: &Path) -> Reply {
    let mailbox = recipient.mailbox();
    Reply::new(554, format!("5.7.1 <{mailbox}>: Relay access denied"))
}

impl House {
    fn visit<'a>(&'a self, context: &'a Context) -> Visit<'a> {
        Visit {
            context,
            local: &self.local,
            connection: self.connection,
            met: &self.met,
        }
    }

    /// Has the server for an address asked whether it exists, where there can be one.
    fn verify(&mut self, mailbox: &Path) {
        let domain = mailbox.domain.as_deref().unwrap_or_default();
        let is_elsewhere = !domain.is_empty() && !self.local.is(domain);
        if is_elsewhere && !mailbox.is_literal() {
            let answer = Rc::<Cell<_>>::default();
            self.awaits = Some(Rc::clone(&answer));
            self.asks = Some(Callout {
                mailbox: mailbox.clone(),
                answer,
            });
        }
    }

    fn recipient(&self, recipient: &Path) -> Reply {
        let mailbox = recipient.mailbox();
        let at_literal = recipient.is_literal();
        match recipient.domain.as_deref() {
            Some("") => Reply::new(501, "5.1.3 Bad recipient address syntax"),
            Some(domain) if at_literal || !self.local.is(domain) => denial(recipient),
            _ if is_user(&recipient.local) => Reply::new(250, "2.1.5 Ok"),
            _ => Reply::new(550, format!("5.1.1 <{mailbox}>: User unknown")),
        }
    }
}

impl Policy for House {
    fn greeting(&mut self) -> Reply {
        (self.manners.greeting)(&self.local, self.connection).unwrap_or_else(|| {
            let (host, name) = (self.local.host(), self.manners.calls_itself);
            Reply::new(220, format!("{host} {name}"))
        })
    }

    fn ehlo(&mut self, context: &Context) -> Reply {
        (self.manners.hello)(&self.visit(context)).unwrap_or_else(|| {
            let offers = self.manners.offers.iter().copied();
            Reply::lines(250, std::iter::once(self.local.host()).chain(offers))
        })
    }

    fn start_tls(&mut self, _context: &Context) -> Reply {
        (self.manners.start_tls)()
            .unwrap_or_else(|| Reply::new(502, "5.5.2 Command not recognised"))
    }

    fn mail(&mut self, sender: &Path, context: &Context) -> Reply {
        (self.manners.mail)(sender, &self.visit(context)).unwrap_or_else(|| {
            match sender.domain.as_deref() {
                Some("") => Reply::new(501, "5.1.7 Bad sender address syntax"),
                _ => Reply::new(250, "2.1.0 Ok"),
            }
        })
    }

    fn rcpt(&mut self, recipient: &Path, context: &Context) -> Reply {
        let relays = (self.manners.relays)(recipient, &self.visit(context));
        match (self.manners.verifies, &context.sender) {
            (Verifies::Senders, Some(sender)) => self.verify(sender),
            (Verifies::Recipients, _) if relays => self.verify(recipient),
            _ => {}
        }
        let visit = self.visit(context);
        if relays {
            return Reply::new(250, "2.1.5 Ok");
        }
        (self.manners.rcpt)(recipient, &visit).unwrap_or_else(|| self.recipient(recipient))
    }

    fn data(&mut self, _context: &Context) -> Reply {
        (self.manners.data)().unwrap_or_else(|| Reply::new(354, "End data with <CR><LF>.<CR><LF>"))
    }

    fn message(&mut self, _context: &Context) -> Reply {
        (self.manners.message)().unwrap_or_else(|| Reply::new(250, "2.0.0 Ok: queued"))
    }

    fn revise(&mut self, reply: Reply, context: &Context) -> Reply {
        (self.manners.revise)(&reply, &self.visit(context)).unwrap_or(reply)
    }

    fn calls_out(&mut self) -> Option<Callout> {
        self.asks.take()
    }

    fn last_word(&mut self, reply: Reply) -> Reply {
        match self.awaits.take().and_then(|answer| answer.get()) {
            Some(500..) => Reply::new(550, "5.1.0 Address verification failed"),
            _ => reply,
        }
    }

    fn pause(&mut self, reply: &Reply, context: &Context) -> Duration {
        let pause = (self.manners.pause)(reply, context);
        match &self.awaits {
            Some(_) => pause.max(CALLOUT),
            None => pause,
        }
    }
}
