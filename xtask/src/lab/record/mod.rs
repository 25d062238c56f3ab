//! `cargo xtask lab record`: what the lab's servers answer to every form of the battery, as scripts
//! for the simulator. Recorded anew, the files in host-sim/recorded show what changed in a server.

mod ask;
mod dialogue;
mod forms;

use std::{fmt::Write as _, net::IpAddr, process::ExitCode};

use super::{
    errand::{self, Errand},
    network,
    plan::NEAR,
    servers::{self, Gate, Make, Server},
};
use crate::{
    debian::{self, Bundle},
    failure::{Failure, Result},
    finding::Finding,
    place, run,
};

/// The depths of a scope.
const DEPTHS: [&str; 3] = ["quick", "standard", "full"];

/// Records every server over IPv4, with postern's verdicts on it.
pub(super) fn record() -> Result<()> {
    let mut scans = Vec::new();
    for depth in DEPTHS {
        let errand = Errand::prepare(
            &NEAR,
            &format!("record-{depth}"),
            &errand::suspects(servers::as_shipped()),
            depth,
        )?;
        let said = errand.scan("direct")?;
        scans.push((depth, Finding::parse_all(&said.out)?));
    }
    for server in servers::as_shipped() {
        let file = place::workspace()
            .join("host-sim/recorded")
            .join(server.name)
            .with_extension("script");
        place::write(&file, &script(server, &scans)?)?;
        println!("{}", file.display());
    }
    Ok(())
}

fn script(server: &Server, scans: &[(&str, Vec<Finding>)]) -> Result<String> {
    let today = run::output(&mut run::command(&["date", "--utc", "+%F"]))?;
    let (bundle, package, gate) = match server.make {
        Make::Postfix(gate, _) => (&super::postfix::BUNDLE, "postfix", gate),
        Make::Exim(gate, _) => (&super::exim::BUNDLE, "exim4-daemon-light", gate),
        Make::OpenSmtpd(gate) => (&super::opensmtpd::BUNDLE, "opensmtpd", gate),
    };
    let version = version(bundle, package)?;
    let (about, is_open) = match gate {
        Gate::Closed => ("closed", "closed"),
        Gate::Open => ("relays for anybody", "open"),
    };
    let mut text = format!(
        "# Recorded by `cargo xtask lab record` on {today}# Debian package {package}, version {version}, over IPv4.\n\
         name {}\nabout {about}, as recorded from {package} {version}\n\n",
        server.name,
    );
    let ourselves = std::env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    let mut asking = network::within(NEAR.namespace);
    asking.arg(ourselves).arg("lab-ask").args([
        server.ipv4().to_string(),
        server.host_name(),
        server.domain(),
        is_open.to_owned(),
    ]);
    let said = run::output(&mut asking)?;
    let (truth, body) = said
        .split_once("\n\n")
        .ok_or_else(|| Failure::new("lab-ask printed no script"))?;
    writeln!(text, "{truth}").expect("strings take everything");
    for (depth, findings) in scans {
        let finding = findings
            .iter()
            .rfind(|finding| finding.address == IpAddr::V4(server.ipv4()))
            .ok_or_else(|| Failure::new(format!("{}: no finding at {depth} depth", server.name)))?;
        writeln!(
            text,
            "expect {depth}: {} {}",
            finding.verdict, finding.reason
        )
        .expect("strings take everything");
    }
    if gate == Gate::Open {
        writeln!(text, "delivered any: confirmed").expect("strings take everything");
    }
    Ok(format!("{text}\n{body}"))
}

/// The version of a package, as its own changelog says.
fn version(bundle: &Bundle, package: &str) -> Result<String> {
    let changelog = debian::root(bundle)?
        .join("usr/share/doc")
        .join(package)
        .join("changelog.Debian.gz");
    let text = run::output(run::command(&["zcat"]).arg(&changelog))?;
    text.split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(version, _)| version.to_owned())
        .ok_or_else(|| Failure::new(format!("{}: no version", changelog.display())))
}

/// The hidden command `xtask lab-ask ADDRESS HOST DOMAIN closed|open`, run inside a namespace: prints the
/// server's truth and its dialogue.
pub(crate) fn answer(mut arguments: lexopt::Parser) -> Result<ExitCode> {
    let words: Vec<String> = arguments
        .raw_args()
        .map_err(|error| Failure::new(error.to_string()))?
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let [address, host, domain, gate] = words.as_slice() else {
        return Err(Failure::new("lab-ask wants address, host, domain and gate"));
    };
    let names = forms::Names {
        host,
        domain,
        address,
    };
    let dialogue = dialogue::Dialogue::with(&names)
        .map_err(|error| Failure::new(format!("{address}: {error}")))?;
    print!("{}\n{}", dialogue.truth(gate == "open"), dialogue.script());
    Ok(ExitCode::SUCCESS)
}
