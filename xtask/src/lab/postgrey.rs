//! Debian's postgrey, which two of the Postfix servers ask: a first attempt is put off for 300 s.

use super::{
    inside,
    root::{Root, User},
    servers::POSTGREY_PORT,
};
use crate::{
    debian::{self, Bundle},
    failure::Result,
};

const BUNDLE: Bundle = Bundle {
    name: "postgrey",
    main: "postgrey",
    with: &[],
    perl: true,
};

const POSTGREY: User = User {
    name: "postgrey",
    number: 64_131,
    home: "/var/lib/postgrey",
};

/// Name of its process record and log.
pub(super) const NAME: &str = "postgrey";

/// Makes the root and starts it, as Debian's service file does.
pub(super) fn start() -> Result<()> {
    let host_name = "postgrey.lab.example";
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(NAME, &bundle, host_name, &[POSTGREY])?;
    root.folder("/var/lib/postgrey", POSTGREY.number, POSTGREY.number, 0o700)?;
    for list in ["clients", "recipients"] {
        root.write(&format!("/etc/postgrey/whitelist_{list}"), "")?;
    }
    let listen = format!("--inet=127.0.0.1:{POSTGREY_PORT}");
    let program = ["/usr/sbin/postgrey", &listen, "--delay=300"];
    inside::start(NAME, &root, host_name, &program)
}
