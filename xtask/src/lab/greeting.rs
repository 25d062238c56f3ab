//! Whether a server answers: the first line that it says.

use std::{
    io::{BufRead as _, BufReader},
    net::{IpAddr, SocketAddr, TcpStream},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use super::{
    network,
    plan::{NEAR, Namespace},
    process,
};
use crate::{
    failure::{Failure, Result},
    run,
};

/// How long a server may take from its start to its greeting.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// How long one look takes at most.
const LOOK: Duration = Duration::from_secs(6);

/// The greeting that a server gives to the near scanner; `None` without one.
pub(super) fn read(address: IpAddr) -> Option<String> {
    let said = ask(NEAR.namespace, address).ok()?;
    Some(said.split_once(' ')?.1.trim_end().to_owned())
}

/// Whether somebody takes connections there, seen from a namespace.
pub(super) fn connects(namespace: Namespace, endpoint: SocketAddr) -> bool {
    let Ok(ourselves) = std::env::current_exe() else {
        return false;
    };
    let mut command = network::within(namespace);
    command
        .arg(ourselves)
        .args(["lab-greet", &endpoint.to_string(), "connect"]);
    run::output(&mut command).is_ok()
}

/// How long a connection took to open from a namespace.
pub(super) fn connect_time(namespace: Namespace, address: IpAddr) -> Result<Duration> {
    let said = ask(namespace, address)?;
    let microseconds = said.split(' ').next().and_then(|word| word.parse().ok());
    microseconds
        .map(Duration::from_micros)
        .ok_or_else(|| Failure::new(format!("lab-greet said `{said}`")))
}

fn ask(namespace: Namespace, address: IpAddr) -> Result<String> {
    let ourselves = std::env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let mut command = network::within(namespace);
    command
        .arg(ourselves)
        .arg("lab-greet")
        .arg(SocketAddr::new(address, 25).to_string());
    run::output(&mut command)
}

/// Waits until a server greets; when it does not, says what its log holds.
pub(super) fn wait(name: &str, address: IpAddr) -> Result<()> {
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        if read(address).is_some_and(|greeting| greeting.starts_with("220")) {
            return Ok(());
        }
        let running = process::alive(name).is_some();
        if !running || Instant::now() > deadline {
            let log = process::log_file(name);
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let state = if running {
                "does not greet"
            } else {
                "has ended"
            };
            return Err(
                Failure::new(format!("{name} at {address} {state}; its log:\n{said}")).next(
                    format!("{} and target/lab/roots/{name}/var/log", log.display()),
                ),
            );
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// The hidden command `xtask lab-greet ADDRESS:PORT`, run inside a namespace: prints the microseconds
/// that the connection took to open, and the first line. With the word `connect` behind it it waits for no
/// line.
pub(crate) fn greet(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let words: Vec<_> = arguments
        .raw_args()
        .map_err(|error| Failure::new(error.to_string()))?
        .collect();
    let address: SocketAddr = words
        .first()
        .and_then(|word| word.to_str()?.parse().ok())
        .ok_or_else(|| Failure::new("lab-greet wants an address with a port"))?;
    if words.get(1).is_some_and(|word| word == "connect") {
        return match TcpStream::connect_timeout(&address, LOOK) {
            Ok(_) => Ok(ExitCode::SUCCESS),
            Err(error) => Err(Failure::new(format!("{address}: {error}"))),
        };
    }
    let (opened_in, line) =
        look(address).map_err(|error| Failure::new(format!("{address}: {error}")))?;
    println!("{} {line}", opened_in.as_micros());
    Ok(ExitCode::SUCCESS)
}

fn look(address: SocketAddr) -> std::io::Result<(Duration, String)> {
    let started = Instant::now();
    let stream = TcpStream::connect_timeout(&address, LOOK)?;
    let opened_in = started.elapsed();
    stream.set_read_timeout(Some(LOOK))?;
    let mut line = Vec::new();
    BufReader::new(stream).read_until(b'\n', &mut line)?;
    Ok((
        opened_in,
        String::from_utf8_lossy(&line).trim_end().to_owned(),
    ))
}
