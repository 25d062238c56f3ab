//! `host-sim`: runs the appliance against simulated servers.

mod program;

use std::{num::NonZeroU64, ops::Range, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use host_sim::{
    day::{HOURS, HOURS_MIN},
    demo,
    loss::LOSSES_PERCENT,
    trial::Extras,
};

/// Runs the appliance's own code against simulated mail servers, in virtual time.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a scenario, or else every personality at every depth, and holds what comes out
    /// against what is expected.
    Run {
        /// A scenario file; without one, every personality at every depth.
        scenario: Option<PathBuf>,
        /// The world's seed: the same seed gives the same frames. [default: the scenario's, or 1]
        #[arg(long)]
        seed: Option<u64>,
        /// With test messages, which simulated servers that relay really bring back; a scenario has to allow
        /// them. What is expected is then what can be known when nothing more can come.
        #[arg(long)]
        deliver: bool,
        /// One JSON object a line instead of the table.
        #[arg(long)]
        json: bool,
        /// Writes a capture of the device's wire; without a scenario FILE.quick.pcap and so on.
        #[arg(long, value_name = "FILE")]
        pcap: Option<PathBuf>,
    },
    /// Runs random worlds with random faults, one for each seed, and holds each against what must
    /// always hold. Stops at the first that breaks it, with the command that shows it again.
    Sweep {
        /// The seeds, the second not included: 0..1000.
        #[arg(long, value_name = "A..B", value_parser = program::sweep::seeds)]
        seeds: Range<u64>,
        /// How many processes share them; as many as there are cores unless said.
        #[arg(long, value_name = "N")]
        jobs: Option<NonZeroU64>,
        /// The faults of every world: `drawn`, `none`, or such as loss=5,jitter=20,segment-only.
        #[arg(long, default_value = "drawn")]
        faults: String,
        /// With test messages, which simulated servers that relay really bring back.
        #[arg(long)]
        deliver: bool,
        /// With proxies and block lists in each world.
        #[arg(long)]
        every_probe: bool,
        /// Goes on behind a seed that breaks something, and tells all of them.
        #[arg(long)]
        keep_going: bool,
        /// One of the processes: every N-th seed, a line for each on standard output.
        #[arg(long, hide = true)]
        every: Option<NonZeroU64>,
    },
    /// Runs every personality at every depth, in the world of each seed, over paths that lose
    /// packets, and tells who could not be decided.
    Loss {
        /// The seeds, the second not included: 0..50.
        #[arg(long, value_name = "A..B", value_parser = program::sweep::seeds, default_value = "0..1")]
        seeds: Range<u64>,
        /// The share of packets that is lost in each direction, in percent; may be said again.
        #[arg(long, value_name = "N", default_values_t = LOSSES_PERCENT, value_parser = clap::value_parser!(u32).range(..=100))]
        percent: Vec<u32>,
    },
    /// Runs a day of an appliance for each seed: its network gives addresses and takes them away, cables
    /// are pulled, routers go down, hosts come and go. What is in use at quiet points has to be what it
    /// was before the first scan.
    Day {
        /// The seeds, the second not included: 0..7.
        #[arg(long, value_name = "A..B", value_parser = program::sweep::seeds, default_value = "0..1")]
        seeds: Range<u64>,
        /// How long a day is, in hours.
        #[arg(long, value_name = "N", default_value_t = HOURS, value_parser = clap::value_parser!(u32).range(i64::from(HOURS_MIN)..=720))]
        hours: u32,
        /// Writes a capture of the device's wire; of the last seed.
        #[arg(long, value_name = "FILE")]
        pcap: Option<PathBuf>,
    },
    /// Runs one seed of a sweep and tells what was seen.
    Replay {
        /// The seed.
        #[arg(long)]
        seed: u64,
        /// The faults, as the sweep had them.
        #[arg(long, default_value = "drawn")]
        faults: String,
        /// With test messages.
        #[arg(long)]
        deliver: bool,
        /// With proxies and block lists in the world.
        #[arg(long)]
        every_probe: bool,
        /// Writes a capture of the device's wire.
        #[arg(long, value_name = "FILE")]
        pcap: Option<PathBuf>,
    },
    /// Serves the same personalities in real time, on this computer's sockets or behind a wire to
    /// an emulator, until it is stopped.
    #[cfg(feature = "serve")]
    Serve(program::serve::Arguments),
    /// Writes the demonstration's lists of suspects and its scope, for `postern scan --link sim`.
    Demo {
        /// Where to: suspects.csv, proxies.csv and scope.toml are written there.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run {
            scenario: Some(file),
            seed,
            deliver,
            json,
            pcap,
        } => program::scenario::command(&file, seed, deliver, json, pcap.as_deref()),
        Command::Run {
            scenario: None,
            seed,
            deliver,
            json,
            pcap,
        } => program::run::command(seed.unwrap_or(demo::SEED), deliver, json, pcap.as_deref()),
        Command::Sweep {
            seeds,
            jobs,
            faults,
            deliver,
            every_probe,
            keep_going,
            every,
        } => {
            let extras = Extras {
                delivers: deliver,
                every_probe,
            };
            match every {
                Some(every) => program::sweep::part(seeds, every, &faults, extras),
                None => program::sweep::command(seeds, jobs, &faults, extras, keep_going),
            }
        }
        Command::Loss { seeds, percent } => program::loss::command(seeds, &percent),
        Command::Day { seeds, hours, pcap } => program::day::command(seeds, hours, pcap.as_deref()),
        Command::Replay {
            seed,
            faults,
            deliver,
            every_probe,
            pcap,
        } => {
            let extras = Extras {
                delivers: deliver,
                every_probe,
            };
            program::replay::command(seed, &faults, extras, pcap.as_deref())
        }
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => program::serve::command(&arguments),
        Command::Demo { out } => program::demo_files::command(&out),
    };
    done.unwrap_or_else(|problem| {
        eprintln!("host-sim: {problem}");
        ExitCode::from(2)
    })
}
