//! The real thing: the scope's resolver and the sink, over this computer's sockets, behind the same fence
//! as probes.

use std::{cell::RefCell, net::SocketAddr, time::SystemTime};

use firmware::{
    bell::Bell,
    conversation::{Desk, Scratch, converse},
    env::{Buffers, Env as _},
};
use probe_core::{
    dialogue::Dialogue,
    dns::{DNS_PORT, Lookup, Question, RecordType, WireName},
    finding::{DeviceId, JobSerial},
    path_check::{self, PathCheck},
    prober::{Opening, Prober},
    scope::Scope,
    time::{Instant, Utc},
    token::{Key, Role, Signer},
};

use super::ask::{Answer, Ask, Visit};
use crate::direct::{DirectEnv, Sources};

/// How many octets of answers are kept: the texts of a domain may be many.
const ANSWER_OCTETS_MAX: usize = 16 * 1024;
/// How much of an answer over TCP is looked at: all that there can be.
const STREAM_OCTETS_MAX: usize = 64 * 1024;

/// Why nobody can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUsable {
    /// The scope names no resolver.
    NoResolver,
    /// This computer has no sockets to give.
    NoSockets,
}

/// This computer's sockets, towards the resolver of a scope and the sink.
pub struct Network<'a> {
    env: DirectEnv<'a>,
    prober: &'a RefCell<Prober>,
    scope: Scope,
    resolver: SocketAddr,
    key: Option<Key>,
    buffers: Box<Buffers>,
    scratch: Box<Scratch>,
    stream: Vec<u8>,
    /// The resolver has not answered once: it is not asked again and again.
    is_silent: bool,
}

impl<'a> Network<'a> {
    /// Sockets for the checks of `scope`. `prober` is a new one; the fence asks it. Without the key the
    /// sink cannot be told from another server. It works inside a tokio runtime.
    pub fn new(
        prober: &'a RefCell<Prober>,
        scope: &Scope,
        key: Option<Key>,
    ) -> Result<Self, NotUsable> {
        let resolver = scope.identity.resolver.ok_or(NotUsable::NoResolver)?;
        let env = DirectEnv::new(prober, Sources::default()).map_err(|_| NotUsable::NoSockets)?;
        prober.borrow_mut().restore_scope(env.now(), scope, 0);
        Ok(Self {
            env,
            prober,
            scope: scope.clone(),
            resolver: SocketAddr::new(resolver, DNS_PORT),
            key,
            buffers: Box::new(Buffers::new()),
            scratch: Box::new(Scratch::new()),
            stream: vec![0; STREAM_OCTETS_MAX],
            is_silent: false,
        })
    }
}

impl Ask for Network<'_> {
    async fn ask(&mut self, name: &str, kind: RecordType) -> Answer {
        let Ok(name) = WireName::new(name) else {
            return Answer::Unknown("this is no name".to_owned());
        };
        if self.is_silent {
            return Answer::Unknown("the resolver did not answer before".to_owned());
        }
        let question = Question { name, kind };
        let mut lots = [0; 16];
        self.env.random(&mut lots);
        let mut lookup =
            Lookup::<ANSWER_OCTETS_MAX>::keeping(self.resolver, question, lots, &mut self.stream);
        talk(&self.env, &mut lookup, &mut self.buffers, &self.scratch).await;
        match lookup.report() {
            Some(report) => {
                self.is_silent = report.outcome == probe_core::dns::Outcome::NoAnswer;
                Answer::of(report)
            }
            None => Answer::Unknown("it could not be asked".to_owned()),
        }
    }

    async fn visit(&mut self, sink: SocketAddr) -> Result<Visit, String> {
        let Some(key) = self.key else {
            return Err("the key by which our sink is known is not here".to_owned());
        };
        // The fence lets nobody connect but to the sink that the scope names.
        self.scope.identity.sink_address = Some(sink.ip());
        let now = self.env.now();
        self.prober.borrow_mut().restore_scope(now, &self.scope, 0);
        let utc = utc();
        let hours = utc.0.saturating_sub(self.scope.issued.0) / 3_600;
        let signer = Signer::new(&key, DeviceId::default());
        let hours = u16::try_from(hours).unwrap_or(u16::MAX);
        let token = signer.sign(Role::Proxy, JobSerial(0), 0, hours, sink);
        let mut check = PathCheck::new(path_check::Setup {
            sink,
            helo: &self.scope.identity.helo,
            token: token.text(),
            key: &key,
            utc,
        });
        talk(&self.env, &mut check, &mut self.buffers, &self.scratch).await;
        let path = check
            .path()
            .ok_or_else(|| "it could not be called".to_owned())?;
        Ok(Visit {
            path,
            greeting: crate::output::escaped(check.greeting()),
        })
    }
}

async fn talk(
    env: &DirectEnv<'_>,
    dialogue: &mut dyn Dialogue,
    buffers: &mut Buffers,
    scratch: &Scratch,
) {
    let (bell, mut desk) = (Bell::new(), OwnDesk);
    converse(env, &bell, &mut desk, dialogue, buffers, scratch).await;
}

fn utc() -> Utc {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Utc(since.map_or(0, |since| since.as_secs()))
}

/// Nobody but the fence has to allow what concerns ourselves.
struct OwnDesk;

impl Desk for OwnDesk {
    fn may_open(&mut self, _now: Instant) -> Opening {
        Opening::Now
    }

    fn violated(&mut self, _now: Instant) {}

    fn stopped(&self) -> bool {
        false
    }
}
