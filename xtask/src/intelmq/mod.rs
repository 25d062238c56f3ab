//! IntelMQ from PyPI reads the events that we write, and we read those that its own parsers write.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, ExitCode},
};

use crate::{
    failure::{Failure, Result},
    place, python, run, simulated,
    suite::{self, Outcome, Step},
};

/// The package, on PyPI.
const PACKAGE: &str = "intelmq==3.5.0";
/// Ends well where it is there.
const HAS_IT: &str = "import intelmq.version, intelmq.lib.message, sys; \
                      sys.exit(intelmq.version.__version__ != '3.5.0')";

/// The reports that its Shadowserver parser reads.
const REPORTS: [(&str, &str); 3] = [
    (
        "2026-11-18-scan_smtp-example-asn.csv",
        include_str!("reports/scan_smtp.csv"),
    ),
    (
        "2026-11-18-scan_http_proxy-example-asn.csv",
        include_str!("reports/scan_http_proxy.csv"),
    ),
    (
        "2026-11-18-scan_socks-example-asn.csv",
        include_str!("reports/scan_socks.csv"),
    ),
];

/// Of the events of its Spamhaus parser: the open relay. The other one is no suspect.
const RELAY: &str = "192.0.2.25,25,,DK,Spamhaus CERT,2025-11-21,open-relay";

/// Columns of our lists that must be the same by either way.
const COLUMNS: [&str; 7] = [
    "address",
    "port",
    "name",
    "country",
    "listed_by",
    "listed_on",
    "listed_as",
];

/// `cargo xtask events`: what IntelMQ says.
pub(crate) fn show() -> Result<ExitCode> {
    suite::show(&[Step {
        name: "IntelMQ",
        run: exchange_events,
    }])
}

/// Lets IntelMQ read our events and write its own, and reads those.
pub(crate) fn exchange_events() -> Result<Outcome> {
    if let Some(lack) = python::lacks("python3", "python3") {
        return Ok(lack);
    }
    let program = match python::environment("intelmq-python", PACKAGE, HAS_IT)? {
        Ok(program) => program,
        Err(lack) => return Ok(lack),
    };
    let folder = place::target().join("intelmq");
    place::make_fresh_folder(&folder)?;
    for (name, text) in REPORTS {
        place::write(&folder.join(name), text)?;
    }
    let ours = folder.join("ours.jsonl");
    place::write(&ours, &export(&folder)?)?;
    // A demonstration proves nothing; the tests' own events do.
    let golden = place::workspace().join("host-tool/tests/golden/forms/events.jsonl");
    let script = include_str!("check_events.py");
    let arguments = [folder.clone(), ours, golden];
    let outcome = python::check(program.as_os_str(), "check_events.py", script, &arguments)?;
    let Outcome::Passed { note, .. } = outcome else {
        return Ok(outcome);
    };
    let mut expected: BTreeSet<String> = BTreeSet::from([RELAY.to_owned()]);
    for (name, _) in REPORTS {
        expected.extend(listed(&folder, name, "shadowserver")?);
    }
    let mut checks = 1;
    for name in ["flat.json", "nested.json"] {
        let found = listed(&folder, name, "intelmq")?;
        if found != expected {
            return Ok(Outcome::failed(format!(
                "{name} of IntelMQ and its own sources say different things\n\
                 by IntelMQ: {found:#?}\nby its sources: {expected:#?}"
            )));
        }
        checks += 1;
    }
    Ok(Outcome::Passed { checks, note })
}

/// A demonstration's suspected servers as events.
fn export(folder: &Path) -> Result<String> {
    run::output(&mut simulated::build())?;
    simulated::write_files(folder)?;
    let store = folder.join("findings.db");
    let mut scan = Command::new(place::postern());
    scan.args(simulated::RELAYS.scan(folder, &store));
    run::output(&mut scan)?;
    let mut export = Command::new(place::postern());
    export.args(["findings", "--format", "intelmq", "--also", "suspected"]);
    run::output(export.arg("--store").arg(&store))
}

/// What `postern import` makes of a file, by the columns that matter.
fn listed(folder: &Path, name: &str, format: &str) -> Result<BTreeSet<String>> {
    let list = folder.join("imported.csv");
    let mut import = Command::new(place::postern());
    import
        .arg("import")
        .arg(folder.join(name))
        .args(["--as", format, "--out"])
        .arg(&list);
    run::output(&mut import)?;
    columns(&place::read(&list)?)
        .ok_or_else(|| Failure::new(format!("{} is no list", list.display())))
}

/// The columns that matter, of a list without quoted fields.
fn columns(list: &str) -> Option<BTreeSet<String>> {
    let mut lines = list.lines();
    let header: Vec<&str> = lines.next()?.split(',').collect();
    let places: Option<Vec<usize>> = COLUMNS
        .iter()
        .map(|column| header.iter().position(|it| it == column))
        .collect();
    let places = places?;
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let wanted: Option<Vec<&str>> = places
                .iter()
                .map(|place| fields.get(*place).copied())
                .collect();
            wanted.map(|fields| fields.join(","))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_picked_by_their_names() {
        let list = "listed_as,address,port,name,x,country,listed_by,listed_on\n\
                    other,192.0.2.1,25,,y,PL,a,2026-11-20\n";
        let picked = columns(list).unwrap();
        assert_eq!(
            picked.into_iter().collect::<Vec<_>>(),
            ["192.0.2.1,25,,PL,a,2026-11-20,other"]
        );
        assert_eq!(columns("address\n"), None);
    }
}
