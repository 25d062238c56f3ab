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
    /// Holds the verdict on every personality, at every depth, against the one that is expected.
    Run {
        /// The world's seed: the same seed gives the same frames.
        #[arg(long, default_value_t = demo::SEED)]
        seed: u64,
        /// One JSON object a line instead of the table.
        #[arg(long)]
        json: bool,
        /// Writes captures of the device's wire: FILE.quick.pcap and so on.
        #[arg(long, value_name = "FILE")]
        pcap: Option<PathBuf>,
    },
    /// Serves the same personalities in real time, on this computer's sockets or behind a wire to
    /// an emulator, until it is stopped.
    #[cfg(feature = "serve")]
    Serve(program::serve::Arguments),
    /// Writes the demonstration's list of suspects and its scope, for `postern scan --link sim`.
    Demo {
        /// Where to: suspects.csv and scope.toml are written there.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run { seed, json, pcap } => program::run::command(seed, json, pcap.as_deref()),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => program::serve::command(&arguments),
        Command::Demo { out } => program::demo_files::command(&out),
    };
    done.unwrap_or_else(|problem| {
        eprintln!("host-sim: {problem}");
        ExitCode::from(2)
    })
}
