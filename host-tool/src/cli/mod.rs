//! The command line.

mod appliance;
mod args;
mod arrivals;
mod exclude;
mod findings;
mod import;
mod key;
mod letters;
mod objections;
mod profile;
mod scan;
mod scope;
mod sink;
mod site;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser as _;

pub use args::{Args, Command};

use crate::{
    exit::{Exit, Failure},
    problem::{Place, Problem},
    store::SqliteStore,
};

/// Reads the arguments, does the work, and says how it ended.
pub fn run() -> ExitCode {
    let args = Args::parse();
    match dispatch(&args.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if failure.exit() != Exit::Done {
                anstream::eprintln!("postern: {failure}");
            }
            failure.exit().into()
        }
    }
}

fn dispatch(command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Scan(args) => scan::run(args),
        Command::Findings(args) => findings::list(args),
        Command::Show(args) => findings::show(args),
        Command::Letters(args) => letters::run(args),
        Command::Scope { command } => scope::run(command),
        Command::Import(args) => import::run(args),
        Command::Exclude(args) => exclude::run(args),
        Command::Objections(args) => objections::run(args),
        Command::Sink(args) => sink::run(args),
        Command::Arrivals { command } => arrivals::run(command),
        Command::Key { command } => key::run(command),
        Command::Appliance { command } => appliance::run(command),
        Command::Profile { command } => profile::run(command),
    }
}

/// The moment that it is.
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Prints to standard output; a reader that went away ends the program quietly.
fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Which store is meant.
fn store_path(args: &args::StoreArg) -> Result<PathBuf, Failure> {
    args.store
        .clone()
        .or_else(crate::store::default_path)
        .ok_or_else(|| {
            Failure::Store(
                Problem::new(
                    Place::named("--store"),
                    "neither XDG_DATA_HOME nor HOME is set",
                    "a place for the store",
                )
                .next("name one with --store"),
            )
        })
}

fn open_store(args: &args::StoreArg) -> Result<SqliteStore, Failure> {
    SqliteStore::open(&store_path(args)?).map_err(Failure::Store)
}

fn open_store_to_read(args: &args::StoreArg) -> Result<SqliteStore, Failure> {
    SqliteStore::open_to_read(&store_path(args)?).map_err(Failure::Store)
}
