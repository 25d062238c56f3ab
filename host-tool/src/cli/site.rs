//! Our own names and addresses, before anything is asked of others.

use std::cell::RefCell;

use probe_core::{
    finding::DeviceId,
    path_check::Path,
    prober::Prober,
    scope::{Identity, Scope},
    token::Key,
};

use crate::{
    exit::Failure,
    problem::{Gathered, Place, Problem},
    site::{self, Check, Kind, Network, NotUsable, Outcome, Site, Sources, way},
};

/// Makes the checks of `scope`, for probes that come from `sources`. Without a resolver none is made.
pub(super) fn check(
    scope: &Scope,
    sources: Sources,
    key: Option<Key>,
) -> Result<Vec<Check>, Failure> {
    let prober = RefCell::new(Prober::new(DeviceId::default(), 1));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let site = Site {
        identity: &scope.identity,
        is_the_sink: !scope.sink_ports.is_empty(),
        sources,
    };
    Ok(runtime.block_on(async {
        match Network::new(&prober, scope, key) {
            Ok(mut network) => site::check(&site, &mut network).await,
            Err(NotUsable::NoResolver) => site::not_made(
                "the scope names no resolver",
                "name one as `resolver` under [identity]",
            ),
            Err(NotUsable::NoSockets) => {
                site::not_made("this computer has no sockets to give", "try again")
            }
        }
    }))
}

/// Refuses a scan that our own names and addresses would spoil. What could not be checked is told; where
/// messages are to be sent, it is not enough.
pub(super) fn may_scan(checks: &[Check], delivers: bool) -> Result<(), Failure> {
    let refuses = |check: &&Check| match check.outcome {
        Outcome::Failed => true,
        Outcome::NotMade => delivers,
        Outcome::NotNeeded | Outcome::Passed => false,
    };
    let mut gathered = Gathered::default();
    for (kinds, check) in together(checks.iter().filter(refuses)) {
        let wanted = match kinds.as_slice() {
            [only] => expected(*only),
            _ => "our own names and addresses in order",
        };
        let place = Place::named(words(&kinds));
        let mut problem = Problem::new(place, check.came.clone(), wanted);
        problem.next = check.next.clone();
        gathered.push(problem);
    }
    if gathered.is_empty() {
        let not_made = checks.iter().filter(|it| it.outcome == Outcome::NotMade);
        for (kinds, check) in together(not_made) {
            anstream::eprintln!("postern: not checked: {}: {}", words(&kinds), check.came);
        }
        return Ok(());
    }
    anstream::eprintln!(
        "postern: nobody is probed: servers would refuse us for our own names, and look closed. \
         `postern scope check` makes these checks alone; --lab waives them, and every verdict says so"
    );
    Ok(gathered.or(())?)
}

/// Tells that the way to the sink was tried from here alone, where an appliance probes that does not know
/// where the sink is.
pub(super) fn tell_whose_way(scope: &Scope, by_appliance: bool) {
    let Identity { sink_address, .. } = scope.identity;
    if by_appliance && scope.sink_ports.is_empty() && sink_address.is_none() {
        anstream::eprintln!(
            "postern: the way to the sink was tried from this computer, not from the appliance: if its \
             network lets no mail out, its targets do not answer, and nothing comes back. Name the sink as \
             `sink_address` under [identity], and the appliance tries it itself"
        );
    }
}

/// Why an appliance has probed nobody: it found this on its way to the sink.
pub(super) fn no_path(scope: &Scope, path: Option<Path>) -> Failure {
    let path = path.unwrap_or(Path::NotAsked);
    let (sink, next) = scope.outside_sink().map_or_else(Default::default, |sink| {
        (format!(", {sink}"), way::next(path, sink))
    });
    let came = format!(
        "tried from the appliance{sink}: {}. Nobody was probed: behind such a way every mail server looks closed",
        way::found(path)
    );
    let expected = "our sink, as it is reached from the appliance";
    let mut problem = Problem::new(Place::named(words(&[Kind::SinkPath])), came, expected);
    let waived = "--lab waives the check, and every verdict says so";
    problem.next = Some(next.map_or_else(|| waived.to_owned(), |next| format!("{next}. {waived}")));
    Failure::input(problem)
}

/// Those of which the same is to be said, once.
fn together<'a>(checks: impl Iterator<Item = &'a Check>) -> Vec<(Vec<Kind>, &'a Check)> {
    let mut groups: Vec<(Vec<Kind>, &Check)> = Vec::new();
    for check in checks {
        match groups
            .iter_mut()
            .find(|(_, other)| other.came == check.came)
        {
            Some((kinds, _)) => kinds.push(check.kind),
            None => groups.push((vec![check.kind], check)),
        }
    }
    groups
}

fn words(kinds: &[Kind]) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    words.join(", ")
}

const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Helo => "a name in `helo` that leads to our address, and is what that is called",
        Kind::SinkMx => "an MX record of `sink_domain` that leads to the sink",
        Kind::SenderSpf => "one SPF record of `sender_domain`, which lets our address pass",
        Kind::SinkPath => "our sink, as it is reached from here",
    }
}
