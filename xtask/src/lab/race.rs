//! `cargo xtask lab race`: postern's full battery beside nmap's smtp-open-relay, against the same closed
//! Postfix at fifty milliseconds round trip. Figures come from the link's capture.

use std::{
    net::{IpAddr, SocketAddr},
    process::Command,
    time::{Duration, Instant},
};

use super::{
    capture::{Mark, Talk},
    errand::{Errand, Suspect},
    greeting, link,
    plan::FAR,
    servers::{SERVERS, Server},
    tools,
};
use crate::{
    failure::{Failure, Result},
    run,
};

/// One run of one of the two.
#[derive(Clone, Copy)]
struct Run {
    talk: Talk,
    wall: Duration,
}

/// Runs both in turn, so often, and prints them side by side.
pub(super) fn race(runs: u32) -> Result<()> {
    let server = &SERVERS[0];
    let address = IpAddr::V4(server.ipv4());
    let round_trip = greeting::connect_time(FAR.namespace, address)?;
    println!(
        "round trip to {} at {address}: {:.1} ms",
        server.name,
        milliseconds(round_trip)
    );
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    println!(
        "{:<28} connections  turns  packets  on the wire     wall",
        ""
    );
    for _ in 0..runs {
        ours.push(shown("postern, full depth", postern(server)?));
        theirs.push(shown("nmap smtp-open-relay", nmap(address)?));
    }
    let (ours, theirs) = (median(&ours), median(&theirs));
    println!(
        "median on the wire: postern {:.2} s, nmap {:.2} s: 1 to {:.1}",
        ours.as_secs_f64(),
        theirs.as_secs_f64(),
        theirs.as_secs_f64() / ours.as_secs_f64().max(f64::EPSILON)
    );
    Ok(())
}

fn postern(server: &Server) -> Result<Run> {
    let address = server.ipv4().to_string();
    // No domain: nmap is told none either.
    let suspect = Suspect {
        address,
        domain: String::new(),
    };
    let errand = Errand::prepare(&FAR, "race", &[suspect], "full")?;
    measure(IpAddr::V4(server.ipv4()), || {
        errand.scan("direct").map(drop)
    })
}

fn nmap(address: IpAddr) -> Result<Run> {
    let mut command: Command = tools::nmap(&FAR)?;
    command
        .args(["-n", "-Pn", "-p", "25", "--script", "smtp-open-relay"])
        .arg(address.to_string());
    measure(address, || {
        let said = run::output(&mut command)?;
        if said.contains("smtp-open-relay") {
            Ok(())
        } else {
            Err(Failure::new(format!("nmap's script said nothing:\n{said}")))
        }
    })
}

fn measure(address: IpAddr, work: impl FnOnce() -> Result<()>) -> Result<Run> {
    let file = link::capture_file(&FAR);
    let mark = Mark::now(&file)?;
    let started = Instant::now();
    work()?;
    let wall = started.elapsed();
    let talk = mark.read(&file)?.talk_with(SocketAddr::new(address, 25));
    if talk.connections == 0 {
        return Err(Failure::new(format!(
            "nobody connected to {address}; see {}",
            file.display()
        )));
    }
    Ok(Run { talk, wall })
}

fn shown(who: &str, run: Run) -> Run {
    let Run { talk, wall } = run;
    println!(
        "{who:<28} {:>11}  {:>5}  {:>7}  {:>9.2} s  {:>5.2} s",
        talk.connections,
        talk.turns,
        talk.packets,
        talk.took.as_secs_f64(),
        wall.as_secs_f64()
    );
    run
}

/// The middle of the runs, which one slow run does not move.
fn median(runs: &[Run]) -> Duration {
    let mut times: Vec<_> = runs.iter().map(|run| run.talk.took).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
