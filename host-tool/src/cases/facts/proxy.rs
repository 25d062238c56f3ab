//! What a proxy job has shown.

use probe_core::{
    arrival::Sense,
    evidence::{Attempt, ProxyEvidence},
    proxy::{AttemptId, Behind, Outcome, Protocol},
};

use super::{Shown, quoted, redacted};
use crate::{
    cases::{
        CaseView, JobView,
        attempts::{self, Tried},
    },
    letters::model::{Probed, Product, ProxyProtocol, Returned, Tested},
};

/// `None` where it is not even known what was asked.
pub(super) fn shown(view: &CaseView, job: &JobView, evidence: &ProxyEvidence) -> Option<Shown> {
    let mut protocols = protocols(view, job, evidence).into_iter();
    let tried = attempts::of(job, evidence);
    let deciding = deciding(job, &tried);
    Some(Shown {
        probed: Probed::Proxy {
            protocol: protocols.next()?,
        },
        also: protocols.collect(),
        tested: tested(job, &tried),
        product: tried.iter().find_map(product),
        transcript: quoted(deciding.map_or(&[][..], |it| it.said.as_slice())),
        returned: returned(job, evidence),
    })
}

/// The protocols of which the verdict speaks: those that are proved, else those under which our sink's word
/// came back, else those that were granted, else all that were asked.
fn protocols(view: &CaseView, job: &JobView, evidence: &ProxyEvidence) -> Vec<ProxyProtocol> {
    let of = |is: &dyn Fn(&Attempt) -> bool| {
        let attempts = evidence.attempts().iter().filter(|it| is(it));
        each_once(attempts.filter_map(|it| it.id().protocol()))
    };
    let proved = of(&|it| attempts::is_proved(job, it));
    let returned = of(&Attempt::has_nonce);
    let granted = of(&is_accepted);
    let asked = of(&|it| attempts::was_made(it.outcome()));
    let of_scope = || {
        let proxy = job.scope.as_ref().map(|scope| &scope.proxy);
        let port = view.case.target.port();
        let protocols = proxy.map(|proxy| proxy.protocols(port)).unwrap_or_default();
        each_once(protocols.each())
    };
    [proved, returned, granted, asked]
        .into_iter()
        .find(|some| !some.is_empty())
        .unwrap_or_else(of_scope)
}

fn each_once(protocols: impl Iterator<Item = Protocol>) -> Vec<ProxyProtocol> {
    let mut each: Vec<ProxyProtocol> = Vec::new();
    for protocol in protocols.map(ProxyProtocol::from) {
        if !each.contains(&protocol) {
            each.push(protocol);
        }
    }
    each
}

/// Controls lead nowhere: a letter does not count them.
fn tested(job: &JobView, tried: &[Tried]) -> Tested {
    let forms = || {
        let tried = tried.iter();
        tried.filter(|it| it.attempt.id() != AttemptId::CONTROL)
    };
    let count = |is: &dyn Fn(Outcome) -> bool| {
        u16::try_from(forms().filter(|it| is(it.attempt.outcome())).count()).unwrap_or(u16::MAX)
    };
    let accepted = forms().filter(|it| is_accepted(&it.attempt));
    let accepted: Vec<String> = accepted.map(|it| redacted(&it.asked)).collect();
    Tested {
        depth: job.depth,
        answered: count(&attempts::is_answered),
        accepted: u16::try_from(accepted.len()).unwrap_or(u16::MAX),
        refused: count(&|outcome| {
            matches!(
                outcome,
                Outcome::AuthRequired
                    | Outcome::Denied
                    | Outcome::Unreached
                    | Outcome::Failed
                    | Outcome::NoProxy
                    | Outcome::OtherProtocol
                    | Outcome::Redirected
            )
        }),
        accepted_forms: accepted,
    }
}

/// What only looks granted because a page follows is a page; a mail server's greeting is none.
fn is_accepted(attempt: &Attempt) -> bool {
    match attempt.outcome() {
        Outcome::Returned => true,
        Outcome::Granted => !attempt.has_content() || attempt.behind() == Some(Behind::Tunnel),
        _ => false,
    }
}

/// The attempt that proves; else one whose answer is nearest to it; else the first with an answer.
fn deciding<'t>(job: &JobView, tried: &'t [Tried]) -> Option<&'t Tried> {
    let find = |is: &dyn Fn(&Attempt) -> bool| {
        let tried = tried.iter();
        tried
            .filter(|it| it.attempt.id() != AttemptId::CONTROL)
            .find(|it| is(&it.attempt))
    };
    find(&|it| attempts::is_proved(job, it))
        .or_else(|| find(&|it| it.outcome() == Outcome::Returned))
        .or_else(|| find(&|it| it.outcome() == Outcome::Granted))
        .or_else(|| find(&|it| attempts::is_answered(it.outcome())))
}

/// The first of our connections that came out elsewhere, under an attempt that is proved.
fn returned(job: &JobView, evidence: &ProxyEvidence) -> Option<Returned> {
    let is_proved = |id: AttemptId| {
        let mut attempts = evidence.attempts().iter();
        attempts.any(|it| it.id() == id && attempts::is_proved(job, it))
    };
    job.proved.iter().find_map(|proved| {
        let Sense::Visited(octet) = proved.sense else {
            return None;
        };
        let id = AttemptId::of_octet(octet).filter(|id| is_proved(*id))?;
        let from = proved.arrival.remote.ip().to_canonical();
        (!job.is_own(from)).then(|| Returned {
            at: proved.at,
            from,
            name: None,
            form: Some(attempts::word(id).to_owned()),
            accepted: 0,
            came_back: 0,
            told: Vec::new(),
        })
    })
}

/// What a proxy says of itself in the head of an answer. Behind a 2xx to GET or POST the head may be
/// another server's.
fn product(tried: &Tried) -> Option<Product> {
    let is_page = matches!(
        tried.attempt.id().protocol(),
        Some(Protocol::Get | Protocol::Post)
    );
    let is_anothers = is_page && tried.attempt.has_content();
    let heads = tried.said.iter().filter(|said| !said.by_us && !is_anothers);
    heads
        .filter_map(|said| {
            let line = said.text.to_ascii_lowercase();
            let (field, value) = line.split_once(':')?;
            match field {
                "x-squid-error" => Some(Product::Squid),
                "server" | "proxy-agent" | "via" => {
                    let value = value.trim();
                    [
                        ("squid", Product::Squid),
                        ("tinyproxy", Product::Tinyproxy),
                        ("nginx", Product::Nginx),
                        ("haproxy", Product::HaProxy),
                    ]
                    .into_iter()
                    .find(|(name, _)| value.contains(name))
                    .map(|(_, product)| product)
                }
                _ => None,
            }
        })
        .next()
}
