//! What other testers say of the same proxies: proxycheck, and nmap's two scripts. `postern sink` is what they
//! have proxies connect to.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{PROXIES, Proxy, scan};
use crate::{
    debian::{self, Bundle},
    failure::{Failure, Result},
    lab::{
        capture::{Capture, Mark, Talk},
        errand::Errand,
        greeting, inside, link,
        plan::Scanner,
        root::Root,
        tools,
    },
    run,
};

const PROXYCHECK: Bundle = Bundle {
    name: "proxycheck",
    main: "proxycheck",
    with: &[],
    perl: false,
};

/// How long `postern sink` may take until it listens.
const SINK_READY_WITHIN: Duration = Duration::from_secs(10);

/// What both say.
pub(super) struct Seen {
    pub(super) proxycheck: Verdicts,
    pub(super) nmap: Verdicts,
}

/// What one tester says, and what it took.
pub(super) struct Verdicts {
    said: BTreeMap<SocketAddr, BTreeSet<String>>,
    capture: Capture,
    pub(super) wall: Duration,
}

impl Verdicts {
    /// What it says of one proxy, in a few words, and how they talked.
    pub(super) fn about(&self, proxy: &Proxy) -> (String, Talk) {
        let endpoint = proxy.endpoint();
        let words = self.said.get(&endpoint).map_or_else(
            || "–".to_owned(),
            |words| format!("open {}", Vec::from_iter(words.iter().cloned()).join(" ")),
        );
        (words, self.capture.talk_with(endpoint))
    }
}

/// Asks both, one after the other, with a sink of the errand's store.
pub(super) fn ask(errand: &Errand<'_>, scanner: &Scanner) -> Result<Seen> {
    let _sink = Sink::start(errand, scanner)?;
    let proxycheck = measured(scanner, || proxycheck(scanner))?;
    let nmap = measured(scanner, || nmap(scanner))?;
    Ok(Seen { proxycheck, nmap })
}

/// `postern sink`, which ends with this.
struct Sink(Child);

impl Sink {
    fn start(errand: &Errand<'_>, scanner: &Scanner) -> Result<Self> {
        let ends = scan::sink(scanner);
        let mut command = errand.postern("sink");
        for end in ends {
            command.args(["--listen", &end.to_string()]);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&command))))?;
        let mut sink = Self(child);
        let deadline = Instant::now() + SINK_READY_WITHIN;
        while !ends
            .iter()
            .all(|end| greeting::connects(scanner.namespace, *end))
        {
            let has_ended = matches!(sink.0.try_wait(), Ok(Some(_)));
            if has_ended || Instant::now() > deadline {
                return Err(Failure::new(format!(
                    "{} does not listen",
                    run::describe(&command)
                )));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(sink)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It is ours, and it has nothing to put in order.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn measured(
    scanner: &Scanner,
    work: impl FnOnce() -> Result<BTreeMap<SocketAddr, BTreeSet<String>>>,
) -> Result<Verdicts> {
    let file = link::capture_file(scanner);
    let mark = Mark::now(&file)?;
    let started = Instant::now();
    let said = work()?;
    Ok(Verdicts {
        said,
        wall: started.elapsed(),
        capture: mark.read(&file)?,
    })
}

/// All its protocols on each proxy's port; what it takes for proof is our sink's name in what comes.
fn proxycheck(scanner: &Scanner) -> Result<BTreeMap<SocketAddr, BTreeSet<String>>> {
    let bundle = debian::root(&PROXYCHECK)?;
    let root = Root::make("proxycheck", &bundle, scanner.host_name, &[])?;
    let program = ["/usr/bin/proxycheck"];
    let mut command = inside::command(scanner.namespace, &root, scanner.host_name, &program)?;
    let [sink, _] = scan::sink(scanner);
    command.args(["-t", "10", "-d", &sink.to_string()]);
    command.args(["-c", &format!("chat::{}", scanner.sink_domain)]);
    for proxy in &PROXIES {
        command.arg(format!("{}:{}", proxy.ipv4(), proxy.port));
    }
    // It ends with 100 where it has found an open one.
    let said = run::capture(&mut command)?;
    Ok(read_proxycheck(&said.out))
}

/// `192.0.2.30 hc:3128 open`.
fn read_proxycheck(said: &str) -> BTreeMap<SocketAddr, BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for line in said.lines() {
        let mut words = line.split_whitespace();
        let (Some(address), Some(how), Some("open")) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let (Ok(address), Some((protocol, port))) =
            (address.parse::<IpAddr>(), how.split_once(':'))
        else {
            continue;
        };
        if let Ok(port) = port.parse() {
            let endpoint = SocketAddr::new(address, port);
            found
                .entry(endpoint)
                .or_default()
                .insert(protocol.to_owned());
        }
    }
    found
}

/// Its scripts for proxies of HTTP and of SOCKS, on each proxy's port, with our sink's page instead of those that
/// they know.
fn nmap(scanner: &Scanner) -> Result<BTreeMap<SocketAddr, BTreeSet<String>>> {
    let [_, page] = scan::sink(scanner);
    let ports: BTreeSet<_> = PROXIES.iter().map(|proxy| proxy.port.to_string()).collect();
    let mut command = tools::nmap(scanner)?;
    command.args(["-n", "-Pn", "-p", &Vec::from_iter(ports).join(",")]);
    command.args(["--script", "+http-open-proxy,+socks-open-proxy"]);
    command.args([
        "--script-args",
        &format!("proxy.url=http://{page}/,proxy.pattern=n%w%w%w%w%w%w"),
    ]);
    command.args(PROXIES.iter().map(|proxy| proxy.ipv4().to_string()));
    run::output(&mut command).map(|said| read_nmap(&said))
}

/// Under the report of an address, and there under a port: a script's name, and what it says.
fn read_nmap(said: &str) -> BTreeMap<SocketAddr, BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let (mut address, mut endpoint) = (None::<IpAddr>, None);
    for line in said.lines() {
        if let Some(report) = line.strip_prefix("Nmap scan report for ") {
            address = report.trim().parse().ok();
            endpoint = None;
        } else if let Some((port, _)) = line.split_once("/tcp") {
            endpoint = address.zip(port.parse().ok()).map(SocketAddr::from);
        } else if let Some(endpoint) = endpoint {
            for script in ["http-open-proxy", "socks-open-proxy"] {
                if line.contains(script) {
                    found
                        .entry(endpoint)
                        .or_default()
                        .insert(script.replace("-open-proxy", ""));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proxycheck_says() {
        let said = "192.0.2.30 hc:3128 open\n192.0.2.30 s5:3128 open\n192.0.2.31 hc:3128 closed\nnonsense\n";
        let found = read_proxycheck(said);
        let squid: SocketAddr = "192.0.2.30:3128".parse().unwrap();
        assert_eq!(Vec::from_iter(found[&squid].iter()), ["hc", "s5"]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn what_nmap_says_stands_under_its_port() {
        let said = "Nmap scan report for 192.0.2.30\nHost is up.\n\nPORT     STATE SERVICE\n\
            80/tcp   closed http\n3128/tcp open squid-http\n\
            |_http-open-proxy: Potentially OPEN proxy.\n1080/tcp open socks\n\
            | socks-open-proxy: \n|   status: open\n\
            Nmap scan report for 192.0.2.31\n3128/tcp open squid-http\n";
        let found = read_nmap(said);
        let words = |text: &str| Vec::from_iter(found[&text.parse().unwrap()].iter().cloned());
        assert_eq!(words("192.0.2.30:3128"), ["http"]);
        assert_eq!(words("192.0.2.30:1080"), ["socks"]);
        assert_eq!(found.len(), 2);
    }
}
