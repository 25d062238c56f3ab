//! `host-sim serve`: the same servers in real time, on sockets or behind a wire.

use std::{
    fmt,
    fs::File,
    io::{self, BufWriter, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use host_sim::{
    demo, parade,
    peers::{Peer, Personality},
    scenario::{self, Instead},
    serve::{
        Serving, Spread, Stand, asked_to_stop, stands,
        wire::{Plugged, Wire},
    },
    world::{DeviceNet, World},
};
use probe_core::{scope::Depth, verdict::Verdict};

/// What `host-sim serve` is told.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Which servers: `parade`, every personality once; `demo`, the demonstration's; or those of a
    /// scenario's FILE.
    #[arg(long, value_name = "parade|demo|FILE", default_value = "parade")]
    world: PathBuf,
    /// Only servers of this personality; may be given more than once.
    #[arg(long, value_name = "PERSONALITY")]
    only: Vec<String>,
    /// The first server's address and port; port 0 lets the system choose each.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:2500")]
    listen: SocketAddr,
    /// Where the next server goes: to the next port, to the next address, or each to its address
    /// in the world, which this computer must have.
    #[arg(long, value_enum, default_value_t = Next::Ports, conflicts_with = "wire")]
    spread: Next,
    /// Serves addresses that others can reach, too. Some servers here accept anybody's mail, and
    /// throw it away.
    #[arg(long)]
    beyond_loopback: bool,
    /// Puts the world behind an Ethernet wire instead: dgram:LOCAL,REMOTE (QEMU's -netdev dgram)
    /// or unix:PATH (QEMU's -netdev stream, to which this program listens).
    #[arg(long, value_name = "WIRE", conflicts_with_all = ["listen", "only"])]
    wire: Option<Wire>,
    /// Lets the servers send mail to whoever is at the wire, who is the sink on this port: what they
    /// relay, what they return, and questions about addresses.
    #[arg(long, value_name = "PORT", requires = "wire")]
    sink: Option<u16>,
    /// Writes a capture of the wire.
    #[arg(long, value_name = "FILE", requires = "wire")]
    pcap: Option<PathBuf>,
    /// The world's seed.
    #[arg(long)]
    seed: Option<u64>,
    /// One JSON object a line instead of the table.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Next {
    Ports,
    Addresses,
    World,
}

/// Serves until somebody stops it.
pub(crate) fn command(arguments: &Arguments) -> Result<ExitCode, String> {
    let mut world = world(&arguments.world, arguments.seed)?;
    world.sink = arguments.sink;
    match &arguments.wire {
        Some(wire) => behind_wire(arguments, world, wire),
        None => on_sockets(arguments, &world),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn world(name: &Path, seed: Option<u64>) -> Result<World, String> {
    match name.to_str() {
        Some("parade") => Ok(parade::world(seed.unwrap_or(demo::SEED))),
        Some("demo") => Ok(demo::world(seed.unwrap_or(demo::SEED))),
        _ => {
            let instead = Instead { seed, began: None };
            let scenario = scenario::read(name, instead).map_err(told)?;
            Ok(scenario.world)
        }
    }
}

fn on_sockets(arguments: &Arguments, world: &World) -> Result<(), String> {
    let first = arguments.listen;
    let spread = match arguments.spread {
        Next::Ports => Spread::Ports(first),
        Next::Addresses => Spread::Addresses(first),
        Next::World => Spread::World,
    };
    if let Some(unknown) = arguments
        .only
        .iter()
        .find(|name| Personality::named(name).is_none())
    {
        let names: Vec<_> = Personality::every().map(|known| known.name).collect();
        return Err(format!(
            "--only {unknown}: no such personality; there are {}",
            names.join(", ")
        ));
    }
    let wanted = |peer: &Peer| {
        let name = peer.personality.name;
        arguments.only.is_empty() || arguments.only.iter().any(|only| only == name)
    };
    let stands = stands(world, spread, wanted).map_err(told)?;
    let reachable = stands.iter().find(|stand| !stand.at.ip().is_loopback());
    if let Some(stand) = reachable.filter(|_| !arguments.beyond_loopback) {
        return Err(format!(
            "others might reach {}; if that is meant, say --beyond-loopback",
            stand.at
        ));
    }
    let serving = Serving::bind(stands).map_err(told)?;
    let table = Table(arguments.json);
    table.heading()?;
    for stand in serving.stands() {
        table.row(stand)?;
    }
    table.ready(&count(serving.stands()))?;
    let (stopped, served) = serving.until(asked_to_stop()).map_err(told)?;
    stopped.map_err(told)?;
    eprintln!(
        "host-sim: stopped; connections answered: {}, turned away: {}",
        served.connections, served.turned_away
    );
    Ok(())
}

fn behind_wire(arguments: &Arguments, world: World, wire: &Wire) -> Result<(), String> {
    let device = world.device;
    let stands = stands(&world, Spread::World, |_| true).map_err(told)?;
    let mut plugged = Plugged::new(world, wire).map_err(|error| format!("the wire: {error}"))?;
    if let Some(path) = &arguments.pcap {
        let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
        plugged = plugged.capturing(BufWriter::new(file));
    }
    let table = Table(arguments.json);
    table.heading()?;
    for stand in &stands {
        table.row(stand)?;
    }
    table.device(&device)?;
    table.ready(&format!("{} behind the wire", count(&stands)))?;
    let (stopped, seen) = plugged.until(asked_to_stop()).map_err(told)?;
    stopped.map_err(told)?;
    eprintln!(
        "host-sim: stopped after {} frames from the wire and {} to it",
        seen.frames_out, seen.frames_in
    );
    Ok(())
}

/// What is printed before anything is served: a table, or JSON lines.
struct Table(bool);

impl Table {
    fn heading(&self) -> Result<(), String> {
        if self.0 {
            return Ok(());
        }
        say(format_args!(
            "{:<17} {:<24} what it is",
            "personality", "address"
        ))
    }

    fn row(&self, stand: &Stand) -> Result<(), String> {
        let Peer {
            personality,
            host,
            domains,
        } = &stand.peer;
        let at = stand.at.to_string();
        if !self.0 {
            let Personality { name, about, .. } = personality;
            return say(format_args!("{name:<17} {at:<24} {about}"));
        }
        let told = |verdict: Verdict| serde_json::json!({ "verdict": verdict.kind.as_str(), "reason": verdict.reason.as_str() });
        let depths = |verdict: &dyn Fn(Depth) -> Verdict| {
            serde_json::json!({
                "quick": told(verdict(Depth::Quick)),
                "standard": told(verdict(Depth::Standard)),
                "full": told(verdict(Depth::Full)),
            })
        };
        let delivered = |depth| {
            let expected = personality.expected(depth);
            personality.delivered(depth).when_over(expected)
        };
        say(serde_json::json!({
            "personality": personality.name,
            "about": personality.about,
            "address": stand.at.ip().to_string(),
            "port": stand.at.port(),
            "host": host,
            "domains": domains,
            "expected": depths(&|depth| personality.expected(depth)),
            "delivered": depths(&delivered),
        }))
    }

    fn device(&self, device: &DeviceNet) -> Result<(), String> {
        let DeviceNet {
            ipv4,
            ipv6,
            gateway_v4,
            gateway_v6,
            ..
        } = device;
        if self.0 {
            return say(serde_json::json!({
                "device": [format!("{ipv4}/24"), format!("{ipv6}/64")],
                "gateways": [gateway_v4.to_string(), gateway_v6.to_string()],
            }));
        }
        say(format_args!(
            "\nat the wire: be {ipv4}/24, gateway {gateway_v4}; {ipv6}/64, gateway {gateway_v6}"
        ))
    }

    /// The line that scripts wait for.
    fn ready(&self, what: &str) -> Result<(), String> {
        if self.0 {
            say(serde_json::json!({ "ready": what }))
        } else {
            say(format_args!("\nready: {what}; control-C stops"))
        }
    }
}

fn count(stands: &[Stand]) -> String {
    match stands.len() {
        1 => "1 server".to_owned(),
        many => format!("{many} servers"),
    }
}

fn say(line: impl fmt::Display) -> Result<(), String> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| format!("standard output: {error}"))
}

fn told(error: impl fmt::Display) -> String {
    error.to_string()
}
