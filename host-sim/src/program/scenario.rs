//! `host-sim run FILE`: a scenario, and what came out beside what was expected.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    net::SocketAddr,
    path::Path,
    process::ExitCode,
};

use host_sim::{
    host::{Collected, MAIL_PAUSE, collect, collect_late},
    observer::Allowed,
    proof::Reader,
    scenario::{self, Got, Held, Instead, Scenario},
    simulation::{Report, Simulation},
};
use probe_core::{arrival::Arrival, suspect::Suspect};

/// Runs the scenario and shows it. 1 when something is not as expected.
pub(crate) fn command(
    file: &Path,
    seed: Option<u64>,
    deliver: bool,
    json: bool,
    pcap: Option<&Path>,
) -> Result<ExitCode, String> {
    let instead = Instead {
        seed,
        ..Instead::default()
    };
    let mut scenario = scenario::read(file, instead).map_err(|problems| problems.to_string())?;
    let delivery = &mut scenario.scope.delivery;
    if deliver && !delivery.allowed {
        let file = file.display();
        return Err(format!(
            "{file}: the scenario does not allow test messages; expected `delivery = \"on\"`, or a run without --deliver"
        ));
    }
    delivery.allowed = deliver;
    let capture = pcap
        .map(|path| File::create(path).map_err(|error| format!("{}: {error}", path.display())))
        .transpose()?;
    let (held, report) = run(&scenario, capture)?;
    let shown = if json {
        show_json(&scenario, &held, &report)
    } else {
        show_table(&scenario, &held, &report)
    };
    shown.map_err(|error| format!("standard output: {error}"))?;
    let as_expected = report.wire.strays_total == 0 && held.iter().all(|held| held.as_expected);
    Ok(ExitCode::from(u8::from(!as_expected)))
}

fn run(scenario: &Scenario, capture: Option<File>) -> Result<(Vec<Held>, Report), String> {
    let list: Vec<Suspect> = scenario.targets.iter().map(|it| it.suspect()).collect();
    let allowed = Allowed::by(&scenario.scope);
    let mut simulation = Simulation::new(scenario.world.clone()).watched(allowed);
    if let Some(file) = capture {
        simulation = simulation.capturing(BufWriter::new(file));
    }
    let (scope, delivers) = (&scenario.scope, scenario.scope.delivery.allowed);
    let (collected, report) = simulation
        .run_plugged(
            |wire| wire,
            async |plug, time| match delivers {
                true => collect_late(&plug, time, scope, &list, MAIL_PAUSE).await,
                false => collect(plug.connect(), time, scope, &list).await,
            },
        )
        .map_err(|failure| failure.to_string())?;
    let collected = collected.map_err(|error| format!("the scope: {error:?}"))?;
    let got = came_out(scenario, &collected);
    let targets = scenario.targets.iter().map(|it| it.endpoint());
    let targets = targets.map(|at| (at, got.get(&at).copied().unwrap_or(Got::Nothing)));
    Ok((scenario.hold(scope.depth, delivers, targets), report))
}

fn came_out(scenario: &Scenario, collected: &Collected) -> BTreeMap<SocketAddr, Got> {
    let refused = collected.refused.iter().map(|refused| {
        let suspect = refused.suspect;
        let at = SocketAddr::new(suspect.ip().to_canonical(), suspect.port());
        (at, Got::Refused(refused.why))
    });
    let reader = Reader::new(&scenario.world, &scenario.scope, &Arrival::sense);
    let verdicts = reader.judge(&collected.findings, &collected.arrivals);
    let judged = verdicts
        .into_iter()
        .map(|(at, found)| (at, Got::Verdict(found)));
    refused.chain(judged).collect()
}

fn show_table(scenario: &Scenario, held: &[Held], report: &Report) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let heads = ["target", "personality", "expected", "got"].map(str::to_owned);
    let rows: Vec<[String; 4]> = std::iter::once(heads)
        .chain(held.iter().map(|held| {
            let got = if held.as_expected && held.expected.holds(held.got) {
                "as expected".to_owned()
            } else if held.as_expected {
                format!("{} (allowed)", held.got)
            } else {
                format!("{} (NOT as expected)", held.got)
            };
            [
                held.at.to_string(),
                held.there.to_owned(),
                held.expected.to_string(),
                got,
            ]
        }))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    writeln!(out, "{}\n", scenario.about)?;
    for [at, there, expected, got] in &rows {
        let [a, b, c] = widths;
        writeln!(out, "{at:a$}  {there:b$}  {expected:c$}  {got}")?;
    }
    let (wire, wrong) = (&report.wire, held.iter().filter(|held| !held.as_expected));
    writeln!(
        out,
        "\n{} targets, {} not as expected\n\
         seed {} {} {} frames out, {} in, {} connections, {} strays, {:?} virtual, pcap sha256 {}",
        held.len(),
        wrong.count(),
        report.seed,
        scenario.scope.depth.as_str(),
        wire.frames_out,
        wire.frames_in,
        wire.connections.len(),
        wire.strays_total,
        report.elapsed,
        wire.pcap_sha256,
    )
}

fn show_json(scenario: &Scenario, held: &[Held], report: &Report) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for held in held {
        let line = serde_json::json!({
            "seed": report.seed,
            "depth": scenario.scope.depth.as_str(),
            "target": held.at.to_string(),
            "personality": held.there,
            "expected": held.expected.to_string(),
            "got": held.got.to_string(),
            "as_expected": held.as_expected,
            "pcap_sha256": report.wire.pcap_sha256,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
