//! What each server reads, and how it is started.

use super::{
    super::root::Root,
    lists,
    servers::Server::{
        self, Bind, Datagrams, Dnsmasq, Nobody, Nsd, Rbldnsd, Recursor, Refuses, Rewrites, Silent,
        Unbound,
    },
    zones,
};
use crate::failure::Result;

/// What the resolver that rewrites says instead of "no such name".
const INSTEAD: &str = "$TTL 300\n@ SOA ns. hostmaster. 1 3600 600 86400 60\n@ NS ns.\n\
                       * A 203.0.113.80\n* TXT \"buy this name\"\n";

/// Reverse zones that Unbound would answer for by itself, with nothing.
const NOT_BUILT_IN: &[&str] = &[
    "local-zone: 2.0.192.in-addr.arpa nodefault",
    "local-zone: 8.b.d.0.1.0.0.2.ip6.arpa nodefault",
];

/// Writes it into the server's root, and returns the program with its arguments. All stay in the
/// foreground.
pub(super) fn write(server: Server, root: &Root) -> Result<Vec<String>> {
    match server {
        Bind | Rewrites => {
            root.folder("/var/cache/bind", 0, 0, 0o755)?;
            for (zone, text) in zones::texts() {
                root.write(&format!("/etc/bind/{zone}"), &text)?;
            }
            root.write("/etc/bind/instead", INSTEAD)?;
            root.write("/etc/bind/named.conf", &named(server))?;
            Ok(words("/usr/sbin/named -g -c /etc/bind/named.conf"))
        }
        Nsd => {
            for (zone, text) in zones::texts() {
                root.write(&format!("/etc/nsd/{zone}"), &text)?;
            }
            root.write("/etc/nsd/nsd.conf", &nsd(server))?;
            Ok(words("/usr/sbin/nsd -d -c /etc/nsd/nsd.conf"))
        }
        Unbound | Refuses | Datagrams => {
            root.write("/etc/unbound/unbound.conf", &unbound(server))?;
            Ok(words("/usr/sbin/unbound -d -c /etc/unbound/unbound.conf"))
        }
        Rbldnsd => {
            let mut program = words("/usr/sbin/rbldnsd -n -u nobody -t 300");
            let addresses = server.addresses().into_iter();
            program.extend(addresses.map(|address| format!("-b{address}/53")));
            for (form, zone, text) in lists::of_rbldnsd() {
                root.write(&format!("/lists/{zone}"), &text)?;
                program.push(format!("{zone}:{form}:/lists/{zone}"));
            }
            Ok(program)
        }
        Recursor => {
            root.write("/etc/powerdns/recursor.conf", &recursor(server))?;
            Ok(words("/usr/sbin/pdns_recursor --config-dir=/etc/powerdns"))
        }
        Dnsmasq => {
            root.write("/etc/dnsmasq.conf", &dnsmasq(server))?;
            Ok(words(
                "/usr/sbin/dnsmasq --keep-in-foreground --log-facility=-",
            ))
        }
        Silent | Nobody => unreachable!("no program"),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn named(server: Server) -> String {
    let [ipv4, ipv6] = server.both_addresses();
    let recursion = if server.is_resolver() { "yes" } else { "no" };
    let mut text = format!(
        "options {{
            directory \"/var/cache/bind\"; pid-file none; session-keyfile none;
            listen-on {{ {ipv4}; }}; listen-on-v6 {{ {ipv6}; }};
            recursion {recursion}; dnssec-validation no; empty-zones-enable no; notify no;
            // Names with signs in them, and more records than it takes of itself.
            check-names primary ignore; max-records-per-type 0;
        }};
        controls {{ }};\n"
    );
    if server.is_resolver() {
        text.push_str("zone \".\" { type redirect; file \"/etc/bind/instead\"; };\n");
    }
    for zone in zones::served() {
        let is = if server.is_resolver() {
            let forwarder = Bind.ipv4();
            format!("type forward; forward only; forwarders {{ {forwarder}; }};")
        } else {
            let query = match zone {
                lists::REFUSING => "none",
                _ => "any",
            };
            format!("type primary; file \"/etc/bind/{zone}\"; allow-query {{ {query}; }};")
        };
        text.push_str(&format!("zone \"{zone}\" {{ {is} }};\n"));
    }
    text
}

fn nsd(server: Server) -> String {
    let [ipv4, ipv6] = server.both_addresses();
    let mut text = format!(
        "server:
            ip-address: {ipv4}
            ip-address: {ipv6}
            username: \"\"
            chroot: \"\"
            pidfile: \"\"
            database: \"\"
            zonelistfile: \"/tmp/zones\"
            xfrdfile: \"/tmp/xfrd\"
            xfrdir: \"/tmp\"
        remote-control:
            control-enable: no\n"
    );
    // What it does not have it refuses.
    let zones = zones::served().filter(|zone| *zone != lists::REFUSING);
    for zone in zones.chain([zones::ELSEWHERE]) {
        text.push_str(&format!(
            "zone:\n name: {zone}\n zonefile: /etc/nsd/{zone}\n"
        ));
    }
    text
}

fn unbound(server: Server) -> String {
    let [ipv4, ipv6] = server.both_addresses();
    let access = if server == Refuses { "refuse" } else { "allow" };
    let tcp = if server == Datagrams { "no" } else { "yes" };
    let mut text = format!(
        "server:
            interface: {ipv4}
            interface: {ipv6}
            access-control: 127.0.0.0/8 {access}
            access-control: fd00:53::/64 {access}
            do-tcp: {tcp}
            chroot: \"\"
            username: \"\"
            pidfile: \"\"
            directory: \"/\"
            use-syslog: no
            logfile: \"\"
            module-config: iterator
            do-not-query-localhost: no\n"
    );
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    match server {
        Unbound => {
            NOT_BUILT_IN.iter().for_each(|it| line(it));
            line(&format!("local-zone: {} redirect", zones::REDIRECTED));
            let redirected = format!("{} A 198.51.100.99", zones::REDIRECTED);
            line(&format!("local-data: \"{redirected}\""));
            line(&format!("local-zone: {} always_refuse", zones::FORBIDDEN));
            for (zone, asked) in to_be_asked() {
                line("stub-zone:");
                line(&format!("name: {zone}"));
                line(&format!("stub-addr: {}", asked.ipv4()));
            }
        }
        _ => {
            line(&format!("local-zone: {} static", lists::TRUNCATING));
            for record in lists::truncating_records().lines() {
                let (owner, data) = record.split_once(' ').expect("a name and data");
                let owner = format!("{owner}.{}", lists::TRUNCATING);
                line(&format!("local-data: '{owner} {data}'"));
            }
        }
    }
    text
}

fn recursor(server: Server) -> String {
    let [ipv4, ipv6] = server.both_addresses();
    let zones: Vec<String> = to_be_asked()
        .map(|(zone, asked)| format!("{zone}={}", asked.ipv4()))
        .collect();
    format!(
        "local-address={ipv4},{ipv6}
allow-from=127.0.0.0/8,fd00:53::/64
dont-query=
dnssec=off
security-poll-suffix=
serve-rfc1918=no
socket-dir=/tmp
setuid=
setgid=
threads=1
forward-zones={}\n",
        zones.join(",")
    )
}

fn dnsmasq(server: Server) -> String {
    let [ipv4, ipv6] = server.both_addresses();
    format!(
        "listen-address={ipv4}\nlisten-address={ipv6}\nbind-interfaces\nno-resolv\nno-hosts\n\
         user=root\npid-file=/tmp/pid\nserver={}\n",
        Unbound.ipv4()
    )
}

/// Whom a resolver asks about which zone.
fn to_be_asked() -> impl Iterator<Item = (&'static str, Server)> {
    let others = [
        (zones::ELSEWHERE, Nsd),
        (zones::ABANDONED, Refuses),
        (lists::HEALTHY_6, Rbldnsd),
    ];
    zones::served().map(|zone| (zone, Bind)).chain(others)
}
