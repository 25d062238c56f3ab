//! `cargo xtask lab dns`: the core's lookups against DNS servers that nobody here wrote, beside what
//! BIND's own `dig` says of the same questions.
//!
//! Everything happens in a network namespace of its own that has nothing but a loopback interface, and
//! in a process namespace: when the program that asks ends, the kernel ends every server. Whoever wants
//! more of the servers than lookups does it in `inside`, while the guard of [`Servers::start`] lives.

mod compare;
mod configuration;
mod dig;
mod lists;
mod ours;
mod questions;
mod servers;
mod verdicts;
mod zones;

use std::{
    env,
    fmt::Write as _,
    net::IpAddr,
    process::{Command, ExitCode},
    thread,
};

use self::{
    dig::Dig,
    questions::{Asked, Question},
    servers::{Server, Servers},
};
use super::{Scanned, show};
use crate::{
    cargo::cargo,
    debian,
    failure::{Failure, Result},
    machine::{self, Lack},
    run,
};

/// What this machine lacks, after packages were downloaded.
pub(crate) fn dns_lack() -> Option<Lack> {
    let mut bundles = servers::BUNDLES.iter().chain([&dig::BUNDLE]);
    bundles.find_map(|bundle| {
        let failure = debian::root(bundle).err()?;
        Some(Lack::new(
            format!(
                "Debian's {} cannot be had{}",
                bundle.main,
                debian::said_last(&failure)
            ),
            "let apt reach its archive; apt-get update",
        ))
    })
}

/// Asks every server everything, in namespaces of its own.
pub(crate) fn ask_dns() -> Result<Scanned> {
    let said = run::capture(&mut isolated()?)?;
    Scanned::read(&said.out).ok_or_else(|| Failure::new(said.everything()))
}

/// The same, for a reader.
pub(super) fn show_dns() -> Result<ExitCode> {
    if let Some(lack) = machine::lab_lack().or_else(dns_lack) {
        return Err(Failure::new(lack.why).next(lack.get));
    }
    show(ask_dns())
}

/// The hidden command `lab-dns`: runs as the first process of its namespaces.
pub(crate) fn ask_dns_inside(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    if let Some(argument) = arguments.next()? {
        return Err(argument.unexpected().into());
    }
    show(inside())
}

fn isolated() -> Result<Command> {
    let build = ["build", "--package", "host-tool", "--example", ours::NAME];
    run::output(&mut cargo(&build))?;
    let ourselves = env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let mut command = run::command(&[
        "unshare",
        "--net",
        "--mount-proc",
        "--pid",
        "--fork",
        "--kill-child",
    ]);
    command.arg(ourselves).arg("lab-dns");
    Ok(command)
}

fn inside() -> Result<Scanned> {
    let _servers = Servers::start()?;
    ask_all()
}

fn ask_all() -> Result<Scanned> {
    let asked = questions::all();
    // A silent server takes fourteen seconds, so none waits for another. Nobody asks one server twice
    // at a time: dnsmasq gives both the name in the case of the first.
    let answers: Vec<Result<Scanned>> = thread::scope(|threads| {
        let asked = &asked;
        let ask = |server| threads.spawn(move || ask_one(server, asked));
        let asking: Vec<_> = Server::ALL.into_iter().map(ask).collect();
        let threads = asking.into_iter();
        threads
            .map(|thread| thread.join().expect("asking does not panic"))
            .collect()
    });
    let mut scanned = Scanned::default();
    for answer in answers {
        scanned.add(answer?);
    }
    Ok(scanned)
}

/// Asks one server at its addresses, one after the other.
fn ask_one(server: Server, asked: &[Asked]) -> Result<Scanned> {
    let mut scanned = Scanned::default();
    for address in server.addresses() {
        scanned.add(ask_at(server, address, asked)?);
    }
    Ok(scanned)
}

/// Asks one server at one of its addresses what it is to be asked.
fn ask_at(server: Server, address: IpAddr, asked: &[Asked]) -> Result<Scanned> {
    let asked: Vec<&Asked> = asked
        .iter()
        .filter(|asked| asked.servers.contains(&server))
        .collect();
    let questions: Vec<&Question> = asked.iter().map(|asked| &asked.question).collect();
    let reports = ours::look_up(address, &questions)?;
    let place = format!("{} {address}", server.name());
    let mut scanned = Scanned::default();
    for (asked, report) in asked.iter().zip(&reports) {
        let dig = Dig::ask(address, &asked.question)?;
        let broken: Vec<String> = compare::faults(server, asked, report, &dig)
            .into_iter()
            .map(|fault| format!("{place}: {}: {fault}", asked.question))
            .collect();
        scanned.held += u32::from(broken.is_empty());
        scanned.broken.extend(broken);
    }
    let (verdicts, wrong) = verdicts::judge(server, address)?;
    scanned.held += u32::try_from(verdicts - wrong.len()).unwrap_or(u32::MAX);
    scanned
        .broken
        .extend(wrong.iter().map(|wrong| format!("{place}: {wrong}")));
    writeln!(
        scanned.table,
        "{place:<22} {:>3} questions, {verdicts:>3} verdicts of lists, {:>3} as they must be and as dig says",
        asked.len(),
        scanned.held
    )
    .expect("strings take everything");
    Ok(scanned)
}

impl Scanned {
    fn add(&mut self, other: Self) {
        self.table.push_str(&other.table);
        self.held += other.held;
        self.broken.extend(other.broken);
    }

    /// From what [`show`] prints.
    fn read(said: &str) -> Option<Self> {
        let mut scanned = Self::default();
        let mut lines: Vec<&str> = said.lines().collect();
        let closing = lines.pop()?;
        scanned.held = closing.split_once(" held, ")?.0.parse().ok()?;
        for line in lines {
            match line.strip_prefix("did not hold: ") {
                Some(broken) => scanned.broken.push(broken.to_owned()),
                None => {
                    scanned.table.push_str(line);
                    scanned.table.push('\n');
                }
            }
        }
        Some(scanned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_inside_is_read_outside() {
        let said = "bind 1\nnsd 2\ndid not hold: nsd: no\n7 held, 1 did not\n";
        let scanned = Scanned::read(said).unwrap();
        assert_eq!(scanned.table, "bind 1\nnsd 2\n");
        assert_eq!(
            (scanned.held, scanned.broken),
            (7, vec!["nsd: no".to_owned()])
        );
        assert!(Scanned::read("xtask: no servers\n").is_none());
    }
}
