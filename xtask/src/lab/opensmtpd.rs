//! Debian's OpenSMTPD: the configuration it ships, listening to the network for one domain.

use super::{
    inside,
    root::{Root, User},
    servers::{Gate, Server},
};
use crate::{
    debian::{self, Bundle},
    failure::Result,
};

pub(super) const BUNDLE: Bundle = Bundle {
    name: "opensmtpd",
    main: "opensmtpd",
    with: &[],
    perl: false,
};

const DAEMON: User = User {
    name: "opensmtpd",
    number: 64_121,
    home: "/var/lib/opensmtpd/empty",
};
const QUEUE: User = User {
    name: "opensmtpq",
    number: 64_122,
    home: "/var/lib/opensmtpd/empty",
};

/// Makes the root and starts the server.
pub(super) fn start(server: &Server, gate: Gate) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(server.name, &bundle, &server.host_name(), &[DAEMON, QUEUE])?;
    root.folder("/var/lib/opensmtpd/empty", 0, 0, 0o755)?;
    root.folder("/var/spool", 0, 0, 0o755)?;
    root.folder("/var/run", 0, 0, 0o755)?;
    root.folder("/var/mail", 0, 8, 0o2775)?;
    root.write("/etc/mailname", &format!("{}\n", server.host_name()))?;
    root.write("/etc/smtpd.conf", &smtpd_conf(server, gate))?;
    root.own("/etc/smtpd.conf", 0, 0, 0o644)?;
    let program = ["/usr/sbin/smtpd", "-d"];
    inside::start(server.name, &root, &server.host_name(), &program)
}

/// The shipped file, with the changes that its own comments name for a server on the Internet. It sends from
/// the addresses that it listens on.
fn smtpd_conf(server: &Server, gate: Gate) -> String {
    let relay = match gate {
        Gate::Closed => "match from local for any action \"relay\"",
        Gate::Open => "match from any for any action \"relay\"",
    };
    format!(
        "table aliases file:/etc/aliases\n\
         table sources {{ {ipv4}, {ipv6} }}\n\
         listen on {ipv4}\n\
         listen on {ipv6}\n\
         action \"local\" maildir alias <aliases>\n\
         action \"relay\" relay src <sources>\n\
         match from any for domain \"{domain}\" action \"local\"\n\
         match for local action \"local\"\n\
         {relay}\n",
        ipv4 = server.ipv4(),
        ipv6 = server.ipv6(),
        domain = server.domain(),
    )
}
