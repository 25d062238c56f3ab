//! `host-sim`: runs the appliance against simulated servers.

mod program;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use host_sim::demo;

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
        /// One JSON object a line instead of the table.
        #[arg(long)]
        json: bool,
        /// Writes a capture of the device's wire; without a scenario FILE.quick.pcap and so on.
        #[arg(long, value_name = "FILE")]
        pcap: Option<PathBuf>,
    },
    /// Writes the demonstration's list of suspects and its scope, for `postern scan --link sim`.
    Demo {
        /// Where to: suspects.csv and scope.toml are written there.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run {
            scenario: Some(file),
            seed,
            json,
            pcap,
        } => program::scenario::command(&file, seed, json, pcap.as_deref()),
        Command::Run {
            scenario: None,
            seed,
            json,
            pcap,
        } => program::run::command(seed.unwrap_or(demo::SEED), json, pcap.as_deref()),
        Command::Demo { out } => program::demo_files::command(&out),
    };
    done.unwrap_or_else(|problem| {
        eprintln!("host-sim: {problem}");
        ExitCode::from(2)
    })
}
