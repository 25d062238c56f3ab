//! Going on with a scan that did not come to its end, because the program, the computer or the link did.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::SocketAddr,
};

use probe_core::{
    frame::{RECORD_OCTETS_MAX, ScanId, message::Proving},
    scope::{Refusal, Scope},
    suspect::Suspect,
    time::Utc,
};

use crate::{
    cli::{args::Scan as Args, now},
    exit::Failure,
    link::Link,
    output::{self, progress::Watcher},
    store::{Plan, SqliteStore, Store as _, StoreError, Unfinished},
};

/// For how many days a scan can go on: what was found before would be too old to stand beside what is
/// found now.
const RESUMED_WITHIN_DAYS: u64 = 7;
const DAY_S: u64 = 24 * 3_600;

/// The scan that is made.
pub(super) struct Begun {
    /// Its number.
    pub(super) id: ScanId,
    /// When it was begun.
    pub(super) at: Utc,
    /// It was begun before, and goes on.
    pub(super) before: bool,
}

/// Goes on with the newest scan of this list, scope and link, if it did not come to its end, and says so; or
/// begins another. A simulated world begins anew with each run.
pub(super) fn begin(
    args: &Args,
    link: &Link,
    (scope, proving): (&Scope, &Proving),
    list: &[Suspect],
    store: &mut SqliteStore,
    watcher: &mut Watcher,
) -> Result<Begun, Failure> {
    let plan = plan(link, scope, proving, list);
    let at = output::utc(now());
    let is_fresh = args.fresh || is_simulated(link);
    let since = Utc(at.0.saturating_sub(RESUMED_WITHIN_DAYS * DAY_S));
    let unfinished = match is_fresh {
        true => Ok(None),
        false => store.unfinished_scan(plan, since),
    };
    if let Some(Unfinished { id, began }) = unfinished.map_err(Failure::Store)? {
        take_up(began, store, list, watcher).map_err(Failure::Store)?;
        return Ok(Begun {
            id,
            at: began,
            before: true,
        });
    }
    let id = store.next_scan(plan, at).map_err(Failure::Store)?;
    Ok(Begun {
        id,
        at,
        before: false,
    })
}

/// Since when refusals count for the scope's limit of a day: a device that has started anew has forgotten them,
/// and this computer's sockets are a device that starts with each scan.
pub(super) fn refusals_since(link: &Link) -> Option<Utc> {
    let since = || Utc(output::utc(now()).0.saturating_sub(DAY_S));
    (!is_simulated(link)).then(since)
}

const fn is_simulated(link: &Link) -> bool {
    matches!(link, Link::Sim | Link::Scenario(_))
}

/// What stands for a scan of `list` under `scope` over `link`, and for how it proves what it finds: what was
/// tested without messages is not done for a scan that sends them. It may be another number in another
/// version of the program, which then begins anew.
fn plan(link: &Link, scope: &Scope, proving: &Proving, list: &[Suspect]) -> Plan {
    let mut hasher = DefaultHasher::new();
    link.to_string().hash(&mut hasher);
    let mut octets = [0; RECORD_OCTETS_MAX];
    // A scope that does not fit is refused before anything is probed.
    if let Ok(octets) = postcard::to_slice(scope, &mut octets) {
        octets.hash(&mut hasher);
    }
    proving.deliver.hash(&mut hasher);
    proving.key.digest().hash(&mut hasher);
    for line in list {
        (line.address, line.port).hash(&mut hasher);
        line.names.len().hash(&mut hasher);
        for name in &line.names {
            name.as_str().hash(&mut hasher);
        }
    }
    Plan(hasher.finish())
}

/// Tells the watcher what the scan has brought already, and the user that it goes on.
fn take_up(
    began: Utc,
    store: &SqliteStore,
    list: &[Suspect],
    watcher: &mut Watcher,
) -> Result<(), StoreError> {
    let listed: BTreeSet<SocketAddr> = list
        .iter()
        .map(|line| SocketAddr::new(line.address.to_canonical(), line.port))
        .collect();
    let ended = store.ended_since(began)?.into_iter();
    let ended: BTreeMap<_, _> = ended.filter(|(at, _)| listed.contains(at)).collect();
    // What only waited when a boot or a scan ended is offered again.
    let stands = |why: &Refusal| !matches!(why, Refusal::ScanEnded | Refusal::Duplicate);
    let refused = store.refused_since(began)?.into_iter();
    let refused = refused.filter(|(at, why)| listed.contains(at) && stands(why));
    anstream::eprintln!(
        "postern: going on with the scan of {}, which did not come to its end: {} of {} done; \
         --fresh begins anew",
        output::minute(output::timestamp(began)),
        ended.len(),
        output::counted(listed.len(), "target", "targets"),
    );
    watcher.resume(ended, refused.collect());
    Ok(())
}

#[cfg(test)]
mod tests {
    use host_sim::host::PROVING;
    use jiff::Timestamp;
    use probe_core::token::Key;

    use super::*;
    use crate::{problem::Place, scope_file};

    const SCOPE: &str = r#"
contact = "noc@cert.example"
abuse_page = "https://cert.example/probes"
issued = 2026-11-01
expires = 2026-12-01
networks = ["192.0.2.0/24"]
[authority]
kind = "consent"
reference = "contract 2026/17"
[identity]
helo = "probe.cert.example"
sender_domain = "probe.cert.example"
sink_domain = "sink.cert.example"
"#;

    #[test]
    fn another_list_scope_link_or_proof_is_another_scan() {
        let began = Timestamp::constant(1_795_000_000, 0);
        let scope = scope_file::parse(SCOPE, &Place::named("scope"), began).unwrap();
        let suspect = |low| Suspect {
            address: [192, 0, 2, low].into(),
            port: 25,
            names: heapless::Vec::new(),
        };
        let list = [suspect(1), suspect(2)];
        let proving = PROVING;
        let delivers = Proving {
            deliver: !proving.deliver,
            ..proving
        };
        let other_key = Proving {
            key: Key::new([1; 16]),
            ..proving
        };
        let this = plan(&Link::Direct, &scope.scope, &proving, &list);
        assert_eq!(
            plan(&Link::Direct, &scope.scope, &proving, &list.clone()),
            this
        );

        let link = Link::parse("tcp:192.0.2.1:7323").unwrap();
        let mut deeper = scope.scope.clone();
        deeper.rates.target_refusals_max += 1;
        let [first, mut second] = list.clone();
        second.port = 26;
        let others = [
            plan(&link, &scope.scope, &proving, &list),
            plan(&Link::Direct, &deeper, &proving, &list),
            plan(&Link::Direct, &scope.scope, &proving, &list[..1]),
            plan(&Link::Direct, &scope.scope, &proving, &[first, second]),
            plan(&Link::Direct, &scope.scope, &delivers, &list),
            plan(&Link::Direct, &scope.scope, &other_key, &list),
        ];
        for other in others {
            assert_ne!(other, this);
        }
    }
}
