//! The command line.

mod args;
mod scope;

use std::process::ExitCode;

use clap::Parser as _;

pub use args::{Args, Command};

use crate::exit::{Exit, Failure};

/// Reads the arguments, does the work, and says how it ended.
pub fn run() -> ExitCode {
    let args = Args::parse();
    match dispatch(args) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if failure.exit() != Exit::Done {
                anstream::eprintln!("postern: {failure}");
            }
            failure.exit().into()
        }
    }
}

fn dispatch(args: Args) -> Result<Exit, Failure> {
    match args.command {
        Command::Scope { command } => scope::run(&command),
        _ => Ok(Exit::Done),
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
