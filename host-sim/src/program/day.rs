//! `host-sim day`: days in the life of an appliance, one for each seed.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    ops::Range,
    path::Path,
    process::ExitCode,
    time::Instant,
};

use host_sim::day::{Outcome, draw};

/// Runs the day of each seed, and tells what it was like. 1 where something was left in use, or is
/// wrong in another way, with the command that shows it again.
pub(crate) fn command(
    seeds: Range<u64>,
    hours: u32,
    pcap: Option<&Path>,
) -> Result<ExitCode, String> {
    let mut good = true;
    for seed in seeds {
        let day = draw(seed, hours);
        let capture: Option<Box<dyn Write>> = match pcap {
            Some(path) => {
                let file =
                    File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
                Some(Box::new(BufWriter::new(file)))
            }
            None => None,
        };
        let began = Instant::now();
        let outcome = day.run(capture).map_err(|why| why.to_string())?;
        let broken = day.broken(&outcome);
        let said = show(&mut io::stdout().lock(), seed, hours, &outcome, began);
        said.map_err(|error| format!("standard output: {error}"))?;
        for broken in &broken {
            eprintln!("{broken}\n  {}", broken.replay());
        }
        good &= broken.is_empty();
    }
    Ok(ExitCode::from(u8::from(!good)))
}

fn show(
    out: &mut impl Write,
    seed: u64,
    hours: u32,
    outcome: &Outcome,
    began: Instant,
) -> io::Result<()> {
    let Outcome { shown, report } = outcome;
    let given = report.given;
    let lacks: Vec<_> = shown
        .lacks
        .iter()
        .map(|(of, count)| format!("{of} {count}"))
        .collect();
    writeln!(
        out,
        "seed {seed}: {hours} h, {} scans, {} of {} decided, {} quiet points; \
         waited for: {}; host came back {}; {} leases, {} renewals, {} refusals, {} advertisements; \
         {} connections, {} frames; {:.1} s",
        shown.scans,
        shown.decided,
        shown.decided + shown.undecided,
        shown.rest.len(),
        lacks.join(", "),
        shown.came_back,
        given.leases,
        given.renewals,
        given.refusals,
        given.advertisements,
        report.wire.connections.len(),
        report.wire.frames_out,
        began.elapsed().as_secs_f32(),
    )
}
