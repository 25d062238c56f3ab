//! Debian's microsocks: SOCKS 5 alone.

use super::Proxy;
use crate::{
    debian::{self, Bundle},
    failure::Result,
    lab::{inside, root::Root},
};

pub(super) const BUNDLE: Bundle = Bundle {
    name: "microsocks",
    main: "microsocks",
    with: &[],
    perl: false,
};

/// Who may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Everybody.
    Open,
    /// Whoever has a login.
    Login,
}

pub(super) fn start(proxy: &Proxy, gate: Gate) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(proxy.name, &bundle, &proxy.host_name(), &[])?;
    let (address, port) = (proxy.ipv4().to_string(), proxy.port.to_string());
    let mut program = vec!["/usr/bin/microsocks", "-i", &address, "-p", &port];
    if gate == Gate::Login {
        program.extend(["-u", "somebody", "-P", "something"]);
    }
    inside::start(proxy.name, &root, &proxy.host_name(), &program)
}
