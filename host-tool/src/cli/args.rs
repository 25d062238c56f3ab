//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use probe_core::{frame::about::LINK_PORT_USUAL, scope::Depth};

use crate::{cases::groups::Grouping, lists::Claim};

/// Finds mail servers that relay for strangers, keeps what it found, and writes to whoever runs
/// them.
#[derive(Debug, Parser)]
#[command(name = "postern", version, arg_required_else_help = true)]
#[command(after_help = "\
Exit status:
  0  the work was done
  1  the work was done, and --fail-on matched, a scenario expected something else, a
     letter has faults, or a check of our own names is not passed
  2  wrong usage or input
  3  no appliance answered
  4  the store could not be used

To begin: `postern scope new scope.toml`, fill it in, `postern scope check scope.toml`.
With `--link sim` a scan probes a built-in world and reaches nobody.")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Probe suspects that the scope allows, and keep the findings
    Scan(Scan),
    /// List what was found
    Findings(Findings),
    /// Show one finding: the transcript, and why this verdict
    Show(Show),
    /// Write letters to whoever runs what was found open
    Letters(Letters),
    /// Write an example of a scope file, or check one
    Scope {
        /// Which of the two.
        #[command(subcommand)]
        command: Scope,
    },
    /// Take in what a database lists: the suspects, and what it says about them
    Import(Import),
    /// Never probe an address, a network or a domain again; or list and lift what is excluded
    Exclude(Exclude),
    /// List who objects to being tested, and decide about it
    Objections(Objections),
    /// Receive what comes back of test messages on this computer, until Ctrl-C; forwards nothing
    Sink(Sink),
    /// Carry what came to a sink with a store of its own to the store that knows the scans
    Arrivals {
        /// Which way.
        #[command(subcommand)]
        command: Arrivals,
    },
    /// Write the key that test messages are signed with to a file, for a sink elsewhere
    Key {
        /// What to do with it.
        #[command(subcommand)]
        command: Key,
    },
    /// Ask an appliance how it is, set it up, read its log, or fetch what it has found
    Appliance {
        /// Which of them.
        #[command(subcommand)]
        command: Appliance,
    },
    /// Write an example of a letter profile, or check one
    Profile {
        /// Which of the two.
        #[command(subcommand)]
        command: Profile,
    },
}

/// Arguments of `scan`.
#[derive(Debug, ClapArgs)]
pub struct Scan {
    /// Suspects, such as 192.0.2.1, 192.0.2.1:25 or [2001:db8::1]:25; without a port it is 25 for a
    /// relay, and every port that the scope has for proxies
    #[arg(value_name = "TARGET")]
    pub suspects: Vec<String>,
    /// A list of suspects: an address a line, or CSV with a header; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub targets: Vec<PathBuf>,
    /// Also the suspects of `postern import`: all, or those that one database lists
    #[arg(long, value_name = "DATABASE", num_args = 0..=1, require_equals = true)]
    pub imported: Option<Option<String>>,
    /// What may be probed; see `postern scope new` [default with sim:FILE: the scenario's]
    #[arg(long, value_name = "FILE")]
    pub scope: Option<PathBuf>,
    /// What probes: `sim`, the built-in simulator, `sim:FILE`, the world of a scenario, `direct`,
    /// this computer's own sockets, `serial:PATH`, an appliance, or `unix:PATH`, one in QEMU
    #[arg(long, value_name = "LINK")]
    pub link: Option<String>,
    /// Which probes to run: relay, proxy, dnsbl [default: those that the scope allows]
    #[arg(long, value_name = "PROBE,…", value_delimiter = ',')]
    pub probes: Vec<String>,
    /// Begin anew, and leave a scan of the same list and scope that did not come to its end as it is
    #[arg(long)]
    pub fresh: bool,
    /// Ask less of each target than the scope allows: quick, standard or full
    #[arg(long, value_name = "DEPTH", value_parser = depth)]
    pub depth: Option<Depth>,
    /// Send test messages through what accepts them, to our own sink: the proof. Only where the scope
    /// says `delivery = "on"`
    #[arg(long)]
    pub deliver: bool,
    /// Waive the checks of our own names and addresses, as `lab = true` in the scope does; every verdict
    /// says so
    #[arg(long)]
    pub lab: bool,
    /// Sign with the key of this file instead of the store's; see `postern key`
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
    /// Print each finding as a line of JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Also write a JUnit report
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Also write what went over the simulated wire (`--link sim`)
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
    /// Exit with 1 when a finding has this verdict; may be given more than once
    #[arg(long, value_name = "VERDICT", value_enum)]
    pub fail_on: Vec<FailOn>,
    /// The seed of the simulated world (`--link sim`) [default: the scenario's, or 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The date of the simulated world, such as 2026-11-20T09:00:00Z (`--link sim`)
    /// [default: the scenario's, or now]
    #[arg(long, value_name = "DATE")]
    pub clock: Option<jiff::Timestamp>,
}

/// Which verdicts make `scan` exit with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// suspected, accepted or confirmed
    Suspected,
    /// accepted or confirmed
    Accepted,
    /// confirmed
    Confirmed,
    /// inconclusive, and nothing else
    Inconclusive,
}

/// Where the findings are kept.
#[derive(Debug, ClapArgs)]
pub struct StoreArg {
    /// Where findings are kept [default: $XDG_DATA_HOME/postern/findings.db]
    #[arg(long, value_name = "FILE")]
    pub store: Option<PathBuf>,
}

/// Arguments of `findings`.
#[derive(Debug, ClapArgs)]
pub struct Findings {
    /// Print each finding as a line of JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// How the findings are printed; `intelmq` prints what is proved as events of IntelMQ
    #[arg(long, value_name = "FORMAT", value_enum, conflicts_with = "json")]
    pub format: Option<FindingsFormat>,
    /// With `--format intelmq`: also what is not proved, as events that say so
    #[arg(long, value_name = "VERDICT", value_enum)]
    pub also: Vec<Also>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// How `findings` are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// a table for people
    Table,
    /// as --json does
    Json,
    /// events of IntelMQ, one a line
    Intelmq,
}

/// Which verdicts short of proof may become events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Also {
    /// our test message was taken, and nothing came back
    Accepted,
    /// a recipient was taken, and no message sent
    Suspected,
}

/// Arguments of `show`.
#[derive(Debug, ClapArgs)]
pub struct Show {
    /// The finding's number, as in `postern findings`
    pub number: u64,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// Arguments of `letters`.
#[derive(Debug, ClapArgs)]
pub struct Letters {
    /// Who writes: a profile that comes with the program, or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "example-cert")]
    pub profile: String,
    /// Which languages: `auto`, each recipient's own, or tags such as pl,en
    #[arg(long, value_name = "auto|TAG,…", default_value = "auto")]
    pub lang: String,
    /// In which forms: text, eml, csv, html, xarf, or some of them with commas between
    #[arg(long, value_name = "FORM,…", default_value = "text")]
    pub format: String,
    /// What makes one letter: `network`, what a contact has in one network, or `contact`
    #[arg(long, value_name = "network|contact", value_parser = group, default_value = "network")]
    pub group: Grouping,
    /// The folder that the letters are written to
    #[arg(long, value_name = "DIR", default_value = "letters")]
    pub out: PathBuf,
    /// Print the letters instead of writing files
    #[arg(long)]
    pub preview: bool,
    /// The date of the letters, such as 2026-11-20T09:00:00Z [default: now]
    #[arg(long, value_name = "DATE")]
    pub date: Option<jiff::Timestamp>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// What `scope` can do.
#[derive(Debug, Subcommand)]
pub enum Scope {
    /// Write an example to a new file
    New {
        /// The new file.
        file: PathBuf,
    },
    /// Check a file and say what it allows; then ask the resolver that it names whether our own names
    /// and addresses are in order, and look whether our sink is there
    #[command(after_help = SCOPE_CHECK)]
    Check(ScopeCheck),
}

const SCOPE_CHECK: &str = "\
Where the scope names a `resolver`, this is asked of it and of the sink, and of nobody else:
  helo        does the name in EHLO lead to our address, and our address to it?
  sink-mx     does mail to the sink's domain go to the sink?
  sender-spf  does the sender's domain let our address send (RFC 7208)?
  sink-path   is our sink there, and can it be reached from here?
Where it names none, or with --offline, only the file is checked.

Exit status: 0 in order, 1 a check failed or could not be made, 2 the file is wrong.";

/// Arguments of `scope check`.
#[derive(Debug, ClapArgs)]
pub struct ScopeCheck {
    /// The file
    pub file: PathBuf,
    /// Check the file only, and ask nobody
    #[arg(long)]
    pub offline: bool,
    /// Print each check as a line of JSON instead of a table
    #[arg(long, conflicts_with = "offline")]
    pub json: bool,
    /// The key that our sink has; see `postern key` [default: the store's]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// Arguments of `import`.
#[derive(Debug, ClapArgs)]
pub struct Import {
    /// The file; `-` is standard input
    pub file: PathBuf,
    /// What it is
    #[arg(long = "as", value_name = "FORMAT", value_enum)]
    pub format: ImportFormat,
    /// The database that lists addresses of a list or CSV which name none
    #[arg(long, value_name = "NAME")]
    pub listed_by: Option<String>,
    /// The day on which they were seen listed, such as 2026-11-20
    #[arg(long, value_name = "DATE")]
    pub listed_on: Option<jiff::civil::Date>,
    /// What the database says of them, such as open-relay, open-proxy/socks5 or other
    #[arg(long, value_name = "CLAIM", value_parser = super::import::claim)]
    pub listed_as: Option<Claim>,
    #[arg(long, value_name = "TYPE", help = super::import::report_help())]
    #[allow(missing_docs)]
    pub report: Option<String>,
    /// Write a CSV list for `scan --targets` instead of keeping anything in the store
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print what was read as an object of JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// What `import` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// an address a line
    List,
    /// CSV with a header, as `scan --targets` reads it
    Csv,
    /// a report of the Shadowserver Foundation
    Shadowserver,
    /// events of IntelMQ, one a line or in an array
    Intelmq,
}

/// Arguments of `exclude`.
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("doing").required(true).args(["what", "list", "lift"]))]
pub struct Exclude {
    /// An address, a network such as 192.0.2.0/24, or a domain
    #[arg(value_name = "ADDRESS|NETWORK|DOMAIN", requires = "reason")]
    pub what: Option<String>,
    /// Why: whoever asked for it, and when
    #[arg(long, value_name = "TEXT", requires = "what")]
    pub reason: Option<String>,
    /// List everything that is excluded, and why
    #[arg(long)]
    pub list: bool,
    /// Take an exclusion back
    #[arg(long, value_name = "ADDRESS|NETWORK|DOMAIN")]
    pub lift: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// Arguments of `objections`.
#[derive(Debug, ClapArgs)]
pub struct Objections {
    /// The objection of this number stands: what it excludes stays excluded
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["lift", "json"])]
    pub keep: Option<u64>,
    /// The objection of this number does not: what it alone excludes may be probed again
    #[arg(long, value_name = "NUMBER", conflicts_with = "json")]
    pub lift: Option<u64>,
    /// Print each objection as a line of JSON instead of a table
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// Arguments of `sink`.
#[derive(Debug, ClapArgs)]
pub struct Sink {
    /// Where to listen, such as 192.0.2.1:25 or [::]:25. On a second one clients of HTTP may call, too
    #[arg(long, value_name = "ADDRESS:PORT", required = true)]
    pub listen: Vec<std::net::SocketAddr>,
    /// The key that scans are made with; see `postern key` [default: the store's]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The sink's domain, its name in greetings [default: that of the newest scan]
    #[arg(long, value_name = "NAME")]
    pub domain: Option<String>,
    /// The domain of our senders, where bounces come to [default: that of the newest scan, or else the sink's]
    #[arg(long, value_name = "NAME")]
    pub sender_domain: Option<String>,
    /// Print what comes as lines of JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// What `arrivals` can do.
#[derive(Debug, Subcommand)]
pub enum Arrivals {
    /// Write everything that came to the sinks of a store to a file
    Export(ArrivalsExport),
    /// Store what such a file has and the store has not, and judge it; doing it again changes nothing
    Import(ArrivalsImport),
}

/// Arguments of `arrivals export`.
#[derive(Debug, ClapArgs)]
pub struct ArrivalsExport {
    /// The file, which is written anew; `-` is standard output
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// Arguments of `arrivals import`.
#[derive(Debug, ClapArgs)]
pub struct ArrivalsImport {
    /// The file; `-` is standard input
    pub file: PathBuf,
    /// Print what is new as lines of JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// What `key` can do.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Write the store's key to a new file that only its owner can read
    Export(KeyExport),
}

/// Arguments of `key export`.
#[derive(Debug, ClapArgs)]
pub struct KeyExport {
    /// The new file
    pub file: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// What `appliance` can do.
#[derive(Debug, Subcommand)]
pub enum Appliance {
    /// Who it is and how it fares: firmware, boot, set-up, scope, outbox, flash, counters
    Info(ApplianceInfo),
    /// Set it up; over a serial link only, and from its next start on
    Provision(ApplianceProvision),
    /// Print the last lines of its log
    Log(ApplianceLog),
    /// Store what it has found and nobody has fetched, without a scan
    Collect(Collect),
}

/// Arguments of `appliance info`.
#[derive(Debug, ClapArgs)]
pub struct ApplianceInfo {
    /// The appliance: serial:PATH, unix:PATH or tcp:HOST:PORT
    #[arg(long, value_name = "LINK")]
    pub link: String,
    /// Print one object of JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `appliance provision`.
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("addressing").required(true).args(["dhcp", "address"]))]
pub struct ApplianceProvision {
    /// The appliance: serial:PATH or unix:PATH
    #[arg(long, value_name = "LINK")]
    pub link: String,
    /// Its IPv4 address comes by DHCP
    #[arg(long)]
    pub dhcp: bool,
    /// Its own IPv4 address and the length of its network's prefix, such as 192.0.2.10/24
    #[arg(long, value_name = "ADDRESS/BITS")]
    pub address: Option<String>,
    /// The router of that network
    #[arg(long, value_name = "ADDRESS", requires = "address")]
    pub gateway: Option<std::net::Ipv4Addr>,
    /// The only host that may call its link port over the network [default: nobody]
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<std::net::IpAddr>,
    /// The TCP port of its link port
    #[arg(long, value_name = "PORT", requires = "host", default_value_t = LINK_PORT_USUAL)]
    pub port: u16,
}

/// Arguments of `appliance log`.
#[derive(Debug, ClapArgs)]
pub struct ApplianceLog {
    /// The appliance: serial:PATH, unix:PATH or tcp:HOST:PORT
    #[arg(long, value_name = "LINK")]
    pub link: String,
    /// Go on with what comes, until Ctrl-C
    #[arg(long)]
    pub follow: bool,
    /// Print each line as an object of JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `appliance collect`.
#[derive(Debug, ClapArgs)]
pub struct Collect {
    /// The appliance: serial:PATH, unix:PATH or tcp:HOST:PORT
    #[arg(long, value_name = "LINK")]
    pub link: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub store: StoreArg,
}

/// What `profile` can do.
#[derive(Debug, Subcommand)]
pub enum Profile {
    /// Write an example to a new file
    New {
        /// The new file.
        file: PathBuf,
        /// Which example: example-cert or example-isp
        #[arg(long, value_name = "NAME", default_value = "example-cert")]
        from: String,
    },
    /// Check a file
    Check {
        /// The file.
        file: PathBuf,
    },
}

fn group(word: &str) -> Result<Grouping, String> {
    match word {
        "network" => Ok(Grouping::Network),
        "contact" => Ok(Grouping::Contact),
        _ => Err("expected network or contact".to_owned()),
    }
}

fn depth(word: &str) -> Result<Depth, String> {
    [Depth::Quick, Depth::Standard, Depth::Full]
        .into_iter()
        .find(|depth| depth.as_str() == word)
        .ok_or_else(|| "expected quick, standard or full".to_owned())
}
