//! From TOML to [`Scenario`], field by field.

use std::{path::Path, time::Duration};

use host_files::{
    lists::{self, Entry},
    problem::{Place, Problems},
    scope_file::{self, ScopeFile},
    table::{Reader, Section, moment, number, text},
};
use jiff::Timestamp;
use probe_core::{finding::Probe, scope::Scope, time::Utc};
use toml::de::DeValue;

use super::{Instead, Scenario, derive, faults, lists::Lists, sites::Sites};
use crate::{
    demo,
    world::{BEGAN, World},
};

const TOP: [&str; 16] = [
    "about",
    "seed",
    "date",
    "latency_ms",
    "depth",
    "delivery",
    "inconclusive_max",
    "targets",
    "scope",
    "faults",
    "peer",
    "proxy",
    "closed",
    "dead",
    "list",
    "target",
];
/// Those of them that name suspects.
const NAMING: [&str; 6] = ["targets", "peer", "proxy", "closed", "dead", "target"];
/// The longest way to a peer, in milliseconds.
const LATENCY_MS_MAX: u64 = 10_000;

/// Reads `source`, which lies at `place` in `folder`, or tells everything that is wrong with it.
pub(super) fn parse(
    source: &str,
    place: &Place,
    folder: &Path,
    instead: Instead,
) -> Result<Scenario, Problems> {
    let mut reader = Reader::new(source, place.clone(), "personality = \"open\"");
    let Some(table) = reader.parse() else {
        return reader.or(None);
    };
    let top = reader.top(table.get_ref(), &TOP);
    let about = reader.required(&top, "about", "what the scenario shows, in a line", text);
    let seed = reader.optional(&top, "seed", "a whole number", number);
    let latency = latency(&mut reader, &top);
    let inconclusive_max = reader.optional(
        &top,
        "inconclusive_max",
        "how many targets may be inconclusive where something else is expected",
        |value| number(value).and_then(|it| usize::try_from(it).ok()),
    );
    let began = began(&mut reader, &top, instead);
    let faults = faults::read(&mut reader, &top);

    let mut sites = Sites::read(&mut reader, &top);
    if let Some(list) = list(&mut reader, &top, folder) {
        sites.suspect_only(list);
    }
    sites.targets(&mut reader, &top);
    let suspects = sites.suspects();
    if !NAMING.iter().any(|field| top.has(field)) {
        reader.wrong(
            &top,
            "peer",
            "is missing, and so is every other table that names a suspect",
            "at least one [[peer]], [[proxy]], [[closed]], [[dead]] or [[target]], or a list in `targets`",
        );
    }
    let lists = Lists::read(&mut reader, &top);
    let file = scope(&mut reader, &top, folder, began, (&sites, &lists));
    if let Some(file) = &file {
        resolver_stands_alone(&mut reader, &top, file, &sites);
    }

    let (about, file) = match (about, file) {
        (Some(about), Some(file)) => (about, file),
        _ => return reader.or(None),
    };
    let scope = file.scope;
    let targets = sites.asking(&lists, &scope);
    let (places, expectations) = sites.into_parts();
    let resolver = (scope.identity.resolver).map(|address| (address, lists.resolver()));
    let world = World {
        began: utc(began),
        latency,
        faults,
        sites: places,
        resolvers: resolver.into_iter().collect(),
        ..World::empty(instead.seed.or(seed).unwrap_or(1))
    };
    reader.or(Some(Scenario {
        about,
        world: world.with_sink_of(&scope).with_sink_name_of(&scope),
        suspects,
        targets,
        scope,
        probes: file.probes,
        lists: file.lists,
        inconclusive_max: inconclusive_max.unwrap_or(0),
        expectations,
    }))
}

/// The resolver that lists are asked through is a host of its own.
fn resolver_stands_alone<'t>(
    reader: &mut Reader<'t>,
    top: &Section<'t>,
    file: &ScopeFile,
    sites: &Sites,
) {
    let resolver = file.scope.identity.resolver;
    if let Some(resolver) = resolver.filter(|resolver| sites.stands_at(*resolver)) {
        let found = format_args!("is asked through {resolver}, where something else stands");
        let expected = "nothing of the scenario at the resolver's address";
        reader.wrong(top, "list", found, expected);
    }
}

fn latency<'t>(reader: &mut Reader<'t>, top: &Section<'t>) -> Duration {
    let expected = format!("a number of milliseconds from 0 to {LATENCY_MS_MAX}");
    let latency = reader.optional(top, "latency_ms", &expected, |value| {
        number(value).filter(|it| *it <= LATENCY_MS_MAX)
    });
    latency.map_or(World::empty(0).latency, Duration::from_millis)
}

/// When virtual time begins.
fn began<'t>(reader: &mut Reader<'t>, top: &Section<'t>, instead: Instead) -> Timestamp {
    let date = reader.optional(
        top,
        "date",
        "a date after 1970 such as 2026-11-20 or 2026-11-20T12:00:00Z",
        |value| moment(value).filter(|it| it.as_second() > 0),
    );
    let default = || {
        i64::try_from(BEGAN.0)
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH)
    };
    instead.began.or(date).unwrap_or_else(default)
}

fn utc(moment: Timestamp) -> Utc {
    Utc(u64::try_from(moment.as_second()).unwrap_or(0))
}

/// The suspects of the list beside the scenario.
fn list<'t>(reader: &mut Reader<'t>, top: &Section<'t>, folder: &Path) -> Option<Vec<Entry>> {
    let expected = "the name of a list of suspects, such as \"suspects.csv\"";
    let name = reader.optional(top, "targets", expected, text)?;
    lists::gather(&[], &[&folder.join(name)])
        .map_err(|problems| reader.extend(problems))
        .map(|suspects| suspects.entries)
        .ok()
}

/// What may be probed: a file, or a table, or what follows from the targets.
fn scope<'t>(
    reader: &mut Reader<'t>,
    top: &Section<'t>,
    folder: &Path,
    began: Timestamp,
    (sites, lists): (&Sites, &Lists),
) -> Option<ScopeFile> {
    let depth = scope_file::depth(reader, top);
    if let Some(DeValue::String(_)) = top.value("scope") {
        let expected = "the name of a scope file, or a table [scope]";
        let name = reader.optional(top, "scope", expected, text)?;
        for field in ["depth", "delivery"].into_iter().filter(|it| top.has(it)) {
            let found = "stands beside a scope file";
            reader.wrong(
                top,
                field,
                found,
                &format!("the {field} in the scope file alone"),
            );
        }
        return scope_file::read(&folder.join(name), began)
            .map_err(|problems| reader.extend(problems))
            .ok();
    }
    let section = reader.section(top, "scope", &scope_file::PARTS);
    let (base, too_many) = derive::scope(sites.probed(), sites.proxy_ports(), depth, utc(began));
    let base = lists.allow(base);
    let mut fits = true;
    for too_many in too_many.iter().filter(|it| !section.has(it.field)) {
        fits = false;
        reader.wrong(
            &section,
            too_many.field,
            format_args!("would be {}, to hold every target", too_many.count),
            &format!("at most {}: name them in a table [scope]", too_many.most),
        );
    }
    let scope = scope_file::parts(reader, &section, base)?;
    let scope = if scope_file::delivery(reader, top).allowed {
        demo::delivering(scope)
    } else {
        scope
    };
    fits.then(|| ScopeFile {
        probes: probes(&scope),
        scope,
        addresses: Vec::new(),
        lists: lists.of_scope(),
    })
}

/// What a scope of the scenario's own allows.
fn probes(scope: &Scope) -> Vec<Probe> {
    let of_ports = [
        (Probe::Relay, !scope.ports.is_empty()),
        (Probe::Proxy, !scope.proxy.ports.is_empty()),
        (Probe::Dnsbl, !scope.dnsbl.zones.is_empty()),
    ];
    let allowed = of_ports.into_iter().filter(|(_, is_allowed)| *is_allowed);
    allowed.map(|(probe, _)| probe).collect()
}
