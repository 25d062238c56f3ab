//! Debian's Dante: SOCKS 4 and 5.

use super::Proxy;
use crate::{
    debian::{self, Bundle},
    failure::Result,
    lab::{inside, root::Root},
};

pub(super) const BUNDLE: Bundle = Bundle {
    name: "dante",
    main: "dante-server",
    with: &[],
    perl: false,
};

/// Who may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Everybody.
    Open,
    /// Nobody, after it was asked for a connection.
    Closed,
    /// Whoever has a login.
    Login,
}

pub(super) fn start(proxy: &Proxy, gate: Gate) -> Result<()> {
    let bundle = debian::root(&BUNDLE)?;
    let root = Root::make(proxy.name, &bundle, &proxy.host_name(), &[])?;
    root.write("/etc/danted.conf", &configuration(proxy, gate))?;
    let program = ["/usr/sbin/danted", "-f", "/etc/danted.conf"];
    inside::start(proxy.name, &root, &proxy.host_name(), &program)
}

fn configuration(proxy: &Proxy, gate: Gate) -> String {
    let (ipv4, ipv6) = (proxy.ipv4(), proxy.ipv6());
    let method = if gate == Gate::Login {
        "username"
    } else {
        "none"
    };
    let rule = if gate == Gate::Closed {
        "block"
    } else {
        "pass"
    };
    format!(
        "logoutput: stderr\n\
         internal: {ipv4} port = {port}\ninternal: {ipv6} port = {port}\n\
         external: {ipv4}\nexternal: {ipv6}\n\
         clientmethod: none\nsocksmethod: {method}\n\
         user.privileged: root\nuser.unprivileged: nobody\n\
         client pass {{ from: 0/0 to: 0/0 }}\n\
         socks {rule} {{ from: 0/0 to: 0/0 command: bind connect udpassociate }}\n\
         socks {rule} {{ from: 0/0 to: 0/0 command: bindreply udpreply }}\n",
        port = proxy.port,
    )
}
