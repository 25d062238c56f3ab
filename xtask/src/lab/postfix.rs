//! Debian's Postfix: the configuration that its package writes for an Internet site, and what the table
//! of servers adds to it.

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
    name: "postfix",
    main: "postfix",
    with: &[],
    perl: false,
};

const POSTFIX: User = User {
    name: "postfix",
    number: 64_101,
    home: "/var/spool/postfix",
};
const POSTDROP: User = User {
    name: "postdrop",
    number: 64_102,
    home: "/nonexistent",
};

/// Queue folders and who they belong to; Postfix looks at it when it starts.
const QUEUES: [(&str, u32, u32, u32); 17] = [
    ("", 0, 0, 0o755),
    ("/pid", 0, 0, 0o755),
    ("/etc", 0, 0, 0o755),
    ("/active", POSTFIX.number, 0, 0o700),
    ("/bounce", POSTFIX.number, 0, 0o700),
    ("/corrupt", POSTFIX.number, 0, 0o700),
    ("/defer", POSTFIX.number, 0, 0o700),
    ("/deferred", POSTFIX.number, 0, 0o700),
    ("/flush", POSTFIX.number, 0, 0o700),
    ("/hold", POSTFIX.number, 0, 0o700),
    ("/incoming", POSTFIX.number, 0, 0o700),
    ("/private", POSTFIX.number, 0, 0o700),
    ("/saved", POSTFIX.number, 0, 0o700),
    ("/trace", POSTFIX.number, 0, 0o700),
    ("/maildrop", POSTFIX.number, POSTDROP.number, 0o730),
    ("/public", POSTFIX.number, POSTDROP.number, 0o710),
    ("/dev", 0, 0, 0o755),
];

/// What the chrooted parts read; Debian's start script copies these into the queue folder.
const COPIED: [&str; 4] = [
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/services",
];

/// A table that gives recipients at our sinks an extension, for whoever rewrites them.
const EXTENDING: &str = "/etc/postfix/extend";
const EXTENDED: &str = "/^([^@+]+)@(.*sink\\.example)$/ ${1}+carried@${2}\n";

/// Makes the root and starts the server.
pub(super) fn start(server: &Server, gate: Gate, lines: &[&str]) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(
        server.name,
        &bundle,
        &server.host_name(),
        &[POSTFIX, POSTDROP],
    )?;
    for (folder, user, group, mode) in QUEUES {
        root.folder(&format!("/var/spool/postfix{folder}"), user, group, mode)?;
    }
    for file in COPIED {
        root.copy(file, &format!("/var/spool/postfix{file}"))?;
    }
    root.folder("/var/lib/postfix", POSTFIX.number, POSTFIX.number, 0o755)?;
    root.folder("/var/mail", 0, 8, 0o2775)?;
    root.folder("/var/log", 0, 0, 0o755)?;
    root.copy(
        "/usr/share/postfix/master.cf.dist",
        "/etc/postfix/master.cf",
    )?;
    root.copy(
        "/usr/share/postfix/dynamicmaps.cf",
        "/etc/postfix/dynamicmaps.cf",
    )?;
    root.write("/etc/postfix/main.cf", &main_cf(server, gate, lines))?;
    root.write(EXTENDING, EXTENDED)?;
    root.run(&["/usr/sbin/postalias", "/etc/aliases"])?;
    let program = ["/usr/lib/postfix/sbin/master", "-i"];
    inside::start(server.name, &root, &server.host_name(), &program)
}

/// As the package's own script leaves it, with this server's names; the open one trusts every network. A line
/// of the table stands in place of the package's line about the same thing.
///
/// TLS is left out, because the lab has no certificates.
fn main_cf(server: &Server, gate: Gate, lines: &[&str]) -> String {
    let host = server.host_name();
    let domain = server.domain();
    let networks = match gate {
        Gate::Closed => "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128",
        Gate::Open => "0.0.0.0/0 [::]/0",
    };
    let ours = format!(
        "smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)\n\
         biff = no\n\
         append_dot_mydomain = no\n\
         readme_directory = no\n\
         compatibility_level = 3.6\n\
         smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination\n\
         myhostname = {host}\n\
         alias_maps = hash:/etc/aliases\n\
         alias_database = hash:/etc/aliases\n\
         myorigin = /etc/mailname\n\
         mydestination = $myhostname, {domain}, localhost.{domain}, localhost\n\
         relayhost =\n\
         mynetworks = {networks}\n\
         mailbox_size_limit = 0\n\
         recipient_delimiter = +\n\
         inet_interfaces = {ipv4} {ipv6}\n\
         inet_protocols = all\n\
         maillog_file = /var/log/mail.log\n",
        ipv4 = server.ipv4(),
        ipv6 = server.ipv6(),
    );
    let is_replaced = |line: &str| lines.iter().any(|other| subject(other) == subject(line));
    let mut text: String = ours
        .split_inclusive('\n')
        .filter(|line| !is_replaced(line))
        .collect();
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// The name that a line gives a value to.
fn subject(line: &str) -> &str {
    line.split('=').next().unwrap_or_default().trim()
}
