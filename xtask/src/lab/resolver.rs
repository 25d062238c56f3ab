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
    perl: false,
};

/// Name of its process record and log.
pub(super) const NAME: &str = "resolver";

/// Makes the root and starts the resolver.
pub(super) fn start() -> Result<()> {
    dnsmasq(NAME, &plan::resolver_configuration())
}

/// Starts another dnsmasq, of that name.
pub(super) fn dnsmasq(name: &str, configuration: &str) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let host_name = format!("{name}.lab.example");
    let root = Root::make(name, &bundle, &host_name, &[])?;
    root.write("/etc/dnsmasq.conf", configuration)?;
    let program = [
        "/usr/sbin/dnsmasq",
        "--keep-in-foreground",
        "--log-facility=-",
    ];
    inside::start(name, &root, &host_name, &program)
}
