//! `host-sim run`: every personality at every depth.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    net::SocketAddr,
    path::Path,
    process::ExitCode,
};

use host_sim::{
    demo,
    host::collect,
    observer::Allowed,
    parade,
    peers::Personality,
    simulation::{Report, Simulation},
};
use probe_core::{scope::Depth, verdict::Verdict};

const DEPTHS: [Depth; 3] = [Depth::Quick, Depth::Standard, Depth::Full];

/// Runs the parade and shows it. 1 when a verdict is not the one that is expected.
pub(crate) fn command(seed: u64, json: bool, pcap: Option<&Path>) -> Result<ExitCode, String> {
    let runs = DEPTHS
        .into_iter()
        .map(|depth| run(seed, depth, pcap))
        .collect::<Result<Vec<_>, _>>()?;
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

/// The parade at one depth.
struct Run {
    depth: Depth,
    verdicts: BTreeMap<SocketAddr, Verdict>,
    report: Report,
}

fn run(seed: u64, depth: Depth, pcap: Option<&Path>) -> Result<Run, String> {
    let scope = demo::scope(depth);
    let list = parade::suspects();
    let mut simulation = Simulation::new(parade::world(seed)).watched(Allowed::by(&scope));
    if let Some(stem) = pcap {
        let mut name = stem.as_os_str().to_owned();
        name.push(format!(".{}.pcap", depth.as_str()));
        let file = File::create(&name)
            .map_err(|error| format!("{}: {error}", Path::new(&name).display()))?;
        simulation = simulation.capturing(BufWriter::new(file));
    }
    let (collected, report) = simulation
        .run(async |link, time| collect(link, time, &scope, &list).await)
        .map_err(|failure| failure.to_string())?;
    let collected = collected.map_err(|error| format!("the scope: {error:?}"))?;
    let last = collected.findings.iter().filter(|finding| finding.last);
    Ok(Run {
        depth,
        verdicts: last
            .map(|finding| (finding.target, finding.verdict))
            .collect(),
        report,
    })
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
    fn cells(&self) -> impl Iterator<Item = Cell> {
        parade::targets().into_iter().map(|(at, personality)| Cell {
            at,
            personality,
            expected: personality.expected(self.depth),
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
        for run in runs {
            let reached = |is_v4| {
                run.cells()
                    .filter(|cell| std::ptr::eq(cell.personality, personality))
                    .filter(|cell| cell.at.is_ipv4() == is_v4)
                    .map(|cell| describe(&cell))
                    .collect::<String>()
            };
            let expected = word(personality.expected(run.depth));
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
            run.depth.as_str(),
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
