//! Debian's Squid, with the configuration that its package has and the lines that differ.

use super::Proxy;
use crate::{
    debian::{self, Bundle},
    failure::{Failure, Result},
    lab::{
        inside,
        root::{Root, User},
    },
    place,
};

pub(super) const BUNDLE: Bundle = Bundle {
    name: "squid",
    main: "squid",
    with: &["squid-common", "squid-langpack"],
    perl: false,
};

/// Who may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Its own machine.
    AsShipped,
    /// Everybody, to the ports that are allowed as it is shipped.
    OpenWithPorts,
    /// Everybody, to everywhere.
    Open,
    /// Whoever has a login.
    Login,
}

const PROXY: User = User {
    name: "proxy",
    number: 64_141,
    home: "/tmp",
};

pub(super) fn start(proxy: &Proxy, gate: Gate) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(proxy.name, &bundle, &proxy.host_name(), &[PROXY])?;
    // Where it shares memory with itself.
    root.folder("/dev/shm", 0, 0, 0o1777)?;
    let shipped = place::read(&root.path().join("etc/squid/squid.conf"))?;
    root.write(
        "/etc/squid/lab.conf",
        &configuration(&shipped, proxy, gate)?,
    )?;
    root.write("/etc/squid/logins", "")?;
    let program = ["/usr/sbin/squid", "-N", "-f", "/etc/squid/lab.conf"];
    inside::start(proxy.name, &root, &proxy.host_name(), &program)
}

fn configuration(shipped: &str, proxy: &Proxy, gate: Gate) -> Result<String> {
    const LAST: &str = "http_access deny all";
    let (may, limits) = match gate {
        Gate::AsShipped => (LAST, true),
        Gate::OpenWithPorts => ("http_access allow all", true),
        Gate::Open => ("http_access allow all", false),
        Gate::Login => (
            "auth_param basic program /usr/lib/squid/basic_ncsa_auth /etc/squid/logins\n\
             acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all",
            false,
        ),
    };
    let mut text = String::new();
    let mut found_last = false;
    for line in shipped
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        match line {
            // Every proxy of the lab has an address of its own.
            "http_port 3128" | "include /etc/squid/conf.d/*.conf" => {}
            "http_access deny !Safe_ports" | "http_access deny CONNECT !SSL_ports" if !limits => {}
            LAST => {
                found_last = true;
                text.push_str(may);
                text.push('\n');
            }
            line => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    if !found_last {
        return Err(Failure::new(format!(
            "the shipped squid.conf has no line `{LAST}`"
        )));
    }
    let (ipv4, ipv6) = (proxy.ipv4(), proxy.ipv6());
    text.push_str(&format!(
        "http_port {ipv4}:{port}\nhttp_port [{ipv6}]:{port}\n\
         tcp_outgoing_address {ipv4}\n\
         visible_hostname {name}\npid_filename none\ncache deny all\naccess_log none\n\
         cache_log stdio:/tmp/cache.log\ncache_store_log none\nnetdb_filename none\n\
         coredump_dir /tmp\npinger_enable off\ncache_effective_user proxy\nshutdown_lifetime 0 seconds\n",
        port = proxy.port,
        name = proxy.host_name(),
    ));
    Ok(text)
}
