//! Everything that must be right before anything is started.

use std::{collections::BTreeSet, fs::File, net::SocketAddr, path::Path};

use host_sim::scenario::{self, Instead, Scenario};
use jiff::Timestamp;
use probe_core::{finding::Probe, token::Key};

use super::{expand, imported};
use crate::{
    cli::{args::Scan as Args, now, store_path},
    exit::Failure,
    key_file,
    link::{LINKS, Link},
    lists::{self, Entry, Suspects},
    output,
    problem::{Gathered, Place, Problem},
    scope_file::{self, ScopeFile},
};

/// What a scan begins with.
pub(super) struct Inputs {
    /// What carries it.
    pub(super) link: Link,
    /// The list.
    pub(super) suspects: Suspects,
    /// What is probed of it: a line for each target.
    pub(super) targets: Vec<Entry>,
    /// What may be probed.
    pub(super) scope: ScopeFile,
    /// The scenario whose world it is, if it is one's.
    pub(super) scenario: Option<Scenario>,
    /// The date on which it begins.
    pub(super) began: Timestamp,
    /// Where a capture of the wire goes.
    pub(super) capture: Option<File>,
    /// The key that is to be used instead of the store's.
    pub(super) key: Option<Key>,
}

impl Inputs {
    /// Reads and checks all of it, and tells all that is wrong.
    pub(super) fn read(args: &Args) -> Result<Self, Failure> {
        let mut gathered = Gathered::default();
        expand::unknown(&args.probes, &mut gathered);
        let link = match &args.link {
            Some(text) => Link::parse(text)
                .map_err(|problem| gathered.push(problem))
                .ok(),
            None => {
                gathered.push(Problem::new(
                    Place::named("--link"),
                    "no link was named, and there is no default: a scan reaches out to others",
                    format!("one of the links of this version:\n{LINKS}"),
                ));
                None
            }
        };
        if args.pcap.is_some()
            && let Some(why) = link.as_ref().and_then(not_captured)
        {
            let sim = "--pcap with --link sim";
            gathered.push(
                Problem::new(Place::named("--pcap"), why, sim)
                    .next("run `tcpdump -w FILE` beside the scan"),
            );
        }
        let scenario = match &link {
            Some(Link::Scenario(file)) => {
                let instead = Instead {
                    seed: args.seed,
                    began: args.clock,
                };
                let scenario = scenario::read(file, instead);
                scenario.map_err(|problems| gathered.extend(problems)).ok()
            }
            _ => None,
        };
        // What a scenario would have said is not missed beside what is wrong with it.
        let of_scenario = matches!(link, Some(Link::Scenario(_)));
        let began = match (args.clock, &scenario) {
            (Some(clock), _) => clock,
            (None, Some(scenario)) => output::timestamp(scenario.world.began),
            (None, None) => now(),
        };
        let suspects = suspects(args, scenario.as_ref(), of_scenario, &mut gathered);
        let scope = scope(args, scenario.as_ref(), of_scenario, began, &mut gathered);
        let scope = scope.map(|scope| at_depth(args, scope, &mut gathered));
        let scope = scope.map(|mut file| {
            file.scope.lab |= args.lab;
            file
        });
        if let Some(file) = &scope {
            may_deliver(args, file, &mut gathered);
        }
        let probes = scope
            .as_ref()
            .map(|file| {
                let place = match &args.scope {
                    Some(path) => Place::file(path),
                    None => Place::named("the scenario"),
                };
                expand::probes(&args.probes, file, &place, &mut gathered)
            })
            .unwrap_or_default();
        let key = key(args, &mut gathered);
        let all = gathered.or(link.zip(suspects).zip(scope))?;
        let ((link, (mut suspects, proxies)), mut scope) = all.expect("what is missing was told");
        let has_proxies = probes.contains(&Probe::Proxy);
        if !has_proxies {
            imported::tell_left_out(proxies.len());
            let is_left_out = |entry: &Entry| proxies.contains(&entry.endpoint());
            suspects.entries.retain(|entry| !is_left_out(entry));
        }
        let own = scenario.as_ref().filter(|_| names_nobody(args));
        let own = own.map(|scenario| expand::own(&scenario.targets, &scope, &probes));
        scope.scope = scope_file::narrowed(scope.scope, &probes);
        let targets = own
            .unwrap_or_else(|| expand::targets(&suspects.entries, &proxies, &probes, &scope.scope));
        // Files are made last: what was wrong before must not have emptied them.
        let capture = args.pcap.as_deref().map(create).transpose()?;
        if let Some(path) = &args.junit {
            create(path)?;
        }
        Ok(Self {
            link,
            suspects,
            targets,
            scope,
            scenario,
            began,
            capture,
            key,
        })
    }
}

/// Why a link's wire cannot be captured, if it cannot.
fn not_captured(link: &Link) -> Option<&'static str> {
    match link {
        Link::Sim | Link::Scenario(_) => None,
        Link::Direct => Some(
            "`--link direct` sends through this computer's own network stack, which this program cannot capture",
        ),
        #[cfg(unix)]
        Link::Unix(_) | Link::Serial(_) => Some("the appliance's wire is not here"),
        Link::Tcp(..) => Some("the appliance's wire is not here"),
    }
}

/// Whether the user leaves it to a scenario who is suspected.
fn names_nobody(args: &Args) -> bool {
    args.suspects.is_empty() && args.targets.is_empty() && args.imported.is_none()
}

/// The list: what the user names, or else the scenario's; and what of it is there only because a database
/// lists it as an open proxy.
fn suspects(
    args: &Args,
    scenario: Option<&Scenario>,
    of_scenario: bool,
    gathered: &mut Gathered,
) -> Option<(Suspects, BTreeSet<SocketAddr>)> {
    let files: Vec<&Path> = args.targets.iter().map(AsRef::as_ref).collect();
    let imported = imported(args, gathered)?;
    if names_nobody(args) {
        if of_scenario {
            let suspects = scenario.map(|scenario| Suspects {
                entries: scenario.suspects.clone(),
                repeated: 0,
            });
            return suspects.map(|suspects| (suspects, BTreeSet::new()));
        }
        gathered.push(Problem::new(
            Place::named("TARGET"),
            "no target was named",
            "addresses as arguments, or a list with --targets",
        ));
    }
    let mut suspects = lists::gather(&args.suspects, &files)
        .map_err(|problems| gathered.extend(problems))
        .ok()?;
    let listed = imported
        .iter()
        .filter(|entry| imported::is_proxy_alone(entry));
    let mut proxies: BTreeSet<SocketAddr> = listed.map(Entry::endpoint).collect();
    for named in &suspects.entries {
        proxies.remove(&named.endpoint());
    }
    suspects.add(imported);
    Some((suspects, proxies))
}

/// What `--imported` names; nothing without it.
fn imported(args: &Args, gathered: &mut Gathered) -> Option<Vec<Entry>> {
    let Some(database) = &args.imported else {
        return Some(Vec::new());
    };
    let path = match store_path(&args.store) {
        Ok(path) => path,
        // It is told when the store is opened.
        Err(_) => return Some(Vec::new()),
    };
    imported::entries(&path, database.as_deref())
        .map_err(|problem| gathered.push(problem))
        .ok()
}

/// The scope: the file that the user names, or else the scenario's.
fn scope(
    args: &Args,
    scenario: Option<&Scenario>,
    of_scenario: bool,
    began: Timestamp,
    gathered: &mut Gathered,
) -> Option<ScopeFile> {
    match &args.scope {
        Some(file) => scope_file::read(file, began)
            .map_err(|problems| gathered.extend(problems))
            .ok(),
        None if of_scenario => scenario.map(|scenario| ScopeFile {
            scope: scenario.scope.clone(),
            probes: scenario.probes.clone(),
            addresses: Vec::new(),
            lists: scenario.lists.clone(),
        }),
        None => {
            gathered.push(
                Problem::new(
                    Place::named("--scope"),
                    "no scope was named",
                    "a scope file",
                )
                .next("`postern scope new FILE` writes an example"),
            );
            None
        }
    }
}

/// A scan may ask less of its targets than the scope allows, never more.
fn at_depth(args: &Args, mut file: ScopeFile, gathered: &mut Gathered) -> ScopeFile {
    if let Some(depth) = args.depth {
        if depth > file.scope.depth {
            gathered.push(Problem::new(
                Place::named(format!("--depth {}", depth.as_str())),
                format!("the scope allows {}", file.scope.depth.as_str()),
                "the scope's depth, or a lesser one",
            ));
        } else {
            file.scope.depth = depth;
        }
    }
    file
}

/// Messages may be sent only where the scope says so.
fn may_deliver(args: &Args, file: &ScopeFile, gathered: &mut Gathered) {
    if args.deliver && !file.scope.delivery.allowed {
        gathered.push(
            Problem::new(
                Place::named("--deliver"),
                "the scope does not allow test messages",
                "a scope that says `delivery = \"on\"`, or a scan without --deliver",
            )
            .next("whoever gave the authority must have agreed to messages before you allow them"),
        );
    }
}

/// The key of `--key`.
fn key(args: &Args, gathered: &mut Gathered) -> Option<Key> {
    key_file::read(args.key.as_deref()?)
        .map_err(|problem| gathered.push(problem))
        .ok()
}

/// A file that can be written.
fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| {
        Failure::input(Problem::new(
            Place::file(path),
            format!("cannot be written: {error}"),
            "a file that can be written",
        ))
    })
}
