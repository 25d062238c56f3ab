//! `host-sim run`: every personality at every depth.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    net::SocketAddr,
    path::Path,
    process::ExitCode,
    ptr,
};

use host_sim::{
    demo,
    host::{MAIL_PAUSE, collect, collect_late},
    observer::Allowed,
    parade,
    peers::Personality,
    proof::Reader,
    simulation::{Report, Simulation},
    world::World,
};
use probe_core::{arrival::Arrival, scope::Depth, suspect::Suspect, verdict::Verdict};

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

/// Runs the parade and shows it, with test messages where they are wanted. 1 when a verdict is not the
/// one that is expected.
pub(crate) fn command(
    seed: u64,
    deliver: bool,
    json: bool,
    pcap: Option<&Path>,
) -> Result<ExitCode, String> {
    let mut runs = Vec::new();
    for depth in DEPTHS {
        if deliver {
            for (group, (world, list)) in (1..).zip(parade::groups(seed)) {
                runs.push(run(world, &list, depth, deliver, pcap, Some(group))?);
            }
        } else {
            let list = parade::suspects();
            runs.push(run(parade::world(seed), &list, depth, deliver, pcap, None)?);
        }
    }
    let shown = if json {
        show_json(&runs)
    } else {
        show_table(seed, &runs)
    };
    shown.map_err(|error| format!("standard output: {error}"))?;
    let as_expected = runs
        .iter()
        .all(|run| run.report.wire.strays_total == 0 && run.cells().all(|cell| cell.is_expected()));
    Ok(ExitCode::from(u8::from(!as_expected)))
}

/// The parade, or a group of it, at one depth.
struct Run {
    depth: Depth,
    delivers: bool,
    group: Option<u32>,
    world: World,
    verdicts: BTreeMap<SocketAddr, Verdict>,
    report: Report,
}

fn run(
    world: World,
    list: &[Suspect],
    depth: Depth,
    delivers: bool,
    pcap: Option<&Path>,
    group: Option<u32>,
) -> Result<Run, String> {
    let mut scope = demo::scope(depth);
    if delivers {
        scope = demo::delivering(scope);
    }
    let world = world.with_sink_of(&scope);
    let mut simulation = Simulation::new(world.clone()).watched(Allowed::by(&scope));
    if let Some(stem) = pcap {
        let mut name = stem.as_os_str().to_owned();
        name.push(format!(".{}.pcap", word_of(depth, group, ".")));
        let file = File::create(&name)
            .map_err(|error| format!("{}: {error}", Path::new(&name).display()))?;
        simulation = simulation.capturing(BufWriter::new(file));
    }
    let (collected, report) = simulation
        .run_plugged(
            |wire| wire,
            async |plug, time| match delivers {
                true => collect_late(&plug, time, &scope, list, MAIL_PAUSE).await,
                false => collect(plug.connect(), time, &scope, list).await,
            },
        )
        .map_err(|failure| failure.to_string())?;
    let collected = collected.map_err(|error| format!("the scope: {error:?}"))?;
    let reader = Reader::new(&world, &scope, &Arrival::sense);
    Ok(Run {
        depth,
        delivers,
        group,
        verdicts: reader.judge(&collected.findings, &collected.arrivals),
        world,
        report,
    })
}

/// A depth, and a group where there are some.
fn word_of(depth: Depth, group: Option<u32>, between: &str) -> String {
    let depth = depth.as_str();
    group.map_or(depth.to_owned(), |group| format!("{depth}{between}{group}"))
}

/// The verdict on one target at one depth.
struct Cell {
    at: SocketAddr,
    personality: &'static Personality,
    expected: Verdict,
    found: Option<Verdict>,
}

impl Cell {
    fn is_expected(&self) -> bool {
        self.found == Some(self.expected)
    }
}

impl Run {
    /// What is expected when nothing more can come.
    fn expected(&self, personality: &Personality) -> Verdict {
        let off = personality.expected(self.depth);
        if self.delivers {
            personality.delivered(self.depth).in_the_end(off)
        } else {
            off
        }
    }

    fn cells(&self) -> impl Iterator<Item = Cell> {
        let targets = parade::targets().into_iter();
        let own = targets.filter(|(at, _)| self.world.sites.contains_key(at));
        own.map(|(at, personality)| Cell {
            at,
            personality,
            expected: self.expected(personality),
            found: self.verdicts.get(&at).copied(),
        })
    }
}

fn show_table(seed: u64, runs: &[Run]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut row = |columns: [&str; 5]| {
        let [personality, depth, expected, v4, v6] = columns;
        writeln!(
            out,
            "{personality:<17} {depth:<9} {expected:<30} {v4:<8} {v6}"
        )
    };
    row([
        "personality",
        "depth",
        "its truth, from the outside",
        "IPv4",
        "IPv6",
    ])?;
    for personality in Personality::every() {
        let has_it = |run: &&Run| {
            run.cells()
                .any(|cell| ptr::eq(cell.personality, personality))
        };
        for run in runs.iter().filter(has_it) {
            let reached = |is_v4| {
                run.cells()
                    .filter(|cell| ptr::eq(cell.personality, personality))
                    .filter(|cell| cell.at.is_ipv4() == is_v4)
                    .map(|cell| describe(&cell))
                    .collect::<String>()
            };
            let expected = word(run.expected(personality));
            let (v4, v6) = (reached(true), reached(false));
            row([personality.name, run.depth.as_str(), &expected, &v4, &v6])?;
        }
    }
    writeln!(out)?;
    for run in runs {
        let wire = &run.report.wire;
        writeln!(
            out,
            "seed {seed} {:<9} {} frames out, {} in, {} connections, {} strays, {:?} virtual, pcap sha256 {}",
            word_of(run.depth, run.group, " "),
            wire.frames_out,
            wire.frames_in,
            wire.connections.len(),
            wire.strays_total,
            run.report.elapsed,
            wire.pcap_sha256,
        )?;
    }
    Ok(())
}

fn describe(cell: &Cell) -> String {
    match cell.found {
        Some(_) if cell.is_expected() => "reached".to_owned(),
        Some(found) => word(found),
        None => "no finding".to_owned(),
    }
}

fn word(verdict: Verdict) -> String {
    format!("{}: {}", verdict.kind.as_str(), verdict.reason.as_str())
}

fn show_json(runs: &[Run]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for run in runs {
        for cell in run.cells() {
            let line = serde_json::json!({
                "seed": run.report.seed,
                "depth": run.depth.as_str(),
                "target": cell.at.to_string(),
                "personality": cell.personality.name,
                "expected": { "verdict": cell.expected.kind.as_str(), "reason": cell.expected.reason.as_str() },
                "verdict": cell.found.map(|found| found.kind.as_str()),
                "reason": cell.found.map(|found| found.reason.as_str()),
                "pcap_sha256": run.report.wire.pcap_sha256,
            });
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
