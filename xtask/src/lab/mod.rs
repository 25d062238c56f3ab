//! Real mail servers, closed and open, in network namespaces without a way out: docs/lab.md.

mod board;
mod capture;
mod dns;
mod errand;
mod exim;
mod flood;
mod greeting;
mod inside;
mod link;
mod network;
mod nmap;
mod opensmtpd;
mod plan;
mod postfix;
mod postgrey;
mod postsrsd;
mod process;
mod prove;
pub(crate) mod proxies;
mod race;
mod record;
mod resolver;
mod root;
mod scan;
mod servers;
mod status;
mod tap;
mod tools;

use std::{net::IpAddr, process::ExitCode, thread, time::Instant};

use lexopt::{
    Arg::{Long, Value},
    ValueExt as _,
};

use crate::{
    cargo::cargo,
    debian,
    failure::{Failure, Result},
    machine, run,
};
use plan::SCANNERS;
use proxies::PROXIES;
use servers::{Make, SECOND_HOP, SERVERS, Server};

/// How often each side of the race runs unless told otherwise.
const RACE_RUNS: u32 = 3;

pub(crate) use dns::{ask_dns, ask_dns_inside, dns_lack};
pub(crate) use flood::{Flood, Relays, flood, forged, one_through_board, token_in};
use prove::Proved;
pub(crate) use prove::{SINK_PORT, hold_board, prove, through_board};
pub(crate) use record::answer;
pub(crate) use scan::{Extent, Scanned, scan};
/// For a board that scans the lab.
pub(crate) use {
    board::Port,
    capture::Capture,
    errand::Errand,
    plan::{BOARD, BOARD_ETHERNET_ADDRESS, BOARD_ROUTER, NEAR, RESOLVER},
    scan::{is_next_hop, is_server, outside_the_scope, suspects},
};
pub(crate) use {greeting::greet, inside::enter, link::carry};

/// `cargo xtask lab …`.
pub(crate) fn command(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let word = match arguments.next()? {
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Failure::new("lab wants to know what").next("cargo xtask help")),
    };
    let mut json = false;
    let mut runs = RACE_RUNS;
    let mut deliver = false;
    let mut extent = Extent::Ordinary;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("json") if word == "status" => json = true,
            Long("deliver") if word == "scan" => deliver = true,
            Long("long") if word == "scan" => extent = Extent::Long,
            Long("runs") if word == "race" => runs = arguments.value()?.parse()?,
            other => return Err(other.unexpected().into()),
        }
    }
    match word.as_str() {
        "up" => {
            let started = Instant::now();
            up()?;
            println!("up after {:.1} s", started.elapsed().as_secs_f32());
            status::show(false)
        }
        "down" => down().map(|()| ExitCode::SUCCESS),
        "status" => status::show(json),
        "scan" => show(if deliver {
            scan_with(|| prove(extent).map(|proved| proved.scanned))
        } else {
            scan_with(|| scan(extent))
        }),
        "proxies" => show(scan_with(proxies::prove_beside_others)),
        "flood" => show(scan_with(flood)),
        "race" => {
            build_postern()?;
            with_lab(|| race::race(runs)).map(|()| ExitCode::SUCCESS)
        }
        "record" => {
            build_postern()?;
            with_lab(record::record).map(|()| ExitCode::SUCCESS)
        }
        "dns" => dns::show_dns(),
        "shell" => shell(),
        other => Err(Failure::new(format!("unknown: lab {other}")).next("cargo xtask help")),
    }
}

/// Starts the lab, unless it is up and well. What is left of a broken one is removed first.
pub(crate) fn up() -> Result<()> {
    if let Some(lack) = machine::lab_lack() {
        return Err(Failure::new(lack.why).next(lack.get));
    }
    if is_well() {
        return Ok(());
    }
    down()?;
    if let Err(failure) = start_all() {
        // Half a lab would only confuse; its logs stay.
        down()?;
        return Err(failure);
    }
    Ok(())
}

/// Ends every process with a record and removes the namespaces.
pub(crate) fn down() -> Result<()> {
    for name in process::recorded() {
        process::stop(&name)?;
    }
    network::remove()
}

/// Has the lab up for as long as the work takes. A lab that was up before stays up.
pub(crate) fn with_lab<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    if machine::lab_lack().is_none() && is_well() {
        return work();
    }
    up()?;
    let _lab = Borrowed;
    work()
}

/// A lab that goes down again, however the work ends.
struct Borrowed;

impl Drop for Borrowed {
    fn drop(&mut self) {
        if let Err(failure) = down() {
            eprintln!("lab: {failure}");
        }
    }
}

/// Builds the program that the lab sends out, as it is now.
pub(crate) fn build_postern() -> Result<()> {
    run::output(&mut cargo(&["build", "--package", "host-tool"])).map(drop)
}

/// Proves who relays, and, while the messages are waited for, who connects strangers.
pub(crate) fn prove_with_proxies(extent: Extent) -> Result<Proved> {
    let (proved, proxies) = thread::scope(|threads| {
        let proxies = threads.spawn(proxies::prove);
        (prove(extent), proxies.join())
    });
    let mut proved = proved?;
    let proxies = proxies.map_err(|_| Failure::new("the scan of the proxies panicked"))?;
    proved.scanned.extend(proxies?);
    Ok(proved)
}

fn scan_with(work: impl FnOnce() -> Result<Scanned>) -> Result<Scanned> {
    build_postern()?;
    with_lab(work)
}

fn show(scanned: Result<Scanned>) -> Result<ExitCode> {
    let scanned = scanned?;
    print!("{}", scanned.table);
    for broken in &scanned.broken {
        println!("did not hold: {broken}");
    }
    println!("{} held, {} did not", scanned.held, scanned.broken.len());
    Ok(if scanned.broken.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn start_all() -> Result<()> {
    network::make()?;
    resolver::start()?;
    postgrey::start()?;
    postsrsd::start("rewrites.example")?;
    // Extracted before several servers want them at once.
    for bundle in [&postfix::BUNDLE, &exim::BUNDLE, &opensmtpd::BUNDLE] {
        debian::root(bundle)?;
    }
    proxies::extract()?;
    for scanner in SCANNERS {
        link::start(scanner)?;
    }
    let starting = |server: &'static Server| {
        start(server)?;
        let mut addresses = addresses(server).into_iter();
        addresses.try_for_each(|address| greeting::wait(server.name, address))
    };
    thread::scope(|threads| {
        let servers: Vec<_> = all()
            .map(|server| threads.spawn(move || starting(server)))
            .collect();
        let proxies = PROXIES
            .iter()
            .map(|proxy| threads.spawn(|| proxies::start(proxy)));
        let proxies: Vec<_> = proxies.collect();
        servers
            .into_iter()
            .chain(proxies)
            .try_for_each(|thread| thread.join().expect("starting a server does not panic"))
    })
}

/// Every server, the second hop included.
fn all() -> impl Iterator<Item = &'static Server> {
    SERVERS.iter().chain([&SECOND_HOP])
}

fn start(server: &Server) -> Result<()> {
    match server.make {
        Make::Postfix(gate, lines) => postfix::start(server, gate, lines),
        Make::Exim(gate, callouts) => exim::start(server, gate, callouts),
        Make::OpenSmtpd(gate) => opensmtpd::start(server, gate),
    }
}

fn is_well() -> bool {
    let runs = |name: &str| process::alive(name).is_some();
    network::is_whole()
        && [resolver::NAME, postgrey::NAME, postsrsd::NAME]
            .into_iter()
            .all(runs)
        && SCANNERS
            .iter()
            .all(|scanner| runs(&link::process_name(scanner)))
        && all().all(|server| {
            runs(server.name)
                && addresses(server)
                    .into_iter()
                    .all(|address| greeting::read(address).is_some())
        })
        && PROXIES.iter().all(proxies::is_well)
}

fn addresses(server: &Server) -> [IpAddr; 2] {
    [IpAddr::V4(server.ipv4()), IpAddr::V6(server.ipv6())]
}

/// A shell next to the servers, to look around with.
fn shell() -> Result<ExitCode> {
    if !is_well() {
        return Err(Failure::new("the lab is not up").next("cargo xtask lab up"));
    }
    let shell = std::env::var("SHELL").unwrap_or_else(|_| "/bin/sh".to_owned());
    let mut command = network::within(plan::NEAR.namespace);
    let status = command
        .arg(shell)
        .status()
        .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
    Ok(ExitCode::from(
        u8::try_from(status.code().unwrap_or(1)).unwrap_or(1),
    ))
}
