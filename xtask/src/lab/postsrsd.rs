//! Debian's postsrsd, which rewrites the senders of one Postfix by the Sender Rewriting Scheme.

use super::{
    inside,
    root::{Root, User},
    servers::SRS_PORTS,
};
use crate::{
    debian::{self, Bundle},
    failure::Result,
};

const BUNDLE: Bundle = Bundle {
    name: "postsrsd",
    main: "postsrsd",
    with: &[],
    perl: false,
};

const POSTSRSD: User = User {
    name: "postsrsd",
    number: 64_132,
    home: "/var/lib/postsrsd",
};

/// Name of its process record and log.
pub(super) const NAME: &str = "postsrsd";

/// Makes the root and starts it for that server's domain.
pub(super) fn start(domain: &str) -> Result<()> {
    let host_name = "postsrsd.lab.example";
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(NAME, &bundle, host_name, &[POSTSRSD])?;
    root.folder("/var/lib/postsrsd", 0, 0, 0o755)?;
    root.write("/etc/postsrsd.secret", "the lab's own secret\n")?;
    let [forward, back] = SRS_PORTS.map(|port| port.to_string());
    let program = [
        "/usr/sbin/postsrsd",
        "-4",
        "-l127.0.0.1",
        &format!("-f{forward}"),
        &format!("-r{back}"),
        &format!("-d{domain}"),
        "-s/etc/postsrsd.secret",
        "-upostsrsd",
        "-c/var/lib/postsrsd",
    ];
    inside::start(NAME, &root, host_name, &program)
}
