//! The project's own commands: `cargo xtask help`.

// Elsewhere than on Linux nobody calls what only the lab needs.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

mod cargo;
mod debian;
mod demo;
mod emulate;
mod failure;
mod finding;
mod flash;
#[cfg(unix)]
mod frame;
mod fuzz;
mod intelmq;
#[cfg_attr(not(target_os = "linux"), path = "lab_elsewhere.rs")]
mod lab;
mod letters;
mod machine;
mod outside;
mod panic_free;
mod place;
mod profile;
mod python;
mod run;
mod simulated;
mod sizes;
mod soak;
mod spelling;
mod store;
mod suite;

use std::process::ExitCode;

use failure::{Failure, Result};
use lexopt::Arg::{Long, Short, Value};

const HELP: &str = "\
cargo xtask COMMAND

  help                    this text
  test [--all]            everything that must hold on this machine; ends with what did not run and how to
                          get it; with --all whatever did not run is a failure
  demo                    builds postern, scans the built-in simulator, writes letters (also: cargo demo)
  flash BOARD [--relay-only] [--log]
                          builds the image for stm32h743, stm32f767 or qemu-mps2 and gives it to the board, or starts QEMU
  fmt [--check]           rustfmt over the workspace
  lab up                  real mail servers, closed and open, in network namespaces without a way out (root)
  lab status [--json]     each server's process, address and greeting
  lab down                ends what `lab up` started
  lab scan [--deliver] [--long]
                          up, postern's verdict on every server, down; with --deliver by test messages that come
                          back, beside nmap's verdict; with --long greylisted servers as well (some minutes more)
  lab proxies             real proxies, open and closed, beside what proxycheck and nmap say of them
  lab flood               hundreds of calls at once at `postern sink`, none of which it has to do with
  lab race [--runs N]     postern's full battery beside nmap's smtp-open-relay, at 50 ms round trip
  lab record              writes what every server answers into host-sim/recorded, for the simulator
  lab dns                 the core's lookups against real DNS servers and block lists, beside what dig says (root)
  lab shell               a shell in the near scanner's namespace
  emulate [--patience SECONDS] [--proof-patience SECONDS] [--kills N] [--cuts N] [--long] [--log]
          [--only-kills] [--only-cuts] [--only-link-port] [--only-proof] [--only-sink] [--only-way] [--only-proxies] [--only-lab]
                          the appliance's own binary on boards in QEMU: servers on this computer, the
                          simulator's and the lab's (root), with test messages that come back to the board and
                          without, the lab's proxies, a board's sink that many call, two boards on one wire, postern killed in
                          mid-scan, the power cut; with --long the lab's greylisted servers as well; with --log only a board's log, decoded
                          from power-on to the first finding
  outside                 nmap and swaks look at the simulator's servers on real sockets
  letters                 Python's email, XARF's validator and Chromium look at a demonstration's letters
  events                  IntelMQ from PyPI reads our events, and we read those that its own parsers write
  sizes [--json] [--update]
                          what the boards' images are made of, beside budget and committed figures
  soak [--seeds N] [--fuzz-seconds N] [--lab-rounds N]
                          the long forms: many seeds, fuzzing, repeated lab runs
  fuzz [--seconds N]      every fuzz target for a while (nightly)
  bench [--profile]       the simulator's sessions a second, and ten thousand letters; with --profile where
                          the sessions' time goes (perf)
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(2)
        }
    }
}

fn dispatch() -> Result<ExitCode> {
    let mut arguments = lexopt::Parser::from_env();
    let Some(command) = arguments.next()? else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    match command {
        Value(word) => match word.to_string_lossy().as_ref() {
            "help" => {
                print!("{HELP}");
                Ok(ExitCode::SUCCESS)
            }
            "test" => suite::test(has_flag(arguments, "all")?),
            "demo" => no_more(arguments).and_then(|()| demo::run()),
            "flash" => flash::command(arguments),
            "fmt" => cargo::format(has_flag(arguments, "check")?),
            "lab" => lab::command(arguments),
            "emulate" => emulate::command(arguments),
            "outside" => no_more(arguments).and_then(|()| outside::show()),
            "letters" => no_more(arguments).and_then(|()| letters::show()),
            "events" => no_more(arguments).and_then(|()| intelmq::show()),
            "sizes" => sizes::command(arguments),
            "soak" => soak::run(arguments),
            "bench" => match has_flag(arguments, "profile")? {
                true => profile::show(),
                false => cargo::bench(),
            },
            "lab-inside" => lab::enter(arguments),
            "lab-dns" => lab::ask_dns_inside(arguments),
            "lab-ask" => lab::answer(arguments),
            "lab-greet" => lab::greet(arguments),
            "lab-link" => lab::carry(arguments),
            "fuzz" => soak::fuzz_only(arguments),
            other => {
                Err(Failure::new(format!("unknown command `{other}`")).next("cargo xtask help"))
            }
        },
        Short('h') | Long("help") => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(other.unexpected().into()),
    }
}

/// Whether the one flag that a command knows was given.
fn has_flag(mut arguments: lexopt::Parser, flag: &str) -> Result<bool> {
    let mut given = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long(name) if name == flag => given = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(given)
}

/// Refuses arguments that a command does not know.
fn no_more(mut arguments: lexopt::Parser) -> Result<()> {
    match arguments.next()? {
        None => Ok(()),
        Some(argument) => Err(argument.unexpected().into()),
    }
}
