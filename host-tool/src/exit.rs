//! How the program ends.

use std::process::ExitCode;

use crate::problem::{Problem, Problems};

/// The exit status, as the manual has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The work was done.
    Done = 0,
    /// The work was done, and `--fail-on` matched, a scenario expected something else, a
    /// letter has faults, or a check of our own names is not passed.
    Matched = 1,
    /// Wrong usage or input; nothing was started.
    Usage = 2,
    /// No appliance answered.
    NoAppliance = 3,
    /// The store could not be used.
    Store = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why the work was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something that the user gave is wrong.
    #[error("{0}")]
    Input(Problems),
    /// The appliance cannot be used.
    #[error("{0}")]
    Appliance(Problem),
    /// The store cannot be used.
    #[error("{0}")]
    Store(Problem),
    /// Nobody reads the output any more.
    #[error("the output was closed")]
    Output(#[source] std::io::Error),
}

impl Failure {
    /// A failure by one wrong input.
    pub fn input(problem: Problem) -> Self {
        Self::Input(Problems::one(problem))
    }

    /// The exit status that tells of it.
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Input(_) => Exit::Usage,
            Self::Appliance(_) => Exit::NoAppliance,
            Self::Store(_) => Exit::Store,
            // A closed pipe (`postern findings | head`) is the reader's choice.
            Self::Output(_) => Exit::Done,
        }
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Input(problems)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}
