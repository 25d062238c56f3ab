//! The lab where it cannot be: it is made of Linux's namespaces.

use std::process::ExitCode;

use crate::{
    failure::{Failure, Result},
    machine::{self, Lack},
};

pub(crate) fn command(_arguments: lexopt::Parser) -> Result<ExitCode> {
    Err(needs_linux())
}

pub(crate) fn answer(arguments: lexopt::Parser) -> Result<ExitCode> {
    command(arguments)
}

pub(crate) fn carry(arguments: lexopt::Parser) -> Result<ExitCode> {
    command(arguments)
}

pub(crate) fn enter(arguments: lexopt::Parser) -> Result<ExitCode> {
    command(arguments)
}

pub(crate) fn greet(arguments: lexopt::Parser) -> Result<ExitCode> {
    command(arguments)
}

pub(crate) fn ask_dns_inside(arguments: lexopt::Parser) -> Result<ExitCode> {
    command(arguments)
}

pub(crate) fn ask_dns() -> Result<Scanned> {
    Err(needs_linux())
}

pub(crate) fn dns_lack() -> Option<Lack> {
    machine::lab_lack()
}

pub(crate) fn build_postern() -> Result<()> {
    Err(needs_linux())
}

pub(crate) fn with_lab<T>(_work: impl FnOnce() -> Result<T>) -> Result<T> {
    Err(needs_linux())
}

/// What a scan of the whole lab would show.
pub(crate) struct Scanned {
    pub(crate) table: String,
    pub(crate) held: u32,
    pub(crate) broken: Vec<String>,
}

impl Scanned {
    pub(crate) fn whole(&self) -> Result<()> {
        Err(needs_linux())
    }
}

pub(crate) fn scan(_extent: Extent) -> Result<Scanned> {
    Err(needs_linux())
}

/// What a scan with test messages would show.
pub(crate) struct Proved {
    pub(crate) scanned: Scanned,
}

pub(crate) fn prove_with_proxies(_extent: Extent) -> Result<Proved> {
    Err(needs_linux())
}

pub(crate) fn flood() -> Result<Scanned> {
    Err(needs_linux())
}

/// Which servers would be scanned.
pub(crate) enum Extent {
    Ordinary,
    Long,
}

fn needs_linux() -> Failure {
    Failure::new("the lab of real mail servers needs Linux").next("run it in a virtual machine")
}
