//! `cargo xtask bench --profile`: where the simulator's time goes, part by part.

use std::{collections::BTreeMap, process::ExitCode};

use crate::{
    cargo::cargo,
    failure::{Failure, Result},
    place, run,
};

/// The parts, and words by which a function shows that it belongs to one. The innermost function of
/// a sample that belongs anywhere decides, so what memory costs is its user's.
const PARTS: [(&str, &[&str]); 11] = [
    (
        "oracles",
        &["oracles::", "trial::verdicts", "verdict::judge"],
    ),
    (
        "observer: capture, checksum, third check",
        &["observer::", "sha2::", "pcap::"],
    ),
    ("guard", &["firmware::guard"]),
    (
        "servers",
        &["host_sim::smtp", "host_sim::peers", "host_sim::script"],
    ),
    (
        "router, paths and hosts",
        &["host_sim::net", "host_sim::faults"],
    ),
    (
        "prober: schedule, outbox",
        &["prober::", "schedule::", "outbox::"],
    ),
    (
        "dialogue: plan, replies, evidence",
        &["relay::", "probe_core::smtp", "evidence::"],
    ),
    (
        "link: frames, host",
        &["frame::", "host_link", "trial::host", "pipe::"],
    ),
    (
        "TCP/IP of the device and of the hosts",
        &["smoltcp::", "embassy_net::"],
    ),
    ("workers", &["firmware::"]),
    (
        "loop: tasks and clock",
        &[
            "drive",
            "settle",
            "poll_if_woken",
            "executor::",
            "clock::",
            "embassy_time",
        ],
    ),
];
const REST: &str = "building worlds, system";

/// Runs the appliance's benchmark under perf and prints a table.
pub(crate) fn show() -> Result<ExitCode> {
    if !run::exists("perf") {
        return Err(Failure::new("a profile needs perf")
            .next("apt-get install linux-perf (Debian), or your system's package of perf"));
    }
    let samples = place::target().join("sessions.perf");
    let runner = format!(
        "target.\"cfg(unix)\".runner = \"perf record -o {} -F 2000 --call-graph dwarf,16384\"",
        samples.display()
    );
    let mut bench = cargo(&["--config", &runner]);
    bench.args(["bench", "--package", "host-sim", "--bench", "sessions"]);
    run::show(bench.args(["--", "appliance"]))?;
    let mut script = run::command(&["perf", "script", "-F", "ip,sym", "-i"]);
    let stacks = run::output(script.arg(&samples))?;
    print!("{}", table(&stacks));
    Ok(ExitCode::SUCCESS)
}

/// The share of each part, the largest first. Samples are apart by empty lines, innermost function
/// first.
fn table(stacks: &str) -> String {
    let mut counts = BTreeMap::<&str, u32>::new();
    let mut all = 0;
    for stack in stacks
        .split("\n\n")
        .filter(|stack| !stack.trim().is_empty())
    {
        all += 1;
        let part = stack.lines().find_map(part_of).unwrap_or(REST);
        *counts.entry(part).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut table = String::from("| part | share |\n|---|---:|\n");
    for (part, count) in rows {
        let share = 100.0 * f64::from(count) / f64::from(all.max(1));
        table.push_str(&format!("| {part} | {share:.1} % |\n"));
    }
    table
}

fn part_of(line: &str) -> Option<&'static str> {
    let function = own_path(line);
    let belongs = |(_, words): &&(&str, &[&str])| words.iter().any(|word| function.contains(word));
    PARTS.iter().find(belongs).map(|(part, _)| *part)
}

/// A function's own path: behind its address, and without the types that it is generic over, which may
/// belong anywhere.
fn own_path(line: &str) -> &str {
    let name = line.trim_start();
    let name = name.split_once(' ').map_or(name, |(_, name)| name);
    match name.strip_prefix('<') {
        Some(implementation) => implementation.split(" as ").next().unwrap_or_default(),
        None => name.split('<').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_function_that_belongs_to_a_part_decides() {
        let stacks = "\
            1 malloc\n 2 host_sim::smtp::reply::Reply::write\n 3 host_sim::net::host::Host::advance\n\n\
            4 smoltcp::socket::tcp::Socket::dispatch\n 5 host_sim::drive::drive\n\n\
            6 smoltcp::iface::interface::Interface::poll\n\n\
            7 page_fault\n 8 run_plugged<host_sim::net::link::DeviceEnd> (inlined)\n\n\
            9 free\n a <firmware::guard::Guard<D,W,T> as embassy_net_driver::Driver>::receive\n\n";
        assert_eq!(
            table(stacks),
            "| part | share |\n|---|---:|\n\
             | TCP/IP of the device and of the hosts | 40.0 % |\n\
             | building worlds, system | 20.0 % |\n\
             | guard | 20.0 % |\n\
             | servers | 20.0 % |\n"
        );
    }
}
