//! DNS servers from Debian's packages, each in a root of its own, on the loopback interface of the
//! namespace that this process is in.
//!
//! [`Servers::start`] returns when all of them answer. They end with the guard that it returns.

use std::{
    fs::File,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{
    super::root::{Root, SEARCH_PATH},
    configuration,
};
use crate::{
    debian::{self, Bundle},
    failure::{Failure, Result},
    place, run,
};

/// How long a server may take until it answers.
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);
/// A question for the root's beginning, which any server answers somehow.
const ANYTHING: [u8; 17] = *b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\0\0\x06\0\x01";

const BIND: Bundle = Bundle {
    name: "bind9",
    main: "bind9",
    with: &["bind9-libs"],
    perl: false,
};
const NSD: Bundle = bundle("nsd");
const UNBOUND: Bundle = bundle("unbound");
const RBLDNSD: Bundle = bundle("rbldnsd");
const RECURSOR: Bundle = Bundle {
    // One of its libraries wants Perl's.
    perl: true,
    ..bundle("pdns-recursor")
};
const DNSMASQ: Bundle = Bundle {
    name: "dnsmasq",
    main: "dnsmasq-base",
    with: &[],
    perl: false,
};

/// The packages.
pub(super) const BUNDLES: [Bundle; 6] = [BIND, NSD, UNBOUND, RBLDNSD, RECURSOR, DNSMASQ];

/// Who answers, at port 53 of its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    /// BIND, with the zones of `zones.rs` and `lists.rs`, and no answer for anything else.
    Bind,
    /// NSD, with the same.
    Nsd,
    /// Unbound, a resolver that asks the two, and rbldnsd about one list.
    Unbound,
    /// rbldnsd, with the lists in its own forms.
    Rbldnsd,
    /// BIND, a resolver that asks the first, and puts an address in place of a name's absence.
    Rewrites,
    /// Unbound, which answers nobody.
    Refuses,
    /// Unbound without TCP, with a list's answer that needs it.
    Datagrams,
    /// PowerDNS Recursor, a resolver that asks the same.
    Recursor,
    /// dnsmasq, which passes everything on to Unbound, as many a router does.
    Dnsmasq,
    /// A socket of ours that takes everything and says nothing.
    Silent,
    /// An address where nobody listens.
    Nobody,
}

impl Server {
    /// All of them.
    pub(super) const ALL: [Self; 11] = [
        Self::Bind,
        Self::Nsd,
        Self::Unbound,
        Self::Rbldnsd,
        Self::Rewrites,
        Self::Refuses,
        Self::Datagrams,
        Self::Recursor,
        Self::Dnsmasq,
        Self::Silent,
        Self::Nobody,
    ];

    fn programs() -> impl Iterator<Item = Self> {
        let is_program = |server: &Self| !matches!(server, Self::Silent | Self::Nobody);
        Self::ALL.into_iter().filter(is_program)
    }

    /// In tables and for folders.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Nsd => "nsd",
            Self::Unbound => "unbound",
            Self::Rbldnsd => "rbldnsd",
            Self::Rewrites => "rewrites",
            Self::Refuses => "refuses",
            Self::Datagrams => "datagrams",
            Self::Recursor => "recursor",
            Self::Dnsmasq => "dnsmasq",
            Self::Silent => "silent",
            Self::Nobody => "nobody",
        }
    }

    /// Its address over IPv4.
    pub(super) const fn ipv4(self) -> Ipv4Addr {
        Ipv4Addr::new(127, 0, 53, self as u8 + 1)
    }

    /// Its address over IPv4 and, if it is a program, over IPv6.
    pub(super) fn addresses(self) -> Vec<IpAddr> {
        let [ipv4, ipv6] = self.both_addresses();
        match self {
            Self::Silent | Self::Nobody => vec![ipv4],
            _ => vec![ipv4, ipv6],
        }
    }

    /// The addresses of a program.
    pub(super) const fn both_addresses(self) -> [IpAddr; 2] {
        let ipv6 = Ipv6Addr::new(0xfd00, 0x53, 0, 0, 0, 0, 0, self as u16 + 1);
        [IpAddr::V4(self.ipv4()), IpAddr::V6(ipv6)]
    }

    /// Whether it asks others, so that what it says grows old.
    pub(super) const fn is_resolver(self) -> bool {
        matches!(
            self,
            Self::Unbound | Self::Rewrites | Self::Recursor | Self::Dnsmasq
        )
    }

    fn bundle(self) -> &'static Bundle {
        match self {
            Self::Bind | Self::Rewrites => &BIND,
            Self::Nsd => &NSD,
            Self::Unbound | Self::Refuses | Self::Datagrams => &UNBOUND,
            Self::Rbldnsd => &RBLDNSD,
            Self::Recursor => &RECURSOR,
            Self::Dnsmasq => &DNSMASQ,
            Self::Silent | Self::Nobody => unreachable!("no program"),
        }
    }
}

const fn bundle(package: &'static str) -> Bundle {
    Bundle {
        name: package,
        main: package,
        with: &[],
        perl: false,
    }
}

/// All of them, for as long as this lives.
pub(super) struct Servers {
    children: Vec<Child>,
    _silent: UdpSocket,
}

impl Servers {
    /// Gives the loopback interface its addresses, starts every server and waits for its first answer.
    pub(super) fn start() -> Result<Self> {
        run::output(&mut run::command(&["ip", "link", "set", "lo", "up"]))?;
        for address in Server::ALL.into_iter().flat_map(Server::addresses) {
            let prefix = if address.is_ipv4() { 32 } else { 128 };
            let address = format!("{address}/{prefix}");
            let words = ["ip", "address", "add", &address, "dev", "lo"];
            let nodad: &[&str] = if prefix == 32 { &[] } else { &["nodad"] };
            run::output(run::command(&words).args(nodad))?;
        }
        let silent = UdpSocket::bind((Server::Silent.ipv4(), 53))
            .map_err(|error| Failure::new(format!("{}: {error}", Server::Silent.ipv4())))?;
        let mut servers = Self {
            children: Vec::new(),
            _silent: silent,
        };
        for server in Server::programs() {
            let child = start(server)?;
            servers.children.push(child);
        }
        for server in Server::programs() {
            for address in server.addresses() {
                wait(server, address)?;
            }
        }
        Ok(servers)
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.children {
            // It may have ended by itself; what it has forked ends with this process's namespace.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn start(server: Server) -> Result<Child> {
    let name = format!("dns-{}", server.name());
    let root = Root::make(
        &name,
        &debian::root(server.bundle())?,
        "ns.names.example",
        &[],
    )?;
    let program = configuration::write(server, &root)?;
    let log = log_file(server);
    place::write(&log, "")?;
    let at_log = |error| Failure::at(&log, &error);
    let out = File::create(&log).map_err(at_log)?;
    let err = out.try_clone().map_err(at_log)?;
    let mut chroot = Command::new("chroot");
    chroot
        .arg(root.path())
        .args(&program)
        .env_clear()
        .env("PATH", SEARCH_PATH)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    chroot
        .spawn()
        .map_err(|error| Failure::new(format!("{}: {error}", run::describe(&chroot))))
}

fn wait(server: Server, address: IpAddr) -> Result<()> {
    let failed = |error| Failure::new(format!("asking {}: {error}", server.name()));
    let deadline = Instant::now() + ANSWERS_WITHIN;
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    while Instant::now() < deadline {
        let socket = UdpSocket::bind((any, 0)).map_err(failed)?;
        socket.connect((address, 53)).map_err(failed)?;
        let pause = Duration::from_millis(100);
        socket.set_read_timeout(Some(pause)).map_err(failed)?;
        // While nobody listens, sending or reading fails.
        if socket.send(&ANYTHING).is_ok() && socket.recv(&mut [0; 512]).is_ok() {
            return Ok(());
        }
        thread::sleep(pause);
    }
    let log = log_file(server);
    let said = place::read(&log)?;
    let lines: Vec<&str> = said.lines().collect();
    let last = lines[lines.len().saturating_sub(8)..].join("\n");
    Err(Failure::new(format!(
        "{} does not answer at {address}; it said last:\n{last}",
        server.name()
    ))
    .next(format!("look into {}", log.display())))
}

fn log_file(server: Server) -> std::path::PathBuf {
    place::target()
        .join("lab/dns")
        .join(format!("{}.log", server.name()))
}
