//! The names of the lab: dnsmasq, which knows its own list and asks nobody.

use super::{inside, plan, root::Root};
use crate::{
    debian::{self, Bundle},
    failure::Result,
};

const BUNDLE: Bundle = Bundle {
    name: "dnsmasq",
    main: "dnsmasq-base",
    with: &[],
};

/// Name of its process record and log.
pub(super) const NAME: &str = "resolver";

/// Makes the root and starts the resolver.
pub(super) fn start() -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(NAME, &bundle, "dns.lab.example", &[])?;
    root.write("/etc/dnsmasq.conf", &plan::resolver_configuration())?;
    let program = [
        "/usr/sbin/dnsmasq",
        "--keep-in-foreground",
        "--log-facility=-",
    ];
    inside::start(NAME, &root, "dns.lab.example", &program)
}
