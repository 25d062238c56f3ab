//! `postern appliance`.

mod info;
mod log;
mod provision;

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use super::{
    args::{Appliance, Collect as CollectArgs},
    now, open_store,
    scan::{failure, report},
};
use crate::{
    cases,
    exit::{Exit, Failure},
    link::{Link, LinkError},
    output::{self, counted},
    problem::{Place, Problem},
    visit::{Collect, Errand, Task},
};

pub(super) fn run(command: &Appliance) -> Result<Exit, Failure> {
    match command {
        Appliance::Info(args) => info::run(args),
        Appliance::Provision(args) => provision::run(args),
        Appliance::Log(args) => log::run(args),
        Appliance::Collect(args) => collect(args),
    }
}

/// Reads `--link`: the links of appliances only.
fn link(text: &str) -> Result<Link, Failure> {
    let link = Link::parse(text).map_err(Failure::input)?;
    if matches!(link, Link::Sim | Link::Scenario(_) | Link::Direct) {
        return Err(Failure::input(Problem::new(
            Place::named(format!("--link {text}")),
            "there is no appliance outside this program at its other end",
            "serial:PATH, unix:PATH or tcp:HOST:PORT",
        )));
    }
    Ok(link)
}

/// Calls at the appliance.
fn visit(link: &Link, task: &mut dyn Task) -> Result<(), Failure> {
    let mut errand = Errand {
        utc: output::utc(now()),
        task,
    };
    link.visit(&mut errand)
        .map_err(|error: LinkError| failure::of_link(link, error))
}

fn collect(args: &CollectArgs) -> Result<Exit, Failure> {
    let link = link(&args.link)?;
    let mut store = open_store(&args.store)?;
    let began: Timestamp = now();
    let mut collect = Collect::new(&mut store, output::utc(began));
    visit(&link, &mut collect)?;
    let (stored, lost) = (collect.stored, collect.lost as usize);
    cases::judge_arrived(&mut store, now()).map_err(Failure::Store)?;
    let mut text = format!("stored {}\n", counted(stored, "new record", "new records"));
    if lost > 0 {
        let lost = counted(lost, "record", "records");
        text.push_str(&format!("the appliance could not keep {lost}\n"));
    }
    super::print(&text)?;
    report::tell_waiting(report::waiting(&store).map_err(Failure::Store)?);
    Ok(Exit::Done)
}

/// Whether the user has pressed Ctrl-C.
fn enough() -> impl Fn() -> bool {
    let stop = super::scan::interrupts();
    move || stop.load(Ordering::Relaxed)
}
