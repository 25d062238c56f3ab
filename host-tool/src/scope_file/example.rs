//! The example that `postern scope new` writes.

use std::{fs::OpenOptions, io::Write, path::Path};

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::problem::{Place, Problem};

/// The example, dated from `now`. It says nothing about authority and contact on purpose: it
/// cannot be used before someone has.
pub fn text(now: Timestamp) -> String {
    let today = now.to_zoned(TimeZone::UTC).date();
    let end = today.saturating_add(30.days());
    EXAMPLE
        .replace("ISSUED", &today.to_string())
        .replace("EXPIRES", &end.to_string())
}

/// Writes the example into a new file.
pub fn write(file: &Path, now: Timestamp) -> Result<(), Problem> {
    let problem = |error: std::io::Error| {
        let place = Place::file(file);
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            Problem::new(place, "the file is there already", "the name of a new file")
                .next("choose another name, or remove the file first")
        } else {
            Problem::new(place, format!("cannot be written: {error}"), "a new file")
        }
    };
    let mut new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(problem)?;
    new.write_all(text(now).as_bytes()).map_err(problem)
}

const EXAMPLE: &str = r#"# What may be probed, by whose right, how hard and until when.
# Nothing outside it is: the appliance checks every target and every frame against it.
# Fill in what is empty, then run `postern scope check` on this file.

# A mailbox that is read, and a page that says who probes and how to stop it.
contact = ""                      # "noc@cert.example"
abuse_page = ""                   # "https://cert.example/probes"

# Dates count from midnight UTC; "2026-11-20T12:00:00Z" is allowed too.
issued = ISSUED
expires = EXPIRES

# What may be probed, and what may not whatever `networks` says.
networks = [
    # "192.0.2.0/24",
    # "2001:db8:25::/48",
]
exclusions = [
    # "192.0.2.53",
]
ports = [25]
probes = ["relay"]                # and "proxy", "dnsbl": see [proxy] and [[dnsbl]] below

# quick: the controls and the plainest form, under three senders.
# standard: five forms that find most open relays, and nine refusals at most.
# full: every form.
depth = "standard"

# Whether `--deliver` may send test messages to our own sink through servers that accept them. What
# comes back is the only proof. `delivery_also` allows more: messages under the target's own names, as
# far as the list has them (a bounce goes to its users), and messages whose second recipient is ours (its
# postmaster gets them too).
delivery = "off"                  # or "on"
# delivery_also = ["forged-senders", "second-recipients"]

# The ports on which the appliance is the sink; left out where the sink is elsewhere.
# sink_ports = [25, 8025]

[authority]
kind = "consent"                  # "consent" of the owner, or "mandate" by law or order
reference = ""                    # the document: "contract 2026/17, annex B"

# Who we say that we are. All three names must be ours and resolve.
[identity]
helo = ""                         # "probe.cert.example"
sender_domain = ""                # "probe.cert.example"
sink_domain = ""                  # "sink.cert.example", at most 22 octets
# sink_address = "192.0.2.25"     # where the sink receives, for forms with address literals
# resolver = "192.0.2.53"         # the one resolver that is asked; `postern scope check` asks it about our names
# addresses = ["192.0.2.10"]      # the addresses that others see probes come from; else this computer's own

# Proxies, with "proxy" in `probes`: which ports are asked in which protocols, and where our sink is that they are
# asked to connect to. Without `ports` it is the usual set; docs/findings.md says what comes of it.
# [proxy]
#   sink_address = "192.0.2.25"       # the sink's IPv4 address, unless [identity] has it; `sink_address_ipv6` likewise
#   sink_name = "sink.cert.example"   # a name that leads there, for protocols that take names
#   sink_ports = [25, 8025]           # the second answers HTTP as well: many proxies do not reach port 25
#   ports = { http-connect = [80, 3128, 8080], http-get = [80, 3128, 8080], socks4 = [1080], socks5 = [1080] }
#   internal_host = false             # true: may ask a proxy for port 25 of its own host, which is inside

# Block lists that may be asked about an address, with "dnsbl" in `probes`: none goes without saying. What is agreed
# with each is yours to know; docs/block-lists.md names those that are known, and how to spell out others.
# [[dnsbl]]
# zone = "dnsbl.dronebl.org"
# may_be_quoted = true            # whether letters may repeat what it says; needs `agreement`
# agreement = "contract 17"

# Every limit may be left out; these are the defaults of quick and standard.
[rates]
# target_refusals_max = 10        # refusals that one target is made to give in 24 hours; at most 60
# target_connections_max = 1      # connections open to one target at once; at most 2
# network_connections_max = 4     # connections open to one /24 or /56 at once; at most 16
# network_spacing_ms = 100        # between two connections to one /24 or /56
# connections_per_second_max = 100  # by the whole appliance; at most 1000
# parked_hours_max = 24           # how long a greylisted target is retried; at most 72
# dnsbl_spacing_ms = 100          # between two questions to block lists
"#;
